"""Pictures come out of FFmpeg's own containers as they went in, however the bytes are cut."""

import hashlib
import io
from typing import Any

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web_footage import film
from tmcwall.containers.annex_b import nal_units
from tmcwall.containers.flv import FlvDemuxer
from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.mpegts import PACKET_BYTES, TsDemuxer
from tmcwall.domain.fault import Fault, FaultCode

DEMUXERS = {"flv": FlvDemuxer, "mpegts": TsDemuxer, "mp4": FragmentDemuxer}
FILMS = [(container, codec) for container in DEMUXERS for codec in ("h264", "hevc")]
FRAME = 3600


class Films(dict):
    def __repr__(self):
        return "films"


@pytest.fixture(scope="module")
def films():
    return Films({(container, codec): film(container, codec=codec, between=2) for container, codec in FILMS})


def demuxed(container, data, *, cut=1000):
    demuxer: Any = DEMUXERS[container]()
    units = []
    for start in range(0, len(data), cut):
        units += demuxer.feed(data[start : start + cut])
    return demuxer, units + demuxer.end_segment()


def by_ffmpeg(data):
    """Presentation times at 90 kHz and NAL units of every picture, by FFmpeg's demultiplexer."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        return [
            int((packet.pts or 0) * (stream.time_base or 0) * 90_000)
            for packet in container.demux(stream)
            if packet.size
        ]


@pytest.mark.parametrize(("container", "codec"), FILMS)
def test_every_picture_comes_out_with_its_time(films, container, codec):
    demuxer, units = demuxed(container, films[container, codec])
    assert demuxer.codec == codec
    assert len(units) == 50
    assert sum(unit.key for unit in units) == 2
    assert not any(unit.damaged or unit.lost for unit in units)
    expected = by_ffmpeg(films[container, codec])
    shift = units[0].timestamp - expected[0]
    assert [unit.timestamp - shift for unit in units] == pytest.approx(expected, abs=90)


@pytest.mark.parametrize(("container", "codec"), FILMS)
def test_what_comes_out_is_what_a_decoder_takes(films, container, codec):
    _, units = demuxed(container, films[container, codec])
    context = av.CodecContext.create(codec, "r")
    pictures = [frame for unit in units for frame in context.decode(av.Packet(unit.payload))]
    pictures += context.decode(None)
    assert len(pictures) == 50


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_all_containers_hold_the_same_pictures(films, codec):
    def essence(container):
        _, units = demuxed(container, films[container, codec])
        skipped = {"h264": {9}, "hevc": {35}}[codec]  # delimiters, which only transport streams have
        kind = (lambda nal: nal[0] & 31) if codec == "h264" else (lambda nal: nal[0] >> 1 & 63)
        found = hashlib.sha256()
        for unit in units:
            for nal in nal_units(unit.payload):
                if kind(nal) not in skipped and kind(nal) < 40 and kind(nal) not in {6, 7, 8, 32, 33, 34, 39}:
                    found.update(nal)
        return found.hexdigest()

    assert len({essence(container) for container in DEMUXERS}) == 1


@pytest.mark.parametrize(("container", "codec"), FILMS)
def test_key_frames_carry_their_parameter_sets(films, container, codec):
    _, units = demuxed(container, films[container, codec])
    sets = {"h264": {7, 8}, "hevc": {32, 33, 34}}[codec]
    kind = (lambda nal: nal[0] & 31) if codec == "h264" else (lambda nal: nal[0] >> 1 & 63)
    for unit in units:
        if unit.key:
            assert sets <= {kind(nal) for nal in nal_units(unit.payload)}


@given(cut=st.integers(1, 4000), container=st.sampled_from(sorted(DEMUXERS)))
@settings(max_examples=25, deadline=None)
def test_it_does_not_matter_how_the_bytes_are_cut(films, cut, container):
    assert demuxed(container, films[container, "h264"], cut=cut)[1] == demuxed(container, films[container, "h264"])[1]


@given(
    container=st.sampled_from(sorted(DEMUXERS)),
    changes=st.lists(st.tuples(st.integers(0, 20_000), st.binary(min_size=0, max_size=9)), max_size=6),
    cut=st.integers(100, 9000),
)
@settings(max_examples=300, deadline=None)
def test_damaged_bytes_end_in_a_fault_or_in_pictures_and_nothing_else(films, container, changes, cut):
    data = bytearray(films[container, "h264"])
    for position, replacement in changes:
        at = position % len(data)
        data[at : at + len(replacement) + 1] = replacement
    try:
        _, units = demuxed(container, bytes(data), cut=cut)
    except Fault:
        return
    assert len(units) <= 60


@given(data=st.binary(max_size=4000), container=st.sampled_from(sorted(DEMUXERS)))
@settings(max_examples=200, deadline=None)
def test_garbage_gives_no_picture(data, container):
    try:
        _, units = demuxed(container, data)
    except Fault:
        return
    assert units == []


def test_a_lost_packet_of_a_transport_stream_is_counted_and_its_picture_marked(films):
    data = films["mpegts", "h264"]
    packets = [data[start : start + PACKET_BYTES] for start in range(0, len(data), PACKET_BYTES)]
    video = [index for index, packet in enumerate(packets) if (packet[1] & 0x1F, packet[2]) == (1, 0)]
    del packets[video[len(video) // 2]]
    _, units = demuxed("mpegts", b"".join(packets))
    assert sum(unit.lost for unit in units) == 1
    assert sum(unit.damaged for unit in units) in {1, 2}


def test_a_transport_stream_is_found_again_after_garbage(films):
    data = films["mpegts", "h264"]
    middle = len(data) // PACKET_BYTES // 2 * PACKET_BYTES
    _, units = demuxed("mpegts", data[:middle] + b"\x00garbage" * 11 + data[middle:])
    assert len(units) >= 49


def test_times_of_a_transport_stream_count_on_over_their_wrap(films):
    demuxer = TsDemuxer()
    units = demuxer.feed(films["mpegts", "h264"]) + demuxer.end_segment()
    first = min(unit.timestamp for unit in units)
    unwrap = demuxer._unwrap
    assert unwrap(first + (1 << 33) - FRAME & (1 << 33) - 1) < first + 2 * 90_000


@pytest.mark.parametrize(
    ("container", "encoder", "code"),
    [
        ("mpegts", "mpeg2video", FaultCode.CODEC_UNSUPPORTED),
        ("flv", "flv", FaultCode.CODEC_UNSUPPORTED),
        ("mp4", "mpeg4", FaultCode.CODEC_UNSUPPORTED),
    ],
)
def test_other_codecs_are_refused_by_name(container, encoder, code):
    file = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov"} if container == "mp4" else {}
    with av.open(file, "w", format=container, options=options) as out:
        stream = out.add_stream(encoder, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for number in range(5):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(Fault) as raised:
        demuxed(container, file.getvalue())
    assert raised.value.code is code
    assert raised.value.detail


def test_a_tag_of_flv_that_is_too_large_is_refused():
    with pytest.raises(Fault) as raised:
        FlvDemuxer().feed(b"FLV\x01\x01\x00\x00\x00\x09" + bytes(4) + b"\x09\xff\xff\xff" + bytes(20))
    assert raised.value.code is FaultCode.PROTOCOL_BROKEN


def test_an_mp4_file_that_is_not_in_fragments_is_refused_in_words():
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        frame = av.VideoFrame(64, 64, "yuv420p")
        frame.pts = 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(Fault) as raised:
        demuxed("mp4", file.getvalue())
    assert (raised.value.code, raised.value.detail) == (
        FaultCode.CODEC_UNSUPPORTED,
        "an MP4 file that is not in fragments",
    )
