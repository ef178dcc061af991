"""Between FFmpeg's RTSP in a process of its own and an odd camera: the login stays here, and no redirect passes.

The process connects to a port on this machine, with a word in its address that only it knows, and the engine to the
camera, by its own rules. Bytes pass as they are, but for what is said here.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Iterator
from secrets import token_urlsafe
from typing import Final

from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.listening import stop_accepting
from tmcwall.net.reach import Address, reach
from tmcwall.net.resolver import Resolver
from tmcwall.net.trust import check_certificate
from tmcwall.rtsp.auth import Authorizer
from tmcwall.rtsp.messages import Headers, Response

_LARGEST_HEAD: Final = 64 * 1024
_LARGEST_BODY: Final = 1024 * 1024
_DOLLAR: Final = 0x24
_FRAME_HEAD: Final = 4
_MOST_REMEMBERED: Final = 16
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_STATUS: Final = re.compile(rb"RTSP/\d\.\d\s+(\d{3})")
_FIELD: Final = re.compile(rb"(?m)^([^\r\n:]+):[ \t]*([^\r\n]*)")
_REDIRECTS: Final = frozenset({300, 301, 302, 303, 305, 307, 308})
_REFUSALS: Final = {
    401: FaultCode.UNAUTHORIZED,
    403: FaultCode.UNAUTHORIZED,
    404: FaultCode.STREAM_NOT_FOUND,
    453: FaultCode.CAMERA_BUSY,
    461: FaultCode.TRANSPORT_REFUSED,
    503: FaultCode.CAMERA_BUSY,
}


class Cutter:
    """Cuts RTSP into messages and interleaved frames, each given back as its very bytes. Forgives what it can."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What is whole now. Raises Fault(PROTOCOL_BROKEN) for what never ends."""
        self._buffer += data
        while (size := self._whole()) > 0:
            piece = bytes(self._buffer[:size])
            del self._buffer[:size]
            yield piece

    def _whole(self) -> int:
        buffer = self._buffer
        if not buffer:
            return 0
        if buffer[0] == _DOLLAR:
            size = _FRAME_HEAD + int.from_bytes(buffer[2:4]) if len(buffer) >= _FRAME_HEAD else _FRAME_HEAD
            return size if len(buffer) >= size else 0
        end = _HEAD_END.search(buffer)
        if end is None:
            if len(buffer) > _LARGEST_HEAD:
                raise Fault(FaultCode.PROTOCOL_BROKEN, "no RTSP")
            return 0
        length = field(bytes(buffer[: end.end()]), b"content-length").strip()
        body = int(length) if length.isdigit() and len(length) < 10 else 0
        if body > _LARGEST_BODY:
            raise Fault(FaultCode.PROTOCOL_BROKEN, f"an answer of {body} bytes")
        return end.end() + body if len(buffer) >= end.end() + body else 0


def field(message: bytes, name: bytes) -> bytes:
    """The value of a header field; empty where there is none."""
    return next((value for known, value in _fields(message) if known.strip().lower() == name), b"")


def _fields(message: bytes) -> list[tuple[bytes, bytes]]:
    head = _HEAD_END.split(message, maxsplit=1)[0]
    return _FIELD.findall(head)


class Talk:
    """What passes between the two, and what does not. `address` is the camera's, `door` the prefix of ours."""

    def __init__(self, address: Address, authorizer: Authorizer, *, door: str) -> None:
        self._door = door.encode()
        scheme, _, rest = address.url.partition("://")
        self._camera = f"{scheme}://{rest.partition('/')[0]}".encode()
        self._authorizer = authorizer
        self._requests: dict[bytes, bytes] = {}
        self._admitted = False
        self.refusal: Fault | None = None
        """The camera's last refusal."""

    def to_camera(self, piece: bytes) -> bytes:
        """A piece of the process's, as the camera gets it. Raises Fault(PROTOCOL_BROKEN) for a stranger at our door."""
        if piece[0] == _DOLLAR:
            return piece
        if not self._admitted and self._door not in piece:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "a stranger at the relay", retryable=False)
        self._admitted = True
        head, _, rest = piece.partition(b"\n")
        request = head.replace(self._door, self._camera, 1) + b"\n" + rest
        self._requests[field(request, b"cseq")] = request
        if len(self._requests) > _MOST_REMEMBERED:
            self._requests.pop(next(iter(self._requests)))
        return self._with_login(request)

    def to_process(self, piece: bytes) -> tuple[bytes, bytes]:
        """What a piece of the camera's becomes: what the process gets, and what goes back to the camera.

        Raises Fault(REDIRECT_REFUSED), BASIC_AUTH_REFUSED, UNAUTHORIZED.
        """
        if piece[0] == _DOLLAR:
            return piece, b""
        status = _STATUS.match(piece)
        if status is None:
            if piece.startswith(b"REDIRECT"):
                raise Fault(FaultCode.REDIRECT_REFUSED, "redirected while playing", retryable=False)
            return piece, b""
        code = int(status[1])
        if code in _REDIRECTS:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to another address", retryable=False)
        if code == 401:
            return b"", self._asked_again(piece)
        if code < 300:
            self._authorizer.accepted()
        elif code in _REFUSALS:
            self.refusal = Fault(_REFUSALS[code], f"status {code}", retryable=code != 403)
        return piece, b""

    def _asked_again(self, piece: bytes) -> bytes:
        headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in _fields(piece)])
        request = self._requests.get(field(piece, b"cseq"))
        if request is None or not self._authorizer.challenge(Response(401, "", headers)):
            raise Fault(FaultCode.UNAUTHORIZED, "status 401", retryable=False)
        return self._with_login(request)

    def _with_login(self, request: bytes) -> bytes:
        head, _, rest = request.partition(b"\n")
        words = head.decode("latin-1").split()
        if len(words) < 2:
            return request
        try:
            login = self._authorizer.header(words[0], words[1])
        except DomainError as error:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "a control character in what the camera sent") from error
        if login is None:
            return request
        return head + b"\nAuthorization: " + login.encode("latin-1") + b"\r\n" + rest


