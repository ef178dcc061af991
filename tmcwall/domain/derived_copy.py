"""What is made from a clip and lies beside it: a viewing copy, a redacted copy, a still. The original is not touched.

Evidence asks for them and keeps their records; a locked-in process of the video makes them (ADR 0027).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final, NamedTuple, Protocol

from tmcwall.domain.shape import Between
from tmcwall.domain.station_zone import StationZone

PNG: Final = "png"


class CodedPicture(NamedTuple):
    """One picture as a codec has it: NAL units behind start codes, parameter sets in front of key pictures."""

    codec: str
    """`h264` or `hevc`; of the pieces of a still, PNG."""
    at_s: float
    """When it is shown, in seconds of its file."""
    key: bool
    payload: bytes


class Cover(StrEnum):
    """What covers a place in a picture."""

    SOLID = "solid"
    MOSAIC = "mosaic"
    """Squares of one colour each, at least sixteen pixels wide and at most eight beside each other."""


SMALLEST_PART: Final = 1e-4
"""A box is no narrower and no lower: less than a pixel of any picture."""


@dataclass(frozen=True, slots=True)
class Box:
    """A place in a picture, as parts of its width and height, from its upper left corner."""

    x: Annotated[float, Between(0, 1)]
    y: Annotated[float, Between(0, 1)]
    width: Annotated[float, Between(SMALLEST_PART, 1)]
    height: Annotated[float, Between(SMALLEST_PART, 1)]

    def __post_init__(self) -> None:
        sides = SMALLEST_PART <= self.width <= 1 and SMALLEST_PART <= self.height <= 1
        if not (0 <= self.x <= 1 and 0 <= self.y <= 1 and sides):
            raise ValueError("a box outside the picture")

    def towards(self, other: Box, part: float) -> Box:
        """At 0 here, at 1 the other, in a straight line between."""
        pairs = ((self.x, other.x), (self.y, other.y), (self.width, other.width), (self.height, other.height))
        return Box(*(one + (two - one) * part for one, two in pairs))


@dataclass(frozen=True, slots=True)
class KeyBox:
    """Where somebody has put a box, at that moment of the file."""

    at_s: float
    box: Box


@dataclass(frozen=True, slots=True)
class Region:
    """Something that is covered from its first key to its last, wherever it goes between them."""

    keys: tuple[KeyBox, ...]
    cover: Cover = Cover.SOLID

    def __post_init__(self) -> None:
        times = [key.at_s for key in self.keys]
        if not times or any(later <= earlier for earlier, later in pairwise(times)):
            raise ValueError("keys out of order")

    def between(self, at_s: float) -> tuple[KeyBox, KeyBox] | None:
        """The keys around a moment, the same twice at the last one; None outside of the region."""
        index = bisect_right([key.at_s for key in self.keys], at_s)
        if not index or (index == len(self.keys) and at_s > self.keys[-1].at_s):
            return None
        return self.keys[index - 1], self.keys[min(index, len(self.keys) - 1)]


class DrawnShape(StrEnum):
    BOX = "box"
    ARROW = "arrow"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An annotation as it is burnt into a copy, from that second of the file to that one; points as in `Box`."""

    shape: DrawnShape
    from_s: float
    until_s: float
    x: float
    y: float
    to_x: float
    to_y: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is burnt into a copy, on a strip above the picture that covers nothing of it."""

    words: str
    begins_at: float
    """When the file's first second was, in seconds since the epoch."""
    zone: StationZone = StationZone.WIB


@dataclass(frozen=True, slots=True)
class CopyJob:
    """What is to be made. A still is the picture that is shown at a moment, as it is but for `masks`."""

    stamp: Stamp | None = None
    regions: tuple[Region, ...] = ()
    masks: tuple[Box, ...] = ()
    """Places that are covered all the time."""
    drawings: tuple[Drawing, ...] = ()
    """Over all else."""
    still_at_s: float | None = None


@dataclass(frozen=True, slots=True)
class CopiedPictures:
    """The last thing that a copier gives: what it has made."""

    width: int
    height: int
    pictures: int
    undecodable: int
    """Access units that the decoder refused, whose pictures are not in the copy."""


class PictureCopier(Protocol):
    """Makes coded pictures (H.264), or a still (PNG, in pieces), out of coded pictures."""

    def __call__(
        self, job: CopyJob, pictures: Callable[[], Iterable[CodedPicture]], *, cancelled: Callable[[], bool]
    ) -> Generator[CodedPicture | CopiedPictures, None, None]:
        """`pictures` begins anew each time, for what has to be looked at twice. Raises Fault."""
        ...
