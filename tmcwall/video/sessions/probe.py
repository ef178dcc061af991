"""One look at one stream, judged as the wall judges it: by its sessions, and by the pictures a decoder makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import Final, Protocol

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import Carrier, SessionKind, TransportPreference, is_compat, is_rtsp
from tmcwall.rtsp.auth import Scheme
from tmcwall.rtsp.codecs import size_of
from tmcwall.video.ipc.messages import LARGEST_HEIGHT, LARGEST_WIDTH, OddityCount, StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.sessions.compat_history import compat_may_help
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.open_session import StreamSession, session_of
from tmcwall.video.sessions.stream_format import StreamFormat

_LOOK_S: Final = 0.05
_DECODED_WITHIN_S: Final = 8.0
"""From the first key frame to the first picture: a decoder may have to start first."""
_KEY_WITHIN_S: Final = 20.0
"""So long a key frame is waited for: whoever tests a camera stands beside it."""
_SIZE_WHERE_UNKNOWN: Final = (1280, 720)


@dataclass(frozen=True, slots=True)
class DecodedPictures:
    """What a decoder has made of a stream so far. Times in nanoseconds of the monotonic clock."""

    count: int
    schedule_ns: int
    """When the newest was due."""
    decoded_ns: int


class PictureDecoder(Protocol):
    """A decoder for one stream after another, as the wall's are."""

    @property
    def pictures(self) -> DecodedPictures | None:
        """Of the stream that was begun last; None before its first picture."""
        ...

    @property
    def fault(self) -> Fault | None:
        """Why no more pictures come of it."""
        ...

    def begin(self, codec: str, *, width: int, height: int) -> None:
        """Another stream, with pictures of that size. Raises Fault."""
        ...

    def take(self, unit: TimedUnit) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What a stream delivered while it was watched. `first_picture_s` counts from the first connection attempt."""

    codec: str
    first_picture_s: float
    pictures_a_second: float
    """Of pictures that were decoded."""
    packets_lost: int
    width: int = 0
    height: int = 0
    """0 where the parameter sets do not tell."""
    delay_s: float = 0.0
    """From when a picture was due to when it was decoded, and what the source is behind."""
    key_interval_s: float | None = None
    """Between key pictures; None where there was only one."""
    carrier: Carrier = Carrier.TCP
    login: Scheme | None = None
    """How the camera asked for its login; None where it did not."""
    session: SessionKind = SessionKind.OWN
    session_cause: FaultCode | None = None
    oddities: tuple[OddityCount, ...] = ()


class NotSeen(Fault):
    """Why a stream does not deliver, with what its camera did that no specification allows."""

    def __init__(
        self, fault: Fault, oddities: tuple[OddityCount, ...], *, session: SessionKind = SessionKind.OWN
    ) -> None:
        super().__init__(fault.code, fault.detail, retryable=fault.retryable)
        self.cause = fault
        self.oddities = oddities
        self.session = session
        """OWN_AGAIN: FFmpeg's RTSP was tried, too."""


async def probe(
    stream: StreamUrl, context: SessionContext, decoder: PictureDecoder, *, watch_s: float = 3.0, small: bool = False
) -> Seen:
    """Open a stream, watch it for `watch_s` from its first decoded picture on, and close it.

    Where our own session gets nowhere FFmpeg's RTSP is tried once, as the wall does. Raises NotSeen.
    """
    marked = is_rtsp(stream.url) and (stream.transport is TransportPreference.COMPAT or is_compat(stream.url))
    look = _Look(stream, context, decoder, watch_s=watch_s, small=small, compat=False)
    try:
        seen = await look.run()
    except Fault as own:
        found = look.oddities
        if marked or not is_rtsp(stream.url) or not compat_may_help(own):
            raise NotSeen(own, found) from own
        try:
            seen = await _Look(stream, context, decoder, watch_s=watch_s, small=small, compat=True).run()
        except Fault as fault:
            raise NotSeen(own, found, session=SessionKind.OWN_AGAIN) from fault
        return replace(seen, session=SessionKind.COMPAT_FOUND, session_cause=own.code, oddities=found or seen.oddities)
    return replace(seen, session=SessionKind.COMPAT_MARKED) if marked else seen


