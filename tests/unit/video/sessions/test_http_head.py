"""Heads of answers: what small web servers write, and what is made of it."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.video.sessions.http_head import HeadCleaner

BODY = b"#EXTM3U\n\n"


def answer(*pieces):
    """The status, the fields and the body that a strict parser reads of it."""
    cleaner, parser = HeadCleaner(), h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    parser.send(h11.EndOfMessage())
    for piece in [*pieces, b""]:
        if (passed := cleaner.feed(piece)) or not piece:
            parser.receive_data(passed)
    while isinstance(event := parser.next_event(), h11.InformationalResponse):
        pass
    assert isinstance(event, h11.Response)
    body = b""
    while isinstance(data := parser.next_event(), h11.Data):
        body += data.data
    return event.status_code, dict(event.headers), body


@pytest.mark.parametrize(
    "lines",
    [
        [b"Content-Length: 9"],
        [b"Server : Boa", b"Content-Length : 9"],
        [b"no field", b"", b"Content-Length: 9"][::2],
        [b"(c): 2009", b"Content-Length:9"],
        [b"Content-Length: 9", b"Content-Length: 90"],
        [b"Content-Length: nine"],
        [b"Content-Length: -1"],
        [b"Set-Cookie: a=\x01b", b"Content-Length: 9"],
        [b"X: \xe9\xff", b"Content-Length: 9"],
        [],
    ],
)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_head_is_read_whatever_stands_between_its_fields(lines, line_end):
    head = line_end.join([b"HTTP/1.1 200 OK", *lines, b"", b""])
    status, _, body = answer(head + BODY)
    assert (status, body) == (200, BODY)


def test_a_head_that_comes_byte_by_byte_behind_early_answers_is_read():
    data = b"HTTP/1.1 100 Continue\r\nodd\r\n\r\nHTTP/1.1 103 Early\n\nHTTP/1.1 404 No\r\nodd\r\nA: b\r\n\r\n" + BODY
    assert answer(*(bytes((byte,)) for byte in data)) == (404, {b"a": b"b"}, BODY)


@pytest.mark.parametrize("data", [b"RTSP/1.0 200 OK\r\nx\r\n\r\n", b"ICY 200 OK\r\n\r\n", bytes(range(256)), b"H\r\n"])
def test_what_is_no_http_passes_as_it_is(data):
    assert HeadCleaner().feed(data) == data


def test_a_head_without_end_is_not_held_for_ever():
    cleaner = HeadCleaner()
    sent = [b"HTTP/1.1 200 OK\r\n", *([b"X: " + b"y" * 1000 + b"\r\n"] * 70)]
    assert b"".join(cleaner.feed(piece) for piece in sent) == b"".join(sent)


def test_odd_lines_are_noted():
    cleaner = HeadCleaner()
    cleaner.feed(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n")
    assert not cleaner.had_odd_lines
    cleaner = HeadCleaner()
    cleaner.feed(b"HTTP/1.1 200 OK\r\nA\r\n\r\n")
    assert cleaner.had_odd_lines


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=10))
def test_no_byte_of_a_body_is_changed(pieces):
    cleaner = HeadCleaner()
    cleaner.feed(b"HTTP/1.1 200 OK\r\n\r\n")
    assert b"".join(map(cleaner.feed, pieces)) == b"".join(pieces)
