"""Session descriptions (RFC 4566) as cameras send them in answer to DESCRIBE, and as the city writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.source import percent_encoded

LARGEST_TEXT: Final = 64 * 1024
MOST_MEDIA: Final = 20

_MOST_FORMATS: Final = 8
_MEDIA: Final = re.compile(r"([a-zA-Z]+)\s+(\d{1,5})(?:/\d+)?\s+(\S+)\s+(\S.*)")
_VIDEO_RATE: Final = 90_000
_RTPMAP: Final = re.compile(r"rtpmap:\s*(\d{1,3})\s+([^/\s]{1,64})(?:\s*/\s*(\d{1,9}))?(?:\s*/.*)?", re.IGNORECASE)
_FMTP: Final = re.compile(r"fmtp:\s*(\d{1,3})\s+(.*)", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"rtsps?://[^/]", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_DOUBLED: Final = re.compile(r"\A(?:rtsps?:/+)+(?=rtsps?://)", re.IGNORECASE)
_STATIC: Final = {0: ("PCMU", 8000), 8: ("PCMA", 8000), 14: ("MPA", 90_000), 26: ("JPEG", 90_000), 33: ("MP2T", 90_000)}
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Media:
    """One format of a media section. `encoding` is upper case, `fmtp` has lower-case names; an unknown encoding is
    empty. A clock rate that is missing, or 0, is that of all video (RFC 6184 section 8.2.1, RFC 7798 section 7.1).
    """

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
        """The first format of video; `parse` made sure that there is one."""
        return next(media for media in self.media if media.kind == "video")


def parse(text: bytes, base_url: str) -> SessionDescription:
    """Read a description. `base_url` is Content-Base, else Content-Location, else the URL that was asked, without
    credentials.

    A section that cannot be read is left out. Raises Fault(PROTOCOL_BROKEN) if it is none or too large, or if the only
    video sections are such, Fault(NO_VIDEO) if it has no video section.
    """
    if len(text) > LARGEST_TEXT:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"session description above {LARGEST_TEXT} bytes")
    plain = text.decode("utf-8", "replace").lstrip("\ufeff").replace("\r", "\n")
    lines = [line.strip() for line in plain.split("\n") if line.strip()]
    if not lines or not (lines[0].startswith("v=") or any(line.startswith("m=") for line in lines)):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "no session description")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    if len(sections) - 1 > MOST_MEDIA:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"more than {MOST_MEDIA} media sections")
    control = _resolve(_control_of(sections[0]), base_url)
    media: list[Media] = []
    refusal = Fault(FaultCode.NO_VIDEO, "no video section in the session description")
    for section in sections[1:]:
        try:
            media += _parse_media(section, control)
        except Fault as fault:
            refusal = fault if section[0].lower().startswith("m=video") else refusal
    if not any(one.kind == "video" for one in media):
        raise refusal
    return SessionDescription(tuple(media), control)


def clean_url(text: str) -> str | None:
    """An RTSP URL out of a header or a description as it goes on the wire; None for what is none.

    A scheme that stands there twice counts once; blanks and letters beyond ASCII are percent-encoded as UTF-8.
    """
    url = _DOUBLED.sub("", text.strip(), count=1)
    return percent_encoded(url) if _ABSOLUTE.match(url) and not _CONTROL.search(url) else None


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


def _parse_media(section: list[str], session_control: str) -> Iterator[Media]:
    """One for each of its formats."""
    match = _MEDIA.fullmatch(section[0][2:].strip())
    formats = [] if match is None else match[4].split()[:_MOST_FORMATS]
    types = [int(text) for text in formats if re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= 127]
    if match is None or not types:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed media section")
    control_url = _resolve(_control_of(section), session_control)
    for payload_type in types:
        yield _parse_format(section, match[1].lower(), payload_type=payload_type, control_url=control_url)


def _parse_format(section: list[str], kind: str, *, payload_type: int, control_url: str) -> Media:
    encoding, clock_rate = _STATIC.get(payload_type, ("", _VIDEO_RATE))
    fmtp = _NOTHING
    frame_rate = None
    for attribute in _attributes(section):
        if (rtpmap := _RTPMAP.fullmatch(attribute)) is not None and int(rtpmap[1]) == payload_type:
            encoding, clock_rate = rtpmap[2].upper(), int(rtpmap[3] or 0) or _VIDEO_RATE
        elif (parameters := _FMTP.fullmatch(attribute)) is not None and int(parameters[1]) == payload_type:
            fmtp = _parse_fmtp(parameters[2])
        elif attribute.lower().startswith("framerate:"):
            frame_rate = _parse_rate(attribute[10:])
    return Media(
        kind=kind,
        payload_type=payload_type,
        encoding=encoding,
        clock_rate=clock_rate,
        fmtp=fmtp,
        control_url=control_url,
        frame_rate=frame_rate,
    )


def _attributes(section: list[str]) -> Iterator[str]:
    return (line[2:].strip() for line in section if line.startswith("a="))


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
    for attribute in _attributes(section):
        name, colon, value = attribute.partition(":")
        if colon and name.strip().lower() == "control":
            return value.strip()
    return "*"


def _resolve(control: str, base: str) -> str:
    """As all clients do (RFC 2326 appendix C.1.1): absolute as it is, `*` the base, else appended behind a slash."""
    if _CONTROL.search(control):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed control attribute")
    if control in {"*", ""}:
        return base
    absolute = clean_url(control)
    return absolute or f"{base.removesuffix('/')}/{percent_encoded(control).removeprefix('/')}"
