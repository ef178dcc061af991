"""Connections to the store's file: their settings, their roles, and what their errors mean.

Only the two connections of `Store` may open the live file: SQLite before 3.51.3 can corrupt a WAL database when two
connections write or checkpoint (https://sqlite.org/wal.html#walresetbug), and closing any other descriptor of the file
in this process drops SQLite's locks (https://sqlite.org/howtocorrupt.html section 2.2).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from tmcwall.domain.fault import Fault, FaultCode

BUSY_TIMEOUT_MS = 5000
LARGEST_WAL_BYTES = 64 * 1024 * 1024

_PRAGMAS = {
    "foreign_keys": "ON",
    "busy_timeout": str(BUSY_TIMEOUT_MS),
    "trusted_schema": "OFF",
    "synchronous": "FULL",
}

_MEANINGS = {
    sqlite3.SQLITE_FULL: FaultCode.DISK_FULL,
    sqlite3.SQLITE_IOERR: FaultCode.DISK_FAILED,
    sqlite3.SQLITE_CORRUPT: FaultCode.STORE_CORRUPT,
    sqlite3.SQLITE_NOTADB: FaultCode.STORE_CORRUPT,
    sqlite3.SQLITE_READONLY: FaultCode.STORE_UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: FaultCode.STORE_UNWRITABLE,
    sqlite3.SQLITE_PERM: FaultCode.STORE_UNWRITABLE,
    sqlite3.SQLITE_BUSY: FaultCode.STORE_LOCKED,
    sqlite3.SQLITE_LOCKED: FaultCode.STORE_LOCKED,
}


def writer_engine(path: Path) -> Engine:
    """The engine of the one writing connection. It also does every checkpoint. To be used in one thread."""
    engine = create_engine(f"sqlite:///{path}", poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        _set_pragmas(connection)
        connection.execute(f"PRAGMA journal_size_limit={LARGEST_WAL_BYTES}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def reader_engine(path: Path) -> Engine:
    """The engine of the one reading connection, which can neither write nor checkpoint. To be used in one thread."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        _set_pragmas(connection)
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@contextmanager
def translated() -> Iterator[None]:
    """Turns errors of SQLite that come from the world into faults; anything else is a bug and passes."""
    try:
        yield
    except DBAPIError as error:
        raise _fault(error.orig, error) from error
    except sqlite3.Error as error:
        raise _fault(error, error) from error


def driver_connection(connection: Connection) -> sqlite3.Connection:
    """The connection below SQLAlchemy's."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def quick_check(connection: Connection, *, limit_s: float) -> None:
    """Reads the whole file, or as much of it as the time allows. Raises Fault(STORE_CORRUPT)."""
    driver = driver_connection(connection)
    # Not a progress handler: before SQLite 3.41 the check is one step to it.
    timer = threading.Timer(limit_s, driver.interrupt)
    timer.start()
    try:
        found = [row[0] for row in driver.execute("PRAGMA quick_check(1)")]
    except sqlite3.OperationalError as error:
        if _sqlite_code(error) != sqlite3.SQLITE_INTERRUPT:
            raise
        return
    finally:
        timer.cancel()
        timer.join()
    if found != ["ok"]:
        raise Fault(FaultCode.STORE_CORRUPT, "; ".join(found))


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """For migrations, which put tables in the place of others. Raises Fault(STORE_CORRUPT) if a reference is broken."""
    driver = driver_connection(connection)
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = driver.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise Fault(FaultCode.STORE_CORRUPT, f"a row of {broken[0]} refers to nothing")
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _sqlite_code(error: BaseException | None) -> int | None:
    """The primary result code of an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def _fault(cause: BaseException | None, error: Exception) -> Exception:
    code = _sqlite_code(cause)
    if code is None:
        return error
    meaning = _MEANINGS.get(code)
    return error if meaning is None else Fault(meaning, str(cause))


def _set_pragmas(connection: sqlite3.Connection) -> None:
    for name, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
