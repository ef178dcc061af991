"""A file of shared memory that has no name anywhere: one process makes it, those it starts map the same bytes.

Here is what differs by operating system; `shared_frames` says what stands in it.
"""

from __future__ import annotations

import mmap
import os
import sys
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

if sys.platform == "win32":
    import secrets

    KIND: Final = "named section"

    def _create(size: int) -> int:
        """A section lives as long as a process maps it, so that it is made by whoever maps that number first."""
        del size
        return secrets.randbits(63)

    def _map(number: int, size: int) -> mmap.mmap:
        return mmap.mmap(-1, size, tagname=f"Local\\tmcwall-pictures-{number:x}")

    def close_memory(number: int) -> None:
        """A section has no descriptor: it ends with its last mapping."""

else:
    if sys.platform == "linux":
        KIND: Final = "memfd"

        def _new_file() -> int:
            return os.memfd_create("tmcwall-pictures", os.MFD_CLOEXEC)

    else:
        import tempfile
        from pathlib import Path

        KIND: Final = "temporary file"

        def _new_file() -> int:
            fd, name = tempfile.mkstemp(prefix="tmcwall-pictures-")
            Path(name).unlink()
            return fd

    def _create(size: int) -> int:
        fd = _new_file()
        os.ftruncate(fd, size)
        return fd

    def _map(fd: int, size: int) -> mmap.mmap:
        return mmap.mmap(fd, size)

    def close_memory(fd: int) -> None:
        """Give the descriptor back. The bytes are there until the last mapping has ended."""
        os.close(fd)


def create_memory(size: int) -> int:
    """A new memory file, all zero, by the number that a child inherits.

    Raises Fault(COMPONENT_MISSING) where there is no shared memory.
    """
    try:
        return _create(size)
    except OSError as error:
        raise _missing(error) from error


def map_memory(fd: int, size: int) -> mmap.mmap:
    """Its first bytes, in this process, until nothing refers to them. Raises Fault(COMPONENT_MISSING)."""
    try:
        return _map(fd, size)
    except (OSError, ValueError) as error:
        raise _missing(error) from error


def _missing(error: Exception) -> Fault:
    return Fault(FaultCode.COMPONENT_MISSING, f"shared memory: {error}", retryable=False)
