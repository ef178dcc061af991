import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.containers.decoder_configuration import hevc_configuration
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.codecs import depacketiser_of, picture_size
from tmcwall.rtsp.h265 import Depacketiser, parameter_sets, payloads
from tmcwall.rtsp.h265sps import parse_sps
from tmcwall.rtsp.rtp import HEADER
from tmcwall.rtsp.sdp import Media

# libx265, Main, 640x360 and 1920x1080
VPS = bytes.fromhex("40010c01ffff01600000030090000003000003003f959409")
SPS = bytes.fromhex("42010101600000030090000003000003003fa005020171f2e595952930b9a02000000300200000030321")
FULL_HD = bytes.fromhex("420101016000000300900000030000030078a003c0801107cb965654a4c2e68080000003008000000c84")
PPS = bytes.fromhex("4401c073c189")
IDR = b"\x26\x01\x80" + bytes(range(1, 250)) * 20
CRA = b"\x2a\x01\x80" + b"\x11" * 80
SLICE = b"\x02\x01" + b"\x9a" * 900
LATER = b"\x02\x01" + b"\x1a" * 900
"""Not the first slice of its picture."""
SEI = b"\x4e\x01\x05\x02ab\x80"


class Camera:
    """Makes RTP packets as a camera does."""

    def __init__(self):
        self.sequence = 65_530
        self.timestamp = 0xFFFF_FFFF - 8000

    def packet(self, payload, *, marker=False):
        header = HEADER.pack(0x80, marker << 7 | 96, self.sequence & 0xFFFF, self.timestamp & 0xFFFF_FFFF, 7)
        self.sequence += 1
        return header + payload

    def picture(self, *nals):
        every = [payload for nal in nals for payload in payloads(nal)]
        packets = [self.packet(payload, marker=index == len(every) - 1) for index, payload in enumerate(every)]
        self.timestamp += 3600
        return packets


def annex_b(*nals):
    return b"".join(START_CODE + nal for nal in nals)


def units_of(depacketiser, packets):
    return [unit for packet in packets for unit in depacketiser.feed(packet)]


def test_pictures_come_out_as_they_went_in():
    camera = Camera()
    packets = camera.picture(VPS, SPS, PPS, SEI, IDR) + camera.picture(SLICE) + camera.picture(SLICE, LATER)
    key, second, third = units_of(Depacketiser(), packets)
    assert key.payload == annex_b(VPS, SPS, PPS, SEI, IDR)
    assert (key.key, key.prefixed) == (True, 0)
    assert (second.payload, second.key, second.damaged) == (annex_b(SLICE), False, False)
    assert third.payload == annex_b(SLICE, LATER)
    assert third.timestamp - second.timestamp == 3600


def test_a_clean_random_access_picture_is_a_place_to_start():
    (unit,) = units_of(Depacketiser(), Camera().picture(CRA))
    assert unit.key


def test_an_aggregate_is_taken_apart():
    nals = (VPS, SPS, PPS, CRA)
    aggregate = b"\x60\x01" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)
    (unit,) = Depacketiser().feed(Camera().packet(aggregate, marker=True))
    assert unit.payload == annex_b(*nals)
    assert unit.key


def test_parameter_sets_of_the_description_stand_in_front_of_key_frames_and_are_counted():
    camera = Camera()
    key, other = units_of(Depacketiser([VPS, SPS, PPS]), camera.picture(PPS, CRA) + camera.picture(SLICE))
    assert key.payload == annex_b(VPS, SPS, PPS, CRA)
    assert key.prefixed == len(annex_b(VPS, SPS))
    assert (other.payload, other.prefixed) == (annex_b(SLICE), 0)


def test_a_loss_within_a_picture_damages_it():
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    packets = camera.picture(IDR)
    del packets[1]
    (unit,) = units_of(depacketiser, packets)
    assert (unit.damaged, unit.lost) == (True, 1)
    (after,) = units_of(depacketiser, camera.picture(SLICE))
    assert (after.damaged, after.lost) == (False, 0)


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x62", b"\x62\x01", b"\x60\x01\x00\xff\x01", b"\x60\x01\x00\x00\x01", b"\x64\x01\x00"],
)
def test_a_broken_payload_is_counted_and_damages_its_picture(payload):
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    depacketiser.feed(camera.packet(payload))
    (unit,) = depacketiser.feed(camera.packet(SLICE, marker=True))
    assert unit.damaged
    assert depacketiser.broken == 1


def test_a_picture_that_never_ends_is_cut_off():
    camera = Camera()
    depacketiser = Depacketiser(largest_unit=10_000)
    with pytest.raises(Fault) as caught:
        units_of(depacketiser, [camera.packet(LATER) for _ in range(20)])
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN


@pytest.mark.parametrize("fmtp", [{"sprop-max-don-diff": "2"}, {"tx-mode": "MRST"}])
def test_streams_out_of_order_and_over_several_sessions_are_refused(fmtp):
    with pytest.raises(Fault) as caught:
        depacketiser_of(Media("video", 96, "H265", 90_000, fmtp))
    assert caught.value.code is FaultCode.CODEC_UNSUPPORTED


