"""`tmcwall officer`: more officers from the command line, with passwords on standard input and never as an argument."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.desktop_on_duty import DesktopOnDuty
from tests.e2e.test_command_line import run
from tmcwall.db import custody, officers
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.officer import Officer, Role
from tmcwall.workstation import open_workstation

ONE_TIME = "k7mf-2qhd-x9pt"
ADMIN, OPERATOR = "11111111", "22222222"


def officer(folder: Path, *words: str, password: str = ""):
    text = f"{password}\n" if password else ""
    secret = ["--secret-file", "-"] if password else []
    return run(["officer", *words, *secret, "--data-dir", str(folder)], text=text)


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A folder with an admin and an operator, both made by the command."""
    for nrp, name, role in ((ADMIN, "Ani Lestari", "admin"), (OPERATOR, "Budi Santoso", "operator")):
        made = officer(tmp_path, "add", nrp, "--role", role, "--full-name", name, password=ONE_TIME)
        assert made.returncode == 0, made.stderr
    return tmp_path


def test_officers_are_added_listed_changed_disabled_and_enabled(station: Path) -> None:
    assert officer(station, "role", OPERATOR, "perwira").returncode == 0
    assert officer(station, "disable", OPERATOR).returncode == 0
    first, second = officer(station, "list").stdout.splitlines()
    assert first == "11111111  Ani Lestari  Admin  aktif, belum membuat kata sandi sendiri"
    assert second.startswith("22222222  Budi Santoso  Perwira piket  nonaktif sejak ")
    assert second.endswith(" WIB")
    assert officer(station, "enable", OPERATOR).stdout == "22222222 dapat masuk lagi.\n"


def test_a_password_given_by_the_command_is_good_once_and_stands_nowhere(station: Path) -> None:
    given = officer(station, "password", OPERATOR, password="abcd-efgh-jkmn")
    assert given.returncode == 0
    with open_workstation(station, clock=SystemClock()) as workstation:
        account = workstation.store.read(lambda session: officers.account(session, OPERATOR)).result()
        rows = workstation.store.read(lambda session: custody.about(session, f"officer/{OPERATOR}")).result()
    assert account is not None
    assert account.officer == Officer(OPERATOR, "Budi Santoso", Role.OPERATOR)
    assert account.password_due
    assert [row.action for row in rows] == ["account_added", "password_reset"]
    assert all(row.actor.startswith("os:") for row in rows)
    kept = b"".join(path.read_bytes() for path in station.rglob("*") if path.is_file())
    assert b"abcd-efgh" not in kept
    assert ONE_TIME.encode() not in kept


def test_what_cannot_be_is_refused_in_one_sentence(station: Path) -> None:
    for words, password, said in (
        (["disable", ADMIN], "", "satu admin"),
        (["role", ADMIN, "operator"], "", "satu admin"),
        (["role", OPERATOR, "bos"], "", "operator, perwira, penyidik"),
        (["enable", "99999999"], "", "tidak ditemukan"),
        (["password", OPERATOR], "pendek", "terlalu lemah"),
        (["add", OPERATOR, "--role", "operator", "--full-name", "Lain"], ONE_TIME, "sudah punya akun"),
        (["add", "123", "--role", "operator", "--full-name", "Lain"], ONE_TIME, "(nrp)"),
    ):
        ended = officer(station, *words, password=password)
        assert ended.returncode == 2
        assert said in ended.stderr
        assert len(ended.stderr.strip().splitlines()) == 1


def test_the_first_officer_manages_the_others_and_an_empty_list_says_so(tmp_path: Path) -> None:
    assert "--role kepala" in officer(tmp_path, "list").stderr
    ended = officer(tmp_path, "add", OPERATOR, "--role", "operator", "--full-name", "Budi", password=ONE_TIME)
    assert ended.returncode == 2
    assert "satu admin" in ended.stderr


def test_where_a_server_keeps_the_accounts_the_command_says_where_to_go(station: Path) -> None:
    settings = station / "settings.toml"
    text = settings.read_text("utf-8").replace('server_url = ""', 'server_url = "https://tmc.example"')
    settings.write_text(text, "utf-8")
    ended = officer(station, "disable", OPERATOR)
    assert ended.returncode == 2
    assert "tmcwall server user" in ended.stderr
    listed = officer(station, "list")
    assert OPERATOR in listed.stdout
    assert "tmcwall server user" in listed.stderr


@pytest.fixture
def program(tmp_path: Path) -> Iterator[DesktopOnDuty]:
    with DesktopOnDuty(tmp_path) as program:
        yield program


@pytest.mark.timeout(300)
def test_beside_the_running_program_a_change_holds_at_once_and_a_disabled_officer_goes_off_duty(
    tmp_path: Path, program: DesktopOnDuty
) -> None:
    assert officer(tmp_path, "list").stdout == "12345678  Sari  Kepala (supervisor dan admin)  aktif\n"
    refused = officer(tmp_path, "disable", "12345678")
    assert (refused.returncode, "satu admin" in refused.stderr) == (2, True), refused
    added = officer(tmp_path, "add", ADMIN, "--role", "admin", "--full-name", "Ani", password=ONE_TIME)
    assert added.returncode == 0, added
    assert officer(tmp_path, "role", "12345678", "operator").returncode == 0
    program.says("role operator")
    assert officer(tmp_path, "disable", "12345678").returncode == 0
    program.says("off duty account_disabled")
