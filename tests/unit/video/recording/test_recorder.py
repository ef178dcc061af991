import struct
from collections import deque
from datetime import UTC, datetime

import msgspec
import pytest

from tests.clocks import FakeClock
from tmcwall.domain.bookmark import GapCause
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import Hold, RecordingResumed, RecordingStopped
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.recording.clip import choose, cut
from tmcwall.video.recording.footage import payloads
from tmcwall.video.recording.gaps import gaps_of
from tmcwall.video.recording.recorder import Keeping, Recorder, expired
from tmcwall.video.recording.segments import RECORD, SegmentHeader, camera_folder, scan

S = 1_000_000_000
START = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
START_NS = int(START.timestamp()) * S
HEADER = SegmentHeader(camera="simpang-5", profile="sub", codec="h264", clock_rate=90_000, parameter_sets=[], width=640)
SPS = bytes.fromhex("6742c01eda0280bfe5c044000003000400000300c83c58ba80")
PPS = bytes.fromhex("68ce3c80")
SETS = b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS


def unit(number, *, gop=25, lost=0, run=1):
    """One of 25 pictures a second; the payload tells which."""
    key = number % gop == 0
    picture = b"\0\0\0\1" + (b"\x65" if key else b"\x41") + number.to_bytes(4, "big") + b"picture"
    return TimedUnit(
        payload=SETS + picture if key else picture,
        prefixed=0,
        key=key,
        damaged=False,
        lost=lost,
        run=run,
        rtp=number * 3600,
        schedule_ns=0,
        arrival_ns=5000 * S + number * S // 25,
    )


class Bench:
    """A recorder whose thread's loop is run by hand."""

    def __init__(self, folder, **keeping):
        self.folder = folder
        self.clock = FakeClock(START, ns=5000 * S)
        self.news = []
        self.keeping = Keeping(**({"reserve_bytes": 0} | keeping))
        self.recorder = self.fresh()

    def fresh(self):
        return Recorder(self.folder, clock=self.clock, keeping=self.keeping, report=self.news.append)

    def record(self, units, header=HEADER):
        units = deque(units)
        while units:
            some = [units.popleft() for _ in range(min(12, len(units)))]
            self.clock.ns = max(self.clock.ns, some[-1].arrival_ns)
            self.recorder.write(header, some)

    def work(self):
        """Everything queued, as at the end of the process."""
        self.recorder.stop()
        self.recorder.run()

    def segments(self):
        return list(scan(self.folder))


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "recordings")


def utc_ns(number):
    return START_NS + number * S // 25


def test_segments_start_at_key_frames_and_last_ten_seconds(bench):
    bench.record(unit(number) for number in range(600))
    bench.work()
    found = bench.segments()
    assert [len(segment.entries()) for segment in found] == [250, 250, 100]
    assert all(segment.entries()[0].key for segment in found)
    assert [segment.first_utc_ns for segment in found] == [utc_ns(0), utc_ns(250), utc_ns(500)]


def test_the_bytes_on_disk_are_the_bytes_received(bench):
    units = [unit(number) for number in range(100)]
    bench.record(units)
    bench.work()
    assert bench.segments()[0].path.read_bytes() == b"".join(one.payload for one in units)


def test_parameter_sets_that_were_put_in_front_are_not_recorded(bench):
    first = unit(0)
    bench.record([first._replace(prefixed=len(SETS))])
    bench.work()
    assert bench.segments()[0].path.read_bytes() == first.payload[len(SETS) :]


def test_pictures_before_the_first_key_frame_are_left_out(bench):
    bench.record(unit(number) for number in range(10, 60))
    bench.work()
    assert bench.segments()[0].entries()[0].arrival_utc_ns == utc_ns(25)


def test_what_an_interrupted_write_left_is_ignored(bench):
    bench.record(unit(number) for number in range(50))
    bench.work()
    segment = bench.segments()[0]
    with segment.path.open("r+b") as file:
        file.truncate(segment.path.stat().st_size - 3)
    with segment.index_path.open("ab") as file:
        file.write(b"half a record")
    assert len(bench.segments()[0].entries()) == 49


