"""No setting is read by nobody."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import tmcwall
from tmcwall.settings import Settings

SOURCES = Path(tmcwall.__file__).parent
DECLARATIONS = Path(inspect.getfile(Settings))


def made_of_fields() -> dict[str, set[str]]:
    """What `Settings` makes of its fields: by property or method, the fields it reads."""
    made = {}
    for name, member in inspect.getmembers(Settings):
        function = member.fget if isinstance(member, property) else member
        if inspect.isfunction(function):
            made[name] = {field for field in Settings.model_fields if field in function.__code__.co_names}
    return made


def read_in(path: Path) -> Iterator[str]:
    """The attributes of whatever is called settings: `settings.language`, `workstation.settings.walls`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if name.endswith("settings"):
                yield node.attr


def test_every_setting_is_read_somewhere() -> None:
    found = {name for path in SOURCES.rglob("*.py") if path != DECLARATIONS for name in read_in(path)}
    for name, made_of in made_of_fields().items():
        found |= made_of if name in found else set()
    assert sorted(set(Settings.model_fields) - found) == []
