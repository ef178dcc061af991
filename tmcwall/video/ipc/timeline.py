"""A stream's own clock on ours: when each access unit is due, and how far apart pictures are."""

from __future__ import annotations

from collections import Counter, deque
from itertools import islice
from typing import Final, NamedTuple

from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.rtp import AccessUnit

NS: Final = 1_000_000_000
_STEPS: Final = 10
"""Into so many parts the window of a timeline is cut: it forgets one part at a time."""
NO_RUN: Final = 0
"""Of a timeline that nothing has been placed on yet."""
_NOTHING: Final = 1 << 64
"""In a part of the window in which nothing came."""
_LARGEST_OFFSET_MS: Final = 2_147_483_647
"""25 days; a camera that is further off was never set."""
UNTRUE: Final = 0.02
"""By more than this part a stream's own clock and the arrival of its pictures may not drift apart."""
_APART: Final = 4
"""Steps between two offsets whose difference is the drift: a single change of the delay is never in all of them."""
_COMPARED: Final = 3
"""So many such differences are wanted."""
_STANDING: Final = 16
"""So many pictures in a row whose time is not newer: that clock stands still."""
_LEAPS: Final = 3
"""So many leaps of the clock, each within the window of the one before: that clock says nothing."""
_SMOOTHING: Final = 8
"""By this part a picture that is due by its arrival follows it."""
_MEAN_OF: Final = 32
"""Over so many intervals their mean goes, nearly."""
_EVENED_NS: Final = NS // 4
"""A picture is due at most so long before it came, where only its arrival tells when."""


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
    by_arrival: bool = False
    """The stream's own clock is not believed."""
    end_unproven: bool = False
    """It may be a part of a key picture: the rest would come next."""


class ArrivalPace:
    """When pictures are due of which only the arrival is known: as evenly as that allows, and never after it."""

    def __init__(self) -> None:
        self.interval_s = 0.0
        """A slow mean of the distance between arrivals; 0 until there are two."""
        self._arrival_ns: int | None = None
        self._due_ns = 0
        self._steps = 0

    def place(self, arrival_ns: int) -> int:
        """When the picture that arrived then is due, in monotonic nanoseconds."""
        before_ns, self._arrival_ns = self._arrival_ns, arrival_ns
        if before_ns is None:
            self._due_ns = arrival_ns
            return arrival_ns
        self._steps = min(self._steps + 1, _MEAN_OF)
        self.interval_s += ((arrival_ns - before_ns) / NS - self.interval_s) / self._steps
        due_ns = self._due_ns + int(self.interval_s * NS)
        due_ns += (arrival_ns - due_ns) // _SMOOTHING
        self._due_ns = max(self._due_ns, min(arrival_ns, max(due_ns, arrival_ns - _EVENED_NS)))
        return self._due_ns


