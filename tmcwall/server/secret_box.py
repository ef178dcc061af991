"""Secrets that must be read again (webhook secrets), encrypted under a key that is not in the database."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.private_files import make_private_folder

_NONCE_BYTES = 12
_KEY_BYTES = 32


class SecretBox:
    """AES-256-GCM. What is sealed for one purpose opens for that purpose only."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    @classmethod
    def from_file(cls, path: Path) -> SecretBox:
        """The key in that file, made on first use, readable by its owner only. Raises Fault(VAULT_UNAVAILABLE)."""
        try:
            make_private_folder(path.parent)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                key = path.read_bytes()
            else:
                key = secrets.token_bytes(_KEY_BYTES)
                with os.fdopen(handle, "wb") as file:
                    file.write(key)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise Fault(FaultCode.VAULT_UNAVAILABLE, f"{path}: {error.strerror}", retryable=False) from error
        if len(key) != _KEY_BYTES:
            raise Fault(FaultCode.VAULT_UNAVAILABLE, f"{path}: not a key", retryable=False)
        return cls(key)

    def derived(self, purpose: str) -> bytes:
        """32 bytes that only the holder of the key knows, always the same for one purpose."""
        return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=purpose.encode()).derive(self._key)

    def close(self, secret: bytes, *, purpose: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, secret, purpose.encode())).decode()

    def open(self, sealed: str, *, purpose: str) -> bytes:
        """Raises Fault(VAULT_UNAVAILABLE) if it was sealed under another key or for another purpose."""
        try:
            content = base64.b64decode(sealed)
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], purpose.encode())
        except (InvalidTag, ValueError):
            raise Fault(FaultCode.VAULT_UNAVAILABLE, "sealed under another key", retryable=False) from None
