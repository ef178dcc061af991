import pytest

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.sim.carrier import BadNetwork
from tmcwall.sim.descriptions import OddDescription
from tmcwall.sim.faults import LoginKind, Order, Trouble, form, make_order, parse_order
from tmcwall.sim.oddities import OddSession, OddStream
from tmcwall.texts.sim import TROUBLES


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("CAM-1=stall", Order("CAM-1", Trouble.STALL)),
        ("CAM-1=freeze:20", Order("CAM-1", Trouble.FREEZE, 20.0)),
        ("CAM-1=drop", Order("CAM-1", Trouble.DROP, 5.0)),
        ("CAM-1=drop:0.5", Order("CAM-1", Trouble.DROP, 0.5)),
        ("CAM-1=loss", Order("CAM-1", Trouble.LOSS, amount=5.0)),
        ("CAM-1=loss:20", Order("CAM-1", Trouble.LOSS, amount=20.0)),
        ("CAM-1=corrupt:1", Order("CAM-1", Trouble.CORRUPT, amount=1.0)),
        ("CAM-1=garbage:10", Order("CAM-1", Trouble.GARBAGE, 10.0)),
        ("CAM-1=reorder:3", Order("CAM-1", Trouble.REORDER, 3.0)),
        ("CAM-1=redirect:rtsp://k:1/x", Order("CAM-1", Trouble.REDIRECT, url="rtsp://k:1/x")),
        ("CAM-1=redirect-play", Order("CAM-1", Trouble.REDIRECT_PLAY)),
        ("CAM-1=jump:-3600", Order("CAM-1", Trouble.JUMP, amount=-3600.0)),
        ("CAM-1=clock", Order("CAM-1", Trouble.CLOCK, amount=7200.0)),
        ("CAM-1=flap:0.5", Order("CAM-1", Trouble.FLAP, amount=0.5)),
        ("CAM-1=max-clients:1", Order("CAM-1", Trouble.FULL, amount=1.0)),
        ("CAM-1=sdp:av1", Order("CAM-1", Trouble.DESCRIPTION, description=OddDescription.AV1)),
        ("CAM-1=odd:zeros", Order("CAM-1", Trouble.ODD, odd=OddStream.ZEROS)),
        ("CAM-1=session:late", Order("CAM-1", Trouble.SESSION, session=OddSession.LATE)),
        ("CAM-1=login:sha-256", Order("CAM-1", Trouble.LOGIN, login=LoginKind.SHA256)),
    ],
)
def test_an_order_names_camera_trouble_and_argument(text, order):
    assert parse_order(text) == order


def test_an_unknown_trouble_is_refused():
    with pytest.raises(DomainError) as caught:
        make_order("CAM-1", "explode")
    assert caught.value.code is DomainCode.FAULT_UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        "stall",
        "=stall",
        "CAM-1=stall:soon",
        "CAM-1=stall:-1",
        "CAM-1=stall:nan",
        "CAM-1=loss:101",
        "CAM-1=sdp",
        "CAM-1=sdp:h264",
        "CAM-1=login",
        "CAM-1=login:ntlm",
        "CAM-1=odd",
        "CAM-1=session:zeros",
        "CAM-1=flap:0",
        "CAM-1=jump:nan",
    ],
)
def test_a_malformed_order_is_refused(text):
    with pytest.raises(DomainError) as caught:
        parse_order(text)
    assert caught.value.code is DomainCode.FIELD_INVALID


PACKETS = [b"\x24\x00\x00\x64" + bytes(100)] * 200
PICTURE = b"".join(PACKETS), [number * 104 for number in range(200)]


def test_a_corrupting_network_spoils_single_bits_behind_the_headers():
    data, starts = BadNetwork(1).pass_on(*PICTURE, Order("CAM-1", Trouble.CORRUPT, amount=10.0))
    sent = [data[start : start + 104] for start in starts]
    spoilt = [packet for packet in sent if packet != PACKETS[0]]
    assert 5 < len(spoilt) < 40
    assert all(packet[:18] == PACKETS[0][:18] for packet in spoilt)
    assert all(sum(byte.bit_count() for byte in packet[18:]) == 1 for packet in spoilt)


def test_garbage_comes_now_and_then_and_leaves_the_packets_whole():
    network, order = BadNetwork(1), Order("CAM-1", Trouble.GARBAGE)
    sent = [network.pass_on(*PICTURE, order)[0] for _ in range(100)]
    assert all(data.endswith(PICTURE[0]) for data in sent)
    assert 2 < sum(len(data) > len(PICTURE[0]) for data in sent) < 30


def test_every_trouble_has_a_sentence_and_a_form():
    assert set(TROUBLES) == set(Trouble)
    assert all(form(trouble).startswith(trouble) for trouble in Trouble)
