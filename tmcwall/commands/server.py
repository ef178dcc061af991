"""What `tmcwall server ...` does: run the server, add an officer, let another system report incidents."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TextIO
from uuid import UUID

import uvicorn

from tmcwall import __version__
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account
from tmcwall.durable import disk_fault
from tmcwall.listening import allow_connections
from tmcwall.log import get_logger
from tmcwall.logbook import LogBook
from tmcwall.private_files import PrivatePlace, closing_to_others, make_private_folder
from tmcwall.server import upkeep
from tmcwall.server.accounts import (
    add_user,
    all_users,
    check_account,
    default_hasher,
    disable_user,
    enable_user,
    put_user_password,
    put_user_role,
)
from tmcwall.server.announcer import Announcer
from tmcwall.server.app import create_app
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.blobs import BLOB_NAMES, BlobStore, blob_folder
from tmcwall.server.connections import BACKLOG, Unproved, listen
from tmcwall.server.context import ServerLimits, ServerSettings
from tmcwall.server.database import Database, check_database_url, claimed, database_exists, database_file
from tmcwall.server.journal import Journal
from tmcwall.server.quarantine import Quarantined, describe, quarantined_operations, unreadable_operations
from tmcwall.server.reports import add_source
from tmcwall.server.signing_key import open_signing_key
from tmcwall.server.upkeep import ClipCheck, begin_order, check_clips, open_secrets
from tmcwall.stop_signals import STOP_SIGNALS

log = get_logger(__name__)

DEFAULT_PORT = 8470
GRACE_S = 2
"""For requests under way at a stop; the whole stop takes at most 3 s."""

LONGEST_REASON = 200
"""Characters of why an operation is taken out of effect."""

_CONNECTIONS = 8192
CONSOLE = "console"
"""The actor in the audit log for what is done on the server's own command line."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where a server keeps its data and where it listens. Everything defaults to files under `data_dir`."""

    data_dir: Path
    database: str | None = None
    """`sqlite:///PATH` or `postgresql+psycopg://USER@HOST/NAME`, no password: libpq has its own file for it."""
    blobs: str | None = None
    """A folder or a `file:` URL."""
    key_file: Path | None = None
    """Best kept apart from the database and its backups."""
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0 takes a free one."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, and nobody else's."""
    openapi: bool = False
    limits: ServerLimits = field(default_factory=ServerLimits)

    @property
    def folder(self) -> Path:
        return self.data_dir.absolute() / "server"

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.folder / 'server.db'}"

    @property
    def private_places(self) -> tuple[PrivatePlace, ...]:
        """All that is the server's, to be closed to other users. Raises DomainError(DATABASE_URL_*, BLOBS_URL)."""
        places = [PrivatePlace(self.folder)]
        database = database_file(check_database_url(self.database_url))
        if database is not None and not database.is_relative_to(self.folder):
            places.append(PrivatePlace(database.parent, (database.name, f"{database.name}-*")))
        if self.blobs is not None:
            places.append(PrivatePlace(blob_folder(self.blobs), BLOB_NAMES))
        return tuple(places)

    def settings(self) -> ServerSettings:
        """Makes the folder, readable by its owner only. Raises DiskFault and Fault(STORE_UNWRITABLE)."""
        folder = self.folder
        try:
            make_private_folder(folder)
        except OSError as error:
            raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=folder) from error
        return ServerSettings(
            database=self.database_url,
            blobs=self.blobs or str(folder / "blobs"),
            key_file=self.key_file or folder / "server.key",
            openapi=self.openapi,
            limits=self.limits,
        )


def open_log(options: ServerOptions, *, console: TextIO) -> LogBook:
    """The server's log, beside its data. Raises DiskFault and Fault(STORE_UNWRITABLE)."""
    folder = options.folder / "logs"
    try:
        return LogBook(folder, process="server", console=console)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=folder) from error