def test_footage_older_than_asked_is_deleted_when_the_recorder_works(tmp_path):
    bench = Bench(tmp_path, keep_s=20.0)
    bench.record(unit(number) for number in range(1000))
    bench.work()
    bench.recorder = bench.fresh()
    bench.recorder.footage("simpang-5", 0, 0)
    bench.work()
    assert [segment.first_utc_ns for segment in bench.segments()] == [utc_ns(250), utc_ns(500), utc_ns(750)]


def test_a_hold_keeps_its_segments_over_a_restart(tmp_path):
    bench = Bench(tmp_path, keep_s=5.0)
    bench.recorder.hold(Hold(hold="b1", camera="simpang-5", start_utc=utc_ns(300) / S, end_utc=utc_ns(320) / S))
    bench.record(unit(number) for number in range(1000))
    bench.work()
    bench.recorder = bench.fresh()
    bench.recorder.footage("simpang-5", 0, 0)
    bench.work()
    assert utc_ns(250) in [segment.first_utc_ns for segment in bench.segments()]
    bench.recorder = bench.fresh()
    bench.recorder.release_hold("b1")
    bench.work()
    assert utc_ns(250) not in [segment.first_utc_ns for segment in bench.segments()]


def test_too_much_footage_goes_oldest_first_and_held_footage_stays(bench):
    bench.record(unit(number) for number in range(1000))
    bench.work()
    found = bench.segments()
    hold = Hold(hold="b1", camera="simpang-5", start_utc=utc_ns(1) / S, end_utc=utc_ns(2) / S)
    gone = expired(found, [hold], oldest_utc_ns=0, keep_bytes=sum(segment.size_bytes for segment in found[2:]))
    assert gone == [found[1], found[2]]


def test_a_full_disk_stops_recording_and_says_so_once(tmp_path):
    bench = Bench(tmp_path, reserve_bytes=1 << 60)
    bench.record(unit(number) for number in range(400))
    bench.work()
    assert [type(news) for news in bench.news] == [RecordingStopped]
    assert bench.news[0].fault is FaultCode.DISK_FULL


def test_recording_resumes_when_there_is_room_again(tmp_path):
    bench = Bench(tmp_path, reserve_bytes=1 << 60, retry_s=0.0)
    bench.record([unit(0)])
    bench.work()
    bench.recorder._keeping = Keeping(reserve_bytes=0)
    bench.record([unit(25)])
    bench.work()
    assert [type(news) for news in bench.news] == [RecordingStopped, RecordingResumed]


class SmallDisk:
    """Of a size, with nothing on it but the recordings and what others put there."""

    def __init__(self, size):
        self.size = size
        self.others = 0

    def free(self, folder):
        return self.size - self.others - sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def small_disk_bench(tmp_path, size):
    disk = SmallDisk(size)
    bench = Bench(tmp_path / "recordings", reserve_bytes=8000, retry_s=0.0)
    bench.recorder = Recorder(
        bench.folder, clock=bench.clock, keeping=bench.keeping, free_bytes=disk.free, report=bench.news.append
    )
    return bench, disk


def test_the_oldest_footage_makes_room_for_the_newest_before_the_disk_is_full(tmp_path):
    bench, _ = small_disk_bench(tmp_path, 60_000)
    bench.record(unit(number) for number in range(2000))
    bench.work()
    first = [segment.first_utc_ns for segment in bench.segments()]
    assert bench.news == []
    assert utc_ns(0) not in first
    assert first[-1] == utc_ns(1750)
    assert first == sorted(first)


