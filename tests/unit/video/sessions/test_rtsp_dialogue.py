"""What is said to a camera and how its answers are taken, as scripts: see `tests.playbook` for how one reads."""

import hashlib

import pytest

from tests.playbook import DESCRIBED, DESCRIPTION, OPENED, PLAYED, SET_UP, URL, play
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import TransportPreference
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.sessions.keep_alive_history import KeepAliveHistory
from tmcwall.video.sessions.picture_history import PictureHistory
from tmcwall.video.sessions.reconnect import Timing
from tmcwall.video.sessions.transport_history import TransportHistory

OFFICER = StreamUrl(URL, "petugas", "r4h@s14")
OVER_UDP = StreamUrl(URL, transport=TransportPreference.UDP)
SET_UP_BY_OFFICER = SET_UP.replace("   Transport", "   Authorization: right\n   Transport", 1)
UDP_SET_UP = """\
udp opens
>> SETUP rtsp://10.0.0.5/stream/track1
   Transport: RTP/AVP;unicast;client_port=50000-50001
<< 200 OK
   Session: 1234
   Transport: RTP/AVP;unicast;client_port=50000-50001;server_port=6000-6001
>> PLAY rtsp://10.0.0.5/stream/
<< 200 OK
"""


def login(challenge: str, *, scheme: str) -> str:
    """Up to the description, of a camera that wants to know who we are."""
    return f"""\
connect 10.0.0.5:554
>> DESCRIBE rtsp://10.0.0.5/stream
   no Authorization
<< 401 Unauthorized
   WWW-Authenticate: {challenge}
>> DESCRIBE rtsp://10.0.0.5/stream
   Authorization: {scheme} *
   Authorization: right
<< 200 OK
{DESCRIPTION}"""


def test_a_camera_is_described_set_up_and_played() -> None:
    book = play(OPENED + "key packet\npacket\npacket\n3 pictures\n")
    assert [unit.key for unit in book.units] == [True, False, False]
    assert [known.codec for known in book.formats] == ["h264"]


@pytest.mark.parametrize("pieces", [1, 2, 3, 7, 1000])
def test_answers_may_come_in_pieces_of_any_size(pieces: int) -> None:
    play(OPENED + "key packet\npacket\n2 pictures\n", pieces=pieces)


@pytest.mark.parametrize(
    ("challenge", "scheme"),
    [
        ('Basic realm="cam"', "Basic"),
        ('Digest realm="cam", nonce="77"', "Digest"),
        ('Digest realm="cam", nonce="77", qop="auth", algorithm=MD5', "Digest"),
        ('Digest realm="cam", nonce="77", qop="auth", algorithm=SHA-256', "Digest"),
    ],
)
def test_a_camera_that_asks_gets_the_login_in_the_way_it_asks_for(challenge: str, scheme: str) -> None:
    play(login(challenge, scheme=scheme) + SET_UP_BY_OFFICER + PLAYED, source=OFFICER)


def test_a_login_that_is_refused_is_not_tried_again() -> None:
    script = login('Digest realm="cam", nonce="77"', scheme="Digest").removesuffix("<< 200 OK\n" + DESCRIPTION)
    refused = """\
<< 401 Unauthorized
   WWW-Authenticate: Digest realm="cam", nonce="78"
fault UNAUTHORIZED
"""
    play(script + refused, source=OFFICER)


def test_a_digest_that_is_refused_is_followed_by_the_other_one_that_is_offered() -> None:
    offered = """\
<< 401 Unauthorized
   WWW-Authenticate: Digest realm="cam", nonce="77"
   WWW-Authenticate: Digest realm="cam", nonce="77", algorithm=SHA-256
"""
    asked = ">> DESCRIBE rtsp://10.0.0.5/stream\n"
    by_sha = asked + "   Authorization: *SHA-256*\n"
    by_md5 = asked + "   Authorization: right\n"
    script = f"connect 10.0.0.5:554\n{asked}{offered}{by_sha}{offered}{by_md5}"
    play(f"{script}<< 200 OK\n{DESCRIPTION}{SET_UP_BY_OFFICER}{PLAYED}", source=OFFICER)
    play(f"{script}{offered}fault UNAUTHORIZED\n", source=OFFICER)


