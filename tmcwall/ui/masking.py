"""Privacy masks over a picture: the same on a tile, in a replay and in the review."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

from tmcwall.domain.derived_copy import Box

MasksOf = Callable[[str], Sequence[Box]]
"""What is covered of a camera, by its id."""
_COVER: Final = QColor(0, 0, 0)


def no_masks(_camera_id: str) -> Sequence[Box]:
    """Where no camera has any."""
    return ()


def paint_masks(painter: QPainter, picture: QRect, boxes: Sequence[Box]) -> None:
    """At least the whole boxes: their sides go outwards to whole pixels. `picture` is all of the camera's picture."""
    for box in boxes:
        left, top = int(box.x * picture.width()), int(box.y * picture.height())
        right = min(picture.width(), ceil((box.x + box.width) * picture.width()))
        bottom = min(picture.height(), ceil((box.y + box.height) * picture.height()))
        painter.fillRect(picture.x() + left, picture.y() + top, right - left, bottom - top, _COVER)
