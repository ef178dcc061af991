"""Whether the network reaches the cameras: connections to a sample of their hosts, and nothing said over them."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from tmcwall.doctor.finding import Finding, Status
from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import Fault
from tmcwall.net.reach import Address, address_of
from tmcwall.texts import doctor as words

LARGEST_SAMPLE: Final = 64
_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class _Unreached:
    address: Address
    reason: str


def camera_findings(urls: Sequence[str], rule: AddressRule, *, limit_s: float = 2.0) -> Iterable[Finding]:
    """One finding; none where there are no cameras. No login leaves this machine, and no address outside the rule is
    tried.
    """
    addresses = sample(urls)
    if not addresses:
        return
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="doctor-camera") as pool:
        found = list(pool.map(lambda address: _unreached(address, rule, limit_s), addresses))
    missing = [one for one in found if one is not None]
    facts: dict[str, object] = {"asked": len(addresses), "reached": len(addresses) - len(missing)}
    if not missing:
        yield Finding("cameras", Status.OK, words.CAMERAS_OK, facts)
        return
    facts |= {"first": missing[0].address.key, "reason": missing[0].reason}
    yield Finding("cameras", Status.WARN, words.CAMERAS_SILENT, facts, words.CAMERAS_ADVICE)


def sample(urls: Iterable[str]) -> list[Address]:
    """Each host and port once; of many an even selection through the list."""
    distinct: dict[str, Address] = {}
    for url in urls:
        try:
            address = address_of(url)
        except Fault:
            continue
        distinct.setdefault(address.key, address)
    addresses = list(distinct.values())
    step = -(-len(addresses) // LARGEST_SAMPLE) or 1
    return addresses[::step]


def _unreached(address: Address, rule: AddressRule, limit_s: float) -> _Unreached | None:
    """None where it answers. A name is looked up once, and each of its addresses held against the rule."""
    reason = "name not found"
    try:
        rule.check_host(address.host)
        for family, kind, protocol, _, place in socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM):
            rule.check_address(str(place[0]))
            with socket.socket(family, kind, protocol) as attempt:
                attempt.settimeout(limit_s)
                try:
                    attempt.connect(place)
                except OSError as error:
                    reason = error.strerror or type(error).__name__
                else:
                    return None
    except Fault as fault:
        reason = fault.code.value
    except (OSError, UnicodeError) as error:
        reason = type(error).__name__
    return _Unreached(address, reason)
