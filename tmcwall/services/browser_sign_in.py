"""Going on duty with the office's identity provider, in the browser of this workstation."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, in_thread
from tmcwall.sync import browser_sign_in
from tmcwall.sync.account import Session
from tmcwall.sync.enrolment import EnrolledDevice

log = get_logger(__name__)


class BrowserGate(Protocol):
    """The central server as the client of a provider. Waits for the network and the officer: asked in a thread."""

    def provider(self) -> str:
        """Raises what `sync.browser_sign_in.identity_provider` does."""
        ...

    def sign_in(self, open_browser: Callable[[str], None], stop: threading.Event) -> Session:
        """Raises what `sync.browser_sign_in.sign_in_by_browser` does."""
        ...


class ServerBrowserGate:
    """The central server at an address."""

    def __init__(self, server_url: str, *, device: Callable[[], EnrolledDevice], page: str) -> None:
        """`device` as for `ServerGate`. `page` is what the browser shows when the officer may go back to the wall."""
        self._server_url = server_url
        self._device = device
        self._page = page

    def provider(self) -> str:
        return browser_sign_in.identity_provider(self._server_url)

    def sign_in(self, open_browser: Callable[[str], None], stop: threading.Event) -> Session:
        return browser_sign_in.sign_in_by_browser(
            self._server_url, device=self._device(), open_browser=open_browser, stop=stop, page=self._page
        )


class Entrance(Protocol):
    """The part of `Duty` that lets in whom the server has let in."""

    @property
    def signed_in(self) -> SignalInstance: ...

    def admit(self, session: Session) -> None: ...


class BrowserSignIn(QObject):
    """Offers the way by the provider where the server has one; the password's way stays beside it."""

    changed = Signal()
    """`provider` or `waiting`."""
    browser_wanted = Signal(str)
    """The address for the browser of this workstation."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, gate: BrowserGate | None, *, duty: Entrance, ask_again_s: float = 60.0, parent: QObject | None = None
    ) -> None:
        """`gate` None where no server is set: then there is no such way. `ask_again_s`: of a server that was away."""
        super().__init__(parent)
        self._gate = gate
        self._duty = duty
        self._provider = ""
        self._stop: threading.Event | None = None
        self._futures = FutureDispatcher()
        self._asking = QTimer(self, interval=round(ask_again_s * 1000))
        self._asking.timeout.connect(self._ask)
        duty.signed_in.connect(self.give_up)

    def start(self) -> None:
        self._ask()

    def stop(self) -> None:
        self._asking.stop()
        self._futures.close()
        if self._stop is not None:
            self._stop.set()

    @property
    def provider(self) -> str:
        """Its name; empty where there is none, or it is not known yet."""
        return self._provider

    @property
    def waiting(self) -> bool:
        """The officer is at the browser."""
        return self._stop is not None

    def sign_in(self) -> None:
        """`browser_wanted` and, in the end, the sign-in at `Duty` or `refused` follow. One at a time."""
        if self._gate is None or self._stop is not None:
            return
        stop = self._stop = threading.Event()
        self.changed.emit()
        work = partial(self._gate.sign_in, self.browser_wanted.emit, stop)
        self._futures.expect(in_thread(work, name="browser-sign-in"), self._admit, partial(self._refuse, stop))

    @Slot()
    def give_up(self) -> None:
        """What the browser brings from now on is not waited for."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None
            self.changed.emit()

    @Slot()
    def _ask(self) -> None:
        if self._gate is not None:
            asked = in_thread(self._gate.provider, name="identity-provider")
            self._futures.expect(asked, self._take_provider, self._take_no_answer)

    def _take_provider(self, name: str) -> None:
        self._asking.stop()
        self._provider = name
        self.changed.emit()

    def _take_no_answer(self, refusal: Refusal) -> None:
        log.info("identity_provider_not_known", code=refusal.code)
        self._asking.start()

    def _admit(self, session: Session) -> None:
        if self._stop is not None:
            self._stop = None
            self.changed.emit()
            self._duty.admit(session)

    def _refuse(self, stop: threading.Event, refusal: Refusal) -> None:
        """Nothing is said of an attempt that the officer has given up."""
        if self._stop is stop:
            self._stop = None
            self.changed.emit()
            self.refused.emit(refusal)