def test_a_nonce_that_has_grown_old_is_replaced_in_the_middle() -> None:
    stale = """\
>> SETUP rtsp://10.0.0.5/stream/track1
   Authorization: right
<< 401 Unauthorized
   WWW-Authenticate: Digest realm="cam", nonce="78", stale=true
"""
    opened = login('Digest realm="cam", nonce="77"', scheme="Digest")
    play(
        opened + stale + SET_UP.replace("   Transport", "   Authorization: right\n   Transport", 1) + PLAYED,
        source=OFFICER,
    )


def test_a_camera_without_a_login_of_ours_stays_closed() -> None:
    play("""\
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/stream
        << 401 Unauthorized
           WWW-Authenticate: Basic realm="cam"
        fault UNAUTHORIZED
    """)


def test_a_login_does_not_go_in_the_clear_where_that_is_not_allowed() -> None:
    script = """\
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/stream
        << 401 Unauthorized
           WWW-Authenticate: Basic realm="cam"
        fault BASIC_AUTH_REFUSED
    """
    play(script, source=OFFICER, allow_basic=False)


def test_a_camera_that_closes_behind_its_challenge_is_connected_to_again() -> None:
    script = """\
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/stream
        << 401 Unauthorized
           WWW-Authenticate: Digest realm="cam", nonce="77"
        camera closes
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/stream
           CSeq: 1
           Authorization: right
    """
    play(script, source=OFFICER)


@pytest.mark.parametrize(
    "location", ["rtsp://10.0.0.6/stream", "rtsp://10.0.0.5:8554/stream", "rtsps://10.0.0.5/stream", "http://", ""]
)
def test_a_redirect_to_elsewhere_is_refused(location: str) -> None:
    play(f"""\
connect 10.0.0.5:554
>> DESCRIBE rtsp://10.0.0.5/stream
<< 302 Moved
   Location: {location}
fault REDIRECT_REFUSED
""")


def test_a_redirect_on_the_same_host_is_followed_also_where_the_camera_closes() -> None:
    play("""\
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/stream
        << 301 Moved
           Location: rtsp://10.0.0.5:554/other
        camera closes
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5:554/other
    """)


def test_a_path_as_people_type_it_is_sent_as_a_url() -> None:
    source = StreamUrl("rtsp://10.0.0.5/pintu\u2013barat?sisi=t\u00fcr", "petugas", "r4h@s14")
    play(
        """\
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/pintu%E2%80%93barat?sisi=t%C3%BCr
        << 401 Unauthorized
           WWW-Authenticate: Digest realm="cam", nonce="77"
        >> DESCRIBE rtsp://10.0.0.5/pintu%E2%80%93barat?sisi=t%C3%BCr
           Authorization: right
    """,
        source=source,
    )


def test_a_redirect_in_a_circle_is_followed_once() -> None:
    play("""\
        connect 10.0.0.5:554
        >> DESCRIBE rtsp://10.0.0.5/stream
        << 301 Moved
           Location: rtsp://10.0.0.5/stream
        >> DESCRIBE rtsp://10.0.0.5/stream
        << 301 Moved
           Location: rtsp://10.0.0.5/stream
        fault REDIRECT_REFUSED
    """)


def test_a_camera_that_refuses_tcp_is_asked_for_udp() -> None:
    refusal = """\
>> SETUP rtsp://10.0.0.5/stream/track1
   Transport: RTP/AVP/TCP;*
<< 461 Unsupported Transport
"""
    play(DESCRIBED + refusal + UDP_SET_UP + "playing\nkey datagram\n1 picture\n")


def test_a_camera_that_refuses_all_we_know_says_so() -> None:
    refusal = """\
>> SETUP rtsp://10.0.0.5/stream/track1
<< 461 Unsupported Transport
udp opens
>> SETUP rtsp://10.0.0.5/stream/track1
<< 461 Unsupported Transport
udp closes
fault TRANSPORT_REFUSED
"""
    play(DESCRIBED + refusal)


def test_where_nothing_comes_over_udp_tcp_is_asked_for_and_that_is_remembered() -> None:
    history = TransportHistory()
    given_up = """\
time passes 2.5 s
udp closes
>> TEARDOWN rtsp://10.0.0.5/stream/
   Session: 1234
<< 200 OK
"""
    play(DESCRIBED + UDP_SET_UP + given_up + SET_UP + PLAYED, source=OVER_UDP, transport_history=history)
    play(OPENED, source=OVER_UDP, transport_history=history)


