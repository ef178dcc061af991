"""Whether a picture that comes is a picture that changes, and whether there is anything to be seen on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
"""The Y plane of a picture: shape (height, width)."""

_GRID: Final = 24
"""Rows and columns of the sample: a few hundred pixels."""


@dataclass(frozen=True, slots=True)
class BlackRule:
    """When a picture shows nothing: dark and flat, or one flat surface as of a covered lens. In steps of 0..255."""

    dark_mean: float = 40.0
    dark_deviation: float = 6.0
    flat_deviation: float = 1.5


class Watch:
    """Looks at some of a stream's pictures, and remembers when one last differed and since when they show nothing.

    Frozen means identical pixels: sensor noise counts as change, so a quiet night scene is not called frozen.
    """

    def __init__(self, *, every_ns: int = 400_000_000, black: BlackRule | None = None) -> None:
        self.last_change_ns = 0
        self.black_since_ns = 0
        self._every_ns = every_ns
        self._black = black or BlackRule()
        self._next_ns = 0
        self._sample: Luma = np.empty((0, 0), np.uint8)
        self._whole: Luma = self._sample

    def due(self, now_ns: int) -> bool:
        """Whether it is time to look again; looking costs some 50 µs."""
        return now_ns >= self._next_ns

    def look(self, luma: Luma, now_ns: int) -> None:
        """Compare with the picture looked at before. The pixels are copied as far as they are needed later."""
        self._next_ns = now_ns + self._every_ns
        sample = luma[:: max(1, luma.shape[0] // _GRID), :: max(1, luma.shape[1] // _GRID)]
        if self._differs(sample, luma):
            self.last_change_ns = now_ns
            self._sample = sample.copy()
            self._whole = luma.copy()
        if not self._shows_nothing(self._sample):
            self.black_since_ns = 0
        elif not self.black_since_ns:
            self.black_since_ns = now_ns

    def _differs(self, sample: Luma, luma: Luma) -> bool:
        return not np.array_equal(sample, self._sample) or not np.array_equal(luma, self._whole)

    def _shows_nothing(self, sample: Luma) -> bool:
        deviation = float(sample.std())
        rule = self._black
        return deviation < rule.flat_deviation or (
            deviation < rule.dark_deviation and float(sample.mean()) < rule.dark_mean
        )
