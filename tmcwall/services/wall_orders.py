"""Wall orders: sent to another workstation, shown here while they last, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.db import operations, wall_orders
from tmcwall.db.store import Session
from tmcwall.db.wall_orders import SentOrder
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import Topic, entities_of
from tmcwall.domain.officer import Action
from tmcwall.domain.shared_layout import Page
from tmcwall.domain.wall_order import LONGEST, OrderOutcome, WallOrder
from tmcwall.log import get_logger
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, Refusal, StoreProtocol
from tmcwall.services.replica import read_register
from tmcwall.services.tagging import OnDuty

log = get_logger(__name__)

_LISTED_FOR: Final = 2 * LONGEST
_LOOK_MS: Final = 60_000
"""So often it is looked whether an order is over, also when the clock was set meanwhile."""


@dataclass(frozen=True, slots=True)
class OtherDesk:
    """A workstation that is enrolled at the server."""

    device: str
    name: str


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order with the names of the workstations that it went from and to."""

    sent: SentOrder
    from_desk: str
    to_desk: str
    under_way: bool


class WallOrders(QObject):
    """The orders of all workstations as the server has them, and those that lie over the walls here."""

    changed = Signal()
    """`listed`, `shown` or `desks` has others than before."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, changes: Changes, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._offset: timedelta | None = None
        self._futures = FutureDispatcher()
        self._read = _Read("", (), {})
        self._shown: Sequence[ListedOrder] = ()
        self._begun: set[str] = set()
        self._answered: set[tuple[str, OrderOutcome]] = set()
        self._refresh = Refresh(self._unit, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)
        self._look = QTimer(self, singleShot=True)
        self._look.timeout.connect(self._settle)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._look.stop()
        self._futures.close()

    @Slot(object)
    def use_clock_offset(self, offset_ms: int | None) -> None:
        """The server's clock minus this workstation's: orders are timed by the server's, and wait until it is known."""
        if offset_ms is None:
            return
        first, self._offset = self._offset is None, timedelta(milliseconds=offset_ms)
        if first:
            self._refresh.request()  # which orders are of today was not known
        self._settle()

    @Slot()
    def refresh(self) -> None:
        """Read again: other workstations may have been enrolled."""
        self._refresh.request()

    def desks(self) -> Sequence[OtherDesk]:
        """The other workstations, by name."""
        found = [OtherDesk(device, name) for device, name in self._read.names.items() if device != self._read.device]
        return sorted(found, key=lambda desk: desk.name.casefold())

    def listed(self) -> Sequence[ListedOrder]:
        """Those of the last day, the newest first."""
        now = self._now()
        return [self._named(sent, under_way=not sent.order.is_over(now)) for sent in self._read.orders]

    def shown(self) -> Sequence[ListedOrder]:
        """Those that lie over the walls here, the oldest first."""
        return self._shown

    def send(
        self,
        desk: str,
        *,
        lasts: timedelta,
        pages: Sequence[Page] = (),
        camera_id: str | None = None,
        first_wall: int = 1,
    ) -> None:
        """Have the walls of a workstation show pages from one wall on, or a camera on one tile of it."""
        now = self._now()
        order = WallOrder(
            str(uuid7(self._clock.utc())),
            desk,
            now,
            now + min(lasts, LONGEST),
            tuple(pages),
            camera_id,
            first_wall,
        )
        self._decide(Action.SEND_TO_WALLS, partial(wall_orders.send, order=order))

    def take_back(self, order_id: str) -> None:
        self._decide(Action.SEND_TO_WALLS, partial(wall_orders.take_back, order_id=order_id))

    def dismiss(self, order_id: str) -> None:
        """The officer here puts back what he had."""
        if self._decide(
            Action.ANSWER_WALL_ORDERS,
            partial(wall_orders.answer, order_id=order_id, outcome=OrderOutcome.DISMISSED),
        ):
            self._answered.add((order_id, OrderOutcome.DISMISSED))
            self._settle()

    def answer(self, order_id: str, outcome: OrderOutcome) -> None:
        """What became of an order here; said once, and only while somebody is on duty who may."""
        known = next((one.order for one in self._read.orders if one.order.id == order_id), None)
        if known is None or known.outcome is outcome or (order_id, outcome) in self._answered:
            return
        if not self._duty.can(Action.ANSWER_WALL_ORDERS):
            return
        self._answered.add((order_id, outcome))
        self._decide(Action.ANSWER_WALL_ORDERS, partial(wall_orders.answer, order_id=order_id, outcome=outcome))

    def _now(self) -> datetime:
        return self._clock.utc() + (self._offset or timedelta())

    def _decide(self, action: Action, write: Callable[..., None]) -> bool:
        try:
            officer = self._duty.demand(action)
        except DomainError as error:
            self.refused.emit(error)
            return False
        unit = partial(write, by=officer, at=self._clock.utc())
        self._futures.expect(self._store.write(unit), _written, self._refuse)
        return True

    def _refuse(self, refusal: Refusal) -> None:
        self.refused.emit(refusal)

    def _unit(self, session: Session) -> _Read:
        since = self._now() - _LISTED_FOR
        names = read_register(session).desks
        return _Read(operations.device(session), wall_orders.sent_since(session, since), names)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(entities_of(Topic.WALL_ORDERS)) or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, read: _Read) -> None:
        changed, self._read = read != self._read, read
        if not self._settle() and changed:
            self.changed.emit()

    @Slot()
    def _settle(self) -> bool:
        """What lies over the walls now; whether that is anything else than before."""
        if self._offset is None:
            return False
        now = self._now()
        mine = [sent for sent in self._read.orders if sent.order.desk == self._read.device]
        for order in (sent.order for sent in mine):
            if order.is_over(now) or order.id in self._begun:
                continue
            if order.may_begin(now) or order.outcome in {OrderOutcome.SHOWN, OrderOutcome.IN_PART}:
                self._begun.add(order.id)
            else:
                log.info("wall_order_late", order=order.id)
                self.answer(order.id, OrderOutcome.LATE)
        shown = [
            self._named(sent, under_way=True)
            for sent in reversed(mine)
            if sent.order.id in self._begun
            and not sent.order.is_over(now)
            and (sent.order.id, OrderOutcome.DISMISSED) not in self._answered
        ]
        self._wait([one.sent.order.end for one in shown], now)
        if shown == self._shown:
            return False
        self._shown = shown
        self.changed.emit()
        return True

    def _wait(self, ends: Sequence[datetime], now: datetime) -> None:
        if ends:
            left_ms = round((min(ends) - now).total_seconds() * 1000) + 1
            self._look.start(max(1, min(left_ms, _LOOK_MS)))
        else:
            self._look.stop()

    def _named(self, sent: SentOrder, *, under_way: bool) -> ListedOrder:
        names = self._read.names
        return ListedOrder(
            sent, names.get(sent.device, sent.device), names.get(sent.order.desk, sent.order.desk), under_way
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    device: str
    orders: Sequence[SentOrder]
    names: Mapping[str, str]
    """Of the workstations whose keys hold, by device."""


def _written(_nothing: None) -> None:
    """The notice of the commit has it read again."""
