"""The index of cameras answers what a look at every camera would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain import geo
from tmcwall.domain.camera import Camera, Position, View
from tmcwall.domain.camera_index import CameraIndex, Rectangle
from tmcwall.domain.geo import distance_m, nearest, sees

TOWN = Position(-7.5606, 110.8018)
EDGES = (TOWN, Position(0.0, 180.0), Position(-16.5, -180.0), Position(89.999, 20.0), Position(-90.0, 0.0))
"""A town, both sides of the 180th meridian, and the poles."""


def near(place: Position, north: float, east: float) -> Position:
    """A position some thousandths of a degree away, and still on the globe."""
    lat = max(-90.0, min(90.0, place.lat + north / 1000))
    return Position(lat, (place.lon + east / 1000 + 180.0) % 360.0 - 180.0)


def positions() -> st.SearchStrategy[Position]:
    steps = st.floats(-30.0, 30.0)
    around = st.builds(near, st.sampled_from(EDGES), steps, steps)
    anywhere = st.builds(Position, st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))
    return st.one_of(around, st.sampled_from(EDGES), anywhere)


def views() -> st.SearchStrategy[View | None]:
    return st.none() | st.builds(
        View,
        bearing_deg=st.none() | st.floats(0.0, 360.0),
        fov_deg=st.none() | st.floats(1.0, 360.0),
        range_m=st.floats(1.0, 3000.0) | st.floats(1.0, 2e7),
    )


@st.composite
def cities(draw: st.DrawFn) -> list[Camera]:
    placed = draw(st.lists(st.tuples(st.none() | positions(), views()), max_size=30))
    return [
        Camera(f"c{number}", f"c{number}", "rtsp://127.0.0.1/c", position=position, view=view)
        for number, (position, view) in enumerate(placed)
    ]


@given(cities(), positions(), st.sets(st.integers(0, 29)), st.integers(1, 6))
def test_the_nearest_are_those_of_the_whole_list(
    cameras: list[Camera], place: Position, dark: set[int], count: int
) -> None:
    def is_working(camera: Camera) -> bool:
        return int(camera.id[1:]) not in dark

    def is_hidden(camera: Camera) -> bool:
        return camera.id.endswith("7")

    found = CameraIndex(cameras).nearest(place, is_working=is_working, is_hidden=is_hidden, count=count)
    assert found == nearest(cameras, place, is_working=is_working, is_hidden=is_hidden, count=count)


@given(cities(), positions())
def test_those_that_see_a_place_are_those_of_the_whole_list(cameras: list[Camera], place: Position) -> None:
    assert CameraIndex(cameras).that_see(place) == tuple(camera for camera in cameras if sees(camera, place))


@given(cities(), positions(), positions())
def test_those_in_a_rectangle_are_those_of_the_whole_list(
    cameras: list[Camera], corner: Position, other: Position
) -> None:
    rectangle = Rectangle(min(corner.lat, other.lat), corner.lon, max(corner.lat, other.lat), other.lon)
    inside = tuple(one for one in cameras if one.position is not None and one.position in rectangle)
    assert CameraIndex(cameras).within(rectangle) == inside


def camera(name: str, lat: float, lon: float, range_m: float = 100.0) -> Camera:
    return Camera(name, name, "rtsp://127.0.0.1/c", position=Position(lat, lon), view=View(None, None, range_m))


def ids(cameras: tuple[Camera, ...]) -> list[str]:
    return [one.id for one in cameras]


def test_a_camera_beyond_the_180th_meridian_is_as_near_as_any() -> None:
    index = CameraIndex([camera("east", -16.5, 179.9995), camera("west", -16.5, -179.9995)])
    coverage = index.nearest(Position(-16.5, 180.0), is_working=lambda _camera: True)
    assert (coverage.radius_m, ids(coverage.cameras)) == (300, ["east", "west"])


def test_a_rectangle_may_lie_across_the_180th_meridian() -> None:
    index = CameraIndex([camera("a", 0.0, 179.0), camera("b", 0.0, -179.0), camera("c", 0.0, 0.0)])
    assert ids(index.within(Rectangle(-1.0, 178.0, 1.0, -178.0))) == ["a", "b"]
    assert ids(index.within(Rectangle(-1.0, -180.0, 1.0, 180.0))) == ["a", "b", "c"]


def test_a_rectangle_of_no_height_holds_what_stands_on_its_edge() -> None:
    index = CameraIndex([camera("a", -7.56, 110.8)])
    assert ids(index.within(Rectangle(-7.56, 110.8, -7.56, 110.8))) == ["a"]
    assert index.within(Rectangle(-7.0, 110.8, -8.0, 110.8)) == ()


def test_a_camera_that_sees_far_is_found_from_where_it_sees() -> None:
    index = CameraIndex([camera("tower", TOWN.lat, TOWN.lon, range_m=20_000.0), camera("gate", TOWN.lat, TOWN.lon)])
    assert ids(index.that_see(Position(TOWN.lat + 0.08, TOWN.lon))) == ["tower"]


def test_a_camera_without_position_is_nowhere() -> None:
    index = CameraIndex([Camera("a", "a", "rtsp://127.0.0.1/a")])
    assert index.that_see(TOWN) == ()
    assert index.nearest(TOWN, is_working=lambda _camera: True).cameras == ()
    assert index.within(Rectangle(-90.0, -180.0, 90.0, 180.0)) == ()


def test_of_a_large_city_only_the_cameras_of_a_few_cells_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """One camera a cell; a circle of 1,200 m touches sixteen cells at most."""
    grid = [(row, column) for row in range(100) for column in range(100)]
    index = CameraIndex(camera(f"c{row}-{column}", -7.995 + row / 100, 110.005 + column / 100) for row, column in grid)
    measured: list[Position] = []

    def count(a: Position, b: Position) -> float:
        measured.append(a)
        return distance_m(a, b)

    monkeypatch.setattr(geo, "distance_m", count)
    coverage = index.nearest(Position(-7.5, 110.5), is_working=lambda _camera: True)
    assert len(coverage.cameras) == 4
    assert len(measured) <= 16
