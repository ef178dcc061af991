"""The version that the program names is the newest of the changelog, and the desktop's entry knows the same ones."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tmcwall import __version__
from tmcwall.cli import main

ROOT = Path(__file__).parents[2]
HEADINGS = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"))
RELEASES = [tuple(heading.split(" - ")) for heading in HEADINGS[1:]]


def test_new_lines_of_the_changelog_have_their_place_on_top() -> None:
    assert HEADINGS[0] == "Unreleased"


def test_the_program_has_the_newest_version_of_the_changelog() -> None:
    assert RELEASES[0][0] == __version__


def test_versions_and_their_days_fall() -> None:
    numbers = [tuple(map(int, version.split("."))) for version, _ in RELEASES]
    days = [date.fromisoformat(day) for _, day in RELEASES]
    assert numbers == sorted(set(numbers), reverse=True)
    assert days == sorted(days, reverse=True)


def test_the_desktop_entry_names_the_same_releases() -> None:
    component = ET.parse(ROOT / "packaging" / "id.tmcwall.Tmcwall.metainfo.xml").getroot()
    assert [(release.get("version"), release.get("date")) for release in component.iter("release")] == RELEASES


def test_the_command_line_says_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"tmcwall {__version__}\n"
