"""One RTSP session with a camera, from DESCRIBE to TEARDOWN: access units with their times, or a typed fault."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from secrets import randbits
from typing import Final, Literal

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.net.reach import Address, address_of
from tmcwall.net.trust import check_certificate
from tmcwall.rtsp import rtcp, sdp
from tmcwall.rtsp.assembler import Assembler
from tmcwall.rtsp.auth import Authorizer
from tmcwall.rtsp.codecs import depacketiser_of, described_parameter_sets
from tmcwall.rtsp.jitter import Jitter
from tmcwall.rtsp.messages import Request, Response
from tmcwall.rtsp.reorder import ReorderBuffer
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.rtsp.transport import Lower, Transport, parse_session, parse_transports
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit, Timeline, clock_offset_ms
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.rtsp_connection import RtspConnection, connect
from tmcwall.video.sessions.udp import DatagramPair

_SHORTEST_PACKET: Final = 12  # the RTP header, RFC 3550
_OWN_CHANNELS: Final = (0, 1)
_UNSUPPORTED_TRANSPORT: Final = 461
_REDIRECTS: Final = frozenset({301, 302, 303, 305, 307, 308})
_MOST_REDIRECTS: Final = 1
_STATUS_FAULTS: Final = {
    401: (FaultCode.UNAUTHORIZED, False),
    403: (FaultCode.UNAUTHORIZED, False),
    404: (FaultCode.STREAM_NOT_FOUND, True),
    410: (FaultCode.STREAM_NOT_FOUND, True),
    453: (FaultCode.CAMERA_BUSY, True),
    454: (FaultCode.CONNECTION_LOST, True),
    461: (FaultCode.TRANSPORT_REFUSED, True),
    503: (FaultCode.CAMERA_BUSY, True),
}


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What the session description says of the stream."""

    codec: str
    """`h264` or `hevc`."""
    clock_rate: int
    parameter_sets: tuple[bytes, ...]


