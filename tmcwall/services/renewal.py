"""The token of the officer on duty, followed by the next one before it ends."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, in_thread
from tmcwall.sync import account
from tmcwall.sync.connection import Refused
from tmcwall.sync.protocol import RefusalCode


class Renewer(Protocol):
    """The part of `services.duty.Gate` that gives the next token."""

    def renew(self, session: account.Session) -> account.Session: ...


class Renewal(QObject):
    """Asks three times before a token ends, so that a lost try costs nothing. A server that is away is asked again."""

    renewed = Signal(object, object)
    """account.Session twice: the one that was followed, and the next."""
    lapsed = Signal(object)
    """account.Session: the server wants the password again, for nobody has asked it in time."""
    withdrawn = Signal(object)
    """account.Session: the server does not take it any more."""

    def __init__(self, gate: Renewer | None, *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gate = gate
        self._session: account.Session | None = None
        self._asked: account.Session | None = None
        self._futures = FutureDispatcher()
        self._due = QTimer(self)
        self._due.timeout.connect(self.now)

    def follow(self, session: account.Session | None) -> None:
        """From now on this one; None, or one of an older server, is left alone."""
        self._session = session if session is not None and session.good_for_s else None
        if self._session is None:
            self._due.stop()
        else:
            self._due.start(max(1, int(self._session.good_for_s * 1000 / 3)))

    def stop(self) -> None:
        self._due.stop()
        self._futures.close()

    @Slot()
    def now(self) -> None:
        """Ask at once, unless it is asked already."""
        session = self._session
        if session is None or self._gate is None or self._asked is session:
            return
        self._asked = session
        work = partial(self._gate.renew, session)
        self._futures.expect(
            in_thread(work, name="renewal"), partial(self._take, session), partial(self._take_refusal, session)
        )

    def _take(self, asked: account.Session, renewed: account.Session) -> None:
        self._asked = None
        if asked is self._session:
            self.renewed.emit(asked, renewed)

    def _take_refusal(self, asked: account.Session, refusal: Refusal) -> None:
        self._asked = None
        if asked is not self._session or not isinstance(refusal, Refused):
            return
        if refusal.reason is RefusalCode.SESSION_ENDED:
            self.follow(None)
            self.lapsed.emit(asked)
        elif refusal.reason is RefusalCode.UNAUTHORIZED:
            self.follow(None)
            self.withdrawn.emit(asked)
