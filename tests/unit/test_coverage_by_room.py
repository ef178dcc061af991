"""The floor under the coverage of each room."""

from pathlib import PurePath

import pytest

from tests.coverage_by_room import faults, room_of


@pytest.mark.parametrize(
    ("path", "room"),
    [
        ("tmcwall/cli.py", "tmcwall"),
        ("tmcwall/domain/geo.py", "domain"),
        ("tmcwall/ui/wall/canvas.py", "ui"),
        ("tmcwall/video/frames.py", "video"),
        ("tmcwall/video/engine/budget/plan.py", "video/engine"),
    ],
)
def test_a_room_is_a_folder_and_within_video_the_one_below(path: str, room: str) -> None:
    assert room_of(PurePath(path)) == room


def test_a_room_may_vary_by_half_a_point_and_not_fall_further() -> None:
    assert list(faults({"db": 89.5}, {"db": 90.0})) == []
    assert list(faults({"db": 89.4}, {"db": 90.0})) == ["db fell from 90.0 to 89.4"]


def test_a_room_without_a_floor_and_a_floor_without_a_room_are_named() -> None:
    assert list(faults({"net": 80.0}, {"trust": 80.0})) == [
        "net has no floor yet",
        "trust has a floor, but was not measured",
    ]
