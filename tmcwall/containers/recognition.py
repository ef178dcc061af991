"""Which container a body is, by its first bytes, whatever the server calls it and whatever stands before its video."""

from __future__ import annotations

from typing import Final, Literal, overload

from tmcwall.containers.flv import FlvDemuxer
from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.mpegts import PACKET_BYTES, SYNC, TsDemuxer
from tmcwall.containers.track import Demuxer
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.jpeg import START_OF_IMAGE
from tmcwall.rtsp.rtp import AccessUnit

OPENING_BYTES: Final = PACKET_BYTES + 1
"""So many tell all containers whose video begins at once."""
LONGEST_JUNK: Final = 4096
"""Bytes of a body in which its video has to begin."""
_SYNC: Final = bytes((SYNC,))


class SegmentDemuxer:
    """Takes segments apart, one after the other, as `track.Demuxer` does; the first one tells what they are."""

    def __init__(self) -> None:
        self.current: Demuxer | None = None
        """None until it is known."""
        self._opening = b""
        self._begins = True
        self.had_bytes_before = False
        """Whether the transport packets of this segment stood behind other bytes."""

    def take_head(self, head: bytes) -> None:
        """Of MP4 fragments; it comes before a segment. Raises Fault."""
        if not isinstance(self.current, FragmentDemuxer):
            found = demuxer_of(head, "")
            self.current, self._opening = found, b""
        self.current.feed(head)
        self.current.end_segment()

    def feed(self, data: bytes) -> list[AccessUnit]:
        """Raises Fault."""
        if self._begins:
            self._begins = False
            self.had_bytes_before = data[:1] != _SYNC
        if self.current is not None:
            return self.current.feed(data)
        self._opening += data
        self.current = recognised(self._opening, "", is_all=False)
        return self._feed_opening(self.current)

    def end_segment(self) -> list[AccessUnit]:
        """Raises Fault for a segment that is none."""
        self._begins = True
        units: list[AccessUnit] = []
        if self.current is None and self._opening:
            self.current = recognised(self._opening, "", is_all=True)
            units = self._feed_opening(self.current)
        self.had_bytes_before = self.had_bytes_before and isinstance(self.current, TsDemuxer)
        return units if self.current is None else units + self.current.end_segment()

    def break_off(self) -> list[AccessUnit]:
        """The segment is no more than what came of it; something of it may be missing."""
        self._begins = True
        self._opening = b""
        self.had_bytes_before = False
        self.lose(1)
        return [] if self.current is None else self.current.end_segment()

    def lose(self, count: int) -> None:
        if self.current is not None:
            self.current.lose(count)

    def _feed_opening(self, demuxer: Demuxer | None) -> list[AccessUnit]:
        if demuxer is None:
            return []
        data, self._opening = self._opening, b""
        return demuxer.feed(data)


@overload
def recognised(opening: bytes, content_type: str, *, is_all: Literal[True]) -> Demuxer: ...


@overload
def recognised(opening: bytes, content_type: str, *, is_all: bool) -> Demuxer | None: ...


def recognised(opening: bytes, content_type: str, *, is_all: bool) -> Demuxer | None:
    """As `demuxer_of`; None where more bytes may tell."""
    if len(opening) < OPENING_BYTES and not is_all:
        return None
    try:
        return demuxer_of(opening, content_type)
    except Fault as fault:
        if is_all or len(opening) >= LONGEST_JUNK or fault.code not in {FaultCode.NOT_A_CAMERA, FaultCode.NO_VIDEO}:
            raise
    return None


def demuxer_of(opening: bytes, content_type: str) -> Demuxer:
    """By its first bytes. Raises Fault: NOT_A_CAMERA for a page, CODEC_UNSUPPORTED, NO_VIDEO."""
    if opening.startswith(b"FLV"):
        return FlvDemuxer()
    if opening[4:8] in {b"ftyp", b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft", b"free"}:
        return FragmentDemuxer()
    if _has_transport_packets(opening):
        return TsDemuxer()
    kind = _kind(content_type)
    if kind == "video/webm":
        raise Fault(FaultCode.CODEC_UNSUPPORTED, "WebM", retryable=False)
    if is_jpeg(opening, content_type):
        raise Fault(FaultCode.CODEC_UNSUPPORTED, "JPEG", retryable=False)
    if opening.startswith((b"ID3", b"\xff\xf1", b"\xff\xf9")) or kind.startswith("audio/"):
        raise Fault(FaultCode.NO_VIDEO, "sound only", retryable=False)
    if opening.lstrip()[:1] == b"<" or "html" in kind:
        raise Fault(FaultCode.NOT_A_CAMERA, "the answer is HTML", retryable=False)
    raise Fault(FaultCode.NOT_A_CAMERA, "the answer is no video", retryable=False)


def is_jpeg(opening: bytes, content_type: str) -> bool:
    """Whether a body is one JPEG picture, or one after the other."""
    return _kind(content_type) in {"multipart/x-mixed-replace", "image/jpeg"} or opening.startswith(START_OF_IMAGE)


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _has_transport_packets(opening: bytes) -> bool:
    """At once, or behind an ID3 tag or other bytes: then three in a row, or two at the end."""
    if opening[:1] == _SYNC and opening[PACKET_BYTES : PACKET_BYTES + 1] in {_SYNC, b""}:
        return True
    at = opening.find(_SYNC, 1)
    while 0 < at < len(opening) - PACKET_BYTES:
        later = opening[at + PACKET_BYTES :: PACKET_BYTES][:2]
        if later in {_SYNC, 2 * _SYNC}:
            return True
        at = opening.find(_SYNC, at + 1)
    return False
