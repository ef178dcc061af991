import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.containers.annex_b import nal_units
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.h264 import Depacketiser, parameter_sets, payloads
from tmcwall.rtsp.rtp import HEADER, AccessUnit
from tmcwall.rtsp.sdp import Media
from tmcwall.rtsp.sps import parse_sps

SPS = bytes.fromhex("674d0029e290028015edc040404d3f140c4640")[:8] + b"\x80"
PPS = b"\x68\xce\x3c\x80"
IDR = b"\x65" + bytes(range(1, 250)) * 20
SLICE = b"\x41" + b"\x9a" * 900
LATER = b"\x41\x4d" + b"\x9a" * 900
"""Not the first slice of its picture."""
SEI = b"\x06\x05\x02ab\x80"


class Camera:
    """Makes RTP packets as a camera does."""

    def __init__(self, *, sequence: int = 65_530, timestamp: int = 0xFFFF_FFFF - 8000, ssrc: int = 7) -> None:
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc

    def packet(self, payload: bytes, *, marker: bool = False) -> bytes:
        header = HEADER.pack(0x80, marker << 7 | 96, self.sequence & 0xFFFF, self.timestamp & 0xFFFF_FFFF, self.ssrc)
        self.sequence += 1
        return header + payload

    def picture(self, *nals: bytes, marker: bool = True) -> list[bytes]:
        every = [payload for nal in nals for payload in payloads(nal)]
        packets = [self.packet(payload, marker=marker and last) for last, payload in _with_last(every)]
        self.timestamp += 3600
        return packets


def _with_last(parts: list[bytes]) -> list[tuple[bool, bytes]]:
    return [(index == len(parts) - 1, part) for index, part in enumerate(parts)]


def annex_b(*nals: bytes) -> bytes:
    return b"".join(START_CODE + nal for nal in nals)


def units_of(depacketiser: Depacketiser, packets: list[bytes]) -> list[AccessUnit]:
    return [unit for packet in packets for unit in depacketiser.feed(packet)]


def test_pictures_come_out_as_they_went_in():
    camera = Camera()
    packets = camera.picture(SPS, PPS, SEI, IDR) + camera.picture(SLICE) + camera.picture(SLICE, LATER)
    key, second, third = units_of(Depacketiser(), packets)
    assert key.payload == annex_b(SPS, PPS, SEI, IDR)
    assert (key.key, key.prefixed, key.discontinuity) == (True, 0, True)
    assert second.payload == annex_b(SLICE)
    assert (second.key, second.damaged, second.lost) == (False, False, 0)
    assert second.timestamp - key.timestamp == third.timestamp - second.timestamp == 3600
    assert third.payload == annex_b(SLICE, LATER)


def test_an_aggregate_is_taken_apart():
    camera = Camera()
    aggregate = b"\x78" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in (SPS, PPS, IDR[:50]))
    (unit,) = Depacketiser().feed(camera.packet(aggregate, marker=True))
    assert unit.payload == annex_b(SPS, PPS, IDR[:50])
    assert unit.key


def test_a_change_of_time_ends_a_picture_where_the_marker_is_missing():
    camera = Camera()
    depacketiser = Depacketiser()
    packets = camera.picture(IDR, marker=False) + camera.picture(SLICE, marker=False)
    (unit,) = units_of(depacketiser, packets)
    assert unit.payload == annex_b(IDR)
    rest = depacketiser.flush()
    assert rest is not None
    assert rest.payload == annex_b(SLICE)


def test_parameter_sets_with_a_marker_of_their_own_belong_to_the_picture_after_them():
    camera = Camera()
    packets = [camera.packet(SPS, marker=True), camera.packet(PPS, marker=True), *camera.picture(IDR)]
    (unit,) = units_of(Depacketiser(), packets)
    assert unit.payload == annex_b(SPS, PPS, IDR)


def test_parameter_sets_of_the_description_stand_in_front_of_key_frames_and_are_counted():
    camera = Camera()
    packets = camera.picture(IDR) + camera.picture(SLICE)
    key, other = units_of(Depacketiser([SPS, PPS]), packets)
    assert key.payload == annex_b(SPS, PPS, IDR)
    assert key.payload[key.prefixed :] == annex_b(IDR)
    assert other.prefixed == 0


