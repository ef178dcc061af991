"""Every command of `tmcwall server` works on a server's database only, and says so in one sentence."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.exchange import NRP, PASSWORD, START, report_body
from tmcwall import cli
from tmcwall.commands.server import ServerOptions, opened
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_upkeep import back_up
from tmcwall.commands.server_users import user_add
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.intake.webhook import parse_webhook
from tmcwall.server.reports import receive

OPERATION = "01958f3e-0000-7000-8000-000000000001"
COMMANDS = [
    ["run", "--port", "0"], ["user", "add", NRP, "--role", "operator", "--secret-file", "PASSWORD"], ["user", "list"],
    ["user", "disable", NRP], ["user", "enable", NRP], ["user", "role", NRP, "perwira"],
    ["user", "password", NRP, "--secret-file", "PASSWORD"], ["source", "add", "112"], ["source", "list"],
    ["source", "rotate", "112"], ["quarantine", "list"], ["quarantine", "check"],
    ["quarantine", "add", OPERATION, "--reason", "uji"], ["epoch"], ["check"], ["compact"], ["backup", "--out", "COPY"],
    ["restore", "BACKUP"], ["key", "renew"], ["reporter", "erase", "i1"],
]  # fmt: skip
MAKING = {"run", "user add", "source add", "restore"}
"""Those that may make a database where there is none and its place was named."""


@pytest.fixture
def server(tmp_path: Path) -> ServerOptions:
    options = ServerOptions(data_dir=tmp_path / "data")
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD, name="Siti Rahma")
    webhook_add(options, Source.CALL_112)
    back_up(options, tmp_path / "backup.db")
    (tmp_path / "password").write_text("kata sandi yang lain\n")
    return options


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    file = tmp_path / "foreign.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    return file


def made_newer(file: Path) -> Path:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    return file


def command(words: list[str], folder: Path, *, database: Path) -> list[str]:
    places = {"PASSWORD": "password", "COPY": "copy.db", "BACKUP": "backup.db"}
    named = [str(folder / places[word]) if word in places else word for word in words]
    return ["server", *named, "--database", f"sqlite:///{database}", "--data-dir", str(folder / "data"), "--lang", "en"]


def refusal(words: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    assert cli.main(words) == 3
    said = capfd.readouterr()
    assert said.out == ""
    (sentence,) = said.err.splitlines()
    return sentence


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_another_programs_database_is_refused_and_left_as_it_is(
    words: list[str], server: ServerOptions, foreign: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    del server
    content = foreign.read_bytes()
    assert "another program" in refusal(command(words, tmp_path, database=foreign), capfd)
    assert foreign.read_bytes() == content


@pytest.mark.parametrize("words", [words for words in COMMANDS if words[0] not in {"backup", "restore"}], ids=" ".join)
def test_a_database_of_a_newer_version_is_refused(
    words: list[str], server: ServerOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    newer = made_newer(server.folder / "server.db")
    assert "newer" in refusal(command(words, tmp_path, database=newer), capfd)


def test_a_backup_of_a_newer_version_is_not_put_in_the_place_of_a_database(
    server: ServerOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made_newer(tmp_path / "backup.db")
    database = server.folder / "server.db"
    assert "newer" in refusal(command(["restore", "BACKUP"], tmp_path, database=database), capfd)
    assert cli.main(command(["user", "list"], tmp_path, database=database)) == 0


@pytest.mark.parametrize(
    "words", [w for w in COMMANDS if " ".join(w[:2]) not in MAKING and w[0] not in MAKING], ids=" ".join
)
def test_where_no_server_has_been_nothing_is_made(
    words: list[str], server: ServerOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    del server
    absent = tmp_path / "absent.db"
    refusal(command(words, tmp_path, database=absent), capfd)
    assert not absent.exists()


def test_accounts_and_sources_are_listed_as_json_without_any_secret(
    server: ServerOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    database = server.folder / "server.db"
    capfd.readouterr()
    assert cli.main(command(["user", "list", "--json"], tmp_path, database=database)) == 0
    (account,) = json.loads(capfd.readouterr().out)
    assert account == {
        "nrp": NRP,
        "name": "Siti Rahma",
        "role": "operator",
        "rank": "",
        "units": [],
        "disabled_at": None,
    }
    assert cli.main(command(["source", "rotate", "112"], tmp_path, database=database)) == 0
    secret = capfd.readouterr().out.strip()
    assert cli.main(command(["source", "list", "--json"], tmp_path, database=database)) == 0
    listed = capfd.readouterr().out
    (source,) = json.loads(listed)
    assert source["name"] == "112"
    assert source["former_until"] is not None
    assert secret not in listed


def test_a_rotation_without_overlap_ends_the_former_secret_at_once(
    server: ServerOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    database = server.folder / "server.db"
    words = ["source", "rotate", "112", "--overlap-hours", "0"]
    assert cli.main(command(words, tmp_path, database=database)) == 0
    capfd.readouterr()
    assert cli.main(command(["source", "list"], tmp_path, database=database)) == 0
    assert "until" not in capfd.readouterr().out


def test_who_has_reported_an_incident_is_erased_from_the_console(
    server: ServerOptions, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    body = report_body(reporter={"name": "Ibu Rahayu", "phone": "+62 800 000 001", "consent": True})
    with opened(server) as database, database.write() as session:
        incident_id = receive(session, parse_webhook(body), body, now=START).incident_id
    words = ["server", "reporter", "erase", incident_id, "--data-dir", str(tmp_path / "data"), "--lang", "en"]
    assert cli.main(words) == 0
    said = capfd.readouterr().out
    assert "2 values of its reporter erased" in said
    assert "Rahayu" not in said
    assert cli.main([*words[:3], "nowhere", *words[4:]]) == 2
    capfd.readouterr()
