"""The server's own signing key: kept beside `server.key`, and closed under it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import select

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.server.database import Database
from tmcwall.server.enrolment import count_as_unsigned, sign_as_server, state_all_again
from tmcwall.server.enrolment_tables import DeviceKeyRow
from tmcwall.server.secret_box import SecretBox
from tmcwall.signatures import SigningKey

_PURPOSE: Final = "signing-key"


def signing_key_file(key_file: Path) -> Path:
    """`server-signing.key` for `server.key`."""
    return key_file.with_name(f"{key_file.stem}-signing{key_file.suffix}")


def open_signing_key(
    database: Database, box: SecretBox, key_file: Path, *, now: datetime, after_restore: bool = False
) -> SigningKey:
    """The server's key, made on first use: what the order holds by then counts without signatures.

    So does, `after_restore`, what a backup holds of devices that were not enrolled when it was made.

    Raises Fault(SERVER_KEY_LOST) if it is gone or does not open though devices were enrolled under it, and
    Fault(VAULT_UNAVAILABLE).
    """
    file = signing_key_file(key_file)
    if not file.exists():
        with database.read() as session:
            used = session.scalar(select(DeviceKeyRow.id).limit(1)) is not None
        if used:
            raise Fault(FaultCode.SERVER_KEY_LOST, str(file), retryable=False)
        after_restore |= _make(file, box)
    key = _read(file, box)
    if after_restore:
        with database.write() as session:
            count_as_unsigned(session, signing_key=key, now=now)
    with database.read() as session:
        known = session.scalar(select(DeviceKeyRow.id).where(DeviceKeyRow.public_key == key.public).limit(1))
    if known is None:
        with database.write() as session:
            sign_as_server(session, signing_key=key, now=now)
    return key


def renew_signing_key(database: Database, box: SecretBox, key_file: Path, *, now: datetime) -> None:
    """Another key, for one that is lost with `server.key`. Workstations have to be enrolled again.

    What the register says is believed and signed anew. The file that was there is kept beside the new one.
    """
    file = signing_key_file(key_file)
    try:
        if file.exists():
            file.rename(file.with_name(f"{file.name}.{uuid4()}.old"))
    except OSError as error:
        raise Fault(FaultCode.VAULT_UNAVAILABLE, f"{file}: {error.strerror}", retryable=False) from error
    _make(file, box)
    key = _read(file, box)
    with database.write() as session:
        state_all_again(session, signing_key=key)
        sign_as_server(session, signing_key=key, now=now)


def _make(file: Path, box: SecretBox) -> bool:
    """False if another process was first."""
    sealed = box.close(SigningKey.new().secret.encode(), purpose=_PURPOSE)
    temporary = file.with_name(f"{file.name}.{uuid4()}.new")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(sealed)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            # Whole or not there, and never over another's.
            os.link(temporary, file)
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
    except OSError as error:
        raise Fault(FaultCode.VAULT_UNAVAILABLE, f"{file}: {error.strerror}", retryable=False) from error
    return True


def _read(file: Path, box: SecretBox) -> SigningKey:
    try:
        sealed = file.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(FaultCode.VAULT_UNAVAILABLE, f"{file}: {type(error).__name__}", retryable=False) from error
    try:
        return SigningKey.of_secret(box.open(sealed, purpose=_PURPOSE).decode("ascii"))
    except (Fault, ValueError):
        raise Fault(FaultCode.SERVER_KEY_LOST, str(file), retryable=False) from None
