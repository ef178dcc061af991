"""`tmcwall evidence` and `tmcwall case`: from a case to a package that strangers check with what they have."""

import json
import os
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import bagit
import pytest

from tests.evidence_packages import BEGINS, LP
from tests.evidence_station import INVESTIGATOR, OPERATOR, PASSWORD, make_station
from tmcwall.cli import main
from tmcwall.db import cameras, cases, custody, operations
from tmcwall.domain.bookmark import Gap, GapCause
from tmcwall.domain.camera import Owner
from tmcwall.domain.case import case_id, normalise_lp
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction, CustodyRow
from tmcwall.evidence import bag
from tmcwall.workstation import open_workstation

needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture(autouse=True)
def no_umask_for_others():
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "sandi.login"
    path.write_text(f"{PASSWORD}\n")
    return path


@pytest.fixture
def station(tmp_path: Path) -> Path:
    return make_station(tmp_path / "data")


def export(data: Path, out: Path, secret: Path, *words: str, nrp: str = INVESTIGATOR, lp: str = LP) -> int:
    common = ("--out", str(out), "--nrp", nrp, "--secret-file", str(secret), "--data-dir", str(data), "--lang", "en")
    return main(["evidence", "export", lp, "--no-viewing-copy", *common, *words])


def verify(package: Path, data: Path, *words: str) -> int:
    return main(["evidence", "verify", str(package), "--data-dir", str(data), "--lang", "en", *words])


def package_in(out: Path) -> Path:
    (package,) = out.iterdir()
    return package


def rows_of_case(data: Path) -> list[CustodyRow]:
    about = f"case/{case_id(normalise_lp(LP))}"
    with open_workstation(data, clock=SystemClock()) as workstation:
        assert workstation.store.read(custody.verify).result() is None
        rows = workstation.store.read(partial(custody.about, object_name=about)).result()
    return [row for row in rows if row.action is not CustodyAction.CREATED]


def test_a_case_becomes_a_package_that_is_valid_and_in_custody(station, tmp_path, secret, capfd) -> None:
    out = tmp_path / "stik usb"
    assert export(station, out, secret, "--basis", "Sprin Sita 12/III/2025") == 0
    package = package_in(out)
    assert str(package) in capfd.readouterr().out
    assert verify(package, station) == 0
    assert capfd.readouterr().out.startswith("VALID")
    (row,) = rows_of_case(station)
    assert (row.action, row.actor) == (CustodyAction.EVIDENCE_EXPORTED, INVESTIGATOR)
    assert row.facts["package"] == package.name
    assert row.facts["legal_basis"] == "Sprin Sita 12/III/2025"
    assert row.facts["clips"] == ["klip-0", "klip-1"]
    digest = subprocess.run(["sha256sum", bag.TAG_MANIFEST], cwd=package, capture_output=True, check=True, text=True)
    assert row.facts["tag_manifest_sha256"] == digest.stdout.split()[0]


def test_the_record_says_what_is_known_and_that_what_is_not_known_was_not_measured(station, tmp_path, secret) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    package = package_in(tmp_path / "out")
    record = json.loads((package / bag.RECORD).read_bytes())
    first = record["originals"][0]["footage"]
    assert first["camera"]["owner"] == "dishub"
    assert first["camera"]["address"] == "rtsp://10.0.0.9/kanal?token=***"
    assert first["clocks"]["camera"] == {
        "milliseconds": -1480,
        "measured_at": {"utc": "2025-03-10T04:50:00.000Z", "local": "2025-03-10T11:50:00.000+07:00 WIB"},
        "age_s": 600.0,
        "words": "",
    }
    assert first["clocks"]["server"]["words"] == "belum diukur"
    assert first["health"][0]["state"] == "working"
    assert first["original_name"] == "2025/03/20250310-120000_klip-0.mp4"
    assert record["officer"]["nrp"] == INVESTIGATOR
    extract = json.loads((package / bag.CUSTODY).read_bytes())
    assert {row["object"] for row in extract["rows"]} >= {"clip/klip-0", "bookmark/tanda-1"}
    assert record["custody"]["broken_at"] is None


