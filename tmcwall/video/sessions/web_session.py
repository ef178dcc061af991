"""One camera on the web, from the first answer to its end: HLS, or FLV, MPEG-TS, MP4 fragments or JPEG without end."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.hls import Resource, is_playlist
from tmcwall.containers.jpeg_stream import JpegDemuxer
from tmcwall.containers.recognition import LONGEST_JUNK, OPENING_BYTES, SegmentDemuxer, is_jpeg, recognised
from tmcwall.containers.track import CLOCK_RATE, Demuxer
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import Carrier
from tmcwall.rtsp.auth import Scheme
from tmcwall.rtsp.rtcp import ntp_from_unix
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit, Timeline
from tmcwall.video.sessions.body_pace import BodyPace
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.hls_reader import HlsReader, Loading
from tmcwall.video.sessions.http_client import Answer, HttpClient
from tmcwall.video.sessions.oddity_log import OddityLog
from tmcwall.video.sessions.playout import Playout
from tmcwall.video.sessions.reconnect import ResumePoint
from tmcwall.video.sessions.segment_clock import SegmentClock
from tmcwall.video.sessions.stream_format import StreamFormat

_OF_ONE_SEGMENT: Final = frozenset({FaultCode.PROTOCOL_BROKEN, FaultCode.NOT_A_CAMERA})
"""What may be wrong with one segment and not with the next."""
_MOST_WAITING_BYTES: Final = 24 * 1024 * 1024
"""Of coded pictures; beyond it nothing more is read until some are due."""
_FILE_AHEAD_S: Final = 4.0
_MOST_STAMPS: Final = 1000
_RTP: Final = 0xFFFF_FFFF
_SOON_NS: Final = 4_000_000
"""Pictures that are due within this time are released together."""
_FULL_CHECK_S: Final = 0.1

log = logging.getLogger(__name__)


class WebSession:
    """As `session.Session`, for `http` and `https`. `small` picks a small variant where a playlist offers several."""

    def __init__(
        self,
        source: StreamUrl,
        context: SessionContext,
        *,
        opened: Callable[[StreamFormat], None],
        received: Callable[[TimedUnit], None],
        camera: str = "",
        small: bool = False,
        resume_point: ResumePoint | None = None,
    ) -> None:
        self._web = HttpClient(source, context, camera=camera)
        self._url = source.url
        self._clock = context.clock
        self._timing = context.timing
        self._opened = opened
        self._received = received
        self._small = small
        self._resume_point = resume_point or ResumePoint()
        self._rhythm = context.picture_history.rhythm(camera, source)
        self._timeline = Timeline(CLOCK_RATE, paced=True)
        self._playout = Playout()
        self._format: StreamFormat | None = None
        """Of the newest picture that has come."""
        self._formats: deque[tuple[AccessUnit, StreamFormat]] = deque()
        """Pictures in the queue from which on the format is another."""
        self._paced = True
        self._first: Answer | None = None
        self._reader: HlsReader | None = None
        self._came = asyncio.Event()
        self._last_unit_ns: int | None = None
        self._waiting_for_key = True
        self._discontinuity = False
        self._lost = 0
        self._taken = 0
        """Pictures that have come of the segment."""
        self._unix_s: float | None = None
        self._segments = SegmentClock()
        self._pace: BodyPace | None = None
        """Of a body without end."""
        self._begun: Loading | None = None
        """The segment whose first picture is awaited."""
        self._stamps: deque[tuple[int, float]] = deque(maxlen=_MOST_STAMPS)
        """Timestamps of pictures in the queue, and when the camera says that they were taken."""
        self._oddity_log = OddityLog(camera)
        self.clock_offset_ms: int | None = None
        self.camera_clock: CameraClock | None = None
        self.carrier = Carrier.HTTP

    @property
    def oddities(self) -> Counter[Oddity]:
        """What the camera did that no specification allows."""
        return self._web.oddities

    @property
    def login(self) -> Scheme | None:
        return self._web.login

    @property
    def frame_interval_s(self) -> float:
        return self._timeline.frame_interval_s

    @property
    def behind_s(self) -> float:
        """What was behind when playing began, and what was late since."""
        return self._playout.behind_ns / NS

    async def open(self) -> None:
        """Ask for the first bytes. Raises Fault; the connection is closed then."""
        try:
            async with asyncio.timeout(self._timing.open_s):
                await self._open()
        except TimeoutError as error:
            fault = Fault(FaultCode.NO_ANSWER, "no answer within the limit")
            self._web.close()
            self._note_end(fault)
            raise fault from error
        except Fault as fault:
            self._web.close()
            self._note_end(fault)
            raise

    async def run(self) -> None:
        """Read, and let pictures go when they are due, until it fails: always ends with a Fault, or by cancellation."""
        started_ns = self._clock.monotonic_ns()
        reading = asyncio.create_task(self._read())
        try:
            while True:
                now_ns = self._clock.monotonic_ns()
                self._let_go(now_ns)
                self._timeline.note_rate(self.oddities)
                self._oddity_log.say(self.oddities)
                if reading.done() and not self._playout:
                    raise reading.result()
                fault = self._missing(started_ns, now_ns)
                if fault is not None:
                    raise fault
                await self._rest(now_ns)
        except Fault as fault:
            self._note_end(fault)
            raise
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    async def close(self) -> None:
        self._web.close()

    def _note_end(self, fault: Fault) -> None:
        """What the next connection should know of this one, and the log."""
        if self._reader is not None and self._format is None and fault.code is not FaultCode.STREAM_ENDED:
            self._reader.ends_without_picture()
        self._oddity_log.say(self.oddities)

    async def _open(self) -> None:
        answer = self._first = await self._web.get(Resource(self._url))
        if is_playlist(await answer.opening(OPENING_BYTES)):
            self._reader = HlsReader(
                self._web, clock=self._clock, timing=self._timing, small=self._small, resume_point=self._resume_point
            )
            await self._reader.open(answer)
            return
        demuxer = await self._demuxer_of(answer)
        if answer.length is None:
            self._paced = isinstance(demuxer, FragmentDemuxer)
            self._pace = BodyPace(self._playout, by_fragment=self._paced)
        elif answer.name_of_version and answer.name_of_version == self._resume_point.file:
            raise Fault(FaultCode.STREAM_ENDED, "the file has been played")

    async def _demuxer_of(self, answer: Answer) -> Demuxer:
        """By so much of the body as it takes. Raises Fault as `demuxer_of`."""
        wanted = OPENING_BYTES
        while True:
            opening = await answer.opening(wanted)
            if answer.length is None and is_jpeg(opening, answer.headers.get("content-type", "")):
                return JpegDemuxer()
            demuxer = recognised(opening, answer.headers.get("content-type", ""), is_all=len(opening) < wanted)
            if demuxer is not None:
                return demuxer
            wanted = LONGEST_JUNK

    async def _read(self) -> Fault:
        """Fetch and take apart until there is no more; the answer is why."""
        try:
            if self._reader is not None:
                await self._read_variants(self._reader)
            else:
                await self._read_stream()
        except Fault as fault:
            return fault
        if self._format is None:
            return Fault(FaultCode.NO_MEDIA, "it ends without a picture")
        return Fault(FaultCode.STREAM_ENDED, "the camera has ended it")

    async def _read_stream(self) -> None:
        answer = self._first
        assert answer is not None
        demuxer = await self._demuxer_of(answer)
        while (chunk := await answer.read()) is not None:
            self._take(demuxer.feed(chunk), demuxer)
            await self._until_hungry(self._pace.most_ahead_s if self._pace is not None else _FILE_AHEAD_S)
        self._take(demuxer.end_segment(), demuxer)
        if answer.length is not None:
            self._resume_point.file = answer.name_of_version
        elif not self._paced:
            self._let_all_go()

    async def _read_variants(self, reader: HlsReader) -> None:
        """Of several variants the next one, where one fails before it has given a picture."""
        while True:
            try:
                await self._read_segments(reader)
                if self._format is None:
                    raise reader.last_miss or Fault(FaultCode.NO_MEDIA, "it ends without a picture")
            except Fault as fault:
                if self._format is not None:
                    raise
                await reader.open_next(fault)
            else:
                return

    async def _read_segments(self, reader: HlsReader) -> None:
        demuxer = SegmentDemuxer()
        while (loading := await reader.next()) is not None:
            place = loading.place
            if place.behind_s is not None:
                self._playout.begin(place.behind_s)
            elif place.newest_behind_s is not None:
                self._playout.limit_behind(place.newest_behind_s + self._playout.ahead_s + place.ahead_s)
            self._playout.most_ahead_s = place.most_ahead_s
            if place.begins_anew:
                demuxer = SegmentDemuxer()
                reader.forget_head()
                self._discontinuity = True
            lost = place.lost + reader.take_missing()
            if lost:
                self._lost += lost
                demuxer.lose(0)
            await self._read_segment(loading, demuxer, reader)
            await self._until_hungry(place.ahead_s)

    async def _read_segment(self, loading: Loading, demuxer: SegmentDemuxer, reader: HlsReader) -> None:
        self._unix_s = loading.segment.unix_s
        self._begun = loading
        self._taken = 0
        while (chunk := await loading.read()) is not None:
            with self._costs_itself(loading, demuxer):
                if loading.starts_with_head:
                    loading.starts_with_head = False
                    demuxer.take_head(chunk)
                else:
                    self._take(demuxer.feed(chunk), demuxer.current)
            await self._until_hungry(None)
        if loading.is_cut:
            demuxer.lose(1)
        with self._costs_itself(loading, demuxer):
            self._take(demuxer.end_segment(), demuxer.current)
            if loading.is_whole and not self._taken:
                raise Fault(FaultCode.PROTOCOL_BROKEN, "no picture in it")
        if loading.is_whole:
            reader.loaded()
        if demuxer.had_bytes_before:
            self.oddities[Oddity.BEFORE_VIDEO] += 1

    @contextmanager
    def _costs_itself(self, loading: Loading, demuxer: SegmentDemuxer) -> Iterator[None]:
        """A segment that is none, or is broken, ends there. Raises its fault where that happens again and again."""
        try:
            yield
        except Fault as fault:
            if fault.code not in _OF_ONE_SEGMENT:
                raise
            loading.break_off(fault, has_pictures=self._taken > 0)
            self._take(demuxer.break_off(), demuxer.current)

    def _take(self, units: list[AccessUnit], demuxer: Demuxer | None) -> None:
        """Pictures that have come: into the queue, or on at once where the stream is live."""
        if not units or demuxer is None:
            return
        if self._format is None and self._reader is not None:
            self._reader.works()
        if self._reader is not None:
            units = self._in_true_time(units)
        elif self._pace is not None:
            if isinstance(demuxer, JpegDemuxer):
                units = self._as_they_came(units)
            units = self._at_pace(units, self._pace)
        found = StreamFormat(demuxer.codec, CLOCK_RATE, demuxer.parameter_sets, paced=self._paced)
        is_new_format, self._format = found != self._format, found
        if self._unix_s is not None:
            self._stamps.append((units[0].timestamp, self._unix_s))
            self._unix_s = None
        self._taken += len(units)
        for unit in units:
            if self._discontinuity or self._lost:
                lost = unit.lost + self._lost
                unit = unit._replace(  # noqa: PLW2901 - the first after the seam says so
                    discontinuity=self._discontinuity, damaged=unit.damaged or lost > 0, lost=lost
                )
                self._discontinuity = False
                self._lost = 0
            if is_new_format:
                self._formats.append((unit, found))
                is_new_format = False
            if self._pace is None:
                self._playout.put(unit)
            else:
                for ready in self._pace.put(unit, self._clock.monotonic_ns()):
                    self._hand_on(ready, None)
        self._came.set()

    def _as_they_came(self, units: list[AccessUnit]) -> list[AccessUnit]:
        """The same with the times at which they came, of a body that says none."""
        now = self._clock.monotonic_ns() * CLOCK_RATE // NS
        return [unit._replace(timestamp=now + place) for place, unit in enumerate(units)]

    def _at_pace(self, units: list[AccessUnit], pace: BodyPace) -> list[AccessUnit]:
        """The same in their true times, of a body without end. How they are let go follows how they come."""
        before, was_correcting = pace.coming, pace.is_correcting
        units = pace.take(units, self._clock.monotonic_ns())
        if pace.coming is not before:
            self._timeline.pace(paced=pace.is_paced)
            self._paced = pace.is_paced
        if pace.is_correcting and not was_correcting:
            self.oddities[Oddity.RATE] += 1
        return units

    def _let_all_go(self) -> None:
        """What waits comes from before: it is not shown later than it need be."""
        for unit in self._playout.take_all():
            self._hand_on(unit, None)

    def _in_true_time(self, units: list[AccessUnit]) -> list[AccessUnit]:
        begun, self._begun = self._begun, None
        if begun is not None:
            self._segments.begin(
                units[0].timestamp,
                listed_s=begun.segment.duration_s,
                follows=not (self._discontinuity or self._lost),
                came_ns=self._clock.monotonic_ns() if begun.place.was_awaited else None,
            )
            if self._segments.is_correcting and not self.oddities[Oddity.RATE]:
                self.oddities[Oddity.RATE] += 1
        return [unit._replace(timestamp=self._segments.place(unit.timestamp)) for unit in units]

    def _let_go(self, now_ns: int) -> None:
        while (due := self._playout.take(now_ns + _SOON_NS)) is not None:
            self._hand_on(due.unit, due.schedule_ns)

    def _hand_on(self, unit: AccessUnit, schedule_ns: int | None) -> None:
        now_ns = self._clock.monotonic_ns()
        timed = self._timeline.timed(unit, now_ns, schedule_ns)
        if self._formats and self._formats[0][0] is unit:
            _, found = self._formats.popleft()
            self._opened(found)
        if self._segments.is_correcting or (self._pace is not None and self._pace.is_correcting):
            timed = timed._replace(by_arrival=True)
        if self._stamps and self._stamps[0][0] == unit.timestamp:
            _, unix_s = self._stamps.popleft()
            self.camera_clock = CameraClock(ntp_from_unix(unix_s), timed.rtp & _RTP, timed.run)
        self._last_unit_ns = now_ns
        if unit.key:
            self._waiting_for_key = False
        self._received(timed)

    def _missing(self, started_ns: int, now_ns: int) -> Fault | None:
        """What should have come by now and did not."""
        if (
            self._last_unit_ns is not None
            and self._waiting_for_key
            and now_ns - started_ns > self._rhythm.key_wait_s(self._timing.no_key_s) * NS
        ):
            return Fault(FaultCode.NO_KEY_FRAME, "no key frame")
        if self._playout:
            return None
        if self._last_unit_ns is None:
            if now_ns - started_ns > self._rhythm.silence_s(self._timing.no_media_s, 0.0) * NS:
                return self._silence(Fault(FaultCode.NO_MEDIA, "no picture"))
        elif now_ns - self._last_unit_ns > self._silence_s() * NS:
            return self._silence(Fault(FaultCode.STREAM_STALLED, "pictures have stopped"))
        return None

    def _silence_s(self) -> float:
        return self._rhythm.silence_s(self._timing.stalled_s, self._timeline.frame_interval_s)

    def _silence(self, fault: Fault) -> Fault:
        """Why nothing comes, where the playlist knows."""
        if self._reader is not None and self._reader.waits:
            return Fault(FaultCode.STREAM_STALLED, "the playlist does not grow")
        return fault

    async def _rest(self, now_ns: int) -> None:
        """Until the next picture is due, or something comes."""
        due_ns = self._playout.next_ns(now_ns)
        if due_ns is not None:
            await asyncio.sleep(min(self._timing.watch_s, max(0.0, (due_ns - now_ns) / NS)))
            return
        self._came.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.watch_s):
                await self._came.wait()

    async def _until_hungry(self, ahead_s: float | None) -> None:
        """Read no further while enough waits: the network holds the rest back."""
        while self._is_full(ahead_s):  # noqa: ASYNC110 - it empties at the pace of the clock
            await asyncio.sleep(_FULL_CHECK_S)

    def _is_full(self, ahead_s: float | None) -> bool:
        long = ahead_s is not None and self._playout.ahead_s > ahead_s
        return long or self._playout.size > _MOST_WAITING_BYTES
