"""The table of all messages leaves none out, and both languages of each ask for the same fields."""

import ast
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from tests.messages_table import messages_of, modules, table


def fields(template: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(template) if field is not None}


def written(module: ModuleType) -> int:
    """How many pairs stand in the source."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return sum(isinstance(call.func, ast.Name) and call.func.id == "Text" for call in calls)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_pair_of_a_module_is_in_the_table(module: ModuleType) -> None:
    assert len(messages_of(module)) == written(module)


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_message_asks_for_the_same_fields_in_both_languages(module: ModuleType) -> None:
    assert [code for code, text in messages_of(module).items() if fields(text.id) != fields(text.en)] == []


def test_a_message_is_a_row_with_its_code() -> None:
    rows = list(table())
    assert any(row.startswith("| `SENTENCES[disk_full]` | Disk penuh") for row in rows)