def test_held_footage_is_not_dropped_on_a_full_disk_and_recording_stops_and_resumes(tmp_path):
    bench, disk = small_disk_bench(tmp_path, 60_000)
    bench.recorder.hold(Hold(hold="b1", camera="simpang-5", start_utc=0, end_utc=utc_ns(9000) / S))
    for second in range(60):
        bench.record(unit(number) for number in range(25 * second, 25 * second + 25))
        bench.work()
    assert [type(news) for news in bench.news] == [RecordingStopped]
    assert bench.news[0].fault is FaultCode.DISK_FULL
    assert bench.segments()[0].first_utc_ns == utc_ns(0)
    stopped_ns = bench.segments()[-1].last_utc_ns
    assert stopped_ns < utc_ns(1400)
    assert disk.free(bench.folder) > 4000
    disk.size += 100_000
    bench.record(unit(number) for number in range(1500, 1550))
    bench.work()
    assert [type(news) for news in bench.news] == [RecordingStopped, RecordingResumed]
    result = cut(bench.segments(), start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(1549), path=tmp_path / "clip.mp4")
    (gap,) = result.gaps
    assert gap.cause is GapCause.RECORDING_STOPPED
    assert gap.ends_at.timestamp() == pytest.approx(utc_ns(1500) / S)
    assert gap.starts_at.timestamp() == pytest.approx(stopped_ns / S)


def test_each_camera_keeps_what_its_policy_records(bench):
    main = msgspec.structs.replace(HEADER, camera="balai-kota", profile="main")
    bench.record(unit(number) for number in range(50))
    bench.record((unit(number) for number in range(50)), main)
    bench.recorder.end("simpang-5")
    bench.record((unit(number) for number in range(50, 100)), main)
    bench.work()
    recorded = {segment.header.camera: segment for segment in bench.segments()}
    assert {name: segment.header.profile for name, segment in recorded.items()} == {
        "simpang-5": "sub",
        "balai-kota": "main",
    }
    assert recorded["simpang-5"].last_utc_ns == utc_ns(49)
    assert recorded["balai-kota"].last_utc_ns == utc_ns(99)


def test_a_recorder_that_is_far_behind_refuses_more(tmp_path):
    bench = Bench(tmp_path, queue_bytes=len(unit(0).payload) + 20)
    assert bench.recorder.write(HEADER, [unit(0)]) is True
    assert bench.recorder.write(HEADER, [unit(1), unit(2)]) is False


def test_no_camera_id_leaves_the_recordings_folder(tmp_path):
    for name in ("../../etc", "..", "a/b", "/abs", "c:\\x"):
        assert camera_folder(tmp_path, name).parent == tmp_path


