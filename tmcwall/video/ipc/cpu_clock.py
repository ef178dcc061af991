"""What one thread has taken of the processors, as other threads of the process can read it."""

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
            """Nanoseconds of processor time so far; None once the thread has ended, and where no system says."""
            try:
                return time.clock_gettime_ns(self._clock)
            except OSError:
                return None

else:

    class ThreadCpuClock:
        """Of the thread that makes it, which this system tells no other thread about."""

        def used_ns(self) -> int | None:
            return None
