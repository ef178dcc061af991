"""Evidence packages for the console: what one would hold, and making it, for the officer on duty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal

from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action, Officer
from tmcwall.evidence.package import Progress
from tmcwall.evidence.target import Partitions, partitions_of_system, sticks
from tmcwall.services.cancellable_work import CancellableWork, WorkInThread
from tmcwall.services.case_evidence import EvidenceOrder
from tmcwall.services.evidence import EvidenceRoom, Exported
from tmcwall.services.future_dispatcher import StoreProtocol, in_thread
from tmcwall.services.package_preview import package_preview
from tmcwall.services.tagging import OnDuty


class EvidenceExport(CancellableWork):
    """One package at a time. Everything that waits happens in threads; of one that is given up nothing is left."""

    previewed = Signal(object)
    """PackagePreview."""
    sticks_found = Signal(object)
    """Tuple of Path."""
    exported = Signal(object)
    """services.evidence.Exported: it was read back, and is in its place."""
    refused = Signal(object)
    """Fault or DomainError, EXPORT_CANCELLED too: nothing is left of the package."""

    def __init__(
        self,
        room: EvidenceRoom,
        *,
        store: StoreProtocol,
        duty: OnDuty,
        clips: Path,
        copies: Path,
        partitions: Partitions = partitions_of_system,
    ) -> None:
        """`clips` and `copies` are the room's."""
        super().__init__(name="evidence-export")
        self._room = room
        self._store = store
        self._duty = duty
        self._clips = clips
        self._copies = copies
        self._partitions = partitions

    def look(self, lp: str) -> None:
        """`previewed` or `refused` follows."""
        officer = self._officer()
        if officer is None:
            return
        unit = partial(package_preview, lp=lp, viewer=officer, clips=self._clips, copies=self._copies)
        self._futures.expect(self._store.read(unit), self.previewed.emit, self.refused.emit)

    def find_sticks(self) -> None:
        """`sticks_found` follows."""
        finding = in_thread(lambda: sticks(self._partitions()), name="sticks")
        self._futures.expect(finding, self.sticks_found.emit)

    def export(self, order: EvidenceOrder, out: Path) -> None:
        """A package under the folder `out`. `exported` or `refused` follows; not while it is busy."""
        if self.busy:
            return
        officer = self._officer()
        if officer is None:
            return
        self._begin(partial(self._make, order, out, officer), self.exported.emit, self.refused.emit)

    def _officer(self) -> Officer | None:
        """Whoever is on duty and may; who may not is refused."""
        try:
            return self._duty.demand(Action.EXPORT_EVIDENCE)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return None

    def _make(self, order: EvidenceOrder, out: Path, officer: Officer, work: WorkInThread) -> Exported:
        """In a thread of its own."""
        return self._room.export(order, out, officer=officer, watcher=_Watching(work.cancelled, work))


class _Watching:
    """Hands the room's progress on."""

    def __init__(self, cancelled: Callable[[], bool], work: WorkInThread) -> None:
        self.cancelled = cancelled
        self._work = work

    def progressed(self, progress: Progress) -> None:
        self._work.advanced_to(progress.done, of=progress.of)
