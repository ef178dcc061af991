"""Nothing is in the bundle without an entry in its inventory and the text of its licence."""

import json
import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from PyInstaller.archive.readers import CArchiveReader

from tests.bundle.test_bundle import BUNDLE, PROGRAM, run

LIBRARIES = BUNDLE / "lib"
LICENCES = LIBRARIES / "tmcwall" / "_resources" / "licences"
BUILDERS_OWN = ("pyi_", "pyimod", "_pyi_rth", "struct")
"""Modules that PyInstaller puts into each program."""


@pytest.fixture(scope="module")
def components() -> list[dict[str, Any]]:
    inventory = json.loads((LICENCES / "sbom.cdx.json").read_text("utf-8"))
    assert (inventory["bomFormat"], inventory["specVersion"]) == ("CycloneDX", "1.6")
    return inventory["components"]


def is_library(path: Path) -> bool:
    return (
        path.is_file() and not path.is_symlink() and (".so" in path.name or path.suffix in {".pyd", ".dll", ".dylib"})
    )


def test_every_shared_library_and_the_program_itself_belong_to_a_part(components: list[dict[str, Any]]) -> None:
    known = {row["location"] for part in components for row in part.get("evidence", {}).get("occurrences", ())}
    present = {path.relative_to(LIBRARIES).as_posix() for path in LIBRARIES.rglob("*") if is_library(path)}
    assert present | {f"../{PROGRAM.name}"} == known


def test_every_distribution_whose_modules_are_in_it_is_a_part(components: list[dict[str, Any]]) -> None:
    named = {part["purl"].partition("@")[0] for part in components}
    program = CArchiveReader(str(PROGRAM))
    packed = {name.partition(".")[0] for name in program.open_embedded_archive("PYZ.pyz").toc}
    packed |= {path.name for path in LIBRARIES.iterdir() if path.is_dir() and path.name.isidentifier()}
    owners = packages_distributions()
    ours = {name for name in packed if name in owners and name not in sys.stdlib_module_names and name != "tmcwall"}
    assert {"av", "cv2", "PySide6", "numpy", "pydantic", "sqlalchemy"} <= ours
    missing = {name for name in ours if not any(f"pkg:pypi/{plain(owner)}" in named for owner in owners[name])}
    assert missing == set()


def plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def test_every_part_has_a_licence_and_its_text(components: list[dict[str, Any]]) -> None:
    for part in components:
        said = part["licenses"][0]
        assert said.get("expression") or said["license"]["name"], part["name"]
        texts = [LICENCES / row["value"] for row in part["properties"] if row["name"] == "tmcwall:text"]
        assert texts, part["name"]
        assert min(path.stat().st_size for path in texts) > 0, part["name"]
        assert max(path.stat().st_size for path in texts) > 100, part["name"]


def test_one_ffmpeg_is_in_it_and_no_openssl_that_is_past_its_end() -> None:
    names = [path.name for path in LIBRARIES.rglob("*") if is_library(path)]
    for library in ("avcodec", "avformat", "avutil", "swscale", "swresample"):
        assert len([name for name in names if name.startswith(f"lib{library}-")]) == 1, library
    assert not [name for name in names if ".so.1.1" in name and name.startswith(("libssl", "libcrypto"))]


def test_no_library_of_gtk_came_along() -> None:
    of_gtk = ("libatk", "libatspi", "libpango", "libgtk", "libgdk", "libcairo")
    assert not [path.name for path in LIBRARIES.rglob("*.so*") if path.name.startswith(of_gtk)]


def test_no_link_leads_nowhere() -> None:
    assert not [path for path in BUNDLE.rglob("*") if path.is_symlink() and not path.exists()]


def test_the_program_shows_its_parts_and_their_texts(tmp_path: Path) -> None:
    shown = run(["licences"], home=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "x264 165: GPL-2.0-or-later" in shown.stdout
    assert "TAWARAN KODE SUMBER" in shown.stdout
    text = run(["licences", "x264"], home=tmp_path)
    assert "GNU GENERAL PUBLIC LICENSE" in text.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="ldd is Linux's")
def test_opencv_finds_all_that_it_needs_where_the_program_looks() -> None:
    opencv = LIBRARIES / "cv2" / "cv2.abi3.so"
    # The folder that PyInstaller's boot loader names to the system's loader.
    environment = {"PATH": os.defpath, "LD_LIBRARY_PATH": str(LIBRARIES)}
    linked = subprocess.run(["ldd", opencv], env=environment, capture_output=True, text=True, check=True).stdout
    assert "not found" not in linked
    assert "libcrypto" not in linked
