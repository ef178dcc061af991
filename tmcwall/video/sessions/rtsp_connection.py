"""One RTSP connection on an asyncio loop: requests and their answers, and the packets between them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Final

from tmcwall import __version__
from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.net.reach import Address, reach
from tmcwall.net.resolver import Resolver
from tmcwall.rtsp.messages import Connection, Headers, Interleaved, Request, Response, serialise

RECEIVE_BYTES: Final = 256 * 1024
USER_AGENT: Final = f"tmcwall/{__version__}"
_ALLOWED_REQUESTS: Final = "OPTIONS, GET_PARAMETER, SET_PARAMETER, ANNOUNCE, TEARDOWN, REDIRECT"


class RtspConnection(asyncio.BufferedProtocol):
    """One connection. `packet` gets each interleaved packet as (channel, data), `requested` each request of the camera.

    After the connection ends `ended` holds the fault; it never resolves otherwise.
    """

    def __init__(
        self,
        *,
        buffer: memoryview,
        packet: Callable[[int, bytes], None],
        requested: Callable[[Request], None],
    ) -> None:
        self._buffer = buffer
        self._packet = packet
        self._requested = requested
        self._connection = Connection()
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._sequence = 0
        self.ended: asyncio.Future[Fault] = asyncio.get_running_loop().create_future()

    @property
    def ends(self) -> tuple[str, str]:
        """Our address and the camera's. Raises Fault(CONNECTION_LOST) once it has ended."""
        local = self._transport.get_extra_info("sockname") if self._transport is not None else None
        remote = self._transport.get_extra_info("peername") if self._transport is not None else None
        if not local or not remote:
            raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera")
        return str(local[0]), str(remote[0])

    @property
    def certificate(self) -> bytes | None:
        """The camera's certificate in DER; None without TLS."""
        tls = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        return tls.getpeercert(binary_form=True) if tls is not None else None

    async def request(self, method: str, uri: str, fields: list[tuple[str, str]]) -> Response:
        """Send a request and wait for its answer. Raises Fault if the connection ends first."""
        self._sequence += 1
        sequence = self._sequence
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[sequence] = answer
        headers = Headers([("CSeq", str(sequence)), ("User-Agent", USER_AGENT), *fields])
        try:
            self.write(serialise(Request(method, uri, headers)))
            both: list[asyncio.Future[Response] | asyncio.Future[Fault]] = [answer, self.ended]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise self.ended.result()
        except DomainError as error:
            # Its own words come back in our requests: session, base URL, realm.
            raise Fault(FaultCode.PROTOCOL_BROKEN, "a control character in what the camera sent") from error
        finally:
            self._waiting.pop(sequence, None)

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def answer(self, request: Request, status: int, reason: str) -> None:
        fields = [("CSeq", request.headers.get("cseq", "0"))]
        if request.method == "OPTIONS":
            fields.append(("Public", _ALLOWED_REQUESTS))
        self.write(serialise(Response(status, reason, Headers(fields))))

    def end(self, fault: Fault) -> None:
        """Close the connection with that reason; the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(fault)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            for message in self._connection.feed(bytes(self._buffer[:nbytes])):
                if isinstance(message, Interleaved):
                    self._packet(message.channel, message.data)
                elif isinstance(message, Response):
                    self._answered(message)
                else:
                    self._requested(message)
        except Fault as fault:
            self.end(fault)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            detail = exc.strerror or "" if isinstance(exc, OSError) else "closed by the camera"
            self.ended.set_result(Fault(FaultCode.CONNECTION_LOST, detail))

    def _answered(self, response: Response) -> None:
        """An answer without a usable CSeq belongs to the oldest request: RTSP answers in order."""
        text = response.headers.get("cseq", "").strip()
        sequence = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if sequence not in self._waiting and self._waiting and sequence < 0:
            sequence = min(self._waiting)
        answer = self._waiting.get(sequence)
        if answer is not None and not answer.done():
            answer.set_result(response)


async def connect(
    address: Address,
    *,
    rule: AddressRule,
    resolver: Resolver,
    tls: ssl.SSLContext | None,
    timeout_s: float,
    buffer: memoryview,
    packet: Callable[[int, bytes], None],
    requested: Callable[[Request], None],
) -> RtspConnection:
    """Open an RTSP connection; see `reach`."""
    _, link = await reach(
        address,
        rule=rule,
        resolver=resolver,
        tls=tls,
        timeout_s=timeout_s,
        protocol=lambda: RtspConnection(buffer=buffer, packet=packet, requested=requested),
    )
    return link
