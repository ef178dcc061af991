"""The C library's heap: what has been freed is given back to the system, also from between what is still used."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Final

TIDY_S: Final = 60.0
"""How often a process that does not know better should ask."""


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
