"""Every parser of what cameras and lists say, fed with spoilt recordings of the city's odd cameras.

    python -m benchmarks.fuzz [--minutes 60] [--seed N] [--folder F]

The seeds are what each odd camera says to a session, byte for byte, and descriptions, playlists, containers, clips and
camera lists. Each round takes one, spoils it in a few places, cuts it into pieces as a network does, and hands it over.
A parser may refuse what it gets by a Fault or a DomainError. Any other exception, more than two seconds of CPU, or
memory that goes on growing is a finding: its bytes are kept in the folder, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import psutil

from benchmarks.fault_cities import clip_in
from benchmarks.street import ORDERS
from tests.city_in_a_thread import SimServer
from tests.clocks import FakeClock
from tests.web_footage import film
from tmcwall.cameras.list_reader import read_list
from tmcwall.containers import hls
from tmcwall.containers.flv import FlvDemuxer
from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.mp4_reader import Mp4Reader
from tmcwall.containers.mpegts import TsDemuxer
from tmcwall.containers.track import Demuxer
from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.lpspelling import spelled_number
from tmcwall.net.reach import Address
from tmcwall.rtsp import rtcp, sdp
from tmcwall.sim.descriptions import OddDescription, odd_description
from tmcwall.sim.library import ClipLibrary
from tmcwall.sim.server import SimCamera
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.rtsp_dialogue import RtspDialogue

_LONGEST_S: Final = 2.0
"""Of CPU, for one input."""
_MOST_GROWTH: Final = 256 * 1024**2
"""Bytes by which this process may grow after its first rounds."""
_WARM: Final = 2_000
_HEARD_S: Final = 1.2
_LARGEST_SEED: Final = 200_000
_NS: Final = 1_000_000_000
_NUMBERS: Final = (b"0", b"-1", b"1e9", b"65536", b"4294967296", b"99999999999999999999", b"\xd9\xa3")
_DIGITS: Final = re.compile(rb"[0-9]+")
_PLAYLISTS: Final = (
    b"""#EXTM3U
#EXT-X-VERSION:6
#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360,CODECS="avc1.4d401e"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2800000,RESOLUTION=1280x720
high.m3u8?token=a
""",
    b"""#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DEFINE:NAME="a",VALUE="b"
