"""Session descriptions that a client must refuse, or see through."""

from __future__ import annotations

import base64
import re
from enum import StrEnum
from typing import Final

_HEAD: Final = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=odd\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
_START_CODE: Final = b"\x00\x00\x00\x01"
_SOUND: Final = "m=audio 0 RTP/AVP 0\r\na=control:audio\r\n"


class OddDescription(StrEnum):
    """The names behind `sdp:`."""

    AV1 = "av1"
    VP9 = "vp9"
    MPEG4 = "mpeg4"
    UNKNOWN = "unknown"
    """A codec that nobody has heard of."""
    UNMAPPED = "unmapped"
    """A dynamic payload type that is not explained."""
    MANY = "many"
    """Forty sections."""
    LONG = "long"
    """A hundred kilobytes, line by line, of a vendor's own."""
    HUGE = "huge"
    """A megabyte."""
    EMPTY = "empty"
    NOISE = "noise"
    """Bytes that are no text."""
    NUMBERS = "numbers"
    """Letters where numbers belong."""
    CLOCK = "clock"
    """A clock rate of nothing."""
    CLOCK_1000 = "clock-1000"
    """A clock rate of milliseconds, which is not that of the packets."""
    NO_CLOCK = "no-clock"
    """No clock rate."""
    FMTP = "fmtp"
    """Parameter sets that are none; the stream itself is whole."""
    VENDOR = "vendor"
    """A section whose format is none of RTP stands before the picture's."""
    BARE = "bare"
    """Only the section of the picture, and no version."""
    JPEG_FIRST = "jpeg-first"
    """The same picture as motion JPEG stands before it."""
    BLANKS = "blanks"
    """A byte-order mark in front, and more blanks than there should be."""
    SETS = "sets"
    """Parameter sets with start codes (H.264 only)."""
    SOUND = "sound"
    """Sound beside the picture."""
    SOUND_ONLY = "sound-only"
    """Sound and no picture."""


_SECTIONS: Final = {
    OddDescription.AV1: ("96", "AV1/90000"),
    OddDescription.VP9: ("96", "VP9/90000"),
    OddDescription.MPEG4: ("96", "MP4V-ES/90000"),
    OddDescription.UNKNOWN: ("96", "WAYANG/90000"),
    OddDescription.UNMAPPED: ("96", ""),
}
"""Payload type and mapping of the one video section."""


def odd_description(kind: OddDescription, whole: bytes) -> bytes:
    """The description of that kind for a stream whose right one is `whole`."""
    if kind in _SECTIONS:
        return _video(*_SECTIONS[kind])
    return {
        OddDescription.MANY: whole + _SOUND.encode() * 40,
        OddDescription.LONG: whole + b"a=x-vendor:" + b"\r\na=x-vendor:".join([b"x" * 88] * 1000) + b"\r\n",
        OddDescription.HUGE: whole + b"a=x:" + b"x" * 1_000_000 + b"\r\n",
        OddDescription.EMPTY: b"",
        OddDescription.NOISE: b"\x00\xff" * 500,
        OddDescription.NUMBERS: f"{_HEAD}m=video x RTP/AVP y\r\n".encode(),
        OddDescription.CLOCK: whole.replace(b"/90000", b"/0"),
        OddDescription.CLOCK_1000: whole.replace(b"/90000", b"/1000"),
        OddDescription.NO_CLOCK: whole.replace(b"/90000", b""),
        OddDescription.FMTP: _with_bad_parameters(whole),
        OddDescription.VENDOR: whole.replace(b"m=video", b"m=application 0 RTP/AVP vendor\r\nm=video"),
        OddDescription.BARE: whole[whole.index(b"m=video") :],
        OddDescription.JPEG_FIRST: whole.replace(b"m=video", b"m=video 0 RTP/AVP 26\r\na=control:jpeg\r\nm=video"),
        OddDescription.BLANKS: b"\xef\xbb\xbf" + whole.replace(b" ", b"  ").replace(b"a=control:", b"a=control: "),
        OddDescription.SETS: _with_start_codes(whole),
        OddDescription.SOUND: whole + _SOUND.encode(),
        OddDescription.SOUND_ONLY: (_HEAD + _SOUND).encode(),
    }[kind]


def _with_bad_parameters(whole: bytes) -> bytes:
    bad = b"a=fmtp:96 ;;=;sprop-parameter-sets=%%%,,;packetization-mode=1;sprop-vps=?"
    return b"\r\n".join(bad if line.startswith(b"a=fmtp:") else line for line in whole.split(b"\r\n"))


def _with_start_codes(whole: bytes) -> bytes:
    def marked(match: re.Match[bytes]) -> bytes:
        sets = [_START_CODE + base64.b64decode(text) for text in match[1].split(b",")]
        return b"sprop-parameter-sets=" + b",".join(map(base64.b64encode, sets))

    return re.sub(rb"sprop-parameter-sets=([^;\r]*)", marked, whole)


def _video(payload_type: str, mapping: str) -> bytes:
    lines = [f"m=video 0 RTP/AVP {payload_type}", *([f"a=rtpmap:{payload_type} {mapping}"] if mapping else [])]
    return (_HEAD + "\r\n".join([*lines, "a=control:track1"]) + "\r\n").encode()
