"""Where points of the ground stand in a camera's picture, as somebody has set it in the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from tmcwall.domain.camera import Position
from tmcwall.domain.shape import Between, Id

LEAST_POINTS: Final = 4
MOST_POINTS: Final = 12


@dataclass(frozen=True, slots=True)
class PicturePoint:
    """A point of the ground and where it is seen: 0 to 1 from the left and from the top."""

    x: Annotated[float, Between(0, 1)]
    y: Annotated[float, Between(0, 1)]
    position: Position


@dataclass(frozen=True, slots=True)
class CameraCalibration:
    """Of a camera that is not turned; `id` is the camera's. Without points it was taken back."""

    id: Id
    points: tuple[PicturePoint, ...]
    set_at: datetime
    """A camera that has moved since then shows no markers by it."""
    set_by: Id
