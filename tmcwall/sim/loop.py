"""A loop of footage as RTP packets, made once for all sessions: sending only patches numbers into a copy."""

from __future__ import annotations

import base64
import struct
from typing import Final, NamedTuple

from tmcwall.rtsp import h264, h265
from tmcwall.rtsp.codecs import HEVC
from tmcwall.rtsp.rtp import HEADER
from tmcwall.rtsp.sdp import Media
from tmcwall.sim.footage import CLOCK_RATE, Footage, Picture
from tmcwall.sim.stamp import stamp_nal

PAYLOAD_TYPE: Final = 96
_MARKER: Final = 0x80
_INTERLEAVED: Final = struct.Struct("!cBH")
_NUMBERS: Final = struct.Struct("!HII")
"""Sequence, timestamp and SSRC, two bytes into the RTP header."""

_HEADS: Final = _INTERLEAVED.size + HEADER.size


class PackedPicture(NamedTuple):
    """The packets of one picture, behind interleaved headers, with gaps for what differs by session."""

    data: bytes
    packets: tuple[int, ...]
    """Offsets of the interleaved headers."""
    stamp: int
    """Offset of the stamp's text."""
    key: bool
    offset: int
    """Time within the loop, in 1/90000 s."""


class Loop:
    """Packed pictures with the place of the last key frame before each."""

    def __init__(self, footage: Footage) -> None:
        self.footage = footage
        self.pictures = tuple(_pack(picture, footage) for picture in footage.pictures)
        self.key_before: tuple[int, ...] = tuple(_places_of_key_frames(footage.pictures))
        self.interval_s = 1.0 / footage.frame_rate

    def __len__(self) -> int:
        return len(self.pictures)

    def timestamp(self, number: int) -> int:
        """RTP time of the picture with that running number, counted on over the loop."""
        rounds, place = divmod(number, len(self.pictures))
        return rounds * self.footage.duration + self.pictures[place].offset

    def media(self, control: str) -> Media:
        """The section of the session description."""
        footage = self.footage
        encoding, fmtp = ("H265", _h265_fmtp(footage)) if footage.codec == HEVC else ("H264", _h264_fmtp(footage))
        return Media("video", PAYLOAD_TYPE, encoding, CLOCK_RATE, fmtp, control, footage.frame_rate)


def address(
    picture: PackedPicture, stamp: bytes, *, channel: int, sequence: int, timestamp: int, ssrc: int
) -> bytearray:  # fmt: skip
    """A copy of the packets for one session. `sequence` is that of the first packet; numbers may exceed their field."""
    data = bytearray(picture.data)
    timestamp &= 0xFFFF_FFFF
    for offset in picture.packets:
        if channel:
            data[offset + 1] = channel
        _NUMBERS.pack_into(data, offset + 6, sequence & 0xFFFF, timestamp, ssrc)
        sequence += 1
    data[picture.stamp : picture.stamp + len(stamp)] = stamp
    return data


def _pack(picture: Picture, footage: Footage) -> PackedPicture:
    stamp, text_at = stamp_nal(footage.codec)
    heads = footage.parameter_sets if picture.key else ()
    payloads = h265.payloads if footage.codec == HEVC else h264.payloads
    parts = [*heads, stamp, *(payload for nal in picture.nals for payload in payloads(nal))]
    data = bytearray()
    packets = []
    stamp_at = 0
    for index, part in enumerate(parts):
        packets.append(len(data))
        if part is stamp:
            stamp_at = len(data) + _HEADS + text_at
        marker = _MARKER if index == len(parts) - 1 else 0
        data += _INTERLEAVED.pack(b"$", 0, HEADER.size + len(part))
        data += HEADER.pack(0x80, marker | PAYLOAD_TYPE, 0, 0, 0)
        data += part
    return PackedPicture(bytes(data), tuple(packets), stamp_at, picture.key, picture.offset)


def _places_of_key_frames(pictures: tuple[Picture, ...]) -> list[int]:
    places = []
    last = 0
    for place, picture in enumerate(pictures):
        last = place if picture.key else last
        places.append(last)
    return places


def _h264_fmtp(footage: Footage) -> dict[str, str]:
    return {
        "packetization-mode": "1",
        "profile-level-id": footage.parameter_sets[0][1:4].hex().upper(),
        "sprop-parameter-sets": ",".join(map(_base64, footage.parameter_sets)),
    }


def _h265_fmtp(footage: Footage) -> dict[str, str]:
    names = ("sprop-vps", "sprop-sps", "sprop-pps")
    return dict(zip(names, map(_base64, footage.parameter_sets), strict=True))


def _base64(nal: bytes) -> str:
    return base64.b64encode(nal).decode("ascii")
