"""Packets of two sources in one connection: old servers send what is left of another session (retina 17)."""

import pytest

from tests.unit.rtsp.test_h264 import IDR, PPS, SLICE, SPS, Camera, annex_b, units_of
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.h264 import Depacketiser

OURS, THEIRS = 7, 8


def cameras():
    return Camera(sequence=10, ssrc=OURS), Camera(sequence=40_000, ssrc=THEIRS)


def from_both(ours, theirs, count):
    """A picture of one after a picture of the other."""
    return [packet for _ in range(count) for packet in (*ours.picture(SLICE), *theirs.picture(b"\x41" + b"\x77" * 300))]


@pytest.mark.parametrize("first_is_ours", [True, False])
def test_of_a_source_between_the_packets_of_the_camera_nothing_is_taken(first_is_ours):
    ours, theirs = cameras()
    depacketiser = Depacketiser()
    depacketiser.source.expected = OURS
    before = [] if first_is_ours else theirs.picture(b"\x41" + b"\x77" * 300)
    begins = [*before, *ours.picture(SPS, PPS, IDR)]
    units = units_of(depacketiser, begins + from_both(ours, theirs, 20))
    assert [unit.payload for unit in units[-18:]] == [annex_b(SLICE)] * 18
    assert not any(unit.damaged or unit.discontinuity for unit in units[-18:])
    assert depacketiser.oddities[Oddity.OTHER_SOURCE] >= 18


def test_where_the_camera_names_none_the_first_is_its_own():
    ours, theirs = cameras()
    depacketiser = Depacketiser()
    units = units_of(depacketiser, ours.picture(SPS, PPS, IDR) + from_both(ours, theirs, 20))
    assert [unit.payload for unit in units[-18:]] == [annex_b(SLICE)] * 18


def test_a_source_that_takes_over_is_followed_at_once():
    ours, theirs = cameras()
    depacketiser = Depacketiser()
    packets = [packet for camera in (ours, theirs) for _ in range(10) for packet in camera.picture(SLICE)]
    units = units_of(depacketiser, packets)
    assert len(units) == 20
    assert [unit.discontinuity for unit in units].count(True) == 2
    assert not depacketiser.oddities


def test_a_foreign_source_that_goes_on_alone_is_the_camera_from_then_on():
    ours, theirs = cameras()
    depacketiser = Depacketiser()
    units_of(depacketiser, from_both(ours, theirs, 4))
    units = units_of(depacketiser, [packet for _ in range(600) for packet in theirs.picture(SLICE)])
    assert len(units) == 101  # up to 500 in a row, of which one came before
    assert units[0].discontinuity


def test_a_source_that_comes_back_much_later_is_another_change():
    ours, theirs = cameras()
    depacketiser = Depacketiser()
    packets = [packet for camera in (ours, theirs, ours) for _ in range(600) for packet in camera.picture(SLICE)]
    units = units_of(depacketiser, packets)
    assert len(units) == 1800
    assert not depacketiser.oddities