def test_a_camera_that_closes_behind_the_teardown_is_connected_to_for_tcp() -> None:
    given_up = """\
time passes 2.5 s
>> TEARDOWN rtsp://10.0.0.5/stream/
camera closes
connect 10.0.0.5:554
"""
    play(DESCRIBED + UDP_SET_UP + given_up + SET_UP + PLAYED, source=OVER_UDP)


@pytest.mark.parametrize("first", ["key datagram", "datagram report"])
def test_one_packet_or_report_over_udp_is_enough(first: str) -> None:
    play(DESCRIBED + UDP_SET_UP + f"time passes 2.4 s\n{first}\nplaying\ntime passes 2 s\n", source=OVER_UDP)


def test_a_session_is_kept_alive_at_half_of_its_timeout() -> None:
    kept = """\
plays 29 s
plays 2 s
>> GET_PARAMETER rtsp://10.0.0.5/stream/
   Session: 1234
<< 200 OK
plays 31 s
>> GET_PARAMETER rtsp://10.0.0.5/stream/
"""
    play(OPENED + kept)


def test_a_session_timeout_of_nothing_is_taken_for_a_minute() -> None:
    kept = "plays 29 s\nplays 2 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n<< 200 OK\n"
    play(OPENED.replace("timeout=60", "timeout=0") + kept)


def test_a_camera_that_knows_no_get_parameter_is_kept_alive_by_options() -> None:
    kept = """\
plays 31 s
>> GET_PARAMETER rtsp://10.0.0.5/stream/
<< 501 Not Implemented
plays 30 s
>> OPTIONS rtsp://10.0.0.5/stream/
<< 200 OK
"""
    play(OPENED + kept)


def test_a_camera_that_has_forgotten_the_session_is_left() -> None:
    gone = "plays 31 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n<< 454 Session Not Found\ntime passes 2.5 s\n"
    play(OPENED + gone + "fault CONNECTION_LOST\n")


def test_a_camera_that_says_so_and_goes_on_is_kept_and_asked_otherwise() -> None:
    """Thingino answers GET_PARAMETER by 454."""
    said = "plays 31 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n<< 454 Session Not Found\nplays 30 s\n"
    book = play(OPENED + said + ">> OPTIONS rtsp://10.0.0.5/stream/\n<< 200 OK\n61 pictures\n")
    assert book.oddities == {Oddity.FORGOTTEN: 1}


def test_a_keep_alive_without_an_answer_is_no_fault_while_pictures_come() -> None:
    asked = "plays 31 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\nplays 15 s\n>> OPTIONS rtsp://10.0.0.5/stream/\n"
    play(OPENED + asked + "46 pictures\n")


def test_a_camera_that_ignores_get_parameter_is_asked_otherwise_at_once_and_ever_after() -> None:
    history = KeepAliveHistory()
    ignored = """\
plays 31 s
>> GET_PARAMETER rtsp://10.0.0.5/stream/
plays 11 s
>> OPTIONS rtsp://10.0.0.5/stream/
<< 200 OK
plays 20 s
>> OPTIONS rtsp://10.0.0.5/stream/
<< 200 OK
"""
    play(OPENED + ignored, keep_alive_history=history)
    play(OPENED + "plays 31 s\n>> OPTIONS rtsp://10.0.0.5/stream/\n<< 200 OK\n", keep_alive_history=history)


def test_a_request_that_a_camera_answers_by_closing_is_not_sent_again() -> None:
    history = KeepAliveHistory()
    for method in ("GET_PARAMETER", "OPTIONS", "SET_PARAMETER"):
        closed = f"plays 31 s\n>> {method} rtsp://10.0.0.5/stream/\ncamera closes\nfault CONNECTION_LOST\n"
        play(OPENED + closed, keep_alive_history=history)
    play(OPENED + "plays 100 s\n100 pictures\n", keep_alive_history=history)


def test_a_stream_that_stalls_says_nothing_of_its_keep_alive() -> None:
    history = KeepAliveHistory()
    stalled = "plays 28 s\ntime passes 8 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\nfault STREAM_STALLED\n"
    play(OPENED + stalled, keep_alive_history=history)
    play(OPENED + "plays 31 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n<< 200 OK\n", keep_alive_history=history)


