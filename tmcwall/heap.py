"""Memory of a process: what has been freed is given back to the system, and what stays is not searched for garbage."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Callable
from typing import Final

TIDY_S: Final = 60.0
"""How often a process that does not know better should ask."""

_GARBAGE_AFTER: Final = 20_000, 20, 50
"""New objects, and rounds of the younger ages, after which garbage in circles is looked for."""


def leave_alone_what_stays() -> None:
    """What is there now lives as long as the process: no search for garbage in circles looks at it again.

    Searched after every 700 new objects, as Python has it, ten thousand cameras hold a screen up for 0.2 to 0.4 s every
    few keys, and what a server has loaded costs an eighth of a push.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE_AFTER)


class Heap:
    """Of the process it is made in. For any thread.

    glibc gives back only what is free at the end of its heap: streams that end leave holes before it, and the process
    stays as large as its worst moment was. Asking takes 0.5 ms for 25 MiB, and nothing else may allocate meanwhile.
    """

    def __init__(self) -> None:
        self._trim = _malloc_trim()

    def give_back(self) -> None:
        """Every whole page that is free; nothing happens where the C library cannot (glibc can)."""
        self._trim(0)


def _malloc_trim() -> Callable[[int], object]:
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is None:
        return lambda _keep: None
    trim.argtypes = [ctypes.c_size_t]
    return trim  # type: ignore[no-any-return]  # ctypes gives functions as Any
