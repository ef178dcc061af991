"""What the engine's log tells of odd cameras, for the doctor and for the cameras' makers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tmcwall.doctor.camera_remarks import camera_remarks, remark_findings, remarks_report
from tmcwall.doctor.finding import Status
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.texts import Language, Translator
from tmcwall.texts.oddities import oddity_report
from tmcwall.video.ipc.messages import OddityCount

ODD = "odd connection: camera=CAM-1 profile=main oddity=padding of no bytes count=12"
READ = "read by FFmpeg's RTSP: camera=CAM 2 profile=sub because of protocol_broken"


def lines(*events: str) -> str:
    return "\n".join(json.dumps({"at": "2026-03-10T00:00:00", "event": event}) for event in events)


def test_what_a_camera_does_wrong_is_counted_over_its_connections() -> None:
    found = camera_remarks(lines(ODD, ODD, "stream lost: camera=CAM-1 profile=main fault=no_media"))
    assert found["CAM-1"].oddities == {Oddity.PADDING: 24}


def test_a_camera_that_is_read_in_another_way_is_named_with_the_cause() -> None:
    assert camera_remarks(lines(READ))["CAM 2"].read_otherwise_for is FaultCode.PROTOCOL_BROKEN


@pytest.mark.parametrize(
    "log",
    ["", "no JSON", "[1, 2]", '{"event": 7}', lines("odd connection: camera=X profile=main oddity=unheard of count=1"),
     lines("read by FFmpeg's RTSP: camera=X profile=main because of the moon")],
)  # fmt: skip
def test_lines_that_tell_nothing_of_cameras_are_passed_over(log: str) -> None:
    assert camera_remarks(log) == {}


def test_the_doctor_names_both_and_says_nothing_where_there_is_nothing(tmp_path: Path) -> None:
    assert list(remark_findings(tmp_path)) == []
    (tmp_path / "engine.jsonl").write_text(lines(ODD, READ), "utf-8")
    otherwise, odd = remark_findings(tmp_path)
    assert (otherwise.status, otherwise.facts["cameras"]) == (Status.WARN, ["CAM 2"])
    assert (odd.status, odd.facts["cameras"]) == (Status.OK, ["CAM-1"])


def test_a_report_for_the_makers_goes_camera_by_camera() -> None:
    assert remarks_report(camera_remarks(lines(READ, ODD)), Translator(Language.EN)).splitlines() == [
        "CAM 2",
        "  Read by FFmpeg's RTSP because of: camera answers garbled",
        "CAM-1",
        f"  {oddity_report(OddityCount(Oddity.PADDING, 12), Translator(Language.EN))}",
    ]
