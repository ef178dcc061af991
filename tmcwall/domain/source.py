"""Camera addresses: which are accepted, where their credentials go, and how they look in a log."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.urlsecrets import has_secrets, hidden


class SourceKind(StrEnum):
    """How a source is opened."""

    RTSP = "rtsp"
    HTTP = "http"
    """HLS and HTTP-FLV."""
    FILE = "file"


class TransportPreference(StrEnum):
    """What carries the packets of an RTSP camera to us."""

    AUTO = "auto"
    """TCP; UDP where the camera refuses TCP."""
    TCP = "tcp"
    UDP = "udp"
    """UDP; TCP where nothing comes, or where the camera refuses UDP."""
    COMPAT = "compat"
    """TCP, by FFmpeg's RTSP: a camera that ours does not get along with. An address says so by `#compat`, too."""


class SessionKind(StrEnum):
    """Who reads an RTSP camera, and why."""

    OWN = "own"
    """Our own session."""
    OWN_AGAIN = "own-again"
    """Our own session, which fails; FFmpeg's RTSP was tried, and did not play either."""
    COMPAT_MARKED = "compat-marked"
    """FFmpeg's RTSP, because the list or the address says so."""
    COMPAT_TRIED = "compat-tried"
    """FFmpeg's RTSP is being tried, because our own session failed."""
    COMPAT_FOUND = "compat-found"
    """FFmpeg's RTSP, because our own session failed and this plays."""


class Way(StrEnum):
    """Which way a stream comes to this workstation."""

    DIRECT = "direct"
    """From the camera itself."""
    RELAY = "relay"
    """From the relay, which reads the camera for all workstations."""


class Carrier(StrEnum):
    """What the packets of a stream came over."""

    TCP = "tcp"
    UDP = "udp"
    HTTP = "http"


class SplitUrl(NamedTuple):
    """An address without credentials, and the credentials, percent-decoded; None where there were none."""

    clean_url: str
    username: str | None
    password: str | None

    def __repr__(self) -> str:
        return f"SplitUrl({self.clean_url!r}, credentials={'yes' if self.username is not None else 'no'})"


_SCHEMES = {
    "rtsp": SourceKind.RTSP,
    "rtsps": SourceKind.RTSP,
    "http": SourceKind.HTTP,
    "https": SourceKind.HTTP,
}
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*)://(?P<authority>[^/?#]*)(?P<rest>[/?#].*)?")
_HOST = re.compile(
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9._\-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)
_IP_ADDRESS = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_USERINFO = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{0,20}://)(?:[^\s]*|[^\s/@]*:[^/@\r\n]*)@")
"""Wider than a well-formed address: a password that was typed raw may hold quotes, slashes or spaces."""
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))
_USER_AND_PORT = re.compile(r"[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*:[0-9]+")
"""What is left in the authority of `rtsp://admin:12/34@10.0.0.1/`, or a host of one word with its port."""


def split_credentials(url: str) -> SplitUrl:
    """Takes user and password out of a camera URL, which it also checks.

    Raises DomainError(URL_MALFORMED, URL_SCHEME), or URL_PASSWORD_RAW where a password seems to hold `/`, `?` or `#`,
    so that a part of it would be taken for the host; `detail` never holds the user information.
    """
    scheme, authority, rest = _parts(url)
    userinfo, at, host = authority.rpartition("@")
    if _is_torn(host, rest, has_userinfo=bool(at)):
        raise DomainError(DomainCode.URL_PASSWORD_RAW, redact(url.strip()))
    _check_host(host, url)
    if not at:
        return SplitUrl(f"{scheme}://{host}{rest}", None, None)
    username, colon, password = userinfo.partition(":")
    return SplitUrl(f"{scheme}://{host}{rest}", unquote(username), unquote(password) if colon else None)


def check_url(url: str) -> SourceKind:
    """How that camera URL is opened. Raises DomainError(URL_MALFORMED, URL_SCHEME, URL_PASSWORD_RAW)."""
    split_credentials(url)
    return _SCHEMES[url.strip().split("://", 1)[0].lower()]


def source_kind(source: str) -> SourceKind:
    """Like `check_url`, but for `view`, where the path of a file is allowed too."""
    text = source.strip()
    if "://" in text:
        return check_url(text)
    if not text or not PurePath(text).name or not text.isprintable():
        raise DomainError(DomainCode.URL_MALFORMED, redact(text))
    if re.match(r"(?:rtsps?|https?):", text, re.IGNORECASE):
        raise DomainError(DomainCode.URL_MALFORMED, redact(text))
    return SourceKind.FILE


def is_rtsp(url: str) -> bool:
    return url.strip().lower().startswith(("rtsp:", "rtsps:"))


def is_compat(url: str) -> bool:
    """Whether an RTSP address is marked `#compat`: a camera that only FFmpeg's RTSP gets along with."""
    _, _, mark = url.strip().partition("#")
    return mark.lower() == "compat" and is_rtsp(url)


def has_credentials(url: str) -> bool:
    """Whether a user, a password or another secret stands in the URL, even one that is malformed otherwise."""
    if has_secrets(url):
        return True
    try:
        return split_credentials(url).username is not None
    except DomainError:
        return _USERINFO.match(url.strip()) is not None


def percent_encoded(text: str) -> str:
    """Of a URL or a part of one: what may not stand there, in UTF-8. What is percent-encoded already stays as it is."""
    return quote(text, safe=_PRINTABLE)


def redact(text: str) -> str:
    """The text with the user information of every URL and the values of secret-looking parameters hidden."""
    return hidden(_USERINFO.sub(r"\1***@", text))


def _parts(url: str) -> tuple[str, str, str]:
    text = url.strip()
    match = _URL.fullmatch(text)
    if match is None or not text.isprintable() or " " in text:
        raise DomainError(DomainCode.URL_MALFORMED, redact(text))
    scheme = match["scheme"].lower()
    if scheme not in _SCHEMES:
        raise DomainError(DomainCode.URL_SCHEME, scheme)
    return scheme, match["authority"], match["rest"] or ""


def _is_torn(host: str, rest: str, *, has_userinfo: bool) -> bool:
    """Whether a password that was typed raw seems to go on in the path, and the host to stand behind that."""
    _, at, behind = rest.rpartition("@")
    if not at:
        return False
    if not has_userinfo:
        return _USER_AND_PORT.fullmatch(host) is not None
    return _IP_ADDRESS.fullmatch(host) is None or "." in re.split(r"[/?#]", behind, maxsplit=1)[0]


def _check_host(host: str, url: str) -> None:
    match = _HOST.fullmatch(host)
    if match is None or (match["port"] is not None and not 1 <= int(match["port"]) <= 65535):
        raise DomainError(DomainCode.URL_MALFORMED, redact(url.strip()))
