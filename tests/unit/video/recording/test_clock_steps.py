"""Row U8: somebody sets this machine's clock while it records and shows."""

from datetime import timedelta
from itertools import pairwise

import pytest

from tests.clocks import FakeClock
from tmcwall.domain.health import Limits, TileObservation, TileState, judge
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.recording.recorder import Keeping, Recorder
from tmcwall.video.recording.segments import SegmentHeader, scan

S = 1_000_000_000
HEADER = SegmentHeader(camera="simpang-5", profile="sub", codec="h264", clock_rate=90_000, parameter_sets=[])


def picture(number):
    key = number % 25 == 0
    return TimedUnit(
        payload=b"\0\0\0\1" + (b"\x65" if key else b"\x41") + number.to_bytes(4, "big"),
        prefixed=0, key=key, damaged=False, lost=0, run=1, rtp=number * 3600, schedule_ns=0,
        arrival_ns=number * S // 25,
    )  # fmt: skip


@pytest.mark.parametrize("hours", [1, -1], ids=["an hour on", "an hour back"])
def test_when_the_clock_is_set_every_picture_is_kept_and_a_new_segment_tells_the_new_time(tmp_path, hours):
    clock = FakeClock(ns=0)
    recorder = Recorder(
        tmp_path, clock=clock, keeping=Keeping(keep_s=86_400, reserve_bytes=0), report=lambda _news: None
    )
    for number in range(300):
        clock.ns = number * S // 25
        clock.set_forward = timedelta(hours=hours if number >= 100 else 0)
        recorder.write(HEADER, [picture(number)])
    recorder.stop()
    recorder.run()
    segments = sorted(scan(tmp_path), key=lambda segment: segment.entries()[0].arrival_ns)
    entries = [entry for segment in segments for entry in segment.entries()]
    assert len(entries) == 300
    assert [later.arrival_ns - earlier.arrival_ns for earlier, later in pairwise(entries)] == [S // 25] * 299
    for segment in segments:
        times = [entry.arrival_utc_ns for entry in segment.entries()]
        assert times == sorted(times)
        assert segment.last_utc_ns >= segment.first_utc_ns
    assert segments[1].first_utc_ns - segments[0].last_utc_ns == pytest.approx(hours * 3600 * S, abs=2 * S)


def test_a_clock_that_is_set_forward_takes_no_footage_before_its_time(tmp_path):
    clock = FakeClock(ns=0)
    keeping = Keeping(keep_s=60, segment_s=5, reserve_bytes=0, expire_every_s=0)
    recorder = Recorder(tmp_path, clock=clock, keeping=keeping, report=lambda _news: None)
    kept = []

    def record(seconds):
        start = clock.ns * 25 // S
        for number in range(start, start + seconds * 25):
            clock.ns = number * S // 25 + 1
            recorder.write(HEADER, [picture(number)])
            job = recorder._jobs.get()
            assert job is not None
            job()
            recorder._expire()
        kept.append(sum(len(segment.entries()) for segment in scan(tmp_path)) / 25)

    record(30)
    clock.set_forward = timedelta(hours=1)
    record(20)
    record(100)
    recorder.stop()
    recorder.run()
    assert kept[:2] == [30, 50]
    assert 60 <= kept[2] <= 70


def test_a_tile_is_judged_by_ages_that_no_clock_of_the_day_can_change():
    """The signs hold nothing else: what is 0.1 s old is live, whatever the time."""
    assert not [name for name in TileObservation.__annotations__ if "utc" in name or "time" in name]
    observation = TileObservation(age_packet_s=0.1, age_frame_s=0.1, age_change_s=0.1)
    assert judge(observation, Limits()).state is TileState.LIVE