def test_originals_are_the_clips_byte_for_byte(station, tmp_path, secret) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    kept = [path.read_bytes() for path in sorted((station / "clips").rglob("*.mp4"))]
    given = [path.read_bytes() for path in sorted((package_in(tmp_path / "out") / bag.ORIGINALS).iterdir())]
    assert given == kept


def test_bagit_finds_the_package_valid(station, tmp_path, secret) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    bagit.Bag(str(package_in(tmp_path / "out"))).validate()


def steps(package: Path) -> list[str]:
    """The commands for Linux in VERIFY.txt, as they stand there."""
    text = (package / bag.INSTRUCTIONS).read_text("utf-8")
    within = text[text.index("2. Linux") : text.index("3. Windows")]
    return [line.strip() for line in within.splitlines() if line.startswith("    ")]


@needs_ssh_keygen
def test_the_steps_of_verify_txt_work_as_they_stand_in_a_bare_shell(station, tmp_path, secret) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    package = package_in(tmp_path / "out")

    def run(step: str) -> subprocess.CompletedProcess[str]:
        words = ["env", "-i", "PATH=/usr/bin:/bin", "sh", "-c", step]
        return subprocess.run(words, cwd=package, capture_output=True, text=True, check=False)

    tags, payload, signature, fingerprint = steps(package)
    assert (run(tags).returncode, run(tags).stdout) == (0, "")
    assert (run(payload).returncode, run(payload).stdout) == (0, "")
    assert run(signature).stdout.startswith("Good ")
    assert json.loads((package / bag.RECORD).read_bytes())["signer"]["fingerprint"] in run(fingerprint).stdout
    clip = next((package / bag.ORIGINALS).iterdir())
    clip.write_bytes(clip.read_bytes() + b"x")
    assert run(payload).returncode == 1
    (package / bag.TAG_MANIFEST).write_bytes((package / bag.TAG_MANIFEST).read_bytes() + b"\n")
    assert run(signature).returncode != 0


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda package: None, 0, "valid"),
        (lambda package: (package / bag.RECORD).write_bytes(b"{}"), 1, "altered"),
        (lambda package: (package / bag.CUSTODY).unlink(), 2, "incomplete"),
        (shutil.rmtree, 4, "cannot_check"),
    ],
)
def test_the_exit_code_is_the_verdict(station, tmp_path, secret, capfd, change, code, said) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    package = package_in(tmp_path / "out")
    change(package)
    capfd.readouterr()
    assert verify(package, station, "--json") == code
    assert json.loads(capfd.readouterr().out)["verdict"] == said


def test_on_another_machine_the_key_is_unknown_until_it_is_named(station, tmp_path, secret) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    package = package_in(tmp_path / "out")
    assert verify(package, tmp_path / "lain") == 3
    assert verify(package, tmp_path / "lain", "--signers", str(station / "allowed_signers")) == 0
    assert verify(package, tmp_path / "lain", "--signers", str(tmp_path / "tidak ada")) == 2


def test_footage_with_a_gap_is_exit_code_2_with_the_gap_in_words(tmp_path, secret, capfd) -> None:
    gap = Gap(BEGINS, BEGINS + timedelta(seconds=1), GapCause.PACKETS_LOST, 7)
    station = make_station(tmp_path / "data", gaps=(gap,))
    assert export(station, tmp_path / "out", secret) == 0
    capfd.readouterr()
    assert verify(package_in(tmp_path / "out"), station) == 2
    assert "1.0 s, packets_lost" in capfd.readouterr().out


@pytest.mark.parametrize("owner", [Owner.BANK, Owner.PRIVATE])
def test_private_footage_needs_a_legal_basis_or_a_consent(tmp_path, secret, capfd, owner) -> None:
    station = make_station(tmp_path / "data", owner=owner)
    assert export(station, tmp_path / "out", secret) == 2
    assert "Simpang Gendengan" in capfd.readouterr().err
    assert not (tmp_path / "out").exists()
    assert export(station, tmp_path / "out", secret, "--consent", "IZIN-7") == 0
    failed, made = rows_of_case(station)
    assert (failed.action, failed.facts["failure"]) == (CustodyAction.EVIDENCE_EXPORT_FAILED, "basis_missing")
    assert made.facts["consent_number"] == "IZIN-7"


