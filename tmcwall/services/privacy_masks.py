"""Privacy masks of all cameras, for whatever shows a picture: in memory, so that no picture waits for the store."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import privacy_masks
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import Entity
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.tagging import OnDuty


class PrivacyMasks(QObject):
    """Synchronised. Whoever may quarantine a camera may cover a part of its picture; a supervisor lifts that."""

    changed = Signal()
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._masks: Mapping[str, tuple[PrivacyMask, ...]] = {}
        self._boxes: Mapping[str, tuple[Box, ...]] = {}
        self._futures = FutureDispatcher()
        changes.committed.connect(self._on_committed)

    def start(self) -> None:
        self._read()

    def stop(self) -> None:
        self._futures.close()

    def boxes(self, camera_id: str) -> tuple[Box, ...]:
        """What is covered in every picture of it."""
        return self._boxes.get(camera_id, ())

    def of_camera(self, camera_id: str) -> tuple[PrivacyMask, ...]:
        """As they were set."""
        return self._masks.get(camera_id, ())

    @property
    def can_set(self) -> bool:
        return self._duty.can(Action.QUARANTINE)

    @property
    def can_lift(self) -> bool:
        return self._duty.can(Action.LIFT_QUARANTINE)

    def add(self, camera_id: str, box: Box) -> None:
        """`changed` or `refused` follows."""
        try:
            officer = self._duty.demand(Action.QUARANTINE)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return
        now = self._clock.utc()
        mask = PrivacyMask(id=str(uuid7(now)), camera_id=camera_id, box=box, set_by=officer.nrp, set_at=now)
        writing = self._store.write(partial(privacy_masks.put, mask=mask, actor=officer.nrp, at=now))
        self._futures.expect(writing, lambda _nothing: self._read(), self.refused.emit)

    def lift(self, mask: PrivacyMask) -> None:
        """`changed` or `refused` follows."""
        try:
            officer = self._duty.demand(Action.LIFT_QUARANTINE)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return
        lifting = partial(privacy_masks.lift, mask_id=mask.id, actor=officer.nrp, at=self._clock.utc())
        self._futures.expect(self._store.write(lifting), lambda _nothing: self._read(), self.refused.emit)

    def _read(self) -> None:
        self._futures.expect(self._store.read(privacy_masks.all_masks), self._take, self.refused.emit)

    def _take(self, masks: Mapping[str, tuple[PrivacyMask, ...]]) -> None:
        if masks != self._masks:
            self._masks = masks
            self._boxes = {camera_id: tuple(mask.box for mask in some) for camera_id, some in masks.items()}
            self.changed.emit()

    @Slot(object)
    def _on_committed(self, notice: ChangeNotice) -> None:
        if notice.ids(Entity.PRIVACY_MASK):
            self._read()
