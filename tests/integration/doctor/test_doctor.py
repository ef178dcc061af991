"""The doctor on a real machine: it starts its probes, ends in time, and finds the painting sound."""

import json
import socket
import sys
from pathlib import Path

import pytest

from tmcwall.commands.doctor import run_doctor
from tmcwall.doctor import examination, machine
from tmcwall.doctor.examination import examine
from tmcwall.doctor.finding import Finding, Status
from tmcwall.paths import Paths
from tmcwall.texts import Language, Translator


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    report = examine(Paths.under(tmp_path_factory.mktemp("doctor")))
    return {finding.check: finding for finding in report.findings}


def test_pyside_loses_no_reference_while_painting(findings: dict[str, Finding]) -> None:
    assert findings["qt"].status is Status.OK
    assert abs(int(str(findings["qt"].facts["references_lost"]))) < 100


def test_ffmpeg_decodes_the_codecs_of_cameras(findings: dict[str, Finding]) -> None:
    assert findings["video"].status is Status.OK


def test_opencv_brings_no_second_qt(findings: dict[str, Finding]) -> None:
    assert findings["opencv"].status is Status.OK


def test_without_a_display_it_says_so_and_is_still_ready(findings: dict[str, Finding]) -> None:
    assert findings["display"].status is Status.WARN
    assert findings["resources"].status is Status.OK


def test_a_probe_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    monkeypatch.setattr(examination, "probe_command", lambda name: hanging)
    assert examination._probe("qt", limit_s=0.2) == "no answer within 0.2 s"


def test_a_probe_that_crashes_is_a_reason_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    crashing = [sys.executable, "-c", "raise SystemExit('libEGL.so.1: cannot open')"]
    monkeypatch.setattr(examination, "probe_command", lambda name: crashing)
    assert examination._probe("qt", limit_s=10) == "libEGL.so.1: cannot open"


def test_a_port_in_use_is_noticed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not machine.port_is_free(port)
    assert machine.port_is_free(port)


def test_the_recordings_folder_counts_where_it_will_be(tmp_path: Path) -> None:
    assert machine.free_gib(tmp_path / "belum" / "ada") == pytest.approx(machine.free_gib(tmp_path), rel=0.1)


def test_the_command_prints_one_json_document_and_is_ready_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_doctor(data_dir=tmp_path, as_json=True, translate=Translator(Language.EN)) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
