"""What the parent says to the process that makes copies, and what it answers; access units go as everywhere (`ipc`)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from tmcwall.domain.derived_copy import Box, CopyJob
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import CONTROL, FRAME, LARGEST_BODY

CODECS: Final = ("h264", "hevc", "mjpeg")
"""An access unit's stream is the place of its codec here."""
STILL: Final = 9
"""The stream of the pieces of a still."""
LARGEST_PIECE: Final = LARGEST_BODY // 2

Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]
Pixels = Annotated[int, msgspec.Meta(ge=0, le=1 << 16)]


class CopyMessage(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """One control message."""


class Track(CopyMessage, frozen=True):
    """Follow what is in the regions' boxes, and answer where it is in each picture."""

    job: CopyJob


class Make(CopyMessage, frozen=True):
    """Make the copy. `boxes` are those that cover a picture, by its number."""

    job: CopyJob


class Boxes(CopyMessage, frozen=True):
    """Where the regions are in pictures from that number on, a list a picture, each with its region's number."""

    first: Count
    pictures: list[list[tuple[Count, Box]]]


class NoMore(CopyMessage, frozen=True):
    """The last access unit was sent."""


class Made(CopyMessage, frozen=True):
    width: Pixels
    height: Pixels
    pictures: Count
    undecodable: Count
    locks: list[str]


class CopyFault(CopyMessage, frozen=True):
    fault: FaultCode
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""


COMMANDS: Final = msgspec.json.Decoder(Track | Make | Boxes | NoMore)
ANSWERS: Final = msgspec.json.Decoder(Boxes | Made | CopyFault)
_ENCODER: Final = msgspec.json.Encoder()


def pack(message: CopyMessage) -> bytes:
    """A control message as it stands on a pipe. Raises Fault(PROTOCOL_BROKEN) for one that is too large."""
    body = _ENCODER.encode(message)
    if len(body) > LARGEST_BODY:
        raise Fault(FaultCode.PROTOCOL_BROKEN, f"{type(message).__name__} of {len(body)} bytes", retryable=False)
    return FRAME.pack(len(body), CONTROL) + body
