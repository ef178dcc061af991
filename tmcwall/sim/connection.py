"""One client of the city, from its first request to the end of its connection."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import cycle
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault
from tmcwall.listening import reset_on_close
from tmcwall.rtsp import sdp
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.rtsp.messages import Connection, Headers, Request, Response, serialise
from tmcwall.rtsp.transport import parse_transports
from tmcwall.sim.descriptions import odd_description
from tmcwall.sim.faults import LoginKind, Trouble
from tmcwall.sim.oddities import WANTS_KEEP_ALIVE, OddSession, keeps_alive, odd_answer
from tmcwall.sim.session import Post, Session

if TYPE_CHECKING:
    from tmcwall.sim.server import CameraServer

METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"

_MOST_REQUESTS: Final = 64
_ABSURD_WRITE_BUFFER: Final = 8 * 1024 * 1024
_TRICKLE_S: Final = 0.25
_QUESTIONS: Final = ("OPTIONS", "SET_PARAMETER", "GET_PARAMETER", "NONSENSE")
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
_WEB_PAGE: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 46\r\nConnection: close\r\n\r\n"
    b"<html><body><h1>Login</h1></body></html>\r\n\r\n\r\n"
)
_ASK_AGAIN_S: Final = 1
"""After so many seconds it may be asked for them again."""
_SILENCE: Final = Response(0)
"""No answer at all."""


class CameraConnection(asyncio.Protocol):
    """One client. Requests are answered in order; who asks for pictures that are still being coded is to
    come back.
    """

    def __init__(self, server: CameraServer) -> None:
        self.session: Session | None = None
        self.heard_s = 0.0
        self.asked_s = 0.0
        """When the camera last asked its client something."""
        self._requested_s = 0.0
        self._server = server
        self._parser = Connection()
        self._post: Post | None = None
        self._place = 0
        """Which connection this is since the camera's present order was given, from 1."""
        self._requests: deque[Request] = deque()
        self._questions = cycle(_QUESTIONS)
        self._answering: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._good_once: Verifier | None = None
        """With the nonce of the next request, where each is good for one."""
        self._half_closed = False

    @property
    def silent_since_s(self) -> float:
        """Since when the client has said nothing that keeps its session."""
        strict = self._trouble is Trouble.KEEP_ALIVE or self._oddity in WANTS_KEEP_ALIVE
        return self._requested_s if strict else self.heard_s

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
            reset_on_close(raw)
            self._transport.abort()

    def tear_down(self) -> None:
        """End the session as the camera's own wish; the connection stays open."""
        self._ask("TEARDOWN")
        if self.session is not None:
            self.session.playing = False
            self.session = None

    def half_close(self) -> None:
        """Send no more, and say so; what the client sends is still taken. A connection over TLS ends whole."""
        if self.session is not None:
            self.session.playing = False
        self._half_closed = True
        if self._transport is not None:
            if self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()

    def ask_something(self, now_s: float) -> None:
        """A request of the camera's own, each time another."""
        self.asked_s = now_s
        self._ask(next(self._questions))

    def _ask(self, method: str) -> None:
        transport = self._open_transport()
        if transport is not None:
            transport.write(serialise(Request(method, "*", Headers([("CSeq", "4711")]))))

    async def _answer_all(self) -> None:
        while self._requests and self._transport is not None:
            request = self._requests.popleft()
            response = await self._answer(request)
            if response is _SILENCE:
                continue
            if self._oddity is not None:
                response = odd_answer(self._oddity, request.method, response)
            data = serialise(response)
            while self._trouble is Trouble.TRICKLE and len(data) > 1:
                self._write(data[:1])
                data = data[1:]
                await asyncio.sleep(_TRICKLE_S)
            self._write(data)
        self._answering = None

    @property
    def _trouble(self) -> Trouble | None:
        return self._post.trouble if self._post is not None else None

    @property
    def _oddity(self) -> OddSession | None:
        return self._post.order.session if self._post is not None and self._post.order is not None else None

    def _write(self, data: bytes) -> None:
        transport = self._open_transport()
        if transport is not None:
            transport.write(data)

    def _open_transport(self) -> asyncio.Transport | None:
        transport = self._transport
        return None if transport is None or transport.is_closing() or self._half_closed else transport

    async def _answer(self, request: Request) -> Response:
        target = self._server.find(urlsplit(request.uri).path)
        if target is None:
            status = 200 if request.method == "OPTIONS" else 404
            return _response(request, status, Public=METHODS) if status == 200 else _response(request, status)
        post, profile = target
        self._enter(post, request)
        refusal = self._refusal(request, post)
        if refusal is not None:
            return refusal
        if request.method == "OPTIONS":
            return _response(request, 200, Public=METHODS)
        unknown = self._question_who(request, post)
        if unknown is not None:
            return unknown
        elsewhere = self._redirection(request, post)
        if elsewhere is not None:
            return _response(request, 302, Location=elsewhere)
        match request.method:
            case "DESCRIBE":
                return await self._describe(request, post, profile)
            case "SETUP":
                return await self._set_up(request, post, profile)
            case "PLAY" | "PAUSE" | "TEARDOWN" | "GET_PARAMETER" | "SET_PARAMETER":
                return self._control(request)
            case _:
                return _response(request, 405, Public=METHODS)

    def _enter(self, post: Post, request: Request) -> None:
        """Write down what was asked of a camera."""
        if self._post is not post:
            self._post = post
            self._server.asked_for(post, self)
            self._place = post.served
        post.ledger.requests[request.method] += 1
        post.ledger.logins += "authorization" in request.headers

    def _refusal(self, request: Request, post: Post) -> Response | None:
        """What the camera's trouble makes of a request; None if it does not show in answers."""
        if post.is_down:
            self.abort()
            return _SILENCE
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
            case Trouble.SESSION if request.method == "GET_PARAMETER" and self._oddity in WANTS_KEEP_ALIVE:
                if self._oddity is OddSession.CLOSES:
                    self.close()
                return _SILENCE
            case Trouble.MISSING:
                return _response(request, 404)
            case Trouble.BUSY:
                return _response(request, 453)
            case Trouble.FULL if request.method == "SETUP" and self.session is None:
                limit = post.amount_of(Trouble.FULL) or 0.0
                return _response(request, 453) if self._server.sessions_of(post) >= limit else None
            case _:
                return None

    def _question_who(self, request: Request, post: Post) -> Response | None:
        """What a request without the right login is answered; None: it may pass."""
        verifier = self._server.verifier_of(post)
        if verifier is None:
            return None
        given = request.headers.get("authorization")
        if post.order is not None and post.order.login is LoginKind.BROKEN:
            passed = verifier.offering((Scheme.DIGEST_MD5,)).check(request.method, given)
            return None if passed else _response(request, 401, *verifier.challenges())
        if post.order is None or post.order.login is not LoginKind.STALE:
            passed = verifier.check(request.method, given)
            return None if passed else _response(request, 401, *verifier.challenges())
        passed = (self._good_once or verifier).check(request.method, given)
        self._good_once = verifier.renewed()
        return None if passed else _response(request, 401, *self._good_once.challenges(stale=given is not None))

    def _redirection(self, request: Request, post: Post) -> str | None:
        """Where a request is sent instead of being answered. Only after the login: the client has shown it by then."""
        method = {
            Trouble.REDIRECT: "DESCRIBE",
            Trouble.REDIRECT_LATER: "DESCRIBE" if self._place > 1 else "",
            Trouble.REDIRECT_SETUP: "SETUP",
            Trouble.REDIRECT_PLAY: "PLAY",
        }.get(post.trouble) if post.trouble is not None else None  # fmt: skip
        if request.method != method or post.order is None:
            return None
        return post.order.url or f"rtsp://localhost.invalid:{self._server.port}/{post.camera}/main"

    async def _describe(self, request: Request, post: Post, profile: Profile) -> Response:
        try:
            loop = await self._server.loop_of(post, profile)
        except Fault:
            return _response(request, 503)
        if loop is None:
            return _response(request, 503, ("Retry-After", str(_ASK_AGAIN_S)))
        body = sdp.write(loop.media("track1"), name=post.camera)
        if post.order is not None and post.order.description is not None:
            body = odd_description(post.order.description, body)
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
            loop = await self._server.loop_of(post, profile)
        except Fault:
            return _response(request, 503)
        if loop is None:
            return _response(request, 503, ("Retry-After", str(_ASK_AGAIN_S)))
        if self._transport is None:
            return _response(request, 454)
        self.session, granted = self._server.open_session(post, loop, transport=self._transport, chosen=chosen)
        timeout = f"{self.session.id};timeout={self._server.timeout_s(post):.0f}"
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
        self.heard_s = self._requested_s = asyncio.get_running_loop().time()
        self._server.joined(self)

    def data_received(self, data: bytes) -> None:
        self.heard_s = asyncio.get_running_loop().time()
        try:
            messages = self._parser.feed(data)
        except Fault:
            self.abort()
            return
        for message in messages:
            if isinstance(message, Request):
                if keeps_alive(self._oddity, message):
                    self._requested_s = self.heard_s
                self._requests.append(message)
            elif isinstance(message, Response) and self._post is not None:
                self._post.ledger.answers += 1
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


def _response(request: Request, status: int, *fields: tuple[str, str], **more: str) -> Response:
    headers = [("CSeq", request.headers.get("cseq", "0")), ("Server", "tmcwall sim"), *fields, *more.items()]
    return Response(status, _REASONS[status], Headers(headers))