#EXT-X-MAP:URI="init.mp4",BYTERANGE="800@0"
#EXT-X-KEY:METHOD=AES-128,URI="key",IV=0x00000000000000000000000000000001
#EXTINF:4.0,
#EXT-X-BYTERANGE:1000@0
{$a}.m4s
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-01-12T08:14:00Z
#EXTINF:3.96,
two.m4s
#EXT-X-ENDLIST
""",
)
_LIST: Final = (
    "id;nama;url;lintang;bujur;kecamatan;username;password;record\r\n"
    'CAM-1;Simpang Gladag;rtsp://10.1.2.3/live;"-7,5695";110.8288;Pasar Kliwon;petugas;a;ya\r\n'
    "CAM-2;Pasar Legi;rtsp://10.1.2.4/live;-7.56, 110.82;;Banjarsari;;;tidak\r\n"
)
_NUMBERS_OF_CASES: Final = ("LP/B/123/I/2026/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH, tanggal 12 Januari 2026",)


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    seeds: Sequence[bytes]
    read: Callable[[bytes, random.Random], None]


class Line:
    """`SessionIo` of a session that is heard, or only handed bytes: it opens what it is asked to, and hears no one."""

    def __init__(self, *, real: bool) -> None:
        self.wants_connection = False
        self.is_playing = False
        self.socket: socket.socket | None = None
        self._real = real

    def connect(self, address: Address) -> None:
        self.wants_connection = True
        if self._real:
            self.socket = socket.create_connection((address.host, address.port), 5)
            self.socket.settimeout(0.1)

    def send(self, data: bytes) -> None:
        if self.socket is not None:
            self.socket.sendall(data)

    def disconnect(self) -> None:
        if self.socket is not None:
            self.socket.close()

    def open_ports(self) -> tuple[int, int]:
        return 50_000, 50_001

    def open_towards(self, server_ports: tuple[int, int] | None, report: bytes) -> None: ...
    def send_report(self, report: bytes) -> None: ...
    def close_ports(self) -> None: ...
    def wake_at(self, deadline_ns: int | None) -> None: ...

    def opened(self) -> None:
        self.is_playing = True

    def failed(self, fault: Fault) -> None: ...
    def closed(self) -> None: ...

    def go_on(self, dialogue: RtspDialogue) -> None:
        """What the session has asked for has come true."""
        if self.wants_connection:
            self.wants_connection = False
            dialogue.connected(None)
        if self.is_playing:
            self.is_playing = False
            dialogue.watch()


def recorded_sessions(clip: Path) -> Iterator[bytes]:
    """What each odd camera sends, from the first answer on."""
    with SimServer([SimCamera("CAM-1", "clip")], ClipLibrary(clip)) as server:
        for order in ORDERS:
            if order:
                server.control.fault("CAM-1", order)
            yield _heard(server.url("CAM-1"))
            server.control.clear("CAM-1")


def _heard(url: str) -> bytes:
    line = Line(real=True)
    dialogue = _dialogue(url, line)
    heard = bytearray()
    until = time.monotonic() + _HEARD_S
    while time.monotonic() < until and len(heard) < _LARGEST_SEED:
        line.go_on(dialogue)
        with suppress(TimeoutError):
            data = line.socket.recv(65_536) if line.socket is not None else b""
            if not data:
                break
            heard += data
            dialogue.receive(data)
    line.disconnect()
    return bytes(heard)


def _dialogue(url: str, line: Line) -> RtspDialogue:
    context = SessionContext(clock=FakeClock())
    dialogue = RtspDialogue(StreamUrl(url), context, io=line, described=lambda _: None, received=lambda _: None)
    dialogue.open()
    return dialogue


def _read_session(data: bytes, rng: random.Random) -> None:
    clock = FakeClock()
    line = Line(real=False)
    context = SessionContext(clock=clock)
    source = StreamUrl("rtsp://10.0.0.5/stream")
    dialogue = RtspDialogue(source, context, io=line, described=lambda _: None, received=lambda _: None)
    dialogue.open()
    for piece in _pieces(data, rng):
        line.go_on(dialogue)
        dialogue.receive(piece)
        clock.ns += rng.choice((1_000, 40_000_000, _NS, 10 * _NS))
        dialogue.time_passed()
    dialogue.close()


def _demultiplex(demuxer: Callable[[], Demuxer]) -> Callable[[bytes, random.Random], None]:
    def read(data: bytes, rng: random.Random) -> None:
        running = demuxer()
        for piece in _pieces(data, rng):
            running.feed(piece)
        running.end_segment()

    return read


def _read_mp4(data: bytes, rng: random.Random) -> None:  # noqa: ARG001 - as all that reads
    reader = Mp4Reader(io.BytesIO(data))
    for track in reader.tracks:
        for sample in track.samples():
            reader.payload(sample)


def _read_list(folder: Path) -> Callable[[bytes, random.Random], None]:
    def read(data: bytes, rng: random.Random) -> None:  # noqa: ARG001
        path = folder / "list.csv"
        path.write_bytes(data)
        read_list(path, rule=AddressRule.anywhere())

    return read


def targets(folder: Path) -> list[Target]:
    clip = clip_in(folder)
    sessions = list(recorded_sessions(clip))
    body = next(found for found in map(_description, sessions) if found)
    descriptions = [body, *(odd_description(kind, body)[:_LARGEST_SEED] for kind in OddDescription)]
    report = rtcp.sender_report(rtcp.SenderReport(1, rtcp.ntp_from_unix(1.8e9), 2, 3, 4), name="camera") + rtcp.bye(1)
    films = {kind: [film(kind, codec=codec)[:_LARGEST_SEED] for codec in ("h264", "hevc")] for kind in _CONTAINERS}
    return [
        Target("session", sessions, _read_session),
        Target("description", descriptions, lambda data, _: _ignore(sdp.parse(data, "rtsp://10.0.0.5/a"))),
        Target("report", [report], lambda data, _: _ignore(rtcp.parse(data))),
        Target("playlist", _PLAYLISTS, lambda data, _: _ignore(_parsed_playlist(data))),
        *(Target(kind, films[kind], _demultiplex(demuxer)) for kind, demuxer in _CONTAINERS.items()),
        Target("clip", [clip.read_bytes()], _read_mp4),
        Target("list", [_LIST.encode(), _LIST.encode("utf-16"), _LIST.encode("cp1252")], _read_list(folder)),
        Target(
            "case number",
            [number.encode() for number in _NUMBERS_OF_CASES],
            lambda data, _: _ignore(spelled_number(data.decode(errors="replace"))),
        ),
    ]


_CONTAINERS: Final[dict[str, Callable[[], Demuxer]]] = {
    "flv": FlvDemuxer,
    "mpegts": TsDemuxer,
    "mp4": FragmentDemuxer,
}


def _description(session: bytes) -> bytes:
    start, stop = session.find(b"v=0"), session.find(b"RTSP/1.0", session.find(b"v=0"))
    return session[start:stop] if 0 <= start < stop else b""


def _parsed_playlist(data: bytes) -> hls.MasterPlaylist | hls.MediaPlaylist:
    playlist = hls.parse(data.decode(errors="replace"), "http://10.0.0.5/live/index.m3u8")
    if isinstance(playlist, hls.MediaPlaylist):
        hls.follow(playlist, 5)
    return playlist


def _ignore(_: object) -> None:
    """What was read well is of no interest."""


def _pieces(data: bytes, rng: random.Random) -> Iterator[bytes]:
    position = 0
    while position < len(data):
        size = rng.choice((1, 4, 37, 1_000, 1_460, 16_000, 65_536)) if position < 20_000 else 65_536
        yield data[position : position + size]
        position += size


def spoilt(data: bytes, others: Sequence[bytes], rng: random.Random) -> bytes:
    """The same with one to eight faults in it."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        start = rng.randrange(len(changed) + 1) if rng.random() < 0.5 else rng.randrange(min(len(changed), 2_000) + 1)
        span = slice(start, start + rng.choice((1, 1, 2, 4, 16, 200)))
        match rng.randrange(9):
            case 0 if start < len(changed):
                changed[start] ^= 1 << rng.randrange(8)
            case 1 if start < len(changed):
                changed[start] = rng.choice((0, 1, 0x24, 0x7F, 0x80, 0xFF, 0x0A))
            case 2:
                del changed[span]
            case 3:
                changed[start:start] = changed[span] * rng.choice((1, 2, 50))
            case 4:
                changed[start:start] = rng.randbytes(rng.choice((1, 4, 40)))
            case 5:
                del changed[start:]
            case 6:
                other = rng.choice(others)
                place = rng.randrange(len(other) + 1)
                changed[start:start] = other[place : place + rng.choice((8, 200, 4_000))]
            case 7:
                digits = [
                    place for place in range(start, min(len(changed), start + 200)) if changed[place] in b"0123456789"
                ]
                if digits:
                    changed[digits[0] : digits[0] + 1] = rng.choice(_NUMBERS)
            case _:
                changed[span] = bytes(len(changed[span]))
    return bytes(changed)


