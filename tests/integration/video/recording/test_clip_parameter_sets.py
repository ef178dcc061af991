"""Clips and replays of cameras whose parameter sets come rarely, late, or got lost: decoded with those that are known.

The recorder's loop is run by hand; what it wrote is decoded by stock tools.
"""

import asyncio
import hashlib
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import av
import msgspec
import pytest

from tests.clocks import FakeClock
from tmcwall.containers.annex_b import length_prefixed
from tmcwall.domain.bookmark import GapCause, SetsFrom
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import assembler_of
from tmcwall.sim.footage import read_footage
from tmcwall.video.ipc.messages import Replay
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.recording.clip import cut
from tmcwall.video.recording.recorder import Keeping, Recorder
from tmcwall.video.recording.replay import ReplayStream
from tmcwall.video.recording.segments import SegmentHeader, scan
from tmcwall.video.sessions.access_unit_source import StreamKey

pytest_plugins = ["tests.cameras"]

S = 1_000_000_000
START = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
START_NS = int(START.timestamp()) * S
GOP = 25


class Shore:
    """A camera as it is recorded: its pictures come through the same assembler as off the network."""

    def __init__(self, folder):
        self.folder = folder
        self._clock = FakeClock(START, ns=0)
        self._recorder = Recorder(
            folder, clock=self._clock, keeping=Keeping(reserve_bytes=0, segment_s=2.0), report=lambda _news: None
        )

    def record(self, film, numbers, *, brings, described=(), run=1, size=(0, 0)):
        """25 pictures a second. `brings` says of the number of a key frame which sets it still has when it arrives."""
        assembler = assembler_of(film.codec, described)
        header = SegmentHeader("cam", "main", film.codec, 90_000, list(described), width=size[0], height=size[1])
        for number in numbers:
            picture = film.pictures[number % len(film.pictures)]
            nals = [*brings(number), *picture.nals] if picture.key else picture.nals
            unit = assembler.assemble(nals, number * 3600)
            self._clock.ns = number * S // 25
            timed = TimedUnit(
                unit.payload, unit.prefixed, unit.key, False, 0, run, unit.timestamp, 0, self._clock.ns,
                number == numbers[0],
            )  # fmt: skip
            self._recorder.write(header, [timed])

    def segments(self):
        self._recorder.stop()
        self._recorder.run()
        return list(scan(self.folder))


@pytest.fixture
def shore(tmp_path):
    return Shore(tmp_path / "recordings")


