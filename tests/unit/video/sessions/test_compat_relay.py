import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.net.reach import address_of
from tmcwall.rtsp.auth import Authorizer
from tmcwall.video.sessions.compat_relay import Cutter, Talk

DOOR = "rtsp://127.0.0.1:4711/word"
ADDRESS = address_of("rtsp://10.1.2.3:5544/live/main?x=1")
DESCRIBE = b"DESCRIBE rtsp://127.0.0.1:4711/word/live/main?x=1 RTSP/1.0\r\nCSeq: 2\r\n\r\n"
CHALLENGE = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="k", nonce="n"\r\n\r\n'


def talk(username="petugas", password="rahasia"):
    return Talk(ADDRESS, Authorizer(username, password), door=DOOR)


def test_requests_name_the_camera_and_not_the_door():
    assert talk().to_camera(DESCRIBE).startswith(b"DESCRIBE rtsp://10.1.2.3:5544/live/main?x=1 RTSP/1.0\r\nCSeq: 2\r\n")


def test_who_does_not_know_the_word_is_not_let_through():
    with pytest.raises(Fault):
        talk().to_camera(DESCRIBE.replace(b"word", b"guess"))


def test_a_camera_that_asks_who_we_are_is_answered_here_and_the_process_hears_nothing():
    relay = talk()
    relay.to_camera(DESCRIBE)
    onward, back = relay.to_process(CHALLENGE)
    assert onward == b""
    assert back.startswith(b"DESCRIBE rtsp://10.1.2.3:5544/live/main?x=1 RTSP/1.0\nAuthorization: Digest ") or (
        b'\nAuthorization: Digest username="petugas"' in back
    )
    assert b'uri="rtsp://10.1.2.3:5544/live/main?x=1"' in back
    assert b"rahasia" not in back


def test_later_requests_carry_the_login_at_once():
    relay = talk()
    relay.to_camera(DESCRIBE)
    relay.to_process(CHALLENGE)
    relay.to_process(b"RTSP/1.0 200 OK\r\nCSeq: 2\r\n\r\n")
    setup = b"SETUP rtsp://10.1.2.3:5544/live/main/track1 RTSP/1.0\r\nCSeq: 3\r\n\r\n"
    assert b"\nAuthorization: Digest " in relay.to_camera(setup)


def test_a_login_that_was_refused_is_not_tried_again():
    relay = talk()
    relay.to_camera(DESCRIBE)
    relay.to_process(CHALLENGE)
    with pytest.raises(Fault) as raised:
        relay.to_process(CHALLENGE)
    assert raised.value.code is FaultCode.UNAUTHORIZED


@pytest.mark.parametrize(
    "piece",
    [
        b"RTSP/1.0 302 Moved\r\nCSeq: 2\r\nLocation: rtsp://10.6.6.6/\r\n\r\n",
        b"RTSP/1.0  301 Moved\r\nCSeq: 4\r\n\r\n",
        b"REDIRECT rtsp://10.1.2.3/ RTSP/1.0\r\nCSeq: 1\r\nLocation: rtsp://10.6.6.6/\r\n\r\n",
    ],
)
def test_no_redirect_passes(piece):
    with pytest.raises(Fault) as raised:
        talk().to_process(piece)
    assert raised.value.code is FaultCode.REDIRECT_REFUSED


def test_a_refusal_passes_and_is_remembered():
    relay = talk()
    piece = b"RTSP/1.0 404 Not Found\r\nCSeq: 2\r\n\r\n"
    assert relay.to_process(piece) == (piece, b"")
    assert relay.refusal is not None
    assert relay.refusal.code is FaultCode.STREAM_NOT_FOUND


PIECES = st.one_of(
    st.binary(max_size=300).map(lambda body: b"$\x00" + len(body).to_bytes(2, "big") + body),
    st.binary(max_size=300).map(lambda body: b"RTSP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body),
    st.just(b"RTSP/1.0 200 OK\nCSeq: 1\n\n"),
)


@given(pieces=st.lists(PIECES, max_size=12), cut=st.integers(1, 500))
def test_every_byte_comes_out_in_whole_pieces_however_it_came(pieces, cut):
    data = b"".join(pieces)
    cutter = Cutter()
    assert [piece for at in range(0, len(data), cut) for piece in cutter.feed(data[at : at + cut])] == pieces


@given(st.lists(st.binary(max_size=200), max_size=10))
def test_garbage_is_passed_on_or_a_fault(chunks):
    cutter, relay = Cutter(), talk()
    for chunk in chunks:
        try:
            for piece in cutter.feed(chunk):
                relay.to_process(piece)
        except Fault:
            return


def test_what_never_ends_is_a_fault():
    with pytest.raises(Fault):
        list(Cutter().feed(b"A" * 70_000))