def test_parameter_sets_in_the_stream_replace_those_of_the_description():
    camera = Camera()
    newer = PPS[:-1] + b"\x81"
    depacketiser = Depacketiser([SPS, PPS])
    first, second = units_of(depacketiser, camera.picture(newer, IDR) + camera.picture(IDR))
    assert first.payload == annex_b(SPS, newer, IDR)
    assert second.payload == annex_b(SPS, newer, IDR)


def test_an_exact_recovery_point_is_a_place_to_start():
    camera = Camera()
    (unit,) = units_of(Depacketiser(), camera.picture(b"\x06\x06\x01\x84\x80", SLICE))
    assert unit.key


def test_a_loss_within_a_picture_damages_it():
    camera = Camera()
    depacketiser = Depacketiser()
    depacketiser.feed(camera.packet(SLICE, marker=True))
    camera.timestamp += 3600
    packets = camera.picture(IDR)
    del packets[1]
    (unit,) = units_of(depacketiser, packets)
    assert (unit.damaged, unit.lost) == (True, 1)
    (after,) = units_of(depacketiser, camera.picture(SLICE))
    assert (after.damaged, after.lost) == (False, 0)


def test_a_loss_between_pictures_damages_the_next_and_the_unfinished_one():
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    first = camera.picture(IDR)[:-1]
    second = camera.picture(SLICE)
    cut, after = units_of(depacketiser, first + second)
    assert (cut.damaged, cut.lost) == (True, 0)
    assert (after.damaged, after.lost, after.payload) == (True, 1, annex_b(SLICE))


def test_a_new_source_is_a_discontinuity():
    depacketiser = Depacketiser()
    units_of(depacketiser, Camera().picture(SLICE))
    (unit,) = units_of(depacketiser, Camera(ssrc=8, timestamp=5).picture(SLICE))
    assert (unit.discontinuity, unit.damaged, unit.timestamp) == (True, True, 5)


@pytest.mark.parametrize("payload", [b"", b"\x7c", b"\x78\x00\xff\x01", b"\x78\x00\x00\x01", b"\x1d\x00"])
def test_a_broken_payload_is_counted_and_damages_its_picture(payload):
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    depacketiser.feed(camera.packet(payload))
    (unit,) = depacketiser.feed(camera.packet(SLICE, marker=True))
    assert unit.damaged
    assert depacketiser.broken == 1


def test_a_fragment_without_data_costs_nothing():
    camera = Camera()
    first, *others = payloads(IDR)
    empty = first[:1] + bytes((first[1] & 0x1F,))
    packets = [camera.packet(part, marker=last) for last, part in _with_last([first, empty, *others])]
    depacketiser = Depacketiser()
    units_of(depacketiser, Camera(sequence=65_520).picture(SLICE))
    (unit,) = units_of(depacketiser, packets[:1] + packets[1:])
    assert (unit.payload, unit.key, unit.lost) == (annex_b(IDR), True, 9)
    assert depacketiser.oddities == {Oddity.EMPTY_FRAGMENT: 1}
    assert depacketiser.broken == 0


@pytest.mark.parametrize("empty", [b"\x7c\x45", b"\x7c\x05"], ids=["end", "middle"])
def test_a_fragment_without_data_may_stand_anywhere(empty):
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    (unit,) = units_of(depacketiser, [camera.packet(empty), camera.packet(SLICE, marker=True)])
    assert (unit.payload, unit.damaged) == (annex_b(SLICE), False)


TOGETHER = annex_b(SPS, PPS, IDR)


