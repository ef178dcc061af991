import pytest

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind, Way
from tmcwall.texts import Language, Translator
from tmcwall.ui.wall.about import lines
from tmcwall.ui.wall.history import Sample
from tmcwall.video.ipc.messages import OddityCount, StreamReport


@pytest.mark.parametrize("plan", DecodePlan)
@pytest.mark.parametrize("reason", PlanReason)
def test_every_plan_and_reason_has_its_words(plan, reason):
    report = StreamReport(camera="c1", profile=Profile.SUB, connected=True, plan=plan, plan_reason=reason)
    assert all(lines(report, Sample(), size=(640, 360), translate=Translator()))


def test_rates_delay_and_decoder_are_said():
    report = StreamReport(camera="c1", profile=Profile.SUB, connected=True, codec="h264", width=640, height=360)
    now = Sample(received_fps=25, displayed_fps=24.96, delay_ms=61.7)
    said = lines(report, now, size=(480, 270), translate=Translator(Language.EN))
    assert said[:5] == (
        "Received 25.0 fps",
        "Displayed 25.0 fps",
        "Delay 62 ms",
        "Stream sub h264 640×360",
        "Decoder software, 480×270",
    )


def test_a_device_that_decodes_is_named():
    report = StreamReport(camera="c1", profile=Profile.SUB, connected=True, device="cuda")
    assert "Dekoder cuda, 480×270" in lines(report, Sample(), size=(480, 270), translate=Translator())


def test_software_that_stands_in_for_a_device_is_named():
    report = StreamReport(camera="c1", profile=Profile.SUB, connected=True, fell_back=True)
    said = lines(report, Sample(), size=(480, 270), translate=Translator())
    assert "Dekoder perangkat lunak (perangkat keras gagal), 480×270" in said


def test_which_way_a_picture_comes_is_said_where_there_are_two():
    way = StreamReport(camera="c1", profile=Profile.SUB, connected=True, way=Way.RELAY)
    assert "By the relay" in lines(way, Sample(), size=(480, 270), translate=Translator(Language.EN))
    direct = StreamReport(camera="c1", profile=Profile.SUB, connected=True, relay_fault=FaultCode.CONNECTION_REFUSED)
    said = lines(direct, Sample(), size=(480, 270), translate=Translator(Language.EN))
    assert any(line.startswith("Directly, for the relay: ") for line in said)


def test_what_is_not_known_is_no_number():
    report = StreamReport(camera="c1", profile=Profile.SUB, connected=True)
    assert "Received – fps" in lines(report, Sample(), size=(480, 270), translate=Translator(Language.EN))


def test_a_camera_clock_that_is_off_is_warned_of_on_the_tile():
    report = StreamReport(camera="c", profile=Profile.SUB, connected=True, clock_offset_ms=-7_200_000)
    said = lines(report, Sample(), size=(480, 270), translate=Translator())
    assert "PERINGATAN: jam kamera lebih lambat 2 jam 0 menit dari jam komputer ini" in said


@pytest.mark.parametrize("checked", [True, False])
def test_a_view_that_is_not_checked_is_said_to_be_so(checked):
    report = StreamReport(camera="c", profile=Profile.SUB, connected=True, view_checked=checked)
    said = lines(report, Sample(), size=(480, 270), translate=Translator())
    assert ("Arah tidak diperiksa (PTZ)" in said) is not checked


def test_a_camera_that_is_read_in_another_way_says_so_with_the_cause():
    report = StreamReport(
        camera="c",
        profile=Profile.MAIN,
        connected=True,
        session=SessionKind.COMPAT_FOUND,
        session_cause=FaultCode.PROTOCOL_BROKEN,
    )
    said = lines(report, Sample(), size=(480, 270), translate=Translator())
    assert "Dibaca dengan cara lain (FFmpeg) karena jawaban kamera rusak" in said


def test_what_a_camera_does_wrong_and_what_it_fails_with_is_named():
    report = StreamReport(
        camera="c",
        profile=Profile.MAIN,
        connected=False,
        fault=FaultCode.PROTOCOL_BROKEN,
        detail="clock rate 0",
        oddities=(OddityCount(Oddity.PADDING, 3),),
    )
    said = lines(report, Sample(), size=(480, 270), translate=Translator(Language.EN))
    assert "Trouble: camera answers garbled (clock rate 0)" in said
    assert "The camera breaks the rules: padding of no bytes (3 times)" in said