class _Look:
    """One connection, from opening to its end."""

    def __init__(
        self,
        stream: StreamUrl,
        context: SessionContext,
        decoder: PictureDecoder,
        *,
        watch_s: float,
        small: bool,
        compat: bool,
    ) -> None:
        self._stream = stream
        self._context = context
        self._clock = context.clock
        self._decoder = decoder
        self._watch_s = watch_s
        self._small = small
        self._compat = compat
        self._format: StreamFormat | None = None
        self._begun = False
        self._size = (0, 0)
        self._keys_ns: list[int] = []
        """When they were due."""
        self._first_key_ns: int | None = None
        """When it came."""
        self._lost = 0
        self._came = 0
        self._delays_s: list[float] = []
        self._refused: Fault | None = None
        self._session: StreamSession | None = None

    @property
    def oddities(self) -> tuple[OddityCount, ...]:
        """What the camera has done so far."""
        found: Mapping[Oddity, int] = self._session.oddities if self._session is not None else {}
        return tuple(OddityCount(oddity, count) for oddity, count in found.items() if count)

    async def run(self) -> Seen:
        """Raises Fault."""
        started_ns = self._clock.monotonic_ns()
        session = self._session = session_of(
            self._stream,
            self._context,
            opened=self._take_format,
            received=self._take,
            small=self._small,
            compat=self._compat,
        )
        try:
            await session.open()
            running = asyncio.create_task(_fault_of(session))
            try:
                first = await self._first_picture(running)
                first_ns = self._clock.monotonic_ns()
                until_ns = first_ns + int(self._watch_s * NS)
                await self._until(lambda: running.done() or self._clock.monotonic_ns() >= until_ns)
            finally:
                running.cancel()
                await asyncio.wait([running])
        finally:
            await session.close()
        return self._seen(session, first, first_picture_s=(first_ns - started_ns) / NS)

    async def _first_picture(self, running: asyncio.Task[Fault]) -> DecodedPictures:
        """What came is decoded although the session may have ended meanwhile."""
        until_ns = self._clock.monotonic_ns() + int(_KEY_WITHIN_S * NS)
        await self._until(
            lambda: running.done() or self._first_key_ns is not None or self._clock.monotonic_ns() >= until_ns
        )
        if self._first_key_ns is None and running.done():
            raise running.result()
        if self._first_key_ns is None and self._came == 0:
            raise Fault(FaultCode.NO_MEDIA, f"no picture in {_KEY_WITHIN_S:.0f} s")
        if self._first_key_ns is None:
            raise Fault(
                FaultCode.NO_KEY_FRAME, f"{self._came} pictures in {_KEY_WITHIN_S:.0f} s, none of them a key frame"
            )
        await self._until(lambda: self._pictures() is not None or self._decoder_is_late())
        first = self._pictures()
        if first is None:
            raise Fault(FaultCode.STREAM_BROKEN, "no picture could be decoded")
        return first

    async def _until(self, reached: Callable[[], bool]) -> None:
        """Watch until that is reached. Raises the fault of what cannot be decoded."""
        while not reached():
            await asyncio.sleep(_LOOK_S)
            fault = self._refused or (self._decoder.fault if self._begun else None)
            if fault is not None:
                raise fault
            pictures = self._pictures()
            if pictures is not None:
                self._delays_s.append((pictures.decoded_ns - pictures.schedule_ns) / NS)

    def _pictures(self) -> DecodedPictures | None:
        """Of this connection: the decoder may still hold those of one before."""
        return self._decoder.pictures if self._begun else None

    def _decoder_is_late(self) -> bool:
        began_ns = self._first_key_ns
        return began_ns is not None and self._clock.monotonic_ns() - began_ns > _DECODED_WITHIN_S * NS

    def _take_format(self, found: StreamFormat) -> None:
        self._format = found

    def _take(self, unit: TimedUnit) -> None:
        self._lost += unit.lost
        self._came += not unit.continues
        if unit.key:
            self._keys_ns.append(unit.schedule_ns)
            self._first_key_ns = self._first_key_ns or unit.arrival_ns
        if not self._begun:
            if not unit.key or self._refused is not None:
                return
            try:
                self._begin(unit)
            except Fault as fault:
                self._refused = fault
                return
        self._decoder.take(unit)

    def _begin(self, unit: TimedUnit) -> None:
        """Raises Fault."""
        assert self._format is not None  # comes before the first unit
        self._size = size_of(self._format.codec, unit.payload) or (0, 0)
        width, height = self._size if all(self._size) else _SIZE_WHERE_UNKNOWN
        if width > LARGEST_WIDTH or height > LARGEST_HEIGHT:
            raise Fault(FaultCode.PICTURE_TOO_LARGE, f"{width}x{height}")
        self._decoder.begin(self._format.codec, width=width, height=height)
        self._begun = True

    def _seen(self, session: StreamSession, first: DecodedPictures, *, first_picture_s: float) -> Seen:
        assert self._format is not None
        last = self._decoder.pictures or first
        lasted_s = (last.schedule_ns - first.schedule_ns) / NS
        intervals = [(after - before) / NS for before, after in pairwise(self._keys_ns)]
        return Seen(
            codec=self._format.codec,
            first_picture_s=first_picture_s,
            pictures_a_second=(last.count - first.count) / lasted_s if lasted_s > 0 else 0.0,
            packets_lost=self._lost,
            width=self._size[0],
            height=self._size[1],
            delay_s=(fmean(self._delays_s) if self._delays_s else 0.0) + session.behind_s,
            key_interval_s=fmean(intervals) if intervals else None,
            carrier=session.carrier,
            login=session.login,
            oddities=self.oddities,
        )


async def _fault_of(session: StreamSession) -> Fault:
    """Why it ended."""
    try:
        await session.run()
    except Fault as fault:
        return fault
    raise AssertionError  # Session.run ends with a Fault only
