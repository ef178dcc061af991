"""Where access units end is seen in them, whatever marker and RTP time say (ITU-T H.264 7.4.1.2.4, H.265 7.4.2.4.4)."""

from collections.abc import Sequence

import pytest

from tests.coded_pictures import coded
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp import h264, h265
from tmcwall.rtsp.assembler import START_CODE, Assembler
from tmcwall.rtsp.codecs import H264, HEVC, assembler_of, is_parameter_set
from tmcwall.rtsp.rtp import HEADER, AccessUnit

PICTURE = "picture"
"""The last packet of a picture has the marker, all have its time: as it should be."""
WAYS = {
    "by the book": (PICTURE, PICTURE),
    "marker on the last packet of each slice": ("unit", PICTURE),
    "marker on every packet": ("packet", PICTURE),
    "marker never": ("never", PICTURE),
    "marker on parameter sets, too": ("sets", PICTURE),
    "another time for each slice": (PICTURE, "unit"),
    "another time for each packet": (PICTURE, "packet"),
    "one time for all": (PICTURE, "never"),
    "one time for all, marker never": ("never", "never"),
    "one time for all, marker on each slice": ("unit", "never"),
    "one time for all, marker on every packet": ("packet", "never"),
    "marker and time for each slice": ("unit", "unit"),
    "marker and time for every packet": ("packet", "packet"),
    "marker never, time for every packet": ("never", "packet"),
}
STREAMS = [
    (H264, "keyint=6"),
    (H264, "keyint=6:slices=4"),
    (H264, "keyint=6:slices=4:aud=1"),
    (H264, "keyint=6:slice-max-size=700"),
    (H264, "keyint=1:slices=2"),
    (HEVC, "keyint=6"),
    (HEVC, "keyint=6:slices=4"),
]


def annex_b(nals: Sequence[bytes]) -> bytes:
    return b"".join(START_CODE + nal for nal in nals)


def packets_of(codec: str, pictures: Sequence[Sequence[bytes]], *, marker: str, time: str, step: int = 3600):
    """The RTP packets of a camera that sets its marker, and changes its time, where it is said."""
    payloads = h265.payloads if codec == HEVC else h264.payloads
    packets, sequence = [], 0
    for number, nals in enumerate(pictures):
        for index, nal in enumerate(nals):
            parts = payloads(nal)
            for place, part in enumerate(parts):
                ends = {
                    PICTURE: index == len(nals) - 1 and place == len(parts) - 1,
                    "unit": place == len(parts) - 1,
                    "packet": True,
                    "never": False,
                }
                ends["sets"] = ends[PICTURE] or is_parameter_set(codec, nal)
                times = {
                    PICTURE: number * step,
                    "unit": number * step + index * 7,
                    "packet": number * step + index * 70 + place,
                    "never": 5,
                }
                header = HEADER.pack(0x80, ends[marker] << 7 | 96, sequence & 0xFFFF, times[time], 7)
                packets.append(header + part)
                sequence += 1
    return packets


def fed(assembler: Assembler, packets: Sequence[bytes]) -> list[AccessUnit]:
    units = [unit for packet in packets for unit in assembler.feed(packet)]
    rest = assembler.flush()
    return units if rest is None else [*units, rest]


def joined(units: Sequence[AccessUnit]) -> list[bytes]:
    """The pictures as they were received, each whole."""
    pictures: list[bytes] = []
    for unit in units:
        if unit.continues:
            pictures[-1] += unit.payload
        else:
            pictures.append(unit.payload[unit.prefixed :])
    return pictures


@pytest.mark.parametrize(("codec", "options"), STREAMS)
@pytest.mark.parametrize("way", WAYS)
def test_each_picture_is_one_access_unit(codec, options, way):
    pictures = coded(codec, options)
    marker, time = WAYS[way]
    units = fed(assembler_of(codec), packets_of(codec, pictures, marker=marker, time=time))
    assert joined(units) == [annex_b(nals) for nals in pictures]
    assert not any(unit.continues for unit in units[5:])
    assert [unit.lost for unit in units] == [0] * len(units)
    assert all(unit.damaged for unit in units if unit.continues)


@pytest.mark.parametrize("codec", [H264, HEVC])
def test_a_picture_of_an_orderly_camera_is_whole_with_its_last_packet(codec):
    assembler = assembler_of(codec)
    for picture in coded(codec, "keyint=6:slices=4"):
        *before, last = packets_of(codec, [picture], marker=PICTURE, time=PICTURE)
        assert [assembler.feed(packet) for packet in before] == [[]] * len(before)
        assert [unit.payload for unit in assembler.feed(last)] == [annex_b(picture)]
        assembler = assembler_of(codec)
    assert not assembler.oddities


