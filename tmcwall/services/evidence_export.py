"""Evidence packages for the console: what one would hold, and making it, for the officer on duty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action, Officer
from tmcwall.evidence.package import Progress
from tmcwall.evidence.target import Partitions, partitions_of_system, sticks
from tmcwall.services.cancellable_work import CancellableWork, WorkInThread
from tmcwall.services.case_evidence import EvidenceOrder
from tmcwall.services.evidence import EvidenceRoom, Exported
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol, in_thread
from tmcwall.services.package_preview import package_preview
from tmcwall.services.tagging import OnDuty


class EvidenceExport(QObject):
    """One package at a time. Everything that waits happens in threads."""

    previewed = Signal(object)
    """PackagePreview."""
    sticks_found = Signal(object)
    """Tuple of Path."""
    progressed = Signal(int)
    """Percent."""
    exported = Signal(object)
    """services.evidence.Exported: it was read back, and is in its place."""
    refused = Signal(object)
    """Fault or DomainError: nothing is left of the package."""
    busy_changed = Signal()

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
        super().__init__()
        self._room = room
        self._store = store
        self._duty = duty
        self._clips = clips
        self._copies = copies
        self._partitions = partitions
        self._futures = FutureDispatcher()
        self._work = CancellableWork(name="evidence-export", parent=self)
        self._work.progressed.connect(self.progressed)
        self._work.busy_changed.connect(self.busy_changed)

    @property
    def busy(self) -> bool:
        """While a package is being made."""
        return self._work.busy

    def start(self) -> None:
        """Nothing is made before somebody asks."""

    def stop(self) -> None:
        """A package that is being made is given up, and nothing is left of it."""
        self._futures.close()
        self._work.close()

    def join(self, timeout_s: float) -> bool:
        return self._work.join(timeout_s)

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
        if self._work.busy:
            return
        officer = self._officer()
        if officer is None:
            return
        self._work.begin(partial(self._make, order, out, officer), self.exported.emit, self.refused.emit)

    def cancel(self) -> None:
        """`refused` with EXPORT_CANCELLED follows."""
        self._work.cancel()

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
