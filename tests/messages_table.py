"""Every message of the program in both languages, for review: `python -m tests.messages_table` writes Markdown.

Each is to answer three questions: what is wrong, for whom, what to do.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from tmcwall import texts
from tmcwall.texts import Text


def modules() -> list[ModuleType]:
    """All of `tmcwall.texts`, by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(texts.__path__))
    return [importlib.import_module(f"{texts.__name__}.{name}") for name in names]


def messages_of(module: ModuleType) -> dict[str, Text]:
    """By its name in the module, or the code under which it stands in a table; nothing of a module that it imports."""
    imported = [value for value in vars(module).values() if isinstance(value, ModuleType)]
    elsewhere = {id(text) for other in imported for text in messages_of(other).values()}
    found: dict[int, tuple[str, Text]] = {}
    for name, value in vars(module).items():
        for code, text in _within(name.lstrip("_"), value):
            if id(text) not in elsewhere:
                found.setdefault(id(text), (code, text))
    return dict(found.values())


def table() -> Iterator[str]:
    yield "# Messages"
    for module in modules():
        yield f"\n## {module.__name__.rpartition('.')[2]}\n"
        yield "| code | Indonesia | English |\n|---|---|---|"
        for code, text in messages_of(module).items():
            yield f"| `{_cell(code)}` | {_cell(text.id)} | {_cell(text.en)} |"


def _within(name: str, value: object) -> Iterator[tuple[str, Text]]:
    if isinstance(value, Text):
        yield name, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _within(f"{name}[{key}]", inner)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _within(f"{name}[{index}]", inner)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _within(f"{name}.{field.name}", getattr(value, field.name))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in table())
