"""One stream of a camera for all who want it, opened again and again."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final

from tmcwall.domain.backoff import Backoff
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind, TransportPreference, Way
from tmcwall.net.reach import address_of
from tmcwall.rtsp.auth import LoginRefused
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import RelayUrl, StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey
from tmcwall.video.sessions.compat_history import Choice
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.open_session import StreamSession, session_of
from tmcwall.video.sessions.reconnect import OpeningGate, ResumePoint
from tmcwall.video.sessions.stream_format import StreamFormat

_ENOUGH_PICTURES: Final = 3
"""Of a connection, to know how far apart they are."""
log = logging.getLogger(__name__)


class Stream(AccessUnitSource):
    """Keeps one stream open until it is closed. Its sinks get every access unit as it arrives.

    `changed` is called when the fault or the connection changes.
    """

    def __init__(
        self,
        key: StreamKey,
        source: StreamUrl,
        context: SessionContext,
        *,
        gate: OpeningGate,
        rng: Random,
        changed: Callable[[Stream], None],
    ) -> None:
        super().__init__(key)
        self.source = source
        self.format: StreamFormat | None = None
        self._context = context
        self._clock = context.clock
        self._gate = gate
        self._rng = rng
        self._changed = changed
        self._session: StreamSession | None = None
        self._oddities: Counter[Oddity] = Counter()
        """Of connections that have ended."""
        self._resume_point = ResumePoint()
        self._choice = Choice(SessionKind.OWN)
        self._first_unit_ns: int | None = None
        """When the first key picture of this connection came."""
        self._last_key_ns = 0
        self._frames_before = 0
        """Pictures of all connections before this one."""
        self._is_held = False
        self._task = asyncio.get_running_loop().create_task(self._keep_open(first=True))

    @property
    def frame_interval_s(self) -> float:
        return self._session.frame_interval_s if self._session is not None else 0.04

    @property
    def key_interval_s(self) -> float | None:
        return self._context.picture_history.rhythm(self.key.camera, self.source).key_s

    @property
    def behind_s(self) -> float:
        return self._session.behind_s if self._session is not None else 0.0

    @property
    def clock_offset_ms(self) -> int | None:
        """Not of what comes from a relay: the time in its sender reports may be its own."""
        return self._session.clock_offset_ms if self._session is not None and self._is_direct else None

    @property
    def camera_clock(self) -> CameraClock | None:
        """The last sender report of this connection, as `clock_offset_ms`."""
        return self._session.camera_clock if self._session is not None and self._is_direct else None

    @property
    def oddities(self) -> Counter[Oddity]:
        """What the camera did that no specification allows, over all connections."""
        return self._oddities + Counter(self._session.oddities if self._session is not None else {})

    def retry_in_s(self) -> float | None:
        """Seconds to the next attempt; None while connected or held."""
        at_ns = self.state.retry_at_ns
        return None if at_ns is None else max(0.0, (at_ns - self._clock.monotonic_ns()) / NS)

    def reopen(self) -> None:
        """Give up the connection, or the waiting for one: what it rests on is gone. A refused login stays held."""
        if self._is_held:
            return
        self._task.cancel()
        self._task = asyncio.get_running_loop().create_task(self._open_after(self._task))

    async def close(self) -> None:
        """End the connection, with TEARDOWN where there is one."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.result()

    async def _open_after(self, before: asyncio.Task[None]) -> None:
        self._lose(
            Fault(FaultCode.CONNECTION_LOST, "the machine has slept"),
            retry_at_ns=self._clock.monotonic_ns(),
        )
        await asyncio.wait([before])
        await self._keep_open(first=False)

    async def _keep_open(self, *, first: bool) -> None:
        timing = self._context.timing
        backoff = Backoff(
            self._rng.random,
            first_s=timing.first_retry_s,
            longest_s=timing.longest_retry_s,
            brief_s=timing.brief_outage_s,
            settled_s=timing.settled_s,
        )
        refusals = 0
        while True:
            fault = await self._attempt_both_ways(first=first)
            first = False
            now_ns = self._clock.monotonic_ns()
            played_s = None if self._first_unit_ns is None else (now_ns - self._first_unit_ns) / NS
            refusals = refusals + _logins_refused(fault) if fault.code is FaultCode.UNAUTHORIZED else 0
            held = refusals >= timing.refusals
            if held:
                delay_s = timing.hold_s
            elif fault.code is FaultCode.CAMERA_PREPARING:
                delay_s = min(max(timing.watch_s, fault.retry_after_s), timing.longest_retry_s)
            else:
                delay_s = backoff.next_delay_s(now_s=now_ns / NS, worked_s=played_s)
            self._lose(fault, retry_at_ns=None if held else now_ns + int(delay_s * NS))
            if held:
                refusals = 0
            self._is_held = held
            await asyncio.sleep(delay_s)
            self._is_held = False

    @property
    def _is_direct(self) -> bool:
        return self.state.way is Way.DIRECT

    async def _attempt_both_ways(self, *, first: bool) -> Fault:
        """One attempt at the relay, where there is one, and at the camera itself where that does not deliver.

        The answer is why what played has ended, else why the camera itself does not play.
        """
        relay = self.source.relay
        if relay is None:
            return await self._attempt_by_choice(first=first)
        fault = await self._attempt_relay(relay)
        if self._first_unit_ns is not None:
            return fault
        self.state.way, self.state.relay_fault = Way.DIRECT, fault.code
        return await self._attempt_by_choice(first=first)

    async def _attempt_relay(self, relay: RelayUrl) -> Fault:
        """One connection to the relay. What is known of the camera's ways does not change by it."""
        history = self._context.relay_history
        self._first_unit_ns = None
        try:
            away = history.fault(relay.url, now_ns=self._clock.monotonic_ns())
        except Fault as no_address:
            return no_address
        if away is not None:
            return away
        self.state.way, self.state.relay_fault = Way.RELAY, None
        self._choice = self.state.session = Choice(SessionKind.OWN)
        source = StreamUrl(relay.url, relay.username, relay.password, TransportPreference.TCP, relay.fingerprint)
        fault = await self._attempt(source, compat=False, first=True)
        if self._first_unit_ns is None:
            history.failed(relay.url, fault, now_ns=self._clock.monotonic_ns())
            log.info("not from the relay: camera=%s profile=%s fault=%s %s", *self.key, fault.code, fault.detail)
        return fault

    async def _attempt_by_choice(self, *, first: bool) -> Fault:
        """One attempt with who is to make it; the answer is why it ended.

        Where FFmpeg's RTSP was tried in vain that is why our own session had failed before.
        """
        history, camera = self._context.compat_history, self.key.camera
        choice = self._choice = history.choose(camera, self.source, now_ns=self._clock.monotonic_ns())
        self._first_unit_ns = None
        fault = None
        if choice != self.state.session:
            self.state.session = choice
            self._changed(self)
        try:
            fault = await self._attempt(self.source, compat=choice.is_compat, first=first)
        finally:
            history.ended(
                camera,
                self.source,
                choice,
                fault=fault,
                played=self._first_unit_ns is not None,
                now_ns=self._clock.monotonic_ns(),
            )
        if choice.kind is SessionKind.COMPAT_TRIED and self._first_unit_ns is None:
            log.info("FFmpeg's RTSP did not play it either: camera=%s profile=%s fault=%s", *self.key, fault.code)
            return self._before_try(fault, choice)
        return fault

    def _before_try(self, tried: Fault, choice: Choice) -> Fault:
        """A refused login stands, which is not to be given again."""
        if choice.cause is None or tried.code is FaultCode.UNAUTHORIZED:
            return tried
        return Fault(choice.cause, self.state.detail if self.state.fault is choice.cause else "")

    async def _attempt(self, source: StreamUrl, *, compat: bool, first: bool) -> Fault:
        """One connection, from opening to its end; the answer is why it ended."""
        self._frames_before = self.state.frames_received
        self.state.retry_at_ns = None
        try:
            host = address_of(source.url).key
            session = session_of(
                source,
                self._context,
                opened=self._take_format,
                received=self._take,
                camera=self.key.camera,
                small=self.key.profile == Profile.SUB,
                resume_point=self._resume_point,
                compat=compat,
            )
        except Fault as fault:
            return fault
        try:
            async with self._gate.turn(host, first=first) as note:
                try:
                    await session.open()
                except Fault as fault:
                    note(fault.code)
                    raise
                note(None)
            self._session = session
            if not first:
                self.state.reconnects += 1
            await session.run()
        except Fault as fault:
            return fault
        except Exception:
            # The top of this camera's task: a bug that one camera brings out is loud, and the others go on.
            log.exception("bug in the session of camera=%s profile=%s", *self.key)
            return Fault(FaultCode.PROTOCOL_BROKEN, "internal error")
        finally:
            self._note_interval()
            self._session = None
            self._keep_oddities(session)
            await session.close()
        raise AssertionError  # Session.run ends with a Fault only

    def _take_format(self, found: StreamFormat) -> None:
        self.format = found
        self.state.codec = found.codec

    def _take_key(self, unit: TimedUnit) -> None:
        super()._take_key(unit)
        if self._first_unit_ns is not None:
            key_s = (unit.arrival_ns - self._last_key_ns) / NS
            self._context.picture_history.measured(self.key.camera, self.source, key_s=key_s)
            self._note_interval()
        self._last_key_ns = unit.arrival_ns
        if self._first_unit_ns is None:
            self._first_unit_ns = unit.arrival_ns
            state = self.state
            self._note_playing()
            state.connected, state.fault, state.detail, state.retry_at_ns = True, None, "", None
            state.waits_for_key_since_s = None
            self._changed(self)

    def _keep_oddities(self, session: StreamSession) -> None:
        """Those of a connection that ends: counted on, and in the log for who writes to the camera's maker."""
        self._oddities.update(session.oddities)
        for oddity, count in session.oddities.items():
            log.info("odd connection: camera=%s profile=%s oddity=%s count=%d", *self.key, oddity.value, count)

    def _note_playing(self) -> None:
        state, now_ns = self.state, self._clock.monotonic_ns()
        if state.way is Way.RELAY and self.source.relay is not None:
            self._context.relay_history.plays(self.source.relay.url)
            return
        state.session = self._context.compat_history.plays(self.key.camera, self.source, self._choice, now_ns=now_ns)
        if self._choice.kind is SessionKind.COMPAT_TRIED:
            log.info("read by FFmpeg's RTSP: camera=%s profile=%s because of %s", *self.key, state.session.cause)

    def _take_without_key(self) -> None:
        state = self.state
        if self._first_unit_ns is not None or state.waits_for_key_since_s is not None:
            return
        if state.fault is FaultCode.NO_KEY_FRAME:
            return  # the connection before waited in vain
        state.waits_for_key_since_s = self._clock.utc().timestamp()
        state.fault, state.detail, state.retry_at_ns = None, "", None
        log.info("waiting for a key picture: camera=%s profile=%s", *self.key)
        self._changed(self)

    def _note_interval(self) -> None:
        """What this connection has shown of how often pictures come, for the next."""
        if self._session is not None and self.state.frames_received - self._frames_before >= _ENOUGH_PICTURES:
            interval_s = self._session.frame_interval_s
            self._context.picture_history.measured(self.key.camera, self.source, picture_s=interval_s)

    def _lose(self, fault: Fault, *, retry_at_ns: int | None) -> None:
        state = self.state
        if state.connected or state.fault is not fault.code:
            log.info("stream lost: camera=%s profile=%s fault=%s %s", *self.key, fault.code, fault.detail)
        state.connected = False
        state.waits_for_key_since_s = None
        history, least_s = self._context.picture_history, self._context.timing.stalled_s
        history.ended(self.key.camera, self.source, fault.code, least_s=least_s)
        state.fault, state.detail = fault.code, fault.detail
        state.retry_at_ns = retry_at_ns
        self._forget_gop()
        self._changed(self)


def _logins_refused(fault: Fault) -> int:
    """How often a camera was given the login in one attempt; one that takes none counts, too."""
    return max(1, fault.attempts) if isinstance(fault, LoginRefused) else 1
