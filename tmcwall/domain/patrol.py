"""The patrol guarantee: which cameras an officer has seen live, which not for too long, and what to look at next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.camera import Camera

SEEN_S: Final = 5.0
"""A live picture that stood so long before an officer on duty was seen; a shorter one was passed by."""
PROVEN_EVERY_S: Final = 600.0
"""A camera that stays on the wall is proven to be seen again and again, so often."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When a camera was last seen live, and by which officer (service number)."""

    at: datetime
    officer: str


@dataclass(frozen=True, slots=True)
class PatrolLine:
    """One camera in the list of what is to be looked at."""

    camera: Camera
    seen: Seen | None
    """None: not within the time that is remembered."""
    overdue: bool


class Looks:
    """Told about once a second which cameras stand live before an officer."""

    def __init__(self) -> None:
        self._since_ns: dict[str, int] = {}
        self._proven_ns: dict[str, int] = {}

    def look(self, live: AbstractSet[str], *, now_ns: int) -> tuple[str, ...]:
        """Those that are seen by now and have not been said so lately, in order. Pass none while nobody is on duty."""
        for camera in self._since_ns.keys() - live:
            del self._since_ns[camera]
        proven = []
        for camera in sorted(live):
            since_ns = self._since_ns.setdefault(camera, now_ns)
            last_ns = self._proven_ns.get(camera)
            again = last_ns is None or last_ns < since_ns or now_ns - last_ns >= PROVEN_EVERY_S * 1e9
            if now_ns - since_ns >= SEEN_S * 1e9 and again:
                self._proven_ns[camera] = now_ns
                proven.append(camera)
        return tuple(proven)


def patrol_lines(
    cameras: Iterable[Camera], seen: Mapping[str, Seen], *, now: datetime, within: timedelta
) -> tuple[PatrolLine, ...]:
    """Every camera, the longest unseen first; overdue are those that nobody has seen `within` that time."""

    def line(camera: Camera) -> PatrolLine:
        last = seen.get(camera.id)
        return PatrolLine(camera, last, overdue=last is None or now - last.at > within)

    def age(line: PatrolLine) -> tuple[bool, float, str]:
        return line.seen is not None, line.seen.at.timestamp() if line.seen else 0.0, line.camera.id

    return tuple(sorted(map(line, cameras), key=age))