def test_who_may_not_export_is_refused_and_that_is_in_custody(station, tmp_path, secret) -> None:
    assert export(station, tmp_path / "out", secret, nrp=OPERATOR) == 2
    (row,) = rows_of_case(station)
    assert (row.actor, row.facts["failure"]) == (OPERATOR, "not_allowed")
    assert not (tmp_path / "out").exists()


def test_a_wrong_password_exports_nothing(station, tmp_path) -> None:
    wrong = tmp_path / "salah.login"
    wrong.write_text("bukan itu\n")
    assert export(station, tmp_path / "out", wrong) == 3
    assert not (tmp_path / "out").exists()


def test_a_case_that_is_not_there_is_said(station, tmp_path, secret, capfd) -> None:
    assert export(station, tmp_path / "out", secret, lp="LP/B/9/III/2025/SPKT/POLRESTA SURAKARTA") == 2
    assert "tmcwall case list" in capfd.readouterr().err


def test_a_clip_that_was_altered_on_the_workstation_is_not_exported(station, tmp_path, secret, capfd) -> None:
    clip = next((station / "clips").rglob("*.mp4"))
    clip.write_bytes(clip.read_bytes()[:-1] + b"\xff")
    assert export(station, tmp_path / "out", secret) == 3
    assert clip.name in capfd.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []
    assert rows_of_case(station)[0].facts["failure"] == "clip_altered"


def test_a_clip_that_is_not_here_is_left_out_and_said(station, tmp_path, secret, capfd) -> None:
    next(path for path in (station / "clips").rglob("*klip-1.mp4")).unlink()
    assert export(station, tmp_path / "out", secret) == 0
    assert "not_here" in capfd.readouterr().err
    (left_out,) = json.loads((package_in(tmp_path / "out") / bag.RECORD).read_bytes())["left_out"]
    assert (left_out["bookmark"], left_out["reason"]) == ("tanda-1", "not_here")


@needs_ssh_keygen
def test_a_key_file_signs_and_a_locked_one_opens_with_its_passphrase(station, tmp_path, secret) -> None:
    key, phrase = tmp_path / "kunci", tmp_path / "frasa.login"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "senja di timur", "-f", key], check=True)
    phrase.write_text("yang lain\n")
    words = ("--signing-key", str(key), "--passphrase-file", str(phrase))
    assert export(station, tmp_path / "out", secret, *words) == 2
    phrase.write_text("senja di timur\n")
    assert export(station, tmp_path / "out", secret, *words) == 0
    signers = tmp_path / "dikenal"
    signers.write_text(f"jaksa@kota {key.with_suffix('.pub').read_text()}")
    assert verify(package_in(tmp_path / "out"), station) == 3
    assert verify(package_in(tmp_path / "out"), station, "--signers", str(signers)) == 0


def test_cases_are_listed_and_shown_with_their_exports(station, tmp_path, secret, capfd) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    capfd.readouterr()
    assert main(["case", "list", "--data-dir", str(station), "--json"]) == 0
    (case,) = json.loads(capfd.readouterr().out)
    assert (case["lp"], case["bookmarks"], case["ready"]) == (LP, 2, 2)
    assert main(["case", "show", LP.lower(), "--data-dir", str(station), "--json"]) == 0
    sheet = json.loads(capfd.readouterr().out)
    assert [one["here"] for one in sheet["footage"]] == [True, True]
    assert [one["package"] for one in sheet["exports"]] == [package_in(tmp_path / "out").name]
    assert main(["case", "show", LP, "--data-dir", str(station), "--lang", "id"]) == 0
    assert "klip di sini" in capfd.readouterr().out
    assert main(["case", "show", "LP/B/9/III/2025/SPKT/POLRES KENDAL", "--data-dir", str(station)]) == 2


