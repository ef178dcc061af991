"""Incidents in the picture: a spot, its accuracy, an arrow at the edge, and nothing where the camera has moved."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from tmcwall.domain.health import TileState
from tmcwall.domain.incident import IncidentType, Severity, Source
from tmcwall.services.projection import GroundMark, PictureSpot
from tmcwall.ui import theme
from tmcwall.ui.wall.ground_marks import paint_ground_marks
from tmcwall.ui.wall.model import Marker

RED = QColor(theme.SEVERITIES[Severity.CRITICAL].colour)
CIRCLE = tuple(PictureSpot(x, y) for x, y in ((0.3, 0.5), (0.5, 0.4), (0.7, 0.5), (0.5, 0.6)))


def painted(*marks, state=TileState.LIVE, has_picture=True):
    markers = tuple(
        Marker(f"i{number}", IncidentType.FIRE, Severity.CRITICAL, Source.CALL_112, ground=mark)
        for number, mark in enumerate(marks)
    )
    tile = SimpleNamespace(
        markers=markers,
        has_picture=has_picture,
        verdict=SimpleNamespace(state=state),
        box=SimpleNamespace(x=20, y=10, width=320, height=180),
        scale=SimpleNamespace(frame=6),
    )
    image = QImage(360, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_ground_marks(painter, tile)  # type: ignore[arg-type]  # the part of a tile that is painted
    painter.end()
    return image


def reds(image, rect):
    return sum(
        image.pixelColor(x, y) == RED
        for x in range(rect.left(), rect.right() + 1)
        for y in range(rect.top(), rect.bottom() + 1)
    )


def test_a_place_in_the_picture_is_a_cross_with_the_outline_of_its_accuracy(qapp):
    image = painted(GroundMark(PictureSpot(0.5, 0.5), CIRCLE, (0.0, 1.0)))
    assert image.pixelColor(180, 100) == RED  # the middle of the picture
    assert reds(image, QRect(110, 90, 25, 20)) > 0  # the left end of the outline


@pytest.mark.parametrize(
    ("direction", "edge"),
    [((1.0, 0.0), QRect(320, 85, 20, 30)), ((0.0, 1.0), QRect(165, 170, 30, 20)), ((-1.0, 0.0), QRect(20, 85, 20, 30))],
)
def test_a_place_outside_of_the_picture_is_an_arrow_at_that_edge(qapp, direction, edge):
    for spot in (PictureSpot(3.0, 0.5), None):
        image = painted(GroundMark(spot, (), direction))
        assert reds(image, edge) > 0
        assert reds(image, QRect(120, 60, 120, 80)) == 0


def test_nothing_is_painted_beyond_the_picture(qapp):
    wide = tuple(PictureSpot(x, y) for x, y in ((-1.0, -1.0), (2.0, -1.0), (2.0, 2.0), (-1.0, 2.0)))
    image = painted(GroundMark(PictureSpot(0.0, 0.0), wide, (0.0, 1.0)))
    assert reds(image, QRect(0, 0, 360, 9)) == 0
    assert reds(image, QRect(0, 0, 19, 200)) == 0


def test_a_camera_that_has_moved_one_without_picture_and_one_without_points_have_no_marks(qapp):
    mark = GroundMark(PictureSpot(0.5, 0.5), CIRCLE, (0.0, 1.0))
    whole = QRect(0, 0, 360, 200)
    assert reds(painted(mark, state=TileState.MOVED), whole) == 0
    assert reds(painted(mark, has_picture=False), whole) == 0
    assert reds(painted(None), whole) == 0
