"""The server's counter-signature over a package's tag manifest: these bytes were there at that moment, says the server.

It lies beside the workstation's signature, like a time stamp, and is kept in one form: no bit of it is without meaning.
"""

from __future__ import annotations

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from tmcwall.signatures import Purpose, verifies

CounterSignedBy = Callable[[bytes], bytes]
"""The kept form of a counter-signature over a tag manifest. Raises Fault: the server is away, or does not do it."""

LARGEST_COUNTER_SIGNATURE: Final = 4096


class CounterSignatureMalformed(ValueError):
    """It is none, or is over something else."""


class KeptCounterSignature(msgspec.Struct, frozen=True):
    """The file of a package."""

    text: str
    """The server's statement, as it has signed it (`sync.counter_signature.PackageStatement`)."""
    signature: str
    server_key: str

    def encoded(self) -> bytes:
        return msgspec.json.encode(self)


class _Statement(msgspec.Struct, frozen=True):
    """As far as a package can be held against it."""

    device: str
    tag_manifest_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CounterSignature:
    """Whoever has the key beside it has signed it. That the key is a server's, only who knows that server can say."""

    device: str
    """The workstation that asked for it."""
    at: datetime
    server_key: str

    def is_of(self, servers: Sequence[str]) -> bool:
        return self.server_key in servers


def read_counter_signature(content: bytes, *, tag_manifest: bytes) -> CounterSignature:
    """Raises CounterSignatureMalformed."""
    if len(content) > LARGEST_COUNTER_SIGNATURE:
        raise CounterSignatureMalformed("too large")
    try:
        kept = msgspec.json.decode(content, type=KeptCounterSignature)
        statement = msgspec.json.decode(kept.text, type=_Statement)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CounterSignatureMalformed(str(error)) from None
    if kept.encoded() != content or not (_is_plain(kept.signature) and _is_plain(kept.server_key)):
        raise CounterSignatureMalformed("another form")
    if statement.at.tzinfo is None or statement.tag_manifest_sha256 != hashlib.sha256(tag_manifest).hexdigest():
        raise CounterSignatureMalformed("of something else")
    if not verifies(kept.server_key, Purpose.PACKAGE, kept.text, kept.signature):
        raise CounterSignatureMalformed("not signed")
    return CounterSignature(statement.device, statement.at, kept.server_key)


def _is_plain(text: str) -> bool:
    """Whether it is base64 as it is written; the last sign has bits that no reader looks at."""
    try:
        return b64encode(b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False
