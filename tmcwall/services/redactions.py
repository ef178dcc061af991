"""Redacted copies of clips: made in a thread, watched to the end in a window, and released after that alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from tmcwall.db import privacy_masks
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.derived_copy import PictureCopier
from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import record_path
from tmcwall.evidence.redaction import Redaction, Watching, make_redacted_copy, release, watching_of
from tmcwall.services.cancellable_work import CancellableWork, WorkInThread
from tmcwall.services.copy_files import CopyFiles
from tmcwall.services.future_dispatcher import in_thread
from tmcwall.services.tagging import BookmarkRow, OnDuty

_NAME = "{clip}_DISAMARKAN_{number:02d}.mp4"


@dataclass(frozen=True, slots=True)
class MadeRedaction:
    """A copy that nobody has watched yet."""

    row: BookmarkRow
    path: Path
    watching: Watching


class Redactions(CancellableWork):
    """One at a time, for the officer on duty, who must be allowed to export evidence.

    Of one that is given up nothing is left.
    """

    masks_known = Signal(str, object)
    """Id of a camera, and a tuple of Box."""
    made = Signal(object)
    """MadeRedaction."""
    released = Signal(object)
    """Path."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(self, files: CopyFiles, *, duty: OnDuty, copier: PictureCopier, clock: Clock) -> None:
        super().__init__(name="redaction")
        self._files = files
        self._duty = duty
        self._copier = copier
        self._clock = clock

    def find_masks(self, camera_id: str) -> None:
        """`masks_known` follows."""
        reading = self._files.store.read(partial(privacy_masks.of_camera, camera_id=camera_id))
        self._futures.expect(reading, partial(self.masks_known.emit, camera_id), self.refused.emit)

    def make(self, row: BookmarkRow, redaction: Redaction) -> None:
        """Of a clip that is ready; what the camera's privacy masks cover is covered, too. `made` or `refused` follows;
        not while it is busy.
        """
        if self.busy:
            return
        officer = self._officer()
        if officer is not None:
            self._begin(partial(self._make, row, redaction, officer), self.made.emit, self.refused.emit)

    def release(self, made: MadeRedaction) -> None:
        """`released`, or `refused` where it was not watched to its end."""
        officer = self._officer()
        if officer is not None:
            releasing = in_thread(partial(self._release, made, officer), name="redaction-release")
            self._futures.expect(releasing, self.released.emit, self.refused.emit)

    def _officer(self) -> str | None:
        try:
            return self._duty.demand(Action.EXPORT_EVIDENCE).nrp
        except DomainError as refusal:
            self.refused.emit(refusal)
            return None

    # In threads of their own.

    def _make(self, row: BookmarkRow, redaction: Redaction, officer: str, work: WorkInThread) -> MadeRedaction:
        clip, now = self._files.clip_of(row), self._clock.utc()
        record = make_redacted_copy(
            clip,
            target := self._target(row, clip),
            redaction=redaction,
            facts=self._files.facts_of(row),
            officer=officer,
            now=now,
            making=Making(self._copier, work.cancelled, lambda part: work.advanced_to(round(1000 * part), of=1000)),
        )
        self._files.keep(row, target, record)
        return MadeRedaction(row, target, watching_of(target))

    def _target(self, row: BookmarkRow, clip: Path) -> Path:
        """A name that no copy has: the one before stays, with its record."""
        number = 1
        while (target := self._files.target_of(row, _NAME.format(clip=clip.stem, number=number))).exists() or (
            record_path(target).exists()
        ):
            number += 1
        return target

    def _release(self, made: MadeRedaction, officer: str) -> Path:
        record = release(made.path, made.watching, officer=officer, now=self._clock.utc())
        self._files.note(made.row, made.path, record, action=CustodyAction.COPY_RELEASED)
        return made.path
