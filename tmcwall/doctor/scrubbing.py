"""Takes out of texts what must not leave a station: secrets, people, report numbers, plates, and where cameras are.

What the log's own redaction has let pass is looked at a second time here: by words that are known (logins of the vault,
names and numbers of the store), by the keys that say what stands under them, and by what such things look like. More is
taken out than need be; a time, a number under its own key, and the program's own sentences stay.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, unquote

from tmcwall.logbook import REDACTED, without_telling_places

_PERSONAL_KEY: Final = re.compile(
    r"pass|pwd|token|secret|auth|credential|cookie|nrp|officer|petugas|actor|name$|nama|reporter|pelapor|phone|telepon"
    r"|^lp|plate|pelat|note|catatan|text$|keterangan|address|alamat|^lat$|^lon$",
    re.IGNORECASE,
)
_OWN_KEYS: Final = frozenset({"at", "level", "logger", "process", "version", "schema"})
"""Of a log line: what the program itself says, besides the sentences of its own loggers."""
_OWN_LOGGERS: Final = "tmcwall."

_SHORTEST_PART: Final = 4
"""Letters of a word out of a name; shorter ones are also parts of other words."""

_RUN: Final = 4

_URL: Final = re.compile(r"\b(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^\s/?#\"'<>\\]+)[^\s\"'<>\\]*")
_IPV4: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_IPV6: Final = re.compile(r"(?<![\w:])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_DOMAIN: Final = re.compile(
    r"\b(?!tmcwall\.)(?:[A-Za-z0-9-]+\.)+(?:id|com|net|org|local|lan|lokal|internal|home|arpa)\b", re.IGNORECASE
)
_REPORT: Final = re.compile(r"\b(?:[Ll][Pp]|LI|DUMAS)\s*[/.:-].{0,200}")
_PLATE: Final = re.compile(r"\b[A-Z]{1,2}[ -]?\d{1,4}[ -]?[A-Z]{1,3}\b")
_MAIL: Final = re.compile(r"[\w.+-]+@[\w.-]+")
_BEARER: Final = re.compile(r"\b(Bearer|Basic|Digest)\s+\S+", re.IGNORECASE)
_LONG: Final = re.compile(
    r"(?P<kept>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){1,3}(?![\d.]))"
    r"|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{32,}\b"
    r"|(?<![\d.])\+?\d(?:[ .-]?\d){6,}"
)
"""Tokens, and numbers of people and telephones; UUIDs, times and versions stay."""
_HOME: Final = re.compile(r"(/home/|/Users/|[A-Za-z]:\\+Users\\+)[^/\\\s\"']+")


class Scrubber:
    """Cleans the texts of one bundle. A host is called the same throughout it."""

    def __init__(
        self,
        *,
        secrets: Iterable[str] = (),
        persons: Iterable[str] = (),
        hosts: Iterable[str] = (),
        strict: bool = False,
    ) -> None:
        """`strict`: who works here is not known, so that of a log line only what the program itself says is kept."""
        words = {*secrets, *(spelling for person in persons for spelling in _spellings(person))}
        words |= set(map(unquote, words))
        spelled = {spelling for word in words for spelling in (word, quote(word), quote(word, safe=""), _in_json(word))}
        self._known = _longest_first(word for word in spelled if len(word) >= _SHORTEST_PART)
        self._hosts = _longest_first(host for host in hosts if not _is_address(host))
        self._pseudonyms: dict[str, str] = {}
        self._strict = strict

    def log(self, content: str) -> str:
        """A file of lines, JSON or not."""
        return "\n".join(self._line(line) for line in self._without_known(content).split("\n"))

    def text(self, text: str) -> str:
        """One text."""
        return self._by_look(self._without_known(text))

    def value(self, value: object) -> object:
        """A value that becomes JSON, with its keys as they are."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {str(key): self.value(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(item) for item in value]
            case None | bool() | int() | float():
                return value
            case _:
                return self.text(str(value))

    def _line(self, line: str) -> str:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict):
            own = _OWN_KEYS | {"event"} if str(said.get("logger", "")).startswith(_OWN_LOGGERS) else _OWN_KEYS
            return json.dumps({key: self._said(str(key), item, own) for key, item in said.items()}, ensure_ascii=True)
        return REDACTED if self._strict and line.strip() else self._by_look(line)

    def _said(self, key: str, value: object, own: frozenset[str]) -> object:
        """What stands under a key of a log line; under `own` keys the program's words."""
        if _PERSONAL_KEY.search(key):
            return REDACTED
        match value:
            case str():
                return REDACTED if self._strict and key not in own else self._by_look(value)
            case dict():
                return {inner: self._said(str(inner), item, own) for inner, item in value.items()}
            case list():
                return [self._said(key, item, own) for item in value]
            case _:
                return value

    def _without_known(self, text: str) -> str:
        for word in _perhaps_in(text, self._known):
            text = text.replace(word, REDACTED)
        for host in _perhaps_in(text, self._hosts):
            if host in text:
                text = text.replace(host, self._pseudonym(host))
        return text

    def _by_look(self, text: str) -> str:
        text = _BEARER.sub(rf"\1 {REDACTED}", without_telling_places(text))
        text = _URL.sub(self._shown_url, text)
        text = _MAIL.sub(REDACTED, text)
        for hosts in (_IPV4, _IPV6, _DOMAIN):
            text = hosts.sub(lambda found: self._shown_host(found[0]), text)
        text = _REPORT.sub(REDACTED, text)
        text = _PLATE.sub(REDACTED, text)
        text = _LONG.sub(lambda found: found["kept"] or REDACTED, text)
        return _HOME.sub(rf"\1{REDACTED}", text)

    def _shown_url(self, found: re.Match[str]) -> str:
        """Its way to talk, a name for its host, and its port: a path may hold a login."""
        place = found["authority"].rpartition("@")[2]
        host, colon, port = place.rpartition(":")
        if not colon or not port.isdecimal():
            host, port = place, ""
        shown = self._shown_host(host.strip("[]"))
        return f"{found['scheme']}://{shown}{':' + port if port else ''}/"

    def _shown_host(self, host: str) -> str:
        """Numbers that are no address stay, and so does this machine."""
        if ":" in host and not _is_address(host):
            return host
        if host.startswith("host-") or host in {"localhost", "0.0.0.0", "::", "127.0.0.1", "::1"}:  # noqa: S104 - a name
            return host
        return self._pseudonym(host)

    def _pseudonym(self, host: str) -> str:
        return self._pseudonyms.setdefault(host.lower(), f"host-{len(self._pseudonyms) + 1}")


def _spellings(person: str) -> Iterable[str]:
    """A name whole and word by word, as it may be written."""
    words = {person, *(part for part in re.split(r"[\s,.]+", person) if len(part) >= _SHORTEST_PART)}
    return {spelling for word in words for spelling in (word, word.upper(), word.lower(), word.title())}


def _in_json(word: str) -> str:
    return json.dumps(word)[1:-1]


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    """A word goes before those that are a part of it."""
    return tuple(sorted(set(words), key=lambda word: (-len(word), word)))


def _perhaps_in(text: str, words: Iterable[str]) -> Iterator[str]:
    """The words whose every run of letters occurs in the text: a search for each of ten thousand would take minutes."""
    runs = {text[start : start + _RUN] for start in range(len(text) - _RUN + 1)}
    for word in words:
        if all(word[start : start + _RUN] in runs for start in range(len(word) - _RUN + 1)):
            yield word


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
