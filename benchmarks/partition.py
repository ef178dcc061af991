"""A proxy between one client and a server, which loses what it is told to lose."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Sequence
from enum import StrEnum
from typing import Self


class Cut(StrEnum):
    """What happens to the bytes of one client."""

    NONE = "none"
    DELAY = "delay"
    DROP_IN = "drop-in"
    """Requests go nowhere."""
    DROP_OUT = "drop-out"
    """Requests arrive, and nobody hears the answer."""
    RESET = "reset"
    """Every connection breaks, wherever it is, and new ones do, too."""


class Proxy:
    """In a thread of its own. Each connection goes to the next of `ports`."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.cut = Cut.NONE
        self.port = 0
        self._ports = ports
        self._next = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def set(self, cut: Cut) -> None:
        self.cut = cut
        if cut is not Cut.DELAY:
            # Also at the end: what was lost in the middle of a connection can never be made good on it.
            self._loop.call_soon_threadsafe(self._break_all)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._break_all()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    def _break_all(self) -> None:
        if self.cut in {Cut.NONE, Cut.RESET}:
            for writer in self._open:
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut is Cut.RESET:
            writer.transport.abort()
            return
        self._next += 1
        try:
            there = await asyncio.open_connection("127.0.0.1", self._ports[self._next % len(self._ports)])
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, there[1]}
        self._open |= pair
        both = [
            asyncio.create_task(self._carry(reader, there[1], lost_by=Cut.DROP_IN)),
            asyncio.create_task(self._carry(there[0], writer, lost_by=Cut.DROP_OUT)),
        ]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for end in pair:
            end.close()
        await asyncio.wait(both)
        self._open -= pair

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, lost_by: Cut) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                if self.cut is lost_by:
                    continue
                if self.cut is Cut.DELAY:
                    await asyncio.sleep(0.3)
                writer.write(data)
                await writer.drain()
