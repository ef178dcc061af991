"""What an officer watches, look by look, as rows of oversight: few of them, and none of them missing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tmcwall.domain.oversight import NOBODY, Entry, OversightAction, View, watched

HEARTBEAT_S: Final = 60.0
ABSENT_S: Final = 3.0
"""A view that is gone for less, as while walls are rearranged, has gone on."""


@dataclass(slots=True)
class _Open:
    seen_ns: int
    seen_at: datetime


class Watching:
    """Told about once a second what can be seen. What is watched for less than that may be missed."""

    def __init__(self) -> None:
        self._officer = NOBODY
        self._open: dict[View, _Open] = {}
        self._beat_ns: int | None = None

    def views(self) -> AbstractSet[View]:
        return self._open.keys()

    def look(self, officer: str, views: AbstractSet[View], *, at: datetime, now_ns: int) -> list[Entry]:
        """The rows that follow from what `officer` (`NOBODY` for none) sees now."""
        entries: list[Entry] = []
        if officer != self._officer:
            entries += self.end(at=at)
            self._officer = officer
        for view in sorted(views - self._open.keys()):
            entries.append(self._entry(OversightAction.VIEW_STARTED, view, at))
        for view in views:
            self._open[view] = _Open(now_ns, at)
        gone = [view for view, seen in self._open.items() if now_ns - seen.seen_ns > ABSENT_S * 1e9]
        for view in sorted(gone):
            entries.append(self._entry(OversightAction.VIEW_STOPPED, view, self._open.pop(view).seen_at))
        entries += self._beat(at=at, now_ns=now_ns)
        return entries

    def end(self, *, at: datetime) -> list[Entry]:
        """Everything that is watched stops now: the shift or the program ends."""
        entries = [self._entry(OversightAction.VIEW_STOPPED, view, at) for view in sorted(self._open)]
        self._open.clear()
        self._beat_ns = None
        return entries

    def _beat(self, *, at: datetime, now_ns: int) -> list[Entry]:
        if not self._open:
            self._beat_ns = None
        elif self._beat_ns is None:
            self._beat_ns = now_ns
        elif now_ns - self._beat_ns >= HEARTBEAT_S * 1e9:
            self._beat_ns = now_ns
            detail = watched(self._open.keys())
            return [Entry(officer=self._officer, action=OversightAction.WATCHING, at=at, detail=detail)]
        return []

    def _entry(self, action: OversightAction, view: View, at: datetime) -> Entry:
        return Entry(officer=self._officer, action=action, at=at, camera=view.camera, detail=view.place)
