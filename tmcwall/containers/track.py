"""What the containers have in common: the one video track that is taken out of them, and its clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import HEVC, JPEG
from tmcwall.rtsp.rtp import AccessUnit

CLOCK_RATE: Final = 90_000
"""Of every timestamp that a demultiplexer gives, whatever the container counts in."""
JPEG_OBJECT: Final = 0x6C
"""Object type of JPEG in an ES descriptor (ISO/IEC 14496-1 table 5)."""
_ES_DESCRIPTOR, _DECODER_CONFIGURATION = 3, 4
_MOST_PARAMETER_SETS: Final = 64


class Demuxer(Protocol):
    """Takes the first video track out of a container. Timestamps are presentation times at `CLOCK_RATE`."""

    codec: str
    """`h264`, `hevc` or `mjpeg`; empty until it is known."""
    parameter_sets: tuple[bytes, ...]
    """Those that stand in the container's head."""

    def feed(self, data: bytes) -> list[AccessUnit]:
        """The pictures that are whole with these bytes, in decoding order.

        Raises Fault: PROTOCOL_BROKEN for what is no such container, NO_VIDEO, CODEC_UNSUPPORTED.
        """
        ...

    def end_segment(self) -> list[AccessUnit]:
        """The bytes end here, and the next ones begin anew; what was not whole is lost."""
        ...

    def lose(self, count: int) -> None:
        """Something is missing here; `count` of it goes into the next picture's losses."""
        ...


@dataclass(frozen=True, slots=True)
class Configuration:
    """A decoder configuration record (ISO/IEC 14496-15): `avcC` or `hvcC`, as MP4 and FLV carry it; or `esds`."""

    length_bytes: int
    """How long the length in front of every NAL unit is; 0 where a sample is one picture as it is."""
    parameter_sets: tuple[bytes, ...]


def parse_configuration(codec: str, record: bytes) -> Configuration:
    """Raises Fault: PROTOCOL_BROKEN for a record that ends too early, CODEC_UNSUPPORTED for one of another codec."""
    try:
        if codec == JPEG:
            return _parse_elementary_stream(record)
        return _parse_hevc(record) if codec == HEVC else _parse_avc(record)
    except IndexError as error:
        raise Fault(FaultCode.PROTOCOL_BROKEN, "a decoder configuration that ends too early") from error


def nals_behind_lengths(data: bytes | memoryview, length_bytes: int) -> Iterator[memoryview]:
    """The NAL units of one sample; without lengths it is one. A length that leads too far ends them."""
    view = memoryview(data)
    if not length_bytes:
        yield view
        return
    position = 0
    while position + length_bytes <= len(view):
        start = position + length_bytes
        position = start + int.from_bytes(view[position:start])
        if position > len(view):
            return
        if position > start:
            yield view[start:position]


def _parse_elementary_stream(record: bytes) -> Configuration:
    """An ES descriptor (ISO/IEC 14496-1 7.2.6.5) whose object is JPEG; what it may hold besides is not expected."""
    _, at = _descriptor(record, 4, _ES_DESCRIPTOR)
    kind, _ = _descriptor(record, at + 3, _DECODER_CONFIGURATION)
    if kind != JPEG_OBJECT:
        raise Fault(FaultCode.CODEC_UNSUPPORTED, f"mp4v {kind:#x}", retryable=False)
    return Configuration(0, ())


def _descriptor(record: bytes, at: int, tag: int) -> tuple[int, int]:
    """The first byte inside the descriptor of that tag, and where it stands."""
    if record[at] != tag:
        raise IndexError
    at += 1
    while record[at] & 0x80:  # its length, seven bits a byte
        at += 1
    return record[at + 1], at + 1


def _parse_avc(record: bytes) -> Configuration:
    length_bytes = (record[4] & 3) + 1
    sequence, position = _sets(record, 6, record[5] & 31)
    picture, _ = _sets(record, position + 1, record[position])
    return Configuration(length_bytes, (*sequence, *picture))


def _parse_hevc(record: bytes) -> Configuration:
    found: list[bytes] = []
    position = 23
    for _ in range(record[22]):
        count = record[position + 1] << 8 | record[position + 2]
        nals, position = _sets(record, position + 3, count)
        found += nals
    return Configuration((record[21] & 3) + 1, tuple(found[:_MOST_PARAMETER_SETS]))


def _sets(record: bytes, position: int, count: int) -> tuple[Sequence[bytes], int]:
    found = []
    for _ in range(min(count, _MOST_PARAMETER_SETS)):
        size = record[position] << 8 | record[position + 1]
        end = position + 2 + size
        if size == 0 or end > len(record):
            raise IndexError
        found.append(record[position + 2 : end])
        position = end
    return found, position


class Unwrapped:
    """A clock of few bits that counts on over its end."""

    def __init__(self, bits: int) -> None:
        self._half = 1 << bits - 1
        self._mask = (1 << bits) - 1
        self._last: int | None = None

    def __call__(self, value: int) -> int:
        last = self._last
        if last is not None:
            value = last + ((value - last + self._half) & self._mask) - self._half
        self._last = value
        return value


def only_whole(units: Iterable[AccessUnit | None]) -> list[AccessUnit]:
    return [unit for unit in units if unit is not None]
