"""The server's port, and its connections until somebody has proved on them who they are."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

import h11
from starlette.requests import Request
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.listening import claim
from tmcwall.log import get_logger

log = get_logger(__name__)

BACKLOG = 128
"""Connections that wait to be accepted, and that asyncio accepts before it reads from the first of them."""
_PROVED = "proved"
Networks = tuple[IPv4Network | IPv6Network, ...]
_CLEAR_TEXT_REFUSED = (
    b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nConnection: close\r\n"
    b'Content-Length: 21\r\n\r\n{"code":"clear_text"}'
)


def networks(texts: Iterable[str]) -> Networks:
    return tuple(ip_network(text, strict=False) for text in texts)


def _is_from(transport: asyncio.BaseTransport, allowed: Networks) -> bool:
    """Whether the other end is this machine or in one of the networks."""
    peer = transport.get_extra_info("peername")
    try:
        address = ip_address(str(peer[0]).partition("%")[0])
    except (TypeError, ValueError):
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or any(address in network for network in allowed)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises Fault(PORT_IN_USE, PORT_FORBIDDEN, HOST_UNKNOWN)."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise Fault(FaultCode.HOST_UNKNOWN, host, retryable=False) from error
    # With protocol 0 asyncio sets no TCP_NODELAY on what it accepts, and every reply is held back for 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        claim(listener)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        code = {
            errno.EADDRINUSE: FaultCode.PORT_IN_USE,
            errno.EACCES: FaultCode.PORT_FORBIDDEN,
        }.get(error.errno or 0, FaultCode.HOST_UNKNOWN)
        raise Fault(code, f"{host}:{port}", retryable=False) from error
    return listener


def note_proof(request: Request) -> None:
    """Whoever sends this request is known: its body may take its time, and its connection gives way to nobody."""
    setattr(request.state, _PROVED, True)


class Unproved:
    """Connections on which a request is awaited or under way from somebody unknown, the oldest first.

    A request has `within_s` seconds to come whole. Beyond `most` connections the oldest gives way to the newest: an
    honest request is whole within milliseconds, so what is old is what was opened to take the places of others. Many
    honest ones may come in one moment, so younger ones than `young_s` give way only beyond twice as many.
    """

    def __init__(self, *, most: int, within_s: float, young_s: float = 1.0) -> None:
        self._most = most
        self._within_s = within_s
        self._young_s = young_s
        self._waiting: dict[_Bounded, asyncio.TimerHandle] = {}

    def protocol(self, clear_text_peers: Networks | None = None) -> type[H11Protocol]:
        """Of uvicorn, held to that.

        With networks, whoever comes from elsewhere and not from this machine is refused.
        """
        unproved = self

        class Protocol(_Bounded):
            bounds = unproved
            peers = clear_text_peers

        return Protocol

    def judge(self, connection: _Bounded) -> None:
        """After everything that happens on a connection."""
        if not connection.is_unproved:
            self.forget(connection)
        elif connection not in self._waiting:
            loop = asyncio.get_running_loop()
            self._waiting[connection] = loop.call_later(self._within_s, self._end, connection)
            while len(self._waiting) > self._most and self._may_oldest_end(loop.time()):
                self._end(next(iter(self._waiting)))

    def forget(self, connection: _Bounded) -> None:
        timer = self._waiting.pop(connection, None)
        if timer is not None:
            timer.cancel()

    def _may_oldest_end(self, now_s: float) -> bool:
        ends_at_s = next(iter(self._waiting.values())).when()
        return now_s >= ends_at_s - self._within_s + self._young_s or len(self._waiting) > 2 * self._most

    def _end(self, connection: _Bounded) -> None:
        self.forget(connection)
        if connection.is_unproved:  # it may have been proved since it last said something
            connection.transport.abort()


class _Bounded(H11Protocol):
    bounds: Unproved
    peers: Networks | None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # uvicorn's signature
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._has_asked = False

    @property
    def is_unproved(self) -> bool:
        """Whether it is waited for a request that nobody known has sent."""
        if self.conn.their_state is h11.IDLE:
            # Between requests uvicorn's own time for idle connections runs, until half a request has come.
            return not self._has_asked or bool(self.conn.trailing_data[0])
        answered = self.conn.our_state is not h11.SEND_RESPONSE
        return self.conn.their_state is h11.SEND_BODY and (answered or not self.scope["state"].get(_PROVED))

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        super().connection_made(transport)
        if self.peers is not None and not _is_from(transport, self.peers):
            log.warning("clear_text_refused", address=str(transport.get_extra_info("peername")))
            transport.write(_CLEAR_TEXT_REFUSED)
            transport.close()
            return
        self.bounds.judge(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._has_asked = self._has_asked or self.conn.their_state is not h11.IDLE
        self.bounds.judge(self)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self.bounds.judge(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.bounds.forget(self)
        super().connection_lost(exc)
