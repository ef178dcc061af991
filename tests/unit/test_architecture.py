"""`docs/architecture.md` against the tree: every room has its row, every link leads somewhere, every name is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LINKS = re.findall(r"\]\(([^)#]+)\)", PAGE)
NAMED = [
    (name, path)
    for names, path in re.findall(r"((?:`\w+`(?: and |, )?)+)\s+in\s+\[[^\]]+\]\(([^)]+\.py)\)", PAGE)
    for name in re.findall(r"`(\w+)`", names)
]


def defined_names(file):
    """What a module defines at its top, and the methods of its classes."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def rooms():
    """The folders of the program: its rooms, those of the video and of the screens among them."""
    for folder in sorted((ROOT / "tmcwall").rglob("*")):
        if (folder / "__init__.py").is_file() and folder.relative_to(ROOT / "tmcwall").parts[-1] != "migrations":
            yield folder.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("link", sorted(set(LINKS)))
def test_a_link_leads_to_a_file(link):
    assert (ROOT / "docs" / link).is_file()


@pytest.mark.parametrize(("name", "path"), sorted(set(NAMED)))
def test_a_name_is_defined_in_the_file_beside_it(name, path):
    assert name in set(defined_names(ROOT / "docs" / path))


def test_every_room_has_a_row():
    known = set(re.findall(r"^\| `(tmcwall/[\w/]+)` \|", PAGE, re.MULTILINE))
    private = {"tmcwall/sim/scenes", "tmcwall/server/migrations/versions", "tmcwall/db/migrations/versions"}
    assert known == set(rooms()) - private


def test_every_module_that_stands_beside_the_rooms_is_named():
    beside = {file.stem for file in (ROOT / "tmcwall").glob("*.py")} - {"__init__", "__main__"}
    assert beside <= set(re.findall(r"`(\w+)`", PAGE))


def test_fifteen_questions_are_answered_by_links():
    answers = re.split(r"^\d+\. ", PAGE.partition("## Fifteen questions")[2], flags=re.MULTILINE)[1:]
    assert len(answers) == 15
    assert all("](" in answer for answer in answers)
