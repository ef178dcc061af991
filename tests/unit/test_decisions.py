"""Decisions (docs/adr) that are cited exist, and stand under the number that they carry."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DECISIONS = {path.name[:4]: path for path in (ROOT / "docs" / "adr").glob("*.md")}
CITED_BY_NUMBER = re.compile(r"\bADRs? (\d{4})")
CITED_BY_FILE = re.compile(r"\b(\d{4}-[a-z0-9-]+\.md)")
READ = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "tmcwall").rglob("*.py"))


def citations(pattern):
    return {
        (str(path.relative_to(ROOT)), cited)
        for path in READ
        for cited in pattern.findall(path.read_text(encoding="utf-8"))
    }


def test_a_decision_that_is_cited_by_its_number_exists():
    cited = citations(CITED_BY_NUMBER)
    assert cited
    assert {one for one in cited if one[1] not in DECISIONS} == set()


def test_a_decision_that_is_cited_by_its_file_exists():
    names = {path.name for path in DECISIONS.values()}
    cited = citations(CITED_BY_FILE)
    assert cited
    assert {one for one in cited if one[1] not in names} == set()


def test_a_decision_says_its_number_in_its_title():
    titled = {number: path.read_text(encoding="utf-8").split("\n", 1)[0] for number, path in DECISIONS.items()}
    assert {number for number, title in titled.items() if not title.startswith(f"# {number}")} == set()
