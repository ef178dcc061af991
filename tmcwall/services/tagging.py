"""Tagging: from a key press to a bookmark that is kept, and from there to a clip that is cut and hashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.bookmark import Bookmark, Clip
from tmcwall.domain.case import Case, LpNumber


@dataclass(frozen=True, slots=True)
class TagRequest:
    """What an officer wants kept. Without both marks the range is pre-roll and post-roll around now.

    `starts_at` and `ends_at` are the marks `[` and `]`: no roll is added to a side that is marked. `lp` may be empty.
    """

    camera_id: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    lp: str = ""
    forced_reason: str = ""
    """Why an LP number that the rules reject is kept as an old number."""
    note: str = ""
    incident_id: str | None = None


@dataclass(frozen=True, slots=True)
class BookmarkRow:
    """One line of the bookmark list. `reminder` is when the case's next SP2HP is due."""

    bookmark: Bookmark
    clip: Clip | None = None
    case: Case | None = None
    reminder: date | None = None


class Tagging(QObject):
    """Bookmarks and their clips on this workstation."""

    saved = Signal(object)
    """Bookmark: only after the commit."""
    refused = Signal(object)
    """Fault or DomainError."""
    clip_changed = Signal(object)
    """Clip."""
    marked = Signal(str, object)
    """Camera id, and the moment of its mark in (datetime) or None when it was taken back or used."""
    recent_changed = Signal()
    """`recent` has other rows than before: read at start, tagged here, come from another workstation."""
    found = Signal(str, object)
    """The text asked and Sequence[BookmarkRow]."""

    def start(self) -> None:
        """Read the recent bookmarks and take up every clip that was not finished."""
        raise NotImplementedError

    def stop(self) -> None:
        raise NotImplementedError

    def check_lp(self, raw: str) -> LpNumber:
        """How a case number would be taken; never raises."""
        raise NotImplementedError

    def tag(self, request: TagRequest) -> None:
        """`saved` or `refused` follows."""
        raise NotImplementedError

    def mark_in(self, camera_id: str) -> None:
        """`[`: the footage to be kept begins now (less the pre-roll)."""
        raise NotImplementedError

    def mark_out(self, camera_id: str) -> TagRequest | None:
        """`]`: a request from the mark in until now, for the officer to complete; None without a mark in."""
        raise NotImplementedError

    def mark_of(self, camera_id: str) -> datetime | None:
        raise NotImplementedError

    def clear_mark(self, camera_id: str) -> None:
        raise NotImplementedError

    def retry(self, bookmark_id: str) -> None:
        """Cut a failed clip again."""
        raise NotImplementedError

    def recent(self) -> Sequence[BookmarkRow]:
        """Newest first."""
        raise NotImplementedError

    def find(self, text: str) -> None:
        """By LP number, camera or note; answers with `found`."""
        raise NotImplementedError

    def clip_path(self, bookmark_id: str) -> Path | None:
        """The file of a clip that is ready on this workstation."""
        raise NotImplementedError
