"""The local database of a workstation."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tmcwall import __version__
from tmcwall.db import (
    bookmarks,
    changes,
    custody,
    facts,
    moving,
    operations,
    schema,
    search_index,
    server_order,
    signing,
)
from tmcwall.db.backup import BackupKind, Backups
from tmcwall.db.connection import (
    copy_engine,
    driver_connection,
    quick_check,
    reader_engine,
    translated,
    without_foreign_keys,
    writer_engine,
)
from tmcwall.db.database_thread import DatabaseThread
from tmcwall.db.lock import StoreLock
from tmcwall.db.restorations import damaged_folder, keep_restoration
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import SYSTEM, CustodyAction, MoveFacts, RestoreFacts
from tmcwall.domain.disk_fault import DISK_FAULTS, DiskFault
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.restoration import Restoration, StoreNotReplaced, StoreRestored
from tmcwall.durable import disk_fault, disk_trouble, sync_folder
from tmcwall.log import get_logger
from tmcwall.private_files import make_private_file, make_private_folder

__all__ = ["Session", "Store", "StoreLimits", "StoreOpening"]

log = get_logger(__name__)

T = TypeVar("T")

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
    retry_s: float = 10.0
    """How often a file that could not be written is tried again."""
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
        self,
        path: Path,
        *,
        clock: Clock,
        backups: Path | None = None,
        limits: StoreLimits = StoreLimits(),
        reads_suffice: bool = False,
    ) -> None:
        """Locks, checks and migrates the store at `path`, which need not exist yet. Waits: not for the GUI thread.

        Raises Fault: ALREADY_RUNNING, STORE_NEWER, STORE_UNWRITABLE, STORE_LOCKED; DiskFault; and StoreRestored after
        the damaged files were set aside and the newest sound backup, if any, was put in their place: the next start
        uses it.

        Where `reads_suffice`, a DiskFault is not raised but kept as `trouble`: reads see what was stored, from a copy
        in memory; writes are refused with that fault until the disk takes them again, which is tried now and then.
        Of a damaged store that the disk does not let replace (`trouble` is StoreNotReplaced) the newest backup is read,
        until the next start.
        """
        self._path = path
        self._clock = clock
        self._limits = limits
        self._backups = Backups(backups or path.parent / "backups")
        self._listener: Callable[[ChangeNotice], None] | None = None
        self._trouble: Fault | None = None
        self._trouble_listener: Callable[[Fault | None], None] | None = None
        self._signer: signing.Signer | None = None
        self._upkeep_at_ns = clock.monotonic_ns() + int(limits.upkeep_s * 1e9)
        self._retry_at_ns = clock.monotonic_ns() + int(limits.retry_s * 1e9)
        self._copy_is_faithful = False
        """Whether the copy in memory is what the file will be when it is opened."""
        self._gate = threading.Lock()
        """Over the two threads, which take the place of the copy's while somebody reads and writes."""
        self._closing = False
        self._lock: StoreLock | None = None
        self._writer: DatabaseThread | None = None
        try:
            self._writer, self._reader = self._open_threads()
        except DiskFault as fault:
            if not reads_suffice:
                raise
            log.warning("store cannot be written", cause=fault.code, detail=fault.detail)
            self._reader, self._trouble = self._open_copy(fault)

    @property
    def opening(self) -> StoreOpening:
        """For the log and the doctor: the state at the opening, not now."""
        return self._opening

    @property
    def trouble(self) -> Fault | None:
        """Why nothing can be stored at the moment, as the last write or the opening found it."""
        return self._trouble

    def on_trouble(self, listener: Callable[[Fault | None], None] | None) -> None:
        """Whom to tell when `trouble` becomes another; None: nobody any more. Called in a thread of the store."""
        self._trouble_listener = listener

    def write(self, unit: Callable[[Session], T]) -> Future[T]:
        """One transaction, all or nothing; the future is done after the commit."""
        with self._gate:
            if self._writer is not None:
                signer = self._signer
                future = self._writer.submit(lambda session: self._carry_out(signing.lend(session, signer), unit))
                future.add_done_callback(self._note_outcome)
                return future
        refused: Future[T] = Future()
        refused.set_exception(self._trouble)
        return refused

    def use_signer(self, signer: signing.Signer | None) -> None:
        """What signs the operations of this workstation from the next unit on; None: the key is not open."""
        self._signer = signer

    def read(self, unit: Callable[[Session], T]) -> Future[T]:
        """One look at one moment's state; it sees every write whose future was done before."""
        with self._gate:
            return self._reader.submit(unit)

    def on_commit(self, listener: Callable[[ChangeNotice], None] | None) -> None:
        """Whom to tell of every commit that changed something, in their order; None: nobody any more.

        It is called in the writer's thread, right after the future of that unit is done, and must not wait.
        """
        self._listener = listener

    def close(self, timeout_s: float = 3.0) -> None:
        """Finishes what was asked and ends both threads; after the time the rest is cancelled."""
        started = self._clock.monotonic_ns()
        with self._gate:
            self._closing = True
            reader, writer = self._reader, self._writer
        ended = reader.close(timeout_s / 3)
        spent_s = (self._clock.monotonic_ns() - started) / 1e9
        if (writer is None or writer.close(max(0.0, timeout_s - spent_s))) and ended:
            if self._lock is not None:
                self._lock.release()
        else:
            # The lock stays with the thread that still holds the file; the end of the program releases both.
            log.error("store did not stop in time")

    def _open_threads(self) -> tuple[DatabaseThread, DatabaseThread]:
        """The writer and the reader of the file, which is locked."""
        with self._translated_os():
            make_private_folder(self._path.parent)
        lock = StoreLock(self._path.with_name(f"{self._path.name}.lock"))
        try:
            writer = self._open_writer()
            reader = self._open_reader(writer)
        except BaseException:
            lock.release()
            raise
        self._lock = lock
        if self._opening.migrated_from is not None:
            writer.submit(self._index_rest)
        return writer, reader

    def _open_writer(self) -> DatabaseThread:
        line = DatabaseThread(
            "store-writer",
            self._prepare,
            folder=self._path.parent,
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

    def _open_reader(self, writer: DatabaseThread) -> DatabaseThread:
        line = DatabaseThread(
            "store-reader", lambda: reader_engine(self._path).connect(), folder=self._path.parent
        )  # fmt: skip
        try:
            self._await(line)
        except Fault:
            writer.close(self._limits.start_s)
            raise
        return line

    def _open_copy(self, fault: DiskFault) -> tuple[DatabaseThread, DiskFault]:
        """A reader of a copy in memory, and what is to be told: of the newest backup where the file is damaged.

        Raises that fault if nothing can be read either.
        """
        try:
            try:
                return self._open_copy_of(self._path), fault
            except Fault as damage:
                if damage.code is not FaultCode.STORE_CORRUPT:
                    raise
            backup = self._backups.newest_sound()
            reader = self._open_copy_of(backup)
        except (Fault, OSError) as error:
            log.error("store cannot be read either", cause=str(error))  # noqa: TRY400 - a fault of the world
            raise fault from error
        self._copy_is_faithful = False
        log.error("store is damaged and cannot be replaced", shown=backup.name if backup else None)
        return reader, self._not_replaced(fault, backup)

    def _open_copy_of(self, source: Path | None) -> DatabaseThread:
        """Raises Fault and OSError."""
        line = DatabaseThread(
            "store-copy",
            lambda: self._prepare_copy(source),
            folder=self._path.parent,
            idle=self._try_again,
            idle_s=self._limits.retry_s,
        )
        self._await(line)
        return line

    def _await(self, line: DatabaseThread) -> None:
        try:
            line.opened.result(self._limits.start_s)
        except TimeoutError as error:
            line.close(0.0)
            raise Fault(FaultCode.STORE_LOCKED, str(self._path)) from error

    def _prepare(self) -> Connection:
        """In the writer's thread: the one writing connection to a sound store of the newest schema."""
        with self._translated_os():
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

    def _prepare_copy(self, source: Path | None) -> Connection:
        """In the copy's thread: what is stored there, of the newest schema, in memory; nothing if there is none."""
        engine = copy_engine(source)
        try:
            connection = engine.connect()
            quick_check(connection, limit_s=self._limits.check_s)
            self._opening = self._migrate(connection, back_up=False)
            with Session(bind=connection) as session, session.begin():
                self._copy_is_faithful = self._take_up(session)
                search_index.update(session)
            driver_connection(connection).execute("PRAGMA query_only=ON")
        except BaseException:
            engine.dispose()
            raise
        return connection

    def _try_again(self, _connection: Connection) -> None:
        """In the copy's thread, when nothing waits: the file takes the copy's place once it can be written."""
        if self._clock.monotonic_ns() < self._retry_at_ns:
            return
        self._retry_at_ns = self._clock.monotonic_ns() + int(self._limits.retry_s * 1e9)
        if not self._copy_is_faithful or disk_trouble(self._path.parent) is not None:
            return
        try:
            threads = self._open_threads()
        except Fault as fault:
            log.warning("store still cannot be written", cause=fault.code, detail=fault.detail)
            self._copy_is_faithful = fault.code is not FaultCode.STORE_CORRUPT
            return
        with self._gate:
            copy = self._reader
            if not self._closing:
                self._writer, self._reader = threads
        if copy is self._reader:
            for thread in reversed(threads):
                thread.close(self._limits.start_s)
            return
        copy.retire()
        log.info("store can be written again")
        self._take_trouble(None)

    def _carry_out(self, session: Session, unit: Callable[[Session], T]) -> T:
        """In the writer's thread: the unit, and what it means for the search."""
        result = unit(session)
        self._index_rest(session)
        return result

    def _index_rest(self, session: Session) -> None:
        """A portion in this transaction; what is left in one of its own, so that nobody waits for it."""
        if search_index.update(session) and self._writer is not None and not self._closing:
            self._writer.submit(self._index_rest)

    def _note_outcome(self, future: Future[T]) -> None:
        """In the writer's thread, after each unit."""
        error = None if future.cancelled() else future.exception()
        if isinstance(error, Fault) and error.code in DISK_FAULTS:
            self._take_trouble(error)
        elif error is None and self._trouble is not None and not future.cancelled():
            self._take_trouble(None)

    def _take_trouble(self, trouble: Fault | None) -> None:
        before, self._trouble = self._trouble, trouble
        listener = self._trouble_listener
        if listener is not None and (before and before.code) is not (trouble and trouble.code):
            listener(trouble)

    def _migrate(self, connection: Connection, *, back_up: bool = True) -> StoreOpening:
        with connection.begin():
            due = schema.needs_migration(connection)
            before = schema.revision(connection)
        if due:
            if before is not None and back_up:
                with self._translated_os():
                    self._backups.make(
                        driver_connection(connection), at=self._clock.utc(), kind=BackupKind.BEFORE_MIGRATION
                    )
            with without_foreign_keys(connection), connection.begin():
                schema.migrate(connection)
        with connection.begin():
            now = schema.revision(connection)
        return StoreOpening(now or "", before if due else None, self._backups.newest())

    def _take_up(self, session: Session) -> bool:
        """Whether this is the device that it was before."""
        now = self._clock.utc()
        restored = facts.get(session, _RESTORED)
        forked = operations.has_forked(session)
        moved_from = moving.moved_from(session)
        stays = restored is None and not forked and moved_from is None and operations.has_device(session)
        if not stays:
            identity = operations.renew_device(session, at=now)
            if forked:
                custody.tell_renewed(session, identity, at=now)
            if moved_from is not None:
                moving.settle_in(session)
                custody.append(
                    session,
                    actor=SYSTEM,
                    action=CustodyAction.WORKSTATION_IMPORTED,
                    about="store",
                    at=now,
                    facts=MoveFacts(moved_from, identity),
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
        for entity, entity_id in server_order.read_with(session, __version__):
            log.error("entity out of sight: nobody could show it", entity=entity.value, entity_id=entity_id)
        return stays

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
            with translated(self._path.parent):
                self._backups.make(driver_connection(connection), at=now, kind=BackupKind.DAILY)
        except (OSError, Fault) as error:
            # The store itself is well; the next attempt comes with the next upkeep.
            log.warning("backup of the store failed", cause=str(error))

    def _set_aside(self, fault: Fault) -> Fault:
        """Nothing has the file open. What is damaged is kept for whoever can read more out of it.

        What takes its place is whole before anything is moved: without room for it the damaged store stays where it is.
        """
        now = self._clock.utc()
        backup = self._backups.newest_sound()
        folder = damaged_folder(self._path) / now.strftime("%Y%m%dT%H%M%SZ")
        restoration = Restoration(now, str(folder))
        if backup is not None:
            restoration = Restoration(now, str(folder), backup.name, self._backups.made_at(backup))
        try:
            self._replace_by(backup, restoration)
        except DiskFault as disk:
            raise self._not_replaced(disk, backup) from disk
        restored = StoreRestored(restoration)
        log.error("store was damaged", cause=fault.detail, outcome=restored.detail)
        return restored

    def _replace_by(self, backup: Path | None, restoration: Restoration) -> None:
        with self._translated_os():
            folder, substitute = Path(restoration.damaged), None
            make_private_folder(folder)
            if backup is not None:
                substitute = self._backups.copy(
                    backup, beside=self._path, prepare=lambda copy: _mark_restored(copy, backup.name)
                )
            keep_restoration(restoration)
            for suffix in ("", "-wal", "-shm"):
                part = self._path.with_name(self._path.name + suffix)
                if part.exists():
                    part.replace(folder / part.name)
            if substitute is not None:
                substitute.replace(self._path)
            sync_folder(self._path.parent)

    def _not_replaced(self, disk: DiskFault, backup: Path | None) -> StoreNotReplaced:
        made_at = self._backups.made_at(backup) if backup else None
        return StoreNotReplaced(disk, store=str(self._path), backup=backup.name if backup else None, backup_at=made_at)

    @contextmanager
    def _translated_os(self) -> Iterator[None]:
        try:
            with translated(self._path.parent):
                yield
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=self._path.parent) from error


def _mark_restored(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (_RESTORED, f'"{name}"'))


def _checkpoint(connection: Connection) -> None:
    driver_connection(connection).execute("PRAGMA wal_checkpoint(TRUNCATE)")
