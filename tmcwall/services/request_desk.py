"""The register of requests for the screen: what is asked is done in a thread, and told when it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.footage_request import FootageRequest, RequestAnswer
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import Entity
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import Refresh, StoreProtocol
from tmcwall.services.request_room import RequestLine, RequestRoom
from tmcwall.services.tagging import OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty

_RIGHT: Final = Action.EDIT_CASE
_LISTED: Final = frozenset({Entity.FOOTAGE_REQUEST, Entity.CASE})


class RequestDesk(WorkOnDuty):
    """Requests of all workstations, one change at a time, for an officer who may edit their case."""

    register_changed = Signal()
    changed = Signal(object)
    """FootageRequest."""

    def __init__(
        self,
        room: RequestRoom,
        *,
        store: StoreProtocol,
        changes: Changes,
        duty: OnDuty,
        zone: StationZone,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(duty=duty, name="requests", parent=parent)
        self._room = room
        self._zone = zone
        self._clock = clock
        self._lines: Sequence[RequestLine] = ()
        self._reading = Refresh(room.register, store=store, futures=self._futures, parent=self)
        self._reading.refreshed.connect(self._take)
        self._reading.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        """Read at once: the console says what is late."""
        self._reading.request()

    @property
    def lines(self) -> Sequence[RequestLine]:
        """As far as the officer on duty may see them: those that wait first, by when an answer is due."""
        return tuple(line for line in self._lines if self._duty.can(_RIGHT, unit=line.case.unit if line.case else ""))

    @property
    def late(self) -> int:
        """How many of those should have been answered."""
        today = self._zone.date_of(self._clock.utc())
        return sum(line.is_late(today) for line in self.lines)

    @Slot()
    def follow_duty(self) -> None:
        """Another officer sees other cases."""
        self.register_changed.emit()

    def answer(self, request_id: str, answer: RequestAnswer, *, on: date, words: str) -> None:
        """`changed` or `refused` follows, as for the next ones."""
        self._do(partial(self._room.answer, request_id, answer, on=on, words=words))

    def receive_letter(self, request_id: str, *, received_by: str, on: date) -> None:
        self._do(partial(self._room.receive_letter, request_id, received_by=received_by, on=on))

    def hand_over(self, request_id: str, files: Sequence[Path], *, record: str, on: date) -> None:
        self._do(partial(self._room.hand_over, request_id, files, record=record, on=on))

    def withdraw(self, request_id: str) -> None:
        self._do(partial(self._room.withdraw, request_id))

    def _do(self, work: Callable[..., FootageRequest]) -> None:
        self._begin(_RIGHT, work, self._take_change)

    def _take_change(self, request: FootageRequest) -> None:
        self.changed.emit(request)
        self._reading.request()

    @Slot(object)
    def _take(self, lines: Sequence[RequestLine]) -> None:
        self._lines = lines
        self.register_changed.emit()

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(_LISTED):
            self._reading.request()