def test_a_camera_is_sent_what_it_says_it_knows() -> None:
    described = OPENED.replace(
        "<< 200 OK\n", "<< 200 OK\n   Public: OPTIONS, DESCRIBE, SETUP, PLAY, set_parameter\n", 1
    )
    kept = """\
plays 31 s
>> OPTIONS rtsp://10.0.0.5/stream/
<< 501 Not Implemented
plays 30 s
>> SET_PARAMETER rtsp://10.0.0.5/stream/
<< 200 OK
"""
    play(described + kept)


def test_closing_tears_the_session_down_and_waits_for_the_answer() -> None:
    closing = """\
close
>> TEARDOWN rtsp://10.0.0.5/stream/
   Session: 1234
packet
<< 200 OK
disconnect
closed
0 pictures
"""
    play(OPENED + closing)


def test_closing_does_not_wait_long_for_a_silent_camera() -> None:
    play(OPENED + "close\n>> TEARDOWN rtsp://10.0.0.5/stream/\ntime passes 0.5 s\ndisconnect\nclosed\n")


def test_closing_before_there_is_a_session_asks_for_nothing() -> None:
    play("connect 10.0.0.5:554\n>> DESCRIBE rtsp://10.0.0.5/stream\nclose\ndisconnect\nclosed\n")


def test_a_camera_may_ask_in_between() -> None:
    asked = """\
<< OPTIONS rtsp://10.0.0.5/stream
   CSeq: 77
>> 200 OK
   CSeq: 77
   Public: *GET_PARAMETER*
<< SET_PARAMETER rtsp://10.0.0.5/stream
   CSeq: 78
>> 200 OK
   CSeq: 78
<< RECORD rtsp://10.0.0.5/stream
   CSeq: 79
>> 501 Not Implemented
"""
    play(OPENED.replace("<< 200 OK\n", asked + "<< 200 OK\n") + asked)


@pytest.mark.parametrize(
    ("method", "answer", "fault"),
    [("TEARDOWN", "200 OK", "STREAM_ENDED"), ("REDIRECT", "501 Not Implemented", "REDIRECT_REFUSED")],
)
def test_a_camera_may_end_the_session(method: str, answer: str, fault: str) -> None:
    play(OPENED + f"<< {method} rtsp://10.0.0.5/stream\n   CSeq: 5\n>> {answer}\nfault {fault}\n")


def test_a_request_of_the_camera_with_a_control_character_is_no_bug_of_ours() -> None:
    play(OPENED + "raw OPTIONS rtsp://k RTSP/1.0\\r\\nCSeq: \\x01\\r\\n\\r\\n\nfault PROTOCOL_BROKEN\n")


def test_a_goodbye_ends_the_stream() -> None:
    play(OPENED + "key packet\ngoodbye\nfault STREAM_ENDED\n")


def test_a_description_without_video_is_no_camera_to_us() -> None:
    audio = DESCRIBED.replace("video 0 RTP/AVP 96", "audio 0 RTP/AVP 0")
    play(audio + "fault NO_VIDEO\n")


def test_a_page_of_html_is_no_camera() -> None:
    play(DESCRIBED.replace("application/sdp", "text/html") + "fault NOT_A_CAMERA\n")


@pytest.mark.parametrize(
    ("base", "control"),
    [
        ("   Content-Base: rtsp://10.0.0.5/live/\n", "rtsp://10.0.0.5/live/track1"),
        ("   Content-Base: rtsp://10.0.0.5/live\n", "rtsp://10.0.0.5/live/track1"),
        ("   Content-Location: rtsp://10.0.0.5/loc/\n", "rtsp://10.0.0.5/loc/track1"),
        ("   Content-Base: rtsp://192.168.1.1:554/inside/\n", "rtsp://192.168.1.1:554/inside/track1"),
        ("", "rtsp://10.0.0.5/stream/track1"),
        ("   Content-Base: /stream/\n", "rtsp://10.0.0.5/stream/track1"),
        ("   Content-Base: rtsp://\n   Content-Location: rtsp://10.0.0.5/loc/\n", "rtsp://10.0.0.5/loc/track1"),
        ("   Content-Base: rtsp\n   Content-Location: 10.0.0.5/loc/\n", "rtsp://10.0.0.5/stream/track1"),
        ("   Content-Base: rtsp://rtsp://10.0.0.5/live/\n", "rtsp://10.0.0.5/live/track1"),
        ("   Content-Base: rtsp://10.0.0.5/two words/\n", "rtsp://10.0.0.5/two%20words/track1"),
    ],
    ids=[
        "with slash",
        "without slash",
        "location",
        "address behind a router",
        "none",
        "path",
        "no URL",
        "neither",
        "twice",
        "blank",
    ],
)
def test_what_is_set_up_lies_below_the_base_whatever_it_is(base: str, control: str) -> None:
    described = DESCRIBED.replace("   Content-Base: rtsp://10.0.0.5/stream/\n", base)
    play(described + f">> SETUP {control}\n")


