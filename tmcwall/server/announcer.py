"""Tells every listening workstation that there is something new to pull."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from tmcwall.server.hints import Hints
from tmcwall.sync.protocol import Cursor


class Announcer:
    """One waiting point for all event streams. Holds no queue per client: a slow one only sees the newest place.

    With `hints` it tells other processes, and hears from them.
    """

    def __init__(self, hints: Hints | None = None) -> None:
        self._hints = hints
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._sequence = 0
        self._closed = False

    def open(self, sequence: int) -> None:
        """From the loop that serves."""
        self._loop = asyncio.get_running_loop()
        self._sequence = sequence
        if self._hints is not None:
            self._hints.start(self._hear)

    def announce(self, sequence: int) -> None:
        """After the commit; from any thread."""
        self._hear(sequence)
        if self._hints is not None:
            self._hints.tell(sequence)

    def close(self) -> None:
        """From the loop: every stream ends, so that the server can stop."""
        self._closed = True
        self._wake()

    def end(self) -> None:
        """After `close`; blocks for a moment: not for the event loop."""
        if self._hints is not None:
            self._hints.stop()

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

    def _hear(self, sequence: int) -> None:
        if self._loop is not None and not self._closed:
            with suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._advance, sequence)

    def _advance(self, sequence: int) -> None:
        # Two commits may announce themselves in the other order, and a hint comes again.
        if sequence > self._sequence:
            self._sequence = sequence
            self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class NewestPlace:
    """The newest place with what streams are told of it, read and written once for all of them."""

    def __init__(self, read: Callable[[], tuple[int, UUID]]) -> None:
        self._read = read
        self._known: tuple[int, str] | None = None
        self._lock = asyncio.Lock()

    async def at_least(self, sequence: int) -> tuple[int, str]:
        """The place, and the JSON of a `Cursor`."""
        async with self._lock:
            if self._known is None or self._known[0] < sequence:
                place, epoch = await run_in_threadpool(self._read)
                self._known = place, Cursor(cursor=place, epoch=epoch).model_dump_json()
            return self._known
