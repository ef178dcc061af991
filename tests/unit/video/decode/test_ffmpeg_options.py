"""Row R35: a wrong option name, or one that another FFmpeg has forgotten, is not passed over."""

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.decode.ffmpeg_options import check_options
from tmcwall.video.decode.stream_decoder import open_codec
from tmcwall.video.sessions import compat_demuxer
from tmcwall.video.sessions.format_options import check_format_options


def test_the_linked_ffmpeg_knows_every_option_that_decoders_are_opened_with():
    check_options()


def test_an_option_that_it_does_not_know_is_named():
    def with_an_old_name(codec):
        context = open_codec(codec)
        context.options["stimeout"] = "5"
        return context

    with pytest.raises(Fault) as caught:
        check_options(with_an_old_name)
    assert caught.value.code is FaultCode.COMPONENT_MISSING
    assert caught.value.detail == "FFmpeg does not know stimeout"


def test_the_linked_ffmpeg_knows_every_option_that_odd_cameras_are_opened_with():
    compat_demuxer.check_options()


def test_an_option_that_no_demultiplexer_knows_any_more_is_named():
    with pytest.raises(Fault) as caught:
        compat_demuxer.check_options(["rtsp_transport", "stimeout", "fflags", "rtmp_live"])
    assert caught.value.code is FaultCode.COMPONENT_MISSING
    assert caught.value.detail == "FFmpeg does not know rtmp_live, stimeout"


def test_an_ffmpeg_that_was_built_without_a_demultiplexer_is_said():
    with pytest.raises(Fault) as caught:
        check_format_options("surat", [])
    assert caught.value.code is FaultCode.COMPONENT_MISSING
    assert "no demultiplexer surat" in caught.value.detail
