"""HLS playlists (RFC 8216): what they say, which variant suits, and which segments of a growing one come next."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urljoin

from tmcwall.containers.hls_variables import Variables
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity

LARGEST_PLAYLIST: Final = 1024 * 1024
"""Bytes."""
_MOST_LINES: Final = 50_000
_LONGEST_URL: Final = 8192
_LONGEST_SEGMENT_S: Final = 3600.0
_LEAST_TARGET_S: Final = 0.1
_LONGEST_USUAL_TARGET_S: Final = 60.0
_LARGEST_TARGETS: Final = 3.0
"""Of the longest segment: a target above both is not waited for."""
_MOST_SEQUENCE: Final = 1 << 62
_SMALL_HEIGHT: Final = 360
_HEAD: Final = "#EXTM3U"
_BEFORE_HEAD: Final = "\ufeff \t\r\n"
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
_ATTRIBUTE: Final = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^",]*)(?:,|$)')
_VIDEO_CODECS: Final = ("avc1", "avc3", "hvc1", "hev1")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a resource: `start` is its first byte."""

    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Resource:
    """Something to fetch."""

    url: str
    part: ByteRange | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """How a segment is encrypted: AES-128 in CBC mode."""

    url: str
    vector: bytes | None
    """Where None, the segment's number."""


@dataclass(frozen=True, slots=True)
class Segment:
    resource: Resource
    sequence: int
    duration_s: float
    discontinuity: bool = False
    """Its times have nothing to do with those before."""
    head: Resource | None = None
    """Of MP4 fragments (EXT-X-MAP)."""
    key: Key | None = None
    unix_s: float | None = None
    """When its first picture was taken, by the camera's clock (EXT-X-PROGRAM-DATE-TIME)."""
    gap: bool = False
    """There is nothing to fetch (EXT-X-GAP, or a byte range that is none)."""


@dataclass(frozen=True, slots=True)
class Variant:
    url: str
    bandwidth: int = 0
    height: int = 0
    codecs: str = ""

    @property
    def has_video(self) -> bool:
        """Whether we may take it: its codecs are ours, or it does not name any."""
        return not self.codecs or any(codec in self.codecs.lower() for codec in _VIDEO_CODECS)


@dataclass(frozen=True, slots=True)
class MasterPlaylist:
    variants: tuple[Variant, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    """What its variants may import."""

    def in_order(self, *, small: bool) -> Sequence[Variant]:
        """The best first. For the main stream from the largest down; for the sub stream from the smallest of at least
        360 lines up, then from the largest below that down.

        Raises Fault(CODEC_UNSUPPORTED) where there is none with a codec of ours.
        """
        ours = sorted(
            (variant for variant in self.variants if variant.has_video), key=lambda one: (one.height, one.bandwidth)
        )
        if not ours:
            raise Fault(FaultCode.CODEC_UNSUPPORTED, "no variant in H.264 or H.265", retryable=False)
        if not small:
            return ours[::-1]
        if not any(variant.height for variant in ours):
            return ours
        enough = [variant for variant in ours if variant.height >= _SMALL_HEIGHT]
        return [*enough, *reversed(ours[: len(ours) - len(enough)])]


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    segments: tuple[Segment, ...]
    target_s: float
    """No segment is longer, so that after that time there is a new one."""
    ended: bool = False
    first_number: int = 0
    """As the playlist says it (EXT-X-MEDIA-SEQUENCE)."""
    oddities: frozenset[Oddity] = field(default=frozenset(), compare=False)

    @property
    def duration_s(self) -> float:
        return sum(segment.duration_s for segment in self.segments)


def parse(text: str, url: str, *, imported: Mapping[str, str] | None = None) -> MasterPlaylist | MediaPlaylist:
    """A playlist that was fetched from `url`. `imported`: the variables of the playlist that lists it as a variant.

    Raises Fault(PROTOCOL_BROKEN).
    """
    lines = _LINE_END.split(text.lstrip(_BEFORE_HEAD))
    if not lines[0].startswith(_HEAD):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "no playlist")
    if len(lines) > _MOST_LINES:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"a playlist of {len(lines)} lines")
    stripped = [line.strip() for line in lines]
    variables = Variables(url, imported=imported or {})
    if any(line.startswith("#EXT-X-STREAM-INF") for line in stripped):
        return MasterPlaylist(tuple(_variants(stripped, url, variables)), variables.values)
    oddities = {Oddity.BEFORE_PLAYLIST} if text[:1] in _BEFORE_HEAD else set[Oddity]()
    return _Reader(url, variables, oddities).read(stripped)


