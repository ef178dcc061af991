"""What officers make of clips of this workstation: stills and viewing copies, each with its record and in custody."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal

from tmcwall.domain.clock import Clock
from tmcwall.domain.derived_copy import PictureCopier
from tmcwall.domain.fault import Fault
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import DerivedKind, read_record
from tmcwall.evidence.viewing_copy import COPY_WORD, make_still, make_viewing_copy
from tmcwall.services.copy_files import CopyFiles
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.tagging import BookmarkRow, OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty

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


class ClipCopies(WorkOnDuty):
    """One copy at a time, in a thread of its own; for the officer on duty, who must be allowed to export evidence."""

    made = Signal(object)
    """Path."""

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
        super().__init__(duty=duty, name="clip-copy")
        self._files = CopyFiles(store, clips, copies, zone)
        self._copier = copier
        self._clock = clock
        self._stopped = threading.Event()

    def stop(self) -> None:
        """A copy that is being made ends, and nothing is left of it."""
        self._stopped.set()
        super().stop()

    def make_still(self, row: BookmarkRow, *, at_s: float) -> None:
        """Of a clip that is ready: the picture shown at that second of it. `made` or `refused` follows."""
        self._begin(Action.EXPORT_EVIDENCE, partial(self._still, row, at_s=at_s), self.made.emit)

    def make_viewing_copy(self, row: BookmarkRow, *, annotated: bool = False) -> None:
        """As `make_still`, of the whole clip; `annotated`: with its annotations burnt in."""
        self._begin(Action.EXPORT_EVIDENCE, partial(self._viewing_copy, row, annotated=annotated), self.made.emit)

    # In a thread of its own.

    def _still(self, row: BookmarkRow, *, at_s: float, by: Officer) -> Path:
        facts = self._files.facts_of(row)
        moment = f"{facts.moment(at_s):%Y%m%dT%H%M%S.%f}"[:-3]
        target = self._files.target_of(row, f"{moment}Z.png")
        record = make_still(
            self._files.clip_of(row),
            target,
            at_s=at_s,
            facts=facts,
            officer=by.nrp,
            now=self._clock.utc(),
            making=self._making(),
        )
        return self._files.keep(row, target, record)

    def _viewing_copy(self, row: BookmarkRow, *, annotated: bool, by: Officer) -> Path:
        clip, facts = self._files.clip_of(row), self._files.facts_of(row, annotated=annotated)
        word = f"{COPY_WORD}_ANOTASI" if annotated else COPY_WORD
        target = self._files.target_of(row, f"{clip.stem}_{word}.mp4")
        record = make_viewing_copy(
            clip, target, facts=facts, officer=by.nrp, now=self._clock.utc(), making=self._making()
        )
        return self._files.keep(row, target, record)

    def _making(self) -> Making:
        return Making(self._copier, self._stopped.is_set)
