"""What the names of cameras' hosts stand for now: a name server that never answers keeps no other name waiting."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

MOST_AT_ONCE: Final = 256

LookUp = Callable[[str, int], Sequence[str]]
"""The addresses of a host, in the order in which they should be tried. Raises OSError. May take minutes."""


class Resolver:
    """One thread a name that is being asked for, whoever asks; it ends with the answer. For one asyncio loop.

    The system's look-up cannot be cancelled, and the loop's own threads are few: one dead name server would keep all
    other names waiting, and a camera that is tried again and again would take one thread after the other.
    """

    def __init__(self, look_up: LookUp | None = None, *, most: int = MOST_AT_ONCE) -> None:
        self._look_up = look_up or system_look_up
        self._most = most
        self._asked: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Raises Fault(HOST_UNKNOWN), or the OSError of the look-up. It may wait for ever."""
        try:
            return (str(ip_address(host)),)
        except ValueError:
            pass
        answer = self._asked.get(host)
        if answer is None:
            if len(self._asked) >= self._most:
                raise Fault(FaultCode.HOST_UNKNOWN, "too many names without an answer")
            answer = self._ask(host, port)
        return await asyncio.shield(answer)

    def _ask(self, host: str, port: int) -> asyncio.Future[Sequence[str]]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str]] = loop.create_future()
        answer.add_done_callback(_taken)
        self._asked[host] = answer

        def deliver(found: Sequence[str] | Exception) -> None:
            self._asked.pop(host, None)
            if answer.cancelled():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def ask() -> None:
            found: Sequence[str] | Exception
            try:
                found = self._look_up(host, port)
            except (OSError, UnicodeError) as error:
                found = error
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(deliver, found)

        threading.Thread(target=ask, name=f"look-up {len(self._asked)}", daemon=True).start()
        return answer


def system_look_up(host: str, port: int) -> Sequence[str]:
    """As the system does it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _taken(answer: asyncio.Future[Sequence[str]]) -> None:
    """Nobody may wait any more for an answer that is a fault."""
    if not answer.cancelled():
        answer.exception()
