"""From where on pictures are whole, where a file is decoded from a picture that need not be a key picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from av.packet import Packet
from av.video.stream import VideoStream

from tmcwall.containers.annex_b import length_prefixed, nal_views
from tmcwall.containers.track import nals_behind_lengths, parse_configuration
from tmcwall.domain.fault import Fault
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.codecs import H264, HEVC, assembler_of
from tmcwall.rtsp.h264 import picture_before

_RECORD: Final = b"\x01"
"""What a decoder configuration record begins with, and no byte stream does."""
_LENGTH_BYTES: Final = 4
"""In front of each NAL unit of the files of nearly everybody."""


class Wholeness:
    """Judges the pictures of one track by what live ones are judged by: key pictures, recovery points, and intra
    pictures of streams that have neither. What cannot be judged is taken for whole.
    """

    def __init__(self, stream: VideoStream) -> None:
        codec = self._codec = stream.codec_context.name
        extradata = stream.codec_context.extradata or b""
        self._length_bytes = 0
        self._parameter_sets: tuple[bytes, ...] = ()
        self._left: int | None = None
        """Pictures until one is whole; None: nobody knows."""
        self._is_whole = codec not in {H264, HEVC}
        try:
            if extradata[:1] == _RECORD:
                configuration = parse_configuration(codec, extradata)
                self._length_bytes = configuration.length_bytes
                self._parameter_sets = tuple(configuration.parameter_sets)
            self._assembler = assembler_of(codec, self._parameter_sets)
        except Fault:
            self._is_whole = True
        self._pictures: set[int] = set()

    def take(self, packet: Packet[VideoStream]) -> None:
        """The next access unit, before it is decoded."""
        if self._is_whole or packet.size == 0:
            return
        unit = None
        try:
            unit = self._assembler.assemble(self._nals(bytes(packet)), 0)
        except Fault:
            self._is_whole = True
        if unit is not None and unit.key and (self._left is None or unit.until_whole < self._left):
            self._left = unit.until_whole
        if self._left == 0:
            self._is_whole = True
        elif packet.pts is not None:
            self._pictures.add(packet.pts)
        if self._left is not None:
            self._left -= 1

    def picture_before(self, packet: Packet[VideoStream]) -> bytes:
        """What the decoder is given before a packet with which decoding starts, written as packets are: see
        `tmcwall.rtsp.h264`. No picture of it is to be shown.
        """
        if self._codec != H264 or not packet.size or self._length_bytes not in {0, _LENGTH_BYTES}:
            return b""
        payload = b"".join(START_CODE + nal for nal in self._nals(bytes(packet)))
        before = picture_before(payload, self._parameter_sets)
        return length_prefixed(before) if self._length_bytes else before

    def holds(self, pts: int | None) -> bool:
        """Whether a decoded picture is whole."""
        return pts not in self._pictures

    def _nals(self, data: bytes) -> Iterator[memoryview]:
        return nals_behind_lengths(data, self._length_bytes) if self._length_bytes else nal_views(data)
