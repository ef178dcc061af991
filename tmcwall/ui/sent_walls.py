"""Lays what other workstations send over the walls here, and says on them who has sent it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from tmcwall.domain.incident import Incident
from tmcwall.domain.layout import WallPlan
from tmcwall.domain.wall_order import OrderOutcome, WallOrder, lay_camera, lay_page
from tmcwall.services.wall_orders import ListedOrder
from tmcwall.texts import Translator
from tmcwall.texts import wall_orders as texts


class Orders(Protocol):
    """The part of `WallOrders` that is laid."""

    @property
    def changed(self) -> SignalInstance: ...
    def shown(self) -> Sequence[ListedOrder]: ...
    def answer(self, order_id: str, outcome: OrderOutcome) -> None: ...


class Beneath(Protocol):
    """The part of `Layouts` that orders are laid over."""

    @property
    def changed(self) -> SignalInstance: ...
    def arranged(self) -> Mapping[str, WallPlan]: ...
    def edited(self, wall: str) -> AbstractSet[int]: ...
    def lay_over(self, laid: Mapping[str, WallPlan]) -> None: ...


class Seen(Protocol):
    """The part of `IncidentDesk` that says which cameras see something."""

    @property
    def listed(self) -> SignalInstance: ...
    @property
    def arrived(self) -> SignalInstance: ...
    @property
    def changed(self) -> SignalInstance: ...
    def seen_by(self, camera_id: str) -> Sequence[Incident]: ...


class Banners(Protocol):
    def show_banners(self, banners: Mapping[str, str]) -> None: ...


class Room(Protocol):
    """The part of `WallRoom` that has the walls."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def walls(self) -> Banners: ...
    @property
    def ready(self) -> bool: ...
    def wall_order(self) -> Sequence[str]: ...


@dataclass(slots=True)
class _Laying:
    """What becomes of one order."""

    walls: set[str] = field(default_factory=set)
    placed: int = 0
    left_out: int = 0

    @property
    def outcome(self) -> OrderOutcome:
        if not self.placed and self.left_out:
            return OrderOutcome.NO_PLACE
        return OrderOutcome.IN_PART if self.left_out else OrderOutcome.SHOWN


class SentWalls(QObject):
    """Every order that is under way lies over its walls; a later one lies over an earlier one.

    Not touched are tiles that are locked, that were changed here since, and whose camera sees an open incident.
    """

    told = Signal(str, str)
    """Id of the newest order that lies here and a sentence about it; both empty when none does any more."""

    def __init__(
        self,
        orders: Orders,
        layouts: Beneath,
        incidents: Seen,
        room: Room,
        *,
        translate: Translator,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._orders = orders
        self._layouts = layouts
        self._incidents = incidents
        self._room = room
        self._translate = translate
        self._laying = False
        self._said = ("", "")
        for changed in (
            orders.changed, layouts.changed, room.changed, incidents.listed, incidents.arrived, incidents.changed,
        ):  # fmt: skip
            changed.connect(self._lay)

    @Slot()
    def _lay(self) -> None:
        if self._laying or not self._room.ready:
            return
        self._laying = True
        try:
            self._lay_all(self._orders.shown())
        finally:
            self._laying = False

    def _lay_all(self, shown: Sequence[ListedOrder]) -> None:
        order, own = self._room.wall_order(), self._layouts.arranged()
        laid: dict[str, WallPlan] = {}
        said: dict[str, str] = {}
        for one in shown:
            laying = self._lay_order(one.sent.order, laid, walls=[wall for wall in order if wall in own], own=own)
            self._orders.answer(one.sent.order.id, laying.outcome)
            if laying.placed:
                banner = self._translate(texts.ON_WALL, **self._words(one))
                said |= dict.fromkeys(laying.walls, banner)
            if one is shown[-1]:
                self._tell(one, laying)
        if not shown:
            self._say("", "")
        self._layouts.lay_over(laid)
        self._room.walls.show_banners(said)

    def _lay_order(
        self, order: WallOrder, laid: dict[str, WallPlan], *, walls: Sequence[str], own: Mapping[str, WallPlan]
    ) -> _Laying:
        """Into `laid`, over what lies there already."""
        laying = _Laying()
        first = min(order.first_wall, len(walls)) - 1
        for place, page in enumerate(order.pages, start=first):
            if not 0 <= place < len(walls):
                laying.left_out += len(page.cameras)
                continue
            wall = walls[place]
            found = lay_page(laid.get(wall, own[wall]), page, kept=self._kept(wall, own[wall]))
            laid[wall] = found.plan
            laying.walls.add(wall)
            laying.left_out += found.left_out
            laying.placed += max(1, len(page.cameras)) - found.left_out
        if order.camera_id is not None:
            wall = walls[first] if walls else ""
            if wall:
                found = lay_camera(laid.get(wall, own[wall]), order.camera_id, kept=self._kept(wall, own[wall]))
                laid[wall] = found.plan
                laying.walls.add(wall)
                laying.left_out += found.left_out
                laying.placed += 1 - found.left_out
            else:
                laying.left_out += 1
        return laying

    def _kept(self, wall: str, own: WallPlan) -> AbstractSet[int]:
        alarmed = {cell for cell, camera_id in own.cameras.items() if self._incidents.seen_by(camera_id)}
        return {*own.locked, *alarmed, *self._layouts.edited(wall)}

    def _tell(self, one: ListedOrder, laying: _Laying) -> None:
        sentence = self._translate(texts.SHOWN_HERE, **self._words(one))
        if laying.left_out:
            sentence += self._translate(texts.SHOWN_IN_PART, count=laying.left_out)
        self._say(one.sent.order.id, sentence)

    def _say(self, order_id: str, sentence: str) -> None:
        if (order_id, sentence) != self._said:
            self._said = (order_id, sentence)
            self.told.emit(order_id, sentence)

    def _words(self, one: ListedOrder) -> dict[str, str]:
        say, sent = self._translate, one.sent
        sender = (
            say(texts.SENDER_NAMED, name=sent.sender_name, nrp=sent.sender)
            if sent.sender_name
            else say(texts.SENDER, nrp=sent.sender)
        )
        until = f"{say.zone.local(sent.order.end):%H.%M} {say.zone}"
        return {"sender": sender, "desk": one.from_desk, "until": until}
