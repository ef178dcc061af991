"""Keeps the monitors lit: a wall that the desktop's screen saver has blanked shows nobody anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from wakepy import Mode, keep

from tmcwall.log import get_logger

log = get_logger(__name__)

Lit = Callable[[], AbstractContextManager[Mode]]


def _presenting() -> AbstractContextManager[Mode]:
    return keep.presenting(on_fail="pass")


def keep_awake(stop: threading.Event, *, lit: Lit = _presenting) -> None:
    """Hold the display awake until `stop`. Where the desktop offers no way, the log says so."""
    with lit() as mode:
        if mode.active:
            log.info("display is kept awake", method=str(mode.method))
        else:
            log.warning("display cannot be kept awake: its screen saver may blank the walls")
        stop.wait()


class Awake:
    """`keep_awake` in a thread of its own: the desktop is asked over its message bus, which may take its time."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=keep_awake, args=(self._stop,), name="awake", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def join(self, timeout_s: float) -> bool:
        """Whether the display was let go in time."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()
