"""Session descriptions (RFC 4566) as cameras send them in answer to DESCRIBE, and as the city writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.source import percent_encoded

LARGEST_TEXT: Final = 64 * 1024
MOST_MEDIA: Final = 20

_MOST_FORMATS: Final = 32
_MEDIA: Final = re.compile(r"[a-zA-Z]+\s+\d{1,5}(?:/\d+)?\s+\S+\s+\S.*")
_PROTOCOL: Final = re.compile(r"(?:RTP|TCP|UDP)(?:/\S*)?", re.IGNORECASE)
_LINE: Final = re.compile(r"\A[A-Z]=")
_ENCODINGS: Final = {"H.264": "H264", "AVC": "H264", "AVC1": "H264", "H.265": "H265", "HEVC": "H265", "HVC1": "H265"}
"""What cameras call a codec that has another name in RTP."""
_OF_H264: Final = frozenset({"sprop-parameter-sets", "packetization-mode"})
_OF_H265: Final = frozenset({"sprop-vps", "sprop-sps", "sprop-pps"})
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
    is_guessed: bool = False
    """The section or its format says something else, or nothing, of what is read here."""


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
    lines = [_LINE.sub(_in_small, line.strip(), count=1) for line in plain.split("\n") if line.strip()]
    if not lines or not (lines[0].startswith("v=") or any(line.startswith("m=") for line in lines)):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "no session description")
    sections: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            sections.append([])
        sections[-1].append(line)
    control = _resolve(_control_of(sections[0]), base_url)
    media: list[Media] = []
    refusal = Fault(FaultCode.NO_VIDEO, "no video section in the session description")
    for section in _chosen(sections[1:]):
        try:
            media += _parse_media(section, control)
        except Fault as fault:
            refusal = fault if section[0].lower().startswith("m=video") else refusal
    if not any(one.kind == "video" for one in media):
        raise refusal
    return SessionDescription(tuple(media), control)


def _in_small(match: re.Match[str]) -> str:
    return match[0].lower()


def _chosen(sections: list[list[str]]) -> list[list[str]]:
    """As many as are read: those of video before all others, in their order."""
    if len(sections) <= MOST_MEDIA:
        return sections
    return sorted(sections, key=lambda section: not section[0].lower().startswith("m=video"))[:MOST_MEDIA]


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
    text = section[0][2:].strip()
    kind, *words = text.split() or [""]
    behind = next((place for place, word in enumerate(words, 1) if _PROTOCOL.fullmatch(word)), 1)
    formats = words[behind : behind + _MOST_FORMATS]
    types = [int(word) for word in formats if re.fullmatch(r"[0-9]{1,3}", word) and int(word) <= 127]
    if not types:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "malformed media section")
    control_url = _resolve(_control_of(section), session_control)
    for payload_type in types:
        found = _parse_format(section, kind.lower(), payload_type=payload_type, control_url=control_url)
        if not found.encoding and len(types) == 1:
            found = _guessed(found, section)
        yield found if _MEDIA.fullmatch(text) else replace(found, is_guessed=True)


def _guessed(media: Media, section: list[str]) -> Media:
    """The only format of a section that does not say what it is, by the only one that it does tell of, or by what its
    parameters are of.
    """
    told = [found for attribute in _attributes(section) if (found := _RTPMAP.fullmatch(attribute)) is not None]
    if len(told) == 1:
        named = _parse_format(section, media.kind, payload_type=int(told[0][1]), control_url=media.control_url)
        return replace(named, payload_type=media.payload_type, is_guessed=True)
    encoding = "H264" if media.fmtp.keys() & _OF_H264 else "H265" if media.fmtp.keys() & _OF_H265 else ""
    return replace(media, encoding=encoding, is_guessed=bool(encoding))


def _parse_format(section: list[str], kind: str, *, payload_type: int, control_url: str) -> Media:
    encoding, clock_rate = _STATIC.get(payload_type, ("", _VIDEO_RATE))
    fmtp = _NOTHING
    frame_rate = None
    for attribute in _attributes(section):
        if (rtpmap := _RTPMAP.fullmatch(attribute)) is not None and int(rtpmap[1]) == payload_type:
            encoding, clock_rate = _ENCODINGS.get(rtpmap[2].upper(), rtpmap[2].upper()), int(rtpmap[3] or 0)
        elif (parameters := _FMTP.fullmatch(attribute)) is not None and int(parameters[1]) == payload_type:
            fmtp = _parse_fmtp(parameters[2])
        elif attribute.lower().startswith("framerate:"):
            frame_rate = _parse_rate(attribute[10:])
    return Media(
        kind=kind,
        payload_type=payload_type,
        encoding=encoding,
        clock_rate=clock_rate or _VIDEO_RATE,
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
