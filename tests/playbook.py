"""An RTSP session as a script: what is said to the camera and what comes of it, without a socket and without a clock.

A script is read line by line; a line that does not come true fails the test with its number. What we do:

    connect 10.0.0.5:554        it asks for a connection there, and gets it
    connect fails NO_ANSWER     it asks for one, and the network has that fault
    >> SETUP rtsp://k/track1    the next request it sends; indented below, header fields it must have:
       Transport: RTP/AVP/TCP;*     a pattern
       Authorization: right         for the last challenge and the source's login
       no Session                   none of that name
    >> 200 OK                   the next answer it sends
    udp opens, udp closes       it asks for a pair of ports, or for their end
    report                      a receiver report is due and sent
    key request                 a report that asks for a key picture
    disconnect                  it ends the connection
    playing                     opening is done; from here on the stream is watched
    3 pictures                  so many access units have come out since the line before of that kind
    fault NO_MEDIA              the session ends with that fault
    closed                      closing is done

and what happens to us:

    << 200 OK                   the camera answers the last request; indented below, header fields, and behind `|` the
       Session: 1;timeout=60    lines of a body. CSeq is added where the line `no CSeq` does not forbid it
    << OPTIONS rtsp://k/        the camera asks
    raw RTSP/1.0 200\\r\\n       bytes as they stand, with Python's escapes
    packet, key packet          a picture in one packet, on the first channel; `key packet on 4` on another
    datagram, key datagram      the same over UDP; `datagram report` is RTCP, `goodbye` is RTCP in the connection
    camera closes               the connection ends
    time passes 2.5 s           with all that is due in it
    plays 30 s                  the same, with a key frame each second
    plays 30 s without key      with another picture each second
    reports 30 s                with a sender report each five seconds
    close                       the session is closed

An odd camera is added as a test with its script: what it was asked and what it answered.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from tests.clocks import FakeClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.net.reach import Address
from tmcwall.rtsp import rtcp
from tmcwall.rtsp.auth import Scheme, Verifier
from tmcwall.rtsp.messages import Connection, Headers, Interleaved, Message, Request, Response, Skipped, serialise
from tmcwall.rtsp.rtp import HEADER
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.rtsp_dialogue import RtspDialogue
from tmcwall.video.sessions.stream_format import StreamFormat

NS = 1_000_000_000
URL = "rtsp://10.0.0.5/stream"
PORTS = (50_000, 50_001)

DESCRIPTION = """\
   Content-Type: application/sdp
   Content-Base: rtsp://10.0.0.5/stream/
   | v=0
   | m=video 0 RTP/AVP 96
   | a=rtpmap:96 H264/90000
   | a=fmtp:96 packetization-mode=1
   | a=control:track1
"""
DESCRIBED = f"""\
connect 10.0.0.5:554
>> DESCRIBE rtsp://10.0.0.5/stream
<< 200 OK
{DESCRIPTION}"""
SET_UP = """\
>> SETUP rtsp://10.0.0.5/stream/track1
   Transport: RTP/AVP/TCP;unicast;interleaved=0-1
<< 200 OK
   Session: 1234;timeout=60
   Transport: RTP/AVP/TCP;unicast;interleaved=0-1
"""
PLAYED = """\
>> PLAY rtsp://10.0.0.5/stream/
   Session: 1234
