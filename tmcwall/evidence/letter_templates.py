"""Templates of letters: Word files that a unit may edit, looked at before they are used.

The unit's copy, in its data folder, wins over the shipped one. What stands in double braces is Jinja, in a sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import LxmlError

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.letter import LetterKind
from tmcwall.resources import resource

LARGEST_TEMPLATE: Final = 4 * 1024 * 1024
"""Bytes."""
UNREADABLE: Final = (BadZipFile, OpcError, LxmlError, TemplateError, OSError, KeyError, ValueError, AttributeError)
"""What the libraries raise for a file that is no template: Word files are packages of anybody's making."""

_ALL: Final = frozenset({"kop", "tempat", "tanggal", "nomor", "kepada"})
_INVESTIGATOR: Final = frozenset({"penyidik_nama", "penyidik_pangkat_nrp"})
_CONTACT: Final = _INVESTIGATOR | {"penyidik_telepon", "penyidik_surel"}
_SIGNER: Final = frozenset({"penandatangan_jabatan", "penandatangan_nama", "penandatangan_pangkat_nrp"})
_NEEDED: Final[Mapping[LetterKind, AbstractSet[str]]] = {
    LetterKind.SP2HP: _ALL | _CONTACT | _SIGNER | {
        "kode", "perihal", "klasifikasi", "rujukan", "pokok_perkara", "tindakan", "hambatan", "rencana",
    },
    LetterKind.FOOTAGE_REQUEST: _ALL | _CONTACT | _SIGNER | {"perihal", "rujukan", "pokok_perkara"},
    LetterKind.HANDOVER: _ALL | _INVESTIGATOR | {"lp", "rekaman"},
    LetterKind.AVAILABILITY: _ALL | _SIGNER | {"lp", "keadaan"},
}  # fmt: skip
"""Without these a letter would not say what it must."""
KNOWN: Final = frozenset().union(*_NEEDED.values()) | {
    "alamat_kesatuan", "hari", "lampiran", "alamat", "tanggal_lp", "ke", "tembusan", "zona", "rekaman", "keadaan", "lp",
}  # fmt: skip
"""Every name that a template may hold."""


class TemplateRefused(DomainError):
    """A template of the unit that cannot be used, with the names that are missing in it and those nobody knows."""

    def __init__(
        self, name: str, *, missing: AbstractSet[str] = frozenset(), unknown: AbstractSet[str] = frozenset()
    ) -> None:
        said = [f"-{each}" for each in sorted(missing)] + [f"+{each}" for each in sorted(unknown)]
        super().__init__(DomainCode.LETTER_TEMPLATE, f"{name}: {' '.join(said)}".strip(": "))
        self.name = name
        self.missing = tuple(sorted(missing))
        self.unknown = tuple(sorted(unknown))


@dataclass(frozen=True, slots=True)
class Template:
    """A template that has been looked at."""

    kind: LetterKind
    path: Path
    own: bool
    """Whether it is the unit's copy."""


def template_of(kind: LetterKind, *, own: Path) -> Template:
    """`own` is the folder of the unit's copies. Raises TemplateRefused where the unit's copy cannot be used."""
    name = f"{kind.value}.docx"
    edited = (own / name).is_file()
    template = Template(kind, own / name if edited else resource("templates") / name, edited)
    _check(template)
    return template


def opened(template: Template) -> DocxTemplate:
    """Raises one of `UNREADABLE`."""
    if template.path.stat().st_size > LARGEST_TEMPLATE:
        raise ValueError("too large")
    return DocxTemplate(str(template.path))


def sandbox() -> ImmutableSandboxedEnvironment:
    """A name that is not known is a fault, not an empty place; what is filled in is text, never markup."""
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _check(template: Template) -> None:
    try:
        names = opened(template).get_undeclared_template_variables(sandbox())
    except UNREADABLE as error:
        raise TemplateRefused(template.path.name) from error
    missing, unknown = _NEEDED[template.kind] - names, names - KNOWN
    if missing or unknown:
        raise TemplateRefused(template.path.name, missing=missing, unknown=unknown)
