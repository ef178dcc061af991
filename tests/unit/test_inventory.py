"""What the bundle is made of, found for each file that it carries (packaging/inventory.py)."""

import importlib.util
import json
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "inventory.py"
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
Entry = tuple[str, str, str]


@pytest.fixture(scope="module")
def inventory() -> Iterator[ModuleType]:
    """Loaded by its path: `packaging` is a folder of scripts, and the name of a distribution."""
    spec = importlib.util.spec_from_file_location("bundle_inventory", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture
def listed(inventory: ModuleType, tmp_path: Path) -> Callable[..., dict[str, dict[str, Any]]]:
    """The parts that are listed for these entries, by name."""

    def write(*entries: Entry) -> dict[str, dict[str, Any]]:
        written = inventory.write_inventory(entries, program="../tmcwall", version="1.2.3", folder=tmp_path / "out")
        assert {path for path, _, _ in written} >= {"tmcwall/_resources/licences/sbom.cdx.json"}
        document = json.loads((tmp_path / "out" / "sbom.cdx.json").read_text("utf-8"))
        return {part["name"]: part for part in document["components"]}

    return write


def texts_of(part: dict[str, Any]) -> list[str]:
    return [Path(row["value"]).name for row in part["properties"]]


def test_a_module_belongs_to_the_distribution_that_has_installed_it(listed) -> None:
    part = listed(("structlog", str(SITE_PACKAGES / "structlog" / "__init__.py"), "PYMODULE"))["structlog"]
    assert part["licenses"] == [{"expression": "MIT OR Apache-2.0"}]
    assert texts_of(part) == ["LICENSE-APACHE.txt", "LICENSE-MIT.txt", "NOTICE.txt"]
    assert "evidence" not in part


def test_a_library_inside_a_wheel_is_a_part_of_its_own(listed) -> None:
    path = "av.libs/libx264-d6533a8d.so.165"
    part = listed((path, str(SITE_PACKAGES / "av" / "__init__.py"), "BINARY"))["x264"]
    assert (part["version"], part["licenses"]) == ("165", [{"expression": "GPL-2.0-or-later"}])
    assert part["purl"].startswith("pkg:generic/x264?carried_by=av%40")
    assert part["evidence"] == {"occurrences": [{"location": path}]}
    assert texts_of(part) == ["x264.txt", "GPL-2.0.txt"]


def test_the_interpreter_the_program_and_its_builder_are_parts(listed) -> None:
    parts = listed(
        ("json", str(Path(sysconfig.get_path("stdlib")) / "json" / "__init__.py"), "PYMODULE"),
        ("tmcwall.cli", str(SCRIPT.parents[1] / "tmcwall" / "cli.py"), "PYMODULE"),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", "SYMLINK"),
    )
    assert set(parts) == {"Python", "tmcwall", "pyinstaller"}
    assert parts["tmcwall"]["version"] == "1.2.3"
    assert parts["pyinstaller"]["evidence"] == {"occurrences": [{"location": "../tmcwall"}]}


def test_a_file_that_nothing_accounts_for_stops_the_build(
    inventory: ModuleType, listed: Callable[..., object], tmp_path: Path
) -> None:
    stray = tmp_path / "libstray.so.1"
    stray.write_bytes(b"")
    with pytest.raises(inventory.Unaccounted, match=r"libstray.so.1 .* belongs to no part"):
        listed(("libstray.so.1", str(stray), "BINARY"))