def run(options: ServerOptions, *, say: Callable[[str], None] | None = None, clock: Clock | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Says `ready http://HOST:PORT` with the real port once it answers.

    Raises DomainError, DiskFault and Fault(PORT_*, HOST_UNKNOWN, CERTIFICATE_UNREADABLE, STORE_*, DATABASE_*,
    VAULT_UNAVAILABLE, SERVER_RUNS_ALREADY, SERVER_KEY_LOST).
    """
    listener = listen(options.host, options.port)
    with (
        contextlib.closing(listener),
        closing_to_others(options.private_places),
        claimed(options.settings().database),
    ):
        app = create_app(options.settings(), clock=clock or SystemClock())
        limits = options.limits
        allow_connections(_CONNECTIONS)
        unproved = Unproved(most=limits.unproved_connections, within_s=limits.unproved_s)
        config = uvicorn.Config(
            app,
            http=unproved.protocol(),
            backlog=BACKLOG,
            log_config=None,
            access_log=False,
            lifespan="on",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
            proxy_headers=bool(options.trusted_proxies),
            forwarded_allow_ips=list(options.trusted_proxies),
            ssl_certfile=options.tls_certificate,
            ssl_keyfile=options.tls_key,
        )
        try:
            config.load()
        except OSError as error:
            raise Fault(FaultCode.CERTIFICATE_UNREADABLE, str(options.tls_certificate), retryable=False) from error
        host, port = listener.getsockname()[:2]
        scheme = "https" if options.tls_certificate else "http"
        address = f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
        log.info("started", process="server", version=__version__, address=address)
        announcer = app.state.context.announcer
        _Server(config, announcer=announcer, on_ready=lambda: (say or _print)(f"ready {address}")).run([listener])


def is_new(options: ServerOptions, *, may_be_made: bool) -> bool:
    """Whether the server's database is still to be made.

    Raises Fault(SERVER_MISSING) if it is and that was not `may_be_made`: in a wrong folder an account helps nobody.
    Makes and changes nothing. Raises DomainError(DATABASE_URL_*) and Fault(DATABASE_UNREACHABLE), too.
    """
    if database_exists(options.database_url):
        return False
    if not may_be_made:
        raise Fault(FaultCode.SERVER_MISSING, options.database or str(options.folder), retryable=False)
    return True


def user_add(
    options: ServerOptions,
    nrp: str,
    *,
    role: Role,
    password: str,
    name: str = "",
    rank: str = "",
    clock: Clock | None = None,
) -> None:
    """Raises DomainError(FIELD_INVALID, NAME_TAKEN, PASSWORD_WEAK) and Fault(STORE_*)."""
    check_account(nrp, password)
    officer = Officer(nrp, name or nrp, role, rank)
    now = (clock or SystemClock()).utc()
    with open_database(options) as database, database.write() as session:
        add_user(session, officer, password, hasher=default_hasher(), now=now)
        audit(session, AuditAction.USER_ADDED, at=now, actor=CONSOLE, about=f"{nrp} {role}")


def user_disable(options: ServerOptions, nrp: str, *, clock: Clock | None = None) -> None:
    """The officer is signed out everywhere and cannot sign in. Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with open_database(options) as database, database.write() as session:
        disable_user(session, nrp, now=now)
        audit(session, AuditAction.USER_DISABLED, at=now, actor=CONSOLE, about=nrp)


def user_enable(options: ServerOptions, nrp: str, *, clock: Clock | None = None) -> None:
    """The officer signs in with the password of before. Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    with open_database(options) as database, database.write() as session:
        enable_user(session, nrp)
        audit(session, AuditAction.USER_ENABLED, at=(clock or SystemClock()).utc(), actor=CONSOLE, about=nrp)


def user_role(options: ServerOptions, nrp: str, role: Role, *, clock: Clock | None = None) -> None:
    """Raises DomainError(NOT_FOUND) and Fault(STORE_*)."""
    with open_database(options) as database, database.write() as session:
        put_user_role(session, nrp, role)
        at = (clock or SystemClock()).utc()
        audit(session, AuditAction.USER_ROLE_CHANGED, at=at, actor=CONSOLE, about=f"{nrp} {role}")


def user_password(options: ServerOptions, nrp: str, *, password: str, clock: Clock | None = None) -> None:
    """The officer is signed out everywhere. Raises DomainError(NOT_FOUND, PASSWORD_WEAK) and Fault(STORE_*)."""
    now = (clock or SystemClock()).utc()
    with open_database(options) as database, database.write() as session:
        put_user_password(session, nrp, password, hasher=default_hasher(), now=now)
        audit(session, AuditAction.USER_PASSWORD_CHANGED, at=now, actor=CONSOLE, about=nrp)


def user_list(options: ServerOptions) -> tuple[Account, ...]:
    """By name, the disabled ones, too. Raises Fault(STORE_*)."""
    with open_database(options) as database, database.read() as session:
        return all_users(session)


def webhook_add(
    options: ServerOptions, source: Source, *, secret: str | None = None, clock: Clock | None = None
) -> str:
    """Let that system report incidents, signed with this secret or with a new one. Returns the secret, told only here.

    Raises DomainError(SECRET_SHORT) for fewer than 16 bytes, and Fault(STORE_*, VAULT_UNAVAILABLE, SERVER_KEY_LOST).
    """
    chosen = secrets.token_urlsafe(32) if secret is None else secret
    now = (clock or SystemClock()).utc()
    with open_database(options) as database:
        secret_box = open_secrets(database, options.settings().key_file)
        with database.write() as session:
            add_source(session, source, chosen.encode(), secret_box=secret_box, now=now)
            audit(session, AuditAction.WEBHOOK_ADDED, at=now, actor=CONSOLE, about=source)
    return chosen


def quarantine_list(options: ServerOptions, *, limit: int) -> tuple[Quarantined, ...]:
    """What is kept without effect, newest first. Raises Fault(STORE_*)."""
    with open_database(options) as database, database.read() as session:
        return tuple(describe(session, row) for row in quarantined_operations(session, limit=limit))


def quarantine_check(options: ServerOptions) -> tuple[Quarantined, ...]:
    """What is in effect and would not be taken today. Reads every operation. Raises Fault(STORE_*)."""
    with open_database(options) as database, database.read() as session:
        return tuple(unreadable_operations(session))


def quarantine_add(
    options: ServerOptions, operation_id: UUID, *, reason: str, clock: Clock | None = None
) -> Quarantined:
    """Take an operation out of effect, for every workstation and on record.

    Raises DomainError(NOT_FOUND, WITHOUT_EFFECT, FIELD_INVALID) and Fault(STORE_*).
    """
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON or not said.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    now = (clock or SystemClock()).utc()
    with open_database(options) as database, database.write() as session:
        row = Journal(session, now=now).withdraw(operation_id, reason=said, by=CONSOLE)
        audit(
            session,
            AuditAction.OPERATION_WITHDRAWN,
            at=now,
            actor=CONSOLE,
            about=f"{operation_id} {row.entity}/{row.entity_id}",
        )
        return describe(session, row)


def begin_epoch(options: ServerOptions, *, clock: Clock | None = None) -> None:
    """To be done after restoring a backup, before the server runs: workstations send again what the backup lacks.

    Raises Fault(SERVER_MISSING, SERVER_RUNS_ALREADY, DATABASE_*, STORE_*).
    """
    is_new(options, may_be_made=False)
    with claimed(options.database_url), open_database(options) as database:
        _begin_order(options, database, clock)
        _note(database, AuditAction.EPOCH_BEGUN, clock)


def check(options: ServerOptions, *, read_all: bool, clock: Clock | None = None) -> ClipCheck:
    """Whether the key opens what it is for, and the clips are there; what is missing is asked for again.

    Raises Fault(SERVER_MISSING, SERVER_KEY_LOST, DATABASE_*, STORE_*) and DiskFault.
    """
    is_new(options, may_be_made=False)
    settings = options.settings()
    with open_database(options) as database:
        open_secrets(database, settings.key_file)
        found = check_clips(database, BlobStore(blob_folder(settings.blobs)), read_all=read_all)
        about = f"{found.checked} checked, {len(found.missing)} missing, {len(found.damaged)} damaged"
        _note(database, AuditAction.CLIPS_CHECKED, clock, about=about)
    return found


def back_up(options: ServerOptions, to: Path, *, clock: Clock | None = None) -> None:
    """A copy of the database, also while the server runs; clips and the key are files to be copied besides.

    Raises DomainError(DATABASE_NOT_SQLITE, OUTPUT_REFUSED), Fault(SERVER_MISSING, STORE_*) and DiskFault.
    """
    file = _sqlite_file(options)
    is_new(options, may_be_made=False)
    upkeep.back_up(file, to)
    with open_database(options) as database:
        _note(database, AuditAction.BACKED_UP, clock, about=to.name)


def restore(options: ServerOptions, backup: Path, *, clock: Clock | None = None) -> Path | None:
    """Put such a copy back and begin a new epoch. Returns where the database that stood there is kept.

    Raises DomainError(DATABASE_NOT_SQLITE, INPUT_UNREADABLE), Fault(SERVER_RUNS_ALREADY, STORE_*) and DiskFault.
    """
    file = _sqlite_file(options)
    options.settings()
    with claimed(options.database_url):
        kept = upkeep.put_back(backup, file, is_server_database=_is_server_database)
        with open_database(options) as database:
            _begin_order(options, database, clock)
            _note(database, AuditAction.EPOCH_BEGUN, clock, about="restored")
    return kept


def renew_key(options: ServerOptions, *, clock: Clock | None = None) -> tuple[str, ...]:
    """For a key that is lost. Returns the webhook sources that must be added again.

    Raises Fault(SERVER_MISSING, SERVER_RUNS_ALREADY, VAULT_UNAVAILABLE, DATABASE_*, STORE_*).
    """
    is_new(options, may_be_made=False)
    with claimed(options.database_url), open_database(options) as database:
        sources = upkeep.renew_key(database, options.settings().key_file, now=(clock or SystemClock()).utc())
        _note(database, AuditAction.KEY_RENEWED, clock, about=", ".join(sources))
    return sources


def _begin_order(options: ServerOptions, database: Database, clock: Clock | None) -> None:
    key_file = options.settings().key_file
    now = (clock or SystemClock()).utc()
    open_signing_key(database, open_secrets(database, key_file), key_file, now=now, after_restore=True)
    begin_order(database)


def _is_server_database(file: Path) -> bool:
    try:
        return database_exists(f"sqlite:///{file}")
    except Fault:
        return False


def _sqlite_file(options: ServerOptions) -> Path:
    file = database_file(check_database_url(options.database_url))
    if file is None:
        raise DomainError(DomainCode.DATABASE_NOT_SQLITE)
    return file


def _note(database: Database, action: AuditAction, clock: Clock | None, *, about: str = "") -> None:
    with database.write() as session:
        audit(session, action, at=(clock or SystemClock()).utc(), actor=CONSOLE, about=about)


@contextlib.contextmanager
def open_database(options: ServerOptions) -> Iterator[Database]:
    database = Database.open(options.settings().database)
    try:
        yield database
    finally:
        database.close()


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class _Server(uvicorn.Server):
    """Says when it answers, ends its event streams before it waits for requests, and exits with 0 on a signal."""

    def __init__(self, config: uvicorn.Config, *, announcer: Announcer, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._announcer = announcer
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._announcer.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but without raising the signal once more at the end: a stop on request is no failure."""
        before = {number: signal.signal(number, self.handle_exit) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        del sig, frame  # a second signal does not cut requests short: the grace time does
        self.should_exit = True
