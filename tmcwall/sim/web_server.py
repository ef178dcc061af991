"""Cameras of the city on the web: HLS in MPEG-TS and in fragments of MP4, HTTP-FLV, and JPEG pictures over HTTP.

The sub streams, behind the same password and with the same orders as over RTSP, of which some show here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import unquote, urlsplit

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sim.faults import Trouble
from tmcwall.sim.loop import Loop
from tmcwall.sim.server import CameraServer
from tmcwall.sim.session import Post
from tmcwall.sim.web_film import JPEG_EVERY, WebFilm
from tmcwall.sim.web_oddities import TOO_FAST, Answer, OddWeb, compressed, odd_segment, playlist, variants

_WINDOW: Final = 5
"""Segments of a playlist."""
_KEPT: Final = 12
"""Segments that are answered for."""
_BEFORE_S: Final = 600.0
"""So long the cameras have been there when the server starts, so that playlists are full."""
_LARGEST_HEAD: Final = 16 * 1024
_MOST_CONNECTIONS: Final = 512
_IDLE_S: Final = 30.0
_SLOW_S: Final = 10.0
"""A client that takes nothing for so long is let go."""
_ASK_AGAIN_S: Final = 1
_INDEX, _GOOD_VARIANT, _HEAD = "index.m3u8", "sub.m3u8", "head.mp4"
_BOUNDARY: Final = "gambar"
_UNREACHABLE: Final = frozenset({Trouble.REFUSE, Trouble.DROP})


class WebForm(StrEnum):
    """How a camera's pictures come."""

    TS = "ts"
    MP4 = "mp4"
    FLV = "flv"
    MJPEG = "mjpeg"


_SUFFIXES: Final = {WebForm.TS: ".ts", WebForm.MP4: ".m4s"}
_KINDS: Final = {
    WebForm.TS: "video/mp2t",
    WebForm.MP4: "video/mp4",
    WebForm.FLV: "video/x-flv",
    WebForm.MJPEG: f"multipart/x-mixed-replace; boundary={_BOUNDARY}",
}


def web_path(camera: str, form: WebForm) -> str:
    """Where on its port a camera is found in that form; every camera is there in all of them."""
    return f"{camera}/{form}/{_INDEX}" if form in _SUFFIXES else f"{camera}/{form}"


def form_of(place: int) -> WebForm:
    """The forms by turns."""
    return list(WebForm)[place % len(WebForm)]


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    parts: tuple[str, ...]
    """Of the path."""
    fields: dict[str, str]
    port: int
    """On which it came."""


