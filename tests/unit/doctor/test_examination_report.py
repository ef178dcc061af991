"""The doctor's report: words for people, facts for machines, and an exit code that says whether it is ready."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tmcwall.db.restorations import keep_restoration
from tmcwall.doctor import examination, machine
from tmcwall.doctor.examination import Examination, probe_command
from tmcwall.doctor.finding import Finding, Status
from tmcwall.domain.restoration import Restoration
from tmcwall.domain.station_zone import StationZone
from tmcwall.paths import Paths
from tmcwall.settings import Settings
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts import doctor as words

FINE = Finding("processors", Status.OK, words.PROCESSORS_OK, {"cores": 4})
NOTE = Finding("display", Status.WARN, words.DISPLAY_NONE, {}, words.DISPLAY_ADVICE)
BROKEN = Finding(
    "qt", Status.FAIL, words.QT_LEAKS, {"version": "6.12.0", "references_lost": 2000}, words.QT_LEAKS_ADVICE
)


@pytest.mark.parametrize(
    ("findings", "exit_code", "last"),
    [
        ([FINE], 0, "Komputer ini siap."),
        ([FINE, NOTE], 0, "Komputer ini siap, dengan 1 catatan."),
        ([FINE, NOTE, BROKEN], 1, "Komputer ini belum siap: 1 hal rusak atau kurang."),
    ],
)
def test_only_what_is_needed_and_broken_changes_the_exit_code(
    findings: list[Finding], exit_code: int, last: str
) -> None:
    report = Examination(findings)
    assert report.exit_code == exit_code
    assert list(report.as_lines(Translator()))[-1] == last


def test_a_broken_thing_is_said_with_its_advice() -> None:
    lines = list(Examination([BROKEN]).as_lines(Translator(Language.EN)))
    assert "PySide6 6.12.0 loses 2000 references" in lines[0]
    assert lines[1].strip() == 'advice: install "PySide6-Essentials>=6.11.3,<6.12"'


def test_the_json_report_holds_every_check_with_status_words_and_facts() -> None:
    report = json.loads(Examination([FINE, BROKEN]).as_json(Translator()))
    assert report["schema"] == "tmcwall.doctor/1"
    assert report["ok"] is False
    assert report["checks"][0] == {
        "check": "processors", "status": "ok", "message": "4 inti prosesor", "advice": None, "facts": {"cores": 4},
    }  # fmt: skip


def test_every_sentence_is_said_in_both_languages() -> None:
    texts = {name: text for name, text in vars(words).items() if isinstance(text, Text)}
    same = {name for name, text in texts.items() if text.id == text.en}
    assert same == {"PROGRAM", "SQLITE_OK"}


@pytest.mark.parametrize(
    ("landlock", "seccomp", "status", "said"),
    [
        (7, True, Status.OK, "Landlock 7"),
        (4, True, Status.OK, "Landlock 4"),
        (3, True, Status.WARN, "could reach other hosts"),
        (0, True, Status.WARN, "incomplete"),
        (7, False, Status.WARN, "incomplete"),
    ],
)
def test_what_locks_decoders_in_is_said_and_what_it_leaves_open(
    landlock: int, seccomp: bool, status: Status, said: str
) -> None:
    finding = examination._sandbox(landlock, seccomp=seccomp)
    assert finding.status is status
    assert said in Translator(Language.EN)(finding.text, **finding.facts)
    assert (finding.advice is None) is (status is Status.OK)


def test_a_broken_settings_file_is_a_finding_and_not_an_end(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("language = 7\n")
    settings, finding = examination._settings(Paths.under(tmp_path))
    assert finding.status is Status.FAIL
    assert "line 1, language" in str(finding.facts["detail"])
    assert settings.language == "id"


def test_the_doctor_changes_nothing(tmp_path: Path) -> None:
    examination._settings(Paths.under(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_others_may_read_is_counted_and_the_first_is_named(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path / "data")
    assert examination._private(paths).status is Status.OK
    paths.clips.mkdir(parents=True, mode=0o700)
    (paths.clips / "clip.mp4").write_bytes(b"evidence")
    for path in (tmp_path / "data", paths.clips):
        path.chmod(0o700)
    (paths.clips / "clip.mp4").chmod(0o644)
    found = examination._private(paths)
    assert (found.status, found.facts) == (Status.WARN, {"count": 1, "first": str(paths.clips / "clip.mp4")})


def test_a_store_that_was_damaged_is_told_with_its_backup_and_what_to_check(tmp_path: Path) -> None:
    paths = Paths.under(tmp_path)
    assert list(examination._restored(paths, StationZone.WIB)) == []
    at = datetime(2026, 3, 10, 7, 30, tzinfo=UTC)
    damaged = str(tmp_path / "damaged" / "20260310T073000Z")
    keep_restoration(Restoration(at, damaged, "store-1-daily.sqlite", at - timedelta(hours=3)))
    (found,) = examination._restored(paths, StationZone.WIB)
    said = Translator(Language.ID)(found.text, **found.facts)
    assert found.status is Status.WARN
    assert found.advice is not None
    assert "pada 10 Maret 2026 pukul 14.30 WIB diganti dengan cadangan dari 10 Maret 2026 pukul 11.30 WIB" in said
    assert damaged in Translator(Language.ID)(found.advice, **found.facts)


def test_a_store_that_was_damaged_without_a_backup_is_told_as_lost(tmp_path: Path) -> None:
    keep_restoration(Restoration(datetime(2026, 3, 10, tzinfo=UTC), str(tmp_path / "damaged" / "1")))
    (found,) = examination._restored(Paths.under(tmp_path), StationZone.WIB)
    assert found.text is words.STORE_LOST


def test_a_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("")
    assert not machine.may_write(tmp_path / "berkas" / "data")
    assert machine.may_write(tmp_path / "baru" / "data")


@pytest.mark.parametrize(
    ("version", "risky"), [((3, 6, 23), False), ((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
)
def test_sqlite_versions_with_the_wal_fault_are_known(
    version: tuple[int, int, int], *, risky: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", version)
    assert machine.sqlite_needs_one_writer() is risky


def test_a_probe_is_started_as_a_module_or_as_the_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    assert probe_command("qt")[1:] == ["-m", "tmcwall.doctor.probes", "qt"]
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert probe_command("qt")[1:] == ["doctor-probe", "qt"]


@pytest.mark.parametrize(
    ("setting", "working", "status", "words_id"),
    [
        ("off", [], Status.OK, "prosesor yang mendekode"),
        ("off", ["cuda"], Status.OK, "tidak dipakai (hardware_decoding = off); kurungan dekoder penuh"),
        ("auto", ["cuda"], Status.OK, "kurungannya lebih longgar"),
        ("auto", [], Status.WARN, "tidak ada perangkat yang menghasilkan gambar"),
    ],
)
def test_what_decodes_and_how_decoders_are_locked_in_for_it_is_said(monkeypatch, setting, working, status, words_id):
    monkeypatch.setattr(examination, "_probe", lambda *_, **__: {"found": working, "working": working})
    found = examination._acceleration(Settings(hardware_decoding=setting), 1.0)
    assert found.status is status
    assert words_id in Translator()(found.text, **found.facts)


def test_a_driver_that_crashes_is_named_and_breaks_nothing(monkeypatch):
    monkeypatch.setattr(examination, "_probe", lambda *_, **__: "exit 139")
    assert examination._acceleration(Settings(), 1.0).status is Status.WARN
