"""Where a region is between its keys: what is in its box is followed by optical flow (Lucas-Kanade).

The flow from one key errs a little more with each picture. When the next key comes, its error is known and is taken
back in proportion. What covers a picture is then the smallest box around the corrected one and the one on the
straight line between the keys, with a margin: who goes straight is covered twice, who turns is covered by the flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from tmcwall.domain.derived_copy import Box, KeyBox, Region

Bytes = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float32]

WIDTH_FOLLOWED: Final = 640
"""Pixels; larger pictures are made smaller before."""
_MARGIN_OF_BOX: Final = 0.1
_LEAST_MARGIN: Final = 0.008
_MOST_POINTS: Final = 60
_FEWEST_POINTS: Final = 4
_FOUND_ANEW_EVERY: Final = 10
_WINDOW: Final = (21, 21)
_SMALLEST_PART: Final = 1e-4


@dataclass(slots=True)
class _Place:
    picture: int
    part: float
    """Of the way to the next key."""
    moved: tuple[float, float]
    """From the key before, as parts of the picture."""


class RegionTracker:
    """Follows one region through the pictures, in order."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._keys: tuple[KeyBox, KeyBox] | None = None
        self._places: list[_Place] = []
        self._moved = (0.0, 0.0)
        self._before: Bytes | None = None
        self._points: Points | None = None
        self._age = 0
        self.boxes: list[tuple[int, Box]] = []
        """Of the pictures up to the last key that was passed."""

    def look(self, picture: int, at_s: float, luma: Bytes) -> None:
        """The next picture, as rows of brightness."""
        keys = self._region.between(at_s)
        if self._keys is not None and (keys is None or keys[0] != self._keys[0]):
            self._follow(luma)
            self._settle(self._part(at_s))
        if keys is None:
            self._keys = self._before = None
            return
        if self._keys is None or self._keys[0] != keys[0]:
            self._moved, self._points = (0.0, 0.0), None
        else:
            self._follow(luma)
        self._keys, self._before = keys, luma
        self._places.append(_Place(picture, self._part(at_s), self._moved))
        self._age += 1
        if self._points is None or len(self._points) < _FEWEST_POINTS or self._age >= _FOUND_ANEW_EVERY:
            self._find_points(luma)

    def finish(self) -> None:
        if self._places:
            self._settle(self._places[-1].part)

    def _part(self, at_s: float) -> float:
        assert self._keys is not None
        first, last = self._keys
        length = last.at_s - first.at_s
        return (at_s - first.at_s) / length if length else 0.0

    def _settle(self, part: float) -> None:
        """The next key is reached, or the film is over: `part` of the way to it the flow is where it is now."""
        assert self._keys is not None
        first, last = self._keys[0].box, self._keys[1].box
        end, whole = self._moved, max(part, _SMALLEST_PART)
        # How far the flow is from the straight line where the line is right, for the next key is there.
        line = ((last.x - first.x) * whole, (last.y - first.y) * whole)
        error = ((line[0] - end[0]) / whole, (line[1] - end[1]) / whole)
        for place in self._places:
            straight = first.towards(last, place.part)
            flown = (
                first.x + place.moved[0] + error[0] * place.part,
                first.y + place.moved[1] + error[1] * place.part,
            )
            self.boxes.append((place.picture, _around(straight, flown)))
        self._places = []

    def _find_points(self, luma: Bytes) -> None:
        assert self._keys is not None
        height, width = luma.shape
        box = self._keys[0].box
        left, top = (box.x + self._moved[0]) * width, (box.y + self._moved[1]) * height
        wanted = np.zeros_like(luma)
        right, bottom = left + box.width * width, top + box.height * height
        wanted[max(0, int(top)) : max(0, int(bottom)), max(0, int(left)) : max(0, int(right))] = 255
        found = cv2.goodFeaturesToTrack(luma, _MOST_POINTS, 0.01, 3, mask=wanted)
        # OpenCV's types do not say that it gives None where it finds nothing.
        self._points = np.asarray(found, np.float32) if found is not None else None  # type: ignore[redundant-expr]
        self._age = 0

    def _follow(self, luma: Bytes) -> None:
        if self._points is None or self._before is None:
            return
        start = np.zeros_like(self._points)
        moved, found, _ = cv2.calcOpticalFlowPyrLK(self._before, luma, self._points, start, winSize=_WINDOW, maxLevel=3)
        good = found.reshape(-1) == 1
        if good.sum() < _FEWEST_POINTS:
            self._points = None
            return
        steps = np.sort((moved - self._points).reshape(-1, 2)[good], axis=0)
        step = steps[len(steps) // 2]  # `np.median` loads a part of numpy with its first call, which is too late here
        height, width = luma.shape
        self._moved = (self._moved[0] + float(step[0]) / width, self._moved[1] + float(step[1]) / height)
        self._points = np.asarray(moved[good], np.float32)


def small_luma(luma: Bytes) -> Bytes:
    """A copy, at most `WIDTH_FOLLOWED` wide."""
    height, width = luma.shape
    if width <= WIDTH_FOLLOWED:
        return luma.copy()
    size = (WIDTH_FOLLOWED, max(1, height * WIDTH_FOLLOWED // width))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)


def _around(straight: Box, flown: tuple[float, float]) -> Box:
    across = max(_MARGIN_OF_BOX * straight.width, _LEAST_MARGIN)
    down = max(_MARGIN_OF_BOX * straight.height, _LEAST_MARGIN)
    left = _within(min(straight.x, flown[0]) - across)
    top = _within(min(straight.y, flown[1]) - down)
    right = _within(max(straight.x, flown[0]) + straight.width + across)
    bottom = _within(max(straight.y, flown[1]) + straight.height + down)
    return Box(left, top, max(right - left, _SMALLEST_PART), max(bottom - top, _SMALLEST_PART))


def _within(part: float) -> float:
    return min(1.0, max(0.0, part))