def test_a_camera_that_does_not_answer_is_given_up_after_ten_seconds() -> None:
    play("connect 10.0.0.5:554\n>> DESCRIBE rtsp://10.0.0.5/stream\ntime passes 10 s\ndisconnect\nfault NO_ANSWER\n")


def test_a_camera_that_answers_slowly_is_given_up_ten_seconds_after_the_beginning() -> None:
    slow = DESCRIBED.replace("<< 200", "time passes 6 s\n<< 200")
    play(slow + ">> SETUP rtsp://10.0.0.5/stream/track1\ntime passes 4 s\nfault NO_ANSWER\n")


@pytest.mark.parametrize("fault", ["CONNECTION_REFUSED", "HOST_UNREACHABLE", "ADDRESS_FORBIDDEN"])
def test_what_the_network_says_is_the_fault(fault: str) -> None:
    play(f"connect fails {fault}\nfault {fault}\n")


def test_an_answer_without_a_number_belongs_to_the_oldest_request() -> None:
    play(OPENED.replace("<< 200 OK\n", "<< 200 OK\n   no CSeq\n"))


def test_an_answer_to_nothing_that_was_asked_is_left_alone() -> None:
    play(OPENED.replace("<< 200 OK\n", "<< 404 Not Found\n   CSeq: 900\n<< 200 OK\n"))


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("403 Forbidden", "UNAUTHORIZED"),
        ("404 Not Found", "STREAM_NOT_FOUND"),
        ("453 Not Enough Bandwidth", "CAMERA_BUSY"),
        ("500 Internal Server Error", "PROTOCOL_BROKEN"),
    ],
)
def test_a_refusal_has_a_name(status: str, fault: str) -> None:
    play(f"connect 10.0.0.5:554\n>> DESCRIBE rtsp://10.0.0.5/stream\n<< {status}\nfault {fault}\n")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("503 Service Unavailable\n   Retry-After: 2", "CAMERA_PREPARING"),
        ("503 Service Unavailable\n   Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", "CAMERA_BUSY"),
        ("453 Not Enough Bandwidth\n   Retry-After: 2", "CAMERA_BUSY"),
    ],
)
def test_a_camera_that_says_when_it_wants_to_be_asked_again_is_getting_ready(answer: str, fault: str) -> None:
    play(f"connect 10.0.0.5:554\n>> DESCRIBE rtsp://10.0.0.5/stream\n<< {answer}\nfault {fault}\n")


NO_SESSION = SET_UP.replace("   Session: 1234;timeout=60\n", "")
PLAYED_WITHOUT = PLAYED.replace("   Session: 1234\n", "   no Session\n")


def test_the_session_may_come_with_the_answer_to_play() -> None:
    played = PLAYED_WITHOUT.replace("<< 200 OK\n", "<< 200 OK\n   Session: 77;timeout=20\n")
    kept = "key packet\n1 picture\nplays 11 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n   Session: 77\n<< 200 OK\n"
    closing = "close\n>> TEARDOWN rtsp://10.0.0.5/stream/\n   Session: 77\n<< 200 OK\ndisconnect\nclosed\n"
    play(DESCRIBED + NO_SESSION + played + kept + closing)


def test_a_camera_may_play_without_a_session() -> None:
    closing = "close\n>> TEARDOWN rtsp://10.0.0.5/stream/\n   no Session\n<< 200 OK\ndisconnect\nclosed\n"
    play(DESCRIBED + NO_SESSION + PLAYED_WITHOUT + "key packet\n1 picture\n" + closing)


