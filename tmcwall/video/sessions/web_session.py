"""One camera on the web, from the first answer to its end: HLS, or FLV, MPEG-TS or MP4 fragments without end."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tmcwall.containers.flv import FlvDemuxer
from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.hls import Resource
from tmcwall.containers.mpegts import PACKET_BYTES, SYNC, TsDemuxer
from tmcwall.containers.track import CLOCK_RATE, Demuxer
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.oddities import Oddity
from tmcwall.rtsp.rtcp import ntp_from_unix
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit, Timeline
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.hls_reader import HlsReader, Loading
from tmcwall.video.sessions.http_client import Answer, HttpClient
from tmcwall.video.sessions.playout import Playout
from tmcwall.video.sessions.reconnect import ResumePoint
from tmcwall.video.sessions.stream_format import StreamFormat

_OPENING_BYTES: Final = PACKET_BYTES + 1
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
        small: bool = False,
        resume_point: ResumePoint | None = None,
        camera: str = "",
    ) -> None:
        self._web = HttpClient(source, context)
        self._url = source.url
        self._clock = context.clock
        self._timing = context.timing
        self._opened = opened
        self._received = received
        self._small = small
        self._resume_point = resume_point or ResumePoint()
        self._camera = camera
        self._rate_said = False
        self._rhythm = context.picture_history.rhythm(camera, source)
        self._timeline = Timeline(CLOCK_RATE, paced=True)
        self._playout = Playout()
        self._format: StreamFormat | None = None
        self._paced = True
        self._first: Answer | None = None
        self._opening = b""
        self._reader: HlsReader | None = None
        self._came = asyncio.Event()
        self._last_unit_ns: int | None = None
        self._waiting_for_key = True
        self._discontinuity = False
        self._lost = 0
        self._unix_s: float | None = None
        self._stamps: deque[tuple[int, float]] = deque(maxlen=_MOST_STAMPS)
        """Timestamps of pictures in the queue, and when the camera says that they were taken."""
        self.clock_offset_ms: int | None = None
        self.camera_clock: CameraClock | None = None

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
            self._web.close()
            raise Fault(FaultCode.NO_ANSWER, "no answer within the limit") from error
        except Fault:
            self._web.close()
            raise

    async def run(self) -> None:
        """Read, and let pictures go when they are due, until it fails: always ends with a Fault, or by cancellation."""
        started_ns = self._clock.monotonic_ns()
        reading = asyncio.create_task(self._read())
        try:
            while True:
                now_ns = self._clock.monotonic_ns()
                self._let_go(now_ns)
                if reading.done() and not self._playout:
                    raise reading.result()
                if self._timeline.by_arrival and not self._rate_said:
                    self._rate_said = True
                    log.info("odd camera: camera=%s oddity=%s", self._camera, Oddity.RATE.value)
                fault = self._missing(started_ns, now_ns)
                if fault is not None:
                    raise fault
                await self._rest(now_ns)
        finally:
            reading.cancel()
            await asyncio.wait([reading])

    async def close(self) -> None:
        self._web.close()

    async def _open(self) -> None:
        answer = self._first = await self._web.get(Resource(self._url))
        self._opening = await answer.opening(_OPENING_BYTES)
        if self._opening.lstrip(b"\xef\xbb\xbf").startswith(b"#EXTM3U"):
            self._reader = HlsReader(
                self._web, clock=self._clock, timing=self._timing, small=self._small, resume_point=self._resume_point
            )
            await self._reader.open(answer)
            return
        demuxer = demuxer_of(self._opening, answer.headers.get("content-type", ""))
        if answer.length is None:
            # Live: every picture counts as it comes; but fragments come in bursts.
            self._paced = isinstance(demuxer, FragmentDemuxer)
            self._timeline = Timeline(CLOCK_RATE, paced=self._paced)
            self._playout.most_ahead_s = _FILE_AHEAD_S / 2
        elif answer.name_of_version and answer.name_of_version == self._resume_point.file:
            raise Fault(FaultCode.STREAM_ENDED, "the file has been played")

    async def _read(self) -> Fault:
        """Fetch and take apart until there is no more; the answer is why."""
        try:
            if self._reader is not None:
                await self._read_segments(self._reader)
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
        demuxer = demuxer_of(self._opening, answer.headers.get("content-type", ""))
        while (chunk := await answer.read()) is not None:
            self._take(demuxer.feed(chunk), demuxer)
            await self._until_hungry(_FILE_AHEAD_S)
        self._take(demuxer.end_segment(), demuxer)
        if answer.length is not None:
            self._resume_point.file = answer.name_of_version

    async def _read_segments(self, reader: HlsReader) -> None:
        demuxer: Demuxer | None = None
        while (loading := await reader.next()) is not None:
            place = loading.place
            if place.behind_s is not None:
                self._playout.begin(place.behind_s)
            elif place.newest_behind_s is not None:
                self._playout.limit_behind(place.newest_behind_s + self._playout.ahead_s + place.ahead_s)
            self._playout.most_ahead_s = place.most_ahead_s
            if place.begins_anew:
                demuxer = None
                self._discontinuity = True
            lost = place.lost + reader.take_missing()
            if lost:
                self._lost += lost
                if demuxer is not None:
                    demuxer.lose(0)
            demuxer = await self._read_segment(loading, demuxer)
            await self._until_hungry(place.ahead_s)

    async def _read_segment(self, loading: Loading, demuxer: Demuxer | None) -> Demuxer | None:
        self._unix_s = loading.segment.unix_s
        while (chunk := await loading.read()) is not None:
            if demuxer is None or (loading.starts_with_head and not isinstance(demuxer, FragmentDemuxer)):
                demuxer = demuxer_of(chunk, "")
            self._take(demuxer.feed(chunk), demuxer)
            if loading.starts_with_head:
                loading.starts_with_head = False
                self._take(demuxer.end_segment(), demuxer)
            await self._until_hungry(None)
        if demuxer is not None:
            self._take(demuxer.end_segment(), demuxer)
        return demuxer

    def _take(self, units: list[AccessUnit], demuxer: Demuxer) -> None:
        """Pictures that have come: into the queue, or on at once where the stream is live."""
        if not units:
            return
        if self._format is None or (self._format.codec, self._format.parameter_sets) != (
            demuxer.codec,
            demuxer.parameter_sets,
        ):
            self._format = StreamFormat(demuxer.codec, CLOCK_RATE, demuxer.parameter_sets, paced=self._paced)
            self._opened(self._format)
        if self._unix_s is not None:
            self._stamps.append((units[0].timestamp, self._unix_s))
            self._unix_s = None
        for unit in units:
            if self._discontinuity or self._lost:
                lost = unit.lost + self._lost
                unit = unit._replace(  # noqa: PLW2901 - the first after the seam says so
                    discontinuity=self._discontinuity, damaged=unit.damaged or lost > 0, lost=lost
                )
                self._discontinuity = False
                self._lost = 0
            if self._paced:
                self._playout.put(unit)
            else:
                self._hand_on(unit, None)
        self._came.set()

    def _let_go(self, now_ns: int) -> None:
        while (due := self._playout.take(now_ns + _SOON_NS)) is not None:
            self._hand_on(due.unit, due.schedule_ns)

    def _hand_on(self, unit: AccessUnit, schedule_ns: int | None) -> None:
        now_ns = self._clock.monotonic_ns()
        timed = self._timeline.timed(unit, now_ns, schedule_ns)
        if self._stamps and self._stamps[0][0] == unit.timestamp:
            _, unix_s = self._stamps.popleft()
            self.camera_clock = CameraClock(ntp_from_unix(unix_s), unit.timestamp & _RTP, timed.run)
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
        long = ahead_s is not None and self._paced and self._playout.ahead_s > ahead_s
        return long or self._playout.size > _MOST_WAITING_BYTES


def demuxer_of(opening: bytes, content_type: str) -> Demuxer:
    """By its first bytes. Raises Fault: NOT_A_CAMERA for a page, CODEC_UNSUPPORTED, NO_VIDEO."""
    if opening.startswith(b"FLV"):
        return FlvDemuxer()
    if opening[4:8] in {b"ftyp", b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft", b"free"}:
        return FragmentDemuxer()
    if opening[:1] == bytes((SYNC,)) and opening[PACKET_BYTES : PACKET_BYTES + 1] in {bytes((SYNC,)), b""}:
        return TsDemuxer()
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {"multipart/x-mixed-replace", "image/jpeg", "video/webm"} or opening.startswith(b"\xff\xd8"):
        raise Fault(FaultCode.CODEC_UNSUPPORTED, "JPEG" if "webm" not in kind else "WebM", retryable=False)
    if opening.startswith((b"ID3", b"\xff\xf1", b"\xff\xf9")) or kind.startswith("audio/"):
        raise Fault(FaultCode.NO_VIDEO, "sound only", retryable=False)
    if opening.lstrip()[:1] == b"<" or "html" in kind:
        raise Fault(FaultCode.NOT_A_CAMERA, "the answer is HTML", retryable=False)
    raise Fault(FaultCode.NOT_A_CAMERA, "the answer is no video", retryable=False)
