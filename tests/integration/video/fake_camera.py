"""A small RTSP camera on loopback that misbehaves as it is told, on the caller's asyncio loop."""

import asyncio
import struct
import threading
import time
from contextlib import AsyncExitStack, suppress

from tmcwall.listening import accepted_the_last
from tmcwall.rtsp import sdp
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.rtsp.h264 import payloads
from tmcwall.rtsp.messages import Connection, Headers, Interleaved, Request, Response, serialise
from tmcwall.rtsp.rtcp import SenderReport, ntp_from_unix, sender_report

SPS = bytes.fromhex("6742c01eda0280bfe5c044000003000400000300c83c58ba80")
PPS = bytes.fromhex("68ce3c80")
MEDIA = sdp.Media("video", 96, "H264", 90_000, {"packetization-mode": "1"}, "track1")


START_RTP = 2**32 - 9000
"""Wraps within the first three pictures; so does the sequence, which starts at 65,500."""


def picture(number, *, gop=5):
    """The NAL units of one picture; key frames carry their parameter sets."""
    if number % gop == 0:
        return [SPS, PPS, b"\x65" + number.to_bytes(4, "big") + bytes(range(1, 200)) * 15]
    return [b"\x41" + number.to_bytes(4, "big") + b"moving"]


def annex_b(number, *, gop=5):
    return b"".join(b"\0\0\0\1" + nal for nal in picture(number, gop=gop))


class Openings:
    """How many connections to several cameras are between their beginning and PLAY."""

    def __init__(self):
        self.now = set()
        self.most = 0

    def begin(self, connection):
        self.now.add(connection)
        self.most = max(self.most, len(self.now))

    def end(self, connection):
        self.now.discard(connection)


