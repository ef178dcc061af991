"""What this program is made of, part by part, with the texts of their licences.

A bundle carries a CycloneDX list of its parts and all their texts, written when it was built (packaging/inventory.py).
A checkout and an installation by pip carry tmcwall itself only: pip has put the text of each other part beside it.
"""

from __future__ import annotations

import importlib.metadata
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tmcwall import __version__
from tmcwall.resources import resource

FOLDER: Final = "licences"
INVENTORY: Final = "sbom.cdx.json"
OFFER: Final = "source-offer.txt"
OWN_LICENCE: Final = "Apache-2.0"

_TEXT: Final = "tmcwall:text"


@dataclass(frozen=True, slots=True)
class Part:
    """One component of the program."""

    name: str
    version: str
    """Empty where the part has none."""
    licence: str
    """An SPDX expression, else the words of the part's own authors."""
    texts: tuple[Path, ...]

    def text(self) -> str:
        """All texts, one after the other. Raises OSError."""
        return "\n\n".join(path.read_text("utf-8", errors="replace").strip() for path in self.texts)


def is_bundle(folder: Path | None = None) -> bool:
    """Whether all parts are listed here, which a bundle does."""
    return ((folder or resource(FOLDER)) / INVENTORY).is_file()


def shipped_parts(folder: Path | None = None) -> tuple[Part, ...]:
    """The parts in `folder` (else that of this program), by name; tmcwall first. Raises OSError, ValueError."""
    place = folder or resource(FOLDER)
    if not is_bundle(place):
        return (_own_part(),)
    components = json.loads((place / INVENTORY).read_text("utf-8"))["components"]
    parts = [_part(component, place) for component in components]
    return tuple(sorted(parts, key=lambda part: (part.name != "tmcwall", part.name.lower(), part.version)))


def source_offer() -> str:
    """The written offer of source code, in Indonesian and English. Raises OSError."""
    return (resource(FOLDER) / OFFER).read_text("utf-8")


def _part(component: dict[str, Any], place: Path) -> Part:  # Any: JSON of our own build
    said = component["licenses"][0]
    return Part(
        name=component["name"],
        version=component.get("version", ""),
        licence=said.get("expression") or said["license"]["name"],
        texts=tuple(place / row["value"] for row in component["properties"] if row["name"] == _TEXT),
    )


def _own_part() -> Part:
    try:
        files = importlib.metadata.files("tmcwall") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    texts = [Path(str(file.locate())) for file in files if "licenses" in file.parts]
    return Part("tmcwall", __version__, OWN_LICENCE, tuple(texts))
