"""Ports that a program listens on: how one is claimed, shared with processes, and given up in the event loop."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from contextlib import suppress
from typing import Final

_TURNS: Final = 3
"""Of the loop: after them `connection_made` was called for whoever had been accepted, and a reader's task has begun."""


if sys.platform == "win32":
    _LINGER: Final = "HH"

    def claim(listener: socket.socket) -> None:
        """SO_REUSEADDR would let two programs share the port here."""
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)

    def inherited_by_children(listener: socket.socket) -> tuple[int, ...]:
        """Descriptors that a process must be started with to be handed that socket."""
        del listener
        return ()

    def handed_to(listener: socket.socket, pid: int) -> int | bytes:
        """What to tell that process, which is ours, so that it can take the socket."""
        return listener.share(pid)

    def taken_over(handed: int | bytes) -> socket.socket:
        assert isinstance(handed, bytes)
        return socket.fromshare(handed)

    def allow_connections(most: int) -> None:
        """Windows has no such limit."""

else:
    import resource

    _LINGER: Final = "ii"

    def allow_connections(most: int) -> None:
        """Let this process have so many files and sockets, as far as the system lets it."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

    def claim(listener: socket.socket) -> None:
        """Before `bind`: the port is this program's alone, and free again as soon as the program has ended."""
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def inherited_by_children(listener: socket.socket) -> tuple[int, ...]:
        """Descriptors that a process must be started with to be handed that socket."""
        return (listener.fileno(),)

    def handed_to(listener: socket.socket, pid: int) -> int | bytes:
        """What to tell that process, which is ours, so that it can take the socket."""
        del pid
        return listener.fileno()

    def taken_over(handed: int | bytes) -> socket.socket:
        assert isinstance(handed, int)
        return socket.socket(fileno=handed)


def reset_on_close(connection: socket.socket) -> None:
    """When it is closed the other side sees it torn off, not ended."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(_LINGER, 1, 0))


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