def custody_report(data: Path, secret: Path, *words: str, nrp: str = INVESTIGATOR) -> int:
    common = ("--nrp", nrp, "--secret-file", str(secret), "--data-dir", str(data), "--lang", "id")
    return main(["evidence", "custody", *common, *words])


def test_custody_is_reported_by_case_camera_and_officer_in_indonesian(station, tmp_path, secret, capfd) -> None:
    assert export(station, tmp_path / "out", secret) == 0
    capfd.readouterr()
    assert custody_report(station, secret, "--case", LP) == 0
    said = capfd.readouterr().out
    assert "klip dipotong" in said
    assert "paket bukti diekspor" in said
    assert "Rantai penjagaan utuh" in said
    assert custody_report(station, secret, "--camera", "CAM-1", "--officer", INVESTIGATOR) == 0
    said = capfd.readouterr().out
    assert "clip/klip-0" in said
    assert "paket bukti diekspor" not in said
    assert custody_report(station, secret, "--officer", OPERATOR) == 0
    assert len(capfd.readouterr().out.splitlines()) == 1


def test_a_custody_report_is_a_list_that_spreadsheets_take(station, tmp_path, secret) -> None:
    listed = tmp_path / "laporan.csv"
    assert custody_report(station, secret, "--case", LP, "--csv", str(listed)) == 0
    head, *rows = listed.read_text("utf-8-sig").splitlines()
    assert head.startswith("baris;waktu UTC;waktu setempat;petugas;tindakan")
    assert len(rows) == 5


def test_who_may_not_read_custody_is_refused(station, secret) -> None:
    assert custody_report(station, secret, nrp=OPERATOR) == 2


def test_a_chain_that_was_altered_is_said_with_its_row(station, secret, capfd) -> None:
    with sqlite3.connect(station / "tmcwall.db") as database:
        database.execute("UPDATE custody SET reason = 'lain' WHERE seq = 3")
    database.close()
    assert custody_report(station, secret) == 1
    assert "PUTUS mulai baris 3" in capfd.readouterr().out


def test_a_case_of_another_unit_is_neither_exported_nor_reported_on(station, tmp_path, secret, capfd) -> None:
    at = datetime(2025, 4, 1, tzinfo=UTC)
    with open_workstation(station, clock=SystemClock()) as workstation:

        def give(session) -> None:
            (case,) = cases.all_cases(session)
            operations.change(session, replace(case, unit="Reskrim"), actor=INVESTIGATOR, at=at)

        workstation.store.write(give).result()
    capfd.readouterr()
    assert export(station, tmp_path / "out", secret) == 2
    assert LP in capfd.readouterr().err
    assert custody_report(station, secret, "--case", LP) == 2


def test_footage_of_another_units_camera_is_not_exported_for_a_case_of_no_unit(station, tmp_path, secret) -> None:
    with open_workstation(station, clock=SystemClock()) as workstation:

        def give(session) -> None:
            cameras.put(session, [replace(one, unit="Polsek Laweyan") for one in cameras.every_camera(session)])

        workstation.store.write(give).result()
    assert export(station, tmp_path / "out", secret) == 2
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_an_authority_of_one_package_is_named_with_the_command(station, tmp_path, secret, capfd) -> None:
    assert export(station, tmp_path / "out", secret, "--tsa", "http://127.0.0.1:9/tsr") == 0
    assert "without a time stamp" in capfd.readouterr().err
    package = package_in(tmp_path / "out")
    assert json.loads((package / bag.RECORD).read_bytes())["time_stamp_asked"]
    assert verify(package, station) == 0
    assert "a time stamp was asked for" in capfd.readouterr().out


def test_a_counter_signature_is_asked_for_with_the_command_and_its_lack_is_said(
    station, tmp_path, secret, capfd
) -> None:
    assert export(station, tmp_path / "out", secret, "--counter-sign") == 0
    assert "without the central server's counter-signature" in capfd.readouterr().err
    package = package_in(tmp_path / "out")
    assert json.loads((package / bag.RECORD).read_bytes())["counter_signature_asked"]
    assert verify(package, station) == 0
    assert "it was away, or it was taken away" in capfd.readouterr().out
