"""The demo's day is played in step with a clock, and ends when the demo does."""

import threading
from dataclasses import dataclass, field

import pytest

from tests.clocks import FakeClock
from tmcwall.commands.demo import run_demo
from tmcwall.commands.demo_day import play
from tmcwall.commands.demo_options import DemoOptions
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.sim.day import Day, Event, Step
from tmcwall.sim.demo_scenario import DemoScenario
from tmcwall.sim.faults import make_order


class World(DemoScenario):
    """A city without a server."""

    def prepare_server(self, data, *, nrp, password, webhook_secret):
        raise AssertionError(data)

    def enrolment_code(self, data):
        raise AssertionError(data)


@dataclass
class Stage:
    """Writes down what is done, and sets `ended` at an event."""

    until: str = ""
    ended: threading.Event = field(default_factory=threading.Event)
    posted: list = field(default_factory=list)
    orders: list = field(default_factory=list)
    told: list = field(default_factory=list)

    def post(self, post):
        self.posted.append(post)

    def order_city(self, line):
        self.orders.append(line.split())

    def tell(self, event, at_s):
        self.told.append((event, at_s))
        if event == self.until:
            self.ended.set()


class Waits(threading.Event):
    """Waits by setting a clock, and keeps how long."""

    def __init__(self, clock):
        super().__init__()
        self.clock = clock

    def wait(self, timeout=None):
        self.clock.advance(timeout)
        return False


def test_each_step_comes_at_its_time_at_any_speed():
    clock, stage = FakeClock(), Stage()
    came = []
    began = clock.monotonic_ns()

    def posts():
        came.append(clock.monotonic_ns())
        return ()

    steps = [Step(Event.FLOOD, at_s, posts) for at_s in (60.0, 90.0, 600.0)]
    assert play(steps, stage, speed=60.0, clock=clock, ended=Waits(clock))
    assert [(ns - began) / 1e9 for ns in came] == pytest.approx([1.0, 1.5, 10.0])
    assert stage.told == [("banjir", 60.0), ("banjir", 90.0), ("banjir", 600.0)]


def test_a_whole_day_posts_its_reports_and_gives_the_city_orders_that_it_takes():
    clock, stage = FakeClock(), Stage()
    assert play(Day(clock=clock).steps(), stage, speed=1000.0, clock=clock, ended=Waits(clock))
    assert len(stage.posted) >= 10
    dark = {camera for word, camera, *_ in stage.orders if word == "fault"}
    assert dark == {camera for word, camera, *_ in stage.orders if word == "clear"}
    assert all(make_order(camera, fault[0]) for word, camera, *fault in stage.orders if word == "fault")


def test_a_day_ends_where_the_demo_does():
    clock, stage = SystemClock(), Stage(until="kecelakaan")
    assert not play(Day(clock=clock).steps(), stage, speed=1e6, clock=clock, ended=stage.ended)
    assert stage.told[-1][0] == "kecelakaan"


@pytest.mark.parametrize(("day", "cameras"), [(0.0, 16), (-1.0, 16), (1001.0, 16), (float("nan"), 16), (1.0, 15)])
def test_a_day_that_cannot_be_played_is_refused_before_anything_starts(day, cameras, tmp_path):
    options = DemoOptions(World(clock=SystemClock()), data_dir=tmp_path / "data", cameras=cameras, day_speed=day)
    with pytest.raises(DomainError) as refused:
        run_demo(options)
    assert refused.value.code is DomainCode.NUMBER_OUT_OF_RANGE
    assert not (tmp_path / "data").exists()
