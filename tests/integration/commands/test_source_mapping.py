"""`tmcwall server source mapping`: tried against an example before it is kept."""

import json
from pathlib import Path

import pytest

from tmcwall import cli
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_sources import webhook_add
from tmcwall.domain.incident import Source

RULES = {
    "id": {"path": "no"}, "sent": {"path": "waktu", "time": "iso"}, "status": {"value": "actual"},
    "type": {"value": "kebakaran"}, "severity": {"value": "berat"}, "location.text": {"path": "alamat"},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    webhook_add(ServerOptions(data_dir=tmp_path / "data"), Source.CALL_110)
    (tmp_path / "110.json").write_text(json.dumps({"schema": "tmcwall.mapping/1", "fields": RULES}))
    (tmp_path / "contoh.json").write_text('{"no": 7, "waktu": "2025-03-28T14:00:00+07:00", "alamat": "Jalan Contoh"}')
    (tmp_path / "salah.json").write_text('{"no": 7, "waktu": "kemarin", "alamat": "Jalan Contoh"}')
    return tmp_path


def mapping(folder: Path, *words: str, name: str = "110") -> int:
    files = [str(folder / word) if word.endswith(".json") else word for word in words]
    return cli.main(["server", "source", "mapping", name, *files, "--data-dir", str(folder / "data"), "--lang", "en"])


def test_what_a_mapping_reads_of_an_example_is_printed_and_nothing_is_kept(folder: Path, capfd) -> None:
    assert mapping(folder, "--file", "110.json", "--try", "contoh.json") == 0
    said = capfd.readouterr().out
    assert "location.text = Jalan Contoh" in said
    assert "becomes a report" in said
    assert mapping(folder, "--try", "contoh.json") == 2


def test_what_does_not_fit_is_said_by_our_names(folder: Path, capfd) -> None:
    assert mapping(folder, "--file", "110.json", "--try", "salah.json") == 2
    assert "sent: not a time of that form" in capfd.readouterr().err
    assert mapping(folder, "--file", "contoh.json") == 2
    assert "schema" in capfd.readouterr().err


def test_a_mapping_that_is_kept_is_tried_without_its_file_and_can_be_dropped(folder: Path, capfd) -> None:
    assert mapping(folder, "--file", "110.json") == 0
    assert mapping(folder, "--try", "contoh.json") == 0
    assert mapping(folder, "--clear") == 0
    assert mapping(folder, "--try", "contoh.json") == 2
    assert mapping(folder, "--file", "110.json", name="112") == 2
    capfd.readouterr()
