import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.rtsp.messages import Connection, Headers, Interleaved, Message, Request, Response, Skipped, serialise

DESCRIBE = Request("DESCRIBE", "rtsp://kamera/main", Headers({"CSeq": "2", "Accept": "application/sdp"}))
ANSWER = Response(200, "OK", Headers({"CSeq": "2", "Content-Length": "5"}), b"v=0\r\n")
PACKET = Interleaved(1, bytes(range(200)))


def feed_in_pieces(data: bytes, size: int) -> list[object]:
    connection = Connection()
    return [message for start in range(0, len(data), size) for message in connection.feed(data[start : start + size])]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_messages_and_packets_come_out_whole_however_the_bytes_arrive(size):
    conversation: list[Message] = [DESCRIBE, PACKET, ANSWER, PACKET, PACKET]
    assert feed_in_pieces(b"".join(serialise(message) for message in conversation), size) == conversation


def test_headers_are_found_without_case_and_every_value_is_kept():
    (message,) = Connection().feed(
        b'RTSP/1.0 401 Unauthorized\r\ncseq: 3\r\nWWW-Authenticate: Basic realm="a"\r\n'
        b'www-authenticate: Digest realm="b",\r\n nonce="c"\r\n\r\n'
    )  # fmt: skip
    assert isinstance(message, Response)
    assert message.headers["CSeq"] == "3"
    assert message.headers.every("WWW-Authenticate") == ['Basic realm="a"', 'Digest realm="b", nonce="c"']


def test_bare_line_feeds_are_accepted():
    (message,) = Connection().feed(b"RTSP/1.0 200 OK\nCSeq: 1\n\n")
    assert message == Response(200, "OK", Headers({"CSeq": "1"}))


def test_a_request_of_the_camera_is_an_event():
    assert Connection().feed(b"OPTIONS * RTSP/1.0\r\nCSeq: 9\r\n\r\n") == [
        Request("OPTIONS", "*", Headers({"CSeq": "9"}))
    ]


@pytest.mark.parametrize("opening", [b"HTTP/1.1 200 OK\r\n", b"<html><body>login</body>", b"<!DOCTYPE html>"])
def test_an_answer_in_http_or_html_is_not_a_camera(opening):
    with pytest.raises(Fault) as caught:
        Connection().feed(opening)
    assert caught.value.code is FaultCode.NOT_A_CAMERA


@pytest.mark.parametrize(
    ("head", "is_odd"),
    [
        (b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nContent-Length: 2\r\n", False),
        (b"RTSP/1.0 200 OK\r\nCSeq: 7\r\nServer Hipcam\r\nContent-Length: 2\r\n", True),
        (b"RTSP/1.0 200 OK\r\nX Frame Rate: 25\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"RTSP/1.0 200 OK\r\nContent-Length: -5\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"RTSP/1.0 200 OK\r\nContent-Length:\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"RTSP/1.0  200  OK\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"RTSP/1.0 200OK\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"RTSP/2.0 200 OK\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
        (b"rtsp/1.0 200 OK\r\nCSeq: 7\r\nContent-Length: 2\r\n", True),
    ],
)
def test_what_is_odd_in_a_head_is_left_out_and_counted(head, is_odd):
    connection = Connection()
    assert [len(connection.feed(b"RTSP/1.0 100 OK\r\n\r\n" * before)) for before in (0, 1)] == [0, 1]
    (answer,) = connection.feed(head + b"\r\nab")
    assert (answer.status, answer.reason, answer.body, answer.headers["cseq"]) == (200, "OK", b"ab", "7")
    assert connection.odd_heads == is_odd


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n" + b"X: " + b"a" * 70_000,
    ],
)
def test_garbage_is_a_broken_protocol(garbage):
    with pytest.raises(Fault) as caught:
        Connection().feed(garbage)
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN


RTP = Interleaved(0, b"\x80\x60" + bytes(range(200)))
NOISE = bytes(range(1, 32)) * 40


