"""Secrets in the path and query of a camera address: `user=admin_password=..._channel=1`, `?psw=...`, `?token=...`.

An address is kept with a placeholder for each, the secrets apart and in order; both together give it back as it was.

A `key=` names many things and is a secret where its value looks made by chance. A part of the path is none, however it
looks: mostly it is the name of a stream, and a station without a vault could not import the camera for it.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

PLACEHOLDER: Final = "{secret}"

_END: Final = r"(?=[&\s\"'<>#]|$)"
_BY_CHANCE: Final = (
    rf"(?:(?=[A-Fa-f]{{0,200}}[0-9])(?=[0-9]{{0,200}}[A-Fa-f])[0-9A-Fa-f]{{16,200}}{_END}"
    r"|(?-i:(?=[A-Za-z+/_-]{0,200}[0-9])(?=[0-9A-Z+/_-]{0,200}[a-z])(?=[0-9a-z+/_-]{0,200}[A-Z])"
    rf"[0-9A-Za-z+/_-]{{16,200}}={{0,2}}){_END})"
)
"""Hexadecimal, or of base64's letters with small ones, capitals and digits; sixteen at least."""
_NAMED: Final = re.compile(
    rf"(?<![A-Za-z])(?P<name>key(?:=|%3D)(?={re.escape(PLACEHOLDER)}|{_BY_CHANCE})|"
    r"[A-Za-z]{0,20}(?:passw(?:or)?d|passphrase|(?<!com)(?<!by)pass|loginpas|pwd|psw|pswd|sandi|token|secret|auth"
    r"|authbasic|authorization|api[_-]?key|access[_-]?key|stream[_-]?key|signature|sig|jwt)[0-9]{0,2}(?:=|%3D))"
    r"(?P<value>(?:(?!_[A-Za-z]+=)[^&\s\"'<>#])+)",
    re.IGNORECASE,
)
"""A value reaches to the next parameter, which `_` may begin, too; a slash may belong to it."""


class OpenUrl(NamedTuple):
    """An address with placeholders, and what stood in their places, as it was written."""

    url: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"OpenUrl({self.url!r}, secrets={len(self.secrets)})"


def take_secrets(url: str) -> OpenUrl:
    """The address without its secrets; where placeholders stand already they stay."""
    secrets: list[str] = []

    def taken(found: re.Match[str]) -> str:
        if found["value"] != PLACEHOLDER:
            secrets.append(found["value"])
        return f"{found['name']}{PLACEHOLDER}"

    return OpenUrl(_NAMED.sub(taken, url), tuple(secrets))


def has_secrets(url: str) -> bool:
    return any(found["value"] != PLACEHOLDER for found in _NAMED.finditer(url))


def with_secrets(url: str, secrets: tuple[str, ...]) -> str:
    """The address as the camera takes it. Placeholders beyond the secrets stay."""
    left = iter(secrets)

    def filled(found: re.Match[str]) -> str:
        return found["name"] + (next(left, PLACEHOLDER) if found["value"] == PLACEHOLDER else found["value"])

    return _NAMED.sub(filled, url)


def hidden(text: str) -> str:
    """The text with every value hidden, for people and logs."""
    return _NAMED.sub(lambda found: f"{found['name']}***", text)
