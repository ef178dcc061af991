"""How a camera has been doing: its changes of state over months, without what a flapping link would make of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState
from tmcwall.domain.source import SessionKind


class CameraState(StrEnum):
    """What is written down of a camera. Short of `TileState`: what the workstation chose not to do is not known."""

    WORKING = "working"
    """Live, or reduced by us."""
    MOVED = "moved"
    LOST = "lost"
    FROZEN = "frozen"
    BLACK = "black"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    OUTAGE = "outage"
    UNSTABLE = "unstable"
    """It came and went too often to write down each time; `changes` and `up_s` of the next row say how often."""
    UNKNOWN = "unknown"
    """Nobody looked: not shown, paused, in quarantine, or the program did not run."""


UP: Final = frozenset({CameraState.WORKING, CameraState.MOVED})
"""A picture came. Where it looks to is another question, which the history answers, too."""
DOWN: Final = frozenset({
    CameraState.LOST, CameraState.FROZEN, CameraState.BLACK, CameraState.REFUSED, CameraState.UNSUPPORTED,
})  # fmt: skip

_OF_TILE: Final = {
    TileState.LIVE: CameraState.WORKING,
    TileState.REDUCED: CameraState.WORKING,
    TileState.STALE: CameraState.LOST,
    TileState.LOST: CameraState.LOST,
    TileState.FROZEN: CameraState.FROZEN,
    TileState.BLACK: CameraState.BLACK,
    TileState.MOVED: CameraState.MOVED,
    TileState.REFUSED: CameraState.REFUSED,
    TileState.UNSUPPORTED: CameraState.UNSUPPORTED,
    TileState.OUTAGE: CameraState.OUTAGE,
}


def camera_state(state: TileState) -> CameraState:
    """What a tile's state says of its camera."""
    return _OF_TILE.get(state, CameraState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class HealthChange:
    """From `at` on a camera was in that state. What lies between the change before and this one is summed up in it."""

    camera_id: str
    at: datetime
    state: CameraState
    cause: FaultCode | None = None
    changes: int = 0
    """How often the state really changed since the change before, this one included."""
    up_s: float = 0.0
    """Seconds with a picture since the change before."""
    known_s: float = 0.0
    """Seconds since the change before in which it is known how the camera did."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a camera's clock said. `offset_ms` is the camera's clock minus ours; None: it sent no sender reports."""

    camera_id: str
    at: datetime
    offset_ms: int | None


@dataclass(frozen=True, slots=True)
class CodecChange:
    """A camera's stream came with another codec than the last time it was open, in this run of the program or not."""

    camera_id: str
    at: datetime
    profile: Profile
    codec: str
    before: str = ""
    """Empty where it is the first that is known."""


@dataclass(frozen=True, slots=True)
class ReaderChange:
    """A camera's stream is read in another way than before, in this run of the program or not, and why."""

    camera_id: str
    at: datetime
    profile: Profile
    session: SessionKind
    cause: FaultCode | None = None


CLOCK_WARNING_MS: Final = 2000
"""A camera clock that is further off is named: footage of several cameras would not lie side by side by it."""


def clock_is_off(offset_ms: int | None) -> bool:
    """Whether an officer must be told of that offset."""
    return offset_ms is not None and abs(offset_ms) > CLOCK_WARNING_MS


@dataclass(frozen=True, slots=True)
class Steadiness:
    """When a change is written down. A test shortens these by constructor argument."""

    settle_s: float = 5.0
    """A state that ends sooner is not written down, but counted."""
    changes: int = 6
    within_s: float = 600.0
    """A camera with so many changes within that time is unstable,"""
    calm_s: float = 120.0
    """until one state has lasted that long."""
    summary_s: float = 300.0
    """So often an unstable camera is summed up."""


class Diary:
    """One camera's states as they come, turned into the changes worth writing down.

    Times: `at` in UTC is written, `now_s` of the monotonic clock is measured with, so that a clock that is set and a
    machine that slept make no uptime. Every change is counted, in `changes` and in `up_s`, written down or not.
    """

    def __init__(self, camera_id: str, *, rule: Steadiness | None = None) -> None:
        self.written = CameraState.UNKNOWN
        """The state that was last written down."""
        self._camera_id = camera_id
        self._rule = rule or Steadiness()
        self._state = CameraState.UNKNOWN
        self._cause: FaultCode | None = None
        self._begun: tuple[datetime, float] | None = None
        """When the present state began, or a summary was written in it."""
        self._last_s: float | None = None
        self._changes = 0
        self._up_s = self._known_s = 0.0
        self._up_before_s = self._known_before_s = 0.0
        """The part of both that lies before the present state."""
        self._flips: deque[float] = deque(maxlen=self._rule.changes)
        self._summary_s = 0.0

    @property
    def idle(self) -> bool:
        """Whether nothing will come of it without another state."""
        return self._state is self.written is CameraState.UNKNOWN

    def note(
        self, state: CameraState, *, cause: FaultCode | None = None, at: datetime, now_s: float
    ) -> HealthChange | None:
        """The state now; call it with every change, and every second or so without one."""
        self._measure(now_s)
        if state is not self._state or self._begun is None:
            self._turn(state, at, now_s)
        if state in DOWN:
            self._cause = cause or self._cause
        assert self._begun is not None
        lasted_s = now_s - self._begun[1]
        if self.written is CameraState.UNSTABLE:
            if lasted_s >= self._rule.calm_s:
                self._flips.clear()
                return self._write(self._state, self._begun[0], rest=True)
            if now_s >= self._summary_s and lasted_s < self._rule.settle_s:
                return self._sum_up(at, now_s)
            return None
        full = len(self._flips) == self._flips.maxlen
        if full and now_s - self._flips[0] <= self._rule.within_s:
            return self._sum_up(at, now_s)
        if state is not self.written and lasted_s >= self._rule.settle_s:
            return self._write(state, self._begun[0], rest=True)
        return None

    def close(self, *, at: datetime, now_s: float) -> HealthChange | None:
        """The program ends: from here on nothing is known."""
        self._measure(now_s)
        if self.written is CameraState.UNKNOWN and not self._known_s:
            return None
        self._state, self._cause = CameraState.UNKNOWN, None
        return self._write(CameraState.UNKNOWN, at, rest=False)

    def _measure(self, now_s: float) -> None:
        passed_s = max(0.0, now_s - self._last_s) if self._last_s is not None else 0.0
        self._last_s = now_s
        if self._state in UP:
            self._up_s += passed_s
        if self._state in UP or self._state in DOWN:
            self._known_s += passed_s

    def _turn(self, state: CameraState, at: datetime, now_s: float) -> None:
        if self._begun is not None:
            self._changes += 1
            if CameraState.UNKNOWN not in {state, self._state}:
                self._flips.append(now_s)
        self._state, self._cause = state, None
        self._begun = (at, now_s)
        self._up_before_s, self._known_before_s = self._up_s, self._known_s

    def _sum_up(self, at: datetime, now_s: float) -> HealthChange:
        self._summary_s = now_s + self._rule.summary_s
        assert self._begun is not None
        written = self._write(CameraState.UNSTABLE, at, rest=False)
        self._begun = (at, self._begun[1])
        return written

    def _write(self, state: CameraState, at: datetime, *, rest: bool) -> HealthChange:
        """`rest`: what lies after `at` belongs to the next change."""
        up_s, known_s = (self._up_before_s, self._known_before_s) if rest else (self._up_s, self._known_s)
        change = HealthChange(
            self._camera_id,
            at,
            state,
            self._cause if state in DOWN else None,
            changes=self._changes,
            up_s=round(up_s, 1),
            known_s=round(known_s, 1),
        )
        self.written = state
        self._changes = 0
        self._up_s, self._known_s = self._up_s - up_s, self._known_s - known_s
        self._up_before_s = self._known_before_s = 0.0
        return change


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds with a picture, of the seconds in which it is known how the camera did."""

    up_s: float = 0.0
    known_s: float = 0.0

    @property
    def share(self) -> float | None:
        """0..1; None where nothing is known."""
        return self.up_s / self.known_s if self.known_s > 0 else None

    def __add__(self, other: Uptime) -> Uptime:
        return Uptime(self.up_s + other.up_s, self.known_s + other.known_s)


@dataclass(frozen=True, slots=True)
class CameraHistory:
    """Of one camera in a range: its changes, and what its clock said, each with the one before the range."""

    changes: tuple[HealthChange, ...]
    clocks: tuple[ClockReading, ...]
    known_until: datetime | None
    """Up to when the program is known to have run; None if it never did."""
    codecs: tuple[CodecChange, ...] = ()
    readers: tuple[ReaderChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Uptimes:
    """Of the last day and of the last thirty days, with the last word of the camera's clock."""

    day: Uptime = Uptime()
    month: Uptime = Uptime()
    clock: ClockReading | None = None


DAY: Final = timedelta(days=1)
MONTH: Final = timedelta(days=30)


def uptime(changes: Sequence[HealthChange], *, since: datetime, until: datetime) -> Uptime:
    """Of one camera between two moments, from its changes in order, the last one before `since` among them.

    After the last change its state goes on until `until`, so that a caller passes no later moment than one at which
    the program is known to have run. Time in which nobody looked is neither up nor down.
    """
    found = Uptime()
    before: HealthChange | None = None
    for change in changes:
        length_s = (change.at - before.at).total_seconds() if before is not None else change.known_s
        begun = change.at - timedelta(seconds=length_s)
        part = _overlap_s(begun, change.at, since, until) / length_s if length_s > 0 else 0.0
        found += Uptime(change.up_s * part, change.known_s * part)
        before = change
    if before is not None and before.state in UP | DOWN:
        last_s = _overlap_s(before.at, until, since, until)
        found += Uptime(last_s if before.state in UP else 0.0, last_s)
    return found


def down_since(changes: Sequence[HealthChange]) -> datetime | None:
    """Since when a camera that was last seen without picture has had none; None for one that was seen with it.

    That nobody looked in between ends nothing.
    """
    found: datetime | None = None
    for change in reversed(changes):
        if change.state in DOWN:
            found = change.at
        elif change.state is not CameraState.UNKNOWN:
            break
    return found


def _overlap_s(begun: datetime, ended: datetime, since: datetime, until: datetime) -> float:
    return max(0.0, (min(ended, until) - max(begun, since)).total_seconds())
