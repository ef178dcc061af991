"""The parts of the program with their licences, as a bundle lists them and as a checkout knows them."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from tmcwall import __version__
from tmcwall.commands.licences import line_of, run_licences
from tmcwall.licences import is_bundle, shipped_parts, source_offer
from tmcwall.texts import Language, Translator

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "resources" / "licences" / "texts"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """What `packaging/inventory.py` writes, in small."""
    components = []
    for name, version, licence in (
        ("zlib1g", "1.2", {"license": {"name": "see copyright.txt"}}),
        ("x264", "165", {"expression": "GPL-2.0-or-later"}),
        ("tmcwall", "", {"expression": "Apache-2.0"}),
    ):
        (tmp_path / f"{name}.txt").write_text(f"words of {name}\n")
        properties = [{"name": "tmcwall:text", "value": f"{name}.txt"}, {"name": "other", "value": "x"}]
        versions = {"version": version} if version else {}
        components.append({"name": name, "licenses": [licence], "properties": properties, **versions})
    (tmp_path / "sbom.cdx.json").write_text(json.dumps({"components": components}))
    return tmp_path


def test_a_bundle_lists_its_parts_by_name_and_itself_first(bundle: Path) -> None:
    assert is_bundle(bundle)
    assert [line_of(part) for part in shipped_parts(bundle)] == [
        "tmcwall: Apache-2.0",
        "x264 165: GPL-2.0-or-later",
        "zlib1g 1.2: see copyright.txt",
    ]


def test_each_part_has_its_text(bundle: Path) -> None:
    assert [part.text() for part in shipped_parts(bundle)][1] == "words of x264"


def test_a_checkout_knows_its_own_licence() -> None:
    parts = shipped_parts()
    assert [(part.name, part.version, part.licence) for part in parts] == [("tmcwall", __version__, "Apache-2.0")]
    assert "Apache License" in parts[0].text()


def test_the_source_offer_stands_in_both_languages() -> None:
    offer = source_offer()
    assert "TAWARAN KODE SUMBER" in offer
    assert "WRITTEN OFFER OF SOURCE CODE" in offer


def test_every_native_part_names_texts_that_are_kept_and_a_source() -> None:
    table = tomllib.loads((ROOT / "packaging" / "native-parts.toml").read_text())
    for row in (*table["part"], *table["distribution"]):
        assert row["licence"], row["name"]
        for text in row["texts"]:
            assert (TEXTS / f"{text}.txt").stat().st_size > 100, row["name"]
    assert all(row["source"].startswith(("https://", "http://")) for row in table["part"])


def test_no_kept_text_is_one_that_no_part_names() -> None:
    table = tomllib.loads((ROOT / "packaging" / "native-parts.toml").read_text())
    named = {text for row in (*table["part"], *table["distribution"]) for text in row["texts"]}
    assert {path.stem for path in TEXTS.iterdir()} == named


def test_the_command_shows_the_parts_and_the_offer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_licences(None, translate=Translator()) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"tmcwall {__version__}\n")
    assert re.search(r"^tmcwall \S+: Apache-2.0$", shown, re.MULTILINE)
    assert "TAWARAN KODE SUMBER" in shown


def test_the_command_shows_the_text_of_a_part_however_its_name_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_licences("TMCwall", translate=Translator()) == 0
    assert "Apache License" in capsys.readouterr().out


def test_a_part_that_is_not_there_is_wrong_input_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_licences("x999", translate=Translator(Language.EN)) == 2
    assert capsys.readouterr().err == (
        'tmcwall: there is no part called "x999"; "tmcwall licences" shows the names of the parts.\n'
    )
