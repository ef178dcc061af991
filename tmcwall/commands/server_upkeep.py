"""What keeps a server's data right, from the command line: backups, the epoch, clips and the key."""

from __future__ import annotations

from pathlib import Path

from tmcwall.commands.server import ServerOptions, is_new, note, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.server import upkeep
from tmcwall.server.audit import AuditAction
from tmcwall.server.database import (
    Database,
    check_database_url,
    check_not_newer,
    claimed,
    database_exists,
    database_file,
)
from tmcwall.server.enrolment import end_open_codes
from tmcwall.server.signing_key import open_signing_key, signing_key_file
from tmcwall.server.upkeep import ClipCheck, begin_order, check_clips, open_secrets


def begin_epoch(options: ServerOptions, *, clock: Clock | None = None) -> None:
    """To be done after restoring a backup, before the server runs: workstations send again what the backup lacks.

    Raises Fault(SERVER_MISSING, SERVER_RUNS_ALREADY, DATABASE_*, STORE_*).
    """
    is_new(options, may_be_made=False)
    with claimed(options.database_url), opened(options) as database:
        _count_as_unsigned(options, database, clock)
        _begin_order(database, clock)
        note(database, AuditAction.EPOCH_BEGUN, clock)


def check(options: ServerOptions, *, read_all: bool, clock: Clock | None = None) -> ClipCheck:
    """Whether the key opens what it is for, and the clips are there; what is missing is asked for again.

    Raises Fault(SERVER_MISSING, SERVER_KEY_LOST, DATABASE_*, STORE_*) and DiskFault.
    """
    is_new(options, may_be_made=False)
    settings = options.settings()
    with opened(options) as database:
        open_secrets(database, settings.key_file)
        found = check_clips(database, settings.open_blobs(), read_all=read_all)
        about = f"{found.checked} checked, {len(found.missing)} missing, {len(found.damaged)} damaged"
        note(database, AuditAction.CLIPS_CHECKED, clock, about=about)
    return found


def back_up(options: ServerOptions, to: Path, *, clock: Clock | None = None) -> None:
    """A copy of the database, also while the server runs; clips and the key are files to be copied besides.

    Raises DomainError(DATABASE_NOT_SQLITE, OUTPUT_REFUSED), Fault(SERVER_MISSING, STORE_*) and DiskFault.
    """
    file = _sqlite_file(options)
    is_new(options, may_be_made=False)
    upkeep.back_up(file, to)
    with opened(options) as database:
        note(database, AuditAction.BACKED_UP, clock, about=to.name)


def restore(options: ServerOptions, backup: Path, *, clock: Clock | None = None) -> Path | None:
    """Put such a copy back and begin a new epoch. Returns where the database that stood there is kept.

    Raises DomainError(DATABASE_NOT_SQLITE, INPUT_UNREADABLE), Fault(SERVER_RUNS_ALREADY, DATABASE_FOREIGN, STORE_*) and
    DiskFault.
    """
    file = _sqlite_file(options)
    _refuse_foreign(options)
    options.settings()
    with claimed(options.database_url):
        kept = upkeep.put_back(backup, file, is_server_database=_is_server_database)
        with opened(options) as database:
            _count_as_unsigned(options, database, clock)
            _begin_order(database, clock)
            note(database, AuditAction.EPOCH_BEGUN, clock, about="restored")
    return kept


def renew_key(options: ServerOptions, *, clock: Clock | None = None) -> tuple[str, ...]:
    """For a key that is lost. Returns the webhook sources that must be added again.

    Raises Fault(SERVER_MISSING, SERVER_RUNS_ALREADY, VAULT_UNAVAILABLE, DATABASE_*, STORE_*).
    """
    is_new(options, may_be_made=False)
    with claimed(options.database_url), opened(options) as database:
        sources = upkeep.renew_key(database, options.settings().key_file, now=(clock or SystemClock()).utc())
        note(database, AuditAction.KEY_RENEWED, clock, about=", ".join(sources))
    return sources


def _begin_order(database: Database, clock: Clock | None) -> None:
    begin_order(database)
    with database.write() as session:
        end_open_codes(session, now=(clock or SystemClock()).utc())


def _count_as_unsigned(options: ServerOptions, database: Database, clock: Clock | None) -> None:
    """What a backup holds of devices that were not enrolled when it was made.

    Where the keys are still to be put back nothing is done: the epoch that is begun after that does it.
    """
    key_file = options.settings().key_file
    if key_file.exists() and signing_key_file(key_file).exists():
        now = (clock or SystemClock()).utc()
        open_signing_key(database, open_secrets(database, key_file), key_file, now=now, after_restore=True)


def _refuse_foreign(options: ServerOptions) -> None:
    """What another program keeps there is not put aside. A damaged database is: that is what backups are for."""
    try:
        database_exists(options.database_url)
    except Fault as fault:
        if fault.code is FaultCode.DATABASE_FOREIGN:
            raise


def _is_server_database(file: Path) -> bool:
    """Raises Fault(STORE_NEWER)."""
    try:
        is_servers = database_exists(f"sqlite:///{file}")
    except Fault:
        return False
    if is_servers:
        check_not_newer(f"sqlite:///{file}")
    return is_servers


def _sqlite_file(options: ServerOptions) -> Path:
    file = database_file(check_database_url(options.database_url))
    if file is None:
        raise DomainError(DomainCode.DATABASE_NOT_SQLITE)
    return file
