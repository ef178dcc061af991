"""Whether a camera still looks where it looked: its view against a reference, from a small sketch of the picture.

A sketch holds the direction of every edge, its length limited, so that sunlight, night and rain change it little; its
mean over half a minute holds what stands still, for traffic and noise leave no trace in it. Directions are doubled in
angle: a wall that was brighter than the sky and is now darker keeps its edge.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.fft as fourier
import numpy.typing as npt

from tmcwall.domain.fault import Fault, FaultCode

Luma = npt.NDArray[np.uint8]
"""Brightness, shape (height, width)."""
Sketch = npt.NDArray[np.float32]
"""Doubled edge directions, shape (SKETCH_HEIGHT, SKETCH_WIDTH, 2), each of length 0..1."""

SKETCH_WIDTH: Final = 96
SKETCH_HEIGHT: Final = 54

_MOST_EXEMPLARS: Final = 4
_SKETCH_BYTES: Final = SKETCH_WIDTH * SKETCH_HEIGHT * 2
_HEAD: Final = struct.Struct("<4sBf")
_MAGIC: Final = b"TMV1"
_SCALE: Final = 127.0
_FAINT: Final = 24.0**2
"""Square of the gradient of an edge that counts half; noise lies well below."""
_BURNT_IN: Final = 6
"""Rows at the top and at the bottom where cameras write their name and the time, which never move."""


def thumbnail(luma: Luma) -> Luma:
    """The picture in SKETCH_HEIGHT x SKETCH_WIDTH; some 30 µs."""
    middle = cv2.resize(luma, (2 * SKETCH_WIDTH, 2 * SKETCH_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(middle, (SKETCH_WIDTH, SKETCH_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def sharpness(thumb: Luma) -> float:
    """Mean strength of edges, in steps of brightness."""
    edges = cv2.Laplacian(thumb[_BURNT_IN:-_BURNT_IN], cv2.CV_16S, ksize=1)
    return float(np.abs(edges).mean())


def sketch(thumb: Luma) -> Sketch:
    """The edges of a thumbnail."""
    across = cv2.Sobel(thumb, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(thumb, cv2.CV_32F, 0, 1)
    squares = across * across, down * down
    weight = 1.0 / (squares[0] + squares[1] + _FAINT)
    weight[:_BURNT_IN] = weight[-_BURNT_IN:] = 0.0
    return np.stack(((squares[0] - squares[1]) * weight, 2.0 * across * down * weight), axis=-1)


def likeness(one: Sketch, other: Sketch) -> float:
    """-1..1: 1 the same edges, 0 nothing to do with each other."""
    length = np.sqrt(np.vdot(one, one) * np.vdot(other, other))
    return float(np.vdot(one, other) / length) if length else 0.0


def likeness_nearby(one: Sketch, other: Sketch, *, reach: int = 2) -> float:
    """The greatest likeness when one is shifted by up to `reach` pixels of the sketch: a mast sways."""
    length = np.sqrt(np.vdot(one, one) * np.vdot(other, other))
    if not length:
        return 0.0
    spectra = [fourier.fft2(field[..., 0] + 1j * field[..., 1]) for field in (one, other)]
    surface = fourier.ifft2(spectra[0] * np.conj(spectra[1])).real
    near = np.roll(surface, (reach, reach), axis=(0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    return float(near.max() / length)


@dataclass(frozen=True, slots=True)
class SceneReference:
    """What a camera is to show: the same view in up to four lights, the first the one that was learnt or accepted."""

    exemplars: tuple[Sketch, ...]
    sharpness: float

    def pack(self) -> bytes:
        """For a file; at most messages.LARGEST_VIEW."""
        body = b"".join(np.rint(field * _SCALE).astype(np.int8).tobytes() for field in self.exemplars)
        return _HEAD.pack(_MAGIC, len(self.exemplars), self.sharpness) + body

    @classmethod
    def unpack(cls, data: bytes) -> SceneReference:
        """Raises Fault(PROTOCOL_BROKEN) for anything that `pack` does not make."""
        if len(data) < _HEAD.size:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "reference picture cut short", retryable=False)
        magic, count, usual = _HEAD.unpack_from(data)
        expected = _HEAD.size + count * _SKETCH_BYTES
        if magic != _MAGIC or not 0 < count <= _MOST_EXEMPLARS or len(data) != expected or not 0 <= usual < 1000:
            raise Fault(FaultCode.PROTOCOL_BROKEN, "no reference picture", retryable=False)
        fields = np.frombuffer(data, np.int8, offset=_HEAD.size).astype(np.float32) / np.float32(_SCALE)
        shaped = fields.reshape(count, SKETCH_HEIGHT, SKETCH_WIDTH, 2)
        return cls(tuple(shaped), usual)

    def with_light(self, exemplar: Sketch) -> SceneReference:
        """And that light. The first exemplar stays; of the others the oldest goes."""
        others = (*self.exemplars[1:], exemplar)[1 - _MOST_EXEMPLARS :]
        return SceneReference((self.exemplars[0], *others), self.sharpness)


@dataclass(frozen=True, slots=True)
class SceneRule:
    """Likenesses and counts of looks. Measured over the synthetic city at 300 kbit/s: the same view keeps 0.79 and
    more, the same street at night against day 0.27 and more; a view panned by 15 % of its width, tilted by 6 degrees
    or zoomed by a third has at most 0.12.
    """

    lost: float = 0.2
    """Below it is another view."""
    sure: float = 0.5
    """Below it is the same view in a light that is not known yet."""
    settle: int = 5
    """Looks until the mean of the present view says something."""
    learn: int = 12
    """Looks before a view is learnt, and before another light is."""
    fresh: float = 0.25
    """The part of the newest look in the present view."""
    blind: float = 0.4
    """Below this part of its usual sharpness a picture may be covered,"""
    alien: float = 0.55
    """and is, if it is so unlike what was there: mist takes contrast, but leaves the edges where they were."""


class SceneMonitor:
    """Follows one stream's view. Give it a look every few seconds.

    `learnt` says once that `reference` has changed and should be kept.
    """

    def __init__(self, rule: SceneRule | None = None) -> None:
        self.reference: SceneReference | None = None
        self.learnt = False
        self.lost_since_ns = 0
        """Since when it looks elsewhere; 0 while it does not."""
        self._rule = rule or SceneRule()
        self._present: Sketch | None = None
        self._looks = 0
        self._earlier: Sketch | None = None
        self._other_light = 0
        self._usual = 0.0

    def expect(self, reference: SceneReference | None) -> None:
        """Compare with that from now on; with None learn anew, whatever was usual: no view is lost."""
        self.reference = reference
        self._usual = 0.0
        if reference is None:
            self.lost_since_ns = 0
        self._looks = self._other_light = 0
        self._present = self._earlier = None

    def covered(self, thumb: Luma) -> bool:
        """Whether the lens is covered or blurred against what was seen before."""
        usual = self._known_sharpness
        if not usual or sharpness(thumb) >= self._rule.blind * usual:
            return False
        seen = sketch(thumb)
        known = [] if self._present is None or self._looks < self._rule.settle else [self._present]
        known += self.reference.exemplars if self.reference is not None else ()
        return bool(known) and max(likeness(seen, field) for field in known) < self._rule.alien

    def look(self, thumb: Luma, now_ns: int) -> None:
        """Take in a picture that is not covered."""
        rule = self._rule
        seen = sketch(thumb)
        self._looks += 1
        self._note_sharpness(sharpness(thumb))
        if self._present is None:
            self._present = seen
        else:
            self._present = np.asarray(self._present + rule.fresh * (seen - self._present), np.float32)
        if self._looks < rule.settle:
            return
        if self.reference is None:
            self._learn()
        else:
            self._compare(self.reference, self._present, now_ns)

    @property
    def _known_sharpness(self) -> float:
        return self._usual or (self.reference.sharpness if self.reference is not None else 0.0)

    def _note_sharpness(self, seen: float) -> None:
        usual = self._known_sharpness
        self._usual = usual + 0.05 * (seen - usual) if usual else seen

    def _learn(self) -> None:
        """Only a view that stays: one that is being turned is not learnt, nor one that is known to be lost."""
        assert self._present is not None
        if self.lost_since_ns:
            return
        if self._looks == self._rule.settle:
            self._earlier = self._present
        if self._looks < self._rule.learn or self._earlier is None:
            return
        if likeness_nearby(self._present, self._earlier) < self._rule.sure:
            self._looks, self._earlier = 0, None
            return
        self._keep(SceneReference((self._present,), self._usual))

    def _compare(self, reference: SceneReference, present: Sketch, now_ns: int) -> None:
        rule = self._rule
        alike = max(likeness(present, exemplar) for exemplar in reference.exemplars)
        if alike < rule.sure:
            alike = max(likeness_nearby(present, exemplar) for exemplar in reference.exemplars)
        if alike < rule.lost:
            self.lost_since_ns = self.lost_since_ns or now_ns
            self._other_light = 0
            return
        self.lost_since_ns = 0
        self._other_light = self._other_light + 1 if alike < rule.sure else 0
        if self._other_light >= rule.learn:
            self._other_light = 0
            self._keep(reference.with_light(present))

    def _keep(self, reference: SceneReference) -> None:
        # Through its own bytes, so that what is compared with now is what will be after a restart.
        self.reference = SceneReference.unpack(SceneReference(reference.exemplars, self._usual).pack())
        self.learnt = True
