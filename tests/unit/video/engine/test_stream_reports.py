from tests.clocks import NOON, FakeClock
from tmcwall.domain.camera import Profile
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.engine.budget.plan import StreamPlan
from tmcwall.video.engine.reports import file_report, stream_report
from tmcwall.video.engine.stream_routing import Channel
from tmcwall.video.ipc.messages import DecodedReport
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey

S = 1_000_000_000
KEY = StreamKey("c1", Profile.MAIN)


def decoded(**fields):
    return DecodedReport(stream=1, frames_decoded=25, errors=0, width=640, height=360, **fields)


def test_a_report_names_the_device_that_decodes():
    channels = [Channel(KEY, 0), Channel(KEY, 1, report=decoded(device="cuda"))]
    assert file_report(KEY, channels).device == "cuda"


def test_software_decodes_as_long_as_no_decoder_has_said_otherwise():
    assert file_report(KEY, [Channel(KEY, 0)]).device == "software"
    assert file_report(KEY, [Channel(KEY, 0, report=decoded())]).device == "software"


def reported(channel):
    return stream_report(AccessUnitSource(KEY), [channel], recording=False, clock=FakeClock(NOON, ns=500 * S))


def test_pictures_that_come_late_are_a_busy_machine():
    assert reported(Channel(KEY, 0, report=decoded(lag_s=2.0))).overloaded
    assert not reported(Channel(KEY, 0, report=decoded(lag_s=0.1))).overloaded


def test_pictures_that_are_left_out_are_a_busy_machine_and_those_nobody_sees_are_not():
    assert reported(Channel(KEY, 0, stream_plan=StreamPlan(DecodePlan.KEY_FRAMES, PlanReason.BUSY))).overloaded
    assert not reported(Channel(KEY, 0, stream_plan=StreamPlan(DecodePlan.PAUSED, PlanReason.HIDDEN))).overloaded


def test_a_decoder_that_was_opened_in_the_middle_of_a_long_gop_waits_for_a_key_picture_since_then():
    assert reported(Channel(KEY, 0)).waits_for_key_since_s is None
    assert reported(Channel(KEY, 0, waits_for_key_ns=440 * S)).waits_for_key_since_s == NOON.timestamp() - 60