@pytest.mark.parametrize(
    ("way", "oddity"),
    [
        ("marker on the last packet of each slice", Oddity.MARKER_WITHIN),
        ("marker on every packet", Oddity.MARKER_WITHIN),
        ("another time for each slice", Oddity.TIME_WITHIN),
        ("another time for each packet", Oddity.TIME_WITHIN),
    ],
)
def test_what_was_wrong_once_is_named_and_believed_no_more(way, oddity):
    marker, time = WAYS[way]
    assembler = assembler_of(H264)
    fed(assembler, packets_of(H264, coded(H264, "keyint=6:slices=4"), marker=marker, time=time))
    assert assembler.oddities[oddity] == 1


def test_parameter_sets_between_the_slices_of_a_picture_part_one_picture_and_no_other():
    sets = coded(H264, "keyint=6:slices=4")[0][:2]
    pictures = [[*sets, one[-4], *sets, *one[-3:]] for one in coded(H264, "keyint=6:slices=4")]
    assembler = assembler_of(H264)
    units = fed(assembler, packets_of(H264, pictures, marker=PICTURE, time=PICTURE))
    assert sum(unit.continues for unit in units) == 1
    assert b"".join(joined(units)) == b"".join(map(annex_b, pictures))
    assert assembler.oddities[Oddity.HEADS_WITHIN] == 1


@pytest.mark.parametrize("way", ["by the book", "one time for all", "marker never"])
def test_slices_in_any_order_are_of_one_picture(way):
    """Arbitrary slice order of the Baseline profile."""
    pictures = [(*one[:-4], one[-2], one[-4], one[-1], one[-3]) for one in coded(H264, "keyint=6:slices=4")]
    marker, time = WAYS[way]
    units = fed(assembler_of(H264), packets_of(H264, pictures, marker=marker, time=time))
    assert joined(units) == [annex_b(nals) for nals in pictures]
    assert not any(unit.continues for unit in units)


@pytest.mark.parametrize("codec", [H264, HEVC])
def test_a_loss_of_the_end_and_the_beginning_of_two_pictures_is_no_rest_of_one(codec):
    """Where marker and first slice are lost, what follows is damaged, and every later picture is whole."""
    pictures = coded(codec, "keyint=6:slices=4")
    packets = [packets_of(codec, [one], marker=PICTURE, time=PICTURE) for one in pictures]
    every = packets_of(codec, pictures, marker=PICTURE, time=PICTURE)
    first_of_third = sum(map(len, packets[:2]))
    del every[first_of_third - 1 : first_of_third + 1]
    assembler = assembler_of(codec)
    units = fed(assembler, every)
    assert not any(unit.continues for unit in units)
    assert joined(units)[3:] == [annex_b(nals) for nals in pictures[3:]]
    assert [unit.damaged for unit in units[3:]] == [False] * 9
    assert not assembler.oddities


def number(value: int) -> str:
    """ue(v)"""
    bits = format(value + 1, "b")
    return "0" * (len(bits) - 1) + bits


def nal_of(head: bytes, *fields: str) -> bytes:
    bits = "".join(fields) + "1"
    bits += "0" * (-len(bits) % 8)
    return head + int(bits, 2).to_bytes(len(bits) // 8, "big")


# Baseline, four bits of frame number, order of kind 2, 320x192 in frames or fields; no slice groups, nothing redundant.
FIELDS_SPS = nal_of(
    b"\x67\x42\x00\x1e", number(0), number(0), number(2), number(1), "0", number(19), number(5), "00", "1", "0", "0"
)
FIELDS_PPS = nal_of(b"\x68", number(0), number(0), "00", number(0), number(0), number(0), "000", "111", "000")


def field(frame: int, *, bottom: bool, idr: bool = False) -> bytes:
    """The only slice of a field."""
    head = b"\x65" if idr else b"\x41"
    named = (number(0), number(7), number(0), format(frame, "04b"), "1", str(int(bottom)), number(0) if idr else "")
    return nal_of(head, *named, "10011010" * 20)


@pytest.mark.parametrize("marker", ["never", PICTURE, "unit"])
@pytest.mark.parametrize("time", ["never", PICTURE])
def test_two_fields_of_one_time_are_one_unit(marker, time):
    frames = [
        [FIELDS_SPS, FIELDS_PPS, field(0, bottom=False, idr=True), field(0, bottom=True)],
        *([field(frame, bottom=False), field(frame, bottom=True)] for frame in range(1, 9)),
    ]
    units = fed(assembler_of(H264), packets_of(H264, frames, marker=marker, time=time))
    assert joined(units) == [annex_b(nals) for nals in frames]
    assert not any(unit.continues for unit in units[2:])


@pytest.mark.parametrize(("slices", "unproven"), [(1, [True, False]), (4, [True, False])])
def test_the_first_key_picture_of_a_stream_may_be_a_part_until_its_end_is_seen_to_be_one(
    slices: int, unproven: list[bool]
) -> None:
    pictures = coded(H264, f"keyint=3:slices={slices}", count=6)
    units = fed(h264.Depacketiser(payload_type=96), packets_of(H264, pictures, marker="unit", time=PICTURE))
    assert [unit.end_unproven for unit in units if unit.key] == unproven
    assert units[1].continues is (slices > 1)