@pytest.mark.parametrize("encoding", ["AV1", "VP9", "MP4V-ES", ""])
def test_codecs_we_do_not_need_are_refused(encoding):
    with pytest.raises(Fault) as caught:
        depacketiser_of(Media("video", 96, encoding, 90_000))
    assert caught.value.code is FaultCode.CODEC_UNSUPPORTED


def test_parameter_sets_are_read_from_the_description_and_broken_ones_left_out():
    texts = {name: base64.b64encode(nal).decode() for name, nal in (("sprop-vps", VPS), ("sprop-pps", PPS))}
    assert parameter_sets({**texts, "sprop-sps": "!!!," + base64.b64encode(SPS).decode()}) == [VPS, SPS, PPS]


@pytest.mark.parametrize(("sps", "size"), [(SPS, (640, 360)), (FULL_HD, (1920, 1080))])
def test_the_size_is_read_from_the_sequence_parameter_set(sps, size):
    assert picture_size("hevc", [VPS, sps, PPS]) == size
    assert picture_size("h264", [VPS, sps, PPS]) is None


def test_the_configuration_record_says_what_the_parameter_set_says():
    record = hevc_configuration([VPS, SPS, PPS])
    assert record[:13] == b"\x01\x01\x60\x00\x00\x00\x90\x00\x00\x00\x00\x00\x3f"
    assert record[16:19] == b"\xfd\xf8\xf8"
    assert record[22] == 3
    assert all(len(nal).to_bytes(2, "big") + nal in record for nal in (VPS, SPS, PPS))


@given(st.binary(max_size=200))
def test_no_sequence_parameter_set_breaks_the_reader(data):
    with contextlib.suppress(Fault):
        parse_sps(b"\x42\x01" + data)


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_no_payload_breaks_the_depacketiser(parts):
    camera = Camera()
    depacketiser = Depacketiser()
    for part in parts:
        depacketiser.feed(camera.packet(part))


@given(st.lists(st.sampled_from([SLICE, IDR, CRA, VPS, SPS, PPS, SEI]), min_size=1, max_size=6))
def test_what_is_cut_into_packets_is_put_together_again(nals):
    packets = Camera().picture(*nals, SLICE)
    assert b"".join(unit.payload[unit.prefixed :] for unit in units_of(Depacketiser(), packets)) == annex_b(
        *nals, SLICE
    )


@pytest.mark.parametrize("empty", [b"\x62\x01\x53", b"\x62\x01\x13"], ids=["end", "middle"])
def test_a_fragment_without_data_costs_nothing(empty):
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    (unit,) = units_of(depacketiser, [camera.packet(empty), camera.packet(SLICE, marker=True)])
    assert (unit.payload, unit.damaged) == (annex_b(SLICE), False)
    assert depacketiser.oddities == {Oddity.EMPTY_FRAGMENT: 1}


@pytest.mark.parametrize("in_front", [b"", START_CODE], ids=["inside", "in front, too"])
@pytest.mark.parametrize("largest", [1400, 100_000], ids=["fragments", "one packet"])
def test_start_codes_inside_a_unit_part_it(in_front, largest):
    camera = Camera()
    depacketiser = Depacketiser()
    units_of(depacketiser, camera.picture(SLICE))
    parts = payloads(in_front + annex_b(VPS, SPS, PPS, IDR)[4:], largest=largest)
    packets = [camera.packet(part, marker=part is parts[-1]) for part in parts]
    (unit,) = units_of(depacketiser, packets)
    assert (unit.key, unit.prefixed, unit.damaged) == (True, 0, False)
    (after,) = units_of(depacketiser, camera.picture(IDR))
    assert after.payload == annex_b(VPS, SPS, PPS, IDR)


def test_parameter_sets_of_the_description_may_carry_start_codes():
    text = base64.b64encode(annex_b(VPS, SPS, PPS)).decode()
    assert parameter_sets({"sprop-vps": text}) == [VPS, SPS, PPS]


def test_of_fragments_that_name_different_types_the_first_counts():
    """Moonfire NVR 344: an IDR picture whose later fragments say that they are filler."""
    camera = Camera()
    first, *others = camera.picture(IDR)
    odd = [packet[:14] + bytes((packet[14] & 0xC0 | 38,)) + packet[15:] for packet in others]
    depacketiser = Depacketiser()
    (unit,) = units_of(depacketiser, [first, *odd])
    assert (unit.payload, unit.key) == (annex_b(IDR), True)


@pytest.mark.parametrize("foreign", [b"\x7e\x01meta", b"\x68\x01\x02"])
def test_data_of_the_cameras_own_between_pictures_costs_nothing(foreign):
    camera = Camera()
    depacketiser = Depacketiser()
    packets = [*camera.picture(VPS, SPS, PPS, IDR), camera.packet(foreign), *camera.picture(SLICE)]
    units = units_of(depacketiser, packets)
    assert [(unit.payload, unit.damaged) for unit in units[1:]] == [(annex_b(SLICE), False)]
    assert depacketiser.oddities == {Oddity.FOREIGN_UNIT: 1}
