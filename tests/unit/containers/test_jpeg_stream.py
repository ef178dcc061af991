"""JPEG pictures of web cameras are found whatever stands between them."""

import itertools
from collections import deque

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.containers.jpeg_stream import JpegDemuxer
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import LARGEST_UNIT


def picture(seed, *, progressive=False, every=0):
    made = np.full((48, 64, 3), seed * 7 % 256, np.uint8)
    made[:, seed % 60 :] = (255, seed % 256, 0)
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive), cv2.IMWRITE_JPEG_RST_INTERVAL, every]
    return cv2.imencode(".jpg", made, options)[1].tobytes()


def with_thumbnail(data, thumbnail):
    return data[:2] + b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2) + thumbnail + data[2:]


PICTURES = [picture(1), picture(2, progressive=True), picture(3, every=1), with_thumbnail(picture(4), picture(5))]
FORMS = {
    "by the book": lambda data: b"--b\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(data), data),
    "without a length": lambda data: b"\r\n--b\r\nContent-Type: image/jpeg\r\n\r\n" + data,
    "bare line feeds": lambda data: b"\n--b\nContent-type: image/jpeg\n\n" + data,
    "a false length": lambda data: b"--b\r\nContent-Length: 12\r\n\r\n" + data + b"\r\n",
    "a time in front": lambda data: b"--b\r\nContent-Type: image/jpeg\r\nX-Timestamp: 0.000000\r\n\r\n" + data,
    "another kind of part between": lambda data: b"--b\r\n\r\nalarm=\xff\xd8 0\r\n--b\r\n\r\n" + data,
    "nothing between": lambda data: data,
    "zeros behind": lambda data: data + bytes(37),
}  # fmt: skip


def fed(body, *, step=10_000):
    demuxer = JpegDemuxer()
    return [unit for start in range(0, len(body), step) for unit in demuxer.feed(body[start : start + step])]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("step", [1, 7, 1000, 100_000])
def test_every_picture_comes_out_byte_for_byte(form, step):
    units = fed(b"".join(map(form, PICTURES)), step=step)
    assert [unit.payload for unit in units] == PICTURES
    assert {(unit.key, unit.damaged, unit.lost) for unit in units} == {(True, False, 0)}


@pytest.mark.parametrize("form", ["by the book", "without a length", "bare line feeds", "nothing between"])
def test_a_picture_without_an_end_ends_where_the_next_part_begins(form):
    body = b"".join(FORMS[form](data[:-2]) for data in PICTURES) + FORMS[form](PICTURES[0])
    assert [unit.payload for unit in fed(body)] == [*(data[:-2] for data in PICTURES), PICTURES[0]]


def test_a_broken_picture_costs_itself_and_is_counted():
    broken = bytearray(PICTURES[0])
    broken[2] = 0
    body = PICTURES[1] + b"\xff\xd8\xff\xe0\x00\x04ab" + bytes(broken[2:40]) + PICTURES[2] + PICTURES[3]
    units = fed(body)
    assert [unit.payload for unit in units] == PICTURES[1:]
    assert [unit.lost for unit in units] == [0, 1, 0]


def test_a_head_alone_is_no_picture():
    head = PICTURES[0][: PICTURES[0].index(b"\xff\xda")]
    assert [unit.payload for unit in fed(head + PICTURES[1])] == [PICTURES[1]]


def test_what_is_missing_is_said_with_the_next_picture():
    demuxer = JpegDemuxer()
    demuxer.feed(PICTURES[0][:50])
    demuxer.end_segment()
    demuxer.lose(3)
    assert [(unit.payload, unit.lost) for unit in demuxer.feed(PICTURES[1])] == [(PICTURES[1], 3)]


def test_a_picture_without_end_is_refused():
    body = itertools.chain([PICTURES[0][:-2]], itertools.repeat(bytes(100_000), LARGEST_UNIT // 100_000 + 1))
    with pytest.raises(Fault) as caught:
        deque(map(JpegDemuxer().feed, body), maxlen=0)
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN


def test_noise_is_not_kept():
    demuxer = JpegDemuxer()
    for _ in range(LARGEST_UNIT // 100_000 + 2):
        assert demuxer.feed(b"x" * 100_000) == []


PIECES = [b"\xff", b"\xd8", b"\xd9", b"\xda", b"\xc0", b"\x00\x02", b"\r\n--b\r\n", b"a", *PICTURES]


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.integers(1, 400))
def test_whatever_comes_in_whatever_portions_gives_the_same_pictures(parts, step):
    body = b"".join(parts)
    once, by_steps = fed(body), fed(body, step=step)
    assert once == by_steps
    assert all(unit.payload in body for unit in once)
