"""Whether a picture that comes is a picture that changes, shows anything, and shows what its camera is to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from tmcwall.video.decode.scene_reference import (
    SKETCH_HEIGHT,
    SKETCH_WIDTH,
    Luma,
    SceneMonitor,
    SceneReference,
    SceneRule,
    thumbnail,
)
from tmcwall.video.ipc.shared_frames import Findings

_ROWS: Final = 360
"""Of larger pictures so many rows are compared."""
_LOOKS_FOR_A_REFERENCE: Final = 4
"""A reference that was kept has come by then."""


@dataclass(frozen=True, slots=True)
class BlackRule:
    """When a picture shows nothing: dark and flat, or one flat surface as of a covered lens. In steps of 0..255."""

    dark_mean: float = 40.0
    dark_deviation: float = 5.0
    flat_deviation: float = 1.5


class PictureMonitor:
    """Looks at some of a stream's pictures, and remembers when one last differed, since when they show nothing, and
    since when they show another view than the reference.

    Frozen means identical pixels: sensor noise counts as change, so a quiet night scene is not called frozen.
    """

    def __init__(
        self,
        *,
        every_ns: int = 1_250_000_000,
        view_every: int = 2,
        black: BlackRule | None = None,
        view: SceneRule | None = None,
        view_checked: bool = True,
    ) -> None:
        """`view_every`: the view is looked at every so many looks; never where it is not `view_checked`, for then
        a lens is covered only if it shows nothing at all.
        """
        self.last_change_ns = 0
        self.black_since_ns = 0
        self.view = SceneMonitor(view)
        self._every_ns = every_ns
        self._view_every = view_every
        self._view_checked = view_checked
        self._black = black or BlackRule()
        self._next_ns = 0
        self._looks = 0
        self._pixels = b""
        self._unchanged_ns = 0
        self._doubtful_looks = 0

    @property
    def moved_since_ns(self) -> int:
        """0 while the view is the reference's, or neither is known."""
        return self.view.lost_since_ns

    @property
    def has_looked(self) -> bool:
        return bool(self._pixels)

    def resume(self, findings: Findings) -> None:
        """Take over, before the first look, what another watch found: it holds until this one can tell itself.

        An unchanged picture takes two looks, a covered lens the camera's reference, a view its comparison with it.
        """
        self._unchanged_ns = findings.unchanged_ns
        self.black_since_ns = findings.black_since_ns
        self._doubtful_looks = _LOOKS_FOR_A_REFERENCE if findings.black_since_ns else 0
        self.view.lost_since_ns = findings.moved_since_ns if self._view_checked else 0

    def due(self, now_ns: int) -> bool:
        """Whether it is time to look again; looking costs some 80 µs."""
        return now_ns >= self._next_ns

    def look(self, luma: Luma, now_ns: int) -> None:
        """Compare with the pictures looked at before. The pixels are copied as far as they are needed later."""
        self._next_ns = now_ns + self._every_ns
        pixels = luma[:: max(1, luma.shape[0] // _ROWS)].tobytes()
        if pixels != self._pixels:
            self.last_change_ns = now_ns if self._pixels else now_ns - self._unchanged_ns
            self._pixels = pixels
        thumb = thumbnail(luma)
        if self._shows_nothing(thumb) or (self._view_checked and self.view.covered(thumb)):
            self.black_since_ns = self.black_since_ns or now_ns
            return
        self._doubtful_looks = max(0, self._doubtful_looks - 1) if self.view.reference is None else 0
        if not self._doubtful_looks:
            self.black_since_ns = 0
        if self._view_checked and self._looks % self._view_every == 0:
            self.view.look(thumb, now_ns)
        self._looks += 1

    def expect(self, reference: SceneReference | None) -> None:
        """The reference of this camera, from an earlier run; None: what is seen now is right, and is learnt anew."""
        self.view.expect(reference)
        if reference is None:
            self.black_since_ns = 0

    def take_learnt(self) -> SceneReference | None:
        """A reference that is new and should be kept; once."""
        if not self.view.learnt:
            return None
        self.view.learnt = False
        return self.view.reference

    def _shows_nothing(self, thumb: Luma) -> bool:
        mean, deviation = (float(found[0, 0]) for found in cv2.meanStdDev(thumb))
        rule = self._black
        return deviation < rule.flat_deviation or (deviation < rule.dark_deviation and mean < rule.dark_mean)


def prepare() -> None:
    """Do everything once, so that nothing is loaded later, and start no threads."""
    cv2.setNumThreads(1)
    rule = SceneRule(settle=1, learn=2)
    watch = PictureMonitor(view_every=1, view=rule)
    ramp = np.add.outer(np.arange(4 * SKETCH_HEIGHT), np.arange(4 * SKETCH_WIDTH))
    for number, luma in enumerate((ramp % 251, ramp % 251, ramp.max() - ramp, ramp * 0)):
        watch.look(np.asarray(luma % 256, np.uint8), number + 1)
