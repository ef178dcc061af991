"""What is said between us and an RTSP camera, from DESCRIBE to TEARDOWN: no socket, no task, and no clock of its own.

`SessionIo` does what it asks for; connections, bytes and the time are handed in. `rtsp_connection` drives it on an
asyncio loop, `tests/playbook.py` from a script. Packets go straight to `rtsp_media`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Final, Protocol

from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.net.reach import Address, address_of
from tmcwall.net.trust import check_certificate
from tmcwall.rtsp import sdp
from tmcwall.rtsp.auth import Authorizer, LoginRefused, Scheme
from tmcwall.rtsp.codecs import described_parameter_sets, playable_video
from tmcwall.rtsp.messages import Connection, Headers, Interleaved, Message, Request, Response, Skipped, serialise
from tmcwall.rtsp.transport import Lower, Transport, is_written_oddly, parse_session, parse_transports
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import NS, TimedUnit
from tmcwall.video.sessions.context import USER_AGENT, SessionContext
from tmcwall.video.sessions.conversations import Awaited, Conversations, Talk, Wait
from tmcwall.video.sessions.keep_alive_history import KeepAlive
from tmcwall.video.sessions.oddity_log import OddityLog
from tmcwall.video.sessions.retry_after import asked_to_wait_s
from tmcwall.video.sessions.rtsp_media import OWN_CHANNELS, RtspMedia
from tmcwall.video.sessions.stream_format import StreamFormat

_UNSUPPORTED_TRANSPORT: Final = 461
_REDIRECTS: Final = frozenset({301, 302, 303, 305, 307, 308})
_MOST_REDIRECTS: Final = 1
_RANGE_REFUSED: Final = frozenset({451, 456, 457})
"""Parameter not understood, header not valid, invalid range: of a live stream there is none but the present."""
_FORGOTTEN_S: Final = 2.0
"""A camera that says that it knows no such session is believed where nothing comes for so long."""
_MOST_METHODS: Final = 32
_MOST_LOGINS: Final = 2
_STATUS_FAULTS: Final = {
    403: (FaultCode.UNAUTHORIZED, False),
    404: (FaultCode.STREAM_NOT_FOUND, True),
    410: (FaultCode.STREAM_NOT_FOUND, True),
    453: (FaultCode.CAMERA_BUSY, True),
    454: (FaultCode.CONNECTION_LOST, True),
    461: (FaultCode.TRANSPORT_REFUSED, True),
    503: (FaultCode.CAMERA_BUSY, True),
}
_KEEP_ALIVE_FAILURES: Final = frozenset({FaultCode.NO_ANSWER, FaultCode.CONNECTION_LOST, FaultCode.STREAM_ENDED})
"""What a camera makes of a keep-alive that it does not bear."""

_ALLOWED_REQUESTS: Final = "OPTIONS, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, TEARDOWN, REDIRECT"

Fields = list[tuple[str, str]]


class SessionIo(Protocol):
    """What a dialogue has done for it. Every call returns at once, and none calls back before it has returned."""

    def connect(self, address: Address) -> None:
        """Followed by `connected` or `connection_ended`; the connection's bytes go to `receive`."""
        ...

    def send(self, data: bytes) -> None:
        """Lost where the connection has ended."""
        ...

    def disconnect(self) -> None:
        """End the connection, or the attempt at one."""
        ...

    def open_ports(self) -> tuple[int, int]:
        """Two UDP ports, for the packets and reports of the camera we are connected to. Raises Fault."""
        ...

    def open_towards(self, server_ports: tuple[int, int] | None, report: bytes) -> None:
        """Send something out of each port, so that firewalls let the camera's packets in."""
        ...

    def send_report(self, report: bytes) -> None:
        """Out of the second port."""
        ...

    def close_ports(self) -> None: ...

    def wake_at(self, deadline_ns: int | None) -> None:
        """Call `time_passed` then, by the context's clock; None: never. The last call counts."""
        ...

    def opened(self) -> None:
        """The camera has accepted PLAY."""
        ...

    def failed(self, fault: Fault) -> None:
        """The session has ended by itself; called once."""
        ...

    def closed(self) -> None:
        """What `close` began is done."""
        ...