class FakeCamera:
    """`faults` names what it does wrong; `requests` are all requests it got, in order."""

    def __init__(
        self,
        *faults,
        login=None,
        schemes=(Scheme.DIGEST_SHA256, Scheme.DIGEST_MD5),
        location="",
        media=MEDIA,
        pictures=picture,
        rtp_of=lambda number: START_RTP + number * 3600,
        ssrc_of=lambda _number: 0x1234,
        tls=None,
        openings=None,
        answer_after_s=0.0,
    ):
        self.faults = set(faults)
        self.requests = []
        self.connections = 0
        self.sent = 0
        self.stall_after = None
        self.first_key = 0
        self.answers = []
        self.body = None
        """What DESCRIBE answers instead of the media's description."""
        self.interjection = lambda _number: b""
        """Bytes between two pictures."""
        self.mangle = lambda frame, _number: frame
        """What becomes of an interleaved packet."""
        self.media = media
        self.timeout_s = 60
        self.interval_s = 0.01
        self._login = login
        self._schemes = schemes
        self._location = location
        self._pictures = pictures
        self._rtp_of = rtp_of
        self._ssrc_of = ssrc_of
        self._tls = tls
        self._openings = openings or Openings()
        self._answer_after_s = answer_after_s
        self._server: asyncio.Server | None = None
        self._tasks = set()
        self._writers = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        scheme = "rtsp" if self._tls is None else "rtsps"
        self.url = f"{scheme}://127.0.0.1:{self.port}/stream"
        return self

    async def __aexit__(self, *_):
        await self.stop()

    async def stop(self):
        """Close the port and every connection."""
        assert self._server is not None
        await accepted_the_last(self._server)
        self.drop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def restart(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def drop(self):
        for writer in self._writers:
            writer.transport.abort()

    def asked(self, method):
        return [request for request in self.requests if request.method == method]

    async def _serve(self, reader, writer):
        self.connections += 1
        self._openings.begin(writer)
        self._writers.add(writer)
        self._tasks.add(asyncio.current_task())
        verifier = Verifier(*self._login, schemes=self._schemes) if self._login else None
        connection = Connection()
        sending = None
        with suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(65536):
                for message in connection.feed(data):
                    if not isinstance(message, Request):
                        self.answers.append(message)
                        continue
                    self.requests.append(message)
                    if "silent" in self.faults:
                        continue
                    await asyncio.sleep(self._answer_after_s)
                    self._answer(message, writer, verifier)
                    if message.method == "PLAY":
                        self._openings.end(writer)
                    if message.method == "PLAY" and "no-media" not in self.faults:
                        sending = asyncio.create_task(self._send(writer))
                        self._tasks.add(sending)
        if sending is not None:
            sending.cancel()
        writer.close()
        self._openings.end(writer)
        self._writers.discard(writer)

    def _answer(self, request, writer, verifier):
        if "html" in self.faults:
            writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>")
            return
        status, fields, body = 200, [], b""
        code = next((int(fault) for fault in self.faults if fault.isdigit()), None)
        if verifier is not None and not verifier.check(request.method, request.headers.get("authorization")):
            status, fields = 401, verifier.challenges()
        elif code is not None:
            status = code
            fields = [("Location", self._location)] if 300 <= code < 400 else []
        elif request.method == "DESCRIBE":
            body = self.body if self.body is not None else sdp.write(self.media, name="fake")
            fields = [("Content-Type", "application/sdp"), ("Content-Base", self.url + "/")]
        elif request.method == "SETUP":
            transport = (
                "RTP/AVP;unicast;client_port=1-2" if "udp-only" in self.faults else "RTP/AVP/TCP;interleaved=0-1"
            )
            fields = [("Transport", transport), ("Session", f"abc;timeout={self.timeout_s}")]
        if "control-character" in self.faults:
            cseq = request.headers["cseq"].encode()
            head = b"RTSP/1.0 200 OK\r\nCSeq: " + cseq + b"\r\nSession: a\x01b\r\nContent-Length: "
            writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
            return
        headers = Headers([("CSeq", request.headers.get("cseq", "0")), *fields])
        answer = serialise(Response(status, "", headers, body))
        if "trickle" in self.faults:
            self._tasks.add(asyncio.create_task(self._trickle(answer, writer)))
        else:
            writer.write(answer)

    async def _trickle(self, data, writer):
        for byte in data:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.1)

    async def _send(self, writer):
        """Pictures without end, each with the time of a camera at 25 a second."""
        sequence = 65_500
        for number in range(self.first_key, 1_000_000):
            if self.stall_after is not None and number >= self.stall_after:
                return
            nals = self._pictures(number) if "no-key" not in self.faults else [b"\x41delta"]
            rtp, ssrc = self._rtp_of(number) % 2**32, self._ssrc_of(number)
            parts = [part for nal in nals for part in payloads(nal)]
            for index, part in enumerate(parts):
                marker = 0x80 if index == len(parts) - 1 else 0
                if not ("lossy" in self.faults and number == 7):
                    head = struct.pack("!BBHII", 0x80, marker | 96, sequence % 65536, rtp, ssrc)
                    writer.write(self.mangle(serialise(Interleaved(0, head + part)), number))
                sequence += 1
            writer.write(self.interjection(number))
            if number == 2:
                report = SenderReport(0x1234, ntp_from_unix(time.time() + 7200), rtp, 1, 1)
                writer.write(serialise(Interleaved(1, sender_report(report, name="fake"))))
            self.sent = number + 1
            await asyncio.sleep(self.interval_s)


class CameraThread:
    """Cameras on a loop of their own, for tests of whole processes."""

    def __init__(self, *cameras):
        self.cameras = cameras
        self._loop: asyncio.AbstractEventLoop | None = None
        self._serving = threading.Event()
        self._ending = asyncio.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self):
        self._thread.start()
        assert self._serving.wait(timeout=120)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._ending.set)
        self._thread.join()

    def do(self, coroutine):
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=120)

    async def _serve(self):
        self._loop = asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            for camera in self.cameras:
                await stack.enter_async_context(camera)
            self._serving.set()
            await self._ending.wait()
