"""Bytes under a passphrase: a stream that shows nothing without it, and in which any change, cut or reordering shows.

A line of JSON (format and salt), 16 bytes that tell a wrong passphrase from a damaged file, and pieces of a mebibyte:
AES-256-GCM, the first line authenticated with each, and in the nonce the piece's place and whether it is the last one.
The key comes from the passphrase by scrypt with N=2^17, r=8, p=1, which takes 128 MiB (OWASP's password storage cheat
sheet); the cost belongs to the format, so that no file can ask for more.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from typing import BinaryIO, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from tmcwall.domain.fault import DomainCode, DomainError

PIECE_BYTES: Final = 1 << 20

_SCRYPT: Final = {"n": 1 << 17, "r": 8, "p": 1}
_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 32
_CHECK_BYTES: Final = 16
_TAG_BYTES: Final = 16
_PLACE_BYTES: Final = 11
_LONGEST_HEADER: Final = 256


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal["tmcwall.workstation/1"]
    salt: str


class SealedWriter:
    """Seals what is written, piece by piece, into `file`. Without `finish` the stream counts as cut short."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        salt = secrets.token_bytes(_SALT_BYTES)
        self._line = msgspec.json.encode(_Header("tmcwall.workstation/1", b64encode(salt).decode()))
        self._aead, check = _derived(passphrase, salt)
        self._file = file
        self._waiting = bytearray()
        self._place = 0
        file.write(self._line + b"\n" + check)

    def write(self, content: bytes) -> None:
        self._waiting += content
        # The last piece must be known as such, so one is always kept back.
        while len(self._waiting) > PIECE_BYTES:
            self._seal(bytes(self._waiting[:PIECE_BYTES]), last=False)
            del self._waiting[:PIECE_BYTES]

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._aead.encrypt(_nonce(self._place, last=last), piece, self._line))
        self._place += 1


class SealedReader:
    """Reads what a SealedWriter wrote: exactly that, or DomainError(EXPORT_DAMAGED) is raised."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        """Raises DomainError(EXPORT_DAMAGED, EXPORT_PASSPHRASE)."""
        self._line = file.readline(_LONGEST_HEADER + 1)
        salt = _salt(self._line)
        self._line = self._line.rstrip(b"\n")
        self._aead, check = _derived(passphrase, salt)
        found = file.read(_CHECK_BYTES)
        if len(found) != _CHECK_BYTES:
            raise _damaged("cut short")
        if not hmac.compare_digest(found, check):
            raise DomainError(DomainCode.EXPORT_PASSPHRASE)
        self._file = file
        self._next = file.read(PIECE_BYTES + _TAG_BYTES)
        self._opened = b""
        self._place = 0

    def read(self, size: int) -> bytes:
        """At most `size` bytes, a piece at a time; nothing at the end, which is then known to be the end."""
        if not self._opened and self._next:
            self._open_next()
        given, self._opened = self._opened[:size], self._opened[size:]
        return given

    def read_exactly(self, size: int) -> bytes:
        """For what fits into memory. Raises DomainError(EXPORT_DAMAGED) if there is less."""
        content = bytearray()
        while len(content) < size:
            part = self.read(size - len(content))
            if not part:
                raise _damaged("it ends too early")
            content += part
        return bytes(content)

    def _open_next(self) -> None:
        piece, self._next = self._next, self._file.read(PIECE_BYTES + _TAG_BYTES)
        try:
            self._opened = self._aead.decrypt(_nonce(self._place, last=not self._next), piece, self._line)
        except InvalidTag:
            raise _damaged(f"piece {self._place}") from None
        self._place += 1


def _derived(passphrase: str, salt: bytes) -> tuple[AESGCM, bytes]:
    """The cipher, and the bytes by which its passphrase is known again."""
    material = Scrypt(salt=salt, length=_KEY_BYTES + _CHECK_BYTES, **_SCRYPT).derive(passphrase.encode())
    return AESGCM(material[:_KEY_BYTES]), material[_KEY_BYTES:]


def _nonce(place: int, *, last: bool) -> bytes:
    """Each key seals one stream only, so a place is never used twice under it."""
    return place.to_bytes(_PLACE_BYTES, "big") + bytes([last])


def _salt(line: bytes) -> bytes:
    try:
        salt = b64decode(msgspec.json.decode(line, type=_Header).salt, validate=True)
    except (msgspec.MsgspecError, ValueError):
        salt = b""
    if not line.endswith(b"\n") or len(salt) != _SALT_BYTES:
        raise _damaged("not an export of a workstation")
    return salt


def _damaged(detail: str) -> DomainError:
    return DomainError(DomainCode.EXPORT_DAMAGED, detail)
