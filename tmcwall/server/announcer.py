"""Tells every listening workstation that there is something new to pull."""

from __future__ import annotations

import asyncio


class Announcer:
    """One waiting point for all event streams. Holds no queue per client: a slow one only sees the newest place."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._sequence = 0
        self._closed = False

    def open(self, sequence: int) -> None:
        """From the loop that serves."""
        self._loop = asyncio.get_running_loop()
        self._sequence = sequence

    def announce(self, sequence: int) -> None:
        """After the commit; from any thread."""
        if self._loop is not None and not self._closed:
            self._loop.call_soon_threadsafe(self._advance, sequence)

    def close(self) -> None:
        """From the loop: every stream ends, so that the server can stop."""
        self._closed = True
        self._wake()

    @property
    def closed(self) -> bool:
        return self._closed

    async def newer_than(self, sequence: int, *, timeout_s: float) -> int | None:
        """The newest place once it is beyond `sequence`; None after the time, or when closed."""
        if not self._closed and self._sequence <= sequence:
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), timeout_s)
            except TimeoutError:
                return None
        return self._sequence if self._sequence > sequence and not self._closed else None

    def _advance(self, sequence: int) -> None:
        # Two commits may announce themselves in the other order.
        self._sequence = max(self._sequence, sequence)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