def is_playlist(opening: bytes) -> bool:
    """Whether a body that begins so is one."""
    return opening.decode("utf-8", "replace").lstrip(_BEFORE_HEAD).startswith(_HEAD)


def _variants(lines: Sequence[str], url: str, variables: Variables) -> Sequence[Variant]:
    """One whose address is none is left out. Raises its fault where there is no other."""
    found: list[Variant] = []
    refusal: Fault | None = None
    pending: Mapping[str, str] | None = None
    for line in lines:
        if line.startswith("#EXT-X-DEFINE:"):
            variables.define(_attributes(line, variables))
        elif line.startswith("#EXT-X-STREAM-INF:"):
            pending = _attributes(line, variables)
        elif line and not line.startswith("#") and pending is not None:
            try:
                found.append(_variant(_absolute(url, variables.fill_all(line)), pending))
            except Fault as fault:
                refusal = refusal or fault
            pending = None
    if refusal is not None and not found:
        raise refusal
    return found


def _variant(url: str, attributes: Mapping[str, str]) -> Variant:
    _, _, height = attributes.get("RESOLUTION", "").lower().partition("x")
    return Variant(url, _whole(attributes.get("BANDWIDTH", "")), _whole(height), attributes.get("CODECS", ""))


@dataclass(slots=True)
class _Reader:
    """Line by line through a media playlist."""

    url: str
    variables: Variables
    oddities: set[Oddity]
    target_s: float = 0.0
    sequence: int = 0
    ended: bool = False
    gap: bool = False
    segments: list[Segment] = field(default_factory=list)
    duration_s: float | None = None
    discontinuity: bool = False
    head: Resource | None = None
    key: Key | None = None
    part: str = ""
    unix_s: float | None = None
    range_url: str = ""
    range_end: int = 0

    def read(self, lines: Sequence[str]) -> MediaPlaylist:
        for line in lines:
            if line.startswith("#EXT"):
                self._tag(line)
            elif line and not line.startswith("#"):
                self._segment(line)
        longest_s = max((segment.duration_s for segment in self.segments), default=0.0)
        target_s = max(self.target_s, longest_s, _LEAST_TARGET_S)
        if longest_s and target_s > max(_LONGEST_USUAL_TARGET_S, _LARGEST_TARGETS * longest_s):
            self.oddities.add(Oddity.TARGET_DURATION)
            target_s = _LARGEST_TARGETS * longest_s
        first_number = self.segments[0].sequence if self.segments else self.sequence
        return MediaPlaylist(tuple(self.segments), target_s, self.ended, first_number, frozenset(self.oddities))

    def _tag(self, line: str) -> None:
        name, _, value = line.partition(":")
        match name:
            case "#EXTINF":
                self.duration_s = _seconds(value.partition(",")[0])
            case "#EXT-X-TARGETDURATION":
                self.target_s = _seconds(value)
            case "#EXT-X-MEDIA-SEQUENCE":
                self.sequence = min(_whole(value), _MOST_SEQUENCE)
            case "#EXT-X-DISCONTINUITY":
                self.discontinuity = True
                self.unix_s = None
            case "#EXT-X-PROGRAM-DATE-TIME":
                self.unix_s = _time(value)
            case "#EXT-X-BYTERANGE":
                self.part = value
            case "#EXT-X-GAP":
                self.gap = True
            case "#EXT-X-MAP":
                self._map(_attributes(line, self.variables))
            case "#EXT-X-KEY":
                self.key = self._key(_attributes(line, self.variables))
            case "#EXT-X-DEFINE":
                self.variables.define(_attributes(line, self.variables))
            case "#EXT-X-ENDLIST":
                self.ended = True

    def _segment(self, line: str) -> None:
        if self.duration_s is None:
            return  # an address without its tag: not even its length is known
        url = self._address(line)
        part = self._range(url, self.part) if self.part else None
        if not self.duration_s:
            self.oddities.add(Oddity.NO_LENGTH)
            self.duration_s = self.target_s
        self.segments.append(
            Segment(
                Resource(url, part),
                self.sequence,
                self.duration_s,
                self.discontinuity,
                self.head,
                self.key,
                self.unix_s,
                self.gap or (part is None and bool(self.part)),
            )
        )
        self.unix_s = self.unix_s + self.duration_s if self.unix_s is not None else None
        self.sequence += 1
        self.duration_s = None
        self.discontinuity = self.gap = False
        self.part = ""

    def _range(self, url: str, text: str) -> ByteRange | None:
        """`length@start`; without a start it follows the range before it in the same resource. None for no range."""
        length, at, start = text.partition("@")
        begin = _whole(start) if at else (self.range_end if self.range_url == url else 0)
        found = ByteRange(begin, _whole(length))
        if not found.length:
            self.oddities.add(Oddity.NO_RANGE)
            return None
        self.range_url, self.range_end = url, found.start + found.length
        return found

    def _map(self, attributes: Mapping[str, str]) -> None:
        url = self._address(attributes.get("URI", ""))
        text = attributes.get("BYTERANGE", "")
        length, _, start = text.partition("@")
        self.head = Resource(url, ByteRange(_whole(start), _whole(length)) if text else None)

    def _key(self, attributes: Mapping[str, str]) -> Key | None:
        method = attributes.get("METHOD", "")
        if method == "NONE":
            return None
        if method != "AES-128" or attributes.get("KEYFORMAT", "identity") != "identity":
            raise Fault(FaultCode.CODEC_UNSUPPORTED, "encrypted", retryable=False)
        vector = attributes.get("IV", "").lower().removeprefix("0x")
        try:
            number = int(vector, 16).to_bytes(16) if vector else None
        except (ValueError, OverflowError) as error:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "a malformed vector of a key") from error
        return Key(self._address(attributes.get("URI", "")), number)

    def _address(self, reference: str) -> str:
        return _absolute(self.url, self.variables.fill_all(reference))


