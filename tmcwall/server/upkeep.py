"""What keeps a server's data right: its clips checked, its database copied and put back, its key made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select, update

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault, sync_file, sync_folder
from tmcwall.private_files import make_private_file
from tmcwall.server.blobs import BlobStore
from tmcwall.server.database import Database
from tmcwall.server.secret_box import SecretBox
from tmcwall.server.signing_key import renew_signing_key
from tmcwall.server.tables import OrderRow, UploadRow, WebhookSourceRow
from tmcwall.server.uploads import want_again
from tmcwall.sqlite_faults import sqlite_fault


@dataclass(frozen=True, slots=True)
class ClipCheck:
    """Clips by their ids. What is missing or damaged is asked for again from the workstation that has cut it."""

    checked: int
    missing: tuple[str, ...]
    damaged: tuple[str, ...]
    """Their bytes are kept apart, in the folder `damaged`."""


def check_clips(database: Database, blobs: BlobStore, *, read_all: bool) -> ClipCheck:
    """Whether every clip that is called complete is there; with `read_all` also whether its hash is right."""
    with database.read() as session:
        uploads = session.scalars(select(UploadRow).where(UploadRow.completed_at.is_not(None))).all()
    missing = [upload for upload in uploads if not blobs.has(upload.sha256, upload.length)]
    there = [upload for upload in uploads if upload not in missing]
    damaged = [upload for upload in there if read_all and not blobs.is_whole(upload.sha256)]
    for sha256 in {upload.sha256 for upload in damaged}:
        blobs.set_aside(sha256)
    for upload in (*missing, *damaged):
        with database.write() as session:
            want_again(session, upload.id)
        blobs.begin(upload.id)
    return ClipCheck(
        len(uploads), tuple(upload.clip_id for upload in missing), tuple(upload.clip_id for upload in damaged)
    )


def begin_order(database: Database) -> None:
    """A new epoch: every workstation reads the order from its beginning, and sends what it lacks."""
    with database.write() as session:
        session.execute(update(OrderRow).values(epoch=uuid4()))


def open_secrets(database: Database, key_file: Path) -> SecretBox:
    """The key of webhook secrets and delegations, made if there is no secret to be opened yet.

    Raises Fault(SERVER_KEY_LOST) if the key is gone, or is not the one that the secrets were closed under, and
    Fault(VAULT_UNAVAILABLE).
    """
    with database.read() as session:
        sources = session.scalars(select(WebhookSourceRow)).all()
    if sources and not key_file.exists():
        raise Fault(FaultCode.SERVER_KEY_LOST, str(key_file), retryable=False)
    secret_box = SecretBox.from_file(key_file)
    for source in sources:
        try:
            secret_box.open(source.sealed_secret, purpose=f"webhook/{source.source}")
        except Fault:
            raise Fault(FaultCode.SERVER_KEY_LOST, str(key_file), retryable=False) from None
    return secret_box


def renew_key(database: Database, key_file: Path, *, now: datetime) -> tuple[str, ...]:
    """A new key, for one that is lost. Returns the sources whose secrets went with the old one, and are forgotten.

    Delegations went with it, too: what a workstation brings for officers who are not signed in waits for them. So did
    the server's signing key: every workstation has to be enrolled again.

    A key that is there is kept beside the new one. Raises Fault(VAULT_UNAVAILABLE).
    """
    try:
        if key_file.exists():
            key_file.rename(key_file.with_name(f"{key_file.name}.{uuid4()}.old"))
    except OSError as error:
        raise Fault(FaultCode.VAULT_UNAVAILABLE, f"{key_file}: {error.strerror}", retryable=False) from error
    with database.write() as session:
        sources = session.scalars(select(WebhookSourceRow)).all()
        for source in sources:
            session.delete(source)
    renew_signing_key(database, SecretBox.from_file(key_file), key_file, now=now)
    return tuple(source.source for source in sources)


def back_up(file: Path, to: Path) -> None:
    """A copy of the SQLite database with all that was committed, also beside a running server.

    Raises DomainError(OUTPUT_REFUSED) if something stands there already, DiskFault, and Fault(STORE_*).
    """
    if to.exists():
        raise DomainError(DomainCode.OUTPUT_REFUSED, str(to))
    try:
        make_private_file(to)
        _copy(file, to)
        sync_file(to)
        sync_folder(to.absolute().parent)
    except OSError as error:
        raise disk_fault(error, folder=to.absolute().parent) from error


def put_back(backup: Path, file: Path, *, is_server_database: Callable[[Path], bool]) -> Path | None:
    """Put a copy in the place of the SQLite database. Nobody may have that open.

    Returns where the database that stood there is kept. Raises DomainError(INPUT_UNREADABLE) for a copy that is none of
    a server's database or is damaged, DiskFault, and Fault(STORE_*).
    """
    if not backup.is_file() or not is_server_database(backup):
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(backup))
    new = file.with_name(f"{file.name}.{uuid4()}.new")
    aside = file.with_name(f"{file.name}.{uuid4()}.old")
    try:
        make_private_file(new)
        _copy(backup, new)
        with closing(sqlite3.connect(new)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                new.unlink()
                raise DomainError(DomainCode.INPUT_UNREADABLE, str(backup))
        sync_file(new)
        there = file.exists()
        for suffix in ("-wal", "-shm", ""):
            part = file.with_name(file.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        new.rename(file)
        sync_folder(file.parent)
    except OSError as error:
        raise disk_fault(error, folder=file.parent) from error
    return aside if there else None


def _copy(source: Path, target: Path) -> None:
    """By SQLite itself: a copied file would lack what stands beside it in the write-ahead log."""
    try:
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
            reading.backup(writing)
    except sqlite3.Error as error:
        fault = sqlite_fault(error, target.parent)
        raise fault or Fault(FaultCode.STORE_CORRUPT, str(source), retryable=False) from error