@pytest.fixture(scope="module", params=["tiny_clip", "h265_clip"])
def film(request):
    return read_footage(request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def small_film(film, tmp_path_factory):
    from tests.cameras import write_tiny_clip  # noqa: PLC0415 - later it may be another test's plugin

    path = tmp_path_factory.mktemp("film") / "small.mp4"
    return read_footage(write_tiny_clip(path, width=192, height=144, codec=film.codec))


def after(moment, sets):
    """Sets that come with key frames from a moment on."""
    return lambda number: sets if number >= moment else ()


def clip_of(segments, tmp_path, *, first, last):
    path = tmp_path / "clip.mp4"
    found = cut(
        segments, start_utc_ns=START_NS + first * S // 25, end_utc_ns=START_NS + last * S // 25, path=path
    )  # fmt: skip
    return found, path


def decoded_sizes(path):
    """Decoded as strictly as FFmpeg can."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return [(frame.width, frame.height) for frame in container.decode(video=0)]


def packets_of(path):
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def received(film, numbers, brings):
    """The samples of a clip in which nothing but what arrived is to be."""
    units = []
    for number in numbers:
        picture = film.pictures[number % len(film.pictures)]
        nals = [*brings(number), *picture.nals] if picture.key else picture.nals
        units.append(length_prefixed(b"".join(b"\0\0\0\1" + nal for nal in nals)))
    return units


def counted_by_ffprobe(path):
    """How many pictures a stock player gets out of a file, if it has nothing to complain of."""
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=width,height,nb_read_frames"]
    result = subprocess.run([*command, "-of", "json", path], check=True, capture_output=True, text=True)
    assert result.stderr == ""
    (stream,) = json.loads(result.stdout)["streams"]
    return stream["width"], stream["height"], int(stream["nb_read_frames"])


def assert_plays_as_received(found, path, film, numbers, brings):
    stored = packets_of(path)
    assert stored == received(film, numbers, brings)
    assert found.stream_sha256 == hashlib.sha256(b"".join(stored)).hexdigest()
    assert decoded_sizes(path) == [(film.width, film.height)] * len(numbers)
    if shutil.which("ffprobe"):
        assert counted_by_ffprobe(path) == (film.width, film.height, len(numbers))


def test_a_camera_that_sent_its_sets_once_is_cut_with_those_long_after(shore, film, tmp_path):
    def brings(number):
        return film.parameter_sets if number == 0 else ()

    shore.record(film, range(300), brings=brings)
    found, path = clip_of(shore.segments(), tmp_path, first=210, last=280)
    assert found.sets_from == (SetsFrom.EARLIER,)
    assert_plays_as_received(found, path, film, range(200, 281), brings)


@pytest.mark.parametrize("comes", [2 * GOP, 8 * GOP], ids=["within the clip", "after its end"])
def test_sets_that_came_late_serve_what_came_before_them(shore, film, tmp_path, comes):
    brings = after(comes, film.parameter_sets)
    shore.record(film, range(250), brings=brings)
    found, path = clip_of(shore.segments(), tmp_path, first=10, last=90)
    assert found.sets_from == (SetsFrom.LATER,)
    assert found.gaps == ()
    assert_plays_as_received(found, path, film, range(91), brings)


def test_a_set_that_got_lost_comes_from_a_later_key_frame(shore, film, tmp_path):
    def brings(number):
        return film.parameter_sets[1:] if number == 0 else film.parameter_sets

    shore.record(film, range(100), brings=brings)
    found, path = clip_of(shore.segments(), tmp_path, first=0, last=80)
    assert found.sets_from == (SetsFrom.LATER,)
    assert_plays_as_received(found, path, film, range(81), brings)


def test_sets_of_the_session_description_are_named(shore, film, tmp_path):
    shore.record(film, range(100), brings=lambda _number: (), described=film.parameter_sets)
    found, path = clip_of(shore.segments(), tmp_path, first=0, last=80)
    assert found.sets_from == (SetsFrom.DESCRIPTION,)
    assert_plays_as_received(found, path, film, range(81), lambda _number: ())


def test_a_clip_whose_key_frames_brought_their_sets_names_none(shore, film, tmp_path):
    shore.record(film, range(100), brings=after(0, film.parameter_sets))
    found, path = clip_of(shore.segments(), tmp_path, first=0, last=80)
    assert found.sets_from == ()
    assert_plays_as_received(found, path, film, range(81), after(0, film.parameter_sets))


def test_sets_of_another_size_are_not_taken_and_what_they_do_not_fit_is_a_gap(shore, film, small_film, tmp_path):
    shore.record(small_film, range(75), brings=lambda _number: (), size=(192, 144))
    shore.record(film, range(75, 200), brings=after(75, film.parameter_sets), size=(320, 180))
    found, path = clip_of(shore.segments(), tmp_path, first=10, last=150)
    assert found.sets_from == ()
    assert_plays_as_received(found, path, film, range(75, 151), after(75, film.parameter_sets))
    (gap,) = found.gaps
    assert gap.cause is GapCause.UNDECODABLE
    assert (gap.starts_at, gap.ends_at) == (START + timedelta(seconds=0.4), START + timedelta(seconds=3))


def test_sets_of_a_later_connection_are_not_taken(shore, film, tmp_path):
    shore.record(film, range(75), brings=lambda _number: ())
    shore.record(film, range(75, 200), brings=after(75, film.parameter_sets), run=2)
    found, path = clip_of(shore.segments(), tmp_path, first=10, last=150)
    assert_plays_as_received(found, path, film, range(75, 151), after(75, film.parameter_sets))
    assert [gap.cause for gap in found.gaps] == [GapCause.UNDECODABLE]


def test_each_connection_is_cut_with_the_sets_of_its_own_description(shore, film, small_film, tmp_path):
    shore.record(film, range(75), brings=lambda _number: (), described=film.parameter_sets)
    shore.record(small_film, range(75, 150), brings=lambda _number: (), described=small_film.parameter_sets, run=2)
    found, path = clip_of(shore.segments(), tmp_path, first=0, last=149)
    assert found.sets_from == (SetsFrom.DESCRIPTION,)
    assert decoded_sizes(path) == [(320, 180)] * 75 + [(192, 144)] * 75


def test_a_connection_that_brought_no_sets_is_cut_with_those_of_the_one_before(shore, film, tmp_path):
    shore.record(film, range(75), brings=after(0, film.parameter_sets))
    shore.record(film, range(75, 150), brings=lambda _number: (), run=2)
    found, path = clip_of(shore.segments(), tmp_path, first=0, last=149)
    assert found.sets_from == (SetsFrom.EARLIER_CONNECTION,)
    assert decoded_sizes(path) == [(320, 180)] * 150


def test_sets_of_the_connection_before_are_not_taken_for_another_size(shore, film, small_film, tmp_path):
    shore.record(film, range(75), brings=after(0, film.parameter_sets), size=(320, 180))
    shore.record(small_film, range(75, 150), brings=lambda _number: (), run=2, size=(192, 144))
    shore.record(film, range(150, 200), brings=after(0, film.parameter_sets), run=3, size=(320, 180))
    shore.record(small_film, range(200, 225), brings=lambda _number: (), run=4, size=(192, 144))
    found, path = clip_of(shore.segments(), tmp_path, first=0, last=220)
    assert_plays_as_received(found, path, film, [*range(75), *range(150, 200)], after(0, film.parameter_sets))
    undecodable = [(gap.starts_at, gap.ends_at) for gap in found.gaps if gap.cause is GapCause.UNDECODABLE]
    assert undecodable == [
        (START + timedelta(seconds=begins), START + timedelta(seconds=ends))
        for begins, ends in ((2.96, 6), (7.96, 8.8))
    ]
    with av.open(str(path)) as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(8, abs=0.05)  # the gap lasts as long as it did


def test_a_recording_of_which_no_sets_are_known_is_not_cut(shore, film, tmp_path):
    shore.record(film, range(100), brings=lambda _number: ())
    with pytest.raises(Fault) as caught:
        clip_of(shore.segments(), tmp_path, first=0, last=80)
    assert (caught.value.code, caught.value.detail) == (FaultCode.CLIP_FAILED, "no parameter sets in the recording")
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_replay_far_from_where_the_sets_came_begins_with_them(shore, film):
    def brings(number):
        return film.parameter_sets if number == 0 else ()

    shore.record(film, range(300), brings=brings)
    segments = shore.segments()

    async def footage(_camera, _start_ns, _end_ns):
        return segments

    async def scenario():
        units, came = [], asyncio.Event()
        with ThreadPoolExecutor(1) as reader:
            clock = FakeClock(START, ns=0)
            stream = ReplayStream(
                StreamKey("replay-1", Profile.MAIN), Replay("replay-1", of="cam", from_utc=START.timestamp() + 6),
                footage=footage, keep=lambda _camera, _from_ns: None, reader=reader, clock=clock,
                changed=lambda _stream: None,
            )  # fmt: skip

            def take(unit):
                units.append(unit)
                came.set()

            stream.add_sink(take)
            async with asyncio.timeout(20):
                await came.wait()
            await stream.close()
        return units[0]

    first = asyncio.run(scenario())
    sent = b"".join(b"\0\0\0\1" + nal for nal in (*film.parameter_sets, *film.pictures[0].nals))
    assert first.payload == sent


def test_headers_of_recordings_that_know_nothing_of_earlier_sets_are_read(film):
    old = {"camera": "cam", "profile": "main", "codec": film.codec, "clock_rate": 90_000, "parameter_sets": []}
    assert msgspec.json.decode(msgspec.json.encode(old), type=SegmentHeader).known_sets == []
