import os
import signal
import subprocess
import sys
import threading

import msgspec
import pytest

from tests.footage_units import access_units
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.video.ipc.access_units import pack_access_unit
from tmcwall.video.ipc.fd_passing import FdSender
from tmcwall.video.ipc.messages import (
    DECODER_REPORTS,
    CloseStream,
    DecodedReport,
    DecoderReady,
    OpenStream,
    Output,
    SetPlayback,
    StreamFault,
    pack,
)
from tmcwall.video.ipc.pipes import read_frames
from tmcwall.video.ipc.processes import decoder_command, decoder_environment, own_bytes
from tmcwall.video.ipc.sandbox import Lock, filters_calls
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, Memory

pytest_plugins = ["tests.cameras"]

OUTPUT = Output(tile=3, generation=9, offset=HEADER_BYTES, width=160, height=90)

LARGER = Output(tile=4, generation=9, offset=HEADER_BYTES + 1_048_576, width=640, height=360)

MANY, ROUNDS = 40, 5
MEMORY_LEFT = 8 << 20
"""Bytes: what an allocator may keep of the forty codecs of some 25 MiB."""


class DecoderProcess:
    def __init__(self) -> None:
        self.memory = Memory.create()
        self.reports = []
        self._fd_channel = FdSender()
        self.process = subprocess.Popen(
            decoder_command(fd_channel=self._fd_channel.inherited),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=[self._fd_channel.inherited],
            env=decoder_environment(),
            bufsize=0,
        )
        self._fd_channel.started()
        self._fd_channel.hand(0, self.memory.fd)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def send(self, message) -> None:
        self.process.stdin.write(pack(message))

    def decode_at_once(self, units, *, streams) -> None:
        """Open so many streams, each with a tile, and have all units decoded in each."""
        outputs = {number: msgspec.structs.replace(OUTPUT, tile=number, generation=number) for number in streams}
        for number, output in outputs.items():
            self.send(OpenStream(stream=number, codec="h264", outputs=[output]))
        for unit in units:
            for number in streams:
                self.give(unit._replace(stream=number))
        until(lambda: all(self.memory.tiles[number]["decoded"] == len(units) for number in streams))

    def play(self, path) -> None:
        self._fd_channel.hand_file(2, path)
        self.send(OpenStream(stream=2, codec="", outputs=[OUTPUT], path=os.fsencode(path)))

    def give(self, unit) -> None:
        self.process.stdin.write(b"".join(pack_access_unit(unit)))

    def heard(self, kind):
        return [report for report in self.reports if isinstance(report, kind)]

    @property
    def tile(self):
        return self.memory.tiles[OUTPUT.tile]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=120)
        self._reader.join()
        self.process.stdout.close()
        self._fd_channel.close()
        self.memory.close()

    def _read(self) -> None:
        for _, body in read_frames(self.process.stdout.fileno()):
            self.reports.append(DECODER_REPORTS.decode(body))


@pytest.fixture
def decoder():
    process = DecoderProcess()
    yield process
    process.close()


def test_access_units_become_pictures_in_shared_memory_and_are_counted(decoder, tiny_clip):
    decoder.send(OpenStream(stream=1, codec="h264", outputs=[OUTPUT]))
    units = access_units(tiny_clip)[:10]
    for unit in units:
        decoder.give(unit)
    until(lambda: decoder.tile["decoded"] == 10)
    assert decoder.tile["generation"] == 9
    assert decoder.tile["last_frame_ns"] == units[-1].arrival_ns
    assert decoder.tile["last_packet_ns"] > 0
    assert decoder.heard(DecoderReady)[0].pid == decoder.process.pid
    report = until(lambda: [r for r in decoder.heard(DecodedReport) if r.frames_decoded == 10])[0]
    assert (report.stream, report.width, report.height, report.errors) == (1, 320, 180, 0)
    decoder.send(CloseStream(stream=1))
    until(lambda: decoder.tile["generation"] == 0)


@pytest.mark.skipif(sys.platform != "linux", reason="the system is asked for the memory of a process alone")
def test_what_many_streams_took_is_given_back_when_they_end(decoder, tiny_clip):
    units = access_units(tiny_clip)[:10]
    decoder.decode_at_once(units, streams=[1])
    alone = own_bytes(decoder.process.pid)
    many = range(2, 2 + MANY)
    for _ in range(ROUNDS):
        decoder.decode_at_once(units, streams=many)
        largest = own_bytes(decoder.process.pid)
        for number in many:
            decoder.send(CloseStream(stream=number))
        until(lambda: not any(decoder.memory.tiles[number]["generation"] for number in many))
    assert largest > alone + 2 * MEMORY_LEFT
    until(lambda: own_bytes(decoder.process.pid) < alone + MEMORY_LEFT)


