"""Looks for ONVIF cameras: by multicast on this machine's networks, or address by address in those that are named."""

from __future__ import annotations

import logging
import selectors
import socket
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Final

import psutil

from tmcwall.cameras.probe_matches import LARGEST_ANSWER, FoundDevice, parse_answer, probe, told_apart
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError, Fault

PORT: Final = 3702
GROUP: Final = "239.255.255.250"
MOST_ADDRESSES: Final = 1024
"""In all networks that are named: a /22."""
_LISTENS_S: Final = 4.0
"""After the last question. Devices wait up to half a second before they answer (WS-Discovery 2.4), slow ones longer."""
_ASKED: Final = 2
"""So often: a datagram may be lost."""
_PAUSE_S: Final = 0.01
"""Between two addresses that are asked: no switch takes it for an attack."""
_MOST_DEVICES: Final = 4096
_MOST_OF_ONE: Final = 32
"""Answers of one address that are read."""
_NS: Final = 1_000_000_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Discovery:
    """Who answered, and from how many addresses something came that is no answer."""

    devices: tuple[FoundDevice, ...]
    garbled: int


def networks_of(texts: Iterable[str]) -> list[IPv4Network]:
    """Networks as written by people. Raises DomainError(NETWORK_MALFORMED, NUMBER_OUT_OF_RANGE)."""
    found = []
    for text in texts:
        try:
            found.append(IPv4Network(text.strip(), strict=False))
        except ValueError as error:
            raise DomainError(DomainCode.NETWORK_MALFORMED, text) from error
    count = sum(network.num_addresses for network in found)
    if count > MOST_ADDRESSES:
        raise DomainError(DomainCode.NUMBER_OUT_OF_RANGE, f"--subnet: {count} > {MOST_ADDRESSES}")
    return found


def discover(
    networks: Sequence[IPv4Network] = (), *, clock: Clock, port: int = PORT, listens_s: float = _LISTENS_S
) -> Discovery:
    """Ask, and listen for a while. Without `networks` by multicast on each network of this machine."""
    message_id = str(uuid.uuid4())
    listening = _Listening(message_id)
    with ExitStack() as open_things:
        selector = open_things.enter_context(selectors.DefaultSelector())
        senders = []
        for bound, targets in _ways(networks):
            sender = open_things.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sender.setblocking(False)
            with suppress(OSError):  # a network that has just gone
                if bound:
                    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(bound))
                    sender.bind((bound, 0))
                selector.register(sender, selectors.EVENT_READ)
                senders.append((sender, targets))
        question = probe(message_id)
        for _ in range(_ASKED):
            for sender, targets in senders:
                for target in targets:
                    with suppress(OSError):  # no way there: it does not answer either
                        sender.sendto(question, (target, port))
                    listening.listen(selector, clock, for_s=_PAUSE_S)
        listening.listen(selector, clock, for_s=listens_s)
    return Discovery(tuple(told_apart(listening.devices)), len(listening.garbled))


def _ways(networks: Sequence[IPv4Network]) -> Iterator[tuple[str, Sequence[str]]]:
    """Address to ask from, empty for any, and whom to ask."""
    if networks:
        yield "", [str(address) for network in networks for address in (list(network.hosts()) or [network[0]])]
        return
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family == socket.AF_INET and not one.address.startswith("127."):
                yield one.address, [GROUP]


class _Listening:
    """Reads answers; what is none costs only itself."""

    def __init__(self, message_id: str) -> None:
        self.devices: list[FoundDevice] = []
        self.garbled: set[str] = set()
        self._message_id = message_id
        self._answers: Counter[str] = Counter()

    def listen(self, selector: selectors.BaseSelector, clock: Clock, *, for_s: float) -> None:
        if not selector.get_map():
            return
        until_ns = clock.monotonic_ns() + int(for_s * _NS)
        while (left_ns := until_ns - clock.monotonic_ns()) > 0:
            for key, _ in selector.select(left_ns / _NS):
                assert isinstance(key.fileobj, socket.socket)
                self._read(key.fileobj)

    def _read(self, receiver: socket.socket) -> None:
        try:
            data, (address, _) = receiver.recvfrom(LARGEST_ANSWER)
        except OSError:
            return  # an error of an earlier question, as where nobody listens
        self._answers[address] += 1
        if self._answers[address] > _MOST_OF_ONE or len(self.devices) >= _MOST_DEVICES:
            return
        try:
            self.devices += parse_answer(data, address=address, message_id=self._message_id)
        except Fault as fault:
            if address not in self.garbled:
                log.info("no answer to a probe: from=%s %s", address, fault.detail)
            self.garbled.add(address)
