"""`docs/faults.md` names a test for every row, and each of them is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = (TESTS.parent / "docs" / "faults.md").read_text("utf-8")


def test_every_row_has_a_test():
    rows = dict(re.findall(r"^\| ([RWPU]\d+) \|.*\| (.*) \|$", TABLE, re.MULTILINE))
    wanted = [f"R{number}" for number in range(1, 56)]
    wanted += [f"W{number}" for number in range(1, 12)] + [f"P{number}" for number in range(1, 9)] + ["U7", "U8"]
    assert list(rows) == wanted
    assert all("::test_" in tests for tests in rows.values())


def test_rows_of_evidence_have_tests():
    rows = dict(re.findall(r"^\| (E\d+) \|.*\| (.*) \|$", TABLE, re.MULTILINE))
    assert {"E1", "E2", "E3", "E4", "E7", "E8", "E9", "E10", "E11", "E14", "E16"} <= set(rows)
    assert all("::test_" in tests for tests in rows.values())


def test_every_test_that_is_named_is_there():
    for path, name in re.findall(r"`([\w/]+\.py)::(\w+)`", TABLE):
        file = TESTS / (f"integration/{path}" if path.startswith("video/") else path)
        assert f"def {name}(" in file.read_text("utf-8"), f"{path}::{name}"
