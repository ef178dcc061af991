"""No text is said by nobody."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

import tmcwall
from tmcwall.texts import Text

SOURCES = Path(tmcwall.__file__).parent
TEXTS = Path(inspect.getfile(Text)).parent
PACKAGE = Text.__module__


def holds_text(value: object) -> bool:
    """Whether it is a text, or made of texts."""
    if isinstance(value, Text):
        return True
    if isinstance(value, Mapping):
        return any(holds_text(part) for part in value.values())
    return is_dataclass(value) and any(holds_text(getattr(value, field.name)) for field in fields(value))


def declared() -> Iterator[tuple[str, str]]:
    """Module and name of every text."""
    for path in TEXTS.glob("[!_]*.py"):
        for name, value in vars(importlib.import_module(f"{PACKAGE}.{path.stem}")).items():
            if not isinstance(value, type) and holds_text(value):
                yield path.stem, name


def used(path: Path) -> Iterator[tuple[str, str]]:
    """Module and name of every text that a source file names: `texts.TITLE`, an import, or its own constant."""
    tree = ast.parse(path.read_text("utf-8"))
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            yield from ((str(node.module).rpartition(".")[2], alias.name) for alias in node.names)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and path.parent == TEXTS:
            yield path.stem, node.id


def test_every_text_is_said_somewhere() -> None:
    found = {one for path in SOURCES.rglob("*.py") for one in used(path)}
    texts = set(declared())
    assert len(texts) > 300
    assert sorted(texts - found) == []
