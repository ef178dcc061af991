from tmcwall.video.reports import file_report
from tmcwall.video.routing import Channel
from tmcwall.video.stream import StreamKey
from tmcwall.video.wire import DecodedReport

KEY = StreamKey("c1", "main")


def decoded(**said):
    return DecodedReport(stream=1, frames_decoded=25, errors=0, width=640, height=360, **said)


def test_a_report_names_the_device_that_decodes():
    channels = [Channel(KEY, 0), Channel(KEY, 1, report=decoded(device="cuda"))]
    assert file_report(KEY, channels).device == "cuda"


def test_software_decodes_as_long_as_no_decoder_has_said_otherwise():
    assert file_report(KEY, [Channel(KEY, 0)]).device == "software"
    assert file_report(KEY, [Channel(KEY, 0, report=decoded())]).device == "software"