class Timeline:
    """Maps one run of RTP time to monotonic time by its least-delayed packet of the last seconds.

    The offset between both clocks is the smallest delay seen within `window_s`, so that it follows a camera clock that
    runs slow or fast, and a camera that begins with old pictures or changes its own delay.

    A clock that drifts away from the arrival by more than `UNTRUE` throughout that window, that stands still, or that
    leaps again and again is not believed: pictures are then due as they arrive, until both agree for a window again.
    """

    def __init__(
        self,
        clock_rate: int,
        *,
        window_s: float = 10.0,
        jump_s: float = 5.0,
        backward_s: float = 1.0,
        paced: bool = False,
        expected_interval_s: float = 0.04,
    ) -> None:
        """`backward_s`: pictures may come out of order by less; by more the camera's clock runs backward. `paced`: it
        is that clock by which they are let go, so that it is always believed.
        """
        self._is_paced = paced
        self._expected_interval_s = expected_interval_s
        self._clock_rate = clock_rate
        self._step_ns = int(window_s * NS / _STEPS)
        self._jump_ns = int(jump_s * NS)
        self._backward = int(backward_s * clock_rate)
        self._window_ns = _STEPS * self._step_ns
        self.run = NO_RUN
        """The milliseconds of our monotonic clock at which this run began, 32 bits."""
        self.by_arrival = False
        """Whether the stream's own clock is not believed."""
        self._pace = ArrivalPace()
        self._leaps = 0
        self._last_leap_ns = 0
        self._base_ns: int | None = None
        self._least_ns: deque[int] = deque(maxlen=_STEPS)
        """The smallest offset of each step of the window; the last step is the present one."""
        self._next_step_ns = 0
        self._last_rtp = 0
        self._last_arrival_ns = 0
        self._number = 0
        self._previous: TimedUnit | None = None
        self._newest_rtp = 0
        self._since_newest = 0
        self._interval = 0.0
        self._intervals = 0

    @property
    def frame_interval_s(self) -> float:
        """A slow mean of the distance between pictures; what was expected until there are two."""
        return (self._pace.interval_s if self.by_arrival else self._interval) or self._expected_interval_s

    @property
    def has_interval(self) -> bool:
        """Whether it is measured already."""
        return self._intervals > 0 or self._pace.interval_s > 0

    def pace(self, *, paced: bool) -> None:
        """From now on pictures are let go by the stream's own clock, or no longer."""
        self._is_paced = paced
        if paced:
            self.by_arrival = False

    def note_rate(self, oddities: Counter[Oddity]) -> None:
        """Once, that the stream's own clock is not believed."""
        if self.by_arrival and not oddities[Oddity.RATE]:
            oddities[Oddity.RATE] += 1

    def restart(self) -> None:
        """The RTP time before and after this moment have nothing to do with each other."""
        self._base_ns = None

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
                opening=False, continues=True, until_whole=0, end_unproven=False,
            )  # fmt: skip
        before = self.run
        placed_ns = self.place(unit.timestamp, arrival_ns)
        run = self.run
        self._number += 1
        timed = self._previous = TimedUnit(
            unit.payload,
            unit.prefixed,
            unit.key,
            unit.damaged or run != before,
            unit.lost,
            run,
            unit.timestamp,
            placed_ns if schedule_ns is None else schedule_ns,
            arrival_ns,
            before == NO_RUN,
            self._number,
            until_whole=unit.until_whole,
            by_arrival=self.by_arrival,
            end_unproven=unit.end_unproven,
        )
        return timed

    def place(self, rtp: int, arrival_ns: int) -> int:
        """When the picture of that RTP time is due, in monotonic nanoseconds; never after its arrival."""
        if self.by_arrival:
            return self._place_by_arrival(rtp, arrival_ns)
        media_ns = rtp * NS // self._clock_rate
        base_ns = self._base_ns
        if base_ns is not None:
            step_ns = (rtp - self._last_rtp) * NS // self._clock_rate
            leapt = abs(step_ns) > self._jump_ns and abs(step_ns - arrival_ns + self._last_arrival_ns) > self._jump_ns
            if leapt or self._newest_rtp - rtp > self._backward:
                if self._leaps_again(arrival_ns):
                    return self._place_by_arrival(rtp, arrival_ns)
                base_ns = None
            else:
                self._measure_interval(rtp)
        offset_ns = arrival_ns - media_ns
        if base_ns is None:
            self._begin_run(rtp, arrival_ns)
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
        self._compare_clocks()
        passed = 1 + (arrival_ns - self._next_step_ns) // self._step_ns
        if passed >= _STEPS:
            self._least_ns.clear()
        else:
            self._least_ns.extend([_NOTHING] * (passed - 1))
        self._least_ns.append(offset_ns)
        self._next_step_ns += passed * self._step_ns
        return min(self._least_ns)

    def _begin_run(self, rtp: int, arrival_ns: int) -> None:
        self.run = arrival_ns // 1_000_000 & 0xFFFF_FFFF
        self._newest_rtp = rtp
        self._since_newest = 0
        self._least_ns.clear()
        self._next_step_ns = arrival_ns

    def _place_by_arrival(self, rtp: int, arrival_ns: int) -> int:
        """The same where the stream's own clock is not believed. It is still compared."""
        offset_ns = arrival_ns - rtp * NS // self._clock_rate
        if self._base_ns is None:
            self._begin_run(rtp, arrival_ns)
        if arrival_ns >= self._next_step_ns:
            self._base_ns = self._begin_step(offset_ns, arrival_ns)
        elif offset_ns < self._least_ns[-1]:
            self._least_ns[-1] = offset_ns
        self._last_rtp = rtp
        self._last_arrival_ns = arrival_ns
        return self._pace.place(arrival_ns)

    def _leaps_again(self, arrival_ns: int) -> bool:
        """Note a leap of the stream's clock; whether it has leapt so often that it says nothing."""
        self._leaps = self._leaps + 1 if arrival_ns - self._last_leap_ns < self._window_ns else 1
        self._last_leap_ns = arrival_ns
        if self._leaps >= _LEAPS:
            self._distrust()
        return self.by_arrival

    def _compare_clocks(self) -> None:
        """Whether the stream's clock kept up with ours throughout the window that ends now."""
        least = self._least_ns
        if len(least) < _STEPS:
            return
        pairs = zip(least, islice(least, _APART, None), strict=False)
        drifts = [later - earlier for earlier, later in pairs if _NOTHING not in {earlier, later}]
        if len(drifts) < _COMPARED:
            return
        tolerated_ns = UNTRUE * _APART * self._step_ns
        slowest, fastest, mean = min(drifts), max(drifts), sum(drifts) / len(drifts)
        if self.by_arrival:
            if -tolerated_ns / 2 < slowest and fastest < tolerated_ns / 2:
                self.by_arrival = False
                self._leaps = 0
                self._newest_rtp, self._since_newest = self._last_rtp, 0
        elif abs(mean) > tolerated_ns and (slowest > tolerated_ns / 2 or fastest < -tolerated_ns / 2):
            self._distrust()

    def _distrust(self) -> None:
        if not self._is_paced:
            self.by_arrival = True
            self._pace = ArrivalPace()

    def _measure_interval(self, rtp: int) -> None:
        """Pictures may come out of order, so only the newest time counts, over all pictures since the one before."""
        self._since_newest += 1
        step = rtp - self._newest_rtp
        if step <= 0:
            if self._since_newest >= _STANDING and -step * _STANDING < self._clock_rate:
                self._distrust()
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
