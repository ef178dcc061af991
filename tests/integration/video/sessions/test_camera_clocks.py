"""What the numbers in a camera's packets do, over a real connection."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from tests.integration.video.fake_camera import FakeCamera, annex_b
from tests.integration.video.watched import QUICK, Watched
from tmcwall.rtsp import rtcp
from tmcwall.rtsp.messages import Interleaved
from tmcwall.video.ipc.timeline import NS

HOUR = 3600 * 90_000
PLENTY = 60


def received(count=PLENTY, **habits):
    """The first units of a camera with these numbers, and the faults."""

    async def scenario():
        async with FakeCamera(**habits) as camera:
            watched = Watched(camera.url)
            await watched.until(lambda: len(watched.units) >= count)
            await watched.stream.close()
            return watched.units[:count], watched.faults

    return asyncio.run(scenario())


def test_over_the_wrap_of_sequence_and_time_a_stream_goes_on_as_one_run():
    units, faults = received()
    assert faults == []
    assert {unit.run for unit in units} == {units[0].run}
    assert {later.rtp - earlier.rtp for earlier, later in pairwise(units)} == {3600}
    assert sum(unit.lost for unit in units) == 0
    assert [unit.payload for unit in units] == [annex_b(number) for number in range(PLENTY)]


def test_receiver_reports_tell_the_camera_how_unevenly_its_pictures_come():
    """They are sent every 10 ms and say that 40 ms lie between them: each is 30 ms early."""

    async def scenario():
        async with FakeCamera() as camera:
            watched = Watched(camera.url, timing=replace(QUICK, receiver_report_s=0.05))
            await watched.until(lambda: len(watched.units) >= PLENTY and blocks_of(camera)[-1:])
            await watched.stream.close()
            return blocks_of(camera)

    blocks = asyncio.run(scenario())
    assert 90 < blocks[-1].jitter < 20 * 2700
    assert blocks[-1].ssrc == 0x1234


def blocks_of(camera):
    """What the receiver reports that a camera got say of it."""
    packets = [rtcp.parse(one.data) for one in camera.answers if isinstance(one, Interleaved)]
    return [block for reports in packets for report in reports for block in report.blocks]


def test_a_new_source_in_the_middle_is_a_new_run_on_the_same_connection():
    units, faults = received(ssrc_of=lambda number: 7 if number < 30 else 8)
    assert faults == []
    runs = [unit.run for unit in units]
    assert [number for number in range(1, PLENTY) if runs[number] != runs[number - 1]] == [30]
    assert units[30].damaged
    assert [unit.payload for unit in units] == [annex_b(number) for number in range(PLENTY)]


@pytest.mark.parametrize(
    "jumped",
    [
        lambda number: HOUR + number * 3600,
        lambda number: -HOUR // 2 + number * 3600,
        lambda number: number * 3600 - 30 * 3600,
    ],
    ids=["an hour ahead", "an hour back", "to nothing"],
)
def test_a_jump_of_the_camera_clock_is_a_new_run_and_the_picture_is_live_again(jumped):
    def rtp_of(number):
        return HOUR // 2 + number * 3600 if number < 30 else jumped(number)

    units, faults = received(rtp_of=rtp_of)
    assert faults == []
    runs = [unit.run for unit in units]
    assert [number for number in range(1, PLENTY) if runs[number] != runs[number - 1]] == [30]
    assert units[30].schedule_ns == units[30].arrival_ns
    assert all(unit.arrival_ns - unit.schedule_ns < 2 * NS for unit in units)


def test_a_clock_that_runs_backward_never_lets_the_picture_fall_behind():
    units, faults = received(count=120, rtp_of=lambda number: HOUR - number * 3600)
    assert faults == []
    assert len({unit.run for unit in units}) > 1
    assert all(unit.arrival_ns - unit.schedule_ns < 3 * NS for unit in units)
