"""RTSP 1.0 cameras on one port: `rtsp://host:port/<camera>/main` and `/sub`, over TCP and UDP."""

from __future__ import annotations

import asyncio
import secrets
import socket
import ssl
import struct
import sys
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.rtsp import sdp
from tmcwall.rtsp.auth import Verifier
from tmcwall.rtsp.messages import Connection, Headers, Request, Response, serialise
from tmcwall.rtsp.transport import Lower, Transport, parse_transports
from tmcwall.sim.carrier import Carrier, DatagramCarrier, DatagramPorts, InterleavedCarrier
from tmcwall.sim.faults import BREAKS_SESSIONS, Order, Trouble
from tmcwall.sim.loop import Loop
from tmcwall.sim.session import Post, Session

METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"

_TICK_S: Final = 0.008
_MOST_REQUESTS: Final = 64
_ABSURD_WRITE_BUFFER: Final = 8 * 1024 * 1024
_REASONS: Final = {
    200: "OK",
    302: "Moved Temporarily",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    503: "Service Unavailable",
}
_RESET_ON_CLOSE: Final = struct.pack("HH" if sys.platform == "win32" else "ii", 1, 0)
_WEB_PAGE: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 46\r\nConnection: close\r\n\r\n"
    b"<html><body><h1>Login</h1></body></html>\r\n\r\n\r\n"
)


@dataclass(frozen=True, slots=True)
class SimCamera:
    """A camera to serve, and the scene it looks at."""

    id: str
    scene: str


class Library(Protocol):
    """Where loops come from."""

    async def loop(self, scene: str, profile: Profile) -> Loop:
        """The packed loop of a scene; waits until it is coded. Raises Fault."""
        ...

    async def black(self, like: Loop) -> Loop:
        """A black loop of the same size and rate."""
        ...


