"""`tmcwall camera certificate`: seen working, not and why, and what nobody looked at; signed for strangers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.evidence_packages import BEGINS, LP
from tests.evidence_station import INVESTIGATOR, OPERATOR, PASSWORD, make_station
from tmcwall.cli import main
from tmcwall.db import custody, health
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.history import CameraState, HealthChange
from tmcwall.workstation import open_workstation

MINUTE = timedelta(minutes=1)
needs_ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


@pytest.fixture(autouse=True)
def no_umask_for_others() -> Iterator[None]:
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
    """Its camera worked for ten minutes, was lost for five; then the program did not run."""
    data = make_station(tmp_path / "data", clips=1)
    with open_workstation(data, clock=SystemClock()) as workstation:
        lost = HealthChange("CAM-1", BEGINS + 10 * MINUTE, CameraState.LOST, FaultCode.HOST_UNREACHABLE, changes=1)
        unit = partial(health.add, changes=[lost], clocks=[], at=BEGINS + 15 * MINUTE)
        workstation.store.write(unit).result()
    return data


def certify(data: Path, secret: Path, *words: str, nrp: str = INVESTIGATOR, until: str = "") -> int:
    return main([
        "camera", "certificate", "CAM-1", "--since", BEGINS.isoformat(),
        "--until", until or (BEGINS + 30 * MINUTE).isoformat(), "--out", str(data.parent / "out"), "--nrp", nrp,
        "--secret-file", str(secret), "--data-dir", str(data), "--lang", "id", *words,
    ])  # fmt: skip


def files(data: Path) -> dict[str, Path]:
    return {"".join(path.suffixes): path for path in (data.parent / "out").iterdir()}


def test_each_stretch_says_whether_it_was_seen_working_and_what_nobody_looked_at_is_never_called_working(
    station, secret, capfd
) -> None:
    assert certify(station, secret) == 0
    record = json.loads(files(station)[".json"].read_bytes())
    (camera,) = record["cameras"]
    assert [(piece["state"], piece["cause"]) for piece in camera["pieces"]] == [
        ("working", None), ("lost", FaultCode.HOST_UNREACHABLE.value), ("unknown", None),
    ]  # fmt: skip
    assert (camera["working_s"], camera["not_working_s"], camera["not_observed_s"]) == (600.0, 300.0, 900.0)
    assert (record["format"], record["officer"]["nrp"]) == ("tmcwall.availability/1", INVESTIGATOR)
    assert record["fingerprint"] in capfd.readouterr().out


@needs_ssh_keygen
@pytest.mark.parametrize("kind", [".json", ".pdf"])
def test_a_stranger_checks_both_files_with_openssh_and_an_altered_byte_is_found(station, secret, kind) -> None:
    assert certify(station, secret) == 0
    made = files(station)
    principal = (station / "allowed_signers").read_text().split()[0]
    checking = (
        "ssh-keygen", "-Y", "verify", "-f", str(station / "allowed_signers"), "-I", principal,
        "-n", "tmcwall-evidence@v1", "-s", str(made[f"{kind}.sig"]),
    )  # fmt: skip
    whole = made[kind].read_bytes()
    assert subprocess.run(checking, input=whole, check=False, capture_output=True).returncode == 0
    altered = whole[:-1] + bytes([whole[-1] ^ 1])
    assert subprocess.run(checking, input=altered, check=False, capture_output=True).returncode != 0


def test_a_package_has_the_certificate_of_its_cameras_where_the_export_asks_for_it(station, secret, tmp_path) -> None:
    words = (
        "--out", str(tmp_path / "paket"), "--nrp", INVESTIGATOR, "--secret-file", str(secret), "--no-viewing-copy",
        "--availability", "--data-dir", str(station),
    )  # fmt: skip
    assert main(["evidence", "export", LP, *words]) == 0
    (package,) = (tmp_path / "paket").iterdir()
    record = json.loads((package / "data" / "availability.json").read_bytes())
    assert [camera["id"] for camera in record["cameras"]] == ["CAM-1"]
    manifest = (package / "manifest-sha256.txt").read_text()
    assert "data/availability.json" in manifest
    assert "data/availability.pdf" in manifest
    assert main(["evidence", "verify", str(package), "--data-dir", str(station)]) == 0
    page = package / "data" / "availability.pdf"
    page.write_bytes(page.read_bytes()[:-1] + b"x")
    assert main(["evidence", "verify", str(package), "--data-dir", str(station)]) == 1


def test_custody_has_what_was_signed_of_which_camera(station, secret) -> None:
    assert certify(station, secret) == 0
    record = json.loads(files(station)[".json"].read_bytes())
    with open_workstation(station, clock=SystemClock()) as workstation:
        rows = workstation.store.read(partial(custody.about, object_name="camera/CAM-1")).result()
    (row,) = [one for one in rows if one.action is CustodyAction.CERTIFICATE_MADE]
    assert (row.actor, row.facts["cameras"], row.facts["signed_with"]) == (
        INVESTIGATOR, ["CAM-1"], record["fingerprint"],
    )  # fmt: skip


@pytest.mark.parametrize("until", ["2020-01-01T00:00", "kemarin"])
def test_a_span_that_is_none_makes_no_file(station, secret, until) -> None:
    assert certify(station, secret, until=until) == 2
    assert not (station.parent / "out").exists()


def test_whoever_may_not_give_evidence_signs_nothing(station, secret) -> None:
    assert certify(station, secret, nrp=OPERATOR) != 0
    assert not (station.parent / "out").exists()
