"""The history of cameras in the store."""

from datetime import timedelta

import pytest

from tests.unit.db.conftest import NOW
from tmcwall.db import health
from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import CameraState, ClockReading, CodecChange, HealthChange

HOUR = timedelta(hours=1)


def change(hours, state, *, camera="c1", **summed):
    return HealthChange(camera, NOW + hours * HOUR, state, **summed)


def test_the_history_of_a_range_begins_with_the_change_before_it(session):
    rows = [
        change(0, CameraState.WORKING),
        change(1, CameraState.LOST, cause=FaultCode.NO_ANSWER, changes=1, up_s=3600, known_s=3600),
        change(2, CameraState.WORKING, camera="c2"),
        change(3, CameraState.WORKING),
        change(9, CameraState.LOST),
    ]
    clocks = [ClockReading("c1", NOW, -40), ClockReading("c1", NOW + 2 * HOUR, 7_200_000)]
    health.add(session, rows, clocks, at=NOW + 9 * HOUR)
    found = health.history(session, "c1", since=NOW + 2 * HOUR, until=NOW + 4 * HOUR)
    assert found.changes == (rows[1], rows[3])
    assert found.clocks == (clocks[1],)
    assert found.known_until == NOW + 9 * HOUR


def test_what_a_killed_program_left_open_is_unknown_from_its_last_sign_of_life_on(session):
    health.add(session, [change(0, CameraState.WORKING), change(0, CameraState.UNKNOWN, camera="c2")], [], at=NOW)
    health.add(session, [], [], at=NOW + 5 * HOUR)
    assert health.end_last_run(session) == 1
    last = health.history(session, "c1", since=NOW, until=NOW + 9 * HOUR).changes[-1]
    assert (last.state, last.at, last.up_s, last.known_s) == (CameraState.UNKNOWN, NOW + 5 * HOUR, 18_000, 18_000)
    assert health.end_last_run(session) == 0


def test_uptime_ends_with_the_last_sign_of_life(session):
    health.add(session, [change(-2, CameraState.WORKING), change(-1, CameraState.LOST, up_s=3600, known_s=3600)], [],
               at=NOW)  # fmt: skip
    found = health.uptimes(session, now=NOW + 10 * HOUR)["c1"]
    assert (found.day.up_s, found.day.known_s) == (3600, 7200)
    assert found.month.share == pytest.approx(0.5)


def test_the_last_word_of_a_clock_is_told_with_the_uptime(session):
    readings = [ClockReading("c1", NOW - HOUR, 100), ClockReading("c1", NOW, 2500)]
    health.add(session, [change(-1, CameraState.WORKING)], readings, at=NOW)
    assert health.uptimes(session, now=NOW)["c1"].clock == readings[1]


def test_what_is_too_old_is_dropped_but_not_the_state_a_camera_is_in(session):
    lost, working = CameraState.LOST, CameraState.WORKING
    rows = [change(-1000, lost), change(-900, working), change(-950, lost, camera="b")]
    health.add(session, rows, [ClockReading("c1", NOW - 1000 * HOUR, 5), ClockReading("c1", NOW, 6)], at=NOW)
    assert health.expire(session, before=NOW - 800 * HOUR) == 2
    assert health.history(session, "c1", since=NOW, until=NOW).changes == (rows[1],)
    assert health.history(session, "b", since=NOW, until=NOW).changes == (rows[2],)


def test_of_codecs_a_range_has_its_changes_and_each_stream_its_last(session):
    codecs = [
        CodecChange("c1", NOW, Profile.MAIN, "h264"),
        CodecChange("c1", NOW, Profile.SUB, "h264"),
        CodecChange("c1", NOW + HOUR, Profile.MAIN, "hevc", "h264"),
        CodecChange("c2", NOW + HOUR, Profile.MAIN, "h264"),
    ]
    health.add(session, [], [], codecs, at=NOW + HOUR)
    found = health.history(session, "c1", since=NOW + HOUR / 2, until=NOW + 2 * HOUR)
    assert found.codecs == (codecs[2],)
    assert health.expire(session, before=NOW + 9 * HOUR) == 1
    assert health.last_codecs(session) == {
        ("c1", Profile.MAIN): "hevc",
        ("c1", Profile.SUB): "h264",
        ("c2", Profile.MAIN): "h264",
    }