def _attributes(line: str, variables: Variables) -> Mapping[str, str]:
    """Variables stand in quoted values only."""
    _, _, text = line.partition(":")
    return {
        name: variables.fill(value[1:-1]) if value.startswith('"') else value
        for name, value in _ATTRIBUTE.findall(text)
    }


def _absolute(base: str, reference: str) -> str:
    """Raises Fault(PROTOCOL_BROKEN) for what is no address on the web: `file:` above all."""
    try:
        url = urljoin(base, reference)
    except ValueError:
        url = ""
    if not reference or len(url) > _LONGEST_URL or not url.lower().startswith(("http://", "https://")):
        raise Fault(FaultCode.PROTOCOL_BROKEN, "the playlist names what is no web address", retryable=False)
    return url


def _whole(text: str) -> int:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 20 else 0


def _seconds(text: str) -> float:
    try:
        found = float(text.strip())
    except ValueError:
        return 0.0
    return min(found, _LONGEST_SEGMENT_S) if 0 < found < math.inf else 0.0


def _time(text: str) -> float | None:
    """Seconds since the epoch; None for what is no time of a clock that was ever set."""
    try:
        moment = datetime.fromisoformat(text.strip())
        found = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return found if _EARLIEST < found < _LATEST else None


def renumbered(playlist: MediaPlaylist, before: MediaPlaylist) -> MediaPlaylist:
    """With the numbers going on from `before`, where a playlist moves on and they stand still.

    Some servers leave EXT-X-MEDIA-SEQUENCE out, or at the same number. It has moved on if its first segment stood
    further down before; names that were never seen say nothing.
    """
    if not playlist.segments or not before.segments or playlist.first_number != before.first_number:
        return playlist
    shift = before.segments[0].sequence - before.first_number
    first = _file(playlist.segments[0].resource)
    moved = next((at for at, known in enumerate(before.segments) if _file(known.resource) == first), 0)
    shift += moved
    if not shift:
        return playlist
    return replace(
        playlist,
        segments=tuple(_shifted(segment, shift) for segment in playlist.segments),
        oddities=playlist.oddities | {Oddity.PLAYLIST_NUMBERS},
    )


