"""What a camera offers over HTTP, fetched on an asyncio loop: bounded in time and size, logins for its own host."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

import h11

from tmcwall.containers.hls import ByteRange, Resource
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.net.reach import Address, address_of, reach
from tmcwall.net.trust import check_certificate
from tmcwall.rtsp.auth import Authorizer, Scheme
from tmcwall.rtsp.messages import Headers, Response
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.content_coding import GZIP_MAGIC, Unpacker, unpacker_of
from tmcwall.video.sessions.context import USER_AGENT, SessionContext
from tmcwall.video.sessions.host_cookies import HostCookies
from tmcwall.video.sessions.http_head import HeadCleaner
from tmcwall.video.sessions.retry_after import asked_to_wait_s

READ_BYTES: Final = 64 * 1024
_LARGEST_HEAD: Final = 64 * 1024
_SCHEMES: Final = frozenset({"http", "https"})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS: Final = 5
_MOST_CONNECTIONS: Final = 4
_MOST_INFORMATION: Final = 8
_STATUS_FAULTS: Final = {
    401: (FaultCode.UNAUTHORIZED, False),
    403: (FaultCode.UNAUTHORIZED, False),
    404: (FaultCode.STREAM_NOT_FOUND, True),
    410: (FaultCode.STREAM_NOT_FOUND, True),
    429: (FaultCode.CAMERA_BUSY, True),
    503: (FaultCode.CAMERA_BUSY, True),
}
_IN_A_TARGET: Final = "/%:=&?~+!$,;'@()*[]-._"

_Origin = tuple[str, str, int]
"""Scheme, host and port."""

log = logging.getLogger(__name__)


class AnswerRefused(Fault):
    """A web server answered with a status that is no success."""

    def __init__(
        self, code: FaultCode, detail: str, *, status: int, retryable: bool, retry_after_s: float = 0.0
    ) -> None:
        super().__init__(code, detail, retryable=retryable, retry_after_s=retry_after_s)
        self.status = status


class ShortBody(Fault):
    """The server closed the connection before the end of a body; all that came before was read."""

    def __init__(self) -> None:
        super().__init__(FaultCode.CONNECTION_LOST, "closed by the camera")


class Answer:
    """A successful answer; its body is read once, before the next request to the same host."""

    def __init__(
        self,
        url: str,
        headers: Headers,
        connection: _Connection,
        *,
        part: ByteRange | None,
        oddities: Counter[Oddity],
    ) -> None:
        """`part` is what is wanted of a body that holds more. Raises Fault for a coding that we do not know."""
        self.url = url
        """After redirects."""
        self.headers = headers
        self._connection = connection
        self._part = part
        self._oddities = oddities
        self._unpacker = unpacker_of(headers.get("content-encoding", ""))
        if self._unpacker is not None:
            oddities[Oddity.COMPRESSED] += 1
        self._passed = 0
        self._pushed_back = b""

    @property
    def length(self) -> int | None:
        """Bytes of the body, where the server says so beforehand: it is a file then, and no stream without end."""
        text = self.headers.get("content-length", "").strip()
        return int(text) if text.isascii() and text.isdigit() else None

    @property
    def name_of_version(self) -> str:
        """Changes when the file does; empty where the server sends neither ETag nor Last-Modified."""
        tag = self.headers.get("etag", "") or self.headers.get("last-modified", "")
        return f"{tag} {self.length}" if tag else ""

    @property
    def age_s(self) -> float | None:
        """Since the file was written, by the server's own clock; None where it does not say."""
        try:
            written = parsedate_to_datetime(self.headers["last-modified"])
            return (parsedate_to_datetime(self.headers["date"]) - written).total_seconds()
        except (KeyError, ValueError, TypeError, OverflowError):
            return None

    async def opening(self, size: int) -> bytes:
        """The first bytes of the body, that many if there are so many; `read` gives them again.

        A body that is gzip without saying so is unpacked from here on.
        """
        found = await self._collected(b"", size)
        if self._unpacker is None and found.startswith(GZIP_MAGIC):
            self._oddities[Oddity.COMPRESSED_UNSAID] += 1
            self._unpacker = Unpacker("gzip")
            self._unpacker.feed(found)
            found = await self._collected(b"", size)
        self._pushed_back = found
        return found

    async def whole(self, *, largest: int) -> bytes:
        """The body. Raises Fault(PROTOCOL_BROKEN) where it is larger."""
        found = bytearray()
        while (chunk := await self.read()) is not None:
            found += chunk
            if len(found) > largest:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"an answer above {largest} bytes")
        return bytes(found)

    async def lines(self, *, largest: int) -> str:
        """The body as text. Of one that ends before the length that it states, the lines that are whole."""
        await self.opening(len(GZIP_MAGIC))
        found = bytearray()
        try:
            while (chunk := await self.read()) is not None:
                found += chunk
                if len(found) > largest:
                    raise Fault(FaultCode.PROTOCOL_BROKEN, f"an answer above {largest} bytes")
        except ShortBody:
            self._oddities[Oddity.SHORT_BODY] += 1
            del found[found.rfind(b"\n") + 1 :]
        return found.decode("utf-8", "replace")

    async def read(self) -> bytes | None:
        """The next bytes of the body as they come, at least one; None at its end.

        Raises Fault where the connection ends before it: ShortBody if the server has closed it in good order.
        """
        if self._pushed_back:
            chunk, self._pushed_back = self._pushed_back, b""
            return chunk
        part = self._part
        while part is None or self._passed < part.start + part.length:
            chunk_or_end = await self._unpacked()
            if chunk_or_end is None:
                return None
            wanted = chunk_or_end
            if part is not None:
                wanted = wanted[max(0, part.start - self._passed) : max(0, part.start + part.length - self._passed)]
                self._passed += len(chunk_or_end)
            if wanted:
                return wanted
        return None

    async def _collected(self, found: bytes, size: int) -> bytes:
        while len(found) < size and (chunk := await self.read()) is not None:
            found += chunk
        return found

    async def _unpacked(self) -> bytes | None:
        """The next bytes of what the server means."""
        unpacker = self._unpacker
        if unpacker is None:
            return await self._connection.read()
        while not (found := unpacker.take()):
            packed = await self._connection.read()
            if packed is None:
                if not unpacker.is_whole:
                    raise ShortBody
                return None
            unpacker.feed(packed)
        if unpacker.is_plain:
            self._oddities[Oddity.NOT_COMPRESSED] += 1
            self._unpacker = None
        return found


