"""What the guides show works: the administrator's commands are run in their order, the others are words that exist."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest

from tests import settings_reference
from tests.e2e.new_user import make_new_user, run
from tmcwall.cameras.listing import COLUMNS
from tmcwall.cli import main

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "administrator.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(autouse=True)
def umask_of_the_tests() -> Iterator[None]:
    """A command that runs here keeps its files from others, and so would the tests behind it."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of that language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def shown_commands() -> list[list[str]]:
    """Every line of a block, in any page, that begins with `tmcwall`, without its comment and its pipe."""
    lines = [line for page in PAGES for block in blocks(page, "[a-z]*") for line in block.splitlines()]
    found = [re.split(r" \|\| | > |  +#| < ", line)[0] for line in lines if line.startswith("tmcwall ")]
    return [shlex.split(line)[1:] for line in dict.fromkeys(found)]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    make_new_user(tmp_path)
    return tmp_path


def test_the_administrators_commands_work_as_they_stand_one_after_the_other(desk: Path) -> None:
    for block in blocks(GUIDE, "sh"):
        told = run(["bash", "-euo", "pipefail", "-c", block], folder=desk)
        assert told.returncode == 0, f"{block}\n{told.stdout}{told.stderr}"
        assert "Traceback" not in told.stderr
    listed = run(["tmcwall", "camera", "list"], folder=desk)
    assert "Kamera lama" in listed.stdout  # came with the export
    assert "Simpang Contoh" in listed.stdout
    assert "Pasar Contoh" not in listed.stdout  # was removed
    officers = run(["tmcwall", "officer", "list"], folder=desk)
    assert "80010001" in officers.stdout
    assert "80010002" in officers.stdout
    assert (desk / "bundel.zip").exists()


def test_what_only_root_may_do_is_shown_apart() -> None:
    for line in "".join(blocks(GUIDE, "sh")).splitlines():
        assert "sudo" not in line


@pytest.mark.parametrize("words", shown_commands(), ids=" ".join)
def test_a_command_that_a_page_shows_has_the_words_and_options_that_are_shown(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = list(takewhile(lambda word: re.fullmatch(r"[a-z]+", word), words))
    while command and not help_of(command, capsys):
        command.pop()
    text = help_of(command, capsys)
    for option in (word.split("=")[0] for word in words if word.startswith("--")):
        assert re.search(rf"{re.escape(option)}\b", text), option
    assert command or words == ["--version"]


def help_of(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Empty where there is no such command."""
    try:
        status = main([*command, "--help"])
    except SystemExit as exit_:
        status = int(exit_.code or 0)
    text = capsys.readouterr().out
    return text if status == 0 else ""


def test_the_reference_of_settings_is_the_programs() -> None:
    assert settings_reference.PAGE.read_text("utf-8") == settings_reference.page()


def test_every_column_of_camera_lists_is_explained() -> None:
    page = GUIDE.read_text("utf-8")
    assert [column for column in COLUMNS if f"`{column}`" not in page] == []
