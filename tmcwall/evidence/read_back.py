"""What was written is read again from the disk, in a thread of its own while the next file is copied."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Self

from tmcwall.evidence.original import BLOCK


def hash_of(path: Path, *, advanced: Callable[[int], None] = lambda _count: None) -> str:
    """SHA-256 of a file. `advanced` is told how many bytes more were read. Raises OSError and what that raises."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while data := file.read(BLOCK):
            digest.update(data)
            advanced(len(data))
    return digest.hexdigest()


class ReadBack:
    """One file at a time. Leaving the block waits for the last; what one raises is raised here, and ends all."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="read-back")
        self._running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._settle()
        finally:
            self._thread.shutdown()

    def go_on(self, work: Callable[[], None]) -> None:
        """The next file, when the one before is done. Raises what that raised."""
        self._settle()
        self._running = self._thread.submit(work)

    def _settle(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.result()