class WebServer:
    """Serves the first `cameras` of a city, in the running event loop."""

    def __init__(self, city: CameraServer, cameras: Sequence[str], *, port: int = 0) -> None:
        self.port = port
        self._city = city
        self._cameras = frozenset(cameras)
        self._films: dict[Loop, WebFilm] = {}
        self._jpegs: dict[Loop, asyncio.Task[tuple[bytes, ...]]] = {}
        self._servers: list[asyncio.Server] = []
        self._clients: set[asyncio.Task[None]] = set()
        self._epoch_s = 0.0

    async def start(self) -> None:
        """Listen; `port` is the real one then. Raises Fault(PORT_IN_USE)."""
        self._epoch_s = asyncio.get_running_loop().time() - _BEFORE_S
        try:
            for port in (self.port, 0):  # the second one is where `web:redirect` leads
                server = await asyncio.start_server(self._serve, self._city.host, port, limit=_LARGEST_HEAD)
                self._servers.append(server)
        except OSError as error:
            await self.close()
            raise Fault(FaultCode.PORT_IN_USE, f"{self._city.host}:{self.port}", retryable=False) from error
        self.port = _port_of(self._servers[0])

    async def close(self) -> None:
        """End all connections and stop listening."""
        for server in self._servers:
            server.close()
        running = [*self._clients, *self._jpegs.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    def url(self, camera: str, form: WebForm) -> str:
        return f"http://{self._city.host}:{self.port}/{web_path(camera, form)}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.current_task()
        assert client is not None
        self._clients.add(client)
        try:
            if len(self._clients) <= _MOST_CONNECTIONS:
                await self._answer_all(reader, writer)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, ValueError):
            pass  # the client has gone, is too slow, or speaks no HTTP
        finally:
            self._clients.discard(client)
            writer.close()
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port: int = writer.get_extra_info("sockname")[1]
        while True:
            async with asyncio.timeout(_IDLE_S):
                request = _read(await reader.readuntil(b"\r\n\r\n"), port)
            post = self._post(request)
            if post is not None and post.trouble in _UNREACHABLE:
                writer.transport.abort()
                return
            if post is not None and post.trouble is Trouble.SILENT:
                await asyncio.sleep(_IDLE_S)
                return
            odd = post.order.web if post is not None and post.order is not None else None
            answer, stream = await self._answer(request, post, odd)
            body = answer.body if request.method == "GET" else b""
            writer.write(answer.head(odd=odd) + (body or b""))
            await _drain(writer)
            if stream is not None and request.method == "GET":
                async with aclosing(stream()) as pictures:
                    async for picture in pictures:
                        writer.write(picture)
                        await _drain(writer)
            if answer.ends_connection(odd=odd) or request.fields.get("connection", "").lower() == "close":
                return

    def _post(self, request: _Request) -> Post | None:
        if not request.parts or request.parts[0] not in self._cameras:
            return None
        found = self._city.find(f"/{request.parts[0]}/{Profile.SUB}")
        return found[0] if found is not None else None

    async def _answer(
        self, request: _Request, post: Post | None, odd: OddWeb | None
    ) -> tuple[Answer, Callable[[], AsyncGenerator[bytes]] | None]:
        """The answer, and what follows it without an end."""
        if request.method not in {"GET", "HEAD"}:
            return Answer(405), None
        if post is None or post.trouble is Trouble.MISSING:
            return Answer(404), None
        post.ledger.requests[request.method] += 1
        verifier = self._city.verifier_of(post)
        if verifier is not None and not verifier.check(request.method, request.fields.get("authorization")):
            return Answer(401, fields=tuple(verifier.challenges())), None
        if post.trouble is Trouble.BUSY:
            return Answer(503), None
        if odd is OddWeb.REDIRECT and request.port == self.port:
            elsewhere = f"http://{self._city.host}:{_port_of(self._servers[1])}/{'/'.join(request.parts)}"
            return Answer(302, fields=(("Location", elsewhere),)), None
        try:
            loop = await self._city.loop_of(post, Profile.SUB)
        except Fault:
            return Answer(503), None
        if loop is None:
            return Answer(503, fields=(("Retry-After", str(_ASK_AGAIN_S)),)), None
        match request.parts[1:]:
            case (WebForm.TS | WebForm.MP4 as form, name):
                answer = self._part(self._film(loop), WebForm(form), name, odd, request.fields.get("cookie", ""))
                return compressed(odd, answer), None
            case (WebForm.FLV,):
                return Answer(200, _KINDS[WebForm.FLV], None), lambda: self._flv(self._film(loop))
            case (WebForm.MJPEG,):
                return Answer(200, _KINDS[WebForm.MJPEG], None), lambda: self._mjpeg(loop)
        return Answer(404), None

    def _part(self, film: WebFilm, form: WebForm, name: str, odd: OddWeb | None, cookies: str) -> Answer:
        """A playlist, what stands in front of fragments, or a segment."""
        published = film.segments_at(self._age_s)
        if name == _INDEX and odd is OddWeb.VARIANTS:
            return variants(_GOOD_VARIANT)
        if name in {_INDEX, _GOOD_VARIANT}:
            first = published - _WINDOW
            durations_s = [film.duration_s(number) for number in range(first, published)]
            head = _HEAD if form is WebForm.MP4 else ""
            return playlist(odd, first=first, durations_s=durations_s, suffix=_SUFFIXES[form], head=head)
        if name == _HEAD and form is WebForm.MP4:
            return Answer(200, _KINDS[form], film.head())
        digits = name.removesuffix(_SUFFIXES[form])
        if not digits.isdecimal() or not published - _KEPT <= int(digits) < published:
            return Answer(404)
        pace = TOO_FAST if odd is OddWeb.PACE else 1
        segment = int(digits)
        body = film.mpeg_ts(segment, pace=pace) if form is WebForm.TS else film.fragment(segment)
        return odd_segment(odd, segment, Answer(200, _KINDS[form], body), cookies=cookies)

    async def _flv(self, film: WebFilm) -> AsyncGenerator[bytes]:
        """From the newest key picture on."""
        client = film.flv()
        try:
            number = film.first_picture(film.segments_at(self._age_s))
            while True:
                await self._until(number * film.interval_s)
                yield client.bytes_of(number)
                number += 1
        finally:
            client.close()

    async def _mjpeg(self, loop: Loop) -> AsyncGenerator[bytes]:
        if loop not in self._jpegs:
            self._jpegs[loop] = asyncio.get_running_loop().create_task(_jpegs(self._film(loop)))
        pictures = await asyncio.shield(self._jpegs[loop])
        every_s = self._film(loop).interval_s * JPEG_EVERY
        number = int(self._age_s / every_s)
        while True:
            await self._until(number * every_s)
            picture = pictures[number % len(pictures)]
            head = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
            yield head.encode("ascii") + picture + b"\r\n"
            number += 1

    @property
    def _age_s(self) -> float:
        return asyncio.get_running_loop().time() - self._epoch_s

    async def _until(self, age_s: float) -> None:
        await asyncio.sleep(max(0.0, age_s - self._age_s))

    def _film(self, loop: Loop) -> WebFilm:
        if loop not in self._films:
            self._films[loop] = WebFilm(loop.footage)
        return self._films[loop]


async def _drain(writer: asyncio.StreamWriter) -> None:
    async with asyncio.timeout(_SLOW_S):
        await writer.drain()


async def _jpegs(film: WebFilm) -> tuple[bytes, ...]:
    """In a thread that ends with its work."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="jpegs")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, film.jpegs)
    finally:
        thread.shutdown(wait=False)


def _read(head: bytes, port: int) -> _Request:
    """Raises ValueError for what is no request."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    fields = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            fields[name.strip().lower()] = value.strip()
    parts = tuple(unquote(part) for part in urlsplit(target).path.split("/") if part)
    return _Request(method, parts, fields, port)


def _port_of(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port
