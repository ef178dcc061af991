"""`tmcwall relay`: the relay's files from the register, brought up to date and otherwise left alone."""

from __future__ import annotations

import stat
from functools import partial
from pathlib import Path

import pytest
import yaml

from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.commands.relay import run_config, run_login
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.camera import Camera, Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.relay import relay_path
from tmcwall.services.sources import relay_of, source_of
from tmcwall.texts import Language, Translator
from tmcwall.workstation import open_workstation

ENGLISH = Translator(Language.EN)
PASSWORD = "sandi-relai-yang-cukup-panjang"
CAMERAS = [
    Camera("CAM-1", "Simpang", "rtsp://10.0.0.1/main", substream_url="rtsp://10.0.0.1/sub"),
    Camera("CAM-2", "Pasar", "rtsp://10.0.0.2/main"),
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workstation with two cameras, one of which wants a login, and the address of a relay."""
    key = tmp_path / "key"
    key.write_bytes(bytes(range(64)))
    key.chmod(0o600)
    monkeypatch.setenv("TMCWALL_VAULT_KEY_FILE", str(key))
    monkeypatch.setenv("TMCWALL_RELAY_ADDRESS", "rtsps://relay.example:8322")
    folder = tmp_path / "data"
    with open_workstation(folder, clock=SystemClock()) as workstation:
        workstation.store.write(partial(camera_rows.put, cameras=CAMERAS)).result()
        workstation.vault.put({"CAM-1": CameraLogins(main=Login("10.0.0.1", "admin", "rahasia-kamera"))})
    return folder


def config(data: Path, out: Path, *, check: bool = False) -> int:
    return run_config(out, check=check, data_dir=data, translate=ENGLISH)


def login(data: Path) -> None:
    run_login(PASSWORD, data_dir=data, translate=ENGLISH)


def test_the_files_are_written_and_only_their_owner_reads_the_logins(data: Path, tmp_path: Path) -> None:
    login(data)
    assert config(data, tmp_path / "relay") == 0
    secret = tmp_path / "relay" / "mediamtx.env"
    assert b"admin:rahasia-kamera@10.0.0.1/main" in secret.read_bytes()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    plain = (tmp_path / "relay" / "mediamtx.yml").read_bytes()
    assert b"rahasia" not in plain
    assert len(yaml.safe_load(plain)["paths"]) == 3


def test_a_second_run_touches_nothing_and_says_so(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    login(data)
    config(data, tmp_path / "relay")
    before = {file: file.stat().st_ino for file in (tmp_path / "relay").iterdir()}
    assert config(data, tmp_path / "relay") == 0
    assert {file: file.stat().st_ino for file in (tmp_path / "relay").iterdir()} == before
    assert "nothing written" in capfd.readouterr().out


def test_a_check_names_the_paths_that_would_change_and_writes_nothing(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    login(data)
    config(data, tmp_path / "relay")
    assert config(data, tmp_path / "relay", check=True) == 0
    with open_workstation(data, clock=SystemClock()) as workstation:
        moved = [Camera("CAM-2", "Pasar", "rtsp://10.0.0.9/main")]
        workstation.store.write(partial(camera_rows.put, cameras=moved)).result()
    capfd.readouterr()
    assert config(data, tmp_path / "relay", check=True) == 1
    said = capfd.readouterr().out
    assert f"~ {relay_path('CAM-2', Profile.MAIN)}" in said
    assert b"10.0.0.9" not in (tmp_path / "relay" / "mediamtx.yml").read_bytes()


def test_without_the_relays_password_nothing_is_written(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        config(data, tmp_path / "relay")
    assert refused.value.code is DomainCode.RELAY_LOGIN_UNSET
    assert not (tmp_path / "relay").exists()


def test_without_an_address_of_a_relay_there_is_nothing_to_configure(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMCWALL_RELAY_ADDRESS")
    with pytest.raises(DomainError) as refused:
        config(data, tmp_path / "relay")
    assert refused.value.code is DomainCode.RELAY_UNSET


def test_a_short_password_of_the_relay_is_refused(data: Path) -> None:
    with pytest.raises(DomainError) as refused:
        run_login("pendek", data_dir=data, translate=ENGLISH)
    assert refused.value.code is DomainCode.RELAY_PASSWORD_SHORT


def test_the_wall_asks_the_relay_by_the_paths_of_its_configuration_and_with_its_own_login(
    data: Path, tmp_path: Path
) -> None:
    login(data)
    config(data, tmp_path / "relay")
    paths = yaml.safe_load((tmp_path / "relay" / "mediamtx.yml").read_bytes())["paths"]
    with open_workstation(data, clock=SystemClock()) as workstation:
        logins = workstation.vault.all()
    relay = relay_of("rtsps://relay.example:8322", logins)
    found = source_of(CAMERAS[0], logins["CAM-1"], relay=relay)
    assert found.sub is not None
    for stream in (found.main, found.sub):
        assert stream.relay is not None
        assert stream.relay.url.removeprefix("rtsps://relay.example:8322/") in paths
        assert (stream.relay.username, stream.relay.password) == ("tmcwall", PASSWORD)
        assert stream.username == "admin"


def test_the_relays_password_is_given_to_no_other_host(data: Path) -> None:
    login(data)
    with open_workstation(data, clock=SystemClock()) as workstation:
        logins = workstation.vault.all()
    relay = relay_of("rtsps://other.example:8322", logins)
    found = source_of(CAMERAS[0], CameraLogins(), relay=relay)
    assert found.main.relay is not None
    assert found.main.relay.password == ""
