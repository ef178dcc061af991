"""A bookmark tags a stretch of one camera's footage; a clip is the bytes that were cut for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Between, Count, FilePlace, Id, Longest, Prose

_CENTURY_MS = 100 * 366 * 86_400_000

Sha256 = Annotated[str, Longest(64)]
"""Hex; empty where there is none."""


class ClipState(StrEnum):
    WAITING = "waiting"
    """Its end has not passed yet."""
    CUTTING = "cutting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What an officer tagged. `starts_at` and `ends_at` are the asked range, pre-roll and post-roll included."""

    id: Id
    camera_id: Id
    camera_name: str
    starts_at: datetime
    ends_at: datetime
    marked_at: datetime
    officer: Id
    note: Prose = ""
    case_id: Id | None = None
    incident_id: Id | None = None
    held: bool = True
    clock_offset_ms: Annotated[int, Between(-_CENTURY_MS, _CENTURY_MS)] | None = None
    """Server clock minus workstation clock when it was made; None prints as "belum diukur"."""


class GapCause(StrEnum):
    """Why pictures are missing."""

    PACKETS_LOST = "packets_lost"
    """On the way from the camera."""
    RECONNECTED = "reconnected"
    """The connection was lost and came back."""
    NO_PICTURES = "no_pictures"
    """The camera was connected and sent none."""
    ENGINE_REPLACED = "engine_replaced"
    """The process that records ended and was started again."""
    RECORDING_STOPPED = "recording_stopped"
    """The disk was full, failed or too slow."""
    NOT_RECORDED = "not_recorded"
    """Recording was off, or had no picture yet."""
    UNDECODABLE = "undecodable"
    """Recorded, but the parameter sets that decoding needs never came."""


class SetsFrom(StrEnum):
    """Where a clip's parameter sets are known from, if not from the key frame that needs them."""

    DESCRIPTION = "description"
    """The session description."""
    EARLIER = "earlier"
    """They came before, on the same connection."""
    LATER = "later"
    """They came afterwards, on the same connection."""
    EARLIER_CONNECTION = "earlier_connection"
    """They came on the connection before."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a clip without pictures: from the arrival of the one before to that of the one after."""

    starts_at: datetime
    ends_at: datetime
    cause: GapCause
    packets: Count = 0
    """Packets that are known to have been lost."""

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Clip:
    """The footage of a bookmark as cut. `first_packet_at` and `last_packet_at` are the real range."""

    id: Id
    bookmark_id: Id
    state: ClipState
    path: FilePlace = ""
    """Relative to the clips folder."""
    sha256: Sha256 = ""
    stream_sha256: Sha256 = ""
    """As `ffmpeg -c copy -f streamhash -hash sha256` prints it for the video stream of the clip."""
    size_bytes: Count = 0
    first_packet_at: datetime | None = None
    last_packet_at: datetime | None = None
    packets: Count = 0
    packets_lost: Count = 0
    failure: str = ""
    asked_from: datetime | None = None
    asked_until: datetime | None = None
    """The range that was asked for when it was cut."""
    gaps: tuple[Gap, ...] = ()
    """Everything that is missing in the asked range and in the time before it that a key frame brought along."""

    @property
    def missing_s(self) -> float:
        """Seconds without pictures."""
        return sum(gap.seconds for gap in self.gaps)


PRE_ROLL_S = 30.0
POST_ROLL_S = 30.0
LONGEST_CLIP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of footage, pre-roll and post-roll included."""

    starts_at: datetime
    ends_at: datetime


def range_around(marked_at: datetime, *, pre_roll_s: float = PRE_ROLL_S, post_roll_s: float = POST_ROLL_S) -> Range:
    """What one press of the tag key asks for."""
    return range_between(marked_at, marked_at, pre_roll_s=pre_roll_s, post_roll_s=post_roll_s)


def range_between(
    mark_in: datetime, mark_out: datetime, *, pre_roll_s: float = PRE_ROLL_S, post_roll_s: float = POST_ROLL_S
) -> Range:
    """What an in mark and an out mark ask for, in either order.

    Raises DomainError(RANGE_EMPTY) if nothing is left, RANGE_TOO_LONG beyond `LONGEST_CLIP`.
    """
    first, last = sorted((mark_in, mark_out))
    asked = Range(first - timedelta(seconds=pre_roll_s), last + timedelta(seconds=post_roll_s))
    check_range(asked)
    return asked


def check_range(asked: Range, *, longest: timedelta = LONGEST_CLIP) -> None:
    """Raises DomainError(RANGE_EMPTY) or RANGE_TOO_LONG."""
    length = asked.ends_at - asked.starts_at
    if length <= timedelta(0):
        raise DomainError(DomainCode.RANGE_EMPTY)
    if length > longest:
        raise DomainError(DomainCode.RANGE_TOO_LONG, f"{length.total_seconds():.0f} s")
