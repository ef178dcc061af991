"""Which cameras have points of the ground set in their pictures, the same at all workstations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import places as place_rows
from tmcwall.domain.calibration import CameraCalibration, PicturePoint
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol
from tmcwall.services.projection import GroundProjection, projection_of
from tmcwall.services.tagging import OnDuty


class Calibrations(QObject):
    """Projections by camera. Whoever may accept a view may set them."""

    changed = Signal()
    saved = Signal(str)
    """Camera id."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, changes: Changes, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._futures = FutureDispatcher()
        self._known: dict[str, CameraCalibration] = {}
        self._projections: dict[str, GroundProjection] = {}
        self._refresh = Refresh(place_rows.calibrations, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._futures.close()

    def get(self, camera_id: str) -> CameraCalibration | None:
        """None: its picture has no points."""
        return self._known.get(camera_id)

    def projection(self, camera_id: str) -> GroundProjection | None:
        return self._projections.get(camera_id)

    def put(self, camera_id: str, points: Sequence[PicturePoint]) -> None:
        """`saved` or `refused` follows: CALIBRATION_DEGENERATE for points that say nothing of the ground."""
        if projection_of(points) is None:
            self.refused.emit(DomainError(DomainCode.CALIBRATION_DEGENERATE, camera_id))
            return
        self._write(camera_id, tuple(points))

    def take_back(self, camera_id: str) -> None:
        self._write(camera_id, ())

    def _write(self, camera_id: str, points: tuple[PicturePoint, ...]) -> None:
        try:
            officer = self._duty.demand(Action.ACCEPT_VIEW)
        except DomainError as error:
            self.refused.emit(error)
            return
        now = self._clock.utc()
        made = CameraCalibration(camera_id, points, now, officer.nrp)
        self._futures.expect(
            self._store.write(partial(place_rows.calibrate, calibration=made, by=officer, at=now)),
            lambda _nothing: self.saved.emit(camera_id),
            self.refused.emit,
        )

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(frozenset({Entity.CAMERA_CALIBRATION})) or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, found: Sequence[CameraCalibration]) -> None:
        """One that came from elsewhere and says nothing of the ground is as good as none."""
        projections = {one.id: projection_of(one.points) for one in found}
        self._projections = {key: one for key, one in projections.items() if one is not None}
        self._known = {one.id: one for one in found if one.id in self._projections}
        self.changed.emit()
