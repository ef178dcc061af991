"""Load shedding against a model of a machine of two cores that others use, too."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.clocks import FakeClock
from tmcwall.domain.camera import Profile
from tmcwall.domain.health import DecodePlan
from tmcwall.video.engine.budget import workload
from tmcwall.video.engine.budget.load_shedder import LoadShedder, Machine
from tmcwall.video.engine.budget.load_shedding import Patience
from tmcwall.video.engine.budget.plan import Demand, StreamPlan
from tmcwall.video.engine.stream_routing import Channel
from tmcwall.video.ipc.messages import DecodedReport
from tmcwall.video.sessions.access_unit_source import StreamKey, StreamState

pytestmark = pytest.mark.no_cover  # hours of a model's time, of lines that test_rationing covers

CORES = 2.0
FPS = 25
TILE = 320 * 180
PICTURE_S = 0.9e-3
"""A picture of 640x360 in its decoder."""
KEY_FRAME = 3.1
PATIENCE = Patience()
ONE = Demand(visible=True, fps=FPS, picture_s=workload.picture_seconds(decode_s=PICTURE_S, tile_pixels=TILE))
WORK = {plan: workload.work({0: ONE}, {0: StreamPlan(plan)}) for plan in DecodePlan}
LONGEST_BACKLOG_S = 1.0
"""Then decoders skip to the newest key frame."""


class Desk:
    """A wall, its streams, and the machine: `others` gives what other programs want of its cores at each second.

    `cost` is how much dearer a picture is on the screen and the network than `workload` expects. Plans come into force
    with the next key frame, up to `gop_s` later. What the cores cannot do is late.
    """

    def __init__(self, count, *, others, cost=1.0, gop_s=1, priority=1):
        self.keys = [StreamKey(f"cam{number}", Profile.SUB) for number in range(count)]
        self.now_s = 0
        self.clock = FakeClock()
        self.lag_s = 0.0
        self.levels = []
        self.lags = []
        self.used = []
        """Of what others leave, each second."""
        self._others = others
        self._cost = cost
        self._gop_s = gop_s
        self._priority = priority
        self._stream = SimpleNamespace(state=StreamState(), frame_interval_s=1 / FPS)
        self._channels = [Channel(key, 0) for key in self.keys]
        self._in_force = {}
        self._idle = 1.0
        self._backlog_s = 0.0
        self.load_shedder = LoadShedder(
            self,
            stream=lambda key: self._stream,  # type: ignore[arg-type, return-value]  # and this what it asks of a stream
            machine=Machine(cores=CORES, idle=lambda: self._idle),
            patience=PATIENCE,
            clock=self.clock,
        )

    # What the load shedder asks of the routing.

    def demands(self):
        return {
            (key, 0): Demand(visible=True, priority=number < self._priority, pixels=TILE, rank=(number, 0))
            for number, key in enumerate(self.keys)
        }

    def allot(self, plans):
        for number, channel in enumerate(self._channels):
            plan = plans[channel.key, 0].plan
            if channel.stream_plan.plan is not plan or channel.key not in self._in_force:
                wait_s = 1 + number % self._gop_s
                self._in_force.setdefault(channel.key, []).append((self.now_s + wait_s, plan))
            channel.stream_plan = plans[channel.key, 0]

    def lags_s(self):
        return [self.lag_s]

    def channels(self):
        return self._channels

    # The machine.

    def run(self, seconds):
        if not self.now_s:
            self.load_shedder.plan_streams()
            self._stream.state = StreamState(connected=True, width=640, height=360)
        for _ in range(seconds):
            self.now_s += 1
            self.clock.advance(1)
            plans = [self._plan(channel.key) for channel in self._channels]
            self._work(plans)
            for channel, plan in zip(self._channels, plans, strict=True):
                self._report(channel, plan)
            self.load_shedder.weigh()
            self.levels.append(self.load_shedder.shedding)
        return self

    def plans(self, plan):
        return sum(channel.stream_plan.plan is plan for channel in self._channels)

    def narrowed_after_widening(self):
        """How often what was given back had to be taken away again."""
        changes = [after - before for before, after in pairwise(self.levels) if after != before]
        return sum(before < 0 < after for before, after in pairwise(changes))

    def _plan(self, key):
        coming = self._in_force[key]
        while len(coming) > 1 and coming[1][0] <= self.now_s:
            coming.pop(0)
        return coming[0][1] if coming[0][0] <= self.now_s else DecodePlan.KEY_FRAMES

    def _work(self, plans):
        wanted = self._cost * sum(WORK[plan] for plan in plans)
        others = min(CORES, self._others(self.now_s))
        ours = max(min(wanted, CORES / 2), CORES - others)
        """What we may use: half of the machine at least, for the system shares it out."""
        others = min(others, CORES - min(wanted, ours))
        self._backlog_s = min(LONGEST_BACKLOG_S, max(0.0, self._backlog_s + (wanted - ours) / max(wanted, 1e-9)))
        busy = min(CORES, others + min(ours, wanted + self._backlog_s * wanted))
        self._idle = 1.0 - busy / CORES
        self.lag_s = self._backlog_s + min(0.05, 0.003 / max(1e-3, self._idle))
        self.lags.append(self.lag_s)
        self.used.append(min(1.0, wanted / (CORES - self._others(self.now_s) or 1e-9)))

    def _report(self, channel, plan):
        before = channel.report.frames_decoded if channel.report is not None else 0
        key_frames = plan is DecodePlan.KEY_FRAMES
        share = 0.85 if plan is DecodePlan.NO_DEBLOCK else 1.0
        channel.report = DecodedReport(
            stream=1,
            frames_decoded=before + (1 if key_frames else FPS),
            errors=0,
            width=640,
            height=360,
            picture_us=int(1e6 * PICTURE_S * (KEY_FRAME if key_frames else share)),
        )


machines = settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])


@machines
@given(
    others=st.floats(0.0, 0.9),
    cost=st.floats(0.85, 1.25),
    gop_s=st.integers(1, 5),
    count=st.integers(80, 160),
)
def test_a_wall_comes_to_use_four_fifths_of_what_is_free_and_stays_there(others, cost, gop_s, count):
    desk = Desk(count, others=lambda now_s: others, cost=cost, gop_s=gop_s).run(180)
    before = desk.levels[-1]
    desk.run(60)
    assert set(desk.levels[-60:]) == {before}
    assert max(desk.lags[60:]) < PATIENCE.late_s
    assert desk.used[-1] >= 0.8 or desk.plans(DecodePlan.KEY_FRAMES) in {0, count - 1}


def test_a_quiet_machine_of_two_cores_shows_more_than_one_of_144_tiles_in_full():
    desk = Desk(144, others=lambda now_s: 0.45).run(60)
    assert desk.plans(DecodePlan.NO_DEBLOCK) >= 18
    assert desk.plans(DecodePlan.FULL) == 1


@machines
@given(before=st.floats(0.0, 0.6), after=st.floats(0.8, 1.0), cost=st.floats(0.75, 1.1))
def test_pictures_are_on_time_again_soon_after_others_begin_to_work(before, after, cost):
    desk = Desk(100, others=lambda now_s: before if now_s < 120 else after, cost=cost).run(120)
    desk.run(30)
    assert max(desk.lags[-15:]) < PATIENCE.late_s


def test_tiles_come_back_when_others_have_done():
    desk = Desk(144, others=lambda now_s: 1.4 if now_s < 300 else 0.2).run(300)
    narrow = desk.plans(DecodePlan.NO_DEBLOCK)
    desk.run(300)
    assert desk.plans(DecodePlan.NO_DEBLOCK) > narrow + 20


@pytest.mark.parametrize("period_s", [2, 15, 60, 300])
@pytest.mark.parametrize("high", [0.9, 1.7])
def test_a_load_that_comes_and_goes_does_not_make_tiles_flap(high, period_s):
    desk = Desk(120, others=lambda now_s: high if 2 * (now_s % period_s) < period_s else 0.2, gop_s=2).run(1200)
    doublings = 6
    assert desk.narrowed_after_widening() <= doublings + 1200 / PATIENCE.longest_fall_after_s


@machines
@given(loads=st.lists(st.floats(0.0, 2.0), min_size=20, max_size=60), gop_s=st.integers(1, 4))
def test_whatever_others_do_no_two_changes_come_within_the_time_that_one_needs_to_be_felt(loads, gop_s):
    desk = Desk(120, others=lambda now_s: loads[now_s // 10 % len(loads)], gop_s=gop_s).run(300)
    changes = [
        (second, after - before) for second, (before, after) in enumerate(pairwise(desk.levels)) if after != before
    ]
    gaps = [(later - sooner, change) for (sooner, _), (later, change) in pairwise(changes)]
    assert all(gap_s >= PATIENCE.rise_after_s for gap_s, _ in gaps)
    assert all(gap_s >= PATIENCE.fall_after_s for gap_s, change in gaps if change < 0)


@pytest.mark.parametrize("count", [36, 64])
def test_a_wall_that_the_machine_can_bear_is_left_alone(count):
    desk = Desk(count, others=lambda now_s: 0.1 * (now_s % 3)).run(300)
    assert set(desk.levels) == {0}