<< 200 OK
playing
"""
OPENED = DESCRIBED + SET_UP + PLAYED
"""A camera of which there is nothing to be said."""


def play(
    script: str, *, pieces: int | None = None, source: StreamUrl | None = None, rate: float = 1.0, **context: object
) -> Playbook:
    """Act out a script; the camera's bytes come in `pieces` of that size where it is given. Its RTP time runs `rate`
    times as fast as it should.
    """
    book = Playbook(source or StreamUrl(URL), pieces=pieces, rate=rate, **context)
    book.play(script)
    return book


class _Line(NamedTuple):
    number: int
    text: str
    below: tuple[str, ...]

    def named(self, wanted: str) -> str | None:
        """What stands below it behind `Name:`."""
        found = [value.strip() for name, colon, value in (one.partition(":") for one in self.below) if name == wanted]
        return found[0] if found else None


def _lines(script: str) -> Iterator[_Line]:
    number, head, below = 0, "", list[str]()
    for index, line in enumerate(textwrap.dedent(script).splitlines(), start=1):
        if line.startswith(" "):
            below.append(line.strip())
        elif line:
            if head:
                yield _Line(number, head, tuple(below))
            number, head, below = index, line.partition("  # ")[0].rstrip(), []
    yield _Line(number, head, tuple(below))


class Surroundings:
    """`SessionIo` that only notes what it is asked for: messages, and the words of a script for everything else."""

    def __init__(self) -> None:
        self.noted: deque[Message | str] = deque()
        self.deadline_ns: int | None = None
        self.has_ports = False
        self._cutter = Connection()

    def connect(self, address: Address) -> None:
        self._cutter = Connection()
        self.noted.append(f"connect {address.key}")

    def send(self, data: bytes) -> None:
        for message in self._cutter.feed(data):
            assert not isinstance(message, Skipped)
            self.noted.append(_name_of(message.data) if isinstance(message, Interleaved) else message)

    def disconnect(self) -> None:
        self.noted.append("disconnect")

    def open_ports(self) -> tuple[int, int]:
        self.has_ports = True
        self.noted.append("udp opens")
        return PORTS

    def open_towards(self, server_ports: tuple[int, int] | None, report: bytes) -> None:
        assert rtcp.parse(report)

    def send_report(self, report: bytes) -> None:
        assert rtcp.parse(report)
        self.noted.append(_name_of(report))

    def close_ports(self) -> None:
        if self.has_ports:
            self.has_ports = False
            self.noted.append("udp closes")

    def wake_at(self, deadline_ns: int | None) -> None:
        self.deadline_ns = deadline_ns

    def opened(self) -> None:
        self.noted.append("playing")

    def failed(self, fault: Fault) -> None:
        self.noted.append(f"fault {fault.code.name}")

    def closed(self) -> None:
        self.noted.append("closed")


def _name_of(report: bytes) -> str:
    return "key request" if b"\x81\xce" in report and b"\x84\xce" in report else "report"


_NOT_NEEDED = ("disconnect", "udp closes", "report", "key request")
"""What a script may leave out."""
_SAID = re.compile(r"(?:connect .*|udp opens|udp closes|report|key request|disconnect|playing|fault .*|closed)")
_TIME = re.compile(r"(time passes|plays|reports) ([0-9.]+) s( without key)?")
_PACKET = re.compile(r"(key )?(packet|datagram)(?: on (\d+))?")
_PICTURES = re.compile(r"(\d+) pictures?")


class Playbook:
    """One dialogue, and what has come of it so far."""

    def __init__(self, source: StreamUrl, *, pieces: int | None, rate: float = 1.0, **context: object) -> None:
        self.clock = FakeClock()
        self.formats: list[StreamFormat] = []
        self.units: list[TimedUnit] = []
        self._pieces = pieces
        self._rate = rate
        self._source = source
        self._io = Surroundings()
        self._asked = Request("", "")
        self._challenge = ""
        self._sequence = 0
        self._rtp = 0
        self._units_before = 0
        self._dialogue = RtspDialogue(
            source,
            SessionContext(clock=self.clock, **context),  # type: ignore[arg-type]
            io=self._io,
            described=self.formats.append,
            received=self.units.append,
        )
        self._dialogue.open()

    @property
    def camera_clock(self) -> CameraClock | None:
        return self._dialogue.media.camera_clock

    @property
    def clock_offset_ms(self) -> int | None:
        return self._dialogue.media.clock_offset_ms

    @property
    def noted(self) -> Sequence[Message | str]:
        """What it asked for that no line has looked at."""
        return tuple(self._io.noted)

    @property
    def oddities(self) -> Counter[Oddity]:
        return self._dialogue.media.oddities

    def play(self, script: str) -> None:
        for line in _lines(script):
            try:
                self._act(line)
            except AssertionError as error:
                raise AssertionError(f"line {line.number}, `{line.text}`: {error}") from error
        self._let_time_pass(0)
        left = [one for one in self._io.noted if one not in _NOT_NEEDED]
        assert not left, f"after the last line: {left}"

    def _act(self, line: _Line) -> None:
        text = line.text
        if text.startswith(">> "):
            self._expect_message(line)
        elif text.startswith("<< "):
            self._receive(serialise(self._message(line)))
        elif text.startswith("raw "):
            self._receive(text[4:].encode("latin-1").decode("unicode_escape").encode("latin-1"))
        elif (time := _TIME.fullmatch(text)) is not None:
            self._pass_time(time[1], float(time[2]), key=time[3] is None)
        elif (packet := _PACKET.fullmatch(text)) is not None:
            self._take_packet(key=packet[1] is not None, over_udp=packet[2] == "datagram", channel=int(packet[3] or 0))
        elif text == "datagram report":
            self._dialogue.media.take_report(rtcp.sender_report(self._report(), name="camera"))
        elif text == "goodbye":
            self._receive(serialise(Interleaved(1, b"\x81\xcb\0\1" + (0x1234).to_bytes(4, "big"))))
        elif text == "camera closes":
            self._dialogue.connection_ended(Fault(FaultCode.CONNECTION_LOST, "closed by the camera"))
        elif text == "close":
            self._dialogue.close()
        elif (pictures := _PICTURES.fullmatch(text)) is not None:
            found, self._units_before = len(self.units) - self._units_before, len(self.units)
            assert found == int(pictures[1]), f"{found} came"
        else:
            assert _SAID.fullmatch(text), "no such line"
            self._expect(line)

    def _expect(self, line: _Line) -> None:
        connects = line.text.startswith("connect ")
        fails = line.text.startswith("connect fails ")
        noted = self._next(line.text)
        assert isinstance(noted, str), f"{noted} was sent"
        assert noted.startswith("connect ") if fails else noted == line.text, f"`{noted}` came"
        if fails:
            self._dialogue.connection_ended(Fault(FaultCode[line.text.split()[-1]]))
        elif connects:
            self._dialogue.connected((line.named("certificate") or "").encode() or None)
        elif noted == "playing":
            self._dialogue.watch()

    def _expect_message(self, line: _Line) -> None:
        sent = self._next(line.text)
        assert isinstance(sent, Request | Response), f"`{sent}` came"
        if isinstance(sent, Request):
            self._asked = sent
            assert f">> {sent.method} {sent.uri}" == line.text, f"{sent.method} {sent.uri} was sent"
        else:
            assert f">> {sent.status} {sent.reason}" == line.text, f"{sent.status} was answered"
        for below in line.below:
            self._check_field(below, sent)

    def _check_field(self, below: str, sent: Request | Response) -> None:
        name, _, pattern = (part.strip() for part in below.partition(":"))
        if name.startswith("no "):
            assert name[3:] not in sent.headers, f"{name[3:]} was sent"
            return
        value = sent.headers.get(name)
        assert value is not None, f"no {name} was sent"
        if pattern == "right" and isinstance(sent, Request):
            assert self._verifier().check(sent.method, value), "the login is wrong"
        else:
            assert fnmatchcase(value, pattern), f"{name} was {value!r}"

    def _next(self, wanted: str) -> Message | str:
        self._let_time_pass(0)
        noted = self._io.noted
        while noted and noted[0] in _NOT_NEEDED and noted[0] != wanted:
            noted.popleft()
        assert noted, "nothing came"
        return noted.popleft()

    def _message(self, line: _Line) -> Message:
        first, _, rest = line.text[3:].partition(" ")
        body = "".join(f"{part[1:].strip()}\r\n" for part in line.below if part.startswith("|")).encode()
        pairs = [part.partition(":") for part in line.below if ":" in part and not part.startswith("|")]
        fields = [(name.strip(), value.strip()) for name, _, value in pairs]
        self._challenge = next((value for name, value in fields if name == "WWW-Authenticate"), self._challenge)
        if not first.isdigit():
            return Request(first, rest, Headers(fields), body)
        if "no CSeq" not in line.below and not any(name == "CSeq" for name, _ in fields):
            fields.insert(0, ("CSeq", self._asked.headers["cseq"]))
        return Response(int(first), rest, Headers(fields), body)

    def _receive(self, data: bytes) -> None:
        size = self._pieces or len(data)
        for start in range(0, len(data), size):
            self._dialogue.receive(data[start : start + size])

    def _take_packet(self, *, key: bool, over_udp: bool, channel: int) -> None:
        self._sequence += 1
        self._rtp = rtp = max(int(self.clock.ns * 90_000 // NS * self._rate), self._rtp + 1)
        nal = b"\x65a key frame" if key else b"\x41a picture"
        data = HEADER.pack(0x80, 0x80 | 96, self._sequence & 0xFFFF, rtp & 0xFFFF_FFFF, 0x1234) + nal
        if over_udp:
            self._dialogue.media.take_datagram(data)
        else:
            self._receive(serialise(Interleaved(channel, data)))

    def _report(self) -> rtcp.SenderReport:
        return rtcp.SenderReport(0x1234, rtcp.ntp_from_unix(self.clock.utc().timestamp()), 0, 1, 1)

    def _pass_time(self, how: str, seconds: float, *, key: bool) -> None:
        if how == "time passes":
            self._let_time_pass(int(seconds * NS))
            return
        for second in range(int(seconds)):
            if how == "plays":
                self._take_packet(key=key, over_udp=self._io.has_ports, channel=0)
            elif second % 5 == 0:
                self._receive(serialise(Interleaved(1, rtcp.sender_report(self._report(), name="camera"))))
            self._let_time_pass(NS)

    def _let_time_pass(self, span_ns: int) -> None:
        """With each deadline at its moment."""
        end_ns = self.clock.ns + span_ns
        while self._io.deadline_ns is not None and self._io.deadline_ns <= end_ns:
            self.clock.ns = max(self.clock.ns, self._io.deadline_ns)
            self._io.deadline_ns = None
            self._dialogue.time_passed()
        self.clock.ns = end_ns

    def _verifier(self) -> Verifier:
        """For the last challenge that the script has given."""
        fields = dict(re.findall(r'(\w+)="?([^",]*)"?', self._challenge))
        scheme = Scheme.BASIC if self._challenge.startswith("Basic") else Scheme(fields.get("algorithm", "MD5"))
        return Verifier(
            self._source.username,
            self._source.password,
            realm=fields.get("realm", ""),
            schemes=(scheme,),
            nonce=fields.get("nonce", ""),
        )
