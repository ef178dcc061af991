"""The four times of every recorded picture: the camera's, the workstation's UTC, its monotonic clock, the server's."""

import pytest

from tmcwall.rtsp.rtcp import ntp_from_unix
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.recording.segments import IndexEntry, SegmentHeader, camera_utc_ns, server_utc_ns

S = 1_000_000_000
NOON_S = 1_773_127_800
TWO_HOURS_S = 7200
ERA_1_S = 2_085_978_496
"""2036-02-07 06:28:16 UTC, when NTP's seconds begin again."""


def header(*, camera_s=NOON_S, rtp=0, run=1, server_offset_ms=None):
    return SegmentHeader(
        camera="a", profile="main", codec="h264", clock_rate=90_000, parameter_sets=[],
        camera_clock=CameraClock(ntp_from_unix(camera_s), rtp, run), server_offset_ms=server_offset_ms,
    )  # fmt: skip


def entry(*, rtp, run=1):
    return IndexEntry(0, 100, 0, run, key=True, arrival_utc_ns=NOON_S * S, arrival_ns=5000 * S, rtp=rtp)


def test_a_picture_has_the_cameras_own_time_however_wrong_its_clock_is():
    found = camera_utc_ns(header(camera_s=NOON_S + TWO_HOURS_S, rtp=9000), entry(rtp=9000 + 90_000))
    assert found == pytest.approx((NOON_S + TWO_HOURS_S + 1) * S, abs=1000)


@pytest.mark.parametrize(("reported", "of_picture"), [(0xFFFF_FFF0, (1 << 32) + 90_000 - 16), (90_000 - 16, 0)])
def test_the_wrap_of_the_rtp_time_between_report_and_picture_is_one_second_and_not_half_a_day(reported, of_picture):
    forward = 1 if of_picture > reported else -1
    found = camera_utc_ns(header(rtp=reported), entry(rtp=of_picture))
    assert found == pytest.approx((NOON_S + forward) * S, abs=S // 1000)


def test_a_camera_past_2036_is_in_the_next_era_of_ntp():
    assert camera_utc_ns(header(camera_s=ERA_1_S + 60), entry(rtp=0)) == pytest.approx((ERA_1_S + 60) * S, abs=1000)


def test_a_report_says_nothing_of_another_run():
    assert camera_utc_ns(header(run=1), entry(rtp=0, run=2)) is None


def test_the_servers_time_is_known_only_where_a_server_is():
    assert server_utc_ns(header(), entry(rtp=0)) is None
    assert server_utc_ns(header(server_offset_ms=-40), entry(rtp=0)) == NOON_S * S - 40_000_000
