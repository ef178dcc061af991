"""Connections to the store's file: their settings, their roles, and what their errors mean.

Only the two connections of `Store` may open the live file: SQLite before 3.51.3 can corrupt a WAL database when two
connections write or checkpoint (https://sqlite.org/wal.html#walresetbug), and closing any other descriptor of the file
in this process drops SQLite's locks (https://sqlite.org/howtocorrupt.html section 2.2).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sqlite_faults import sqlite_code, sqlite_fault

BUSY_TIMEOUT_MS = 5000
LARGEST_WAL_BYTES = 64 * 1024 * 1024

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder that is made in it is its owner's alone

_PRAGMAS = {
    "foreign_keys": "ON",
    "busy_timeout": str(BUSY_TIMEOUT_MS),
    "trusted_schema": "OFF",
    "synchronous": "FULL",
    "secure_delete": "ON",  # what is deleted may be a person's name or number
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


def copy_engine(path: Path | None) -> Engine:
    """The engine of a connection to a copy in memory of the store at `path`, or to an empty store if there is none.

    The file needs not be writable, and nothing is written beside it. To be used in one thread. Raises OSError.
    """

    def connect() -> sqlite3.Connection:
        copy = sqlite3.connect(":memory:")
        try:
            if path is not None:
                _read_into(copy, path)
        except BaseException:
            copy.close()
            raise
        return copy

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        _set_pragmas(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns errors of SQLite that come from the world into faults; anything else is a bug and passes.

    `folder` is that of the store.
    """
    try:
        yield
    except DBAPIError as error:
        raise _fault(error.orig, error, folder) from error
    except sqlite3.Error as error:
        raise _fault(error, error, folder) from error


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
        if sqlite_code(error) != sqlite3.SQLITE_INTERRUPT:
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


def _read_into(copy: sqlite3.Connection, path: Path) -> None:
    """SQLite reads a database in WAL mode only where it can make files beside it: so where there is room for them."""
    if not path.exists() or path.stat().st_size == 0:
        return
    with tempfile.TemporaryDirectory(prefix="tmcwall-store-", dir=_room()) as folder:
        for suffix in ("", "-wal"):
            part = path.with_name(path.name + suffix)
            if part.exists():
                shutil.copyfile(part, Path(folder, f"store{suffix}"))
        with closing(sqlite3.connect(Path(folder, "store"))) as source:
            source.backup(copy)


def _room() -> Path | None:
    """Memory, where the system offers a folder in it; None: wherever temporary files go."""
    return _MEMORY if os.access(_MEMORY, os.W_OK | os.X_OK) else None


def _fault(cause: BaseException | None, error: Exception, folder: Path) -> Exception:
    return sqlite_fault(cause, folder) or error


def _set_pragmas(connection: sqlite3.Connection) -> None:
    for name, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