class Relay:
    """One door on this machine to one camera, for one process. Ends with either side; `ended` then holds why."""

    def __init__(self, address: Address, authorizer: Authorizer) -> None:
        self._word = token_urlsafe(16)
        self._address = address
        self._authorizer = authorizer
        self._server: asyncio.Server | None = None
        self._camera: asyncio.Transport | None = None
        self._process: asyncio.Transport | None = None
        self._talk: Talk | None = None
        self._from_camera = Cutter()
        self._from_process = Cutter()
        self.port = 0
        self.path = ""
        """Where the process finds the camera, behind the port."""
        self.ended: asyncio.Future[Fault] = asyncio.get_running_loop().create_future()

    @property
    def refusal(self) -> Fault | None:
        """What the camera refused last."""
        return self._talk.refusal if self._talk is not None else None

    async def open(
        self,
        *,
        rule: AddressRule,
        resolver: Resolver,
        tls: ssl.SSLContext | None,
        fingerprint: str,
        timeout_s: float,
    ) -> None:
        """Connect to the camera, and open the door. Raises Fault in the network's words."""
        self._camera, _ = await reach(
            self._address,
            rule=rule,
            resolver=resolver,
            tls=tls,
            timeout_s=timeout_s,
            protocol=lambda: _Side(self._take_from_camera, self._camera_gone, self._pause_process),
        )
        if tls is not None and fingerprint:
            certificate = self._camera.get_extra_info("ssl_object").getpeercert(binary_form=True)
            check_certificate(certificate, fingerprint)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Side(self._take_from_process, self._process_gone, self._pause_camera, self._enter),
            "127.0.0.1",
            0,
            backlog=1,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        door = f"rtsp://127.0.0.1:{self.port}/{self._word}"
        _, _, behind = self._address.url.partition("://")[2].partition("/")
        self.path = f"/{self._word}/{behind}"
        self._talk = Talk(self._address, self._authorizer, door=door)

    def close(self) -> None:
        self._end(Fault(FaultCode.CONNECTION_LOST, "closed by us"))

    def _enter(self, transport: asyncio.Transport) -> None:
        if self._process is not None or self.ended.done():
            transport.abort()
            return
        self._process = transport
        if self._server is not None:
            stop_accepting(self._server)

    def _take_from_process(self, data: bytes) -> None:
        assert self._talk is not None
        try:
            for piece in self._from_process.feed(data):
                self._write(self._camera, self._talk.to_camera(piece))
        except Fault as fault:
            self._end(fault)

    def _take_from_camera(self, data: bytes) -> None:
        if self._talk is None:
            return  # it speaks before it is asked
        try:
            for piece in self._from_camera.feed(data):
                onward, back = self._talk.to_process(piece)
                self._write(self._process, onward)
                self._write(self._camera, back)
        except Fault as fault:
            self._end(fault)

    def _write(self, transport: asyncio.Transport | None, data: bytes) -> None:
        if data and transport is not None and not transport.is_closing():
            transport.write(data)

    def _camera_gone(self) -> None:
        self._end(Fault(FaultCode.CONNECTION_LOST, "closed by the camera"))

    def _process_gone(self) -> None:
        self._end(Fault(FaultCode.CONNECTION_LOST, "closed by the demultiplexer"))

    def _pause_camera(self, pause: bool) -> None:  # noqa: FBT001 - one word of two
        _pause(self._camera, pause=pause)

    def _pause_process(self, pause: bool) -> None:  # noqa: FBT001 - as above
        _pause(self._process, pause=pause)

    def _end(self, fault: Fault) -> None:
        if not self.ended.done():
            self.ended.set_result(fault)
        if self._server is not None:
            stop_accepting(self._server)
        for transport in (self._camera, self._process):
            if transport is not None:
                transport.abort()


class _Side(asyncio.Protocol):
    """One of the two connections. `pause` is called with True when its send buffer is full, else with False."""

    def __init__(
        self,
        take: Callable[[bytes], None],
        gone: Callable[[], None],
        pause: Callable[[bool], None],
        enter: Callable[[asyncio.Transport], None] | None = None,
    ) -> None:
        self._take = take
        self._gone = gone
        self._pause = pause
        self._enter = enter
        self._refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._enter is not None:
            self._enter(transport)
            self._refused = transport.is_closing()

    def data_received(self, data: bytes) -> None:
        if not self._refused:
            self._take(data)

    def pause_writing(self) -> None:
        self._pause(True)

    def resume_writing(self) -> None:
        self._pause(False)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if not self._refused:
            self._gone()


def _pause(transport: asyncio.Transport | None, *, pause: bool) -> None:
    """Read no more from it, or again."""
    if transport is None or transport.is_closing():
        return
    if pause:
        transport.pause_reading()
    else:
        transport.resume_reading()
