"""Whether the store takes what is written, told in the GUI thread for as long as it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from tmcwall.domain.fault import Fault


class Troubled(Protocol):
    """The part of `db.Store` that tells whether it can be written."""

    @property
    def trouble(self) -> Fault | None: ...

    def on_trouble(self, listener: Callable[[Fault | None], None] | None) -> None:
        """Called in a thread of the store."""
        ...


class StoreWatch(QObject):
    """After `stop` nothing is told."""

    changed = Signal(object)
    """Fault: nothing can be stored until further notice; None: all is well again. At the start only a fault is told."""

    _noticed = Signal(object)

    def __init__(self, *, store: Troubled, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._open = False
        self._noticed.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self._open = True
        self._store.on_trouble(self._noticed.emit)
        if self._store.trouble is not None:
            self._noticed.emit(self._store.trouble)

    def stop(self) -> None:
        self._open = False
        self._store.on_trouble(None)

    @Slot(object)
    def _tell(self, trouble: Fault | None) -> None:
        if self._open:
            self.changed.emit(trouble)