@pytest.mark.parametrize(
    "whole",
    [TOGETHER[4:], TOGETHER, TOGETHER[1:], TOGETHER.replace(START_CODE, START_CODE[1:])[3:]],
    ids=["inside", "in front, too", "a short one in front", "short ones"],
)
@pytest.mark.parametrize("largest", [1400, 100_000], ids=["fragments", "one packet"])
def test_start_codes_inside_a_unit_part_it(whole, largest):
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    packets = [camera.packet(part, marker=last) for last, part in _with_last(payloads(whole, largest=largest))]
    (unit,) = units_of(depacketiser, packets)
    assert [nal for nal in nal_units(unit.payload) if nal] == [SPS, PPS, IDR]
    assert (unit.key, unit.prefixed, unit.damaged) == (True, 0, False)
    assert depacketiser.oddities[Oddity.START_CODES] == 1
    (after,) = units_of(depacketiser, camera.picture(IDR))
    assert after.payload == annex_b(SPS, PPS, IDR)


def test_what_is_no_rtp_costs_only_itself():
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    beside = b"\0" + camera.packet(SLICE)[1:]
    camera.sequence -= 1
    (unit,) = units_of(depacketiser, [beside, *camera.picture(SLICE)])
    assert (unit.payload, unit.damaged, unit.lost) == (annex_b(SLICE), False, 0)
    instead = b"\0" + camera.packet(SLICE)[1:]
    (unit,) = units_of(depacketiser, [instead, *camera.picture(SLICE)])
    assert (unit.damaged, unit.lost) == (True, 1)
    assert depacketiser.oddities == {Oddity.NOT_RTP: 2}


def test_of_padding_of_no_bytes_only_the_count_is_left_out():
    """Within a fragmented NAL unit it would be a byte too many."""
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    first, *others, last = payloads(SLICE, largest=400)
    assert depacketiser.feed(b"\xa0" + camera.packet(first + b"\0")[1:]) == []
    assert units_of(depacketiser, [camera.packet(fragment) for fragment in others]) == []
    (unit,) = depacketiser.feed(b"\xa0" + camera.packet(last + b"\0", marker=True)[1:])
    assert (unit.payload, unit.damaged) == (annex_b(SLICE), False)
    assert depacketiser.oddities == {Oddity.PADDING: 2}


@pytest.mark.parametrize("counts", [True, False], ids=["from the beginning", "not at all"])
@pytest.mark.parametrize("packets", [4, 40, 400])
def test_pictures_of_a_camera_that_numbers_its_packets_wrongly_come_out_whole(counts, packets):
    camera = Camera()
    depacketiser = Depacketiser()
    nal = b"\x41" + b"\x9a" * (1300 * packets)
    units = []
    for _ in range(20):
        sequence = camera.sequence
        for last, part in _with_last(payloads(nal)):
            units += depacketiser.feed(camera.packet(part, marker=last))
            camera.sequence -= not counts
        camera.sequence = sequence
        camera.timestamp += 3600
    assert [unit.damaged for unit in units[-16:]] == [False] * 16
    assert {unit.payload for unit in units[-16:]} == {annex_b(nal)}
    assert depacketiser.oddities[Oddity.NUMBERS] > 0


@pytest.mark.parametrize("foreign", [b"\x00\x01\x02", b"\x1e", b"\x7f\x00meta"])
def test_data_of_the_cameras_own_between_pictures_costs_nothing(foreign):
    """VStarCam sends NAL units of type 31."""
    camera = Camera()
    depacketiser = Depacketiser()
    packets = [*camera.picture(SPS, PPS, IDR), camera.packet(foreign), *camera.picture(SLICE)]
    units = units_of(depacketiser, packets)
    assert [(unit.payload, unit.damaged) for unit in units[1:]] == [(annex_b(SLICE), False)]
    assert depacketiser.oddities == {Oddity.FOREIGN_UNIT: 1}


def test_amid_a_fragmented_unit_it_may_be_a_spoilt_fragment():
    camera = Camera()
    depacketiser = Depacketiser()
    fragments = camera.picture(IDR)
    spoilt = fragments[1][:12] + b"\x7f" + fragments[1][13:]
    (unit,) = units_of(depacketiser, [fragments[0], spoilt, *fragments[2:]])
    assert unit.damaged