def test_a_decoder_ends_with_its_pipe(decoder):
    until(lambda: decoder.heard(DecoderReady))
    decoder.process.stdin.close()
    assert decoder.process.wait(timeout=120) == 0


def test_a_codec_that_is_not_needed_is_reported_and_the_others_go_on(decoder, tiny_clip):
    decoder.send(OpenStream(stream=7, codec="av1", outputs=[]))
    decoder.send(OpenStream(stream=1, codec="h264", outputs=[OUTPUT]))
    for unit in access_units(tiny_clip)[:3]:
        decoder.give(unit)
    until(lambda: decoder.tile["decoded"] == 3)
    assert [(fault.stream, fault.fault) for fault in decoder.heard(StreamFault)] == [(7, FaultCode.CODEC_UNSUPPORTED)]


def test_a_tile_outside_the_memory_is_refused(decoder):
    outside = Output(tile=3, generation=1, offset=(1 << 30) - 8, width=160, height=90)
    decoder.send(OpenStream(stream=1, codec="h264", outputs=[outside]))
    (fault,) = until(lambda: decoder.heard(StreamFault))
    assert fault.fault is FaultCode.PROTOCOL_BROKEN


def test_a_malformed_command_ends_the_decoder(decoder):
    decoder.process.stdin.write(b"\x00\x00\x00\x02\x00{]")
    assert decoder.process.wait(timeout=120) == 0


def test_a_file_plays_once_in_real_time_pauses_and_is_sought(decoder, tiny_clip):
    decoder.play(tiny_clip)
    until(lambda: decoder.tile["decoded"] > 5)
    decoder.send(SetPlayback(stream=2, speed=0.0))
    decoder.send(SetPlayback(stream=2, speed=0.0, seek_s=1.5))
    report = until(
        lambda: [r for r in decoder.heard(DecodedReport) if r.position_s is not None and 1.49 < r.position_s < 1.6]
    )[0]
    assert report.duration_s == pytest.approx(2.0, abs=0.1)
    assert decoder.heard(StreamFault) == []
    decoder.send(SetPlayback(stream=2, speed=1.0))
    (fault,) = until(lambda: decoder.heard(StreamFault))
    assert fault.fault is FaultCode.STREAM_ENDED


def test_a_file_that_is_no_video_says_so(decoder, tmp_path):
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all")
    decoder.play(text)
    (fault,) = until(lambda: decoder.heard(StreamFault))
    assert fault.fault is FaultCode.FILE_UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile '{other}'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{other}\n#EXT-X-ENDLIST\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    ],
    ids=["concat", "playlist", "session description"],
)
def test_a_file_cannot_make_the_decoder_open_another(decoder, tiny_clip, tmp_path, text):
    """P7"""
    film = tmp_path / "film.mp4"
    film.write_text(text.format(other=tiny_clip))
    decoder.play(film)
    (fault,) = until(lambda: decoder.heard(StreamFault))
    assert fault.fault is FaultCode.FILE_UNREADABLE
    assert decoder.tile["decoded"] == 0


def test_a_file_that_is_not_there_says_so(decoder, tmp_path):
    decoder.play(tmp_path / "gone.mp4")
    (fault,) = until(lambda: decoder.heard(StreamFault))
    assert fault.fault is FaultCode.FILE_UNREADABLE


@pytest.mark.skipif(not filters_calls(), reason="the filter of system calls is not written for this machine")
def test_a_decoder_locks_itself_in_and_decodes_a_whole_clip(decoder, tiny_clip):
    assert set(until(lambda: decoder.heard(DecoderReady))[0].locks) == set(Lock)
    decoder.send(OpenStream(stream=1, codec="h264", outputs=[OUTPUT, LARGER]))
    units = access_units(tiny_clip)
    for number, unit in enumerate(units, 1):
        decoder.give(unit)
        until(lambda: decoder.tile["decoded"] == number)
    assert decoder.memory.tiles[LARGER.tile]["sequence"] == len(units)
    assert decoder.heard(StreamFault) == []


def test_the_next_decoder_goes_on_with_the_tiles_of_a_killed_one(decoder, tiny_clip):
    decoder.send(OpenStream(stream=1, codec="h264", outputs=[OUTPUT]))
    units = access_units(tiny_clip)
    for unit in units[:5]:
        decoder.give(unit)
    until(lambda: decoder.tile["decoded"] == 5)
    os.kill(decoder.process.pid, signal.SIGKILL)
    decoder.process.wait()
    heir = subprocess.Popen(
        decoder_command(memory=decoder.memory.fd),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[decoder.memory.fd],
        bufsize=0,
    )
    heir.stdin.write(pack(OpenStream(stream=1, codec="h264", outputs=[OUTPUT])))
    for unit in units[:3]:
        heir.stdin.write(b"".join(pack_access_unit(unit)))
    until(lambda: decoder.tile["decoded"] == 8)
    heir.stdin.close()
    assert heir.wait(timeout=120) == 0
