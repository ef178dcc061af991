"""The stamp of each picture: camera, running number and send time, as an SEI message in the stream itself.

`user_data_unregistered` (ITU-T H.264 section D.2.7, H.265 section D.3.7) under our UUID. The text is ASCII of fixed
length, so that it holds no zero byte (no emulation prevention) and can be patched in place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tmcwall.rtsp.codecs import H264, HEVC

UUID: Final = bytes.fromhex("746d6377616c6c2d8369742d7374616d")

_SEI_HEADERS: Final = {H264: b"\x06", HEVC: b"\x4e\x01"}
_ID_LENGTH: Final = 48
_TEXT: Final = re.compile(rb"(\S{1,48}) *#(\d{12}) @(\d{18})")
TEXT_LENGTH: Final = _ID_LENGTH + 1 + 1 + 12 + 1 + 1 + 18
_SIZE: Final = len(UUID) + TEXT_LENGTH


@dataclass(frozen=True, slots=True)
class Stamp:
    camera: str
    number: int
    """Pictures of this camera since the city started; goes on over the loop."""
    sent_us: int
    """When it was handed to the socket: microseconds since 1970, UTC."""


def stamp_text(camera: bytes, number: int, sent_us: int) -> bytes:
    """The patchable text. `camera` is the padded id of `padded`."""
    return b"%b #%012d @%018d" % (camera, number, sent_us)


def padded(camera: str) -> bytes:
    """A camera's id in the length of the stamp; longer ids are cut."""
    return camera.encode("ascii", "replace")[:_ID_LENGTH].ljust(_ID_LENGTH)


def stamp_nal(codec: str) -> tuple[bytes, int]:
    """The SEI NAL unit with a text of spaces, and where the text starts in it."""
    head = _SEI_HEADERS[codec] + b"\x05" + bytes((_SIZE,)) + UUID
    return head + b" " * TEXT_LENGTH + b"\x80", len(head)


def find_stamp(access_unit: bytes) -> Stamp | None:
    """The stamp of an access unit in Annex B; None if it has none."""
    start = access_unit.find(UUID)
    if start < 0:
        return None
    match = _TEXT.match(access_unit, start + len(UUID))
    return Stamp(match[1].decode("ascii"), int(match[2]), int(match[3])) if match is not None else None