def test_a_camera_that_sends_another_payload_type_than_it_describes_is_taken_at_its_word_again_when_it_does():
    camera = Camera()
    depacketiser = Depacketiser(payload_type=97)
    units = units_of(depacketiser, [packet for _ in range(12) for packet in camera.picture(SLICE)])
    assert len(units) == 12
    assert depacketiser.oddities == {Oddity.PAYLOAD_TYPE: 1}
    described = [packet[:1] + bytes((packet[1] & 0x80 | 97,)) + packet[2:] for packet in camera.picture(SLICE)]
    assert len(units_of(depacketiser, described)) == 1
    assert units_of(depacketiser, camera.picture(SLICE)) == []


def test_packets_of_another_payload_type_are_ignored():
    assert Depacketiser(payload_type=97).feed(Camera().packet(SLICE, marker=True)) == []


def test_a_picture_that_never_ends_is_cut_off():
    camera = Camera()
    depacketiser = Depacketiser(largest_unit=10_000)
    with pytest.raises(Fault) as caught:
        units_of(depacketiser, [camera.packet(SLICE) for _ in range(20)])
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN


def test_other_codecs_and_the_interleaved_mode_are_refused():
    for media in (Media("video", 96, "AV1", 90_000), Media("video", 96, "H264", 90_000, {"packetization-mode": "2"})):
        with pytest.raises(Fault) as caught:
            Depacketiser.for_media(media)
        assert caught.value.code is FaultCode.CODEC_UNSUPPORTED


def test_parameter_sets_are_read_from_the_description_and_broken_ones_left_out():
    text = f"{base64.b64encode(SPS).decode().rstrip('=')},!!!,{base64.b64encode(PPS).decode()}"
    assert parameter_sets({"sprop-parameter-sets": text}) == [SPS, PPS]


@pytest.mark.parametrize("together", [True, False])
def test_parameter_sets_of_the_description_may_carry_start_codes(together):
    parts = [annex_b(SPS, PPS)] if together else [annex_b(SPS), START_CODE[1:] + PPS]
    text = ",".join(base64.b64encode(part).decode() for part in parts)
    assert parameter_sets({"sprop-parameter-sets": text}) == [SPS, PPS]


@pytest.mark.parametrize(
    ("sps", "size"),
    [
        # libx264, High, 640x360
        ("6764001eacd940a02ff970110000030001000003003289e2c9b0"[:52], (640, 360)),
        # libx264, High, 1920x1080
        ("67640028acd940780227e5c044000003000400000300c83c60c658", (1920, 1080)),
    ],
)
def test_the_size_of_the_picture_is_read(sps, size):
    read = parse_sps(bytes.fromhex(sps))
    assert (read.width, read.height) == size


@given(st.binary(max_size=120))
def test_any_parameter_set_raises_only_faults(data):
    with contextlib.suppress(Fault):
        parse_sps(b"\x67" + data)


@given(st.lists(st.tuples(st.binary(max_size=40), st.booleans(), st.integers(0, 70_000)), max_size=12))
def test_any_payloads_raise_only_faults(parts):
    depacketiser = Depacketiser()
    for payload, marker, sequence in parts:
        try:
            depacketiser.feed(HEADER.pack(0x80, marker << 7 | 96, sequence & 0xFFFF, 0, 1) + payload)
        except Fault:
            return
    depacketiser.flush()


SLICES = st.binary(min_size=3, max_size=5000).map(lambda body: b"\x65" + body + b"\1")


@given(st.lists(SLICES, max_size=4), st.integers(64, 1500))
def test_what_was_packetised_is_depacketised_to_the_same_bytes(nals, largest):
    camera = Camera()
    every = [payload for nal in nals for payload in payloads(nal, largest=largest)]
    packets = [camera.packet(part, marker=last) for last, part in _with_last(every)]
    assert b"".join(unit.payload for unit in units_of(Depacketiser(), packets)) == annex_b(*nals)


def test_one_fragment_that_is_first_and_last_is_a_whole_unit():
    """CostarHD sends small pictures so."""
    camera = Camera()
    only = bytes((SLICE[0] & 0xE0 | 28, SLICE[0] & 0x1F | 0xC0)) + SLICE[1:]
    units = units_of(Depacketiser(), [*camera.picture(SPS, PPS, IDR), camera.packet(only, marker=True)])
    assert [unit.payload for unit in units[1:]] == [annex_b(SLICE)]
    assert not units[1].damaged