class RtspDialogue:
    """One session with one camera: `open`, then `watch`, at any time `close`.

    `described` gets the stream's format before the first access unit, `received` every unit.
    """

    def __init__(
        self,
        source: StreamUrl,
        context: SessionContext,
        *,
        io: SessionIo,
        described: Callable[[StreamFormat], None],
        received: Callable[[TimedUnit], None],
        camera: str = "",
    ) -> None:
        """It is remembered of `camera` that nothing came over UDP, and how its session is not kept alive.

        Raises Fault for an address that is none.
        """
        self._source = source
        self._camera = camera
        self._io = io
        self._address = address_of(source.url)
        self._is_secure = self._address.scheme == "rtsps"
        self._transport_history = context.transport_history
        self._keep_alive_history = context.keep_alive_history
        self._clock = context.clock
        self._timing = context.timing
        self._described = described
        allow_basic = context.allow_basic or self._is_secure
        self._authorizer = Authorizer(source.username, source.password, allow_basic=allow_basic)
        self.media = RtspMedia(
            context.clock,
            received=received,
            datagram_came=self._datagram_came,
            failed=self._drop,
            rhythm=context.picture_history.rhythm(camera, source),
        )
        self._take_packet = self.media.take_packet
        self._cutter = Connection()
        self._ended: Fault | None = None
        """Why the connection has ended; the first reason counts."""
        self._is_watched = False
        self._conversations = Conversations(context.clock, wake_at=io.wake_at)
        self._sequence = 0
        self._control = self._address.url
        self._is_set_up = False
        self._session: str | None = None
        self._session_timeout_s = 60
        self._forgotten_ns: int | None = None
        """When the camera said that it knows no such session."""
        self._public = frozenset[str]()
        """The methods that the camera says it knows; empty where it says nothing."""
        self._oddity_log = OddityLog(camera)

    @property
    def login(self) -> Scheme | None:
        return self._authorizer.scheme

    def open(self) -> None:
        """Connect and play: `opened` or `failed` follows."""
        self._conversations.begin(self._open(), limit_s=self._timing.open_s, finished=self._finish_opening)

    def watch(self) -> None:
        """Look after the stream that has been opened: keep it alive, report, and fail it when nothing comes."""
        if self._ended is not None:
            self._fail(self._ended)
            return
        self._is_watched = True
        self._conversations.begin(self._watch(), limit_s=None, finished=_ignore)

    def close(self) -> None:
        """TEARDOWN, so that the camera frees the place at once; `closed` follows, even without an answer."""
        is_known = self._is_set_up and self._ended is None
        self._is_watched = False
        self._conversations.abandon()
        self._io.close_ports()
        self.media.end()
        if is_known:
            self._conversations.begin(self._tear_down(), limit_s=self._timing.teardown_s, finished=self._finish_closing)
        else:
            self._finish_closing(None)

    def connected(self, certificate: bytes | None) -> None:
        """The connection that `connect` asked for is made. `certificate`: the camera's in DER; None without TLS."""
        if self._is_secure and self._source.fingerprint:
            try:
                check_certificate(certificate, self._source.fingerprint)
            except Fault as fault:
                self._end(fault)
                return
        self._conversations.arrived(Awaited.CONNECTION)

    def connection_ended(self, fault: Fault) -> None:
        """The connection, or the attempt at one, ended otherwise than by `disconnect`."""
        self._end(fault)

    def receive(self, data: bytes) -> None:
        """Bytes of the connection. Runs for every read of every camera."""
        try:
            for message in self._cutter.feed(data):
                if isinstance(message, Interleaved):
                    self._take_packet(message.channel, message.data)
                elif isinstance(message, Response):
                    if message.status < 200:
                        continue  # the answer itself follows
                    if not self._conversations.answered(message):
                        self.media.oddities[Oddity.ANSWER_NUMBERS] += 1
                elif isinstance(message, Skipped):
                    self.media.skip(message)
                else:
                    self._answer_request(message)
        except Fault as fault:
            self._end(fault)
        if self._cutter.odd_heads:
            self.media.oddities[Oddity.ANSWER_HEAD] += self._cutter.odd_heads
            self._cutter.odd_heads = 0

    def time_passed(self) -> None:
        """The moment given to `wake_at` has come; harmless at any other."""
        self._conversations.time_passed()

    def _open(self) -> Talk[None]:
        yield from self._connect(self._address)
        description = yield from self._describe()
        video = playable_video(description)
        codec = self.media.begin(video)
        self._control = description.control
        self._described(StreamFormat(codec, video.clock_rate, tuple(described_parameter_sets(video))))
        order = self._transport_history.order(self._camera, self._source)
        for lower in order:
            last = lower is order[-1]
            if not (yield from self._set_up(video.control_url, lower, last=last)):
                continue
            # Media may come before the answer to PLAY.
            self.media.expect_packets()
            answer = yield from self._request("PLAY", self._control, [("Range", "npt=0.000-")])
            if answer.status in _RANGE_REFUSED:
                answer = yield from self._request("PLAY", self._control, [])
            self._check(answer)
            self._note_session(answer)
            if last or lower is Lower.TCP or (yield from self._receives_datagrams()):
                return
            self._transport_history.silent(self._camera, self._source)
            yield from self._start_over()

    def _connect(self, address: Address) -> Talk[None]:
        self._cutter = Connection()
        self._sequence = 0
        self._ended = None
        self.media.takes_datagrams = True
        self._io.connect(address)
        yield Wait(Awaited.CONNECTION)

    def _stay_connected(self, address: Address) -> Talk[None]:
        """Connect again where the camera has closed the connection behind its last answer."""
        yield Wait(Awaited.PAUSE, until_ns=self._clock.monotonic_ns())
        if self._ended is not None:
            yield from self._connect(address)

    def _describe(self) -> Talk[sdp.SessionDescription]:
        url = self._address.url
        for _ in range(_MOST_REDIRECTS + 1):
            response = yield from self._request("DESCRIBE", url, [("Accept", "application/sdp")])
            if response.status not in _REDIRECTS:
                break
            url = yield from self._follow(response)
        else:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected in a circle", retryable=False)
        self._check(response)
        if "html" in response.headers.get("content-type", "").lower():
            raise Fault(FaultCode.NOT_A_CAMERA, "the answer is HTML", retryable=False)
        named = [sdp.clean_url(response.headers.get(name, "")) for name in ("content-base", "content-location")]
        return sdp.parse(response.body, next((base for base in named if base is not None), url))

    def _follow(self, response: Response) -> Talk[str]:
        """The new URL of a redirect on the same host and port; credentials never go to another."""
        try:
            target = address_of(response.headers.get("location", "").strip())
        except Fault as fault:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to no RTSP URL", retryable=False) from fault
        ours = self._address
        if (target.scheme, target.host, target.port) != (ours.scheme, ours.host, ours.port):
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to another host", retryable=False)
        yield from self._stay_connected(target)
        return target.url

    def _set_up(self, url: str, lower: Lower, *, last: bool) -> Talk[bool]:
        """Agree on a transport; False where the camera refuses this one and there is another to be asked for."""
        offer = Transport(Lower.TCP, interleaved=OWN_CHANNELS)
        if lower is Lower.UDP:
            offer = Transport(Lower.UDP, client_port=self._io.open_ports())
        answer = yield from self._request("SETUP", url, [("Transport", str(offer))])
        if answer.status == _UNSUPPORTED_TRANSPORT and not last:
            self._io.close_ports()
            return False
        self._check(answer)
        self._is_set_up = True
        self._note_session(answer)
        if self._session is None:
            self.media.oddities[Oddity.NO_SESSION] += 1
        granted = answer.headers.get("transport", "")
        if not granted:
            self.media.oddities[Oddity.NO_TRANSPORT] += 1
        elif is_written_oddly(granted):
            self.media.oddities[Oddity.ODD_TRANSPORT] += 1
        chosen = parse_transports(granted or str(offer))
        if not chosen or chosen[0].lower is not lower:
            raise Fault(FaultCode.TRANSPORT_REFUSED, f"the camera does not send over {lower.name}")
        if lower is Lower.UDP:
            self._io.open_towards(chosen[0].server_port, self.media.empty_report)
        self.media.agree(chosen[0].interleaved or OWN_CHANNELS, ssrc=chosen[0].ssrc)
        return True

    def _note_session(self, answer: Response) -> None:
        """The session's id, from the first answer that brings one: with some cameras that is PLAY's."""
        session = parse_session(answer.headers)
        if self._session is None and session is not None:
            self._session, self._session_timeout_s = session

    def _receives_datagrams(self) -> Talk[bool]:
        """Whether something comes over UDP in time."""
        if not self.media.over_udp:
            until_ns = self._clock.monotonic_ns() + int(self._timing.udp_silent_s * NS)
            yield Wait(Awaited.DATAGRAM, until_ns=until_ns)
        return self.media.over_udp

    def _start_over(self) -> Talk[None]:
        """Give up the session, so that another transport can be asked for."""
        self._io.close_ports()
        with contextlib.suppress(Fault):  # refused or not, the session is given up
            yield from self._request("TEARDOWN", self._control, [])
        self._session = None
        self._is_set_up = False
        yield from self._stay_connected(self._address)

    def _begin_keep_alive(self, interval_s: float) -> None:
        """A request that is not answered within half of the interval is followed by one of another kind."""
        method = self._keep_alive_history.method(self._camera, self._source, public=self._public)
        if method is KeepAlive.NONE:
            return

        def finished(fault: Fault | None) -> None:
            if fault is None or fault.code not in _KEEP_ALIVE_FAILURES:
                return
            self._note_failed_keep_alive(method)
            if self._ended is None:
                self._begin_keep_alive(interval_s)

        limit_s = min(self._timing.open_s, interval_s / 2)
        self._conversations.begin(self._keep_alive(method), limit_s=limit_s, finished=finished)

    def _keep_alive(self, method: KeepAlive) -> Talk[None]:
        response = yield from self._request(method, self._control, [])
        if response.status == 454:
            self._forgotten_ns = self._clock.monotonic_ns()
            self.media.oddities[Oddity.FORGOTTEN] += 1
            self._keep_alive_history.failed(self._camera, self._source, method)
        elif response.status >= 400:
            self._note_failed_keep_alive(method)

    def _note_failed_keep_alive(self, method: KeepAlive) -> None:
        self.media.oddities[Oddity.NO_KEEP_ALIVE] += 1
        self._keep_alive_history.failed(self._camera, self._source, method)

    def _tear_down(self) -> Talk[None]:
        yield from self._exchange("TEARDOWN", self._control, [])

    def _request(self, method: str, url: str, fields: Fields) -> Talk[Response]:
        """One request, repeated where the camera asks for a login, and once more where that may be given otherwise."""
        response = yield from self._exchange(method, url, fields)
        for _ in range(_MOST_LOGINS):
            if response.status != 401 or not self._authorizer.challenge(response):
                break
            yield from self._stay_connected(self._address)
            response = yield from self._exchange(method, url, fields)
        if response.status < 300:
            self._authorizer.accepted()
        public = response.headers.get("public", "")
        if public:
            self._public = frozenset(method.strip().upper() for method in public.split(",")[:_MOST_METHODS])
        return response

    def _exchange(self, method: str, url: str, fields: Fields) -> Talk[Response]:
        """Send a request and wait for its answer. Raises Fault if the connection ends first."""
        self._sequence += 1
        sequence = self._sequence
        head = [("CSeq", str(sequence)), ("User-Agent", USER_AGENT), *fields]
        if self._session is not None:
            head.append(("Session", self._session))
        authorization = self._authorizer.header(method, url)
        if authorization is not None:
            head.append(("Authorization", authorization))
        self._send(Request(method, url, Headers(head)))
        if self._ended is not None:
            raise self._ended
        answer = yield Wait(Awaited.ANSWER, sequence)
        assert answer is not None
        return answer

    def _answer_request(self, request: Request) -> None:
        """A request of the camera, mostly whether we are still connected."""
        fields = [("CSeq", request.headers.get("cseq", "0"))]
        if request.method in {"OPTIONS", "GET_PARAMETER", "SET_PARAMETER", "ANNOUNCE", "TEARDOWN"}:
            if request.method == "OPTIONS":
                fields.append(("Public", _ALLOWED_REQUESTS))
            self._send(Response(200, "OK", Headers(fields)))
        else:
            self._send(Response(501, "Not Implemented", Headers(fields)))
        if request.method == "TEARDOWN":
            self._drop(Fault(FaultCode.STREAM_ENDED, "the camera ended the session"))
        elif request.method == "REDIRECT":
            self._drop(Fault(FaultCode.REDIRECT_REFUSED, "redirected while playing"))

    def _send(self, message: Message) -> None:
        try:
            self._io.send(serialise(message))
        except DomainError as error:
            # What the camera sent comes back in our messages: session, base URL, realm, CSeq.
            raise Fault(FaultCode.PROTOCOL_BROKEN, "a control character in what the camera sent") from error

    def _watch(self) -> Talk[None]:
        """Look at the stream again and again, until it fails."""
        timing = self._timing
        started_ns = self._clock.monotonic_ns()
        next_report_ns = started_ns + int(timing.receiver_report_s * NS)
        keep_alive_s = timing.keep_alive_s or self._session_timeout_s / 2
        keep_alive_ns = int(keep_alive_s * NS)
        next_keep_alive_ns = started_ns + keep_alive_ns
        ask_key_ns: int | None = started_ns + int(timing.ask_key_s * NS)
        while True:
            yield Wait(Awaited.PAUSE, until_ns=self._clock.monotonic_ns() + int(timing.watch_s * NS))
            now_ns = self._clock.monotonic_ns()
            fault = self.media.missing(started_ns, now_ns, timing)
            if self._forgotten_ns is not None and self.media.is_silent(now_ns, _FORGOTTEN_S):
                fault = Fault(FaultCode.CONNECTION_LOST, "the camera has forgotten the session")
            if fault is not None:
                self._end(fault)
                return
            if now_ns >= next_keep_alive_ns:
                next_keep_alive_ns = now_ns + keep_alive_ns
                # A camera that does not answer these is not failed for it, as long as pictures come.
                self._begin_keep_alive(keep_alive_s)
            if ask_key_ns is not None and now_ns >= ask_key_ns:
                ask_key_ns = None
                if self.media.waits_for_key:
                    self._send_report(self.media.key_request())
            self.media.compare_clocks()
            self._oddity_log.say(self.media.oddities)
            if now_ns >= next_report_ns:
                next_report_ns = now_ns + int(timing.receiver_report_s * NS)
                self._send_report(self.media.receiver_report())

    def _send_report(self, report: bytes | None) -> None:
        if report is None:
            return
        if self.media.over_udp:
            self._io.send_report(report)
        else:
            self._send(Interleaved(self.media.channels[1], report))

    def _finish_opening(self, fault: Fault | None) -> None:
        if fault is None:
            self._io.opened()
        else:
            self._drop(fault)
            self._fail(fault)

    def _finish_closing(self, _: Fault | None) -> None:
        self._end(Fault(FaultCode.CONNECTION_LOST, "closed by us"))
        self._io.closed()

    def _check(self, response: Response) -> None:
        """Raises Fault for anything but success."""
        if 200 <= response.status < 300:
            return
        detail = f"status {response.status}"
        if response.status == 401:
            raise LoginRefused(detail, attempts=self._authorizer.schemes_tried)
        code, retryable = _STATUS_FAULTS.get(response.status, (FaultCode.PROTOCOL_BROKEN, True))
        retry_after_s = asked_to_wait_s(response.status, response.headers)
        if retry_after_s is not None:
            code = FaultCode.CAMERA_PREPARING
        if response.status in _REDIRECTS:
            code, retryable = FaultCode.REDIRECT_REFUSED, False
        raise Fault(code, detail, retryable=retryable, retry_after_s=retry_after_s or 0.0)

    def _datagram_came(self) -> None:
        self._conversations.arrived(Awaited.DATAGRAM)

    def _drop(self, fault: Fault) -> None:
        self._io.close_ports()
        self._end(fault)

    def _end(self, fault: Fault) -> None:
        """The connection ends with that reason, and so does every request that waits on it."""
        if self._ended is not None:
            return
        self._ended = fault
        self.media.takes_datagrams = False
        self._io.disconnect()
        self._conversations.connection_lost(fault)
        if self._is_watched:
            self._fail(fault)

    def _fail(self, fault: Fault) -> None:
        self._is_watched = False
        self._conversations.abandon()
        self._io.failed(fault)


def _ignore(_: Fault | None) -> None:
    """Nothing depends on how the watch ends."""
