"""Bodies without end: what comes evenly is shown as it comes, all else at its own pace, and the delay is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import mean

import pytest

from tmcwall.containers.track import CLOCK_RATE
from tmcwall.rtsp.rtp import AccessUnit
from tmcwall.video.sessions.body_pace import BodyPace, Coming
from tmcwall.video.sessions.playout import Playout

NS = 1_000_000_000
MS = 1_000_000
START = 10**12
RATE = 25


@dataclass
class Shown:
    """What a session makes of it: for each picture its number, when it was let go, and its schedule."""

    pace: BodyPace
    numbers: list[int] = field(default_factory=list)
    times_s: list[float] = field(default_factory=list)
    delays_s: list[float] = field(default_factory=list)
    """0 for what was handed on as it came: its timeline says that."""
    modes: list[Coming] = field(default_factory=list)

    def lasted(self, first: int, last: int) -> float:
        at = dict(zip(self.numbers, self.times_s, strict=True))
        return at[last] - at[first]

    def longest_gap_s(self, since_s: float) -> float:
        times = [time for time in self.times_s if time >= since_s]
        return max(after - before for before, after in pairwise(times))

    def delay_s(self, since_s: float) -> float:
        return mean(delay for time, delay in zip(self.times_s, self.delays_s, strict=True) if time >= since_s)


def watched(
    coming: Iterable[tuple[float, list[int]]],
    *,
    by_fragment: bool = False,
    own_time: Callable[[int], float] = lambda number: number / RATE,
) -> Shown:
    """`coming`: seconds, and the numbers of the pictures that come then."""
    playout = Playout()
    pace = BodyPace(playout, by_fragment=by_fragment)
    shown, numbers = Shown(pace), dict[int, int]()
    arrivals = iter(coming)
    upcoming = next(arrivals, None)
    for now_ms in range(0, 120_000, 5):
        now_ns = START + now_ms * MS

        def let_go(unit: AccessUnit, delay_s: float, now_s: float = now_ms / 1000) -> None:
            shown.numbers.append(numbers[len(shown.numbers)])
            shown.times_s.append(now_s)
            shown.delays_s.append(delay_s)

        while upcoming is not None and upcoming[0] <= now_ms / 1000:
            for number in upcoming[1]:
                numbers[len(numbers)] = number
                unit = AccessUnit(bytes(10), round(own_time(number) * CLOCK_RATE), False, False, 0, 0, False)
                (timed,) = pace.take([unit], now_ns)
                for ready in pace.put(timed, now_ns):
                    let_go(ready, 0.0)
            if not shown.modes or pace.coming is not shown.modes[-1]:
                shown.modes.append(pace.coming)
            upcoming = next(arrivals, None)
        while (due := playout.take(now_ns)) is not None:
            let_go(due.unit, (now_ns - due.schedule_ns) / NS)
        if upcoming is None and not playout:
            break
    return shown


def evenly(count: int, *, first: int = 0) -> Iterator[tuple[float, list[int]]]:
    for number in range(first, first + count):
        yield (number - first) / RATE, [number]


def in_bursts(length_s: float, seconds: float) -> Iterator[tuple[float, list[int]]]:
    size = round(length_s * RATE)
    for burst in range(round(seconds / length_s)):
        yield (burst + 1) * length_s, list(range(burst * size, (burst + 1) * size))


def behind_a_store(stored: int, count: int) -> Iterator[tuple[float, list[int]]]:
    """So many pictures at once that the server has kept, then as they are taken."""
    yield 0.0, list(range(stored))
    yield from ((at, numbers) for at, numbers in evenly(count, first=stored) if at > 0)


def test_what_comes_evenly_is_shown_as_it_comes() -> None:
    shown = watched(evenly(500))
    assert shown.modes == [Coming.OPENING, Coming.EVENLY]
    assert shown.times_s == pytest.approx([number / RATE for number in range(500)], abs=0.005)


def test_pictures_that_the_server_has_kept_do_not_delay_the_live_ones() -> None:
    shown = watched(behind_a_store(100, 200))
    assert shown.modes == [Coming.OPENING, Coming.EVENLY]
    late = [time - (number - 100) / RATE for number, time in zip(shown.numbers, shown.times_s, strict=True)]
    assert max(late[-150:]) < 0.01


@pytest.mark.parametrize("length_s", [0.6, 1.0, 2.0])
def test_bursts_are_shown_at_the_pace_of_their_own_clock_and_their_delay_is_that_of_a_burst(length_s: float) -> None:
    shown = watched(in_bursts(length_s, 40))
    assert shown.modes[-1] is Coming.IN_BURSTS
    assert shown.numbers == list(range(len(shown.numbers)))
    assert shown.longest_gap_s(since_s=14) <= 0.1
    assert shown.delay_s(since_s=20) == pytest.approx(length_s, abs=0.15)
    assert not shown.pace.is_correcting


def test_one_hiccup_of_the_network_is_no_burst() -> None:
    pictures = [(max(at, 8.0) if 6.0 < at <= 8.0 else at, numbers) for at, numbers in evenly(500)]
    assert watched(pictures).modes == [Coming.OPENING, Coming.EVENLY]


def test_what_comes_as_fast_as_it_is_read_is_shown_at_its_own_pace() -> None:
    shown = watched((number / 1000, [number]) for number in range(1000))
    assert shown.modes[-1] is Coming.AT_WILL
    assert shown.lasted(400, 900) == pytest.approx(20, rel=0.12)
    assert shown.pace.most_ahead_s < 5


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0, 40.0])
@pytest.mark.parametrize("length_s", [0.2, 1.0])
def test_fragments_whose_times_are_not_true_are_shown_as_fast_as_they_come(length_s: float, speed: float) -> None:
    shown = watched(in_bursts(length_s, 60), by_fragment=True, own_time=lambda number: number / RATE * speed)
    assert shown.pace.is_correcting
    assert shown.numbers == list(range(len(shown.numbers)))
    assert shown.lasted(750, 1450) == pytest.approx(28, rel=0.02)
    assert shown.delay_s(since_s=40) == pytest.approx(length_s, abs=0.15)


def test_fragments_whose_times_are_true_keep_them() -> None:
    shown = watched(in_bursts(1.0, 40), by_fragment=True)
    assert not shown.pace.is_correcting
    assert shown.longest_gap_s(since_s=1) <= 0.045
    assert shown.delay_s(since_s=2) == pytest.approx(1.0, abs=0.1)


def test_fragments_whose_times_start_over_with_each_go_on() -> None:
    shown = watched(in_bursts(1.0, 40), by_fragment=True, own_time=lambda number: number % RATE / RATE)
    assert shown.numbers == list(range(1000))
    assert shown.longest_gap_s(since_s=4) <= 0.1
    assert shown.pace.is_correcting


def test_a_burst_that_comes_late_is_that_much_older() -> None:
    shown = watched([(at + 0.5 * (at >= 20), numbers) for at, numbers in in_bursts(1.0, 24)], by_fragment=True)
    assert shown.delay_s(since_s=22) == pytest.approx(1.5, abs=0.1)
    assert shown.longest_gap_s(since_s=20.5) <= 0.045
