"""Clips of several cameras on one clock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.afternoon import NOW
from tmcwall.domain.bookmark import Clip, ClipState, Gap, GapCause
from tmcwall.domain.in_step import CameraInStep, ClipOfCamera, SharedClock, Sight, clip_of_camera, sight_of

SECOND = timedelta(seconds=1)
NS = 1_000_000_000
GAP = Gap(NOW + 4 * SECOND, NOW + 6 * SECOND, GapCause.RECONNECTED)


def clip_from(begins_s: float, ends_s: float, *, gaps: tuple[Gap, ...] = ()) -> ClipOfCamera:
    begins, ends = NOW + timedelta(seconds=begins_s), NOW + timedelta(seconds=ends_s)
    pictures = round((ends_s - begins_s) * 25) + 1
    clip = Clip(
        f"clip-{begins_s}", "mark", ClipState.READY, "a.mp4", first_packet_at=begins, last_packet_at=ends,
        packets=pictures, gaps=gaps,
    )  # fmt: skip
    found = clip_of_camera("mark", clip, Path("a.mp4"))
    assert found is not None
    return found


def test_the_clock_stands_until_it_starts_and_then_runs_at_its_speed():
    clock = SharedClock(NOW, at_ns=5 * NS, speed=4.0)
    assert clock.moment_at(3 * NS) == NOW
    assert clock.moment_at(7 * NS) == NOW + 8 * SECOND


def test_a_clock_that_waits_goes_on_from_where_it_was():
    clock = SharedClock(NOW, at_ns=0, speed=2.0).delayed(3 * NS, by_ns=NS)
    assert clock.moment_at(4 * NS) == NOW + 6 * SECOND
    assert clock.moment_at(5 * NS) == NOW + 8 * SECOND


def test_a_picture_is_of_a_moment_only_within_its_own_length():
    clip = clip_from(0, 10)
    assert sight_of(clip, NOW + SECOND, 0.97) is Sight.PICTURE
    assert sight_of(clip, NOW + SECOND, 0.90) is Sight.WAITING
    assert sight_of(clip, NOW + SECOND, None) is Sight.WAITING


def test_in_a_gap_the_picture_before_it_is_not_of_the_moment():
    clip = clip_from(0, 10, gaps=(GAP,))
    assert sight_of(clip, NOW + 5 * SECOND, 5.0) is Sight.GAP
    assert clip.gap_at(NOW + 5 * SECOND) is GapCause.RECONNECTED
    assert sight_of(clip, NOW + 6 * SECOND, 6.0) is Sight.PICTURE


def test_outside_its_clips_a_camera_shows_nothing():
    clip = clip_from(0, 10)
    assert sight_of(clip, NOW + 11 * SECOND, 10.0) is Sight.NO_CLIP
    assert sight_of(None, NOW, 0.0) is Sight.NO_CLIP


def test_of_clips_that_overlap_the_one_that_goes_on_longest_is_shown():
    camera = CameraInStep("C1", "Kamera", (clip_from(0, 10), clip_from(5, 20)))
    assert camera.clip_at(NOW + 7 * SECOND) is camera.clips[1]
    assert camera.clip_at(NOW + 2 * SECOND) is camera.clips[0]
    assert camera.clip_at(NOW + 21 * SECOND) is None


def test_a_clip_that_begins_soon_is_known_before():
    camera = CameraInStep("C1", "Kamera", (clip_from(5, 20),))
    assert camera.clip_after(NOW + 3 * SECOND, within_s=3.0) is camera.clips[0]
    assert camera.clip_after(NOW, within_s=3.0) is None


def test_a_clip_that_is_not_ready_or_not_here_is_not_played():
    whole = clip_from(0, 1).clip
    assert clip_of_camera("mark", whole, None) is None
    assert clip_of_camera("mark", None, Path("a.mp4")) is None
    assert clip_of_camera("mark", Clip("c", "mark", ClipState.CUTTING), Path("a.mp4")) is None
    assert clip_of_camera("mark", Clip("c", "mark", ClipState.READY), Path("a.mp4")) is None
    assert clip_from(0, 0).picture_s == 0.04
