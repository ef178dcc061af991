"""Cameras that people have reported to go2rtc, MediaMTX, gortsplib, retina, Moonfire NVR and others, each as a script.

What is odd costs at most itself, is counted and named.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.playbook import DESCRIBED, OPENED, PLAYED, SET_UP, play
from tmcwall.domain.oddity import Oddity
from tmcwall.video.sessions.keep_alive_history import KeepAliveHistory

SECTION = ("m=video 0 RTP/AVP 96", "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1", "a=control:track1")
PICTURES = "key packet\npacket\npacket\n3 pictures\n"
BASE = "   Content-Base: rtsp://10.0.0.5/stream/\n"


def described(*lines: str, fields: str = "   Content-Type: application/sdp\n" + BASE) -> str:
    body = "".join(f"   | {line}\n" for line in lines)
    return f"connect 10.0.0.5:554\n>> DESCRIBE rtsp://10.0.0.5/stream\n<< 200 OK\n{fields}{body}"


def with_line(place: int, line: str) -> str:
    return described("v=0", *SECTION[:place], line, *SECTION[place + 1 :])


def set_up(transport: str, *, session: str = "1234;timeout=60") -> str:
    fields = f"   Session: {session}\n   Transport: {transport}\n"
    return f">> SETUP rtsp://10.0.0.5/stream/track1\n<< 200 OK\n{fields}"


def answered(head: str) -> str:
    """SETUP's answer as it stands."""
    escaped = head.replace("\n", "\\r\\n")
    fields = "Session: 1234;timeout=60\\r\\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\\r\\n\\r\\n"
    return f">> SETUP rtsp://10.0.0.5/stream/track1\nraw {escaped}\\r\\n{fields}\n"


GUESSED = {Oddity.DESCRIPTION: 1}
ODD_HEAD = {Oddity.ANSWER_HEAD: 1}
ODD_TRANSPORT = {Oddity.ODD_TRANSPORT: 1}

DESCRIPTIONS: Mapping[str, tuple[str, Mapping[Oddity, int]]] = {
    "go2rtc 2316: a port below nothing": (with_line(0, "m=video -1353744643 RTP/AVP 96"), GUESSED),
    "no port": (with_line(0, "m=video RTP/AVP 96"), GUESSED),
    "no protocol": (with_line(0, "m=video 0 96"), GUESSED),
    "rtpmap of another type": (with_line(1, "a=rtpmap:97 H264/90000"), GUESSED),
    "no rtpmap": (with_line(1, "a=recvonly"), GUESSED),
    "H.264 by another name": (with_line(1, "a=rtpmap:96 H.264/90000"), {}),
    "parameters with commas": (with_line(2, "a=fmtp:96 packetization-mode=1,profile-level-id=42001f"), {}),
    "MediaMTX 5887: mode 0": (with_line(2, "a=fmtp:96 packetization-mode=0"), {}),
    "gortsplib 658: parameters of another type": (with_line(2, "a=fmtp:97 packetization-mode=1"), {}),
    "retina 42: parameter sets that are none": (with_line(2, "a=fmtp:96 sprop-parameter-sets=6QAA,6QAB"), {}),
    "gortsplib 479: 25 sections": (described("v=0", *["m=audio 0 RTP/AVP 8"] * 25, *SECTION), {}),
    "MediaMTX 227: twice in a line": (described("v=0", "c=IN c=IN IP4 0.0.0.0", *SECTION), {}),
    "MediaMTX 231, 2555: odd origins": (described("v=0", "o=[-2208991488 1698143674.97 IN IP4", *SECTION), {}),
    "go2rtc 679: the section alone": (described(*SECTION), {}),
    "Moonfire 238: a vendor's section": (described("v=0", "m=application/X 0 RTP/AVP smart/1/90000", *SECTION), {}),
    "Moonfire 298: no type": (described("v=0", *SECTION, fields=BASE), {}),
}


@pytest.mark.parametrize("report", DESCRIPTIONS)
def test_an_odd_description_costs_nothing(report: str) -> None:
    script, oddities = DESCRIPTIONS[report]
    assert play(script + SET_UP + PLAYED + PICTURES).oddities == oddities


