"""Pictures that come in bursts, a segment at a time, released one by one at the pace of their own clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

from tmcwall.containers.track import CLOCK_RATE
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.ipc.timeline import NS

_TICK_NS: Final = NS / CLOCK_RATE
_LARGEST_STEP: Final = 5 * CLOCK_RATE
_USUAL_STEP: Final = CLOCK_RATE // 25
_REORDERED: Final = 16
"""Pictures come in decoding order; those between two that follow each other on the screen are at most so many."""
_LATE_NS: Final = NS // 4
"""Pictures that are later than this move all that follow: nothing is hurried over a gap."""
_UNDERRUN_NS: Final = NS // 20
"""Where the queue was empty for longer, what comes is shown from then on by so much later, and evenly."""
_SCHEDULE_STEP_NS: Final = 300_000
"""By so much a picture the schedule follows a changed delay: the wall's own rhythm follows no faster."""
_HURRY: Final = 10
"""Where too much waits, every picture comes sooner by this part of its time."""


class Due(NamedTuple):
    """A picture whose time has come."""

    unit: AccessUnit
    schedule_ns: int
    """When it would have been due at the source's newest."""


@dataclass(slots=True)
class _Waiting:
    unit: AccessUnit
    order: int
    """The least presentation time from here on, in ticks: decoding has to come this early."""


class Playout:
    """The queue between the network and everybody else. Times are monotonic nanoseconds.

    The first picture is due at once. A picture that comes too late is due at once as well, and the delay of those after
    it grows by that much; it shrinks again, slowly, while more than `most_ahead_s` waits.
    """

    def __init__(self, *, most_ahead_s: float | None = None) -> None:
        """`most_ahead_s` None: nothing is live, so that nothing hurries."""
        self.most_ahead_s = most_ahead_s
        self.behind_ns = 0
        """How much later pictures are due than they could have been at the source's newest: the delay we add."""
        self._scheduled_ns = 0
        """How much of that the schedule includes so far."""
        self.size = 0
        """Bytes that wait."""
        self._waiting: deque[_Waiting] = deque()
        self._ahead = 0
        self._newest: int | None = None
        self._last_order: int | None = None
        """Of the picture that was released last."""
        self._due_ns = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def ahead_s(self) -> float:
        """How long what waits will last, nearly."""
        return self._ahead / CLOCK_RATE

    def put(self, unit: AccessUnit) -> None:
        """Take a picture, in decoding order."""
        timestamp = unit.timestamp
        for count, waiting in enumerate(reversed(self._waiting)):
            if waiting.order <= timestamp or waiting.order - timestamp > CLOCK_RATE or count == _REORDERED:
                break
            waiting.order = timestamp
        self._waiting.append(_Waiting(unit, timestamp))
        self.size += len(unit.payload)
        step = timestamp - self._newest if self._newest is not None else 0
        if not -CLOCK_RATE < step < 0:
            self._newest = timestamp
            self._ahead += step if 0 <= step <= _LARGEST_STEP else _USUAL_STEP

    def begin(self, behind_s: float) -> None:
        """What comes next is that far behind the newest picture of the source."""
        self.behind_ns = int(behind_s * NS)
        if self._last_order is None:
            self._scheduled_ns = self.behind_ns

    def limit_behind(self, most_s: float) -> None:
        """The source cannot be further ahead than that: pictures were late because their own times are too short."""
        self.behind_ns = min(self.behind_ns, int(most_s * NS))

    def note_newest(self, now_ns: int, *, late_ns: int) -> None:
        """What came last is the newest that the source has, and came that much later than it could have. It is shown
        once all before it is.
        """
        due_ns = self.next_ns(now_ns)
        overdue_ns = 0 if due_ns is None else max(0, now_ns - due_ns)
        if overdue_ns > _UNDERRUN_NS:
            self._due_ns += overdue_ns
            overdue_ns = 0
        self.behind_ns = max(0, int(self.ahead_s * NS) + late_ns - overdue_ns)
        if abs(self.behind_ns - self._scheduled_ns) > _LATE_NS:
            self._scheduled_ns = self.behind_ns

    def take_all(self) -> list[AccessUnit]:
        """All that waits, due or not: what comes next is due at once again."""
        units = [waiting.unit for waiting in self._waiting]
        self._waiting.clear()
        self.size = self._ahead = self.behind_ns = self._scheduled_ns = 0
        self._newest = self._last_order = None
        return units

    def next_ns(self, now_ns: int) -> int | None:
        """When the next picture is due; None while there is none."""
        if not self._waiting:
            return None
        return now_ns if self._last_order is None else self._due_ns + self._step_ns(self._waiting[0].order)

    def take(self, now_ns: int) -> Due | None:
        """The next picture, if it is due."""
        due_ns = self.next_ns(now_ns)
        if due_ns is None or due_ns > now_ns:
            return None
        if self._last_order is not None and now_ns - due_ns > _LATE_NS:
            self.behind_ns += now_ns - due_ns
            due_ns = now_ns
        first = self._waiting.popleft()
        self.size -= len(first.unit.payload)
        if self._last_order is not None:
            self._ahead -= _step(self._last_order, first.order)
        self._ahead = max(0, self._ahead) if self._waiting else 0
        if self._last_order is not None and self.most_ahead_s is not None and self.ahead_s > self.most_ahead_s:
            sooner_ns = min((due_ns - self._due_ns) // _HURRY, max(0, self.behind_ns))
            due_ns -= max(0, sooner_ns)
            self.behind_ns -= max(0, sooner_ns)
        self._due_ns = due_ns
        self._last_order = first.order
        self._scheduled_ns += max(-_SCHEDULE_STEP_NS, min(_SCHEDULE_STEP_NS, self.behind_ns - self._scheduled_ns))
        shown_ns = due_ns + int((first.unit.timestamp - first.order) * _TICK_NS)
        return Due(first.unit, shown_ns - self._scheduled_ns)

    def _step_ns(self, order: int) -> int:
        assert self._last_order is not None
        return int(_step(self._last_order, order) * _TICK_NS)


def _step(before: int, after: int) -> int:
    """Ticks from one picture to the next; a usual step where the clock jumps."""
    step = after - before
    return step if 0 <= step <= _LARGEST_STEP else _USUAL_STEP
