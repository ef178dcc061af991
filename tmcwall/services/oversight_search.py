"""Who watched which camera on all workstations, asked of the central server."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.services.future_dispatcher import FutureDispatcher, in_thread
from tmcwall.sync import oversight_search
from tmcwall.sync.oversight import OversightPage
from tmcwall.sync.oversight_search import Wanted


class OversightSearch(QObject):
    """One question at a time; the server decides who may ask, and writes down who has."""

    found = Signal(object)
    """OversightPage."""
    exported = Signal(object)
    """Path."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(self, server_url: str, *, parent: QObject | None = None) -> None:
        """`server_url` empty: this workstation works alone."""
        super().__init__(parent)
        self._server_url = server_url
        self._token: str | None = None
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """Nothing is asked before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    @Slot(object)
    def use_token(self, token: str | None) -> None:
        self._token = token

    def search(self, wanted: Wanted, *, before: str = "") -> None:
        """`found` or `refused` follows. `before`: what the page before said in `next`."""
        token = self._usable()
        if token is not None:
            work = partial(oversight_search.search, self._server_url, token, wanted, before=before)
            self._futures.expect(in_thread(work, name="oversight"), self._take, self.refused.emit)

    def export(self, wanted: Wanted, to: Path) -> None:
        """`exported` or `refused` follows."""
        token = self._usable()
        if token is not None:
            work = partial(oversight_search.export, self._server_url, token, wanted, to=to)
            exported = in_thread(work, name="oversight-export")
            self._futures.expect(exported, lambda _: self.exported.emit(to), self.refused.emit)

    def _usable(self) -> str | None:
        if not self._server_url or self._token is None:
            self.refused.emit(Fault(FaultCode.SIGN_IN_EXPIRED, "not signed in at the server", retryable=False))
            return None
        return self._token

    def _take(self, page: OversightPage) -> None:
        self.found.emit(page)
