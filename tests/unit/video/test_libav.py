"""Row R35: a wrong option name, or one that another FFmpeg has forgotten, is not passed over."""

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.libav import check_options
from tmcwall.video.pictures import open_codec


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
