"""JPEG over RTP: pictures are put together as files have them; what has a hole is never shown."""

import itertools
import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import JPEG, assembler_of, depacketiser_of, playable_video, size_of
from tmcwall.rtsp.sdp import Media, parse

SAMPLING = {0: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422, 1: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420}
MEDIA = Media("video", 26, "JPEG", 90_000)


def scene(seed=0, *, width=128, height=96):
    rows, columns = np.mgrid[0:height, 0:width]
    return np.stack([(rows * 2 + seed * 9) % 256, columns * 2 % 256, (rows + columns + seed) % 256], axis=2).astype(
        np.uint8
    )


def coded(picture, *, kind=1, quality=50, every=0):
    """As libjpeg writes it, with the Huffman tables of the standard."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, SAMPLING[kind]]
    _, data = cv2.imencode(".jpg", picture, [*options, cv2.IMWRITE_JPEG_RST_INTERVAL, every])
    return data.tobytes()


def taken_apart(data):
    """The quantisation tables and the scan."""
    tables, at = b"", 2
    while True:
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == 0xDB:
            tables += data[at + 5 : at + 2 + size]
        at += 2 + size
        if marker == 0xDA:
            return tables, data[at:]


class Camera:
    """Packs pictures as RFC 2435 says."""

    def __init__(self, *, width=128, height=96, largest=100):
        self.numbers = itertools.count(1)
        self.width, self.height, self.largest = width, height, largest

    def packets(self, data, *, time, kind=1, quality=255, every=0, tables=None, marker=True):
        described, scan = taken_apart(data)
        described = described if tables is None else tables
        for start in range(0, len(scan), self.largest):
            payload = struct.pack(
                "!B3sBBBB", 0, start.to_bytes(3), kind + 64 * bool(every), quality, self.width // 8, self.height // 8
            )
            if every:
                payload += struct.pack("!HH", every, 0xFFFF)
            if start == 0 and quality >= 128:
                payload += struct.pack("!BBH", 0, 0, len(described)) + described
            payload += scan[start : start + self.largest]
            last = marker and start + self.largest >= len(scan)
            yield struct.pack("!BBHII", 0x80, 26 | last << 7, next(self.numbers), time, 7) + payload


def fed(packets):
    depacketiser = depacketiser_of(MEDIA)
    units = [unit for packet in packets for unit in depacketiser.feed(packet)]
    last = depacketiser.flush()
    return units if last is None else [*units, last]


def decoded(payload):
    return cv2.imdecode(np.frombuffer(payload, np.uint8), cv2.IMREAD_COLOR)


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("quality", [10, 50, 75, 99, 255])
@pytest.mark.parametrize("every", [0, 2])
def test_a_picture_is_that_of_the_file_it_was_made_of(kind, quality, every):
    original = coded(scene(), kind=kind, quality=min(quality, 80) if quality == 255 else quality, every=every)
    (unit,) = fed(Camera().packets(original, time=9000, kind=kind, quality=quality, every=every))
    assert np.array_equal(decoded(unit.payload), decoded(original))
    assert (unit.key, unit.damaged, unit.timestamp) == (True, False, 9000)
    assert size_of(JPEG, unit.payload) == (128, 96)


def test_tables_that_came_once_hold_for_pictures_that_bring_none():
    camera = Camera()
    first, second = coded(scene(1), quality=30), coded(scene(2), quality=30)
    units = fed(
        [*camera.packets(first, time=0, quality=200), *camera.packets(second, time=3600, quality=200, tables=b"")]
    )
    assert [
        np.array_equal(decoded(unit.payload), decoded(data)) for unit, data in zip(units, (first, second), strict=True)
    ] == [True, True]


def test_tables_for_one_picture_only_are_those_of_no_other():
    camera = Camera()
    first, second = coded(scene(1)), coded(scene(2))
    units = fed([*camera.packets(first, time=0), *camera.packets(second, time=3600, tables=b"")])
    assert len(units) == 1


def test_one_table_is_that_of_all_components():
    flat = bytes((7,)) * 64
    (unit,) = fed(Camera().packets(coded(scene()), time=0, tables=flat))
    assert taken_apart(unit.payload)[0] == flat + flat


def test_tables_of_sixteen_bits_are_kept_as_they_are():
    wide = b"".join(struct.pack("!H", value) for value in range(300, 364))
    packet = next(Camera(largest=10_000).packets(coded(scene()), time=0, tables=wide))
    packet = packet[:21] + b"\x01" + packet[22:]
    (unit,) = fed([packet])
    assert b"\xff\xdb\x00\x83\x10" + wide in unit.payload
    assert b"\xff\xdb\x00\x83\x11" + wide in unit.payload


@pytest.mark.parametrize("lost", ["first", "second", "last"])
def test_a_picture_with_a_hole_is_no_key_picture_and_the_next_one_is(lost):
    camera = Camera()
    broken = list(camera.packets(coded(scene(1)), time=0))
    del broken[{"first": 0, "second": 1, "last": -1}[lost]]
    after = coded(scene(2))
    units = fed([*broken, *camera.packets(after, time=3600)])
    whole = [unit for unit in units if unit.key]
    assert [np.array_equal(decoded(unit.payload), decoded(after)) for unit in whole] == [True]
    assert sum(unit.lost for unit in units) == (0 if lost == "first" else 1)
    assert all(unit.damaged for unit in units if not unit.key)


def test_without_markers_the_next_picture_ends_the_one_before():
    camera = Camera()
    made = [coded(scene(number)) for number in range(3)]
    packets = [
        packet for number, data in enumerate(made) for packet in camera.packets(data, time=number * 3600, marker=False)
    ]
    assert [
        np.array_equal(decoded(unit.payload), decoded(data)) for unit, data in zip(fed(packets), made, strict=True)
    ] == [True] * 3


def test_pictures_of_one_time_are_told_apart_by_where_they_begin():
    camera = Camera()
    made = [coded(scene(number)) for number in range(3)]
    packets = [packet for data in made for packet in camera.packets(data, time=0, marker=False)]
    assert len(fed(packets)) == 3


@pytest.mark.parametrize(
    ("place", "value", "said"), [(16, 9, "JPEG of type 9"), (18, 0, "JPEG of more than 2040 pixels")]
)
def test_what_cannot_be_put_together_is_refused(place, value, said):
    packet = bytearray(next(Camera().packets(coded(scene()), time=0)))
    packet[place] = value
    with pytest.raises(Fault) as caught:
        fed([bytes(packet)])
    assert (caught.value.code, caught.value.detail) == (FaultCode.CODEC_UNSUPPORTED, said)


def endless():
    """Packets of a picture that never ends."""
    first = next(Camera(largest=60_000).packets(coded(scene()), time=0, marker=False))
    yield first
    for number in range(200):
        header = struct.pack("!B3sBBBB", 0, (60_000 * number + 1).to_bytes(3), 1, 255, 16, 12)
        yield first[:2] + struct.pack("!H", 2 + number) + first[4:12] + header + bytes(60_000)


def test_a_picture_without_end_is_refused():
    with pytest.raises(Fault) as caught:
        fed(endless())
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_whatever_a_camera_sends_only_faults_are_raised(payloads):
    depacketiser = depacketiser_of(MEDIA)
    for number, payload in enumerate(payloads):
        try:
            units = depacketiser.feed(struct.pack("!BBHII", 0x80, 26 | 0x80, number, number * 3600, 7) + payload)
        except Fault:
            continue
        assert all(size_of(JPEG, unit.payload) for unit in units)


@given(st.binary(max_size=200))
def test_any_bytes_have_a_size_or_none(data):
    size = size_of(JPEG, data)
    assert size is None or min(size) > 0


def test_a_picture_of_a_container_is_one_as_it_is():
    picture = coded(scene()) + b"\0\0"
    unit = assembler_of(JPEG).assemble([picture], 77)
    assert unit is not None
    assert (unit.payload, unit.key, unit.timestamp) == (picture, True, 77)


def test_jpeg_is_taken_where_there_is_nothing_else():
    other = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    assert playable_video(parse(b"v=0\nm=video 0 RTP/AVP 26\n", "rtsp://k/main")).encoding == "JPEG"
    assert playable_video(parse(f"v=0\nm=video 0 RTP/AVP 26\n{other}".encode(), "rtsp://k/main")).encoding == "H264"
