"""What every session with a camera is given, whatever its protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from tmcwall import __version__
from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock
from tmcwall.net.resolver import Resolver
from tmcwall.net.trust import Trust
from tmcwall.video.sessions.compat_history import CompatHistory
from tmcwall.video.sessions.keep_alive_history import KeepAliveHistory
from tmcwall.video.sessions.picture_history import PictureHistory
from tmcwall.video.sessions.reconnect import Timing
from tmcwall.video.sessions.relay_history import RelayHistory
from tmcwall.video.sessions.transport_history import TransportHistory

USER_AGENT: Final = f"tmcwall/{__version__}"
_RECEIVE_BYTES: Final = 256 * 1024


def _receive_buffer() -> memoryview:
    return memoryview(bytearray(_RECEIVE_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    """Made once by whoever opens streams; its sessions share what it remembers."""

    clock: Clock
    timing: Timing = field(default_factory=Timing)
    buffer: memoryview = field(default_factory=_receive_buffer)
    """Where the network's bytes land; one for all, for each is used up before the next read."""
    allow_basic: bool = True
    """Whether a login may go over a plain connection in clear words."""
    rule: AddressRule = field(default_factory=AddressRule.anywhere)
    """Where cameras may stand."""
    trust: Trust = field(default_factory=Trust)
    transport_history: TransportHistory = field(default_factory=TransportHistory)
    """What is known of how cameras send."""
    keep_alive_history: KeepAliveHistory = field(default_factory=KeepAliveHistory)
    picture_history: PictureHistory = field(default_factory=PictureHistory)
    resolver: Resolver = field(default_factory=Resolver)
    compat_history: CompatHistory = field(default_factory=CompatHistory)
    """Which cameras FFmpeg's RTSP reads without being marked."""
    relay_history: RelayHistory = field(default_factory=RelayHistory)
    """What the relay does not deliver at the moment."""