class HttpClient:
    """The connections to one camera's server, and to others that its playlists name.

    The login goes to the camera's own port alone, cookies to its own host, and nothing from `https` to `http` (ADR
    0009).
    """

    def __init__(self, source: StreamUrl, context: SessionContext, *, camera: str = "") -> None:
        """Raises Fault(NOT_A_CAMERA) for what is no address on the web. `camera` is for the log."""
        self.home = _web_address(source.url)
        self.oddities: Counter[Oddity] = Counter()
        """What was odd about the server, its playlists and its segments, by kind."""
        self._camera = camera
        self._fingerprint = source.fingerprint
        self._context = context
        self._authorizer = Authorizer(
            source.username, source.password, allow_basic=context.allow_basic or self.home.scheme == "https"
        )
        self._cookies = HostCookies()
        self._connections: dict[_Origin, _Connection] = {}
        self._followed = set[tuple[_Origin, _Origin]]()

    @property
    def login(self) -> Scheme | None:
        """How the camera asked for the login; None where it did not."""
        return self._authorizer.scheme

    async def get(self, resource: Resource) -> Answer:
        """Ask for something, up to the first byte of its body. Raises Fault: AnswerRefused for its status."""
        address = self._checked(resource.url)
        asked = set[tuple[str, str | None]]()
        while True:
            what = (address.url, self._cookie(address))
            if what in asked:
                raise Fault(FaultCode.REDIRECT_REFUSED, "redirected in a circle", retryable=False)
            if len(asked) > _MOST_REDIRECTS:
                raise Fault(
                    FaultCode.REDIRECT_REFUSED, f"redirected more than {_MOST_REDIRECTS} times", retryable=False
                )
            asked.add(what)
            connection, response = await self._ask(address, resource.part)
            if response.status not in _REDIRECTS:
                break
            address = self._redirected(address, response)
        if not 200 <= response.status < 300:
            raise self._refusal(address, response)
        whole = resource.part is not None and response.status != 206  # a server that knows no parts sends everything
        return Answer(
            address.url,
            response.headers,
            connection,
            part=resource.part if whole else None,
            oddities=self.oddities,
        )

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    async def _ask(self, address: Address, part: ByteRange | None) -> tuple[_Connection, Response]:
        """One request, repeated once where the camera asks who we are, or where it has closed an idle connection."""
        authorizer = self._authorizer if self._is_home(address) else None
        target = address.url.partition("://")[2].partition("/")[2]
        target = "/" + quote(target, safe=_IN_A_TARGET)
        for _ in range(3):
            fields = [("Host", _host_field(address)), ("User-Agent", USER_AGENT), ("Accept", "*/*")]
            fields.append(("Accept-Encoding", "identity"))
            if part is not None:
                fields.append(("Range", f"bytes={part.start}-{part.start + part.length - 1}"))
            authorization = authorizer.header("GET", target) if authorizer is not None else None
            if authorization is not None:
                fields.append(("Authorization", authorization))
            cookie = self._cookie(address)
            if cookie is not None:
                fields.append(("Cookie", cookie))
            connection = await self._connection(address)
            try:
                async with asyncio.timeout(self._context.timing.open_s):
                    response = await connection.ask(target, fields)
            except TimeoutError as error:
                connection.close()
                raise Fault(FaultCode.NO_ANSWER, "no answer within the limit") from error
            except Fault:
                connection.close()
                if connection.idle_before:
                    continue
                raise
            if connection.had_odd_head:
                self.oddities[Oddity.ODD_HEAD] += 1
            if address.host == self.home.host:
                self._cookies.take(address.url, response.headers)
            if authorizer is not None and response.status == 401 and authorizer.challenge(response):
                connection.close()
                continue
            if authorizer is not None and response.status < 300:
                authorizer.accepted()
            return connection, response
        raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera")

    async def _connection(self, address: Address) -> _Connection:
        """One that is free, or a new one."""
        origin = _origin(address)
        known = self._connections.pop(origin, None)
        if known is not None:
            if known.reuse():
                self._connections[origin] = known
                return known
            if known.has_bytes_behind:
                self.oddities[Oddity.BYTES_BEHIND] += 1
            known.close()
        while len(self._connections) >= _MOST_CONNECTIONS:
            self._connections.pop(next(iter(self._connections))).close()
        fingerprint = self._fingerprint if address.host == self.home.host else ""
        opened = await _connect(address, self._context, fingerprint=fingerprint)
        self._connections[origin] = opened
        return opened

    def _checked(self, url: str) -> Address:
        address = _web_address(url)
        if self.home.scheme == "https" and address.scheme != "https":
            raise Fault(FaultCode.REDIRECT_REFUSED, "led from https to http", retryable=False)
        return address

    def _redirected(self, address: Address, response: Response) -> Address:
        """Where a redirect leads on the same host; to others nothing goes, and nothing from `https` to `http`."""
        location = response.headers.get("location", "").strip()
        try:
            target = _web_address(urljoin(address.url, location))
        except (Fault, ValueError) as error:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to no web address", retryable=False) from error
        if target.host != address.host:
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected to another host", retryable=False)
        if address.scheme == "https" and target.scheme != "https":
            raise Fault(FaultCode.REDIRECT_REFUSED, "redirected from https to http", retryable=False)
        way = (_origin(address), _origin(target))
        if way[0] != way[1] and way not in self._followed:
            self._followed.add(way)
            self.oddities[Oddity.REDIRECTED] += 1
            log.info(
                "redirect followed: camera=%s from=%s:%d to=%s:%d",
                self._camera, address.scheme, address.port, target.scheme, target.port,
            )  # fmt: skip
        return target

    def _cookie(self, address: Address) -> str | None:
        return self._cookies.header(address.url) if address.host == self.home.host else None

    def _refusal(self, address: Address, response: Response) -> AnswerRefused:
        status = response.status
        code, retryable = _STATUS_FAULTS.get(status, (FaultCode.PROTOCOL_BROKEN, True))
        retry_after_s = asked_to_wait_s(status, response.headers)
        if retry_after_s is not None:
            code = FaultCode.CAMERA_PREPARING
        detail = f"status {status}"
        if status == 401 and address.host == self.home.host and not self._is_home(address):
            code = FaultCode.REDIRECT_REFUSED
            detail = f"{address.scheme} on port {address.port} wants the login, which the camera's own port gets alone"
        return AnswerRefused(code, detail, status=status, retryable=retryable, retry_after_s=retry_after_s or 0.0)

    def _is_home(self, address: Address) -> bool:
        """Whether it is the camera's own scheme, host and port, which alone are given the login."""
        return _origin(address) == _origin(self.home)


