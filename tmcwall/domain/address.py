"""Which network addresses a camera may have: the settings' networks, and some never.

Asked twice: when a list is imported, for addresses written out, and by the engine for what a name resolves to, so that
a name cannot lead to where an address may not (faults.md section 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self

from tmcwall.domain.fault import Fault, FaultCode

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

_METADATA: Final = frozenset(map(ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
"""Where clouds hand out machine credentials; two of them lie inside ranges that are private otherwise."""

_NAT64: Final = IPv6Network("64:ff9b::/96")
_NUMERIC_LABEL: Final = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Cameras may stand in `networks`. `loopback` adds this machine itself, for `view`, `demo`, `sim` and tests."""

    networks: tuple[Network, ...]
    loopback: bool = False

    @classmethod
    def of(cls, networks: Iterable[str], *, loopback: bool = False) -> Self:
        """From CIDR texts. Raises ValueError for a text that is none."""
        return cls(tuple(map(ip_network, networks)), loopback)

    @classmethod
    def anywhere(cls) -> Self:
        """What `view` may open: all but link-local, multicast and metadata addresses."""
        return cls.of(("0.0.0.0/0", "::/0"), loopback=True)

    def check_host(self, host: str) -> None:
        """Accept a name, or an address this rule allows; names are checked again once they are resolved.

        Raises Fault(ADDRESS_FORBIDDEN), also for numbers that are no dotted quad (`2130706433`, `0x7f.1`, `127.1`):
        system libraries would read them as addresses.
        """
        name = host.strip("[]").rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            if not self.loopback:
                raise _forbidden(host)
            return
        try:
            address = ip_address(name)
        except ValueError:
            if ":" in name or _NUMERIC_LABEL.fullmatch(name.rpartition(".")[2]):
                raise _forbidden(host) from None
            return
        self.check_address(address)

    def check_address(self, address: Address | str) -> None:
        """Raises Fault(ADDRESS_FORBIDDEN) unless this address, and any address inside it, may be a camera's."""
        for inner in _unwrapped(ip_address(address)):
            if not self._allows(inner):
                raise _forbidden(str(address))

    def _allows(self, address: Address) -> bool:
        if address.is_loopback:
            return self.loopback
        if address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA:
            return False
        if isinstance(address, IPv4Address) and (address.is_reserved or address in IPv4Network("0.0.0.0/8")):
            return False
        return any(address in network for network in self.networks)


def _unwrapped(address: Address) -> Iterator[Address]:
    """An IPv4 address that is carried in an IPv6 address counts alone; transition addresses count with their inside."""
    if isinstance(address, IPv4Address):
        yield address
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
        return
    yield address
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _forbidden(host: str) -> Fault:
    return Fault(FaultCode.ADDRESS_FORBIDDEN, host, retryable=False)


def is_this_machine(host: str) -> bool:
    """Whether a host name or address, written out, is this machine by itself; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
