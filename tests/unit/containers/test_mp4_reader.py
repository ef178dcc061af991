"""Samples come out of an MP4 file as they went in, and a file that lies is a fault: never a crash, a wait or a heap."""

import contextlib
import hashlib
import io
import shutil
import struct
import subprocess
from pathlib import Path

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.video.fake_camera import PPS, SPS
from tests.web_footage import film
from tmcwall.containers.annex_b import length_prefixed
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.containers.mp4_reader import Mp4Reader
from tmcwall.domain.fault import Fault, FaultCode

H264 = VideoFormat("h264", 640, 360, 90_000, (SPS, PPS))
OTHER_SIZE = VideoFormat("h264", 1920, 1080, 90_000, (SPS, PPS + b"\x80"))
HEVC = VideoFormat("hevc", 640, 360, 90_000, (b"\x40\1vps", b"\x42\1sps", b"\x44\1pps"))


def picture(number: int) -> bytes:
    return b"\0\0\0\1\x65" + bytes([number % 255 + 1]) * (number % 7 + 1)


def written(*parts: tuple[VideoFormat, list[int]]) -> bytes:
    """A file of these formats one after the other, with pictures at those times in decoding order."""
    file = io.BytesIO()
    writer = Mp4Writer(file, parts[0][0])
    number = 0
    for one, times in parts:
        writer.describe(one)
        for pts in times:
            writer.write(picture(number), pts=pts, key=number % 3 == 0)
            number += 1
    writer.finish()
    return file.getvalue()


SMALL = written((H264, [0, 7200, 3600, 10_800]), (OTHER_SIZE, [14_400, 18_000]), (HEVC, [21_600, 25_200]))


def read_all(data: bytes) -> list[bytes]:
    """Every payload of every track."""
    reader = Mp4Reader(io.BytesIO(data))
    return [reader.payload(sample) for track in reader.tracks for sample in track.samples()]


def test_what_was_written_is_read_with_its_times_formats_and_key_frames() -> None:
    reader = Mp4Reader(io.BytesIO(SMALL))
    avc, hevc = reader.tracks
    assert [entry.codec for entry in (*avc.entries, *hevc.entries)] == ["h264", "h264", "hevc"]
    assert [(entry.width, entry.height) for entry in avc.entries] == [(640, 360), (1920, 1080)]
    assert [entry.parameter_sets for entry in avc.entries] == [H264.parameter_sets, OTHER_SIZE.parameter_sets]
    assert hevc.entries[0].parameter_sets == HEVC.parameter_sets
    samples = list(avc.samples())
    assert [sample.pts for sample in samples] == [0, 7200, 3600, 10_800, 14_400, 18_000]
    assert all(sample.dts <= sample.pts for sample in samples)
    assert [sample.key for sample in samples] == [True, False, False, True, False, False]
    assert [sample.entry is avc.entries[1] for sample in samples] == [False] * 4 + [True] * 2
    assert [sample.pts for sample in hevc.samples()] == [21_600, 25_200]
    assert read_all(SMALL) == [length_prefixed(picture(number)) for number in range(8)]


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=40, unique=True))
def test_any_times_come_back(times: list[int]) -> None:
    times = [0, *sorted(time + 1 for time in times)]
    (track,) = Mp4Reader(io.BytesIO(written((H264, times)))).tracks
    assert [sample.pts for sample in track.samples()] == times


@pytest.mark.parametrize("between", [0, 2])
@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_file_of_ffmpegs_own_making_is_read_as_ffmpeg_reads_it(tmp_path: Path, codec: str, between: int) -> None:
    path = tmp_path / "film.mp4"
    with (
        av.open(io.BytesIO(film("mpegts", codec=codec, between=between))) as source,
        av.open(str(path), "w", format="mp4") as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    with av.open(str(path)) as container:
        expected = [(p.pts, p.dts, p.is_keyframe, bytes(p)) for p in container.demux(video=0) if p.size]
    with path.open("rb") as file:
        reader = Mp4Reader(file)
        (track,) = reader.tracks
        found = [(one.pts, one.dts, one.key, reader.payload(one)) for one in track.samples()]
    assert found == expected


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="there is no ffmpeg here")
def test_samples_have_the_hash_that_stock_ffmpeg_prints(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(written((H264, [0, 3600, 7200])))
    command: list[str | Path] = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        path,
        "-map",
        "0:v",
        "-c",
        "copy",
        "-f",
        "streamhash",
        "-hash",
        "sha256",
        "-",
    ]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    assert printed.strip().endswith(hashlib.sha256(b"".join(read_all(path.read_bytes()))).hexdigest())


