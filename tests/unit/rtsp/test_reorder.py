from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.rtsp.reorder import ReorderBuffer
from tmcwall.rtsp.rtp import HEADER, Source, parse

MS = 1_000_000


def packet(number, *, ssrc=7):
    return HEADER.pack(0x80, 96, number & 0xFFFF, number * 40, ssrc) + number.to_bytes(4, "big")


def numbers(packets):
    return [int.from_bytes(data[12:], "big") for data in packets]


def after(buffer, *order, every_ms=1):
    return numbers(
        [given for index, number in enumerate(order) for given in buffer.take(packet(number), index * every_ms * MS)]
    )


def test_packets_in_order_go_straight_through():
    buffer = ReorderBuffer()
    assert [numbers(buffer.take(packet(number), 0)) for number in range(65_533, 65_540)] == [
        [number] for number in range(65_533, 65_540)
    ]


def test_packets_that_changed_places_come_out_in_order_over_the_wrap():
    assert after(ReorderBuffer(), 65_534, 65_537, 65_535, 65_536, 65_538) == [65_534, 65_535, 65_536, 65_537, 65_538]


def test_a_duplicate_goes_no_further():
    buffer = ReorderBuffer()
    assert after(buffer, 1, 1, 2, 4, 4, 3, 3) == [1, 2, 3, 4]
    assert buffer.dropped == 3


def test_a_lost_packet_is_given_up_when_the_hold_has_passed():
    buffer = ReorderBuffer(longest_hold_s=0.05)
    buffer.take(packet(1), 0)
    assert buffer.take(packet(3), 0) == []
    assert buffer.take(packet(4), 40 * MS) == []
    assert numbers(buffer.take(packet(5), 60 * MS)) == [3, 4, 5]
    assert buffer.take(packet(2), 61 * MS) == []


def test_behind_several_gaps_no_packet_waits_longer_than_behind_one():
    buffer = ReorderBuffer(longest_hold_s=0.05)
    for number in (1, 3, 5, 7):
        buffer.take(packet(number), number * MS)
    assert numbers(buffer.take(packet(8), 54 * MS)) == [3]
    assert numbers(buffer.due(60 * MS)) == [5, 7, 8]


def test_a_lost_packet_is_given_up_when_too_many_wait_behind_it():
    buffer = ReorderBuffer(most_held=3)
    assert after(buffer, 1, 3, 4, 5, every_ms=0) == [1]
    assert numbers(buffer.take(packet(6), 0)) == [3, 4, 5, 6]


def test_a_new_source_or_a_far_jump_begins_anew_and_loses_nothing_that_waited():
    buffer = ReorderBuffer()
    assert after(buffer, 1, 3) == [1]
    assert numbers(buffer.take(packet(9, ssrc=8), 0)) == [3, 9]
    assert numbers(buffer.take(packet(20_000, ssrc=8), 0)) == [20_000]
    assert numbers(buffer.take(packet(20_001, ssrc=8), 0)) == [20_001]


def test_what_is_no_rtp_packet_is_dropped():
    buffer = ReorderBuffer()
    assert buffer.take(b"", 0) == buffer.take(b"\x80" * 11, 0) == buffer.take(b"\x00" * 40, 0) == []
    assert buffer.dropped == 3


@given(st.integers(0, 2**32), st.sampled_from([1, 5, 20]), st.integers(0, 65_535))
def test_every_loss_is_counted_and_nothing_else(seed, percent, first):
    chance = Random(seed)
    count = 600
    kept = [number for number in range(count) if number in (0, count - 1) or chance.random() * 100 >= percent]
    sent = [copy for number in kept for copy in [number] * (1 + (chance.random() < 0.1))]
    for place in range(1, len(sent) - 3, 3):
        if chance.random() < 0.3:
            sent[place], sent[place + 1] = sent[place + 1], sent[place]
    buffer, source = ReorderBuffer(), Source()
    arrivals = [
        source.place(parse(data))
        for index, number in enumerate([*sent, *range(count, count + 200)])
        for data in buffer.take(packet(first + number), index * MS)
    ]
    assert not any(arrival.late for arrival in arrivals)
    assert source.lost == count - len(kept)
    assert source.received == len(kept) + 200


@given(st.lists(st.tuples(st.integers(0, 70_000), st.integers(7, 8)), max_size=200))
def test_no_order_of_packets_breaks_it(arrivals):
    buffer = ReorderBuffer(most_held=8)
    given_out = [
        data
        for index, (number, ssrc) in enumerate(arrivals)
        for data in buffer.take(packet(number, ssrc=ssrc), index * MS)
    ]
    assert len(given_out) <= len(arrivals)


@pytest.mark.parametrize("counts", [True, False], ids=["start over", "stand still"])
def test_packets_whose_numbers_mean_nothing_go_on_as_they_come(counts):
    buffer = ReorderBuffer()
    pictures = [
        [HEADER.pack(0x80, 96, place * counts, picture * 3600, 7) + bytes((picture, place)) for place in range(4)]
        for picture in range(20)
    ]
    passed = [[out for data in picture for out in buffer.take(data, 0)] for picture in pictures]
    assert passed[-16:] == pictures[-16:]


def test_late_and_doubled_packets_say_nothing_of_the_numbers():
    buffer = ReorderBuffer()
    order = [number for first in range(0, 900, 3) for number in (first, first + 2, first + 2, first, first + 1)]
    assert after(buffer, *order) == list(range(900))
