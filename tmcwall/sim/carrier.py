"""How a camera's packets leave: in the connection, or as datagrams; whole, or with the losses of a bad network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from random import Random
from typing import Final, Protocol

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.messages import Interleaved, serialise
from tmcwall.sim.faults import Order, Trouble

INTERLEAVED_BYTES: Final = 4
_EVERY: Final = 10
"""Of ten packets one is sent twice, or changes places with the one behind it."""
_NOISE_BYTES: Final = 100
_HEADERS_BYTES: Final = INTERLEAVED_BYTES + 12 + 2
"""Interleaving, RTP, and what a fragment begins with."""
_TRIES: Final = 32


class Carrier(Protocol):
    """Where packets go. `data` holds packets behind interleaved headers, `packets` where each begins."""

    def send(self, data: bytes | bytearray, packets: Sequence[int]) -> None: ...

    def send_report(self, report: bytes) -> None: ...

    def waiting(self) -> int:
        """Bytes that have not left yet."""
        ...


class InterleavedCarrier:
    """In the connection itself."""

    def __init__(self, transport: asyncio.Transport, channel: int) -> None:
        self._transport = transport
        self._channel = channel

    def send(self, data: bytes | bytearray, packets: Sequence[int]) -> None:  # noqa: ARG002 - as they stand
        self._transport.write(data)

    def send_report(self, report: bytes) -> None:
        self._transport.write(serialise(Interleaved(self._channel + 1, report)))

    def waiting(self) -> int:
        return self._transport.get_write_buffer_size()


class DatagramCarrier:
    """To a client's pair of ports."""

    def __init__(self, ports: DatagramPorts, host: str, numbers: tuple[int, int]) -> None:
        self._ports = ports
        self._media = (host, numbers[0])
        self.control = (host, numbers[1])

    def send(self, data: bytes | bytearray, packets: Sequence[int]) -> None:
        view = memoryview(data)
        for start, stop in pairwise([*packets, len(data)]):
            self._ports.send(0, view[start + INTERLEAVED_BYTES : stop], self._media)

    def send_report(self, report: bytes) -> None:
        self._ports.send(1, report, self.control)

    def waiting(self) -> int:
        return 0


class DatagramPorts:
    """The city's own pair of ports, for all its cameras."""

    def __init__(self, host: str) -> None:
        """Raises Fault(PORT_IN_USE)."""
        self._sockets = _bound_pair(host)
        self.numbers: tuple[int, int] = (self._sockets[0].getsockname()[1], self._sockets[1].getsockname()[1])

    def send(self, port: int, data: bytes | memoryview, to: tuple[str, int]) -> None:
        with suppress(OSError):  # nobody listens there any more, or the network is full
            self._sockets[port].sendto(data, to)

    def heard_from(self) -> Iterable[tuple[str, int]]:
        """Who has sent a report since the last call."""
        with suppress(OSError):
            while True:
                _, (host, number, *_) = self._sockets[1].recvfrom(2048)
                yield host, number

    def close(self) -> None:
        for port in self._sockets:
            port.close()


class BadNetwork:
    """Loses, repeats, swaps and spoils packets as an order says; the same ones again for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - a repeatable fault, no secret
        self.lost = 0

    def pass_on(self, data: bytes | bytearray, packets: Sequence[int], order: Order) -> tuple[bytes, list[int]]:
        """What is left of those packets, and in which order."""
        parts = [bytes(data[start:stop]) for start, stop in pairwise([*packets, len(data)])]
        if order.trouble is Trouble.LOSS:
            kept = [part for part in parts if self._random.random() * 100 >= order.amount]
            self.lost += len(parts) - len(kept)
            parts = kept
        elif order.trouble is Trouble.DUPLICATE:
            parts = [copy for part in parts for copy in [part] * (1 + (self._random.randrange(_EVERY) == 0))]
        elif order.trouble is Trouble.CORRUPT:
            parts = [self._spoilt(part) if self._random.random() * 100 < order.amount else part for part in parts]
        elif order.trouble is Trouble.GARBAGE:
            if self._random.randrange(_EVERY) == 0:
                parts.insert(0, self._random.randbytes(_NOISE_BYTES))
        else:
            for place in range(0, len(parts) - 1, 2):
                if self._random.randrange(_EVERY) == 0:
                    parts[place : place + 2] = parts[place + 1], parts[place]
        starts, size = [], 0
        for part in parts:
            starts.append(size)
            size += len(part)
        return b"".join(parts), starts

    def _spoilt(self, part: bytes) -> bytes:
        """One wrong bit behind the headers."""
        if len(part) <= _HEADERS_BYTES:
            return part
        spoilt = bytearray(part)
        spoilt[self._random.randrange(_HEADERS_BYTES, len(part))] ^= 1 << self._random.randrange(8)
        return bytes(spoilt)


def _bound_pair(host: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(_TRIES):
        media, control = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        try:
            for port in (media, control):
                port.setblocking(False)
            media.bind((host, 0))
            number = media.getsockname()[1]
            if number % 2 == 0:
                control.bind((host, number + 1))
                return media, control
        except OSError:
            pass  # the port next to it is taken: another pair
        media.close()
        control.close()
    raise Fault(FaultCode.PORT_IN_USE, "UDP", retryable=False)
