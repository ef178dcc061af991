"""The two UDP ports on which one camera's RTP and RTCP packets come."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

_LARGEST: Final = 65_536
_MOST_AT_ONCE: Final = 512
_RECEIVE_BYTES: Final = 2 * 1024 * 1024
"""A key frame in one burst must not overflow it while the loop is busy; the kernel may grant less."""
_TRIES: Final = 32


class DatagramPair:
    """Ports next to each other, the even one for RTP (RFC 3550 section 11). Only packets of that camera are taken.

    `packet` and `report` are called on the loop's thread with each datagram.
    """

    def __init__(
        self, camera: str, *, local: str, packet: Callable[[bytes], None], report: Callable[[bytes], None]
    ) -> None:
        """Raises Fault(TRANSPORT_REFUSED) where no pair of ports is free."""
        self._camera = camera
        self._loop = asyncio.get_running_loop()
        self._media, self._control = _bound_pair(local)
        self.ports: tuple[int, int] = (self._media.getsockname()[1], self._control.getsockname()[1])
        self._server_ports: tuple[int, int] | None = None
        self._loop.add_reader(self._media, self._read, self._media, packet)
        self._loop.add_reader(self._control, self._read, self._control, report)

    def open_towards(self, server_ports: tuple[int, int] | None, report: bytes) -> None:
        """Send a packet out of each port, so that firewalls on the way let the answers in."""
        self._server_ports = server_ports
        if server_ports is not None:
            self._send(self._media, server_ports[0], b"\x80\x60" + bytes(10))
            self.send_report(report)

    def send_report(self, report: bytes) -> None:
        if self._server_ports is not None:
            self._send(self._control, self._server_ports[1], report)

    def close(self) -> None:
        for port in (self._media, self._control):
            if port.fileno() >= 0:
                self._loop.remove_reader(port)
                port.close()

    def _send(self, port: socket.socket, number: int, data: bytes) -> None:
        with suppress(OSError):  # as good as lost on the way
            port.sendto(data, (self._camera, number))

    def _read(self, port: socket.socket, take: Callable[[bytes], None]) -> None:
        for _ in range(_MOST_AT_ONCE):
            if port.fileno() < 0:
                return
            try:
                data, (host, *_) = port.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            except OSError:  # an earlier packet of ours was refused
                continue
            if host == self._camera:
                take(data)


def _bound_pair(local: str) -> tuple[socket.socket, socket.socket]:
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    for _ in range(_TRIES):
        media, control = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        try:
            for port in (media, control):
                port.setblocking(False)
            media.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BYTES)
            media.bind((local, 0))
            number = media.getsockname()[1]
            if number % 2 == 0:
                control.bind((local, number + 1))
                return media, control
        except OSError:
            pass  # the port next to it is taken: another pair
        media.close()
        control.close()
    raise Fault(FaultCode.TRANSPORT_REFUSED, "no pair of UDP ports is free")
