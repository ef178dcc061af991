"""How a program is asked to end, or to read its files again: by the keyboard, the service manager, its parent."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Final

if sys.platform == "win32":
    STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)

    def ask_to_end(process: subprocess.Popen[Any]) -> None:
        """A signal would end it at once here: the end of its standard input is what it may notice in time."""
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

    def on_hang_up(read_again: Callable[[], object]) -> None:
        """There is no such signal here."""

    def ignore_hang_up() -> None:
        """There is no such signal here."""

else:
    STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

    def ask_to_end(process: subprocess.Popen[Any]) -> None:
        """Have a process that we have started end in order."""
        process.terminate()

    def on_hang_up(read_again: Callable[[], object]) -> None:
        """Have the running loop call that when somebody asks for files to be read again."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, read_again)

    def ignore_hang_up() -> None:
        """It would end the program otherwise."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)


@contextmanager
def handling_stop_signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have each of them call that, and what was there before at the end. For the first thread."""
    before = {number: signal.signal(number, handler) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


@contextmanager
def stop_noticed() -> Iterator[Callable[[], bool]]:
    """Whether the program was asked to end: what is under way looks there, and then ends in order."""
    asked = threading.Event()
    with handling_stop_signals(lambda _number, _frame: asked.set()):
        yield asked.is_set


def on_stop_signal(stop: Callable[[], object]) -> None:
    """Have the running loop call `stop` at each of them, from now on. For the first thread.

    One that comes when the loop has ended is nothing: the program is ending. The loop's own handlers are not used: on
    Windows there are none, and elsewhere a signal that comes while the loop is being closed is a traceback.
    """
    loop = asyncio.get_running_loop()

    def tell(_number: int, _frame: FrameType | None) -> None:
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(stop)

    for number in STOP_SIGNALS:
        signal.signal(number, tell)