def patched(name: bytes, offset: int, value: bytes) -> bytes:
    """With other bytes at that offset behind the name of the first such box."""
    at = SMALL.index(name) + 4 + offset
    return SMALL[:at] + value + SMALL[at + len(value) :]


LARGE = struct.pack(">I", 0xFFFF_FFFF)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 64,
        b"RIFF" * 100,
        struct.pack(">I4s", 8, b"free") * 20_000,
        SMALL[:-1],
        SMALL[: SMALL.index(b"moov")],
        patched(b"ftyp", -8, LARGE),
        patched(b"mdat", -8, struct.pack(">I", 7)),
        patched(b"mdat", 0, b"\xff" * 8),
        patched(b"stsz", 8, LARGE),
        patched(b"stsz", 4, LARGE),
        patched(b"stsz", 12, LARGE),
        patched(b"stts", 8, struct.pack(">I", 1)),
        patched(b"ctts", 4, LARGE),
        patched(b"stsc", 12, LARGE),
        patched(b"stsc", 16, struct.pack(">I", 9)),
        patched(b"stsc", 8, struct.pack(">I", 2)),
        patched(b"stss", 12, struct.pack(">I", 1)),
        patched(b"co64", 8, b"\x7f" + b"\xff" * 7),
        patched(b"mdhd", 20, bytes(4)),
        patched(b"avcC", 6, b"\xff\xff"),
        SMALL.replace(b"moov", b"moof"),
    ],
    ids=lambda data: f"{len(data)} bytes, {hashlib.sha256(data).hexdigest()[:6]}",
)
def test_a_file_that_lies_is_unreadable(data: bytes) -> None:
    with pytest.raises(Fault) as caught:
        read_all(data)
    assert caught.value.code is FaultCode.FILE_UNREADABLE


def test_a_file_without_video_or_with_another_codec_says_so() -> None:
    for data, code in (
        (SMALL.replace(b"vide", b"soun"), FaultCode.NO_VIDEO),
        (SMALL.replace(b"avc1\0\0\0\0\0\0", b"av01\0\0\0\0\0\0"), FaultCode.CODEC_UNSUPPORTED),
        (SMALL.replace(b"avc1\0\0\0\0\0\0", b"encv\0\0\0\0\0\0"), FaultCode.CODEC_UNSUPPORTED),
    ):
        with pytest.raises(Fault) as caught:
            read_all(data)
        assert caught.value.code is code


def test_samples_in_the_same_bytes_again_and_again_are_not_read() -> None:
    """A small file must not claim terabytes: what its samples add up to is in it."""
    count = 1_000_000
    table = struct.pack(">IIII", 0, len(SMALL) - 100, count, 0)
    at = SMALL.index(b"stsz")
    with pytest.raises(Fault):
        read_all(SMALL[: at + 4] + table + SMALL[at + 4 + len(table) :])


@pytest.mark.parametrize("limit", ["_MOST_CHUNK_RUNS", "_MOST_EDITS"])
def test_tables_that_are_kept_in_memory_are_bounded(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"tmcwall.containers.mp4_reader.{limit}", 1)
    with pytest.raises(Fault) as caught:
        read_all(SMALL)
    assert caught.value.code is FaultCode.FILE_UNREADABLE


@settings(max_examples=400)
@given(st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=4))
def test_no_damage_breaks_the_reader(damages: list[tuple[int, bytes]]) -> None:
    data = bytearray(SMALL)
    for at, value in damages:
        data[at : at + len(value)] = value
    with contextlib.suppress(Fault):
        reader = Mp4Reader(io.BytesIO(bytes(data)))
        for track in reader.tracks:
            assert track.sample_count <= len(data)
            for sample in track.samples():
                reader.payload(sample)


@settings(max_examples=200)
@given(st.integers(0, len(SMALL)), st.binary(max_size=200))
def test_no_bytes_behind_a_beginning_break_the_reader(kept: int, rest: bytes) -> None:
    with contextlib.suppress(Fault):
        read_all(SMALL[:kept] + rest)