class RtspSession:
    """One connection to one stream. `opened` gets its format before the first access unit, `received` every unit."""

    def __init__(
        self,
        source: StreamUrl,
        context: SessionContext,
        *,
        opened: Callable[[StreamFormat], None],
        received: Callable[[TimedUnit], None],
        camera: str = "",
    ) -> None:
        """It is remembered of `camera` that nothing came over UDP. Raises Fault for an address that is none."""
        self._source = source
        self._camera = camera
        self._transport_history = context.transport_history
        self._address = address_of(source.url)
        secure = self._address.scheme == "rtsps"
        self._context = context
        self._fingerprint = source.fingerprint
        self._clock = context.clock
        self._timing = context.timing
        self._opened = opened
        self._received = received
        self._authorizer = Authorizer(source.username, source.password, allow_basic=context.allow_basic or secure)
        self._link: RtspConnection | None = None
        self._depacketiser: Assembler | None = None
        self._timeline = Timeline(90_000)
        self._jitter = Jitter(90_000)
        self._channels = _OWN_CHANNELS
        self._datagrams: DatagramPair | None = None
        self._reorder = ReorderBuffer()
        self._first_packet = asyncio.Event()
        self._control = self._address.url
        self._session: str | None = None
        self._session_timeout_s = 60
        self._keep_alive_method = "GET_PARAMETER"
        self._ssrc = randbits(32)
        self._source_ssrc = 0
        self._first_sequence: int | None = None
        self._last_report = (0, 0)
        self._reported = (0, 0)
        self._last_packet_ns = 0
        self._waiting_for_key = True
        self.behind_s = 0.0
        self.clock_offset_ms: int | None = None
        self.camera_clock: CameraClock | None = None

    @property
    def frame_interval_s(self) -> float:
        return self._timeline.frame_interval_s

    async def open(self) -> None:
        """Connect and play. Raises Fault; the connection is closed then."""
        try:
            async with asyncio.timeout(self._timing.open_s):
                await self._open()
        except TimeoutError as error:
            raise self._drop(Fault(FaultCode.NO_ANSWER, "no answer within the limit")) from error
        except Fault as fault:
            raise self._drop(fault) from fault.__cause__

    async def run(self) -> None:
        """Watch over the stream until it fails: always ends with a Fault, or by cancellation."""
        assert self._link is not None
        link = self._link
        started_ns = self._clock.monotonic_ns()
        next_report_ns = started_ns + int(self._timing.receiver_report_s * NS)
        keep_alive_ns = int((self._timing.keep_alive_s or self._session_timeout_s / 2) * NS)
        next_keep_alive_ns = started_ns + keep_alive_ns
        async with asyncio.TaskGroup() as tasks:
            while not link.ended.done():
                await asyncio.wait([link.ended], timeout=self._timing.watch_s)
                now_ns = self._clock.monotonic_ns()
                fault = self._missing(started_ns, now_ns)
                if fault is not None:
                    link.end(fault)
                elif now_ns >= next_keep_alive_ns:
                    next_keep_alive_ns = now_ns + keep_alive_ns
                    tasks.create_task(self._keep_alive())
                if now_ns >= next_report_ns:
                    next_report_ns = now_ns + int(self._timing.receiver_report_s * NS)
                    self._send_receiver_report()
        raise link.ended.result()

    async def close(self) -> None:
        """TEARDOWN, so that the camera frees the place at once; waits for the answer only briefly."""
        link = self._link
        if link is None:
            return
        self._close_datagrams()
        if self._session is not None and not link.ended.done():
            self._depacketiser = None
            with contextlib.suppress(TimeoutError, Fault):
                async with asyncio.timeout(self._timing.teardown_s):
                    await link.request("TEARDOWN", self._control, self._fields("TEARDOWN", self._control))
        link.end(Fault(FaultCode.CONNECTION_LOST, "closed by us"))

    def _drop(self, fault: Fault) -> Fault:
        self._close_datagrams()
        if self._link is not None:
            self._link.end(fault)
        return fault

    async def _open(self) -> None:
        self._link = await self._connect(self._address)
        description = await self._describe()
        video = description.video
        self._depacketiser = depacketiser_of(video)
        self._timeline = Timeline(video.clock_rate)
        self._jitter = Jitter(video.clock_rate)
        self._control = description.control
        self._opened(StreamFormat(self._depacketiser.codec, video.clock_rate, tuple(described_parameter_sets(video))))
        order = self._transport_history.order(self._camera, self._source)
        for lower in order:
            last = lower is order[-1]
            if await self._set_up(video.control_url, lower, last=last):
                # Media may come before the answer to PLAY.
                self._last_packet_ns = self._clock.monotonic_ns()
                await self._ask("PLAY", self._control, [("Range", "npt=0.000-")])
                if last or lower is Lower.TCP or await self._hears_packets():
                    return
                self._transport_history.silent(self._camera, self._source)
                await self._start_over()

    async def _set_up(self, url: str, lower: Lower, *, last: bool) -> bool:
        """Agree on a transport; False where the camera refuses this one and there is another to be asked for."""
        offer = Transport(Lower.TCP, interleaved=_OWN_CHANNELS)
        if lower is Lower.UDP:
            offer = Transport(Lower.UDP, client_port=self._open_datagrams().ports)
        answer = await self._request("SETUP", url, [("Transport", str(offer))])
        if answer.status == _UNSUPPORTED_TRANSPORT and not last:
            self._close_datagrams()
            return False
        _check(answer)
        self._take_setup(answer, lower)
        return True

    async def _hears_packets(self) -> bool:
        """Whether something comes over UDP in time. Raises Fault if the connection ends meanwhile."""
        assert self._link is not None
        first = asyncio.ensure_future(self._first_packet.wait())
        waited: list[asyncio.Future[Literal[True]] | asyncio.Future[Fault]] = [first, self._link.ended]
        try:
            await asyncio.wait(waited, timeout=self._timing.udp_silent_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            first.cancel()
        if self._link.ended.done():
            raise self._link.ended.result()
        return self._first_packet.is_set()

    async def _start_over(self) -> None:
        """Give up the session, so that another transport can be asked for."""
        assert self._link is not None
        self._close_datagrams()
        with contextlib.suppress(Fault):
            await self._request("TEARDOWN", self._control, [])
        self._session = None
        if self._link.ended.done():
            self._link = await self._connect(self._address)

    def _open_datagrams(self) -> DatagramPair:
        assert self._link is not None
        local, camera = self._link.ends
        self._datagrams = DatagramPair(camera, local=local, packet=self._take_datagram, report=self._take_report)
        return self._datagrams

    def _close_datagrams(self) -> None:
        if self._datagrams is not None:
            self._datagrams.close()
            self._datagrams = None

    async def _connect(self, address: Address) -> RtspConnection:
        secure = address.scheme == "rtsps"
        link = await connect(
            address,
            rule=self._context.rule,
            resolver=self._context.resolver,
            tls=self._context.trust.context(self._fingerprint) if secure else None,
            timeout_s=self._timing.connect_s,
            buffer=self._context.buffer,
            packet=self._take_packet,
            requested=self._answer_request,
        )
        if secure and self._fingerprint:
            try:
                check_certificate(link.certificate, self._fingerprint)
            except Fault as fault:
                link.end(fault)
                raise
        return link

    async def _describe(self) -> sdp.SessionDescription:
        url = self._address.url
        for _ in range(_MOST_REDIRECTS + 1):
            response = await self._request("DESCRIBE", url, [("Accept", "application/sdp")])
            if response.status not in _REDIRECTS:
                break
            url = await self._follow(response)
        else:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected in a circle", retryable=False)
        _check(response)
        if "html" in response.headers.get("content-type", "").lower():
            raise Fault(FaultCode.NOT_A_CAMERA, "the answer is HTML", retryable=False)
        base = response.headers.get("content-base") or response.headers.get("content-location") or url
        return sdp.parse(response.body, base.strip())

    async def _follow(self, response: Response) -> str:
        """The new URL of a redirect on the same host and port; credentials never go to another."""
        try:
            target = address_of(response.headers.get("location", "").strip())
        except Fault as fault:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to no RTSP URL", retryable=False) from fault
        ours = self._address
        if (target.scheme, target.host, target.port) != (ours.scheme, ours.host, ours.port):
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to another host", retryable=False)
        if self._link is not None and self._link.ended.done():
            self._link = await self._connect(target)
        return target.url

    def _take_setup(self, response: Response, lower: Lower) -> None:
        session = parse_session(response.headers)
        if session is None:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "SETUP without a session")
        self._session, self._session_timeout_s = session
        chosen = parse_transports(response.headers.get("transport", ""))
        if not chosen or chosen[0].lower is not lower:
            raise Fault(FaultCode.TRANSPORT_REFUSED, f"the camera does not send over {lower.name}")
        if self._datagrams is not None:
            empty = rtcp.receiver_report(rtcp.ReceiverReport(self._ssrc), name="tmcwall")
            self._datagrams.open_towards(chosen[0].server_port, empty)
        self._channels = chosen[0].interleaved or _OWN_CHANNELS

    async def _ask(self, method: str, url: str, fields: list[tuple[str, str]]) -> Response:
        response = await self._request(method, url, fields)
        _check(response)
        return response

    async def _request(self, method: str, url: str, fields: list[tuple[str, str]]) -> Response:
        """One request, repeated once where the camera asks who we are."""
        assert self._link is not None
        response = await self._link.request(method, url, [*fields, *self._fields(method, url)])
        if response.status == 401 and self._authorizer.challenge(response):
            if self._link.ended.done():
                self._link = await self._connect(self._address)
            response = await self._link.request(method, url, [*fields, *self._fields(method, url)])
        if response.status < 300:
            self._authorizer.accepted()
        return response

    def _fields(self, method: str, url: str) -> list[tuple[str, str]]:
        fields = [] if self._session is None else [("Session", self._session)]
        authorization = self._authorizer.header(method, url)
        if authorization is not None:
            fields.append(("Authorization", authorization))
        return fields

    async def _keep_alive(self) -> None:
        """A camera that does not answer these is not failed for it, as long as pictures come."""
        try:
            async with asyncio.timeout(self._timing.open_s):
                response = await self._request(self._keep_alive_method, self._control, [])
        except (TimeoutError, Fault):
            return
        if response.status == 454:
            self._drop(Fault(FaultCode.CONNECTION_LOST, "the camera has forgotten the session"))
        elif response.status >= 400:
            self._keep_alive_method = "OPTIONS"

    def _missing(self, started_ns: int, now_ns: int) -> Fault | None:
        """What should have come by now and did not."""
        since_packet_s = (now_ns - self._last_packet_ns) / NS
        if self._first_sequence is None:
            if since_packet_s > self._timing.no_media_s:
                return Fault(FaultCode.NO_MEDIA, "no packet since PLAY")
        elif since_packet_s > self._timing.stalled_s:
            return Fault(FaultCode.STREAM_STALLED, "packets have stopped")
        elif self._waiting_for_key and now_ns - started_ns > self._timing.no_key_s * NS:
            return Fault(FaultCode.NO_KEY_FRAME, "no key frame since PLAY")
        return None

    def _take_packet(self, channel: int, data: bytes) -> None:
        """One interleaved packet. Runs for every packet of every camera: nothing here that could be elsewhere."""
        depacketiser = self._depacketiser
        if depacketiser is None:
            return
        if channel == self._channels[0]:
            if len(data) < _SHORTEST_PACKET:
                return  # some cameras fill pauses with empty packets
            now_ns = self._last_packet_ns = self._clock.monotonic_ns()
            if self._first_sequence is None:
                self._first_sequence = int.from_bytes(data[2:4], "big")
                self._source_ssrc = int.from_bytes(data[8:12], "big")
            for unit in depacketiser.feed(data):
                # Within a connection packets come as the system hands them over: only pictures come one by one.
                self._jitter.take(unit.timestamp, now_ns)
                self._take_unit(unit, now_ns)
        elif channel == self._channels[1]:
            self._take_rtcp(data)

    def _take_datagram(self, data: bytes) -> None:
        """One packet over UDP."""
        depacketiser, link = self._depacketiser, self._link
        if depacketiser is None or link is None or link.ended.done():
            return
        now_ns = self._clock.monotonic_ns()
        if len(data) >= _SHORTEST_PACKET:
            self._jitter.take(int.from_bytes(data[4:8], "big"), now_ns)
        try:
            for packet in self._reorder.take(data, now_ns):
                self._last_packet_ns = now_ns
                if self._first_sequence is None:
                    self._first_sequence = int.from_bytes(packet[2:4], "big")
                    self._source_ssrc = int.from_bytes(packet[8:12], "big")
                    self._first_packet.set()
                for unit in depacketiser.feed(packet):
                    self._take_unit(unit, now_ns)
        except Fault as fault:
            link.end(fault)

    def _take_report(self, data: bytes) -> None:
        """RTCP over UDP. A camera that sends it gets through to us, though its first key frame may take a while."""
        self._first_packet.set()
        self._take_rtcp(data)

    def _take_unit(self, unit: AccessUnit, arrival_ns: int) -> None:
        if unit.discontinuity:
            self._jitter.restart()
        if unit.key:
            self._waiting_for_key = False
        self._received(self._timeline.timed(unit, arrival_ns))

    def _take_rtcp(self, data: bytes) -> None:
        try:
            reports = rtcp.parse(data)
        except Fault:
            return
        for report in reports:
            if isinstance(report, rtcp.SenderReport):
                self._source_ssrc = report.ssrc
                self._last_report = (report.ntp >> 16 & 0xFFFF_FFFF, self._clock.monotonic_ns())
                self.clock_offset_ms = clock_offset_ms(report.unix_s, self._clock.utc().timestamp())
                self.camera_clock = CameraClock(report.ntp, report.rtp_timestamp, self._timeline.run)
            elif isinstance(report, rtcp.Bye):
                self._drop(Fault(FaultCode.STREAM_ENDED, "the camera said goodbye"))

    def _send_receiver_report(self) -> None:
        if self._link is None or self._depacketiser is None or self._first_sequence is None:
            return
        source = self._depacketiser.source
        expected = source.received + source.lost
        since = (expected - self._reported[0], source.lost - self._reported[1])
        self._reported = (expected, source.lost)
        sender_time, at_ns = self._last_report
        delay = (self._clock.monotonic_ns() - at_ns) * 65_536 // NS if sender_time else 0
        block = rtcp.ReportBlock(
            ssrc=self._source_ssrc,
            fraction_lost=min(255, 256 * since[1] // since[0]) if since[0] > 0 else 0,
            lost=source.lost,
            highest_sequence=self._first_sequence + expected - 1,
            jitter=self._jitter.value,
            last_report=sender_time,
            delay=delay,
        )
        report = rtcp.receiver_report(rtcp.ReceiverReport(self._ssrc, (block,)), name="tmcwall")
        if self._datagrams is not None:
            self._datagrams.send_report(report)
            return
        channel = self._channels[1]
        self._link.write(b"$" + bytes((channel,)) + len(report).to_bytes(2, "big") + report)

    def _answer_request(self, request: Request) -> None:
        assert self._link is not None
        if request.method in {"OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE"}:
            self._link.answer(request, 200, "OK")
        elif request.method == "TEARDOWN":
            self._link.answer(request, 200, "OK")
            self._drop(Fault(FaultCode.STREAM_ENDED, "the camera ended the session"))
        elif request.method == "REDIRECT":
            self._link.answer(request, 501, "Not Implemented")
            self._drop(Fault(FaultCode.REDIRECT_REFUSED, "redirected while playing"))
        else:
            self._link.answer(request, 501, "Not Implemented")


def _check(response: Response) -> None:
    """Raises Fault for anything but success."""
    if 200 <= response.status < 300:
        return
    code, retryable = _STATUS_FAULTS.get(response.status, (FaultCode.PROTOCOL_BROKEN, True))
    if response.status in _REDIRECTS:
        code, retryable = FaultCode.REDIRECT_REFUSED, False
    raise Fault(code, f"status {response.status}", retryable=retryable)