def test_a_session_keeps_the_timeout_of_setup_where_play_repeats_only_its_name() -> None:
    played = PLAYED.replace("<< 200 OK\n", "<< 200 OK\n   Session: 1234\n")
    kept = "plays 6 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n<< 200 OK\n"
    play(DESCRIBED + SET_UP.replace("timeout=60", "timeout=10") + played + kept)


@pytest.mark.parametrize(
    "transport", ["", "   Transport: RTP/AVP;unicast;interleaved=0-1\n"], ids=["none", "RTP/AVP with channels"]
)
def test_a_camera_may_say_little_of_the_transport_it_was_asked_for(transport: str) -> None:
    play(DESCRIBED + SET_UP.rpartition("   Transport")[0] + transport + PLAYED + "key packet\n1 picture\n")


@pytest.mark.parametrize("number", [0, 1])
def test_a_camera_may_give_all_its_answers_one_number(number: int) -> None:
    kept = "plays 31 s\n>> GET_PARAMETER rtsp://10.0.0.5/stream/\n<< 200 OK\n"
    play((OPENED + kept).replace("<< 200 OK\n", f"<< 200 OK\n   CSeq: {number}\n"))


def test_bytes_between_packets_cost_no_picture() -> None:
    noise = "raw \\x00\\x00\\x00\\x00\nkey packet\nraw \\x01\\x02\\x7f some noise\npacket\npacket\n3 pictures\n"
    book = play(OPENED + noise)
    assert set(book.oddities) == {Oddity.BYTES_BETWEEN, Oddity.SHORT_LENGTH}


def test_noise_alone_is_no_life() -> None:
    noise = "raw \\x24\\x00\\x00\\x0dthirteenbytes\ntime passes 4 s\n" * 2
    play(OPENED + noise + "time passes 1 s\nfault NO_MEDIA\n")
    play(OPENED + "key packet\n" + noise + "time passes 1 s\nfault STREAM_STALLED\n")


def test_the_first_section_that_can_be_played_is_set_up() -> None:
    jpeg = "   | m=application 0 RTP/AVP vendor\n   | m=video 0 RTP/AVP 26\n   | a=control:jpeg\n   | m=video"
    play(OPENED.replace("   | m=video", jpeg).replace("   | v=0\n", ""))


def test_a_camera_that_chooses_another_transport_than_asked_for_is_refused() -> None:
    udp = SET_UP.rpartition("   Transport")[0] + "   Transport: RTP/AVP;unicast;client_port=1-2\n"
    play(DESCRIBED + udp + "fault TRANSPORT_REFUSED\n")


def test_a_camera_may_choose_other_channels() -> None:
    chosen = SET_UP.rpartition("interleaved=0-1")[0] + "interleaved=4-5\n"
    play(DESCRIBED + chosen + PLAYED + "key packet\n0 pictures\nkey packet on 4\n1 picture\n")


def test_packets_may_come_before_the_answer_to_play() -> None:
    play(DESCRIBED + SET_UP + PLAYED.replace("<< 200 OK", "key packet\n1 picture\n<< 200 OK"))


@pytest.mark.parametrize(
    ("what_comes", "fault"),
    [
        ("time passes 9 s", "NO_MEDIA"),
        ("key packet\ntime passes 9 s", "STREAM_STALLED"),
        ("camera closes", "CONNECTION_LOST"),
        ("raw \\x01\\x02\ntime passes 9 s", "NO_MEDIA"),
    ],
)
def test_a_stream_that_fails_says_how(what_comes: str, fault: str) -> None:
    play(OPENED + f"{what_comes}\nfault {fault}\n")


UNDISTURBED = Timing(keep_alive_s=100_000)
"""So long that no keep-alive comes into a script."""


def known(picture_s: float | None = None, key_s: float | None = None) -> PictureHistory:
    """What earlier connections of the camera have shown."""
    history = PictureHistory()
    history.measured("", StreamUrl(URL), picture_s=picture_s, key_s=key_s)
    return history


def test_while_packets_flow_a_key_picture_is_waited_for_and_asked_for_once() -> None:
    play(
        OPENED + "plays 3 s without key\nkey request\nplays 280 s without key\nkey packet\nplays 60 s\n",
        timing=UNDISTURBED,
    )


