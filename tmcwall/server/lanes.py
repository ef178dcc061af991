"""Lanes for what must not be done for everybody at once: who waits holds no thread, no lock and no body in memory."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

_RETRY_AFTER_S = 1


class Lane:
    """At most `at_once` go at the same time, `per_key` of them for one officer, device or address.

    Those who wait are taken key by key in turn, so that one who asks a thousand times delays another by one turn only.
    Used by the event loop only.
    """

    def __init__(self, *, at_once: int, per_key: int, waiting_per_key: int = 64, waiting: int = 1024) -> None:
        self._at_once = at_once
        self._per_key = per_key
        self._most_waiting_per_key = waiting_per_key
        self._most_waiting = waiting
        self._going: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def going(self) -> int:
        return self._going.total()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._queues.values()))

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Raises RequestRefused(TOO_MANY) if too many are waiting already."""
        await self._wait(key)
        try:
            yield
        finally:
            self._leave(key)

    async def _wait(self, key: str) -> None:
        if not self._queues and self._is_free(key):
            self._going[key] += 1
            return
        if self.waiting >= self._most_waiting or len(self._queues.get(key, ())) >= self._most_waiting_per_key:
            raise RequestRefused(RefusalCode.TOO_MANY, retry_after_s=_RETRY_AFTER_S)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues.setdefault(key, deque()).append(place)
        self._go_on()
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave(key)
            else:
                self._drop(key, place)
            raise

    def _is_free(self, key: str) -> bool:
        return self._going.total() < self._at_once and self._going[key] < self._per_key

    def _leave(self, key: str) -> None:
        self._going[key] -= 1
        if not self._going[key]:
            del self._going[key]
        self._go_on()

    def _go_on(self) -> None:
        while (key := next((key for key in self._queues if self._is_free(key)), None)) is not None:
            place = self._queues[key].popleft()
            self._queues.move_to_end(key)
            if not self._queues[key]:
                del self._queues[key]
            if not place.done():
                self._going[key] += 1
                place.set_result(None)

    def _drop(self, key: str, place: asyncio.Future[None]) -> None:
        queue = self._queues.get(key)
        if queue is not None and place in queue:
            queue.remove(place)
            if not queue:
                del self._queues[key]
