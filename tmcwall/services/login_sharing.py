"""Logins of cameras that all workstations share: asked for here, done with the next round at the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tmcwall.db import shared_logins
from tmcwall.db.shared_logins import Wish
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol
from tmcwall.services.tagging import OnDuty
from tmcwall.sync.login_courier import SharingState


@dataclass(frozen=True, slots=True)
class SharedHere:
    """What this workstation knows of it by itself."""

    shared: frozenset[str] = frozenset()
    """Cameras."""
    withheld: frozenset[str] = frozenset()
    """Cameras whose shared login is for another address than they have here, or that have not come yet."""
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    """By camera: what the server is still to be told."""


class LoginSharing(QObject):
    """Every call returns at once. Sharing and taking back ask for IMPORT_CAMERAS, here and at the server."""

    changed = Signal()
    refused = Signal(object)
    """Fault or DomainError."""
    wished = Signal()
    """There is something to tell the server."""
    logins_taken = Signal()
    """The vault has other logins than before: cameras are to be opened with them."""

    _told = Signal(object)

    def __init__(
        self, *, configured: bool, store: StoreProtocol, duty: OnDuty, clock: Clock, parent: QObject | None = None
    ) -> None:
        """`configured`: this workstation has a server."""
        super().__init__(parent)
        self._configured = configured
        self._store = store
        self._duty = duty
        self._clock = clock
        self._state = SharingState()
        self._here = SharedHere()
        self._futures = FutureDispatcher()
        self._reading = Refresh(_read, store=store, futures=self._futures, parent=self)
        self._reading.refreshed.connect(self._take_here)
        self._reading.refused.connect(self.refused)
        self._told.connect(self._take_state, Qt.ConnectionType.QueuedConnection)
        self.logins_taken.connect(self.refresh, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        if self._configured:
            self._reading.request()

    def stop(self) -> None:
        self._futures.close()

    @property
    def configured(self) -> bool:
        return self._configured

    @property
    def state(self) -> SharingState:
        """What the server has said."""
        return self._state

    @property
    def here(self) -> SharedHere:
        return self._here

    def share(self, camera_ids: Collection[str]) -> None:
        self._wish(camera_ids, Wish.SHARE)

    def take_back(self, camera_ids: Collection[str]) -> None:
        """The server forgets them and gives them to nobody else; workstations that have them keep them."""
        self._wish(camera_ids, Wish.END)

    @Slot()
    def refresh(self) -> None:
        if self._configured:
            self._reading.request()

    def tell(self, state: SharingState) -> None:
        """From any thread."""
        self._told.emit(state)

    def _wish(self, camera_ids: Collection[str], wanted: Wish) -> None:
        try:
            by = self._duty.demand(Action.IMPORT_CAMERAS)
        except DomainError as error:
            self.refused.emit(error)
            return
        unit = partial(shared_logins.wish, camera_ids=tuple(camera_ids), wanted=wanted, by=by.nrp, at=self._clock.utc())
        self._futures.expect(self._store.write(unit), self._take_wished, self.refused.emit)

    def _take_wished(self, _nothing: None) -> None:
        self.refresh()
        self.wished.emit()

    @Slot(object)
    def _take_state(self, state: SharingState) -> None:
        self._state = state
        self.refresh()
        self.changed.emit()

    @Slot(object)
    def _take_here(self, here: SharedHere) -> None:
        if here != self._here:
            self._here = here
            self.changed.emit()


def _read(session: Session) -> SharedHere:
    """In the store's thread."""
    known = shared_logins.known(session)
    return SharedHere(
        shared=frozenset(camera for camera, one in known.items() if not one.ended),
        withheld=frozenset(camera for camera, one in known.items() if one.waiting is not None),
        wishes=shared_logins.wishes(session),
    )
