"""`tmcwall server device ...` and `tmcwall workstation enrol`, as IT types them."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.enrolled import device as known_device
from tests.exchange import NRP, PASSWORD, server_process
from tmcwall.cli import main
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_devices import device_enrol, device_list, device_revoke
from tmcwall.commands.server_users import user_add
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Role


@pytest.fixture
def data(tmp_path: Path) -> Path:
    user_add(ServerOptions(data_dir=tmp_path / "server"), NRP, role=Role.OPERATOR, password=PASSWORD)
    return tmp_path / "server"


def device(data: Path, *words: str) -> int:
    return main(["server", "device", *words, "--data-dir", str(data), "--lang", "id"])


def listed(data: Path, capfd: pytest.CaptureFixture[str]) -> list[dict[str, str | None]]:
    capfd.readouterr()
    assert device(data, "list", "--json") == 0
    desks: list[dict[str, str | None]] = json.loads(capfd.readouterr().out)
    return desks


def test_a_workstation_is_enrolled_by_its_code_file_and_revoked(
    data: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with server_process(data) as server:
        desk = tmp_path / "desk"
        desk.mkdir()
        key_file = tmp_path / "kunci"
        key_file.write_bytes(bytes(range(48)))
        key_file.chmod(0o600)
        (desk / "settings.toml").write_text(f'server_url = "{server.url}"\nvault_key_file = "{key_file}"\n')
        assert device(data, "enrol", "--name", "Ruang-TMC-3", "--server-url", server.url) == 0
        said = capfd.readouterr().out
        code = next(line.strip() for line in said.splitlines() if line.count("-") == 4 and line.startswith("    "))
        (tmp_path / "kode").write_text(f"{code}\n")
        words = ["workstation", "enrol", "--code-file", str(tmp_path / "kode"), "--data-dir", str(desk)]
        assert main([*words, "--lang", "id"]) == 0
        assert "terdaftar sebagai Ruang-TMC-3" in capfd.readouterr().out
        assert main(words) != 0, "a code is good once"
    (enrolled,) = listed(data, capfd)
    assert (enrolled["name"], enrolled["revoked_at"], enrolled["enrolled_by"]) == ("Ruang-TMC-3", None, "console")
    assert device(data, "revoke", "Ruang-TMC-3", "--reason", "hilang") == 0
    (revoked,) = listed(data, capfd)
    assert (revoked["revoked_because"], revoked["revoked_by"]) == ("hilang", "console")
    assert device(data, "list") == 0
    assert "dicabut" in capfd.readouterr().out


@pytest.mark.parametrize("words", [("list",), ("enrol", "--name", "x"), ("revoke", "x", "--reason", "x")])
def test_where_there_is_no_server_nothing_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "empty").mkdir()
    assert device(tmp_path / "empty", *words) == 3
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("hours", ["0", "721", "x"])
def test_a_code_is_good_for_an_hour_to_a_month(data: Path, hours: str) -> None:
    assert device(data, "enrol", "--name", "x", "--valid-hours", hours) == 2


@pytest.mark.parametrize("name", ["", " x", "x" * 65, "x\n", "-x"])
def test_a_desk_has_a_plain_name(data: Path, name: str) -> None:
    with pytest.raises(DomainError) as refused:
        device_enrol(ServerOptions(data_dir=data), name)
    assert refused.value.code is DomainCode.FIELD_INVALID


def test_only_a_desk_that_is_there_is_revoked_or_replaced(data: Path) -> None:
    options = ServerOptions(data_dir=data)
    for do in (
        lambda: device_revoke(options, "x", reason="x"),
        lambda: device_enrol(options, "x", replaces="x"),
    ):
        with pytest.raises(DomainError) as refused:
            do()
        assert refused.value.code is DomainCode.NOT_FOUND
    assert device_list(options) == ()


def test_a_name_that_is_taken_needs_to_be_replaced(data: Path) -> None:
    with server_process(data) as server:
        server.sign_in(NRP, PASSWORD, device=known_device("ws1").id)
    options = ServerOptions(data_dir=data)
    with pytest.raises(DomainError) as refused:
        device_enrol(options, "ws1")
    assert refused.value.code is DomainCode.NAME_TAKEN
    assert device_enrol(options, "ws1", replaces="ws1").code


def test_the_qr_code_in_text_is_read_as_code_and_address(data: Path) -> None:
    made = device_enrol(ServerOptions(data_dir=data), "x")
    drawn = made.qr_code(address="https://tmc.example").splitlines()
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    rows = [[light[sign][half] for sign in line] for line in drawn for half in (0, 1)]
    picture = np.kron(np.array(rows, np.uint8) * 255, np.ones((8, 8), np.uint8))
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(np.pad(picture, 32, constant_values=255))
    assert read == f"{made.code}\nhttps://tmc.example"
