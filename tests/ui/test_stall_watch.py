import faulthandler
import logging

import pytest

from tests.clocks import FakeClock
from tests.waiting import until
from tmcwall.domain.clock import SystemClock
from tmcwall.ui.stallwatch import FILE_NAME, StallWatch

S = 1_000_000_000


class Dumper:
    """Writes its stacks when the test says that time has passed."""

    def __init__(self):
        self.file = None

    def dump_traceback_later(self, timeout, *, file):
        self.file = file

    def cancel_dump_traceback_later(self):
        self.file = None

    def dump(self):
        self.file.write(b'File "canvas.py", line 7 in paintEvent\n')


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def dumper():
    return Dumper()


@pytest.fixture
def watch(qapp, tmp_path, clock, dumper):
    watch = StallWatch(tmp_path, clock=clock, dumper=dumper)
    watch.start()
    yield watch
    watch.stop()


def test_a_screen_that_stood_still_is_logged_with_its_stack_counted_and_told(qtbot, watch, clock, dumper, caplog):
    watch.beat()
    clock.ns += 3 * S
    dumper.dump()
    with caplog.at_level(logging.WARNING), qtbot.waitSignal(watch.stalled) as told:
        watch.beat()
    assert told.args == [3.0]
    assert watch.stalls == 1
    assert "paintEvent" in caplog.text
    assert dumper.file is not None


def test_the_next_stall_brings_its_own_stack_only(watch, clock, dumper, caplog, tmp_path):
    watch.beat()
    for _ in range(2):
        dumper.dump()
        clock.ns += 2 * S
        watch.beat()
    assert caplog.text.count("paintEvent") == 2
    assert watch.stalls == 2
    assert (tmp_path / FILE_NAME).read_bytes() == b""


def test_short_hitches_and_the_time_before_the_first_beat_are_no_stall(watch, clock):
    clock.ns += 60 * S
    watch.beat()
    clock.ns += S * 9 // 10
    watch.beat()
    assert watch.stalls == 0


def test_a_program_that_never_comes_back_leaves_its_stack_in_the_file(watch, dumper, tmp_path):
    watch.beat()
    dumper.dump()
    assert "paintEvent" in (tmp_path / FILE_NAME).read_text()


def test_without_a_place_to_write_to_stalls_are_counted_all_the_same(qapp, tmp_path, clock, dumper):
    watch = StallWatch(tmp_path / "missing", clock=clock, dumper=dumper)
    watch.start()
    watch.beat()
    clock.ns += 2 * S
    watch.beat()
    watch.stop()
    assert watch.stalls == 1


def test_a_thread_that_is_stuck_is_named_by_the_real_thing(qapp, tmp_path, caplog):
    watch = StallWatch(tmp_path, clock=SystemClock(), limit_s=0.05)
    watch.start()
    watch.beat()
    until(lambda: (tmp_path / FILE_NAME).stat().st_size > 0)
    watch.beat()
    watch.stop()
    faulthandler.cancel_dump_traceback_later()
    assert watch.stalls == 1
    assert "test_stall_watch.py" in caplog.text
