"""The processor time of one thread, which other threads of the process can read."""

from __future__ import annotations

import sys
import threading
import time

if sys.platform == "linux":

    class ThreadCpuClock:
        """Of the thread that makes it."""

        def __init__(self) -> None:
            self._clock = time.pthread_getcpuclockid(threading.get_ident())

        def used_ns(self) -> int | None:
            """Nanoseconds of processor time so far; None once the thread has ended."""
            try:
                return time.clock_gettime_ns(self._clock)
            except OSError:
                return None

else:

    class ThreadCpuClock:
        """Of the thread that makes it. Not known on this system."""

        def used_ns(self) -> int | None:
            return None
