import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault
from tmcwall.rtsp.messages import Headers
from tmcwall.rtsp.transport import Lower, Transport, parse_session, parse_transports


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
    "value", ["RTP/AVP/TCP;interleaved=0-256", "RTP/AVP/TCP;interleaved=x", "RTP/AVP;client_port="]
)
def test_a_malformed_transport_is_refused(value):
    with pytest.raises(Fault):
        parse_transports(value)


@given(st.text(max_size=200))
def test_any_header_raises_only_faults(text):
    try:
        parse_transports(text)
        parse_transports("RTP/AVP/TCP;" + text)
        parse_session(Headers({"Session": text}))
    except Fault:
        pass
