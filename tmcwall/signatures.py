"""Signatures of devices and of the server: Ed25519 (RFC 8032), each for one purpose.

Keys and signatures travel as base64. A signature that was given for one purpose is none for another.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from tmcwall.domain.operation import Json, canonical_json


class Purpose(StrEnum):
    """What a signature says."""

    OPERATION = "operation"
    """The device has made the operation with this hash."""
    SIGN_IN = "sign-in"
    """The device asks the server of this challenge to let an officer in."""
    ENROLMENT = "enrolment"
    """Whoever has this key asks to be enrolled with it."""
    CUSTODY_RECEIPT = "custody-receipt"
    """The server has seen this much of a workstation's chain of custody."""
    COMPACTION = "compaction"
    """The server has taken the values out of these operations, and out of no others."""
    CAMERA_LOGIN = "camera-login"
    """The device has shared the login of a camera, or the key by which such logins are opened, as it is sealed here."""
    DEVICE_KEY = "device-key"
    """The server says whose key this is, and for which operations."""


class SigningKey:
    """A private key. It has no text: whoever keeps it asks for `secret`."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = b64encode(key.public_key().public_bytes_raw()).decode()
        """The key by which others check."""

    @classmethod
    def new(cls) -> SigningKey:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of_secret(cls, secret: str) -> SigningKey:
        """Raises ValueError if that is no key."""
        return cls(Ed25519PrivateKey.from_private_bytes(b64decode(secret, validate=True)))

    @property
    def secret(self) -> str:
        return b64encode(self._key.private_bytes_raw()).decode()

    def sign(self, purpose: Purpose, text: str) -> str:
        return b64encode(self._key.sign(_covered(purpose, text))).decode()

    def sign_content(self, purpose: Purpose, content: dict[str, Json]) -> str:
        return self.sign(purpose, canonical_json(content))


def verifies(public: str, purpose: Purpose, text: str, signature: str) -> bool:
    """Whether the holder of that key has signed that text for that purpose. False also for what is no key."""
    try:
        _public_key(public).verify(_covered(purpose, text), b64decode(signature, validate=True))
    except (BadSignatureError, ValueError):
        return False
    return True


def verifies_content(public: str, purpose: Purpose, content: dict[str, Json], signature: str) -> bool:
    return verifies(public, purpose, canonical_json(content), signature)


def fingerprint(public: str) -> str:
    """Of a public key, to be compared by people: `1f2e-3d4c-…`, 64 bits of its SHA-256."""
    digest = hashlib.sha256(public.encode()).hexdigest()[:16]
    return "-".join(digest[place : place + 4] for place in range(0, 16, 4))


@lru_cache(maxsize=256)
def _public_key(public: str) -> VerifyKey:
    # libsodium checks in half of OpenSSL's time, while other threads go on, and takes nothing that OpenSSL refuses.
    return VerifyKey(b64decode(public, validate=True))


def _covered(purpose: Purpose, text: str) -> bytes:
    return f"tmcwall/{purpose}/1\n{text}".encode()
