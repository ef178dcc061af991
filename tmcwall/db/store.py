"""The local database of a workstation."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tmcwall.db import bookmarks, changes, custody, facts, operations, schema
from tmcwall.db.backup import BackupKind, Backups
from tmcwall.db.connection import (
    driver_connection,
    quick_check,
    reader_engine,
    translated,
    without_foreign_keys,
    writer_engine,
)
from tmcwall.db.database_thread import DatabaseThread
from tmcwall.db.lock import StoreLock
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction, DeviceFacts, RestoreFacts
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import disk_fault
from tmcwall.log import get_logger
from tmcwall.private_files import make_private_file, make_private_folder

__all__ = ["Session", "Store", "StoreLimits", "StoreOpening"]

log = get_logger(__name__)

T = TypeVar("T")

SYSTEM = "tmcwall"
"""Who acts in custody rows that no officer caused."""

_RESTORED = "restored_from"


@dataclass(frozen=True, slots=True)
class StoreLimits:
    """Times in seconds."""

    start_s: float = 60.0
    """Opening, checking and migrating end within this, or something holds the file."""
    check_s: float = 5.0
    """The check at the start stops here; what it has seen by then was sound."""
    upkeep_s: float = 60.0
    """How often an idle writer looks whether a backup is due."""
    backup_every: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StoreOpening:
    """What opening a store found and did."""

    schema: str
    """The revision that it has now."""
    migrated_from: str | None
    """The revision that it had, where it was brought to a newer one."""
    newest_backup: datetime | None


class Store:
    """Keeps what the workstation knows, in one writer thread with the only writing connection and one reader thread.

    What a future of `write` has answered survives `kill -9` and a power cut. No method but the constructor waits.
    """

    def __init__(
        self, path: Path, *, clock: Clock, backups: Path | None = None, limits: StoreLimits = StoreLimits()
    ) -> None:
        """Locks, checks and migrates the store at `path`, which need not exist yet. Waits: not for the GUI thread.

        Raises Fault: ALREADY_RUNNING, STORE_NEWER, STORE_UNWRITABLE, STORE_LOCKED, DISK_FULL, DISK_FAILED; and
        STORE_CORRUPT after the damaged files were set aside and the newest sound backup, if any, was put in their
        place: `detail` says which, and the next start uses it.
        """
        self._path = path
        self._clock = clock
        self._limits = limits
        self._backups = Backups(backups or path.parent / "backups")
        self._listener: Callable[[ChangeNotice], None] | None = None
        self._upkeep_at_ns = clock.monotonic_ns() + int(limits.upkeep_s * 1e9)
        with _translated_os(FaultCode.STORE_UNWRITABLE):
            make_private_folder(path.parent)
        self._lock = StoreLock(path.with_name(f"{path.name}.lock"))
        try:
            self._writer = self._open_writer()
            self._reader = self._open_reader()
        except BaseException:
            self._lock.release()
            raise

    @property
    def opening(self) -> StoreOpening:
        """For the log and the doctor: the state at the opening, not now."""
        return self._opening

    def write(self, unit: Callable[[Session], T]) -> Future[T]:
        """One transaction, all or nothing; the future is done after the commit."""
        return self._writer.submit(unit)

    def read(self, unit: Callable[[Session], T]) -> Future[T]:
        """One look at one moment's state; it sees every write whose future was done before."""
        return self._reader.submit(unit)

    def on_commit(self, listener: Callable[[ChangeNotice], None] | None) -> None:
        """Whom to tell of every commit that changed something, in their order; None: nobody any more.

        It is called in the writer's thread, right after the future of that unit is done, and must not wait.
        """
        self._listener = listener

    def close(self, timeout_s: float = 3.0) -> None:
        """Finishes what was asked and ends both threads; after the time the rest is cancelled."""
        started = self._clock.monotonic_ns()
        ended = self._reader.close(timeout_s / 3)
        spent_s = (self._clock.monotonic_ns() - started) / 1e9
        if self._writer.close(max(0.0, timeout_s - spent_s)) and ended:
            self._lock.release()
        else:
            # The lock stays with the thread that still holds the file; the end of the program releases both.
            log.error("store did not stop in time")

    def _open_writer(self) -> DatabaseThread:
        line = DatabaseThread(
            "store-writer",
            self._prepare,
            committed=self._publish,
            idle=self._keep_up,
            idle_s=self._limits.upkeep_s,
            shut=_checkpoint,
        )
        try:
            self._await(line)
        except Fault as fault:
            if fault.code is FaultCode.STORE_CORRUPT:
                raise self._set_aside(fault) from fault
            raise
        return line

    def _open_reader(self) -> DatabaseThread:
        line = DatabaseThread("store-reader", lambda: reader_engine(self._path).connect())
        try:
            self._await(line)
        except Fault:
            self._writer.close(self._limits.start_s)
            raise
        return line

    def _await(self, line: DatabaseThread) -> None:
        try:
            line.opened.result(self._limits.start_s)
        except TimeoutError as error:
            line.close(0.0)
            raise Fault(FaultCode.STORE_LOCKED, str(self._path)) from error

    def _prepare(self) -> Connection:
        """In the writer's thread: the one writing connection to a sound store of the newest schema."""
        with _translated_os(FaultCode.STORE_UNWRITABLE):
            make_private_file(self._path)  # SQLite gives the files beside it the same rights
            existed = self._path.stat().st_size > 0
        engine = writer_engine(self._path)
        try:
            connection = engine.connect()
            if existed:
                quick_check(connection, limit_s=self._limits.check_s)
            self._opening = self._migrate(connection)
            with Session(bind=connection) as session, session.begin():
                self._take_up(session)
        except BaseException:
            engine.dispose()
            raise
        return connection

    def _migrate(self, connection: Connection) -> StoreOpening:
        with connection.begin():
            due = schema.needs_migration(connection)
            before = schema.revision(connection)
        if due:
            self._upgrade(connection, before)
        with connection.begin():
            now = schema.revision(connection)
        return StoreOpening(now or "", before if due else None, self._backups.newest())

    def _upgrade(self, connection: Connection, before: str | None) -> None:
        if before is not None:
            with _translated_os(FaultCode.STORE_UNWRITABLE):
                self._backups.make(
                    driver_connection(connection), at=self._clock.utc(), kind=BackupKind.BEFORE_MIGRATION
                )
        with without_foreign_keys(connection), connection.begin():
            schema.migrate(connection)

    def _take_up(self, session: Session) -> None:
        now = self._clock.utc()
        restored = facts.get(session, _RESTORED)
        forked = operations.has_forked(session)
        if restored is not None or forked or not operations.has_device(session):
            identity = operations.renew_device(session, at=now)
            if forked:
                custody.append(
                    session,
                    actor=SYSTEM,
                    action=CustodyAction.DEVICE_RENEWED,
                    about="store",
                    at=now,
                    facts=DeviceFacts(identity),
                )
        if restored is not None:
            facts.drop(session, _RESTORED)
            custody.append(
                session,
                actor=SYSTEM,
                action=CustodyAction.STORE_RESTORED,
                about="store",
                at=now,
                facts=RestoreFacts(str(restored)),
            )
        bookmarks.offer_refused_clips(session)

    def _publish(self, session: Session) -> None:
        """In the writer's thread, after a commit."""
        notice, listener = changes.take_notice(session), self._listener
        if notice is not None and listener is not None:
            listener(notice)

    def _keep_up(self, connection: Connection) -> None:
        """In the writer's thread, when nothing waits: the daily backup."""
        if self._clock.monotonic_ns() < self._upkeep_at_ns:
            return
        self._upkeep_at_ns = self._clock.monotonic_ns() + int(self._limits.upkeep_s * 1e9)
        now = self._clock.utc()
        newest = self._backups.newest(BackupKind.DAILY)
        if newest is not None and now - newest < self._limits.backup_every:
            return
        try:
            with translated():
                self._backups.make(driver_connection(connection), at=now, kind=BackupKind.DAILY)
        except (OSError, Fault) as error:
            # The store itself is well; the next attempt comes with the next upkeep.
            log.warning("backup of the store failed", cause=str(error))

    def _set_aside(self, fault: Fault) -> Fault:
        """Nothing has the file open. What is damaged is kept for whoever can read more out of it."""
        with _translated_os(FaultCode.STORE_UNWRITABLE):
            stamp = self._clock.utc().strftime("%Y%m%dT%H%M%SZ")
            folder = self._path.parent / "damaged" / stamp
            make_private_folder(folder)
            for suffix in ("", "-wal", "-shm"):
                part = self._path.with_name(self._path.name + suffix)
                if part.exists():
                    part.replace(folder / part.name)
            backup = self._backups.newest_sound()
            if backup is not None:
                self._backups.restore(backup, to=self._path, prepare=lambda copy: _mark_restored(copy, backup.name))
        said = f"restored {backup.name}" if backup else "no backup to restore"
        log.error("store was damaged", cause=fault.detail, damaged=str(folder), outcome=said)
        return Fault(FaultCode.STORE_CORRUPT, f"{said}; damaged files in {folder}", retryable=True)


def _mark_restored(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (_RESTORED, f'"{name}"'))


def _checkpoint(connection: Connection) -> None:
    driver_connection(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _translated_os(otherwise: FaultCode) -> Iterator[None]:
    try:
        with translated():
            yield
    except OSError as error:
        raise disk_fault(error, otherwise=otherwise) from error
