"""What every session with a camera is given, whatever its protocol."""

from __future__ import annotations

from dataclasses import dataclass, field

from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock
from tmcwall.video.carriers import Carriers
from tmcwall.video.link import RECEIVE_BYTES
from tmcwall.video.lookup import Resolver
from tmcwall.video.reconnect import Timing
from tmcwall.video.trust import Trust


def _room() -> memoryview:
    return memoryview(bytearray(RECEIVE_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Made once by whoever opens streams; its sessions share what it remembers."""

    clock: Clock
    timing: Timing = field(default_factory=Timing)
    buffer: memoryview = field(default_factory=_room)
    """Where the network's bytes land; one for all, for each is used up before the next read."""
    allow_basic: bool = True
    """Whether a login may go over a plain connection in clear words."""
    rule: AddressRule = field(default_factory=AddressRule.anywhere)
    """Where cameras may stand."""
    trust: Trust = field(default_factory=Trust)
    carriers: Carriers = field(default_factory=Carriers)
    """What is known of how cameras send."""
    resolver: Resolver = field(default_factory=Resolver)