class _Connection:
    """One connection, one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, transport: asyncio.Transport) -> None:
        self._reader = reader
        self._transport = transport
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
        self._head = HeadCleaner()
        self.idle_before = False
        """Whether it was used before: the server may have closed it meanwhile."""

    def reuse(self) -> bool:
        """Whether it takes another request."""
        if self._transport.is_closing() or self._http.our_state is not h11.DONE:
            return False
        if self._http.their_state is not h11.DONE or self.has_bytes_behind:
            return False
        self._http.start_next_cycle()
        self._head = HeadCleaner()
        self.idle_before = True
        return True

    @property
    def had_odd_head(self) -> bool:
        return self._head.had_odd_lines

    @property
    def has_bytes_behind(self) -> bool:
        """Whether more came than the answer was to have."""
        return self._http.their_state is h11.DONE and bool(self._http.trailing_data[0])

    async def ask(self, target: str, fields: list[tuple[str, str]]) -> Response:
        """Send a request; the head of its answer. Raises Fault."""
        try:
            request = self._http.send(h11.Request(method="GET", target=target, headers=fields))
            end = self._http.send(h11.EndOfMessage())
        except (h11.LocalProtocolError, DomainError, UnicodeError) as error:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "an address that cannot be asked for", retryable=False) from error
        self._transport.write((request or b"") + (end or b""))
        for _ in range(_MOST_INFORMATION):
            event = await self._event()
            if isinstance(event, h11.Response):
                headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
                return Response(event.status_code, event.reason.decode("latin-1"), Headers(headers))
            if not isinstance(event, h11.InformationalResponse):
                break
        raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera")

    async def read(self) -> bytes | None:
        """The next bytes of the body; None at its end and after it."""
        if self._http.their_state is h11.DONE:
            return None
        event = await self._event()
        return bytes(event.data) if isinstance(event, h11.Data) else None

    def close(self) -> None:
        self._transport.abort()

    async def _event(self) -> object:
        """What h11 calls an event; a closed connection is one, too."""
        in_body = self._http.their_state is h11.SEND_BODY
        try:
            while (event := self._http.next_event()) is h11.NEED_DATA:
                data = await self._reader.read(READ_BYTES)
                if (passed := self._head.feed(data)) or not data:
                    self._http.receive_data(passed)
        except h11.RemoteProtocolError as error:
            if self._reader.at_eof() and in_body:
                raise ShortBody from error
            if self._reader.at_eof():
                raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera") from error
            raise Fault(FaultCode.PROTOCOL_BROKEN, "no HTTP") from error
        except (OSError, ssl.SSLError) as error:
            raise Fault(FaultCode.CONNECTION_LOST, "closed by the camera") from error
        return event


async def _connect(address: Address, context: SessionContext, *, fingerprint: str) -> _Connection:
    secure = address.scheme == "https"
    reader = asyncio.StreamReader(limit=READ_BYTES)
    transport, _ = await reach(
        address,
        rule=context.rule,
        resolver=context.resolver,
        tls=context.trust.context(fingerprint) if secure else None,
        timeout_s=context.timing.connect_s,
        protocol=lambda: asyncio.StreamReaderProtocol(reader),
    )
    if secure and fingerprint:
        tls = transport.get_extra_info("ssl_object")
        try:
            check_certificate(tls.getpeercert(binary_form=True), fingerprint)
        except Fault:
            transport.abort()
            raise
    return _Connection(reader, transport)


def _web_address(url: str) -> Address:
    address = address_of(url)
    if address.scheme not in _SCHEMES:
        raise Fault(FaultCode.NOT_A_CAMERA, "no web address", retryable=False)
    if urlsplit(url).username is not None:
        raise Fault(FaultCode.NOT_A_CAMERA, "a login in an address", retryable=False)
    return address


def _origin(address: Address) -> _Origin:
    return address.scheme, address.host, address.port


def _host_field(address: Address) -> str:
    return urlsplit(address.url).netloc
