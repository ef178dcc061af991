"""How a program is asked to end: by the keyboard, by the service manager, by the program that started it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any, Final

if sys.platform == "win32":
    STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)

    def ask_to_end(process: subprocess.Popen[Any]) -> None:
        """A signal would end it at once here: the end of its standard input is what it may notice in time."""
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

else:
    STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

    def ask_to_end(process: subprocess.Popen[Any]) -> None:
        """Have a process that we have started end in order."""
        process.terminate()


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
