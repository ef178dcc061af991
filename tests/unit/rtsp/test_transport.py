import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault
from tmcwall.rtsp.messages import Headers
from tmcwall.rtsp.transport import Lower, Transport, is_written_oddly, parse_session, parse_transports


def test_transports_are_read_in_order_and_unknown_ones_left_out():
    value = "RTP/AVP;unicast;client_port=5000-5001,RTP/SAVP;unicast,RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=0000001A"
    assert parse_transports(value) == [
        Transport(Lower.UDP, client_port=(5000, 5001)),
        Transport(Lower.TCP, interleaved=(0, 1), ssrc=26),
    ]


def test_a_transport_is_read_as_it_was_written():
    transport = Transport(Lower.TCP, interleaved=(2, 3), ssrc=0xABCDEF)
    assert parse_transports(str(transport)) == [transport]


def test_the_session_has_a_timeout_of_a_minute_unless_said():
    assert parse_session(Headers({"Session": "12345678"})) == ("12345678", 60)
    assert parse_session(Headers({"Session": "abc;timeout=15"})) == ("abc", 15)
    assert parse_session(Headers()) is None


def test_a_session_timeout_of_nothing_says_nothing_and_no_id_is_no_session():
    assert parse_session(Headers({"Session": "abc;timeout=0"})) == ("abc", 60)
    assert parse_session(Headers({"Session": " ;timeout=5"})) is None


def test_what_names_channels_is_tcp():
    assert parse_transports("RTP/AVP;unicast;interleaved=0-1") == [Transport(Lower.TCP, interleaved=(0, 1))]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("RTP/AVP/TCP;interleaved=0-256", Transport(Lower.TCP)),
        ("RTP/AVP/TCP;interleaved=x", Transport(Lower.TCP)),
        ("RTP/AVP;client_port=", Transport(Lower.UDP)),
        ("RTP/AVP/TCP;interleaved=0-1;client_port=-;server_port=(null)", Transport(Lower.TCP, interleaved=(0, 1))),
        ("RTP/AVP/TCP;interleaved=4-", Transport(Lower.TCP, interleaved=(4, 5))),
        ("RTP/AVP/TCP;interleaved=4 - 5", Transport(Lower.TCP, interleaved=(4, 5))),
        ('"RTP/AVPF/TCP;interleaved=4-5"', Transport(Lower.TCP, interleaved=(4, 5))),
        ("TCP/RTP/AVP;multicast;interleaved=4-5", Transport(Lower.TCP, interleaved=(4, 5))),
    ],
)
def test_of_a_transport_that_is_written_oddly_the_rest_counts(value, expected):
    assert parse_transports(value) == [expected]
    assert is_written_oddly(value) is not (value == str(expected))


def test_what_is_written_by_the_book_is_not_odd():
    for value in (
        "RTP/AVP/TCP;unicast;interleaved=0-1;ssrc=1A",
        "RTP/AVP;unicast;client_port=5000-5001",
        "RTP/AVP/UDP",
    ):
        assert not is_written_oddly(value)
    assert parse_transports("RTP/AVP;multicast;port=5000-5001") == []


@given(st.text(max_size=200))
def test_any_header_raises_only_faults(text):
    try:
        parse_transports(text)
        parse_transports("RTP/AVP/TCP;" + text)
        parse_session(Headers({"Session": text}))
    except Fault:
        pass
