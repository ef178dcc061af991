"""A bookmark tags a stretch of one camera's footage; a clip is the bytes that were cut for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClipState(StrEnum):
    WAITING = "waiting"
    """Its end has not passed yet."""
    CUTTING = "cutting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What an officer tagged. `starts_at` and `ends_at` are the asked range, pre-roll and post-roll included."""

    id: str
    camera_id: str
    camera_name: str
    starts_at: datetime
    ends_at: datetime
    marked_at: datetime
    officer: str
    note: str = ""
    case_id: str | None = None
    incident_id: str | None = None
    held: bool = True
    clock_offset_ms: int | None = None
    """Server clock minus workstation clock when it was made; None prints as "belum diukur"."""


@dataclass(frozen=True, slots=True)
class Clip:
    """The footage of a bookmark as cut. `first_packet_at` and `last_packet_at` are the real range."""

    id: str
    bookmark_id: str
    state: ClipState
    path: str = ""
    """Relative to the clips folder."""
    sha256: str = ""
    stream_sha256: str = ""
    """As `ffmpeg -c copy -f streamhash -hash sha256` prints it for the video stream of the clip."""
    size_bytes: int = 0
    first_packet_at: datetime | None = None
    last_packet_at: datetime | None = None
    packets: int = 0
    packets_lost: int = 0
    failure: str = ""
