"""What the doctor makes of what it has seen: nothing broken is called well, and a failing check costs its line only."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtGui import QScreen

from tmcwall.doctor import examination, machine
from tmcwall.doctor.camera_check import LARGEST_SAMPLE, sample
from tmcwall.doctor.finding import Finding, Status
from tmcwall.doctor.probes import leads_nowhere, screen_facts
from tmcwall.doctor.server_check import ServerSight, clock_finding, server_finding
from tmcwall.doctor.store_check import disk_findings, store_findings
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.station_zone import StationZone
from tmcwall.paths import Paths
from tmcwall.settings import Settings
from tmcwall.texts import Language, Translator
from tmcwall.texts import doctor as words

NOON = datetime(2025, 3, 28, 12, 0, tzinfo=UTC)
SOUND = {
    "schema": "0009", "migration_due": False, "size_bytes": 1 << 20, "counts": {"cameras": 7}, "pending": 3,
    "chain_break": None, "camera_urls": [],
}  # fmt: skip


def said(finding: Finding) -> str:
    return Translator(Language.EN)(finding.text, **finding.facts)


def test_a_check_that_fails_costs_its_own_line_only() -> None:
    def broken() -> list[Finding]:
        raise PermissionError(13, "Permission denied", "/kunci rtsp://petugas:rahasia@10.0.0.1/a")

    (finding,) = examination._guarded("vault", broken)
    assert finding.status is Status.WARN
    assert "the check vault failed itself: PermissionError" in said(finding)
    assert "rahasia" not in said(finding)
    assert str(finding.facts["place"]).startswith("test_checks.py:")


def test_what_a_check_found_before_it_failed_is_kept() -> None:
    def half() -> Iterator[Finding]:
        yield Finding("ports", Status.OK, words.PORT_OK, {"port": 1, "use": "x"})
        raise ValueError

    assert [finding.status for finding in examination._guarded("ports", half)] == [Status.OK, Status.WARN]


def test_settings_in_a_closed_folder_leave_the_other_checks_their_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_paths: Paths) -> Settings:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(examination, "read_settings", closed)
    settings, (finding,) = examination._settings_or_defaults(Paths.under(tmp_path))
    assert finding.status is Status.FAIL
    assert settings.language == "id"


def test_a_data_folder_that_is_closed_to_us_is_a_failure_and_not_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Path.stat

    def closed(path: Path, **how: bool) -> object:
        if tmp_path / "tertutup" in path.parents:
            raise PermissionError(13, "Permission denied")
        return look(path, **how)

    monkeypatch.setattr(Path, "stat", closed)
    paths = Paths.under(tmp_path / "tertutup" / "data")
    assert machine.nearest(paths.data) == tmp_path
    found = examination._store(paths, limit_s=1)
    assert "Permission denied" in str(found)
    assert next(iter(store_findings(paths.database, found, now=NOON, zone=StationZone.WIB))).status is Status.FAIL


@pytest.mark.parametrize(
    ("sight", "status", "words"),
    [
        (
            ServerSight("tmc", certificate_ends=NOON + timedelta(days=90), version="0.2.0"),
            Status.OK,
            "valid until 2025-06",
        ),
        (ServerSight("tmc", certificate_ends=NOON + timedelta(days=5)), Status.WARN, "ends on 2025-04-02"),
        (
            ServerSight("tmc", Fault(FaultCode.TLS_UNTRUSTED, "self-signed certificate")),
            Status.FAIL,
            "not trusted: self",
        ),
        (ServerSight("tmc", Fault(FaultCode.SERVER_UNREACHABLE)), Status.WARN, "does not answer"),
        (ServerSight("tmc", Fault(FaultCode.SERVER_INCOMPATIBLE, "server 9")), Status.WARN, "does not fit"),
        (ServerSight("localhost"), Status.OK, "answers"),
    ],
)
def test_a_server_is_well_only_where_a_workstation_could_work_with_it(
    sight: ServerSight, status: Status, words: str
) -> None:
    finding = server_finding(sight, now=NOON)
    assert finding.status is status
    assert words in said(finding)


@pytest.mark.parametrize(
    ("synchronised", "offset_ms", "status", "words"),
    [
        (True, None, Status.OK, "the network sets"),
        (True, 5000, Status.WARN, "5.0 s apart"),
        (False, 100, Status.WARN, "does not set"),
        (None, -900, Status.OK, "-0.9 s off"),
        (None, None, Status.WARN, "not known"),
    ],
)
def test_the_clock_is_held_against_the_server_and_what_the_system_says(
    synchronised: bool | None, offset_ms: int | None, status: Status, words: str
) -> None:
    finding = clock_finding(synchronised=synchronised, server_offset_ms=offset_ms)
    assert finding.status is status
    assert words in said(finding)


@pytest.mark.parametrize(
    ("program", "prints", "synchronised"),
    [
        ("timedatectl", "yes", True),
        ("timedatectl", "no", False),
        ("timedatectl", "", None),
        ("chronyc", "Leap status     : Normal", True),
        ("chronyc", "Leap status     : Not synchronised", False),
    ],
)
def test_the_system_is_asked_whether_the_network_sets_its_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, prints: str, synchronised: bool | None
) -> None:
    tool = tmp_path / program
    tool.write_text(f"#!/bin/sh\necho '{prints}'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.clock_is_synchronised() is synchronised


def test_a_tool_that_fails_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "timedatectl"
    tool.write_text("#!/bin/sh\necho yes\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.clock_is_synchronised() is None


@pytest.mark.parametrize(
    ("device", "silent"),
    [
        ("Discard all samples (playback) or generate zero samples (capture)", True),
        ("Dummy Output", True),
        ("auto_null", True),
        ("NULL Playback Device", True),
        ("HDA Intel PCH, ALC257 Analog", False),
        ("Built-in Audio Analog Stereo", False),
    ],
)
def test_a_sound_device_that_leads_nowhere_is_none(device: str, *, silent: bool) -> None:
    assert leads_nowhere(device) is silent


def test_a_machine_whose_only_sound_device_leads_nowhere_has_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_probe", lambda *_, **__: {"devices": [], "silent": ["Dummy Output"]})
    finding = examination._sound(1.0)
    assert finding.status is Status.WARN
    assert "leads nowhere (Dummy Output)" in said(finding)


class Size:
    def width(self) -> int:
        return 1920

    def height(self) -> int:
        return 1080


class Screen:
    """A 4K monitor at scale 2, as Qt tells it."""

    def manufacturer(self) -> str:
        return "DELL"

    def model(self) -> str:
        return "U2720Q"

    def serialNumber(self) -> str:  # noqa: N802 - Qt's name
        return "ABC123"

    def name(self) -> str:
        return "DP-1"

    def size(self) -> Size:
        return Size()

    def devicePixelRatio(self) -> float:  # noqa: N802 - Qt's name
        return 2.0

    def refreshRate(self) -> float:  # noqa: N802 - Qt's name
        return 59.94


def test_a_monitor_is_said_in_its_own_pixels_with_scale_and_the_name_for_the_settings() -> None:
    _, finding = examination._monitors([screen_facts(cast("QScreen", Screen()))], Settings())
    assert said(finding) == (
        "screen DP-1: 3840x2160 pixels, scale 2.0, 59.9 Hz; its name in the setting walls: DELL|U2720Q|ABC123|DP-1"
    )


def test_a_wall_whose_monitor_is_not_connected_is_named() -> None:
    findings = list(
        examination._monitors([screen_facts(cast("QScreen", Screen()))], Settings(walls=("LG|X|1|HDMI-1",)))
    )
    assert findings[-1].status is Status.WARN
    assert "LG|X|1|HDMI-1" in said(findings[-1])


@pytest.mark.parametrize(
    ("found", "there_is_a_key_file", "status", "words"),
    [
        ({"there": True, "logins": 3}, True, Status.OK, "the vault opens: 3"),
        ({"there": True, "fault": "vault_lost", "reason": "x"}, True, Status.FAIL, "can no longer be opened"),
        ({"there": True, "fault": "vault_unavailable", "reason": "x"}, False, Status.FAIL, "at the moment"),
        ({"there": False, "fault": "vault_unavailable", "reason": "x"}, True, Status.FAIL, "no safe place"),
        ({"there": False, "fault": "", "reason": "x"}, False, Status.WARN, "no safe place"),
        ({"there": False}, False, Status.OK, "system keyring"),
        ({"there": False}, True, Status.OK, "key file"),
        ("exit code 139", False, Status.FAIL, "exit code 139"),
    ],
)
def test_a_vault_is_well_only_where_it_opens_or_could_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, found, there_is_a_key_file, status, words
) -> None:
    monkeypatch.setattr(examination, "_probe", lambda *_, **__: found)
    settings = Settings(vault_key_file=tmp_path / "kunci" if there_is_a_key_file else None)
    finding = examination._vault(Paths.under(tmp_path), settings, 1.0)
    assert finding.status is status
    assert words in said(finding)


def test_a_graphics_card_that_is_there_and_gives_no_picture_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "_probe", lambda *_, **__: {"found": ["vaapi"], "working": []})
    asked = examination._acceleration(Settings(hardware_decoding="auto"), 1.0)
    assert asked.status is Status.WARN
    assert "vaapi is there but gives no picture" in said(asked)
    assert examination._acceleration(Settings(), 1.0).status is Status.OK


def backup_made(database: Path, at: datetime) -> None:
    folder = database.parent / "backups"
    folder.mkdir()
    (folder / f"store-{at:%Y%m%dT%H%M%S.%fZ}-daily.sqlite").write_bytes(b"")


@pytest.mark.parametrize(
    ("age", "status", "words"),
    [
        (timedelta(hours=20), Status.OK, "newest backup"),
        (timedelta(days=9), Status.WARN, "9 days old"),
        (None, Status.WARN, "never been backed up"),
    ],
)
def test_the_age_of_the_newest_backup_is_said(
    tmp_path: Path, age: timedelta | None, status: Status, words: str
) -> None:
    database = tmp_path / "tmcwall.db"
    if age is not None:
        backup_made(database, NOON - age)
    store, backup = store_findings(database, SOUND, now=NOON, zone=StationZone.WIB)
    assert store.status is Status.OK
    assert "7 cameras, 3 changes" in said(store)
    assert backup.status is status
    assert words in said(backup)


def test_a_broken_store_and_a_broken_chain_of_custody_are_failures(tmp_path: Path) -> None:
    database = tmp_path / "tmcwall.db"
    broken, *_ = store_findings(database, {"fault": "store_corrupt: malformed"}, now=NOON, zone=StationZone.WIB)
    assert broken.status is Status.FAIL
    _, chain, _ = store_findings(database, {**SOUND, "chain_break": 12}, now=NOON, zone=StationZone.WIB)
    assert chain.status is Status.FAIL
    assert "row 12" in said(chain)
    (none,) = store_findings(database, None, now=NOON, zone=StationZone.WIB)
    assert none.status is Status.OK


@pytest.mark.parametrize(
    ("free_gib", "keep_gib", "status"), [(100, 20, Status.OK), (10, 20, Status.WARN), (0.5, 20, Status.WARN)]
)
def test_recordings_that_the_disk_cannot_hold_as_the_settings_promise_have_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_gib: float, keep_gib: float, status: Status
) -> None:
    usage = type("Usage", (), {"free": int(free_gib * (1 << 30))})
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    (finding,) = disk_findings(Paths.under(tmp_path), Settings(recording_keep_gib=keep_gib))
    assert finding.status is status
    assert (finding.advice is None) is (status is Status.OK)


def test_of_many_cameras_an_even_sample_of_hosts_is_taken() -> None:
    urls = [f"rtsp://10.0.{number // 250}.{number % 250}/a" for number in range(1000)]
    found = sample([*urls, *urls, "no address"])
    assert len(found) <= LARGEST_SAMPLE
    assert found[0].host == "10.0.0.0"
    assert found[-1].host.startswith("10.0.3.")
