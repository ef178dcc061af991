"""JPEG pictures lie in MP4 files as stock multiplexers put them there."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.containers.mp4_reader import Mp4Reader
from tmcwall.containers.track import parse_configuration
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import JPEG

FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


def stock_file(codec: str = "mjpeg", pixels: str = "yuvj420p", options: dict[str, str] | None = None) -> bytes:
    """As FFmpeg writes it."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4", options=options or {}) as out:
        stream = out.add_stream(codec, rate=5)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 64, 48, pixels, Fraction(1, 90_000)
        for number in range(4):
            picture = np.full((48, 64, 3), 50 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts, frame.time_base = number * 18_000, Fraction(1, 90_000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file.getvalue()


def pictures_of(data: bytes) -> list[bytes]:
    reader = Mp4Reader(io.BytesIO(data))
    return [reader.payload(sample) for track in reader.tracks for sample in track.samples()]


def test_a_file_of_stock_tools_is_read_and_ours_is_read_by_them() -> None:
    pictures = pictures_of(stock_file())
    assert len(pictures) == 4
    assert all(one.startswith(b"\xff\xd8") for one in pictures)
    ours = io.BytesIO()
    writer = Mp4Writer(ours, VideoFormat(JPEG, 64, 48, 90_000, ()))
    for number, picture in enumerate(pictures):
        writer.write(picture, pts=number * 18_000, key=True)
    writer.finish()
    assert pictures_of(ours.getvalue()) == pictures
    with av.open(io.BytesIO(ours.getvalue())) as container:
        assert container.streams.video[0].codec_context.name == "mjpeg"
        packets = [packet for packet in container.demux(video=0) if packet.size]
    assert [bytes(packet) for packet in packets] == pictures
    assert [packet.pts for packet in packets] == [0, 18_000, 36_000, 54_000]


def test_fragments_bring_pictures_in_their_times() -> None:
    demuxer = FragmentDemuxer()
    units = demuxer.feed(stock_file(options=FRAGMENTED)) + demuxer.end_segment()
    assert demuxer.codec == JPEG
    assert [unit.timestamp for unit in units] == [0, 18_000, 36_000, 54_000]
    assert all(unit.key and unit.payload.startswith(b"\xff\xd8") for unit in units)


def test_another_codec_under_the_same_name_is_refused_by_its_own() -> None:
    with pytest.raises(Fault) as caught:
        pictures_of(stock_file("mpeg4", "yuv420p"))
    assert (caught.value.code, caught.value.detail) == (FaultCode.CODEC_UNSUPPORTED, "mp4v 0x20")


@pytest.mark.parametrize(
    "record", [b"", bytes(4), bytes(4) + b"\x03\x80\x80", bytes(4) + b"\x03\x05\0\0\0\x05", bytes(30)]
)
def test_a_descriptor_that_is_none_is_a_fault(record: bytes) -> None:
    with pytest.raises(Fault) as caught:
        parse_configuration(JPEG, record)
    assert caught.value.code is FaultCode.PROTOCOL_BROKEN
