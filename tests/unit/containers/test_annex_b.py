"""NAL units behind start codes: zeros between them belong to none (ITU-T H.264 B.1)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.containers.annex_b import length_prefixed, nal_units, nal_views

FRAGMENTS = st.lists(
    st.sampled_from([b"\0", b"\0\0", b"\1", b"\0\0\1", b"\0\0\0\1", b"\x65\x88", b"\x41"]), max_size=30
)
NALS = st.binary(min_size=1, max_size=40).map(lambda data: data.replace(b"\0\0", b"\0\x03") + b"\x80")
ZEROS = st.integers(0, 5).map(bytes)


@given(st.lists(st.tuples(ZEROS, NALS), max_size=8), ZEROS)
def test_nal_units_are_found_whatever_zeros_stand_around_them(
    parts: list[tuple[bytes, bytes]], trailing: bytes
) -> None:
    stream = b"".join(zeros + b"\0\0\1" + nal for zeros, nal in parts) + trailing
    assert nal_units(stream) == [nal for _, nal in parts]


@given(FRAGMENTS)
def test_views_and_copies_are_the_same_units_and_none_ends_with_a_zero(fragments: list[bytes]) -> None:
    stream = b"".join(fragments)
    units = nal_units(stream)
    assert [bytes(view) for view in nal_views(stream)] == units
    assert all(unit[-1] for unit in units)


@given(st.lists(st.tuples(NALS, ZEROS), min_size=1, max_size=8))
def test_a_sample_keeps_the_zeros_that_a_camera_sent_behind_a_nal_unit(parts: list[tuple[bytes, bytes]]) -> None:
    received = [nal + zeros for nal, zeros in parts]
    stream = b"".join(b"\0\0\0\1" + nal for nal in received)
    assert length_prefixed(stream) == b"".join(len(nal).to_bytes(4, "big") + nal for nal in received)


@given(FRAGMENTS)
def test_a_sample_is_cut_as_ffmpeg_cuts_it(fragments: list[bytes]) -> None:
    """One zero before a three-byte start code is the start code's own (FFmpeg's `avc.c`), every other byte is kept."""
    stream = b"".join(fragments)
    expected = [part for part in re.split(rb"\x00?\x00\x00\x01", stream)[1:] if part]
    assert length_prefixed(stream) == b"".join(len(part).to_bytes(4, "big") + part for part in expected)


@pytest.mark.parametrize("stream", [b"", b"\0\0", b"\0\0\1", b"\0\0\0\1\0\0\0", b"no start code"])
def test_what_holds_no_nal_unit_gives_none(stream: bytes) -> None:
    assert nal_units(stream) == []
