"""From where on pictures are whole, where a file is decoded from a picture that need not be a key picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from av.packet import Packet
from av.video.stream import VideoStream

from tmcwall.containers.annex_b import nal_views
from tmcwall.containers.track import nals_behind_lengths, parse_configuration
from tmcwall.domain.fault import Fault
from tmcwall.rtsp.codecs import H264, HEVC, assembler_of

_RECORD: Final = b"\x01"
"""What a decoder configuration record begins with, and no byte stream does."""


class Wholeness:
    """Judges the pictures of one track by what live ones are judged by: key pictures, recovery points, and intra
    pictures of streams that have neither. What cannot be judged is taken for whole.
    """

    def __init__(self, stream: VideoStream) -> None:
        codec = stream.codec_context.name
        extradata = stream.codec_context.extradata or b""
        self._length_bytes = 0
        self._left: int | None = None
        """Pictures until one is whole; None: nobody knows."""
        self._is_whole = codec not in {H264, HEVC}
        try:
            parameter_sets: Iterable[bytes] = ()
            if extradata[:1] == _RECORD:
                configuration = parse_configuration(codec, extradata)
                self._length_bytes = configuration.length_bytes
                parameter_sets = configuration.parameter_sets
            self._assembler = assembler_of(codec, parameter_sets)
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

    def holds(self, pts: int | None) -> bool:
        """Whether a decoded picture is whole."""
        return pts not in self._pictures

    def _nals(self, data: bytes) -> Iterator[memoryview]:
        return nals_behind_lengths(data, self._length_bytes) if self._length_bytes else nal_views(data)