ANSWERS: Mapping[str, tuple[str, Mapping[Oddity, int]]] = {
    "gortsplib 142: no channels": (set_up("RTP/AVP/TCP;unicast"), {}),
    "empty channels": (set_up("RTP/AVP/TCP;unicast;interleaved="), ODD_TRANSPORT),
    "half a pair": (set_up("RTP/AVP/TCP;unicast;interleaved=0-"), ODD_TRANSPORT),
    "blanks in a pair": (set_up("RTP/AVP/TCP;unicast;interleaved=0 - 1"), ODD_TRANSPORT),
    "ports of nothing": (set_up("RTP/AVP/TCP;interleaved=0-1;client_port=-;server_port=(null)"), ODD_TRANSPORT),
    "another profile": (set_up("RTP/AVPF/TCP;unicast;interleaved=0-1"), ODD_TRANSPORT),
    "another order": (set_up("TCP/RTP/AVP;unicast;interleaved=0-1"), ODD_TRANSPORT),
    "in quotes": (set_up('"RTP/AVP/TCP;unicast;interleaved=0-1"'), ODD_TRANSPORT),
    "said to be multicast": (set_up("RTP/AVP/TCP;multicast;interleaved=0-1"), {}),
    "blanks in the session": (set_up("RTP/AVP/TCP;interleaved=0-1", session="1234 ; timeout = 60;"), {}),
    "a line that is no field": (answered("RTSP/1.0 200 OK\nCSeq: 2\nServer Hipcam"), ODD_HEAD),
    "blanks in a name": (answered("RTSP/1.0 200 OK\nCSeq: 2\nX Frame Rate: 25"), ODD_HEAD),
    "an empty length": (answered("RTSP/1.0 200 OK\nCSeq: 2\nContent-Length:"), ODD_HEAD),
    "a length below nothing": (answered("RTSP/1.0 200 OK\nCSeq: 2\nContent-Length: -1"), ODD_HEAD),
    "blanks in the status": (answered("RTSP/1.0  200 OK\nCSeq: 2"), ODD_HEAD),
    "no blank in the status": (answered("RTSP/1.0 200OK\nCSeq: 2"), ODD_HEAD),
    "another version": (answered("RTSP/2.0 200 OK\nCSeq: 2"), ODD_HEAD),
    "small letters": (answered("rtsp/1.0 200 OK\nCSeq: 2"), ODD_HEAD),
    "an answer before the answer": (answered("RTSP/1.0 100 Continue\nCSeq: 2\n\nRTSP/1.0 200 OK\nCSeq: 2"), {}),
}


@pytest.mark.parametrize("report", ANSWERS)
def test_an_odd_answer_costs_nothing(report: str) -> None:
    script, oddities = ANSWERS[report]
    assert play(DESCRIBED + script + PLAYED + PICTURES).oddities == oddities


def test_a_range_that_is_refused_is_not_asked_for_again() -> None:
    refused = ">> PLAY rtsp://10.0.0.5/stream/\n   Range: npt=0.000-\n<< 457 Invalid Range\n"
    again = ">> PLAY rtsp://10.0.0.5/stream/\n   no Range\n<< 200 OK\nplaying\n"
    play(DESCRIBED + SET_UP + refused + again + PICTURES)


def test_another_session_in_the_answer_to_play_changes_nothing() -> None:
    """retina 85."""
    answer = ">> PLAY rtsp://10.0.0.5/stream/\n   Session: 1234\n<< 200 OK\n   Session: 9999\nplaying\n"
    play(DESCRIBED + SET_UP + answer + PICTURES + "close\n>> TEARDOWN rtsp://10.0.0.5/stream/\n   Session: 1234\n")


@pytest.mark.parametrize(("agreed", "used"), [("0-1", 2), ("8-9", 0)])
def test_packets_on_another_channel_than_agreed_are_taken_where_none_come_on_that(agreed: str, used: int) -> None:
    on = f"key packet on {used}\ntime passes 0.5 s\nkey packet on {used}\n0 pictures\ntime passes 0.6 s\n"
    taken = f"key packet on {used}\npacket on {used}\n2 pictures\n"
    book = play(DESCRIBED + set_up(f"RTP/AVP/TCP;unicast;interleaved={agreed}") + PLAYED + on + taken)
    assert book.oddities == {Oddity.CHANNEL: 1}


def test_what_comes_on_other_channels_beside_the_agreed_one_is_not_ours() -> None:
    others = "packet on 4\ntime passes 2 s\npacket on 4\n"
    book = play(OPENED + "key packet\n" + others + "packet\n2 pictures\n")
    assert not book.oddities


def test_what_is_no_video_of_ours_on_another_channel_is_not_taken() -> None:
    noise = "raw $\\x04\\x00\\x0e\\x80\\x08\\x00\\x01\\x00\\x00\\x00\\x01\\x00\\x00\\x00\\x07au\n"
    book = play(OPENED + noise + "time passes 2 s\n" + noise + "key packet\n1 picture\n")
    assert not book.oddities


def test_a_goodbye_of_another_source_ends_nothing() -> None:
    other = "raw $\\x01\\x00\\x08\\x81\\xcb\\x00\\x01\\xde\\xad\\xbe\\xef\n"
    book = play(OPENED + "key packet\n" + other + "packet\n2 pictures\n")
    assert book.oddities == {Oddity.GOODBYE: 1}


def test_reports_on_the_channel_of_pictures_cost_none() -> None:
    report = "raw $\\x00\\x00\\x1c\\x80\\xc8\\x00\\x06\\xde\\xad\\xbe\\xef" + "\\x00" * 20 + "\n"
    assert not play(OPENED + "key packet\n" + report + "packet\n2 pictures\n").oddities


def test_a_camera_that_says_at_each_keep_alive_that_it_knows_no_such_session_is_soon_asked_for_none() -> None:
    """Thingino 490, with every way there is."""
    history = KeepAliveHistory()
    said = "".join(f"plays 30 s\n>> {method} rtsp://10.0.0.5/stream/\n<< 454 Session Not Found\n"
                   for method in ("GET_PARAMETER", "OPTIONS", "SET_PARAMETER"))  # fmt: skip
    book = play(OPENED + "time passes 1 s\n" + said + "plays 60 s\n150 pictures\n", keep_alive_history=history)
    assert book.oddities == {Oddity.FORGOTTEN: 3}
