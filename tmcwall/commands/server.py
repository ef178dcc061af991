"""Where a server keeps its data, and what the commands of `tmcwall server ...` need to work on it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TextIO

from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.durable import disk_fault
from tmcwall.logbook import ConsoleFormat, LogBook
from tmcwall.private_files import PrivatePlace, make_private_folder
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.blob_places import is_object_store
from tmcwall.server.blobs import BLOB_NAMES, blob_folder
from tmcwall.server.context import ServerLimits, ServerSettings
from tmcwall.server.database import Database, check_database_url, database_exists, database_file

DEFAULT_PORT = 8470

CONSOLE = "console"
"""The actor in the audit log for what is done on the server's own command line."""


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Where a server keeps its data and where it listens. Everything defaults to files under `data_dir`."""

    data_dir: Path
    database: str | None = None
    """`sqlite:///PATH` or `postgresql+psycopg://USER@HOST/NAME`, no password: libpq has its own file for it."""
    blobs: str | None = None
    """A folder, a `file:` URL, or `s3://BUCKET/PREFIX`."""
    key_file: Path | None = None
    """Best kept apart from the database and its backups."""
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    """0 takes a free one."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    """Networks whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, and nobody else's."""
    allow_clear_text: bool = False
    """Also at an address that others reach, and from them: passwords can be read on the way."""
    openapi: bool = False
    log_format: ConsoleFormat = ConsoleFormat.TEXT
    metrics_token_file: Path | None = None
    oidc_config: Path | None = None
    compact_keep_days: int | None = None
    """The order is compacted each night, but for what is younger; None: never."""
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
        if self.blobs is not None and not is_object_store(self.blobs):
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
            parts=folder / "blobs",
            openapi=self.openapi,
            metrics_token_file=self.metrics_token_file,
            oidc_config=self.oidc_config,
            limits=self._limits(),
        )

    def _limits(self) -> ServerLimits:
        if self.compact_keep_days is None:
            return self.limits
        return replace(self.limits, values_kept=timedelta(days=self.compact_keep_days))


def open_log(options: ServerOptions, *, console: TextIO, process: str = "server") -> LogBook:
    """The log of one of the server's processes, beside its data. Raises DiskFault and Fault(STORE_UNWRITABLE)."""
    folder = options.folder / "logs"
    try:
        return LogBook(folder, process=process, console=console, console_format=options.log_format)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.STORE_UNWRITABLE, folder=folder) from error


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


@contextlib.contextmanager
def opened(options: ServerOptions) -> Iterator[Database]:
    """The database, brought to the newest schema. Raises DomainError(DATABASE_URL_*) and Fault(DATABASE_*, STORE_*)."""
    database = Database.open(options.settings().database)
    try:
        yield database
    finally:
        database.close()


def note(database: Database, action: AuditAction, clock: Clock | None, *, about: str = "") -> None:
    with database.write() as session:
        audit(session, action, at=(clock or SystemClock()).utc(), actor=CONSOLE, about=about)
