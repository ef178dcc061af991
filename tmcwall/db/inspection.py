"""A look into a store without being its program: for the doctor, in a process of its own, also while the program runs.

Nothing is written, checkpointed or migrated, and no file is made beside the store.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, StaticPool, String, Table, column, create_engine, func, select, table
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tmcwall.db import cameras, custody, operations, personal, schema, tables
from tmcwall.db.backup import Backups
from tmcwall.db.connection import driver_connection, quick_check, translated
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.lifecycle import IN_USE
from tmcwall.domain.urlsecrets import take_secrets

_COUNTED: Final[Mapping[str, Table]] = {
    "cameras": tables.cameras,
    "layouts": tables.layouts,
    "bookmarks": tables.bookmarks,
    "clips": tables.clips,
    "cases": tables.cases,
    "incidents": tables.incidents,
    "officers": tables.officers,
    "operations": tables.operations,
    "conflicts": tables.conflicts,
    "custody": tables.custody,
}


_audit: Final = table("audit", column("at", String), column("action", String))
"""Of a server; its times are UTC as text."""


@dataclass(frozen=True, slots=True)
class StoreInspection:
    """What is in a store. `counts` and `camera_urls` are empty where its schema is an older one."""

    schema: str
    migration_due: bool
    """The next start brings it to this version's schema."""
    size_bytes: int
    counts: Mapping[str, int]
    pending: int = 0
    chain_break: int | None = None
    """The first row of custody that does not hold."""
    camera_urls: tuple[str, ...] = ()
    """Of every stream of the cameras in use."""


@dataclass(frozen=True, slots=True)
class PrivateWords:
    """What of a store must not leave the station, word by word."""

    persons: frozenset[str] = frozenset()
    """Names and numbers of officers and reporters, and report numbers."""
    hosts: frozenset[str] = frozenset()
    """Of cameras."""
    secrets: frozenset[str] = frozenset()
    """Out of addresses of cameras: as they are, as custody remembers them, and as backups hold them."""


def inspect_store(path: Path, *, check_s: float) -> StoreInspection:
    """Raises Fault(STORE_*, DISK_FAILED): what the program would meet at its next start."""
    with _looked_into(path) as connection:
        quick_check(connection, limit_s=check_s)
        with connection.begin():
            due = schema.needs_migration(connection)
            revision = schema.revision(connection) or ""
        size_bytes = path.stat().st_size
        if due:
            return StoreInspection(revision, migration_due=True, size_bytes=size_bytes, counts={})
        with Session(bind=connection) as session, session.begin():
            broken = custody.verify(session)
            return StoreInspection(
                revision,
                migration_due=False,
                size_bytes=size_bytes,
                counts={name: _count(session, table) for name, table in _COUNTED.items()},
                pending=operations.pending_count(session),
                chain_break=broken.seq if broken is not None else None,
                camera_urls=tuple(_camera_urls(session)),
            )


def check_database(path: Path, *, check_s: float) -> int:
    """The size in bytes of any SQLite database that passes its check. Raises Fault(STORE_*, DISK_FAILED)."""
    with _looked_into(path) as connection:
        quick_check(connection, limit_s=check_s)
    return path.stat().st_size


def newest_server_backup(path: Path) -> datetime | None:
    """When `tmcwall server backup` last copied that database of a server; None: never. Raises Fault(STORE_*)."""
    try:
        with _looked_into(path) as connection:
            at = connection.execute(select(func.max(_audit.c.at)).where(_audit.c.action == "backed_up")).scalar()
    except OperationalError as error:
        raise Fault(FaultCode.STORE_CORRUPT, "a table is missing", retryable=False) from error
    return None if at is None else datetime.fromisoformat(at).replace(tzinfo=UTC)


def private_words(path: Path) -> PrivateWords:
    """Raises Fault(STORE_*)."""
    try:
        with _looked_into(path) as connection, Session(bind=connection) as session, session.begin():
            words = _private_words(session)
    except OperationalError as error:
        raise Fault(FaultCode.STORE_CORRUPT, "a table is missing", retryable=False) from error
    return replace(words, secrets=words.secrets.union(*map(_secrets_of_backup, Backups(_backups_of(path)).every())))


def newest_backup(path: Path) -> datetime | None:
    """When the newest backup of that store was made."""
    return Backups(_backups_of(path)).newest()


def _private_words(session: Session) -> PrivateWords:
    officers, cases, incidents = tables.officers.c, tables.cases.c, tables.incidents.c
    columns = (
        officers.nrp, officers.name, cases.lp, cases.lp_normalised,
        incidents.reporter_name, incidents.reporter_phone,
    )  # fmt: skip
    persons = frozenset(str(word) for column in columns for word in session.scalars(select(column)) if word)
    if not schema.needs_migration(session.connection()):
        persons |= personal.of_all_written_here(session)
    urls = _kept_urls(session)
    hosts = frozenset(filter(None, (urlsplit(url).hostname for url in urls)))
    return PrivateWords(persons, hosts, _secrets_in([*urls, *_remembered_urls(session)]))


def _backups_of(path: Path) -> Path:
    return path.parent / "backups"


def _kept_urls(session: Session) -> list[str]:
    """Of every camera, those that were removed among them."""
    streams = (tables.cameras.c.url, tables.cameras.c.substream_url)
    return [url for column in streams for url in session.scalars(select(column)) if url]


def _remembered_urls(session: Session) -> Iterator[str]:
    """What edits of cameras left in custody; a store of an older schema knows no edits."""
    if schema.needs_migration(session.connection()):
        return
    edits = tables.custody.c.action == CustodyAction.CAMERA_EDITED.value
    for found in session.scalars(select(tables.custody.c.facts).where(edits)):
        for change in found.get("changes", ()):
            yield from (change["before"], change["after"])


def _secrets_of_backup(path: Path) -> frozenset[str]:
    """None of a backup that cannot be read: it is one of several."""
    try:
        with _looked_into(path) as connection, Session(bind=connection) as session, session.begin():
            return _secrets_in(_kept_urls(session))
    except (Fault, OperationalError):
        return frozenset()


def _secrets_in(urls: Iterable[str]) -> frozenset[str]:
    return frozenset(secret for url in urls for secret in take_secrets(url).secrets)


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _camera_urls(session: Session) -> Iterator[str]:
    decided = cameras.lifecycles(session)
    for camera in cameras.all_cameras(session):
        if decided.get(camera.id, IN_USE).withheld is None:
            yield camera.url
            if camera.substream_url:
                yield camera.substream_url


@contextmanager
def _looked_into(path: Path) -> Iterator[Connection]:
    # A store without a log beside it was closed and nobody writes it; with `immutable` SQLite makes no files for it.
    rested = not path.with_name(f"{path.name}-wal").exists()
    mode = "mode=ro&immutable=1" if rested else "mode=ro"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True)
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)
    try:
        with translated(path.parent), engine.connect() as connection:
            driver_connection(connection).execute("PRAGMA trusted_schema=OFF")
            yield connection
    finally:
        engine.dispose()
