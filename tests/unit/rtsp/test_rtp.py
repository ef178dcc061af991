import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault
from tmcwall.rtsp.rtp import HEADER, Packet, Source, parse


def packet(sequence: int, timestamp: int = 0, *, ssrc: int = 1) -> Packet:
    return Packet(96, False, sequence & 0xFFFF, timestamp & 0xFFFF_FFFF, ssrc, memoryview(b""))


def test_a_packet_with_sources_extension_and_padding_is_read():
    data = HEADER.pack(0xB1, 0x80 | 96, 7, 900, 5) + b"\0" * 4 + b"\xbe\xde\0\1" + b"\0" * 4 + b"isi" + b"\0\0\3"
    read = parse(data)
    assert (read.payload_type, read.marker, read.sequence, read.timestamp, read.ssrc) == (96, True, 7, 900, 5)
    assert bytes(read.payload) == b"isi"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80" * 11,
        HEADER.pack(0x00, 96, 1, 1, 1),
        HEADER.pack(0x8F, 96, 1, 1, 1),
        HEADER.pack(0x90, 96, 1, 1, 1) + b"\0\0\xff\xff",
        HEADER.pack(0xA0, 96, 1, 1, 1) + b"\xff",
    ],
)
def test_a_packet_that_lies_about_its_size_is_refused(data):
    with pytest.raises(Fault):
        parse(data)


def test_sequence_and_time_count_on_over_their_wraps():
    source = Source()
    source.place(packet(0xFFFE, 0xFFFF_F000))
    source.place(packet(0xFFFF, 0xFFFF_FE10))
    after = source.place(packet(0, 0xFFFF_FE10 + 3600))
    assert (after.sequence, after.timestamp, after.lost) == (0x1_0000, 0xFFFF_FE10 + 3600, 0)


def test_missing_packets_are_counted():
    source = Source()
    source.place(packet(0xFFFE))
    assert source.place(packet(3)).lost == 4
    assert source.lost == 4


def test_duplicates_and_late_packets_are_named():
    source = Source()
    source.place(packet(10))
    source.place(packet(11))
    assert source.place(packet(11)).late
    assert source.place(packet(10)).late
    assert source.late == 2


@pytest.mark.parametrize("numbers", [[0, 1, 2], [7, 7, 7]], ids=["start over", "stand still"])
def test_numbers_that_mean_nothing_are_passed_over_and_what_was_left_out_is_lost(numbers):
    source = Source()
    arrivals = [source.place(packet(number, 3600 * picture)) for picture in range(8) for number in numbers]
    assert source.unnumbered
    assert 0 < source.lost <= source.late
    assert not any(arrival.late or arrival.lost for arrival in arrivals[-9:])
    assert source.place(packet(3, 5, ssrc=2)).discontinuity
    assert not source.unnumbered


def test_two_packets_of_one_number_show_at_once_that_it_means_nothing():
    source = Source()
    first, second = (packet(7)._replace(payload=memoryview(payload)) for payload in (b"first", b"second"))
    source.place(first)
    assert source.place(first).late
    arrival = source.place(second)
    assert (arrival.late, arrival.lost, arrival.discontinuity) == (False, 0, False)
    assert source.unnumbered


def test_packets_that_come_late_or_twice_again_and_again_stay_late():
    source = Source()
    for number in range(0, 4000, 2):
        source.place(packet(number + 1, 3600 * number))
        assert source.place(packet(number, 3600 * number)).late
        assert source.place(packet(number + 1, 3600 * number)).late
    assert not source.unnumbered


def test_time_may_run_backward_within_a_source():
    source = Source()
    source.place(packet(1, 9000))
    assert source.place(packet(2, 5400)).timestamp == 5400


@pytest.mark.parametrize("new", [packet(500, 7, ssrc=2), packet(30_000, 7)])
def test_another_source_or_a_jump_of_the_sequence_starts_anew(new):
    source = Source()
    source.place(packet(499, 1_000_000))
    arrival = source.place(new)
    assert arrival.discontinuity
    assert (arrival.timestamp, arrival.lost) == (7, 0)


@given(st.binary(max_size=64))
def test_any_bytes_raise_only_faults(data):
    with contextlib.suppress(Fault):
        parse(data)
