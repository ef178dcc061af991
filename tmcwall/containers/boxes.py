"""The boxes of which MP4 files are made (ISO/IEC 14496-12 section 4.2), and what they say of a video track."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import H264, HEVC, JPEG

Box = tuple[bytes, memoryview]

CODECS: Final = {b"avc1": H264, b"avc3": H264, b"hvc1": HEVC, b"hev1": HEVC, b"mp4v": JPEG}
"""By the name of the sample entry; what `mp4v` is, its `esds` says."""
ENCRYPTED: Final = b"encv"
CONFIGURATIONS: Final = {H264: b"avcC", HEVC: b"hvcC", JPEG: b"esds"}
VISUAL_ENTRY_BYTES: Final = 78
"""Of a visual sample entry, before its boxes."""


def boxes(data: memoryview) -> Iterator[Box]:
    """Name and inside of each. Raises Fault(PROTOCOL_BROKEN) for one that leads out of them."""
    position = 0
    while position + 8 <= len(data):
        size, header = int.from_bytes(data[position : position + 4]), 8
        if size == 1:
            size, header = int.from_bytes(data[position + 8 : position + 16]), 16
        if size < header or position + size > len(data):
            raise Fault(FaultCode.PROTOCOL_BROKEN, "an MP4 box that leads out of its own")
        yield bytes(data[position + 4 : position + 8]), data[position + header : position + size]
        position += size


def find_box(data: memoryview, *path: bytes) -> memoryview | None:
    """The first box of that path."""
    for name in path:
        found = next((within for box, within in boxes(data) if box == name), None)
        if found is None:
            return None
        data = found
    return data


def check_codec(entry: bytes) -> str:
    """The codec of a sample entry of that name. Raises Fault(CODEC_UNSUPPORTED)."""
    codec = CODECS.get(entry)
    if codec is None:
        kind = "encrypted" if entry == ENCRYPTED else entry.decode("ascii", "replace")
        raise Fault(FaultCode.CODEC_UNSUPPORTED, kind, retryable=False)
    return codec
