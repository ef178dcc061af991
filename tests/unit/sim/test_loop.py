import itertools

import pytest

from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.h264 import Depacketiser
from tmcwall.rtsp.messages import Connection, Interleaved
from tmcwall.rtsp.sdp import parse, write
from tmcwall.sim.footage import Footage, Picture
from tmcwall.sim.loop import Loop, address
from tmcwall.sim.stamp import Stamp, find_stamp, padded, stamp_text

SPS = bytes.fromhex("6764001eacd940a02ff97011000003000100000300320f162d96")
PPS = b"\x68\xeb\xe3\xcb\x22\xc0"
IDR = b"\x65" + bytes(range(1, 255)) * 30
SLICE = b"\x41\x9a\x11"


@pytest.fixture
def loop() -> Loop:
    pictures = tuple(Picture((IDR if place % 5 == 0 else SLICE,), place % 5 == 0, 3600 * place) for place in range(10))
    return Loop(Footage(pictures, (SPS, PPS), 25.0, 36_000, 640, 360))


def received(loop: Loop, numbers: list[int], *, channel: int = 0):
    connection, depacketiser = Connection(), Depacketiser()
    sequence, units = 65_530, []
    for number in numbers:
        picture = loop.pictures[number % len(loop)]
        stamp = stamp_text(padded("CAM-1"), number, 1_741_590_000_000_000 + number)
        data = address(
            picture, stamp, channel=channel, sequence=sequence, timestamp=loop.timestamp(number) + 0xFFFF_0000, ssrc=9
        )
        sequence += len(picture.packets)
        for message in connection.feed(bytes(data)):
            assert isinstance(message, Interleaved)
            assert message.channel == channel
            units += depacketiser.feed(message.data)
    return units


def test_pictures_arrive_whole_and_their_time_goes_on_over_the_loop(loop):
    units = received(loop, list(range(25)))
    assert [unit.key for unit in units] == [number % 5 == 0 for number in range(25)]
    assert {after.timestamp - before.timestamp for before, after in itertools.pairwise(units)} == {3600}
    assert not any(unit.damaged for unit in units[1:])
    assert units[0].payload.startswith(START_CODE + SPS + START_CODE + PPS + START_CODE + b"\x06")
    assert units[0].payload.endswith(START_CODE + IDR)


def test_each_picture_bears_camera_number_and_time(loop):
    (unit,) = received(loop, [7], channel=4)
    assert find_stamp(unit.payload) == Stamp("CAM-1", 7, 1_741_590_000_000_007)


def test_a_stamp_is_found_only_where_there_is_one():
    assert find_stamp(START_CODE + IDR) is None


def test_the_description_of_a_loop_can_be_read(loop):
    video = parse(write(loop.media("track1"), name="CAM-1"), "rtsp://k/CAM-1/sub/").video
    assert (video.encoding, video.clock_rate, video.control_url) == ("H264", 90_000, "rtsp://k/CAM-1/sub/track1")
    assert isinstance(Depacketiser.for_media(video), Depacketiser)


def test_the_last_key_frame_before_each_picture_is_known(loop):
    assert loop.key_before == (0, 0, 0, 0, 0, 5, 5, 5, 5, 5)
