"""Session descriptions (RFC 4566) as cameras send them in answer to DESCRIBE, and as the city writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

LARGEST_TEXT: Final = 64 * 1024
MOST_MEDIA: Final = 20

_MEDIA: Final = re.compile(r"([a-zA-Z]+) (\d{1,5})(?:/\d+)? (\S+) (\d{1,3})(?: .*)?")
_RTPMAP: Final = re.compile(r"rtpmap:\s*(\d{1,3})\s+([^/\s]{1,64})/(\d{1,9})(?:/.*)?", re.IGNORECASE)
_FMTP: Final = re.compile(r"fmtp:\s*(\d{1,3})\s+(.*)", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"rtsps?://", re.IGNORECASE)
_STATIC: Final = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 14: ("MPA", 90_000), 26: ("JPEG", 90_000), 33: ("MP2T", 90_000)}
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Media:
    """One media section. `encoding` is upper case, `fmtp` has lower-case names; an unknown encoding is empty."""

    kind: str
    payload_type: int
    encoding: str
    clock_rate: int
    fmtp: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    control_url: str = ""
    frame_rate: float | None = None


@dataclass(frozen=True, slots=True)
class SessionDescription:
    media: tuple[Media, ...]
    control: str
    """The URL for PLAY, GET_PARAMETER and TEARDOWN."""

    @property
    def video(self) -> Media:
        """The first video section; `parse` made sure that there is one."""
        return next(media for media in self.media if media.kind == "video")


def parse(text: bytes, base_url: str) -> SessionDescription:
    """Read a description. `base_url` is Content-Base, else Content-Location, else the URL that was asked, without
    credentials.

    Raises Fault(PROTOCOL_BROKEN) if it is none or too large, Fault(NO_VIDEO) if it has no video section.
    """
    if len(text) > LARGEST_TEXT:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"session description above {LARGEST_TEXT} bytes")
    lines = [line.strip() for line in text.decode("utf-8", "replace").replace("\r", "\n").split("\n") if line.strip()]
    if not lines or any(len(line) < 2 or line[1] != "=" for line in lines[:1]) or not lines[0].startswith("v="):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "no session description")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    if len(sections) - 1 > MOST_MEDIA:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"more than {MOST_MEDIA} media sections")
    control = _resolve(_control_of(sections[0]), base_url)
    media = tuple(_parse_media(section, control) for section in sections[1:])
    if not any(section.kind == "video" for section in media):
        raise Fault(FaultCode.NO_VIDEO, "no video section in the session description")
    return SessionDescription(media, control)


def write(media: Media, *, name: str) -> bytes:
    """A description with one media section; its control is `media.control_url` as it stands."""
    fmtp = ";".join(f"{key}={value}" for key, value in media.fmtp.items())
    lines = [
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        f"s={name}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        f"m={media.kind} 0 RTP/AVP {media.payload_type}",
        f"a=rtpmap:{media.payload_type} {media.encoding}/{media.clock_rate}",
        f"a=fmtp:{media.payload_type} {fmtp}",
    ]
    if media.frame_rate is not None:
        lines.append(f"a=framerate:{media.frame_rate:g}")
    lines.append(f"a=control:{media.control_url}")
    return ("\r\n".join(lines) + "\r\n").encode()


def _parse_media(section: list[str], session_control: str) -> Media:
    match = _MEDIA.fullmatch(section[0][2:])
    if match is None or int(match[4]) > 127:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed media section")
    payload_type = int(match[4])
    encoding, clock_rate = _STATIC.get(payload_type, ("", 90_000))
    fmtp = _NOTHING
    frame_rate = None
    for line in section[1:]:
        attribute = line[2:] if line.startswith("a=") else ""
        if (rtpmap := _RTPMAP.fullmatch(attribute)) is not None and int(rtpmap[1]) == payload_type:
            encoding, clock_rate = rtpmap[2].upper(), int(rtpmap[3])
        elif (parameters := _FMTP.fullmatch(attribute)) is not None and int(parameters[1]) == payload_type:
            fmtp = _parse_fmtp(parameters[2])
        elif attribute.lower().startswith("framerate:"):
            frame_rate = _parse_rate(attribute[10:])
    if clock_rate == 0:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "clock rate 0")
    return Media(
        kind=match[1].lower(),
        payload_type=payload_type,
        encoding=encoding,
        clock_rate=clock_rate,
        fmtp=fmtp,
        control_url=_resolve(_control_of(section), session_control),
        frame_rate=frame_rate,
    )


def _parse_fmtp(text: str) -> Mapping[str, str]:
    fields = {}
    for part in text.split(";")[:64]:
        name, _, value = part.partition("=")
        if name.strip():
            fields[name.strip().lower()] = value.strip()
    return MappingProxyType(fields)


def _parse_rate(text: str) -> float | None:
    match = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,6})?)\s*", text)
    rate = float(match[1]) if match is not None else 0.0
    return rate if 0 < rate <= 240 else None


def _control_of(section: list[str]) -> str:
    for line in section:
        if line.lower().startswith("a=control:"):
            return line[10:].strip()
    return "*"


def _resolve(control: str, base: str) -> str:
    """As all clients do (RFC 2326 appendix C.1.1): absolute as it is, `*` the base, else appended behind a slash."""
    if re.search(r"[\s\x00-\x1f\x7f]", control):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed control attribute")
    if control in {"*", ""}:
        return base
    if _ABSOLUTE.match(control):
        return control
    return f"{base.removesuffix('/')}/{control.removeprefix('/')}"
