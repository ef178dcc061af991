"""What somebody draws over a clip: boxes with keys, and masks that cover a place all the time."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from tmcwall.domain.derived_copy import Box, Cover, KeyBox, Region
from tmcwall.evidence.redaction import Redaction

_SAME_MOMENT_S = 0.02
"""Two keys of one picture are one key."""


@dataclass(slots=True)
class DrawnBox:
    """Something that is covered from its first key on, to its end or that of the clip."""

    cover: Cover = Cover.SOLID
    keys: dict[float, Box] = field(default_factory=dict)
    ends_at_s: float | None = None

    @property
    def begins_at_s(self) -> float:
        return min(self.keys)

    def put(self, at_s: float, box: Box) -> None:
        """Here it is at that moment, whatever stood there before."""
        for other in [other for other in self.keys if abs(other - at_s) < _SAME_MOMENT_S]:
            del self.keys[other]
        self.keys[at_s] = box
        if self.ends_at_s is not None:
            self.ends_at_s = max(self.ends_at_s, at_s)

    def at(self, at_s: float) -> Box | None:
        """On the straight line between the keys: where it really goes, the copy finds out."""
        times = sorted(self.keys)
        place = bisect_right(times, at_s + _SAME_MOMENT_S)
        if not place or (self.ends_at_s is not None and at_s > self.ends_at_s + _SAME_MOMENT_S):
            return None
        first, last = times[place - 1], times[min(place, len(times) - 1)]
        part = (at_s - first) / (last - first) if last > first else 0.0
        return self.keys[first].towards(self.keys[last], min(1.0, max(0.0, part)))

    def region(self, clip_ends_at_s: float) -> Region:
        """Its last key holds to its end, and a little further than the clip for one without."""
        times = sorted(self.keys)
        keys = [KeyBox(at_s, self.keys[at_s]) for at_s in times]
        end = clip_ends_at_s + 1.0 if self.ends_at_s is None else self.ends_at_s
        if end > times[-1]:
            keys.append(KeyBox(end, self.keys[times[-1]]))
        return Region(tuple(keys), self.cover)


@dataclass(slots=True)
class RedactionPlan:
    boxes: list[DrawnBox] = field(default_factory=list)
    masks: list[Box] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.boxes and not self.masks

    def redaction(self, clip_ends_at_s: float) -> Redaction:
        return Redaction(tuple(box.region(clip_ends_at_s) for box in self.boxes), tuple(self.masks))
