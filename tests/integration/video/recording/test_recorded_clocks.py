"""R21: four times of every recorded picture, from a camera whose clock is wrong, over a real socket."""

import pytest

from tests.integration.video.city_town import Towns
from tests.waiting import until
from tmcwall.video.ipc.messages import Record, ServerClock
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.recording.segments import camera_folder, camera_utc_ns, scan, server_utc_ns

pytest_plugins = ["tests.cameras"]

TWO_HOURS_S = 7200
TEN_YEARS_S = 10 * 365 * 86_400
"""Beyond 2036, where NTP's seconds begin anew."""


@pytest.fixture(scope="module")
def towns(tiny_clip, tmp_path_factory):
    with Towns(tiny_clip, tmp_path_factory.mktemp("clocks") / "recordings") as towns:
        towns.engine.send(ServerClock(offset_ms=-40))
        yield towns


@pytest.fixture
def town(towns):
    return towns.next()


def recorded(towns, town):
    """The first segment with some seconds in it, as it lies on disk."""
    towns.engine.send(Record([town.faulty]))
    folder = camera_folder(towns.recordings, town.faulty)

    def found():
        segments = [segment for segment in scan(towns.recordings) if segment.path.parent == folder]
        return next((segment for segment in segments if len(segment.entries()) > 20), None)

    return until(found)


@pytest.mark.parametrize("off_s", [TWO_HOURS_S, -TWO_HOURS_S, TEN_YEARS_S, 0])
def test_every_picture_has_the_cameras_time_ours_the_monotonic_and_the_servers(towns, town, off_s):
    town.give(f"clock:{off_s}")
    town.show(record="main")
    report = town.report(where=lambda report: report.clock_offset_ms is not None or off_s == TEN_YEARS_S)
    if off_s != TEN_YEARS_S:
        assert abs(report.clock_offset_ms - off_s * 1000) < 2000
    town.goes_on(pictures=40)
    segment = recorded(towns, town)
    header, entries = segment.header, segment.entries()
    assert header.server_offset_ms == -40
    for entry in entries:
        if entry.run != header.camera_clock.run:
            continue
        assert camera_utc_ns(header, entry) - entry.arrival_utc_ns == pytest.approx(off_s * NS, abs=2 * NS)
        assert server_utc_ns(header, entry) - entry.arrival_utc_ns == -40_000_000
    assert [entry.arrival_ns for entry in entries] == sorted(entry.arrival_ns for entry in entries)


def test_a_camera_that_tells_no_time_leaves_its_place_empty_and_is_never_guessed(towns, town):
    town.give("no-reports")
    town.show(record="main")
    town.goes_on(pictures=20)
    segment = recorded(towns, town)
    assert segment.header.clock_offset_ms is None
    assert segment.header.camera_clock is None
    assert camera_utc_ns(segment.header, segment.entries()[0]) is None


def test_what_was_written_of_a_clock_is_not_rewritten_when_the_clock_is_set(towns, town):
    town.give(f"clock:{TWO_HOURS_S}")
    town.show(record="main")
    town.report(where=lambda report: report.clock_offset_ms is not None)
    segment = recorded(towns, town)
    before = segment.index_path.read_bytes().split(b"\n", 1)[0]
    town.give("clock:0")
    town.report(where=lambda report: abs(report.clock_offset_ms) < 2000)
    assert segment.index_path.read_bytes().split(b"\n", 1)[0] == before