class TooLong(BaseException):
    """No parser's `except` takes it for something of its own."""


def _end_it(_: int, __: FrameType | None) -> None:
    raise TooLong


def run(target: Target, data: bytes, rng: random.Random) -> str:
    """What is wrong with how it was read, with its place; empty for nothing."""
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST_S)
    try:
        target.read(data, rng)
    except (Fault, DomainError):
        pass
    except (Exception, TooLong):  # noqa: BLE001 - a bug of whatever kind is what is looked for
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    """0: nothing found; 1: something was, and lies in the folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("fuzz"))
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    signal.signal(signal.SIGVTALRM, _end_it)
    found: Counter[str] = Counter()
    rounds: Counter[str] = Counter()
    process = psutil.Process()
    warm_bytes = 0
    with tempfile.TemporaryDirectory() as name:
        known = targets(Path(name))
        until = time.monotonic() + options.minutes * 60
        while time.monotonic() < until:
            target = rng.choice(known)
            data = spoilt(rng.choice(target.seeds), target.seeds, rng)
            rounds[target.name] += 1
            wrong = run(target, data, rng)
            if wrong:
                place = "".join(wrong.splitlines(keepends=True)[-3:])
                if not found[place]:
                    options.folder.mkdir(parents=True, exist_ok=True)
                    kept = options.folder / f"{target.name}-{rounds.total()}"
                    kept.write_bytes(data)
                    print(f"{kept}\n{wrong}", flush=True)
                found[place] += 1
            if rounds.total() == _WARM:
                warm_bytes = process.memory_info().rss
    grown = process.memory_info().rss - warm_bytes if warm_bytes else 0
    counts = ", ".join(f"{name} {count}" for name, count in sorted(rounds.items()))
    print(f"{rounds.total()} rounds ({counts}), {len(found)} findings, memory grew by {grown / 1024**2:.1f} MiB")
    return 1 if found or grown > _MOST_GROWTH else 0


if __name__ == "__main__":
    sys.exit(main())