def test_a_camera_that_begins_with_a_key_picture_is_not_asked_for_one() -> None:
    book = play(OPENED + "plays 10 s\n", timing=UNDISTURBED)
    assert "key request" not in book.noted


def test_a_key_picture_is_waited_for_longer_where_the_camera_is_known_to_take_its_time() -> None:
    seldom = known(key_s=200)
    play(OPENED + "plays 490 s without key\nkey packet\nplays 9 s\n", timing=UNDISTURBED, picture_history=seldom)
    play(OPENED + "plays 502 s without key\nfault NO_KEY_FRAME\n", timing=UNDISTURBED, picture_history=seldom)


def test_a_camera_that_is_known_to_send_a_picture_in_ten_seconds_is_given_its_time() -> None:
    slow = known(picture_s=10)
    play(
        OPENED + "time passes 20 s\nkey packet\ntime passes 34 s\nkey packet\n2 pictures\n",
        timing=UNDISTURBED,
        picture_history=slow,
    )
    play(OPENED + "key packet\ntime passes 36 s\nfault STREAM_STALLED\n", timing=UNDISTURBED, picture_history=slow)


def test_once_a_slow_camera_has_shown_its_interval_it_is_given_a_few_of_them() -> None:
    play(
        OPENED + "key packet\ntime passes 7 s\nkey packet\ntime passes 24 s\nkey packet\n3 pictures\n",
        timing=UNDISTURBED,
    )
    play(
        OPENED + "key packet\ntime passes 7 s\nkey packet\ntime passes 26 s\nfault STREAM_STALLED\n", timing=UNDISTURBED
    )


def test_a_session_that_reports_lives_while_nobody_knows_how_often_pictures_come() -> None:
    play(OPENED + "key packet\nreports 50 s\nkey packet\n2 pictures\n", timing=UNDISTURBED)
    play(OPENED + "key packet\nreports 62 s\nfault STREAM_STALLED\n", timing=UNDISTURBED)


def test_reports_are_no_pictures_of_a_camera_that_sent_many() -> None:
    play(OPENED + "plays 5 s\nreports 10 s\nfault STREAM_STALLED\n", timing=UNDISTURBED)


def test_the_description_may_say_how_often_pictures_come() -> None:
    slow = OPENED.replace("   | a=control:track1\n", "   | a=framerate:0.1\n   | a=control:track1\n")
    play(slow + "key packet\ntime passes 34 s\nkey packet\n2 pictures\n", timing=UNDISTURBED)


@pytest.mark.parametrize(("rate", "named"), [(1.0, 0), (0.5, 1), (2.0, 1), (0.0, 1)])
def test_times_that_are_not_those_of_the_pictures_are_named_once(rate: float, named: int, caplog) -> None:
    caplog.set_level("INFO")
    book = play(OPENED + "plays 40 s\n", timing=UNDISTURBED, rate=rate)
    assert (Oddity.RATE in book.oddities, caplog.text.count(Oddity.RATE.value)) == (named > 0, named)
    assert book.units[-1].by_arrival is (named > 0)


def test_a_report_of_a_camera_whose_times_are_not_believed_tells_no_time_of_its_pictures() -> None:
    book = play(OPENED + "plays 30 s\nreports 1 s\n", timing=UNDISTURBED, rate=0.5)
    assert (book.camera_clock, book.clock_offset_ms) == (None, 0)
    believed = play(OPENED + "plays 30 s\nreports 1 s\n", timing=UNDISTURBED)
    assert believed.camera_clock is not None


def test_a_key_picture_is_not_waited_for_for_ever() -> None:
    play(OPENED + "plays 298 s without key\nplays 4 s without key\nfault NO_KEY_FRAME\n", timing=UNDISTURBED)


def test_losses_are_reported_every_five_seconds() -> None:
    play(OPENED + "plays 6 s\nreport\nplays 5 s\nreport\n")


def test_a_camera_with_another_certificate_gets_no_request() -> None:
    known = hashlib.sha256(b"known").hexdigest()
    source = StreamUrl("rtsps://10.0.0.5/stream", "petugas", "r4h@s14", fingerprint=known)
    play("connect 10.0.0.5:322\n   certificate: known\n>> DESCRIBE rtsps://10.0.0.5/stream\n", source=source)
    play("connect 10.0.0.5:322\n   certificate: another\ndisconnect\nfault TLS_UNTRUSTED\n", source=source)
