"""A workstation whose camera logins can no longer be opened: its cameras stay, and lists are imported as ever."""

from functools import partial
from pathlib import Path

import pytest

from tmcwall.commands.camera import run_import, run_test
from tmcwall.db import custody
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.paths import Paths
from tmcwall.texts import Language, Translator
from tmcwall.texts.faults import fault_text
from tmcwall.workstation import open_workstation

ENGLISH = Translator(Language.EN)
LOST = ENGLISH(fault_text(FaultCode.VAULT_LOST))
WITH_PASSWORD = "id,url\nCAM-1,rtsp://petugas:kata-sandi-uji@10.0.0.1/a\n"
WITHOUT = "id,url\nCAM-2,rtsp://10.0.0.2/a\n"


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "kunci"
    path.write_bytes(bytes(range(48)))
    path.chmod(0o600)
    monkeypatch.setenv("TMCWALL_VAULT_KEY_FILE", str(path))
    return path


@pytest.fixture
def data(tmp_path: Path, key_file: Path) -> Path:
    """A workstation with one camera whose password is in the vault."""
    folder = tmp_path / "data"
    assert imported(folder, WITH_PASSWORD) == 0
    return folder


def imported(data: Path, rows: str, *, dry_run: bool = False) -> int:
    listed = data.parent / "daftar.csv"
    listed.write_text(rows)
    return run_import(listed, data_dir=data, dry_run=dry_run, translate=ENGLISH)


def vaults(data: Path) -> list[str]:
    return sorted(path.name[:19] for path in data.glob("cameras.vault*"))


def test_a_list_without_passwords_never_asks_for_the_vault(
    data: Path, key_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key_file.unlink()
    assert imported(data, WITHOUT) == 0
    assert LOST not in capfd.readouterr().err
    assert vaults(data) == ["cameras.vault"]


def test_a_list_with_passwords_sets_a_lost_vault_aside_says_so_and_begins_another(
    data: Path, key_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key_file.write_bytes(bytes(48))
    assert imported(data, WITH_PASSWORD) == 0
    assert capfd.readouterr().err.count(LOST) == 1
    assert vaults(data) == ["cameras.vault", "cameras.vault.lost-"]
    with open_workstation(data, clock=SystemClock()) as workstation:
        login = workstation.vault.all()["CAM-1"].main
        rows = workstation.store.read(partial(custody.about, object_name="vault")).result()
    assert login is not None
    assert login.password == "kata-sandi-uji"
    assert [(row.action, row.facts["file"]) for row in rows] == [
        (CustodyAction.VAULT_SET_ASIDE, next(data.glob("cameras.vault.lost-*")).name)
    ]


def test_a_list_with_passwords_does_not_touch_a_vault_that_is_out_of_reach_for_now(data: Path, key_file: Path) -> None:
    key_file.unlink()
    with pytest.raises(Fault) as caught:
        imported(data, WITH_PASSWORD)
    assert caught.value.code is FaultCode.VAULT_UNAVAILABLE
    assert vaults(data) == ["cameras.vault"]


def test_a_stored_camera_is_tested_without_the_login_that_is_lost(
    data: Path, key_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Paths.under(data).settings
    settings.write_text(settings.read_text("utf-8").replace('"10.0.0.0/8"', '"11.0.0.0/8"'), "utf-8")
    key_file.write_bytes(bytes(48))
    assert run_test("CAM-1", data_dir=data, translate=ENGLISH) == 1
    said = capfd.readouterr()
    assert said.err.count(LOST) == 1
    assert ENGLISH(fault_text(FaultCode.ADDRESS_FORBIDDEN)) in said.out


def test_a_dry_run_neither_sets_a_lost_vault_aside_nor_makes_one(data: Path, key_file: Path, tmp_path: Path) -> None:
    key_file.write_bytes(bytes(48))
    assert imported(data, WITH_PASSWORD, dry_run=True) == 0
    assert vaults(data) == ["cameras.vault"]
    assert imported(tmp_path / "baru", WITH_PASSWORD, dry_run=True) == 0
    assert vaults(tmp_path / "baru") == []
