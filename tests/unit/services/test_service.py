"""The services of a program start and stop together, and none of them keeps it from ending."""

import pytest

from tmcwall.services.service import Services


class Quiet:
    """A service without a thread: notes what it is asked."""

    def __init__(self, name, asked):
        self._name = name
        self.asked = asked

    def start(self):
        self.asked.append(f"start {self._name}")

    def stop(self):
        self.asked.append(f"stop {self._name}")


class Threaded(Quiet):
    """A service whose thread takes some seconds of the clock to end."""

    def __init__(self, name, asked, *, clock, takes_s):
        super().__init__(name, asked)
        self._clock = clock
        self._takes_s = takes_s

    def join(self, timeout_s):
        self.asked.append(f"join {self._name} {timeout_s:.1f}")
        self._clock.advance(min(self._takes_s, timeout_s))
        return self._takes_s <= timeout_s


@pytest.fixture
def asked():
    return []


@pytest.fixture
def services(asked, clock):
    return Services(
        Quiet("cameras", asked),
        Threaded("sync", asked, clock=clock, takes_s=10),
        Quiet("layouts", asked),
        Threaded("alarm", asked, clock=clock, takes_s=0),
    )


def test_services_start_in_their_order(services, asked):
    services.start()
    assert asked == ["start cameras", "start sync", "start layouts", "start alarm"]


def test_those_with_a_thread_are_asked_to_stop_first(services, asked):
    services.stop()
    assert asked == ["stop sync", "stop alarm", "stop cameras", "stop layouts"]


def test_their_threads_share_one_deadline_and_one_that_hangs_is_left_behind_and_named(services, asked, clock, caplog):
    services.join(end_ns=clock.monotonic_ns() + 3_000_000_000, clock=clock)
    assert asked == ["join sync 3.0", "join alarm 0.1"]
    assert "did not end in time" in caplog.text
