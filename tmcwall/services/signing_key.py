"""The key with which this workstation signs evidence: its own, made once and kept in the vault, or one from a file."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tmcwall.cameras.logins import SIGNING_KEY_ENTRY, CameraLogins, Login, LoginBook
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.evidence.sshsig import SigningKey

_KIND: Final = "ssh-ed25519"
_LARGEST_FILE: Final = 64 * 1024


def workstation_key(vault: LoginBook, *, made: Callable[[SigningKey], None] = lambda _key: None) -> SigningKey:
    """`made` is called with a key that was not there before. Raises Fault(VAULT_UNAVAILABLE, VAULT_LOST)."""
    kept = vault.all().get(SIGNING_KEY_ENTRY)
    if kept is not None and kept.main is not None:
        try:
            return SigningKey.of_seed(b64decode(kept.main.password, validate=True))
        except ValueError as error:
            raise Fault(FaultCode.VAULT_UNAVAILABLE, "its signing key cannot be read", retryable=False) from error
    key = SigningKey.generate()
    vault.put({SIGNING_KEY_ENTRY: CameraLogins(main=Login("", _KIND, b64encode(key.seed).decode()))})
    made(key)
    return key


def key_of_file(path: Path, *, passphrase: Callable[[], str]) -> SigningKey:
    """`passphrase` is asked for only where the file is locked.

    Raises DomainError(INPUT_UNREADABLE, SIGNING_KEY_UNFIT, SIGNING_KEY_LOCKED).
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE)
    except OSError as error:
        raise DomainError(DomainCode.INPUT_UNREADABLE, str(path)) from error
    try:
        return SigningKey.of_openssh(content)
    except DomainError as error:
        if error.code is not DomainCode.SIGNING_KEY_LOCKED:
            raise DomainError(error.code, str(path)) from error
    return SigningKey.of_openssh(content, passphrase=passphrase())
