from datetime import UTC, datetime

import pytest

from tmcwall.video.ipc.suspend import SuspendDetector

S = 1_000_000_000


class Machine:
    """Both of its clocks."""

    def __init__(self):
        self.monotonic = 1000 * S
        self.boottime = 1400 * S

    def monotonic_ns(self):
        return self.monotonic

    def utc(self):
        return datetime.now(UTC)

    def works(self, seconds):
        self.monotonic += int(seconds * S)
        self.boottime += int(seconds * S)

    def sleeps(self, seconds):
        self.boottime += int(seconds * S)


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def watch(machine):
    return SuspendDetector(machine, boot_clock_ns=lambda: machine.boottime)


def test_a_machine_that_works_has_not_slept(machine, watch):
    machine.works(3600)
    assert watch.look() == 0
    assert watch.slept_since_ns(machine.monotonic - 10 * S) == 0


def test_a_sleep_is_noticed_once(machine, watch):
    machine.works(1)
    machine.sleeps(600)
    machine.works(0.1)
    assert watch.look() == pytest.approx(600)
    assert watch.look() == 0


def test_what_was_before_a_sleep_is_older_by_it_and_what_came_after_is_not(machine, watch):
    before = machine.monotonic
    machine.sleeps(600)
    machine.works(0.1)
    watch.look()
    machine.works(60)
    between = machine.monotonic
    machine.works(1)
    machine.sleeps(60)
    watch.look()
    machine.works(1)
    assert watch.slept_since_ns(before) == 660 * S
    assert watch.slept_since_ns(between) == 60 * S
    assert watch.slept_since_ns(machine.monotonic) == 0


def test_the_step_of_two_clocks_that_are_read_one_after_the_other_is_no_sleep(machine, watch):
    machine.sleeps(0.2)
    assert watch.look() == 0
