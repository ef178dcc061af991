"""How a program is asked to end: by the keyboard, by the service manager, by the program that started it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Final

if sys.platform == "win32":
    from contextlib import suppress

    STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)

    def on_stop_signal(stop: Callable[[], object]) -> None:
        """Loops of asyncio take no signals here; `stop` is called by the loop all the same."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))

    def ask_to_end(process: subprocess.Popen[str]) -> None:
        """A signal would end it at once here: the end of its standard input is what it may notice in time."""
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

else:
    STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

    def on_stop_signal(stop: Callable[[], object]) -> None:
        """Have the running loop call `stop` at each of them, from now on. For the first thread."""
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, stop)

    def ask_to_end(process: subprocess.Popen[str]) -> None:
        """Have a process that we have started end in order."""
        process.terminate()
