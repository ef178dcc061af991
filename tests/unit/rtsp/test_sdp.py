import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import playable_video
from tmcwall.rtsp.sdp import Media, clean_url, parse, write

CAMERA = b"""v=0\r
o=- 1 1 IN IP4 192.0.2.4\r
s=Media Presentation\r
b=AS:5100\r
t=0 0\r
a=control:rtsp://192.0.2.4/main/\r
m=video 0 RTP/AVP 96\r
c=IN IP4 0.0.0.0\r
a=rtpmap:96 h264/90000\r
a=framerate:25.0\r
a=fmtp:96 profile-level-id=420029; packetization-mode=1; sprop-parameter-sets=Z0IAKeKQ,aM48gA==\r
a=control:trackID=1\r
m=audio 0 RTP/AVP 0\r
a=control:trackID=2\r
m=application 0 RTP/AVP 107\r
a=rtpmap:107 vnd.onvif.metadata/90000\r
"""


def test_a_cameras_description_is_read():
    description = parse(CAMERA, "rtsp://192.0.2.4/main")
    video = description.video
    assert (video.kind, video.payload_type, video.encoding, video.clock_rate) == ("video", 96, "H264", 90_000)
    assert video.fmtp["sprop-parameter-sets"] == "Z0IAKeKQ,aM48gA=="
    assert video.frame_rate == 25.0
    assert [media.encoding for media in description.media] == ["H264", "PCMU", "VND.ONVIF.METADATA"]


@pytest.mark.parametrize(
    ("session", "media", "base", "expected"),
    [
        ("", "track1", "rtsp://k/main", "rtsp://k/main/track1"),
        ("", "track1", "rtsp://k/main/", "rtsp://k/main/track1"),
        ("a=control:*\n", "track1", "rtsp://k/main/", "rtsp://k/main/track1"),
        ("a=control:rtsp://k/other\n", "track1", "rtsp://k/main/", "rtsp://k/other/track1"),
        ("", "rtsp://k/x?t=1", "rtsp://k/main/", "rtsp://k/x?t=1"),
        ("", "*", "rtsp://k/main?q=1", "rtsp://k/main?q=1"),
    ],
)
def test_the_control_url_is_resolved_as_all_clients_do(session, media, base, expected):
    text = f"v=0\n{session}m=video 0 RTP/AVP 96\na=control:{media}\n"
    assert parse(text.encode(), base).video.control_url == expected


def test_what_the_city_writes_can_be_read():
    media = Media("video", 96, "H264", 90_000, {"packetization-mode": "1"}, "track1", 25.0)
    read = parse(write(media, name="Kamera"), "rtsp://k/main").video
    assert dict(read.fmtp) == {"packetization-mode": "1"}
    assert (read.encoding, read.control_url, read.frame_rate) == ("H264", "rtsp://k/main/track1", 25.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", FaultCode.PROTOCOL_BROKEN),
        (b"<html>", FaultCode.PROTOCOL_BROKEN),
        (b"v=0\nm=video\n", FaultCode.PROTOCOL_BROKEN),
        (b"v=0\nm=video 0 RTP/AVP 300\n", FaultCode.PROTOCOL_BROKEN),
        (b"v=0\nm=video 0 RTP/AVP 96\na=control:x\x01y\n", FaultCode.PROTOCOL_BROKEN),
        (b"v=0\n" + b"a=x\n" * 40_000, FaultCode.PROTOCOL_BROKEN),
        (b"v=0\ns=x\n", FaultCode.NO_VIDEO),
        (b"v=0\nm=audio 0 RTP/AVP 0\n", FaultCode.NO_VIDEO),
    ],
)
def test_a_bad_description_is_refused(text, code):
    with pytest.raises(Fault) as caught:
        parse(text, "rtsp://k/main")
    assert caught.value.code is code


@pytest.mark.parametrize("rate", ["", "/", "/0", "/0/1", "/x"])
def test_a_clock_rate_that_is_none_is_that_of_all_video(rate):
    video = parse(f"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264{rate}\n".encode(), "rtsp://k/main").video
    assert (video.encoding, video.clock_rate) == ("H264", 90_000)


PLAYED = "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=control:track1\n"


