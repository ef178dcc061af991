"""`docs/security.md` names every requirement of its chapters once, and only modules and tests that are there."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
SECTIONS = {
    "6.1": 3, "6.2": 12, "6.3": 8, "6.4": 6, "6.5": 8, "6.6": 4, "6.7": 2, "6.8": 3,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 3, "7.6": 2, "8.1": 4, "8.2": 4, "8.3": 3, "8.4": 2,
    "12.1": 5, "12.2": 2, "12.3": 5, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 4,
}  # fmt: skip
"""How many requirements ASVS 5.0 has in each."""


def place(test):
    return ROOT / "tests" / (test if "/" in test else f"integration/server/{test}")


def test_every_requirement_of_the_chapters_stands_there_once():
    assert Counter(number.rpartition(".")[0] for number, *_ in ROWS) == SECTIONS
    assert len({number for number, *_ in ROWS}) == len(ROWS)


def test_a_requirement_is_met_or_not_or_does_not_apply():
    assert {state for _number, _what, state, _where in ROWS} == {"met", "not met", "n/a"}


@pytest.mark.parametrize("module", sorted(set(re.findall(r"`([a-z_/]+\.py)`", PAGE))))
def test_a_module_or_file_of_tests_that_is_named_is_there(module):
    assert (ROOT / "tmcwall" / module).is_file() or place(module).is_file()


@pytest.mark.parametrize(("file", "name"), sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE))))
def test_a_test_that_is_named_is_there(file, name):
    assert f"def {name}(" in place(file).read_text("utf-8")


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", PAGE))))
def test_a_link_leads_to_a_file(link):
    assert (ROOT / "docs" / link).is_file()
