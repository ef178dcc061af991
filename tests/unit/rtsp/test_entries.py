"""Where decoding may start, beside key pictures: recovery points (H.264 D.2.8, H.265 D.3.8) and intra pictures."""

import pytest

from tests.coded_pictures import coded, decoded
from tmcwall.containers.annex_b import nal_units
from tmcwall.rtsp.codecs import H264, HEVC, assembler_of
from tmcwall.rtsp.h264 import picture_before, with_recovery_point
from tmcwall.rtsp.sei import h264_recovery, h265_recovery

SEI = 6
OPEN_GOP = "bframes=2:open-gop=1:keyint=8:ref=3"


def units_of(codec, pictures):
    assembler = assembler_of(codec)
    made = [assembler.assemble(nals, number * 3600) for number, nals in enumerate(pictures)]
    return [unit for unit in made if unit is not None]


def without_sei(pictures):
    return [[nal for nal in nals if nal[0] & 0x1F != SEI] for nals in pictures]


def entries(units):
    return [(number, unit.until_whole) for number, unit in enumerate(units) if unit.key]


def test_a_recovery_point_is_an_entry_with_the_number_of_pictures_until_it_is_whole():
    units = units_of(H264, coded(H264, "intra-refresh=1:keyint=8", count=40))
    assert entries(units) == [(0, 0), (8, 7), (16, 7), (24, 7), (32, 7)]


def test_what_is_decoded_from_a_recovery_point_is_bit_by_bit_what_it_is_from_the_beginning():
    units = units_of(H264, coded(H264, "intra-refresh=1:keyint=8", count=40))
    payloads = [unit.payload for unit in units]
    from_the_beginning = decoded(H264, payloads)
    assert decoded(H264, payloads[8:]) == from_the_beginning[8 + units[8].until_whole :]


@pytest.mark.parametrize(("options", "first"), [("keyint=8", 16), ("keyint=8:cabac=1", 16)])
def test_nor_does_it_matter_that_the_first_picture_has_the_frame_number_at_which_decoders_begin_to_count(
    options, first
):
    """The frame numbers are below 16."""
    units = units_of(H264, coded(H264, f"intra-refresh=1:slices=2:{options}", count=40))
    payloads = [unit.payload for unit in units]
    assert units[first].key
    before = picture_before(payloads[first])
    shown = decoded(H264, [before, *payloads[first:]])
    assert shown == decoded(H264, payloads)[first + units[first].until_whole :]


def test_nothing_is_decoded_before_pictures_that_decoders_begin_with_by_themselves():
    units = units_of(H264, coded(H264, "intra-refresh=1:keyint=8", count=40))
    assert [picture_before(units[number].payload) for number in (0, 8, 24)] == [b"", b"", b""]
    intra = units_of(H264, coded(H264, OPEN_GOP, count=40))
    assert [picture_before(unit.payload) for unit in intra if unit.key] == [b""] * 5


def test_nothing_is_decoded_before_a_picture_that_cannot_be_read():
    unit = units_of(H264, coded(H264, "intra-refresh=1:keyint=8", count=40))[16]
    without_sets = b"".join(b"\0\0\0\1" + nal for nal in nal_units(unit.payload) if nal[0] & 0x1F not in (7, 8))
    assert picture_before(unit.payload) != b""
    assert picture_before(without_sets) == b""
    assert picture_before(unit.payload[:40]) == b""
    assert picture_before(b"") == b""


def test_the_recovery_points_of_an_open_group_of_pictures_are_whole_at_once():
    units = units_of(H264, coded(H264, OPEN_GOP, count=40))
    assert entries(units) == [(0, 0), (7, 0), (15, 0), (23, 0), (31, 0)]


@pytest.mark.parametrize(
    ("sei", "recovery"),
    [
        (b"\x06\x06\x01\xc4\x80", 0),
        (b"\x06\x06\x02\x11\x10\x80", 7),
        (b"\x06\x05\x02ab\x06\x01\xc4\x80", 0),
        (b"\x06\x05\xff\x02" + b"a" * 257 + b"\x06\x01\xc4\x80", 0),
        (b"\x06\x05\x02ab\x80", None),
        (b"\x06\x06\x01\x00\x80", None),
        (b"\x06", None),
    ],
)
def test_recovery_points_are_found_among_other_messages(sei, recovery):
    assert h264_recovery(sei) == recovery


@pytest.mark.parametrize(("bits", "recovery"), [(b"\xc0", 0), (b"\x48", 1), (b"\x64", 0), (b"\x10\x80", 4)])
def test_recovery_points_of_h265_count_in_the_order_of_pictures_and_never_backward(bits, recovery):
    assert h265_recovery(b"\x4e\x01\x06" + bytes((len(bits),)) + bits + b"\x80") == recovery


def test_intra_pictures_of_a_stream_that_says_nothing_are_entries_from_the_second_one_on():
    """It begins amid a group of pictures, has two reference pictures, and no picture of it is an IDR picture."""
    pictures = coded(H264, OPEN_GOP, count=40)
    units = units_of(H264, without_sei(pictures)[1:])
    assert entries(units) == [(14, 4), (22, 4), (30, 4)]
    shown = decoded(H264, [with_recovery_point(units[14].payload), *(unit.payload for unit in units[15:])])
    assert shown[4:] == decoded(H264, pictures)[-len(shown) + 4 :]


def test_intra_pictures_of_a_stream_with_key_pictures_are_no_entries():
    units = units_of(H264, without_sei(coded(H264, OPEN_GOP, count=40)))
    assert entries(units) == [(0, 0)]


def test_pictures_that_rest_on_others_are_no_entries():
    pictures = coded(H264, "keyint=100:scenecut=0:slices=3", count=12)
    assert entries(units_of(H264, pictures[1:])) == []


@pytest.mark.parametrize(("options", "changed"), [("keyint=8", False), ("intra-refresh=1:keyint=8", False)])
def test_what_says_that_decoding_can_start_is_decoded_as_it_is(options, changed):
    for unit in units_of(H264, coded(H264, options, count=20)):
        if unit.key:
            assert (with_recovery_point(unit.payload) != unit.payload) is changed


def test_a_recovery_point_of_h265_is_an_entry():
    pictures = [list(nals) for nals in coded(HEVC, "keyint=100")]
    pictures[6].insert(0, b"\x4e\x01\x06\x02\x10\x80\x80")
    assert entries(units_of(HEVC, pictures)) == [(0, 0), (6, 4)]
