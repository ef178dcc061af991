"""Signatures as `ssh-keygen -Y sign` makes and `ssh-keygen -Y verify` checks them, with Ed25519 keys (ADR 0025).

The format is OpenSSH's PROTOCOL.sshsig, version 1. What is signed is not the message but its SHA-512 behind the
namespace, so that a signature made for one purpose says nothing in another.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256, sha512
from typing import Final, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tmcwall.domain.fault import DomainCode, DomainError

NAMESPACE: Final = "tmcwall-evidence@v1"
LARGEST_SIGNATURE: Final = 4096
"""Bytes of a signature file; one of ours has some 300."""

_ALGORITHM: Final = b"ssh-ed25519"
_MAGIC: Final = b"SSHSIG"
_VERSION: Final = 1
_HASH: Final = b"sha512"
_BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
_END: Final = "-----END SSH SIGNATURE-----"
_COLUMNS: Final = 70
"""As OpenSSH breaks its lines."""
_KEY_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 64


class SignatureMalformed(ValueError):
    """It is no SSH signature by an Ed25519 key, or not written as OpenSSH writes one."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An Ed25519 key that signatures are checked with; `raw` is its 32 bytes."""

    raw: bytes

    @property
    def blob(self) -> bytes:
        """As it stands in a signature and, in base64, in a line of `allowed_signers`."""
        return _string(_ALGORITHM) + _string(self.raw)

    @property
    def openssh(self) -> str:
        """`ssh-ed25519 AAAA...`, without a comment."""
        return f"{_ALGORITHM.decode()} {b64encode(self.blob).decode()}"

    @property
    def fingerprint(self) -> str:
        """`SHA256:...` as `ssh-keygen -l` prints it."""
        return f"SHA256:{b64encode(sha256(self.blob).digest()).decode().rstrip('=')}"

    @classmethod
    def of_blob(cls, blob: bytes) -> Self:
        """Raises SignatureMalformed for any other kind of key."""
        fields = _Fields(blob)
        kind, raw = fields.string(), fields.string()
        if kind != _ALGORITHM or len(raw) != _KEY_BYTES or fields.rest():
            raise SignatureMalformed("not an Ed25519 key")
        return cls(raw)


class SigningKey:
    """An Ed25519 key that signs. It shows itself nowhere but in what it signs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> Self:
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of_seed(cls, seed: bytes) -> Self:
        """Of the 32 bytes that `seed` gave."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def seed(self) -> bytes:
        """What the key is made of: for a vault, and nothing else."""
        return self._key.private_bytes_raw()

    @classmethod
    def of_openssh(cls, content: bytes, *, passphrase: str | None = None) -> Self:
        """The content of a private key file as `ssh-keygen -t ed25519` makes it.

        Raises DomainError: SIGNING_KEY_LOCKED where it asks for a passphrase, or for another one, SIGNING_KEY_UNFIT for
        any other kind of file or key.
        """
        secret = passphrase.encode() if passphrase else None
        try:
            key = serialization.load_ssh_private_key(content, password=secret)
        except (TypeError, ValueError, UnsupportedAlgorithm) as error:
            locked = b"OPENSSH PRIVATE KEY" in content and (secret is not None or isinstance(error, TypeError))
            code = DomainCode.SIGNING_KEY_LOCKED if locked else DomainCode.SIGNING_KEY_UNFIT
            raise DomainError(code) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise DomainError(DomainCode.SIGNING_KEY_UNFIT)
        return cls(key)

    def sign(self, message: bytes, *, namespace: str = NAMESPACE) -> bytes:
        """The armoured signature, as `ssh-keygen -Y sign` writes it to a file."""
        signature = _string(_ALGORITHM) + _string(self._key.sign(_signed(message, namespace)))
        return Signature(self.public, namespace, signature).armoured()


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was read. Who made it is what it says itself, until `holds` has been asked."""

    public: PublicKey
    namespace: str
    value: bytes
    """The kind of signature and the signature itself, both behind their lengths."""

    @classmethod
    def read(cls, armoured: bytes) -> Self:
        """Raises SignatureMalformed, also for one that differs in any byte from what OpenSSH would have written."""
        if len(armoured) > LARGEST_SIGNATURE:
            raise SignatureMalformed("too long")
        try:
            lines = armoured.decode("ascii").splitlines()
            if len(lines) < 3 or (lines[0], lines[-1]) != (_BEGIN, _END):
                raise SignatureMalformed("no SSH signature")
            found = cls._of_blob(b64decode("".join(lines[1:-1]), validate=True))
        except (UnicodeDecodeError, ValueError, struct.error) as error:
            raise SignatureMalformed(str(error)) from error
        if found.armoured() != armoured:
            raise SignatureMalformed("not as OpenSSH writes it")
        return found

    @classmethod
    def _of_blob(cls, blob: bytes) -> Self:
        fields = _Fields(blob)
        if fields.take(len(_MAGIC)) != _MAGIC or struct.unpack(">I", fields.take(4))[0] != _VERSION:
            raise SignatureMalformed("another version")
        public = PublicKey.of_blob(fields.string())
        namespace, reserved, algorithm, value = (fields.string() for _ in range(4))
        if reserved or algorithm != _HASH or fields.rest():
            raise SignatureMalformed("another kind of signature")
        return cls(public, namespace.decode("utf-8"), value)

    def armoured(self) -> bytes:
        blob = _MAGIC + struct.pack(">I", _VERSION) + _string(self.public.blob) + _string(self.namespace.encode())
        blob += _string(b"") + _string(_HASH) + _string(self.value)
        text = b64encode(blob).decode()
        lines = [text[at : at + _COLUMNS] for at in range(0, len(text), _COLUMNS)]
        return "\n".join((_BEGIN, *lines, _END, "")).encode()

    def holds(self, message: bytes, *, namespace: str = NAMESPACE) -> bool:
        """Whether the key that it names has signed exactly these bytes for that purpose."""
        try:
            fields = _Fields(self.value)
            kind, value = fields.string(), fields.string()
        except SignatureMalformed:
            return False
        if self.namespace != namespace or kind != _ALGORITHM or len(value) != _SIGNATURE_BYTES or fields.rest():
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public.raw).verify(value, _signed(message, namespace))
        except (InvalidSignature, ValueError):
            return False
        return True


def _signed(message: bytes, namespace: str) -> bytes:
    """What the key itself signs."""
    parts = (namespace.encode(), b"", _HASH, sha512(message).digest())
    return _MAGIC + b"".join(map(_string, parts))


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


class _Fields:
    """Strings behind their lengths, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        if self._at + size > len(self._data):
            raise SignatureMalformed("it ends too early")
        self._at += size
        return self._data[self._at - size : self._at]

    def string(self) -> bytes:
        return self.take(struct.unpack(">I", self.take(4))[0])

    def rest(self) -> bytes:
        return self._data[self._at :]