class CameraServer:
    """The cameras of one port, in the running event loop."""

    def __init__(
        self,
        cameras: Sequence[SimCamera],
        library: Library,
        *,
        clock: Clock,
        host: str = "127.0.0.1",
        port: int = 0,
        verifier: Verifier | None = None,
        session_timeout_s: float = 60.0,
        transports: frozenset[Lower] = frozenset(Lower),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.library = library
        self.host = host
        self.port = port
        self.transports = transports if tls is None else frozenset({Lower.TCP})
        self._tls = tls
        self.session_timeout_s = session_timeout_s
        self._clock = clock
        self._verifier = verifier
        self._stranger = Verifier(secrets.token_hex(16), secrets.token_hex(16))
        self._posts = {camera.id: _post(camera) for camera in cameras}
        self._connections: set[CameraConnection] = set()
        self._all_left = asyncio.Event()
        self._all_left.set()
        self._server: asyncio.Server | None = None
        self._datagrams: DatagramPorts | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._epoch_s = 0.0

    async def start(self) -> None:
        """Listen; `port` is the real one then. Raises Fault(PORT_IN_USE)."""
        loop = asyncio.get_running_loop()
        self._epoch_s = loop.time()
        datagrams = DatagramPorts(self.host) if Lower.UDP in self.transports else None
        try:
            self._server = await loop.create_server(
                lambda: CameraConnection(self), self.host, self.port, backlog=512, ssl=self._tls
            )
        except OSError as error:
            if datagrams is not None:
                datagrams.close()
            raise Fault(FaultCode.PORT_IN_USE, f"{self.host}:{self.port}", retryable=False) from error
        self.port = self._server.sockets[0].getsockname()[1]
        self._datagrams = datagrams
        self._ticking = loop.call_later(_TICK_S, self._tick)

    async def close(self) -> None:
        """End all sessions with BYE and stop listening."""
        if self._ticking is not None:
            self._ticking.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            connection.close()
        await self._all_left.wait()
        if self._server is not None:
            await self._server.wait_closed()
        if self._datagrams is not None:
            self._datagrams.close()

    @property
    def scheme(self) -> str:
        return "rtsp" if self._tls is None else "rtsps"

    def url(self, camera: str, profile: Profile) -> str:
        return f"{self.scheme}://{self.host}:{self.port}/{camera}/{profile.value}"

    def obey(self, order: Order) -> None:
        """Give a camera trouble, at once. Raises DomainError(NOT_FOUND)."""
        post = self._post(order.camera)
        post.order = order
        if order.trouble in BREAKS_SESSIONS:
            for connection in list(self._connections):
                if connection.session is not None and connection.session.post is post:
                    connection.abort()
        if order.seconds is not None:
            asyncio.get_running_loop().call_later(order.seconds, self._expire, post, order)

    def clear(self, camera: str) -> None:
        """End the camera's trouble. Raises DomainError(NOT_FOUND)."""
        self._post(camera).order = None

    def find(self, path: str) -> tuple[Post, Profile] | None:
        """The camera and stream that a path names; a track behind them is ignored."""
        parts = [unquote(part) for part in path.split("/") if part]
        if len(parts) not in {2, 3} or parts[0] not in self._posts or parts[1] not in Profile.__members__.values():
            return None
        return self._posts[parts[0]], Profile(parts[1])

    def verifier_of(self, post: Post) -> Verifier | None:
        return self._stranger if post.trouble is Trouble.UNAUTHORIZED else self._verifier

    def lost_packets(self, camera: str) -> int:
        """How many packets `loss` has left out so far. Raises DomainError(NOT_FOUND)."""
        return self._post(camera).network.lost

    def open_session(
        self, post: Post, loop: Loop, black: Loop, *, transport: asyncio.Transport, chosen: Transport
    ) -> tuple[Session, Transport]:
        """A session, and the transport it is granted."""
        if chosen.lower is Lower.UDP:
            assert self._datagrams is not None
            assert chosen.client_port is not None
            client = transport.get_extra_info("peername")[0]
            ports: Carrier = DatagramCarrier(self._datagrams, client, chosen.client_port)
            session = Session(post, loop, black, carrier=ports, epoch_s=self._epoch_s)
            granted = Transport(
                Lower.UDP, client_port=chosen.client_port, server_port=self._datagrams.numbers, ssrc=session.ssrc
            )
            return session, granted
        channels = chosen.interleaved or (0, 1)
        within = InterleavedCarrier(transport, channels[0])
        session = Session(post, loop, black, carrier=within, channel=channels[0], epoch_s=self._epoch_s)
        return session, Transport(Lower.TCP, interleaved=channels, ssrc=session.ssrc)

    def carries(self, offer: Transport, post: Post) -> bool:
        """Whether a camera sends that way."""
        if offer.lower is Lower.TCP and post.trouble is Trouble.TCP_REFUSED:
            return False
        return offer.lower in self.transports and (offer.lower is Lower.TCP or offer.client_port is not None)

    def joined(self, connection: CameraConnection) -> None:
        self._connections.add(connection)
        self._all_left.clear()

    def left(self, connection: CameraConnection) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._all_left.set()

    def _post(self, camera: str) -> Post:
        post = self._posts.get(camera)
        if post is None:
            raise DomainError(DomainCode.NOT_FOUND, camera)
        return post

    def _expire(self, post: Post, order: Order) -> None:
        if post.order is order:
            post.order = None

    def _tick(self) -> None:
        """Send what is due on all connections. One timer for all sessions."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        unix_s = self._clock.utc().timestamp()
        reporting = set(self._datagrams.heard_from()) if self._datagrams is not None else set()
        for connection in list(self._connections):
            session = connection.session
            if session is not None and session.playing:
                if reporting and isinstance(session.carrier, DatagramCarrier) and session.carrier.control in reporting:
                    connection.heard_s = now_s
                if now_s - connection.heard_s > 1.2 * self.session_timeout_s:
                    connection.close()
                else:
                    session.send_due(now_s, unix_s)
        self._ticking = loop.call_at(max(now_s, loop.time() - _TICK_S) + _TICK_S, self._tick)


class CameraConnection(asyncio.Protocol):
    """One client. Requests are answered in order; waiting for footage does not hold up other clients."""

    def __init__(self, server: CameraServer) -> None:
        self.session: Session | None = None
        self.heard_s = 0.0
        self._server = server
        self._parser = Connection()
        self._requests: deque[Request] = deque()
        self._answering: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None

    def close(self) -> None:
        """Say goodbye and close."""
        if self._transport is not None:
            if self.session is not None and self.session.playing:
                self.session.say_goodbye()
            self._transport.close()
            if self._transport.get_write_buffer_size():
                self._transport.abort()

    def abort(self) -> None:
        """Reset the connection."""
        if self._transport is not None:
            raw = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()

    async def _answer_all(self) -> None:
        while self._requests and self._transport is not None:
            request = self._requests.popleft()
            response = await self._answer(request)
            transport = self._open_transport()
            if transport is not None and response is not _SILENCE:
                transport.write(serialise(response))
        self._answering = None

    def _open_transport(self) -> asyncio.Transport | None:
        transport = self._transport
        return None if transport is None or transport.is_closing() else transport

    async def _answer(self, request: Request) -> Response:
        target = self._server.find(urlsplit(request.uri).path)
        if target is None:
            status = 200 if request.method == "OPTIONS" else 404
            return _response(request, status, Public=METHODS) if status == 200 else _response(request, status)
        post, profile = target
        refusal = self._refusal(request, post)
        if refusal is not None:
            return refusal
        if request.method == "OPTIONS":
            return _response(request, 200, Public=METHODS)
        verifier = self._server.verifier_of(post)
        if verifier is not None and not verifier.check(request.method, request.headers.get("authorization")):
            return _response(request, 401, *verifier.challenges())
        match request.method:
            case "DESCRIBE":
                return await self._describe(request, post, profile)
            case "SETUP":
                return await self._set_up(request, post, profile)
            case "PLAY" | "PAUSE" | "TEARDOWN" | "GET_PARAMETER" | "SET_PARAMETER":
                return self._control(request)
            case _:
                return _response(request, 405, Public=METHODS)

    def _refusal(self, request: Request, post: Post) -> Response | None:
        """What the camera's trouble makes of a request; None if it does not show in answers."""
        match post.trouble:
            case Trouble.REFUSE | Trouble.DROP:
                self.abort()
                return _SILENCE
            case Trouble.SILENT:
                return _SILENCE
            case Trouble.HTML:
                assert self._transport is not None
                self._transport.write(_WEB_PAGE)
                self._transport.close()
                return _SILENCE
            case Trouble.MISSING:
                return _response(request, 404)
            case Trouble.BUSY:
                return _response(request, 453)
            case Trouble.REDIRECT if request.method != "OPTIONS":
                assert post.order is not None
                elsewhere = f"rtsp://localhost.invalid:{self._server.port}/{post.camera}/main"
                return _response(request, 302, Location=post.order.url or elsewhere)
            case _:
                return None

    async def _describe(self, request: Request, post: Post, profile: Profile) -> Response:
        try:
            loop = await self._server.library.loop(post.scene, profile)
        except Fault:
            return _response(request, 503)
        body = sdp.write(loop.media("track1"), name=post.camera)
        base = request.uri.removesuffix("/") + "/"
        answer = _response(request, 200, ("Content-Base", base), ("Content-Type", "application/sdp"))
        return Response(answer.status, answer.reason, answer.headers, body)

    async def _set_up(self, request: Request, post: Post, profile: Profile) -> Response:
        try:
            offered = parse_transports(request.headers.get("transport", ""))
        except Fault:
            return _response(request, 400)
        chosen = next((offer for offer in offered if self._server.carries(offer, post)), None)
        if chosen is None:
            return _response(request, 461)
        if self.session is not None and self.session.playing:
            return _response(request, 455)
        try:
            loop = await self._server.library.loop(post.scene, profile)
            black = await self._server.library.black(loop)
        except Fault:
            return _response(request, 503)
        if self._transport is None:
            return _response(request, 454)
        self.session, granted = self._server.open_session(post, loop, black, transport=self._transport, chosen=chosen)
        timeout = f"{self.session.id};timeout={self._server.session_timeout_s:.0f}"
        return _response(request, 200, ("Transport", str(granted)), ("Session", timeout))

    def _control(self, request: Request) -> Response:
        session = self.session
        named = request.headers.get("session", "").partition(";")[0].strip()
        if session is None or (named and named != session.id):
            keep_alive = request.method in {"GET_PARAMETER", "SET_PARAMETER"} and not named
            return _response(request, 200 if keep_alive else 454)
        fields = [("Session", session.id)]
        match request.method:
            case "PLAY":
                session.play(asyncio.get_running_loop().time())
                fields += [("Range", "npt=now-"), ("RTP-Info", f"url={request.uri};seq={session.next_sequence}")]
            case "PAUSE":
                session.playing = False
            case "TEARDOWN":
                session.playing = False
                self.session = None
        return _response(request, 200, *fields)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=_ABSURD_WRITE_BUFFER)
        self._transport = transport
        self.heard_s = asyncio.get_running_loop().time()
        self._server.joined(self)

    def data_received(self, data: bytes) -> None:
        self.heard_s = asyncio.get_running_loop().time()
        try:
            messages = self._parser.feed(data)
        except Fault:
            self.abort()
            return
        self._requests.extend(message for message in messages if isinstance(message, Request))
        if len(self._requests) > _MOST_REQUESTS:
            self.abort()
        elif self._requests and self._answering is None:
            self._answering = asyncio.get_running_loop().create_task(self._answer_all())

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the name is asyncio's
        self._transport = None
        self.session = None
        if self._answering is not None:
            self._answering.cancel()
        self._server.left(self)


_SILENCE: Final = Response(0)
"""No answer at all."""


def _response(request: Request, status: int, *fields: tuple[str, str], **more: str) -> Response:
    headers = [("CSeq", request.headers.get("cseq", "0")), ("Server", "tmcwall sim"), *fields, *more.items()]
    return Response(status, _REASONS[status], Headers(headers))


def _post(camera: SimCamera) -> Post:
    spread = zlib.crc32(camera.id.encode())
    return Post(camera.id, camera.scene, lead=spread % 9973, phase=spread % 97 / 97)
