"""What was committed, told in the GUI thread: services and screens refresh from that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tmcwall.domain.changes import ChangeNotice


class Committing(Protocol):
    """The part of `db.Store` that tells of commits."""

    def on_commit(self, listener: Callable[[ChangeNotice], None] | None) -> None:
        """Called in the writer's thread, after the future of the unit is done."""
        ...


class Changes(QObject):
    """Every change in the store, made here or elsewhere: one notice a commit, in the order of the commits.

    It starts before those that read at their start, so that they miss nothing. After `stop` nothing is told. Whoever
    wrote has the answer first.
    """

    committed = Signal(object)
    """ChangeNotice."""

    _noticed = Signal(object)

    def __init__(self, *, store: Committing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._open = False
        self._noticed.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self._open = True
        self._store.on_commit(self._noticed.emit)

    def stop(self) -> None:
        self._open = False
        self._store.on_commit(None)

    @Slot(object)
    def _tell(self, notice: ChangeNotice) -> None:
        if self._open:
            self.committed.emit(notice)
