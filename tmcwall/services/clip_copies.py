"""What officers make of clips of this workstation: stills and viewing copies, each with its record and in custody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.clock import Clock
from tmcwall.domain.derived_copy import PictureCopier
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import DerivedKind, read_record
from tmcwall.evidence.viewing_copy import COPY_WORD, make_still, make_viewing_copy
from tmcwall.services.copy_files import CopyFiles
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread
from tmcwall.services.tagging import BookmarkRow, OnDuty

_SUFFIXES: Final = frozenset({".png", ".mp4"})


def released_copies(folder: Path) -> tuple[Path, ...]:
    """Those of a clip that go into its packages: stills, and redacted copies that somebody has watched to the end.

    A viewing copy does not: a package makes its own. What has no record that can be read is passed over.
    """
    if not folder.is_dir():
        return ()
    found = sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES and not path.name.startswith("."))
    return tuple(path for path in found if _is_released(path))


def _is_released(path: Path) -> bool:
    try:
        record = read_record(path)
    except Fault:
        return False
    return record.kind is DerivedKind.STILL or (record.kind is DerivedKind.REDACTED_COPY and record.watched is not None)


class ClipCopies(QObject):
    """One copy at a time, in a thread of its own; for the officer on duty, who must be allowed to export evidence."""

    made = Signal(object)
    """Path."""
    refused = Signal(object)
    """Fault or DomainError."""
    busy_changed = Signal()

    def __init__(
        self,
        *,
        store: StoreProtocol,
        duty: OnDuty,
        clips: Path,
        copies: Path,
        copier: PictureCopier,
        zone: StationZone,
        clock: Clock,
    ) -> None:
        """`copies` holds a folder for each clip."""
        super().__init__()
        self._duty = duty
        self._files = CopyFiles(store, clips, copies, zone)
        self._copier = copier
        self._clock = clock
        self._futures = FutureDispatcher()
        self._stopped = threading.Event()
        self._busy = False

    @property
    def busy(self) -> bool:
        return self._busy

    def start(self) -> None:
        """Nothing is made before somebody asks."""

    def stop(self) -> None:
        """A copy that is being made ends, and nothing is left of it."""
        self._stopped.set()
        self._futures.close()

    def make_still(self, row: BookmarkRow, *, at_s: float) -> None:
        """Of a clip that is ready: the picture shown at that second of it. `made` or `refused` follows."""
        self._begin(row, partial(self._still, at_s=at_s))

    def make_viewing_copy(self, row: BookmarkRow) -> None:
        """As `make_still`, of the whole clip."""
        self._begin(row, self._viewing_copy)

    def _begin(self, row: BookmarkRow, make: Callable[[BookmarkRow, str], Path]) -> None:
        if self._busy:
            return
        try:
            officer = self._duty.demand(Action.EXPORT_EVIDENCE)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return
        self._set_busy(busy=True)
        self._futures.expect(in_thread(partial(make, row, officer.nrp), name="clip-copy"), self._take, self._refuse)

    def _take(self, path: Path) -> None:
        self._set_busy(busy=False)
        self.made.emit(path)

    def _refuse(self, problem: Refusal) -> None:
        self._set_busy(busy=False)
        self.refused.emit(problem)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit()

    # In a thread of its own.

    def _still(self, row: BookmarkRow, officer: str, *, at_s: float) -> Path:
        facts = self._files.facts_of(row)
        moment = f"{facts.moment(at_s):%Y%m%dT%H%M%S.%f}"[:-3]
        target = self._files.target_of(row, f"{moment}Z.png")
        record = make_still(
            self._files.clip_of(row),
            target,
            at_s=at_s,
            facts=facts,
            officer=officer,
            now=self._clock.utc(),
            making=self._making(),
        )
        return self._files.keep(row, target, record)

    def _viewing_copy(self, row: BookmarkRow, officer: str) -> Path:
        clip, facts = self._files.clip_of(row), self._files.facts_of(row)
        target = self._files.target_of(row, f"{clip.stem}_{COPY_WORD}.mp4")
        record = make_viewing_copy(
            clip, target, facts=facts, officer=officer, now=self._clock.utc(), making=self._making()
        )
        return self._files.keep(row, target, record)

    def _making(self) -> Making:
        return Making(self._copier, self._stopped.is_set)
