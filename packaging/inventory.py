"""What the bundle is made of: every part with its version, licence and texts, as a CycloneDX file beside the texts.

The spec hands over PyInstaller's lists of what it is about to copy. Each entry belongs to a Python distribution (by
its RECORD), to a native part of `native-parts.toml`, to the interpreter, to a Debian package of this machine, or to
tmcwall itself. An entry that belongs to nothing, and a part without a text, stops the build.
"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
TEXTS: Final = ROOT / "resources" / "licences" / "texts"
TABLE: Final = Path(__file__).with_name("native-parts.toml")
BUILDER: Final = "pyinstaller"
"""Its boot loader is the program file itself."""

PLACE: Final = "tmcwall/_resources/licences"
"""Where the program looks for them (tmcwall/licences.py)."""

Entry = tuple[str, str, str]
"""As PyInstaller has it: the path in the bundle, the file that is copied there, the kind."""

_COMMON_LICENCES: Final = Path("/usr/share/common-licenses")
_NOT_FILES: Final = frozenset({"SYMLINK", "OPTION"})
_LIBRARIES: Final = frozenset({"BINARY", "EXTENSION"})


class Unaccounted(SystemExit):
    """Something would be shipped that nothing accounts for. The message says what, and what to do."""


@dataclass(slots=True)
class Part:
    """One component of the bundle."""

    name: str
    version: str
    licence: str
    """An SPDX expression where the source has one, else its own words."""
    purl: str
    texts: tuple[tuple[str, Path], ...]
    """The name under which a text is kept beside the part's others, and the file."""
    source: str = ""
    files: list[str] = field(default_factory=list)
    """Libraries of the part, by their paths in the bundle."""


