import os

from tmcwall.video.engine.event_batching import BatchingSelector


class Times:
    def __init__(self):
        self.now = 100.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(round(seconds, 6))
        self.now += seconds


def paced():
    times = Times()
    return times, BatchingSelector(interval_s=0.004, now_s=lambda: times.now, sleep=times.sleep)


def test_two_waits_in_a_row_are_an_interval_apart():
    times, selector = paced()
    selector.select(0.001)
    times.now += 0.001
    selector.select(0.01)
    selector.close()
    assert times.slept == [0.003]


def test_work_that_is_ready_is_not_held_up():
    times, selector = paced()
    selector.select(0)
    selector.select(0)
    selector.close()
    assert times.slept == []


def test_a_timer_is_not_missed_by_waiting():
    times, selector = paced()
    selector.select(0)
    selector.select(0.001)
    selector.close()
    assert times.slept == [0.001]


def test_what_came_meanwhile_is_told():
    _, selector = paced()
    reader, writer = os.pipe()
    selector.register(reader, 1)
    selector.select(0)
    os.write(writer, b"x")
    assert len(selector.select(1.0)) == 1
    selector.close()
    os.close(reader)
    os.close(writer)
