"""A stream's own clock on ours: when each access unit is due, and how far apart pictures are."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

from tmcwall.rtsp.rtp import AccessUnit

NS: Final = 1_000_000_000
_STEPS: Final = 10
"""Into so many parts the window of a timeline is cut: it forgets one part at a time."""
_MOST_REORDERED: Final = 32
"""So many pictures may come after one that is shown after them all: twice as many as a decoder holds back."""
NO_RUN: Final = 0
"""Of a timeline that nothing has been placed on yet."""
_NOTHING: Final = 1 << 64
"""In a part of the window in which nothing came."""
_LARGEST_OFFSET_MS: Final = 2_147_483_647
"""25 days; a camera that is further off was never set."""


class TimedUnit(NamedTuple):
    """One access unit as it came off the network, in time."""

    payload: bytes
    """Annex B; the first `prefixed` bytes are parameter sets that were put in front and not received here."""
    prefixed: int
    key: bool
    damaged: bool
    lost: int
    """Packets lost since the unit before."""
    run: int
    """Which timeline it belongs to: a new one begins with each connection and each jump of the camera's clock."""
    rtp: int
    schedule_ns: int
    """When it is due on our monotonic clock."""
    arrival_ns: int
    opening: bool = False
    """The first of a connection."""
    number: int = 0
    """Counts the units of a connection: with the run it names the unit, which its RTP time does not."""
    continues: bool = False
    """The rest of the picture that began with the unit before, whose end was not seen to be none."""
    until_whole: int = 0
    """Where decoding starts here, so many pictures later the first is whole."""


class Timeline:
    """Maps one run of RTP time to monotonic time by its least-delayed packet of the last seconds.

    The offset between both clocks is the smallest delay seen within `window_s`, so that it follows a camera clock that
    runs slow or fast, and a camera that begins with old pictures or changes its own delay. Pictures of a camera whose
    time stands still, or goes to and fro, go on from the one before by the time of their arrival.
    """

    def __init__(
        self, clock_rate: int, *, window_s: float = 10.0, jump_s: float = 5.0, backward_s: float = 1.0
    ) -> None:
        """`backward_s`: pictures may come out of order by less; by more the camera's clock runs backward."""
        self._clock_rate = clock_rate
        self._step_ns = int(window_s * NS / _STEPS)
        self._jump_ns = int(jump_s * NS)
        self._backward = int(backward_s * clock_rate)
        self.run = NO_RUN
        """The milliseconds of our monotonic clock at which this run began, 32 bits."""
        self._base_ns: int | None = None
        self._least_ns: deque[int] = deque(maxlen=_STEPS)
        """The smallest offset of each step of the window; the last step is the present one."""
        self._next_step_ns = 0
        self._last_rtp = 0
        self._last_arrival_ns = 0
        self._last_given_rtp: int | None = None
        """As it came from the camera."""
        self._stands = False
        self._number = 0
        self._previous: TimedUnit | None = None
        self._newest_rtp = 0
        self._since_newest = 0
        self._interval = 0.0
        self._intervals = 0

    @property
    def frame_interval_s(self) -> float:
        """A slow mean of the distance between pictures; 0.04 until there are two."""
        return self._interval or 0.04

    def restart(self) -> None:
        """The RTP time before and after this moment have nothing to do with each other."""
        self._base_ns = None
        self._last_given_rtp = None
        self._stands = False

    def timed(self, unit: AccessUnit, arrival_ns: int, schedule_ns: int | None = None) -> TimedUnit:
        """A unit in its time; `schedule_ns` where it is known better when it is due. Runs for every picture.

        The first of a new run is damaged: what it rests on is of another time.
        """
        if unit.discontinuity:
            self.restart()
        previous = self._previous
        if unit.continues and previous is not None:
            return previous._replace(
                payload=unit.payload, prefixed=0, key=False, damaged=True, lost=unit.lost, arrival_ns=arrival_ns,
                opening=False, continues=True, until_whole=0,
            )  # fmt: skip
        before = self.run
        rtp = unit.timestamp
        if rtp == self._last_given_rtp or self._stands:
            rtp = self._last_rtp + max(1, (arrival_ns - self._last_arrival_ns) * self._clock_rate // NS)
        self._last_given_rtp = unit.timestamp
        placed_ns = self.place(rtp, arrival_ns)
        if self._since_newest > _MOST_REORDERED:
            self._stands = True
        run = self.run
        self._number += 1
        timed = self._previous = TimedUnit(
            unit.payload,
            unit.prefixed,
            unit.key,
            unit.damaged or run != before,
            unit.lost,
            run,
            rtp,
            placed_ns if schedule_ns is None else schedule_ns,
            arrival_ns,
            before == NO_RUN,
            self._number,
            until_whole=unit.until_whole,
        )
        return timed

    def place(self, rtp: int, arrival_ns: int) -> int:
        """When the picture of that RTP time is due, in monotonic nanoseconds; never after its arrival."""
        media_ns = rtp * NS // self._clock_rate
        base_ns = self._base_ns
        if base_ns is not None:
            step_ns = (rtp - self._last_rtp) * NS // self._clock_rate
            leapt = abs(step_ns) > self._jump_ns and abs(step_ns - arrival_ns + self._last_arrival_ns) > self._jump_ns
            if leapt or self._newest_rtp - rtp > self._backward:
                base_ns = None
            else:
                self._measure_interval(rtp)
        offset_ns = arrival_ns - media_ns
        if base_ns is None:
            self.run = arrival_ns // 1_000_000 & 0xFFFF_FFFF
            self._newest_rtp = rtp
            self._since_newest = 0
            self._least_ns.clear()
            self._next_step_ns = arrival_ns
            base_ns = offset_ns
        if arrival_ns >= self._next_step_ns:
            base_ns = self._begin_step(offset_ns, arrival_ns)
        elif offset_ns < base_ns:
            base_ns = self._least_ns[-1] = offset_ns
        elif offset_ns < self._least_ns[-1]:
            self._least_ns[-1] = offset_ns
        self._base_ns = base_ns
        self._last_rtp = rtp
        self._last_arrival_ns = arrival_ns
        return base_ns + media_ns

    def _begin_step(self, offset_ns: int, arrival_ns: int) -> int:
        """Forget what is older than the window; the answer is the smallest offset of what remains."""
        passed = 1 + (arrival_ns - self._next_step_ns) // self._step_ns
        if passed >= _STEPS:
            self._least_ns.clear()
        else:
            self._least_ns.extend([_NOTHING] * (passed - 1))
        self._least_ns.append(offset_ns)
        self._next_step_ns += passed * self._step_ns
        return min(self._least_ns)

    def _measure_interval(self, rtp: int) -> None:
        """Pictures may come out of order, so only the newest time counts, over all pictures since the one before."""
        self._since_newest += 1
        step = rtp - self._newest_rtp
        if step <= 0:
            return
        interval = step / self._clock_rate / self._since_newest
        self._newest_rtp = rtp
        self._since_newest = 0
        if interval < 60:
            self._intervals = min(self._intervals + 1, 16)
            self._interval += (interval - self._interval) / self._intervals


def clock_offset_ms(camera_unix_s: float, our_unix_s: float) -> int | None:
    """Camera clock minus ours; None where the camera's clock was never set."""
    offset_ms = round((camera_unix_s - our_unix_s) * 1000)
    return offset_ms if abs(offset_ms) <= _LARGEST_OFFSET_MS else None