def write_inventory(entries: Iterable[Entry], *, program: str, version: str, folder: Path) -> list[Entry]:
    """Write `sbom.cdx.json` and the texts of all parts into `folder`; the entries that put them into the bundle.

    `program` is the path of the program file in the bundle. Raises Unaccounted.
    """
    parts = _Parts(version)
    parts.of_distribution(BUILDER).files.append(program)
    for path, source, kind in sorted(entry for entry in entries if entry[2] not in _NOT_FILES and entry[1]):
        if source == "-":  # a package without a file of its own
            continue
        part = parts.of(path, Path(source))
        if kind in _LIBRARIES:
            part.files.append(path)
    shutil.rmtree(folder, ignore_errors=True)
    components = [_component(part, folder) for part in parts.all()]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "tmcwall", "version": version, "bom-ref": "tmcwall-bundle"}
        },
        "components": components,
    }
    (folder / "sbom.cdx.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    written = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(f"{PLACE}/{path.relative_to(folder).as_posix()}", str(path), "DATA") for path in written]


class _Parts:
    """Finds the part that a file belongs to, and remembers each."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._found: dict[str, Part] = {}
        self._distributions: dict[str, importlib.metadata.Distribution] = {}
        for found in importlib.metadata.distributions():
            if found.name:
                # The first is the one that is imported: setuptools puts copies of its own behind it.
                self._distributions.setdefault(_plain_name(found.name), found)
        self._owners = {
            Path(str(found.locate_file(file))).resolve(): name
            for name, found in self._distributions.items()
            for file in found.files or ()
        }
        table = tomllib.loads(TABLE.read_text("utf-8"))
        self._native: list[dict[str, Any]] = table["part"]
        self._overrides: dict[str, dict[str, Any]] = {row["name"]: row for row in table["distribution"]}

    def all(self) -> list[Part]:
        return sorted(self._found.values(), key=lambda part: (part.name.lower(), part.purl))

    def of(self, path: str, source: Path) -> Part:
        file = source.resolve()
        for row in self._native:
            if any(fnmatch(path, pattern) for pattern in row["files"]):
                return self._of_native(row, path)
        if file in self._owners:
            return self.of_distribution(self._owners[file])
        site_packages = Path(sysconfig.get_path("purelib")).resolve()
        if file.is_relative_to(ROOT) and not file.is_relative_to(site_packages):
            return self._of_checkout(path)
        if file.is_relative_to(Path(sysconfig.get_path("stdlib")).resolve()) or file.name.startswith("libpython"):
            return self._of_interpreter()
        package = _debian_package(source)
        if package is None:
            raise Unaccounted(f"{path} ({source}) belongs to no part: add it to {TABLE.name} with its licence.")
        return self._of_debian(package)

    def of_distribution(self, name: str) -> Part:
        found = self._distributions[name]
        purl = f"pkg:pypi/{name}@{found.version}"
        if purl not in self._found:
            override = self._overrides.get(name)
            licence = override["licence"] if override else _licence_of(found)
            texts = _kept(override["texts"]) if override else _texts_of(found)
            self._found[purl] = Part(name, found.version, licence, purl, texts, source=_home_of(found) or purl)
        return self._found[purl]

    def _of_native(self, row: dict[str, Any], path: str) -> Part:
        carrier = _plain_name(path.partition("/")[0].removesuffix(".libs"))
        owner = next(name for name in sorted(self._distributions) if name == carrier or name.startswith(f"{carrier}-"))
        # Which of several copies this is: the distribution that carries it says more than its file's name.
        purl = f"pkg:generic/{_plain_name(row['name'])}?carried_by={owner}%40{self._distributions[owner].version}"
        if purl not in self._found:
            self._found[purl] = Part(row["name"], "", row["licence"], purl, _kept(row["texts"]), row["source"])
        part, stamp = self._found[purl], re.search(r"\.so\.([\w.]+)$", path)
        if stamp and (not part.version or fnmatch(path, row["files"][0])):
            part.version = stamp[1]
        return part

    def _of_checkout(self, path: str) -> Part:
        """What stands in the checkout; the fonts among them have another licence."""
        if path.startswith("tmcwall/_resources/fonts"):
            texts = (("OFL.txt", ROOT / "resources" / "fonts" / "OFL.txt"),)
            return self._found.setdefault(
                "pkg:generic/inter", Part("Inter", "", "OFL-1.1", "pkg:generic/inter", texts, "https://rsms.me/inter/")
            )
        purl = f"pkg:generic/tmcwall@{self._version}"
        own = tuple((f"{name}.txt", ROOT / name) for name in ("LICENSE", "NOTICE"))
        return self._found.setdefault(purl, Part("tmcwall", self._version, "Apache-2.0", purl, own))

    def _of_interpreter(self) -> Part:
        version = platform.python_version()
        purl = f"pkg:generic/python@{version}"
        if purl not in self._found:
            places = (
                Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
                Path(sys.base_prefix) / "LICENSE.txt",
                Path(f"/usr/share/doc/python3.{sys.version_info.minor}/copyright"),
            )
            texts = tuple((f"{place.stem}.txt", place) for place in places if place.is_file())[:1]
            self._found[purl] = Part("Python", version, "PSF-2.0", purl, texts, "https://www.python.org")
        return self._found[purl]

    def _of_debian(self, package: str) -> Part:
        show = ["dpkg-query", "-W", "-f", "${Version} ${source:Package} ${source:Version}", package]
        shown = subprocess.run(show, capture_output=True, text=True, check=True)
        version, source, source_version = shown.stdout.split()
        name = package.partition(":")[0]
        purl = f"pkg:deb/{_system()}/{name}@{version}"
        if purl not in self._found:
            copyright_file = Path("/usr/share/doc") / name / "copyright"
            words = copyright_file.read_text("utf-8", errors="replace") if copyright_file.is_file() else ""
            named = sorted(set(re.findall(r"common-licenses/([\w.-]*\w)", words)))
            texts = [("copyright.txt", copyright_file)] if words else []
            texts += [(f"{one}.txt", _COMMON_LICENCES / one) for one in named if (_COMMON_LICENCES / one).is_file()]
            licences = dict.fromkeys(re.findall(r"^License: *(\S.*?) *$", words, re.MULTILINE))
            said = "; ".join(licences) or "see copyright.txt"
            where = f"https://sources.debian.org/src/{source}/{source_version}/"
            self._found[purl] = Part(name, version, said, purl, tuple(texts), where)
        return self._found[purl]


def _component(part: Part, folder: Path) -> dict[str, object]:
    if not part.texts:
        raise Unaccounted(f"{part.name} {part.version} has no licence text: name one in {TABLE.name}.")
    kept = []
    place = folder / "parts" / re.sub(r"[^\w.+-]+", "-", part.purl.removeprefix("pkg:"))
    place.mkdir(parents=True)
    for name, text in part.texts:
        shutil.copyfile(text, place / name)
        kept.append((place / name).relative_to(folder).as_posix())
    # Debian's names of licences are not those of SPDX, however alike they look.
    spdx = not part.purl.startswith("pkg:deb/") and _is_expression(part.licence)
    licence = {"expression": part.licence} if spdx else {"license": {"name": part.licence}}
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "purl": part.purl,
        "licenses": [licence],
        "properties": [{"name": "tmcwall:text", "value": one} for one in kept],
    }
    if part.version:
        component["version"] = part.version
    if part.source:
        component["externalReferences"] = [{"type": "source-distribution", "url": part.source}]
    if part.files:
        component["evidence"] = {"occurrences": [{"location": path} for path in sorted(set(part.files))]}
    return component


def _home_of(found: importlib.metadata.Distribution) -> str:
    """The page of a distribution, as it says itself; empty where it says none."""
    pages = [entry.partition(", ")[2] for entry in found.metadata.get_all("Project-URL") or ()]
    return found.metadata.get("Home-page") or next(iter(pages), "")


def _licence_of(found: importlib.metadata.Distribution) -> str:
    said = found.metadata.get("License-Expression") or found.metadata.get("License") or ""
    if said and "\n" not in said:
        return said
    classifiers = found.metadata.get_all("Classifier") or []
    named = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    return "; ".join(named) or "see its text"


def _texts_of(found: importlib.metadata.Distribution) -> tuple[tuple[str, Path], ...]:
    """What the metadata calls licence files, and the wheel's own lists of what is built into it."""
    texts: dict[str, Path] = {}
    for file in found.files or ():
        inside = file.as_posix().partition(".dist-info/")[2]
        licence = inside.startswith("licenses/") or ("/" not in inside and _is_licence_name(inside))
        if not (licence or inside.startswith("sboms/")) or file.suffix in {".pyc", ".py"}:
            continue
        name = inside.removeprefix("licenses/").replace("/", "-")
        texts[name if file.suffix in {".txt", ".md", ".rst", ".json"} else f"{name}.txt"] = Path(
            str(found.locate_file(file))
        )
    return tuple(sorted(texts.items())) if any(not name.startswith("sboms-") for name in texts) else ()


def _is_licence_name(name: str) -> bool:
    return name.upper().startswith(("LICEN", "COPYING", "NOTICE", "AUTHORS"))


def _is_expression(licence: str) -> bool:
    """Whether it reads as SPDX does: identifiers without blanks, joined by its three words."""
    words = re.sub(r"[()]", " ", licence).split()
    names = words[::2]
    return all(word in {"AND", "OR", "WITH"} for word in words[1::2]) and all(
        re.fullmatch(r"[A-Za-z][\w.-]*-?[\w.+-]*", name) and name not in {"UNKNOWN", "BSD", "see"} for name in names
    )


def _kept(names: Sequence[str]) -> tuple[tuple[str, Path], ...]:
    return tuple((f"{name}.txt", TEXTS / f"{name}.txt") for name in names)


def _plain_name(name: str) -> str:
    """As PyPI normalises names."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@cache
def _debian_package(file: Path) -> str | None:
    """The package that has installed this file; dpkg may know it by `/lib` or by `/usr/lib`, which are the same."""
    if shutil.which("dpkg-query") is None:
        return None
    names = [str(file), str(file.resolve())]
    names += [name.removeprefix("/usr") if name.startswith("/usr/lib") else f"/usr{name}" for name in names]
    for name in dict.fromkeys(names):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.partition(": ")[0].partition(",")[0]
    return None


@cache
def _system() -> str:
    """The distribution as package URLs name it: `debian`, `ubuntu`."""
    return platform.freedesktop_os_release().get("ID", "linux")
