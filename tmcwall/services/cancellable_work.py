"""Work that takes minutes, in a thread of its own: how far it is shows while it goes on, and it can be given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, in_thread

T = TypeVar("T")

_LOOKED_EVERY_MS: Final = 100


class WorkInThread:
    """What the work and whoever waits for it share. Its methods are for the thread of the work."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._ended = threading.Event()
        self.percent = 0
        """For whoever waits."""

    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def advanced_to(self, done: int, *, of: int) -> None:
        self.percent = min(100, 100 * done // max(of, 1))


class CancellableWork(QObject):
    """A service that does one piece of work at a time, which whoever derives from it begins.

    `join` gives one that was cancelled the time to put away what it has begun.
    """

    progressed = Signal(int)
    """Percent, when it has changed."""
    busy_changed = Signal()

    def __init__(self, *, name: str, parent: QObject | None = None) -> None:
        """`name` is that of its threads."""
        super().__init__(parent)
        self._name = name
        self._futures = FutureDispatcher()
        self._running: WorkInThread | None = None
        self._told = 0
        self._looking = QTimer(self, interval=_LOOKED_EVERY_MS)
        self._looking.timeout.connect(self._look)

    @property
    def busy(self) -> bool:
        return self._running is not None

    def start(self) -> None:
        """Nothing is done before somebody asks."""

    def stop(self) -> None:
        """Cancelled, and nothing is told any more."""
        self.cancel()
        self._looking.stop()
        self._futures.close()

    def _begin(
        self, work: Callable[[WorkInThread], T], then: Callable[[T], None], refused: Callable[[Refusal], None]
    ) -> None:  # fmt: skip
        """Not while it is busy."""
        assert self._running is None, "one at a time"
        running = self._running = WorkInThread()
        self._told = 0

        def run() -> T:
            try:
                return work(running)
            finally:
                running._ended.set()  # noqa: SLF001 - one module

        def take(result: T) -> None:
            self._look()
            self._end()
            then(result)

        def take_refusal(refusal: Refusal) -> None:
            self._end()
            refused(refusal)

        self._looking.start()
        self.busy_changed.emit()
        self._futures.expect(in_thread(run, name=self._name), take, take_refusal)

    @Slot()
    def cancel(self) -> None:
        """It ends with a refusal as soon as it looks."""
        if self._running is not None:
            self._running._cancelled.set()  # noqa: SLF001 - one module

    def join(self, timeout_s: float) -> bool:
        return self._running is None or self._running._ended.wait(timeout_s)  # noqa: SLF001 - one module

    def _end(self) -> None:
        self._looking.stop()
        self._running = None
        self.busy_changed.emit()

    @Slot()
    def _look(self) -> None:
        if self._running is not None and self._running.percent != self._told:
            self._told = self._running.percent
            self.progressed.emit(self._told)
