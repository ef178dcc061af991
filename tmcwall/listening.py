"""The end of listening on a port, in the running event loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

_TURNS: Final = 3
"""Of the loop: after them `connection_made` was called for whoever had been accepted, and a reader's task has begun."""


def stop_accepting(server: asyncio.Server) -> None:
    """Accept nobody any more, and close the port at once. Whoever has been accepted still becomes a connection.

    WORKAROUND: `Server.close` alone leaves a connection open that is accepted but has no transport yet:
    https://github.com/python/cpython/issues/109564
    """
    loop = server.get_loop()
    for listener in server.sockets:
        with suppress(NotImplementedError):  # Windows' loop accepts and makes the transport in one step
            loop.remove_reader(listener.fileno())
    loop.call_soon(server.close)


async def accepted_the_last(server: asyncio.Server) -> None:
    """As `stop_accepting`; returns when the last connection has been made, so that all can be closed."""
    stop_accepting(server)
    for _ in range(_TURNS):
        await asyncio.sleep(0)