@pytest.mark.parametrize(
    "text",
    [
        "v=0\nm=application 0 RTP/AVP vendor\n" + PLAYED,
        "v=0\nm=vendor.events\n" + PLAYED,
        "v=0\n" + PLAYED + "m=metadata x y z\n",
        "s=no version\n" + PLAYED,
        PLAYED,
        "\ufeffv=0\n" + PLAYED,
        "v=0\nm=video  0  RTP/AVP  96\na=rtpmap:96  H264/90000\na=control: track1 \n",
        "v=0\nm= video 0 RTP/AVP 96 \na= rtpmap:96 H264 / 90000\na=control : track1\n",
        "v=0\nm=video 0 RTP/AVP 26\na=control:jpeg\n" + PLAYED,
        "v=0\nm=video 0 RTP/AVP 98\na=rtpmap:98 WAYANG/0\na=control:odd\n" + PLAYED,
        "v=0\nm=video 0 RTP/AVP 26 96\na=rtpmap:96 H264/90000\na=control:track1\n",
        "v=0\n" + "m=audio 0 RTP/AVP 8\n" * 25 + PLAYED,
        "v=0\nm=video 0 RTP/AVP 101 102 103 104 105 106 107 108 109 96\na=rtpmap:96 H264/90000\na=control:track1\n",
        "V=0\nM=video 0 RTP/AVP 96\nA=rtpmap:96 H264/90000\nA=control:track1\n",
    ],
    ids=["format of a vendor", "no format", "letters for numbers", "no version", "only the section", "byte-order mark",
         "double blanks", "blanks everywhere", "JPEG first", "clock of nothing first", "JPEG first in the section",
         "25 sections for the way back", "ten formats", "large letters"],
)  # fmt: skip
def test_the_first_section_that_can_be_played_is_taken(text):
    video = playable_video(parse(text.encode(), "rtsp://k/main"))
    assert (video.encoding, video.payload_type, video.control_url) == ("H264", 96, "rtsp://k/main/track1")


@pytest.mark.parametrize(
    ("section", "encoding"),
    [
        ("m=video -1353744643 RTP/AVP 96\na=rtpmap:96 H264/90000\n", "H264"),
        ("m=video RTP/AVP 96\na=rtpmap:96 H264/90000\n", "H264"),
        ("m=video 0 96\na=rtpmap:96 H265/90000\n", "H265"),
        ("m=video 0 RTP/AVP 96\na=rtpmap:97 H264/90000\n", "H264"),
        ("m=video 0 RTP/AVP 96\na=fmtp:96 packetization-mode=1\n", "H264"),
        ("m=video 0 RTP/AVP 96\na=fmtp:96 sprop-sps=QgEB\n", "H265"),
    ],
)
def test_a_section_that_says_too_little_is_read_by_what_it_does_say(section, encoding):
    video = playable_video(parse(f"v=0\n{section}".encode(), "rtsp://k/main"))
    assert (video.encoding, video.payload_type, video.clock_rate, video.is_guessed) == (encoding, 96, 90_000, True)


@pytest.mark.parametrize(("name", "encoding"), [("H.264", "H264"), ("AVC1", "H264"), ("hevc", "H265")])
def test_a_codec_may_go_by_another_name(name, encoding):
    video = parse(f"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 {name}/90000\n".encode(), "rtsp://k/main").video
    assert (video.encoding, video.is_guessed) == (encoding, False)


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("track 1", "rtsp://k/main/track%201"),
        ("pintu\u2013barat", "rtsp://k/main/pintu%E2%80%93barat"),
        ("a%20b", "rtsp://k/main/a%20b"),
        ("rtsp://rtsp://k/other", "rtsp://k/other"),
        ("rtsp://k/two words", "rtsp://k/two%20words"),
    ],
)
def test_an_odd_control_is_put_into_the_form_of_a_url(control, expected):
    text = f"v=0\nm=video 0 RTP/AVP 96\na=control:{control}\n"
    assert parse(text.encode(), "rtsp://k/main").video.control_url == expected


def test_where_nothing_can_be_played_the_first_refusal_counts():
    with pytest.raises(Fault) as caught:
        playable_video(parse(b"v=0\nm=video 0 RTP/AVP 33\nm=video 0 RTP/AVP 96\n", "rtsp://k/main"))
    assert (caught.value.code, caught.value.detail) == (FaultCode.CODEC_UNSUPPORTED, "MP2T")


LINE = st.one_of(
    st.text(max_size=40),
    st.builds("m={} 0 RTP/AVP {}".format, st.sampled_from(["video", "audio"]), st.integers(-1, 200)),
    st.builds("a=rtpmap:{} {}/{}".format, st.integers(0, 130), st.text(max_size=8), st.integers(-1, 10**10)),
    st.builds("a=fmtp:{} {}".format, st.integers(0, 130), st.text(max_size=30)),
    st.builds("a=control:{}".format, st.text(max_size=20)),
)


@given(st.lists(LINE, max_size=12))
def test_whatever_is_described_only_faults_are_raised(lines):
    with contextlib.suppress(Fault):
        parse("\n".join(["v=0", *lines]).encode("utf-8", "surrogatepass"), "rtsp://k/main")


@given(st.binary(max_size=400))
def test_any_bytes_raise_only_faults(data):
    with contextlib.suppress(Fault):
        parse(data, "rtsp://k/main")


@pytest.mark.parametrize("text", ["", "/stream/", "rtsp://", "0.0.0.0", "http://k/", "rtsp://k\x01/"])
def test_what_is_no_rtsp_url_is_none(text):
    assert clean_url(text) is None