def cut_range(bench, first, last, **more):
    chosen = choose(bench.segments(), start_utc_ns=utc_ns(first), end_utc_ns=utc_ns(last), **more)
    return [(one.entry.arrival_utc_ns - START_NS) * 25 // S for one in (chosen[0], chosen[-1])]


def test_a_clip_starts_at_the_key_frame_at_or_before_the_start_and_ends_at_the_end(bench):
    bench.record(unit(number) for number in range(600))
    bench.work()
    assert cut_range(bench, 240, 260) == [225, 260]
    assert cut_range(bench, 250, 300) == [250, 300]


def test_a_clip_that_starts_before_the_recording_begins_with_the_first_key_frame(bench):
    bench.record(unit(number) for number in range(100))
    bench.work()
    assert cut_range(bench, -50, 60) == [0, 60]


def test_a_start_in_an_interruption_does_not_bring_footage_from_long_before(bench):
    bench.record([unit(number) for number in range(50)] + [unit(number) for number in range(300, 400)])
    bench.work()
    assert cut_range(bench, 200, 350) == [300, 350]


def test_a_range_without_footage_is_a_fault(bench):
    bench.record(unit(number) for number in range(50))
    bench.work()
    with pytest.raises(Fault) as caught:
        choose(bench.segments(), start_utc_ns=utc_ns(500), end_utc_ns=utc_ns(600))
    assert caught.value.code is FaultCode.FOOTAGE_MISSING


def test_a_clip_says_what_was_lost_and_where_it_was_interrupted(bench, tmp_path):
    units = [unit(number, lost=3 if number == 30 else 0) for number in range(50)]
    again = [unit(number, run=2)._replace(opening=number == 100) for number in range(100, 150)]
    bench.record(units + again)
    bench.work()
    result = cut(bench.segments(), start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(149), path=tmp_path / "clip.mp4")
    assert (result.packets, result.packets_lost) == (100, 3)
    assert [(gap.cause, gap.packets) for gap in result.gaps] == [
        (GapCause.PACKETS_LOST, 3),
        (GapCause.RECONNECTED, 0),
    ]
    assert result.gaps[1].starts_at.timestamp() == pytest.approx(utc_ns(49) / S)
    assert result.gaps[1].ends_at.timestamp() == pytest.approx(utc_ns(100) / S)
    assert (result.first_utc, result.last_utc) == (utc_ns(0) / S, utc_ns(149) / S)


def test_a_clip_says_how_far_the_clocks_were_off_as_far_as_its_segments_knew(bench, tmp_path):
    told = msgspec.structs.replace(HEADER, clock_offset_ms=7_200_000, server_offset_ms=-40)
    bench.record([unit(number) for number in range(275)])
    bench.record([unit(number) for number in range(275, 550)], told)
    bench.work()
    result = cut(bench.segments(), start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(549), path=tmp_path / "clip.mp4")
    assert (result.camera_clock_ms, result.server_clock_ms) == (7_200_000, -40)
    early = cut(bench.segments(), start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(100), path=tmp_path / "early.mp4")
    assert (early.camera_clock_ms, early.server_clock_ms) == (None, None)


@pytest.mark.parametrize("left", ["sps", "pps", "none"])
def test_parameter_sets_that_a_key_frame_lost_are_those_of_before(bench, tmp_path, left):
    brought = {"sps": b"\0\0\0\1" + SPS, "pps": b"\0\0\0\1" + PPS, "none": b""}[left]
    torn = unit(0)._replace(payload=brought + unit(0).payload.removeprefix(SETS), lost=1)
    later = unit(25)._replace(payload=brought + unit(25).payload.removeprefix(SETS))
    units = [torn, *(unit(number) for number in range(1, 25)), later, *(unit(number) for number in range(26, 60))]
    bench.record(units, msgspec.structs.replace(HEADER, parameter_sets=[SPS, PPS]))
    bench.work()
    cut(bench.segments(), start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(59), path=tmp_path / "clip.mp4")
    assert SPS in (tmp_path / "clip.mp4").read_bytes()
    assert PPS in (tmp_path / "clip.mp4").read_bytes()


def test_a_picture_that_was_recorded_twice_is_cut_once(bench):
    bench.record(unit(number) for number in range(60))
    bench.recorder.end("simpang-5")
    bench.record(unit(number) for number in range(50, 90))
    bench.work()
    chosen = choose(bench.segments(), start_utc_ns=utc_ns(30), end_utc_ns=utc_ns(80))
    assert [one.entry.rtp // 3600 for one in chosen] == list(range(25, 81))


@pytest.mark.parametrize("arrival_ns", [None, 5000 * S], ids=["one after the other", "at one moment"])
def test_pictures_of_a_camera_that_gives_them_all_one_time_are_all_cut(bench, arrival_ns):
    pictures = [unit(number)._replace(rtp=0, number=number + 1) for number in range(60)]
    if arrival_ns is not None:
        pictures = [one._replace(arrival_ns=arrival_ns) for one in pictures]
    bench.record(pictures)
    bench.work()
    chosen = choose(bench.segments(), start_utc_ns=utc_ns(0) - 1, end_utc_ns=utc_ns(80))
    assert list(payloads(chosen)) == [one.payload for one in pictures]


def test_a_picture_that_came_in_two_units_is_read_as_one(bench):
    pictures = [unit(number)._replace(number=number + 1) for number in range(30)]
    first, rest = pictures[0]._replace(payload=b"\0\0\0\1\x65one"), b"\0\0\0\1\x65two"
    bench.record([first, first._replace(payload=rest, key=False, damaged=True, continues=True), *pictures[1:]])
    bench.work()
    chosen = choose(bench.segments(), start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(40))
    assert len(chosen) == 30
    assert next(payloads(chosen)) == first.payload + rest


def test_a_segment_of_an_earlier_version_is_read(bench):
    bench.record([unit(number)._replace(number=number + 1, lost=number == 3) for number in range(30)])
    bench.work()
    (newer,) = bench.segments()
    entries = newer.entries()
    head, _, records = newer.index_path.read_bytes().partition(b"\n")
    earlier = struct.Struct("<QIIIBqqq")
    newer.index_path.write_bytes(
        head.replace(b'"version":2', b'"version":1')
        + b"\n"
        + b"".join(earlier.pack(*fields[:8]) for fields in RECORD.iter_unpack(records))
    )
    (read,) = bench.segments()
    assert read.header.version == 1
    assert read.entries() == [entry._replace(number=0) for entry in entries]


@pytest.mark.parametrize(("start", "first"), [(20, 0), (30, 0), (44, 0), (45, 25), (60, 25)])
def test_a_clip_begins_where_a_picture_that_is_built_up_is_whole_by_its_start(bench, start, first):
    """Each is whole 20 pictures after a recovery point, and there is one every 25."""
    bench.record(unit(number)._replace(number=number + 1, until_whole=20 * (number % 25 == 0)) for number in range(90))
    bench.work()
    chosen = choose(bench.segments(), start_utc_ns=utc_ns(start), end_utc_ns=utc_ns(80))
    assert chosen[0].entry.number == first + 1


def test_a_clip_of_pictures_that_are_built_up_may_begin_a_segment_earlier(bench):
    """A recovery point every 10 s, each whole after 9 s; held as long as the range is."""

    def built_up(number):
        return unit(number, gop=250)._replace(number=number + 1, until_whole=225 * (number % 250 == 0))

    bench.recorder.hold(Hold(hold="h", camera="simpang-5", start_utc=utc_ns(600) / S, end_utc=utc_ns(700) / S))
    bench.record(built_up(number) for number in range(750))
    bench.work()
    found = bench.recorder.footage("simpang-5", utc_ns(600), utc_ns(700))
    bench.recorder.stop()
    bench.recorder.run()
    chosen = choose(found.result(), start_utc_ns=utc_ns(600), end_utc_ns=utc_ns(700))
    assert chosen[0].entry.number == 251


def causes_of(bench, tmp_path, first, last):
    result = cut(bench.segments(), start_utc_ns=utc_ns(first), end_utc_ns=utc_ns(last), path=tmp_path / "clip.mp4")
    return [gap.cause for gap in result.gaps]


def test_a_jump_of_the_cameras_clock_loses_nothing(bench, tmp_path):
    bench.record([unit(number) for number in range(50)] + [unit(number, run=2) for number in range(50, 100)])
    bench.work()
    assert causes_of(bench, tmp_path, 0, 99) == []


def test_recording_that_was_stopped_and_started_without_a_pause_lost_nothing(bench, tmp_path):
    bench.record(unit(number) for number in range(60))
    bench.recorder.end("simpang-5")
    bench.record(unit(number) for number in range(50, 90))
    bench.work()
    assert causes_of(bench, tmp_path, 0, 89) == []


def test_a_clip_names_what_was_not_recorded_and_what_a_camera_did_not_send(bench, tmp_path):
    bench.record(unit(number) for number in range(50))
    bench.record(unit(number) for number in range(100, 125))
    bench.recorder.end("simpang-5")
    bench.record(unit(number) for number in range(200, 250))
    bench.work()
    assert causes_of(bench, tmp_path, -100, 400) == [
        GapCause.NOT_RECORDED,
        GapCause.NO_PICTURES,
        GapCause.NOT_RECORDED,
        GapCause.NOT_RECORDED,
    ]


def test_a_reconnect_with_another_codec_is_named_although_its_first_pictures_are_left_out(bench, tmp_path):
    bench.record(unit(number) for number in range(50))
    again = [unit(number, run=2)._replace(opening=number == 60) for number in range(60, 100)]
    bench.record(again, msgspec.structs.replace(HEADER, width=1280, codec="hevc"))
    bench.work()
    segments = bench.segments()
    assert [segment.header.codec for segment in segments] == ["h264", "hevc"]
    places = [(segment, entry) for segment in segments for entry in segment.entries()]
    found = gaps_of(places, start_utc_ns=utc_ns(0), end_utc_ns=utc_ns(99))
    assert [gap.cause for gap in found] == [GapCause.RECONNECTED]


def test_what_a_slow_disk_left_out_is_a_gap(tmp_path):
    bench = Bench(tmp_path / "recordings", queue_bytes=1200)
    bench.record(unit(number) for number in range(70))
    bench.work()
    bench.record(unit(number) for number in range(75, 100))
    bench.work()
    assert causes_of(bench, tmp_path, 0, 99) == [GapCause.RECORDING_STOPPED]


def test_a_cancelled_clip_leaves_nothing_behind(bench, tmp_path):
    bench.record(unit(number) for number in range(50))
    bench.work()
    with pytest.raises(Fault):
        cut(
            bench.segments(),
            start_utc_ns=utc_ns(0),
            end_utc_ns=utc_ns(40),
            path=tmp_path / "clips" / "clip.mp4",
            cancelled=lambda: True,
        )
    assert list((tmp_path / "clips").iterdir()) == []


def test_of_a_clip_it_is_told_that_its_times_are_those_of_the_arrival(bench, tmp_path):
    slow = [unit(number)._replace(rtp=number * 1800) for number in range(500)]
    bench.record(slow)
    bench.work()
    found = cut(bench.segments(), start_utc_ns=START_NS + 2 * S, end_utc_ns=START_NS + 18 * S, path=tmp_path / "a.mp4")
    assert found.times_by_arrival
    assert found.packets > 400


def test_pictures_of_one_time_are_pictures_of_their_own(bench, tmp_path):
    bench.record([unit(number)._replace(rtp=0) for number in range(250)])
    bench.work()
    found = cut(bench.segments(), start_utc_ns=START_NS, end_utc_ns=START_NS + 9 * S, path=tmp_path / "a.mp4")
    assert found.packets == 226
    assert found.times_by_arrival


def test_a_camera_that_sends_a_picture_in_ten_seconds_has_no_gaps_until_it_stops(bench, tmp_path):
    slow = [
        unit(number, gop=1)._replace(arrival_ns=5000 * S + number * 10 * S, rtp=number * 900_000)
        for number in range(30)
        if number not in {20, 21, 22, 23}
    ]
    bench.record(slow)
    bench.work()
    found = cut(
        bench.segments(), start_utc_ns=START_NS + 15 * S, end_utc_ns=START_NS + 295 * S, path=tmp_path / "a.mp4"
    )
    assert not found.times_by_arrival
    assert [(gap.cause, gap.seconds) for gap in found.gaps] == [(GapCause.NO_PICTURES, 50)]


def test_what_comes_on_a_new_connection_before_its_key_picture_is_not_recorded_and_the_gap_says_until_when(bench):
    before = [unit(number) for number in range(25)]
    after = [unit(number, gop=50, run=2)._replace(opening=number == 60) for number in range(60, 150)]
    bench.record([*before, *after])
    bench.work()
    places = [(segment, entry) for segment in bench.segments() for entry in segment.entries()]
    assert len(places) == 25 + 50
    gaps = gaps_of(places, start_utc_ns=START_NS, end_utc_ns=START_NS + 5 * S)
    assert [(gap.cause, gap.seconds) for gap in gaps] == [(GapCause.RECONNECTED, 3.04)]
