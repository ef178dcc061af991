"""The server's database: SQLite by default, PostgreSQL by URL; opened and brought to the newest schema."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from tmcwall.domain.disk_fault import DISK_FAULTS
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, lock_file
from tmcwall.private_files import make_private_file, open_private
from tmcwall.server.tables import OrderRow
from tmcwall.sqlite_faults import sqlite_fault

MIGRATIONS = Path(__file__).parent / "migrations"
_CHECKPOINT_PAGES = 4000
"""Of SQLite's log, 16 MiB. Whoever commits beyond it waits until all is in the file; most pages are there twice."""
_CONNECT_S = 5
"""For a PostgreSQL server to answer."""
_TRUSTED_S = 1.0
"""How long after its last use a connection to PostgreSQL is taken to be good."""
_LAST_USED = "last_used"
_MIGRATING = 0x746D63
"""The advisory lock under which one process of several that start at once brings the schema to the newest version."""


def check_database_url(text: str) -> URL:
    """The URL with its driver. A password belongs into libpq's password file.

    Raises DomainError(DATABASE_URL, DATABASE_URL_PASSWORD).
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DomainError(DomainCode.DATABASE_URL) from None
    if url.password is not None or "password" in url.query:
        raise DomainError(DomainCode.DATABASE_URL_PASSWORD)
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise DomainError(DomainCode.DATABASE_URL, url.drivername)
    return url


def database_file(url: URL) -> Path | None:
    """Where the database lies, if it is a file of SQLite."""
    if url.drivername != "sqlite" or not url.database or url.database == ":memory:" or url.query:
        return None
    return Path(url.database)


def database_exists(text: str) -> bool:
    """Whether a server has made its tables there. Makes nothing.

    Raises DomainError(DATABASE_URL, DATABASE_URL_PASSWORD), Fault(DATABASE_UNREACHABLE, STORE_CORRUPT), and
    Fault(DATABASE_FOREIGN) if it holds what is not a server's.
    """
    url = check_database_url(text)
    arguments: dict[str, object] = {"connect_timeout": _CONNECT_S}
    if url.drivername == "sqlite":
        file = database_file(url)
        if file is None or not file.is_file():
            return False
        arguments = {}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments)
    try:
        with engine.connect() as connection:
            return _is_servers(connection)
    except DBAPIError as error:
        raise _fault_of(error, url) from error
    finally:
        engine.dispose()


def check_not_newer(text: str) -> None:
    """Raises Fault(STORE_NEWER) if a newer version of the program has made that database. Changes nothing."""
    engine = create_engine(check_database_url(text), hide_parameters=True)
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise _fault_of(error, engine.url) from error
    finally:
        engine.dispose()
    known = {script.revision for script in ScriptDirectory.from_config(_migrations()).walk_revisions()}
    if revision is not None and revision not in known:
        raise Fault(FaultCode.STORE_NEWER, "server database", retryable=False)


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _is_servers(connection: Connection) -> bool:
    """False if nobody has made tables there. Raises Fault(DATABASE_FOREIGN)."""
    tables = set(inspect(connection).get_table_names())
    if tables and OrderRow.__tablename__ not in tables:
        raise Fault(FaultCode.DATABASE_FOREIGN, connection.engine.url.render_as_string(), retryable=False)
    return bool(tables)


@contextmanager
def claimed(text: str) -> Iterator[None]:
    """One server at a time on a database of SQLite: two would each have a writing connection, and an order in memory.

    Raises DomainError(DATABASE_URL*), Fault(SERVER_RUNS_ALREADY) and DiskFault. Several may share a PostgreSQL.
    """
    file = database_file(check_database_url(text))
    if file is None:
        yield
        return
    place = file.resolve()
    try:
        lock = open_private(place.with_name(f"{place.name}-lock"), "ab")
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE) from error
    with lock:
        try:
            lock_file(lock)
        except OSError as error:
            raise Fault(FaultCode.SERVER_RUNS_ALREADY, str(file), retryable=False) from error
        yield


class Database:
    """Sessions for reading and for writing. Raises Fault(STORE_*) from `open`; later DBAPIError means 503."""

    def __init__(self, reader: Engine, writer: Engine) -> None:
        self._reader = reader
        self._writer = writer
        self._closed = False
        for engine in {reader, writer}:
            event.listen(engine, "checkin", self._end_if_closed)

    @classmethod
    def open(cls, text: str) -> Database:
        """Open and migrate. A database of a newer version is refused, not touched."""
        url = check_database_url(text)
        database = cls._sqlite(url) if url.drivername == "sqlite" else cls._postgresql(url)
        try:
            database.migrate()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def _sqlite(cls, url: URL) -> Database:
        # SQLite 3.7.0 to 3.51.2 can corrupt a WAL when two connections write or checkpoint, so one connection does both
        # (https://sqlite.org/wal.html#walresetbug).
        file = database_file(url)
        if file is not None:
            try:
                make_private_file(file)  # SQLite gives the files beside it the same rights
            except OSError as error:
                raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE) from error
        writer = create_engine(
            url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=30, hide_parameters=True
        )
        reader = create_engine(url, poolclass=QueuePool, pool_size=8, max_overflow=8, hide_parameters=True)
        event.listen(writer, "connect", _prepare_sqlite)
        event.listen(writer, "begin", _begin_immediate)
        event.listen(reader, "connect", _prepare_sqlite_reader)
        return cls(reader, writer)

    @classmethod
    def _postgresql(cls, url: URL) -> Database:
        engine = create_engine(
            url,
            pool_size=10,
            max_overflow=20,
            hide_parameters=True,
            connect_args={"connect_timeout": _CONNECT_S},
        )
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", _look_after_idling)
        return cls(engine, engine)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that must not write."""
        with Session(self._reader) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end, rolled back by an exception."""
        with Session(self._writer) as session, session.begin():
            yield session

    @property
    def is_shared(self) -> bool:
        """Whether other processes may be at work on it, too: on PostgreSQL."""
        return self._writer.dialect.name == "postgresql"

    @contextmanager
    def at_once(self) -> Iterator[Connection]:
        """Each statement is committed by itself, outside all transactions that are under way."""
        with self._writer.connect() as connection:
            yield connection.execution_options(isolation_level="AUTOCOMMIT")

    def connect_apart(self) -> psycopg.Connection:
        """A connection of the driver's own to PostgreSQL, to wait on. Raises psycopg.Error."""
        words, options = self._writer.dialect.create_connect_args(self._writer.url)
        return psycopg.connect(*words, **{"connect_timeout": _CONNECT_S, **options, "autocommit": True})

    def disk_fault(self, error: DBAPIError) -> Fault | None:
        """The DiskFault behind an error of a session; None: the database itself does not answer."""
        file = database_file(self._writer.url)
        fault = sqlite_fault(error.orig, file.parent) if file is not None else None
        return fault if fault is not None and fault.code in DISK_FAULTS else None

    def close(self) -> None:
        """Sessions that are under way go on; their connections are closed as they end."""
        self._closed = True
        # The writer last: the last connection to close checkpoints.
        self._reader.dispose()
        self._writer.dispose()

    def _end_if_closed(self, _: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        # A pool that was disposed of takes back what was out, and nobody would ever close that.
        if self._closed:
            entry.invalidate()

    def migrate(self) -> None:
        """Bring the schema to the newest version. Raises Fault(STORE_*, DATABASE_FOREIGN)."""
        config = _migrations()
        try:
            with self._writer.begin() as connection:
                if self.is_shared:
                    connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
                _is_servers(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError:
            # Alembic: "Can't locate revision": made by a newer version.
            raise Fault(FaultCode.STORE_NEWER, "server database", retryable=False) from None
        except DBAPIError as error:
            raise _fault_of(error, self._writer.url) from error
        self.checkpoint()

    def checkpoint(self) -> None:
        """Take over into SQLite's file what stands beside it: somebody may copy that file alone."""
        self._do_on_sqlite("PRAGMA wal_checkpoint(PASSIVE)")

    def shrink(self) -> None:
        """Give back the room in SQLite's file that nothing stands in any more; takes as much again meanwhile.

        Raises sqlite3.Error. PostgreSQL does so by itself.
        """
        self._do_on_sqlite("VACUUM")

    def _do_on_sqlite(self, statement: str) -> None:
        """Outside a transaction."""
        if self._writer.url.drivername != "sqlite":
            return
        connection = self._writer.raw_connection()
        try:
            connection.cursor().execute(statement).close()
        finally:
            connection.close()


def _fault_of(error: DBAPIError, url: URL) -> Fault:
    if not isinstance(error.orig, sqlite3.Error):
        return Fault(FaultCode.DATABASE_UNREACHABLE, url.render_as_string())
    file = database_file(url)
    fault = sqlite_fault(error.orig, file.parent) if file is not None else None
    if fault is None:
        return Fault(FaultCode.STORE_UNWRITABLE, f"server database: {type(error.orig).__name__}")
    if fault.code is FaultCode.STORE_CORRUPT:
        fault.retryable = False
    return fault


def _prepare_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    # The driver's own transaction handling would begin too late; `_begin_immediate` does it.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=5000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_sqlite_reader(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    for pragma in ("busy_timeout=5000", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _note_use(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_LAST_USED] = time.monotonic()


def _look_after_idling(connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection) -> None:
    """Whether the database is still there, unless that was seen a moment ago: to ask takes a round trip.

    Raises DisconnectionError; the pool makes another connection then.
    """
    if time.monotonic() - entry.info.get(_LAST_USED, 0.0) < _TRUSTED_S:
        return
    try:
        connection.cursor().execute("SELECT 1").close()
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
