"""The services of who watches what: written down, searched, and what nobody has watched."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from PySide6.QtCore import QObject

from tmcwall.domain.clock import Clock
from tmcwall.domain.oversight import View
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.duty import Duty
from tmcwall.services.future_dispatcher import StoreProtocol
from tmcwall.services.oversight import Oversight
from tmcwall.services.oversight_search import OversightSearch
from tmcwall.services.patrol import Patrol
from tmcwall.services.service import Service


@dataclass(frozen=True, slots=True)
class OversightServices:
    oversight: Oversight
    search: OversightSearch
    patrol: Patrol

    @classmethod
    def of(
        cls,
        *,
        store: StoreProtocol,
        cameras: CameraBook,
        duty: Duty,
        seen: Callable[[], AbstractSet[View]],
        server_url: str,
        clock: Clock,
        parent: QObject,
    ) -> OversightServices:
        """`seen`: what can be seen on the walls now."""
        return cls(
            Oversight(store=store, cameras=cameras, duty=duty, seen=seen, clock=clock, parent=parent),
            OversightSearch(server_url, parent=parent),
            Patrol(store=store, cameras=cameras, duty=duty, seen=seen, clock=clock, parent=parent),
        )

    def in_order(self) -> tuple[Service, ...]:
        """In which they start."""
        return self.oversight, self.search, self.patrol
