"""When a stream is opened again: deadlines, and how many cameras are opened at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import FaultCode
from tmcwall.video.sessions.variant_history import VariantHistory

if TYPE_CHECKING:
    # An engine that takes a lost one's place has no time for what few cameras need.
    from tmcwall.containers.hls import MediaPlaylist

_NS: Final = 1_000_000_000
HOST_FAULTS: Final = frozenset({
    FaultCode.CONNECTION_REFUSED, FaultCode.HOST_UNREACHABLE, FaultCode.HOST_UNKNOWN, FaultCode.NO_ANSWER,
    FaultCode.CONNECTION_LOST,
})  # fmt: skip
"""Faults that say something of the whole host, not of one stream on it."""


@dataclass(slots=True)
class ResumePoint:
    """How far a stream has come, kept over its connections: what was shown never comes again as if it were live."""

    sequence: int | None = None
    """Of the last segment that was loaded."""
    file: str = ""
    """The version of a file that was played to its end."""
    playlist: MediaPlaylist | None = None
    """What was listed last, with the numbers that `sequence` counts in."""
    variants: VariantHistory = field(default_factory=VariantHistory)


@dataclass(frozen=True, slots=True)
class Timing:
    """All deadlines of a session and of the engine's children, in seconds. Tests shorten them."""

    connect_s: float = 5.0
    open_s: float = 10.0
    """From the first byte to the answer to PLAY."""
    udp_silent_s: float = 2.5
    """After PLAY over UDP, before TCP is tried."""
    no_media_s: float = 8.0
    """At least; a stream that is known to be slow is given more, and so it is once it plays."""
    stalled_s: float = 8.0
    ask_key_s: float = 2.0
    """After so long without a key picture the camera is asked for one, once."""
    no_key_s: float = 300.0
    """At least: some cameras send a key picture every few minutes."""
    teardown_s: float = 0.5
    keep_alive_s: float | None = None
    """Half of the session's timeout where None."""
    receiver_report_s: float = 5.0
    watch_s: float = 0.5
    first_retry_s: float = 1.0
    longest_retry_s: float = 30.0
    brief_outage_s: float = 60.0
    """So long after it was lost a stream is tried again at least every few seconds."""
    settled_s: float = 5.0
    """A stream that ran this long starts its back-off anew."""
    hold_s: float = 1800.0
    """After credentials were refused: cameras lock the address for about half an hour."""
    refusals: int = 2
    decoder_hung_s: float = 3.0
    """A decoder with streams that sends no report for so long is replaced."""
    stream_hung_s: float = 5.0
    """So is one of whose streams a codec gives nothing back, though the others go on."""
    decoder_start_s: float = 30.0
    stop_s: float = 2.0


class HostPace:
    """After a failure a host is tried once in `interval_s`, whichever of its streams tries."""

    def __init__(self, interval_s: float = 1.0) -> None:
        self._interval_ns = int(interval_s * _NS)
        self._next_ns: dict[str, int] = {}

    def wait_s(self, host: str, now_ns: int) -> float:
        """How long to wait with an attempt; the turn is taken by asking."""
        due_ns = self._next_ns.get(host)
        if due_ns is None:
            return 0.0
        turn_ns = max(due_ns, now_ns)
        self._next_ns[host] = turn_ns + self._interval_ns
        return (turn_ns - now_ns) / _NS

    def failed(self, host: str, now_ns: int) -> None:
        self._next_ns.setdefault(host, now_ns + self._interval_ns)

    def succeeded(self, host: str) -> None:
        self._next_ns.pop(host, None)


class OpeningGate:
    """Lets at most `first` streams open for the first time at once, and `again` re-open."""

    def __init__(self, clock: Clock, *, first: int = 16, again: int = 4, host_interval_s: float = 1.0) -> None:
        self._clock = clock
        self._first = asyncio.Semaphore(first)
        self._again = asyncio.Semaphore(again)
        self._pace = HostPace(host_interval_s)
        self._answering: dict[str, asyncio.Event] = {}
        """Of hosts that are waited for: set when one of their streams has opened."""

    @asynccontextmanager
    async def turn(self, host: str, *, first: bool) -> AsyncIterator[Callable[[FaultCode | None], None]]:
        """Wait for a turn and take it. Call what is given with the outcome; the turn ends with the block."""
        if not first:
            await self._wait_for(host)
        async with self._first if first else self._again:
            yield lambda fault: self._note(host, fault)

    async def _wait_for(self, host: str) -> None:
        """For the host's turn; less where it answers another of its streams meanwhile."""
        wait_s = self._pace.wait_s(host, self._clock.monotonic_ns())
        if wait_s > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._answering.setdefault(host, asyncio.Event()).wait(), wait_s)

    def _note(self, host: str, fault: FaultCode | None) -> None:
        if fault is None:
            self._pace.succeeded(host)
            if (answering := self._answering.pop(host, None)) is not None:
                answering.set()
        elif fault in HOST_FAULTS:
            self._pace.failed(host, self._clock.monotonic_ns())
