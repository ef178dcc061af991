"""Which monitors of this workstation carry a wall."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Signal

from tmcwall.db import layouts as layout_rows
from tmcwall.db.layouts import Placement
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol


class WallPlaces(QObject):
    """Walls by monitor identity, shown or taken down; remembered at once."""

    changed = Signal()
    """Comes once after `start`."""
    refused = Signal(object)
    """Fault."""

    def __init__(self, *, store: StoreProtocol, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._futures = FutureDispatcher()
        self._shown: dict[str, bool] = {}
        self.loaded = False
        """Whether what is remembered has been read."""

    def start(self) -> None:
        self._futures.expect(self._store.read(layout_rows.placements), self._take, self.refused.emit)

    def stop(self) -> None:
        self._futures.close()

    def shown(self) -> frozenset[str]:
        """Identities of the monitors that carry a wall, whether they are plugged in or not."""
        return frozenset(monitor for monitor, shown in self._shown.items() if shown)

    def known(self) -> frozenset[str]:
        """All monitors of which that has ever been said."""
        return frozenset(self._shown)

    def decided(self, monitor: str) -> bool:
        """Whether anybody has ever said if that monitor carries a wall."""
        return monitor in self._shown

    def show(self, monitor: str) -> None:
        self._decide(monitor, shown=True)

    def hide(self, monitor: str) -> None:
        self._decide(monitor, shown=False)

    def _decide(self, monitor: str, *, shown: bool) -> None:
        if self._shown.get(monitor) == shown:
            return
        self._shown[monitor] = shown
        writing = self._store.write(partial(layout_rows.place, wall=monitor, placement=Placement(monitor, shown)))
        self._futures.expect(writing, _nothing, self.refused.emit)
        self.changed.emit()

    def _take(self, placements: Mapping[str, Placement]) -> None:
        """What was decided while this was being read is newer."""
        self._shown = {placement.monitor: placement.shown for placement in placements.values()} | self._shown
        self.loaded = True
        self.changed.emit()


def _nothing(_done: None) -> None:
    """A placement that was written needs nothing more."""
