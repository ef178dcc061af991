"""What the city's odd cameras send is odd in the one way that they are named for."""

from itertools import pairwise

import pytest

from tmcwall.domain.fault import Fault
from tmcwall.rtsp import sdp
from tmcwall.rtsp.codecs import H264, playable_video
from tmcwall.rtsp.h264 import Depacketiser
from tmcwall.rtsp.messages import Connection, Headers, Interleaved, Request, Response, serialise
from tmcwall.rtsp.rtp import HEADER
from tmcwall.sim.descriptions import OddDescription, odd_description
from tmcwall.sim.oddities import OddSession, OddStream, keeps_alive, odd_answer, odd_packets
from tmcwall.sim.session import SentPictures

WHOLE = sdp.write(
    sdp.Media("video", 96, "H264", 90_000, {"packetization-mode": "1", "sprop-parameter-sets": "Z0IAHg==,aM4G4g=="},
              "track1", 25.0),
    name="CAM-1",
)  # fmt: skip
PLAYED = ("vendor", "bare", "jpeg-first", "blanks", "sets", "sound", "clock", "clock-1000", "no-clock", "fmtp")
SETS = (b"\x67\x42\x00\x1e" + b"\x01" * 8, b"\x68\xce\x06\xe2")
SLICE = b"\x65\x88" + b"\x9a" * 3000


@pytest.mark.parametrize("kind", [OddDescription(name) for name in PLAYED])
def test_behind_an_odd_description_stands_the_same_picture(kind):
    read = playable_video(sdp.parse(odd_description(kind, WHOLE), "rtsp://10.0.0.5/live"))
    assert (read.encoding, read.payload_type) == ("H264", 96)


@pytest.mark.parametrize("kind", [OddDescription(name) for name in ("sound-only", "empty", "noise", "numbers", "av1")])
def test_behind_these_there_is_none(kind):
    with pytest.raises(Fault):
        playable_video(sdp.parse(odd_description(kind, WHOLE), "rtsp://10.0.0.5/live"))


ANSWER = Response(
    200,
    "OK",
    Headers([
        ("CSeq", "3"),
        ("Session", "12;timeout=60"),
        ("Transport", "RTP/AVP/TCP;interleaved=0-1"),
        ("Content-Base", "rtsp://10.0.0.5/live/"),
    ]),
)  # fmt: skip


def test_odd_heads_are_read_all_the_same():
    connection = Connection()
    (found,) = connection.feed(serialise(odd_answer(OddSession.HEADS, "SETUP", ANSWER)))
    assert (found.status, found.headers["session"], connection.odd_heads) == (200, "12;timeout=60", 1)


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("numbers", "cseq", "0"),
        ("late", "session", None),
        ("transport", "transport", None),
        ("plain", "transport", "RTP/AVP;interleaved=0-1"),
        ("timeout", "session", "12;timeout=0"),
        ("base", "content-base", "/stream/"),
        ("twice", "content-base", "rtsp://rtsp://10.0.0.5/live/"),
    ],
)
def test_an_odd_answer_differs_in_one_field(kind, field, value):
    odd = odd_answer(OddSession(kind), "SETUP", ANSWER)
    right = {name.lower(): said for name, said in ANSWER.headers.pairs()}
    found = {name.lower(): said for name, said in odd.headers.pairs()}
    assert {name for name in right if found.get(name) != right[name]} == {field}
    assert found.get(field) == value
    refused = Response(401, "Unauthorized", ANSWER.headers)
    assert odd_answer(OddSession(kind), "SETUP", refused) is refused


def test_only_some_cameras_take_get_parameter_for_nothing():
    asked = Request("GET_PARAMETER", "rtsp://10.0.0.5/live")
    assert [keeps_alive(kind, asked) for kind in (None, OddSession.IGNORES, OddSession.CLOSES)] == [True, False, False]
    assert keeps_alive(OddSession.IGNORES, Request("OPTIONS", "rtsp://10.0.0.5/live"))


def picture():
    """A key picture in interleaved packets, and where each begins."""
    payloads = [*SETS, *_fragments(SLICE)]
    data, starts = b"", []
    for number, payload in enumerate(payloads):
        starts.append(len(data))
        header = HEADER.pack(0x80, 96 | (number == len(payloads) - 1) << 7, 10 + number, 900, 7)
        data += serialise(Interleaved(0, header + payload))
    return data, starts


def _fragments(nal):
    pieces = [nal[start : start + 1000] for start in range(1, len(nal), 1000)]
    last = len(pieces) - 1
    return [bytes((0x7C, 0x05 | 0x80 * (n == 0) | 0x40 * (n == last))) + piece for n, piece in enumerate(pieces)]


ALONE = [
    kind for kind in OddStream if kind not in {OddStream.SHORT, OddStream.ZEROS, OddStream.TYPE, OddStream.STRANGER}
]


@pytest.mark.parametrize("kind", ALONE)
def test_the_picture_in_odd_packets_is_the_same(kind):
    data, starts = picture()
    sent, places = odd_packets(kind, data, starts, sequence=10)
    depacketiser = Depacketiser(payload_type=96)
    units = [
        unit
        for start, stop in pairwise([*places, len(sent)])
        for packet in _packets(sent[start:stop])
        for unit in depacketiser.feed(packet)
    ]
    last = depacketiser.flush()
    whole = b"".join(b"\0\0\0\1" + nal for nal in (*SETS, SLICE))
    assert depacketiser.codec == H264
    assert b"".join(unit.payload[unit.prefixed :] for unit in [*units, *([last] if last else [])]) == whole


def _packets(data):
    """Without their interleaved headers."""
    while data:
        size = int.from_bytes(data[2:4], "big")
        yield data[4 : 4 + size]
        data = data[4 + size :]


def test_what_a_camera_has_sent_is_counted_once_however_many_take_it():
    sent = SentPictures()
    for number in (10, 11, 10, 11, 12, 40, 40, 80, 12):
        sent.note(number)
    assert (sent.count(0, 1000), sent.count(11, 40), sent.count(13, 39)) == (5, 3, 0)


def test_only_the_newest_of_what_a_camera_has_sent_is_remembered():
    sent = SentPictures()
    for number in range(0, 20_000, 2):
        sent.note(number)
    assert sent.count(0, 20_000) == 4096
