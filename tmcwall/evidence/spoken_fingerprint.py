"""A key's fingerprint in words, for two people who compare it by telephone."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Final

from tmcwall.evidence.sshsig import PublicKey
from tmcwall.resources import resource

_WORDS_FILE: Final = "fingerprint-words.txt"
_SPOKEN_BYTES: Final = 16
"""128 bits: nobody finds another key with the same words."""
_IN_A_GROUP: Final = 4


def spoken_fingerprint(key: PublicKey) -> str:
    """Sixteen Indonesian words in groups of four: a word for each of the first 16 bytes of the SHA-256 of the key.

    They are the bytes that begin the fingerprint of `ssh-keygen -l`.
    """
    words = [_words()[byte] for byte in sha256(key.blob).digest()[:_SPOKEN_BYTES]]
    groups = [words[at : at + _IN_A_GROUP] for at in range(0, len(words), _IN_A_GROUP)]
    return " - ".join(" ".join(group) for group in groups)


@cache
def _words() -> tuple[str, ...]:
    """256 of them, in the order of the bytes that they stand for. The list never changes: see ADR 0025."""
    return tuple(resource(_WORDS_FILE).read_text("utf-8").split())
