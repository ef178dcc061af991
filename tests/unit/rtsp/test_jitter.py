"""RFC 3550 6.4.1: J(i) = J(i-1) + (|D(i-1,i)| - J(i-1)) / 16."""

import pytest

from tmcwall.rtsp.jitter import Jitter

MS = 1_000_000


def fed(*packets, rate=90_000):
    jitter = Jitter(rate)
    for timestamp, arrival_ns in packets:
        jitter.take(timestamp % 2**32, arrival_ns)
    return jitter


def test_packets_that_come_as_evenly_as_they_were_sent_have_no_jitter():
    assert fed(*((number * 3600, 7 + number * 40 * MS) for number in range(100))).value == 0


def test_one_late_packet_counts_a_sixteenth_of_its_lateness_and_its_successor_the_rest():
    late = 90_000 // 100
    on_time = fed((0, 0), (3600, 40 * MS))
    on_time.take(7200, 90 * MS)
    assert on_time.value == int(late / 16)
    on_time.take(10_800, 120 * MS)
    assert on_time.value == int(late / 16 + (late - late / 16) / 16)


def test_a_sender_that_is_late_and_early_by_turns_settles_at_the_step_between_them():
    packets = [(number * 3600, number * 40 * MS + (number % 2) * 4 * MS) for number in range(400)]
    assert fed(*packets).value == pytest.approx(360, abs=2)


def test_the_clock_of_the_sender_may_go_round():
    first = 2**32 - 3 * 3600
    assert fed(*((first + number * 3600, number * 40 * MS) for number in range(20))).value == 0


def test_a_sender_whose_clock_jumps_an_hour_is_not_taken_for_a_late_network():
    assert fed((0, 0), (3600, 40 * MS), (90_000 * 3600, 80 * MS), (90_000 * 3600 + 3600, 120 * MS)).value == 0


def test_another_source_starts_from_nothing():
    jitter = fed((0, 0), (3600, 90 * MS))
    assert jitter.value > 0
    jitter.restart()
    assert jitter.value == 0
    jitter.take(77, 100 * MS)
    assert jitter.value == 0
