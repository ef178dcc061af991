"""A screen that stands still is seen: the stacks of all threads go to the log, and the officer is told afterwards."""

from __future__ import annotations

import faulthandler
from pathlib import Path
from typing import IO, Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.domain.clock import Clock
from tmcwall.log import get_logger
from tmcwall.private_files import open_private

FILE_NAME: Final = "stall.txt"
_LARGEST_STACK: Final = 16 * 1024
"""Bytes that go to the log."""

log = get_logger(__name__)


class Dumper(Protocol):
    """What `faulthandler` does: its thread needs no lock of Python's, so it works whatever the GUI thread hangs in."""

    def dump_traceback_later(self, timeout: float, *, file: IO[bytes]) -> None: ...
    def cancel_dump_traceback_later(self) -> None: ...


class StallWatch(QObject):
    """Beats in the GUI thread. When a beat is missing for `limit_s`, the stacks are dumped to a file while it lasts.

    That file stays if the program never comes back; if it does, its text goes to the log with how long it was.
    """

    stalled = Signal(float)
    """The screen moves again, after so many seconds."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        limit_s: float = 1.0,
        beat_ms: int = 250,
        dumper: Dumper = faulthandler,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._path = folder / FILE_NAME
        self._clock = clock
        self._limit_s = limit_s
        self._dumper = dumper
        self._file: IO[bytes] | None = None
        self._last_ns = 0
        self.stalls = 0
        """How often the screen stood still since the start of the program."""
        self._timer = QTimer(self, interval=beat_ms)
        self._timer.timeout.connect(self.beat)

    def start(self) -> None:
        """From the next beat on; without a place to write to it only counts."""
        try:
            self._file = open_private(self._path, "w+b", buffering=0)
        except OSError as error:
            log.warning("stacks of a stalled screen cannot be kept", cause=error.strerror)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        if self._file is not None:
            self._dumper.cancel_dump_traceback_later()
            self._file.close()
            self._file = None

    @Slot()
    def beat(self) -> None:
        """The GUI thread lives."""
        now_ns = self._clock.monotonic_ns()
        stood_s = (now_ns - self._last_ns) / 1e9 if self._last_ns else 0.0
        self._last_ns = now_ns
        if stood_s >= self._limit_s:
            self.stalls += 1
            log.warning("the screen stood still", seconds=round(stood_s, 1), count=self.stalls, stacks=self._stacks())
            self.stalled.emit(stood_s)
        if self._file is not None:
            self._dumper.dump_traceback_later(self._limit_s, file=self._file)

    def _stacks(self) -> str:
        """What was dumped; the file is empty again."""
        if self._file is None:
            return ""
        self._dumper.cancel_dump_traceback_later()
        self._file.seek(0)
        dumped = self._file.read(_LARGEST_STACK)
        self._file.seek(0)
        self._file.truncate()
        return dumped.decode(errors="replace")