def _file(resource: Resource) -> tuple[str, ByteRange | None]:
    """What stays of an address when it is given another token."""
    return resource.url.partition("?")[0].rpartition("/")[2], resource.part


def _shifted(segment: Segment, shift: int) -> Segment:
    """The number that the playlist gave still opens what is encrypted."""
    key = segment.key
    if key is not None and key.vector is None:
        key = replace(key, vector=segment.sequence.to_bytes(16))
    return replace(segment, sequence=segment.sequence + shift, key=key)


class Standing(StrEnum):
    """How a playlist compares with the one before it."""

    NEW = "new"
    """Its segments continue the ones before, or are the first."""
    SAME = "same"
    BEGUN_ANEW = "begun_anew"
    """Its numbers have nothing to do with those before, or what was between is gone."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to load next."""

    segments: tuple[Segment, ...]
    standing: Standing
    last: int | None
    """The number to hand to `follow` with the next playlist."""
    behind_s: float = 0.0
    """From the first of these segments to the newest picture there is."""
    lost: int = 0
    """Segments that went by unseen."""


_LAG: Final = 3
"""By so many segments the answer of one of several servers may be older than another's before."""
_AHEAD_TARGETS: Final = 2.0
"""Playing begins so many target durations before the newest picture, so that the next segment is there in time."""
_MOST_BEHIND_TARGETS: Final = 4.0
"""What is older than that is left out: the wall shows what is live."""


def follow(playlist: MediaPlaylist, last: int | None, *, stale: bool = False) -> Step:
    """The segments to load after number `last`; None: nothing was loaded yet.

    `stale`: the playlist has not been written for so long that what it lists is no longer live.
    """
    segments = playlist.segments
    if not segments:
        return Step((), Standing.SAME, last)
    newest = segments[-1].sequence
    if last is None:
        if playlist.ended:
            return Step(segments, Standing.NEW, newest)
        if stale:
            return Step((), Standing.SAME, newest)
        return _jump(playlist, lost=0, standing=Standing.NEW)
    if last - _LAG <= newest <= last:
        return Step((), Standing.SAME, last)
    if newest < last:
        return _jump(playlist, lost=0)
    fresh = tuple(segment for segment in segments if segment.sequence > last)
    missing = fresh[0].sequence - last - 1
    if missing or _duration_s(fresh) > _MOST_BEHIND_TARGETS * playlist.target_s:
        chosen = _near_the_end(playlist)
        return _jump(playlist, lost=max(0, chosen[0].sequence - last - 1))
    return Step(fresh, Standing.NEW, newest, _duration_s(fresh))


def _jump(playlist: MediaPlaylist, *, lost: int, standing: Standing = Standing.BEGUN_ANEW) -> Step:
    chosen = _near_the_end(playlist)
    return Step(chosen, standing, chosen[-1].sequence, _duration_s(chosen), lost)


def _near_the_end(playlist: MediaPlaylist) -> tuple[Segment, ...]:
    wanted_s = (_AHEAD_TARGETS - 0.5) * playlist.target_s
    count, found_s = 1, playlist.segments[-1].duration_s
    while count < len(playlist.segments) and found_s < wanted_s:
        count += 1
        found_s += playlist.segments[-count].duration_s
    return playlist.segments[-count:]


def _duration_s(segments: Sequence[Segment]) -> float:
    return sum(segment.duration_s for segment in segments)
