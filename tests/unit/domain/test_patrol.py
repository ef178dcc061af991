"""What counts as seen by an officer, and which camera has been unseen the longest."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.camera import Camera
from tmcwall.domain.patrol import PROVEN_EVERY_S, SEEN_S, Looks, Seen, patrol_lines

NOW = datetime(2025, 3, 28, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=12)


def camera(name: str) -> Camera:
    return Camera(name, name, f"rtsp://10.0.0.1/{name}")


def looks(*seconds_and_cameras: tuple[float, str]) -> list[tuple[float, str]]:
    """What is proven when, from looks at `a b` at some second."""
    watched = Looks()
    return [
        (second, proven)
        for second, cameras in seconds_and_cameras
        for proven in watched.look(frozenset(cameras.split()), now_ns=int(second * 1e9))
    ]


def test_a_camera_that_stood_live_long_enough_was_seen_once() -> None:
    assert looks((0, "a"), (4.9, "a"), (SEEN_S, "a"), (6, "a"), (60, "a")) == [(SEEN_S, "a")]


def test_a_camera_that_was_passed_by_was_not_seen() -> None:
    assert looks((0, "a"), (3, "a"), (4, ""), (5, "a"), (9, "a")) == []


def test_each_stay_is_proven_and_a_long_one_again_and_again() -> None:
    assert looks((0, "a"), (5, "a"), (6, ""), (7, "a"), (12, "a"), (12 + PROVEN_EVERY_S, "a")) == [
        (5, "a"),
        (12, "a"),
        (12 + PROVEN_EVERY_S, "a"),
    ]


def test_cameras_are_judged_each_by_itself() -> None:
    assert looks((0, "a b"), (3, "b c"), (5, "b c"), (8, "b c")) == [(5, "b"), (8, "c")]


def test_the_longest_unseen_comes_first_and_the_overdue_are_named() -> None:
    seen = {
        "new": Seen(NOW - timedelta(minutes=1), "1"),
        "old": Seen(NOW - timedelta(hours=13), "1"),
        "edge": Seen(NOW - DAY, "1"),
    }
    lines = patrol_lines(map(camera, ("new", "edge", "never", "old")), seen, now=NOW, within=DAY)
    assert [(line.camera.id, line.overdue) for line in lines] == [
        ("never", True),
        ("old", True),
        ("edge", False),
        ("new", False),
    ]


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 100_000)), st.integers(1, 100_000))
def test_every_camera_is_listed_once_and_the_overdue_come_first(ages: dict[str, int], within: int) -> None:
    seen = {name: Seen(NOW - timedelta(seconds=age), "1") for name, age in ages.items()}
    lines = patrol_lines(map(camera, "abcdefgh"), seen, now=NOW, within=timedelta(seconds=within))
    assert sorted(line.camera.id for line in lines) == list("abcdefgh")
    overdue = [line.overdue for line in lines]
    assert overdue == sorted(overdue, reverse=True)