@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
@pytest.mark.parametrize(
    "noise", [bytes(4), bytes(1000), NOISE, b"\x01", b"RTSP/1", b"RTSP/1.0 \x01", b"PLAY\n", b"a \x80"]
)
def test_what_stands_between_packets_costs_no_other(noise, size):
    after_noise: list[Message] = [RTP, ANSWER, PACKET]
    data = serialise(ANSWER) + serialise(RTP) + noise + b"".join(serialise(message) for message in after_noise)
    read = feed_in_pieces(data, size)
    whole = [message for message in read if not isinstance(message, Skipped)]
    assert [type(message) for message in whole[-3:]] == [Interleaved, Response, Interleaved]
    assert whole[-3:] == after_noise
    assert any(isinstance(message, Skipped) for message in read)


@pytest.mark.parametrize("short_by", [1, 3, 8, 20])
def test_the_end_of_a_packet_that_its_length_leaves_out_comes_with_it(short_by):
    said = len(RTP.data) - short_by
    short = b"$\0" + said.to_bytes(2, "big") + RTP.data
    connection = Connection()
    connection.feed(serialise(ANSWER))
    packet, skipped, after = connection.feed(short + serialise(RTP))
    assert (packet, after) == (RTP, RTP)
    assert skipped == Skipped(short_by, lost=False, rejoined=True)


def test_a_packet_with_its_end_behind_it_waits_for_what_follows_and_loses_nothing():
    short = b"$\0" + (len(RTP.data) - 4).to_bytes(2, "big") + RTP.data
    connection = Connection()
    connection.feed(serialise(ANSWER))
    assert connection.feed(serialise(RTP) + short) == [RTP]
    assert connection.feed(short) == [RTP, Skipped(4, lost=False, rejoined=True)]
    assert connection.feed(serialise(RTP)) == [RTP, Skipped(4, lost=False, rejoined=True), RTP]


def test_the_end_of_a_packet_that_comes_too_late_for_it_is_a_loss():
    short = b"$\0" + (len(RTP.data) - 4).to_bytes(2, "big") + RTP.data
    connection = Connection()
    connection.feed(serialise(ANSWER))
    assert connection.feed(short[:-4]) == [Interleaved(0, RTP.data[:-4])]
    assert connection.feed(short[-4:] + serialise(RTP)) == [Skipped(4, lost=True, rejoined=False), RTP]


def test_noise_is_not_held():
    connection = Connection()
    connection.feed(serialise(RTP))
    for _ in range(1000):
        assert connection.feed(NOISE) == []
        assert len(connection._pending) < 10


@given(st.binary(max_size=60), st.integers(1, 300))
def test_packets_behind_any_noise_are_found_again(noise, size):
    data = serialise(ANSWER) + serialise(RTP) + noise + serialise(RTP) * 800
    with contextlib.suppress(Fault):  # noise that reads as an answer with a broken head
        read = feed_in_pieces(data, size)
        assert RTP in read[-3:]


def test_a_line_break_cannot_be_smuggled_into_a_request():
    with pytest.raises(DomainError):
        serialise(Request("DESCRIBE", "rtsp://kamera/\r\nX: y"))


def test_credentials_are_not_shown():
    headers = Headers({"Authorization": "Basic cmFoYXNpYQ=="})
    assert "cmFoYXNpYQ" not in repr(Request("PLAY", "rtsp://kamera/", headers))


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_whatever_comes_the_parser_raises_only_faults(chunks):
    connection = Connection()
    try:
        for chunk in chunks:
            connection.feed(chunk)
    except Fault:
        pass


@given(st.binary(max_size=200), st.integers(0, 255), st.integers(1, 50))
def test_a_damaged_conversation_raises_only_faults(noise, place, size):
    data = serialise(DESCRIBE) + serialise(PACKET) + serialise(ANSWER)
    with contextlib.suppress(Fault):
        feed_in_pieces(data[:place] + noise + data[place:], size)
