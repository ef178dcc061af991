"""Searching tagged footage while an officer types: only the newest question is asked, and only its answer is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from tmcwall.db import footage_search
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action, Officer, can
from tmcwall.domain.region import Regions
from tmcwall.domain.search import Search, read_search
from tmcwall.domain.sp2hp import KLASIK_RULES, ReminderRules
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol
from tmcwall.services.tagging import BookmarkRow, OnDuty, clip_files, row_of

PAGE: Final = 50
"""Results at once."""


@dataclass(frozen=True, slots=True)
class FoundFootage:
    """Newest footage first. `more`: there are older ones, which `FootageSearch.ask_more` adds."""

    generation: int
    asked: Search
    rows: tuple[BookmarkRow, ...]
    files: Mapping[str, Path] = field(default_factory=dict)
    """By bookmark id: the clips whose file is on this workstation."""
    more: bool = False


class FootageSearch(QObject):
    """One question at a time. What was asked before the newest one is never answered."""

    found = Signal(object)
    """FoundFootage, of the generation that was asked last."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        duty: OnDuty,
        clock: Clock,
        clips: Path,
        regions: Regions | None = None,
        rules: ReminderRules = KLASIK_RULES,
        zone: StationZone = StationZone.WIB,
        parent: QObject | None = None,
    ) -> None:
        """`clips` is the clips folder."""
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._clips = clips
        self._regions = regions
        self._rules = rules
        self._zone = zone
        self._futures = FutureDispatcher()
        self._generation = 0
        self._reading = self._outdated = False
        self._asked = Search()
        self._shown: FoundFootage | None = None
        self._next: int | None = None
        """Of the page after the rows of `_shown`."""

    def start(self) -> None:
        """Nothing is asked before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def read_line(self, line: str) -> Search:
        """How one line is understood, for whoever adds a range or a camera to it."""
        return read_search(line, self._regions)

    def ask(self, asked: Search) -> int:
        """The number of the answer that follows in `found`; the one before may never come."""
        self._generation += 1
        self._asked, self._shown, self._next = asked, None, None
        self._read()
        return self._generation

    def ask_more(self) -> None:
        """`found` follows with the same number and more rows, if there are more."""
        if self._next is not None and not self._reading:
            self._read()

    def _read(self) -> None:
        if self._reading:
            self._outdated = True
            return
        self._reading, self._outdated = True, False
        unit = partial(
            _find, asked=self._asked, before=self._next, officer=self._officer(), clips=self._clips
        )  # fmt: skip
        self._futures.expect(self._store.read(unit), self._take, self._refuse)

    def _officer(self) -> Officer | None:
        try:
            return self._duty.demand(Action.VIEW)
        except DomainError:
            return None

    def _take(self, read: _Read) -> None:
        self._reading = False
        if self._outdated:
            self._read()
            return
        today = self._zone.date_of(self._clock.utc())
        before = self._shown or FoundFootage(self._generation, self._asked, ())
        rows = (row_of(entry, today=today, rules=self._rules, zone=self._zone) for entry in read.page.entries)
        self._next = read.page.next
        self._shown = FoundFootage(
            self._generation, self._asked, (*before.rows, *rows), {**before.files, **read.files}, self._next is not None
        )
        self.found.emit(self._shown)

    def _refuse(self, refusal: Refusal) -> None:
        self._reading = False
        self.refused.emit(refusal)
        if self._outdated:
            self._read()


@dataclass(frozen=True, slots=True)
class _Read:
    page: footage_search.FoundPage
    files: Mapping[str, Path]


def _find(session: Session, *, asked: Search, before: int | None, officer: Officer | None, clips: Path) -> _Read:
    page = footage_search.search(
        session,
        asked,
        limit=PAGE,
        before=before,
        sees_unit=lambda unit: officer is not None and can(officer, Action.VIEW, unit=unit),
    )
    return _Read(page, clip_files(page.entries, clips))
