"""Persons that a letter must not name by itself: everybody but its addressee and the police.

Found are names behind the words by which letters name people, and identity and telephone numbers. A bare name is a word
like others and is not found: the officer reads the letter, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_WORD: Final = r"[A-Z][\w'.’-]*"
_PLAIN: Final = r"[A-Z][\w'’-]*"
_BETWEEN: Final = r"(?:bin|binti|al|alias|als\.?|van|de)"
_NAME: Final = rf"{_WORD}(?: (?:{_BETWEEN} )?{_WORD})*"
_TITLE: Final = (
    r"(?:[Ss]dr[ia]?\.?|SDRI?\.?|[Ss]audar[ai]|SAUDAR[AI]|[Bb]apak|[Ii]bu|[Tt]n\.|[Nn]y\.|[Nn]n\.|[Ss]aksi|[Tt]ersangka"
    r"|[Tt]erlapor|[Kk]orban|[Pp]emilik|[Aa]nak|[Aa]tas nama|a\.n\.|a/n|bernama|alias|inisial)"
)
_INTRODUCED: Final = re.compile(rf"(?<!\w)(?:{_TITLE} )+(?P<name>{_NAME})")
_DESCENDED: Final = re.compile(rf"(?P<name>{_PLAIN}(?: {_PLAIN})* {_BETWEEN} {_NAME})")
_IDENTITY_NUMBER: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
"""NIK."""
_TELEPHONE: Final = re.compile(r"(?<![\d/.])(?:\+62|62|0)8\d(?:[ -]?\d){6,10}(?!\d)")
_NOT_NAMES: Final = frozenset({
    "LP", "CCTV", "TKP", "NIK", "NRP", "Pelapor", "Terlapor", "Saksi", "Korban", "Tersangka", "Kamera", "Ahli", "Yth",
    "Penyidik", "Polisi", "Negara",
})  # fmt: skip
"""Words with a capital that follow such a word and name nobody."""


def third_persons(texts: Iterable[str], *, known: Iterable[str], named: Iterable[str] = ()) -> tuple[str, ...]:
    """Names and numbers of persons in the texts, each once.

    `known` are the names and numbers that may stand there. `named` are names that are found wherever they stand.
    """
    words = {_comparable(name) for name in known if name.strip()}
    found: dict[str, None] = {}
    for text in texts:
        for name in filter(str.strip, named):
            if not _is_known(name, words) and f" {_comparable(name)} " in f" {_plain(text)} ":
                found[name.strip()] = None
        for pattern in (_INTRODUCED, _DESCENDED, _IDENTITY_NUMBER, _TELEPHONE):
            for match in pattern.finditer(text):
                name = (match["name"] if "name" in pattern.groupindex else match[0]).strip(" .,")
                if name.split(" ")[0] not in _NOT_NAMES and not _is_known(name, words):
                    found[name] = None
    return tuple(name for name in found if not any(name != other and name in other for other in found))


def _is_known(name: str, words: set[str]) -> bool:
    """Also a part of a known name: a letter calls the reporter by the first one."""
    asked = _comparable(name)
    return any(asked == word or f" {asked} " in f" {word} " for word in words)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w'’-]+", " ", text.casefold()).split())


def _comparable(name: str) -> str:
    if any(character.isalpha() for character in name):
        return _plain(name)
    return re.sub(r"^(?:62|0)", "", re.sub(r"\D", "", name))
