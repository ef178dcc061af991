"""Who watches which camera here, written down as it happens; and the reason that some cameras ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.db import oversight as rows
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer
from tmcwall.domain.oversight import (
    LONGEST_REASON,
    NOBODY,
    REASON_OWNERS,
    Entry,
    OversightAction,
    View,
)
from tmcwall.domain.watching import Watching
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol

log = get_logger(__name__)

_LOOK_MS: Final = 1000
_KEPT_HERE: Final = timedelta(days=30)
"""After they were sent, for a server that is restored from a backup."""
_FORGET_MS: Final = 6 * 3600 * 1000
_MOST_WAITING: Final = 20_000
"""Rows that a store which cannot be written has not taken yet."""


class Cameras(Protocol):
    """The part of `CameraBook` that knows whose a camera is."""

    def get(self, camera_id: str) -> Camera | None: ...


class OnDuty(Protocol):
    """The part of `Duty` that says who watches."""

    @property
    def officer(self) -> Officer | None: ...
    @property
    def signed_in(self) -> SignalInstance: ...
    @property
    def signed_out(self) -> SignalInstance: ...


class Oversight(QObject):
    """Looks once a second at what the walls show."""

    reason_needed = Signal(object)
    """frozenset[str]: cameras that are watched for a reason only, and none was given in this shift. Once a shift."""
    refused = Signal(object)
    """DomainError: the reason is none."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        cameras: Cameras,
        duty: OnDuty,
        seen: Callable[[], AbstractSet[View]],
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        """`seen`: what can be seen on the walls now."""
        super().__init__(parent)
        self._store = store
        self._cameras = cameras
        self._duty = duty
        self._seen = seen
        self._clock = clock
        self._futures = FutureDispatcher()
        self._watching = Watching()
        self._waiting: list[Entry] = []
        self._writing = False
        self._reason_asked = False
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self.look)
        self._forgetting = QTimer(self, interval=_FORGET_MS)
        self._forgetting.timeout.connect(self._forget)
        duty.signed_in.connect(self._begin_shift)
        duty.signed_out.connect(self._begin_shift)

    def start(self) -> None:
        self._looking.start()
        self._forgetting.start()
        self._forget()

    def stop(self) -> None:
        self._looking.stop()
        self._forgetting.stop()
        self._futures.close()
        self._waiting += self._watching.end(at=self._clock.utc())
        if self._waiting:
            self._store.write(partial(rows.append, entries=tuple(self._waiting)))
            self._waiting.clear()

    @Slot()
    def look(self) -> None:
        """Write down what has changed since the last look."""
        officer = self._duty.officer
        nrp = NOBODY if officer is None else officer.nrp
        found = self._watching.look(nrp, self._seen(), at=self._clock.utc(), now_ns=self._clock.monotonic_ns())
        self._add(found)
        if officer is not None and not self._reason_asked:
            asking = frozenset(view.camera for view in self._watching.views() if self._asks(view.camera))
            if asking:
                self._reason_asked = True
                self.reason_needed.emit(asking)

    def give_reason(self, text: str) -> bool:
        """Why cameras of banks and private persons are watched in this shift; whether it was taken."""
        reason = " ".join(text.split())
        officer = self._duty.officer
        if officer is None:
            self.refused.emit(DomainError(DomainCode.NOT_ON_DUTY))
            return False
        if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
            self.refused.emit(DomainError(DomainCode.FIELD_INVALID, "reason"))
            return False
        at = self._clock.utc()
        self._add([Entry(officer=officer.nrp, action=OversightAction.REASON_GIVEN, at=at, reason=reason)])
        return True

    def _asks(self, camera_id: str) -> bool:
        camera = self._cameras.get(camera_id)
        return camera is not None and camera.owner in REASON_OWNERS

    @Slot()
    def _begin_shift(self) -> None:
        self._reason_asked = False
        self.look()

    def _add(self, entries: Iterable[Entry]) -> None:
        self._waiting += entries
        if self._waiting and not self._writing:
            self._writing = True
            taken = tuple(self._waiting)
            write = self._store.write(partial(rows.append, entries=taken))
            self._futures.expect(write, lambda _: self._written(len(taken)), self._keep_waiting)

    def _written(self, count: int) -> None:
        self._writing = False
        del self._waiting[:count]
        self._add(())

    def _keep_waiting(self, refusal: Refusal) -> None:
        """The store says itself that it cannot be written; the rows are tried again with the next look."""
        self._writing = False
        log.warning("oversight_not_written", code=refusal.code, waiting=len(self._waiting))
        del self._waiting[_MOST_WAITING:]

    @Slot()
    def _forget(self) -> None:
        forget = partial(rows.forget, before=self._clock.utc() - _KEPT_HERE)
        self._futures.expect(self._store.write(forget), _done, _not_forgotten)


def _done(_: object) -> None:
    pass


def _not_forgotten(refusal: Refusal) -> None:
    log.info("oversight_not_forgotten", code=refusal.code)
