"""What this machine is: its processor, the cores that this program may use, its memory."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import psutil

if sys.platform == "linux":

    def usable_cores() -> int:
        """Processor cores that this program may use."""
        return len(os.sched_getaffinity(0))

    def processor_name() -> str:
        """What the machine calls its processor."""
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        named = next((line for line in lines if line.startswith("model name")), "")
        return named.partition(":")[2].strip() or platform.machine()

else:

    def usable_cores() -> int:
        """Processor cores of the machine."""
        return os.cpu_count() or 1

    def processor_name() -> str:
        """What the system calls the processor."""
        return platform.processor() or platform.machine()


def memory_gib() -> tuple[float, float]:
    """Memory of the machine and what is free of it."""
    memory = psutil.virtual_memory()
    return memory.total / (1 << 30), memory.available / (1 << 30)


def system_name() -> str:
    """The operating system in a few words, for reports."""
    return platform.platform(terse=True)
