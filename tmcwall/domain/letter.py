"""Letters of a case: what each kind must hold before it is made, and how it stands in the register.

SP2HP by Perkabareskrim 1/2022, annex I B.10 (domain notes 1.4). tmcwall drafts and registers; it never sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from tmcwall.domain.case import Case
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.letter_number import LARGEST_SEQUENCE, Secrecy
from tmcwall.domain.sp2hp import A2Meaning, LetterCode


class LetterKind(StrEnum):
    SP2HP = "sp2hp"
    FOOTAGE_REQUEST = "permohonan_rekaman"
    """To the owner of a camera: please keep footage and hand it over."""
    HANDOVER = "berita_acara_penyerahan"
    """Record of footage that was handed over, signed by both."""
    AVAILABILITY = "keterangan_ketersediaan"
    """When a camera was seen working, when not and why, and when nobody looked."""


class LetterItem(StrEnum):
    """What a letter may lack."""

    HEAD = "head"
    PLACE = "place"
    LP = "lp"
    LP_DATE = "lp_date"
    CODE = "code"
    SUBJECT = "subject"
    A2_MEANING = "a2_meaning"
    SPRINDIK = "sprindik"
    ADDRESSEE = "addressee"
    ADDRESS = "address"
    MATTER = "matter"
    ACTIONS = "actions"
    OBSTACLES = "obstacles"
    PLAN = "plan"
    INVESTIGATOR = "investigator"
    PHONE = "phone"
    EMAIL = "email"
    SIGNER = "signer"
    ARCHIVE_CODE = "archive_code"
    FOOTAGE = "footage"


@dataclass(frozen=True, slots=True)
class Person:
    """A police officer as letters name one."""

    name: str = ""
    rank: str = ""
    nrp: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the investigator's superior (atasan penyidik)."""

    name: str = ""
    rank: str = ""
    nrp: str = ""
    capacity: str = ""
    """Line by line above the name: `a.n. KEPALA KEPOLISIAN RESOR KOTA SURAKARTA`, `KASATRESKRIM selaku Penyidik`."""


@dataclass(frozen=True, slots=True)
class LetterWords:
    """What an officer fills in. Empty is not given."""

    kind: LetterKind = LetterKind.SP2HP
    code: LetterCode | None = None
    """Of SP2HP."""
    addressee: str = ""
    """SP2HP: the reporter. Of a request: the camera's owner. Of a record: who took the footage over."""
    address: str = ""
    matter: str = ""
    """SP2HP: pokok perkara. Of the others: which footage, of which camera and time."""
    actions: str = ""
    """What was done, and what came of it."""
    obstacles: str = ""
    plan: str = ""
    sprindik: str = ""
    """Number and date of the Sprindik, as it is cited."""
    references: str = ""
    """Further references (rujukan), one a line: Sprin.Tugas, Sprin.Lidik, SPDP, earlier letters."""
    investigator: Person = Person()
    signer: Signer = Signer()
    secrecy: Secrecy = Secrecy.ORDINARY
    archive_code: str = ""
    attachments: str = ""
    names_reason: str = ""
    """Why persons are named who are neither the reporter nor the police."""
    clips: tuple[str, ...] = ()
    """Ids of the clips that support the letter."""


@dataclass(frozen=True, slots=True)
class LetterStation:
    """How a station writes its letters."""

    head: tuple[str, ...] = ()
    address: str = ""
    place: str = ""
    unit_code: str = ""
    number_format: str = "{sifat}/{urut}/{bulan}/{klasifikasi}/{tahun}/{satuan}"
    numbers: range = range(1, LARGEST_SEQUENCE + 1)
    """Running numbers that this workstation gives: those of two workstations of one unit never meet."""
    copies: tuple[str, ...] = ()
    a2_meaning: A2Meaning | None = None
    """None: nobody has chosen, and a letter A2 is refused."""
    subjects: Mapping[LetterCode, str] = field(default_factory=dict)


class LetterState(StrEnum):
    DRAFTED = "drafted"
    """Its number is taken; it is not dated as issued yet."""
    ISSUED = "issued"
    CANCELLED = "cancelled"
    """Its number stays taken for ever."""


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file of the letter in the folder of letters. `path` is relative to it."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """A signature in a PDF that came back. Who stands behind the signer's certificate is not looked at."""

    signer: str
    issuer: str
    signed_at: datetime | None
    """As the signer says."""
    intact: bool
    """What it covers is what was signed."""
    covers_all: bool
    """Nothing was added to the file afterwards."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A row of the register."""

    id: str
    case_id: str
    kind: LetterKind
    code: LetterCode | None
    nth: int | None
    """SP2HP ke-n of its case; a cancelled one counts no more."""
    sequence: int
    year: int
    number: str
    subject: str
    addressee: str
    day: date
    """Printed on it."""
    state: LetterState
    made_by: str
    made_at: datetime
    docx: LetterFile
    pdf: LetterFile
    words: LetterWords
    remarks: tuple[str, ...] = ()
    """What the program that made the PDF said of it: to be looked at in Word."""
    issued_on: date | None = None
    received_by: str = ""
    received_on: date | None = None
    """Of the receipt (tanda terima)."""
    cancelled_reason: str = ""
    signed: LetterFile | None = None
    """The signed PDF that came back."""
    signatures: tuple[PdfSignature, ...] | None = None
    """In that PDF; None where there is none, or where they could not be examined."""
    clips: tuple[str, ...] = ()


class LetterRefused(DomainError):
    """A letter that lacks something."""

    def __init__(self, lacking: tuple[LetterItem, ...]) -> None:
        super().__init__(DomainCode.LETTER_INCOMPLETE, ", ".join(lacking))
        self.lacking = lacking


class NamesRefused(DomainError):
    """A letter that names persons who are neither the reporter nor the police, without a reason."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(DomainCode.LETTER_NAMES, ", ".join(names))
        self.names = names


_ALWAYS: Final = (LetterItem.HEAD, LetterItem.PLACE, LetterItem.LP, LetterItem.LP_DATE, LetterItem.ADDRESSEE)
_BY_THE_POLICE: Final = (LetterItem.INVESTIGATOR, LetterItem.PHONE, LetterItem.EMAIL, LetterItem.SIGNER)
_NEEDED: Final[Mapping[LetterKind, tuple[LetterItem, ...]]] = {
    LetterKind.SP2HP: (
        *_ALWAYS, LetterItem.CODE, LetterItem.A2_MEANING, LetterItem.SUBJECT, LetterItem.SPRINDIK,
        LetterItem.MATTER, LetterItem.ACTIONS, LetterItem.OBSTACLES, LetterItem.PLAN, *_BY_THE_POLICE,
        LetterItem.ARCHIVE_CODE,
    ),
    LetterKind.FOOTAGE_REQUEST: (
        *_ALWAYS, LetterItem.ADDRESS, LetterItem.MATTER, *_BY_THE_POLICE, LetterItem.ARCHIVE_CODE,
    ),
    LetterKind.HANDOVER: (*_ALWAYS, LetterItem.MATTER, LetterItem.INVESTIGATOR, LetterItem.FOOTAGE),
    LetterKind.AVAILABILITY: (*_ALWAYS, LetterItem.FOOTAGE, LetterItem.INVESTIGATOR, LetterItem.SIGNER),
}  # fmt: skip
_AFTER_SPRINDIK: Final = frozenset({LetterCode.A3, LetterCode.A4})


def lacking(words: LetterWords, case: Case, station: LetterStation) -> tuple[LetterItem, ...]:
    """What must be there and is not, in the order of the letter."""
    investigator, signer = words.investigator, words.signer
    given: Mapping[LetterItem, bool] = {
        LetterItem.HEAD: any(line.strip() for line in station.head),
        LetterItem.PLACE: bool(station.place.strip()),
        LetterItem.LP: bool(case.lp.strip()),
        LetterItem.LP_DATE: case.lp_date is not None,
        LetterItem.CODE: words.code is not None,
        LetterItem.A2_MEANING: words.code is not LetterCode.A2 or station.a2_meaning is not None,
        LetterItem.SUBJECT: words.code in {None, LetterCode.A2} or bool(_subject_of_code(words.code, station)),
        LetterItem.SPRINDIK: words.code not in _AFTER_SPRINDIK or bool(words.sprindik.strip()),
        LetterItem.ADDRESSEE: bool(words.addressee.strip()),
        LetterItem.ADDRESS: bool(words.address.strip()),
        LetterItem.MATTER: bool(words.matter.strip()),
        LetterItem.ACTIONS: bool(words.actions.strip()),
        LetterItem.OBSTACLES: bool(words.obstacles.strip()),
        LetterItem.PLAN: bool(words.plan.strip()),
        LetterItem.INVESTIGATOR: bool(investigator.name.strip() and investigator.nrp.strip()),
        LetterItem.PHONE: bool(investigator.phone.strip()),
        LetterItem.EMAIL: "@" in investigator.email,
        LetterItem.SIGNER: bool(signer.name.strip() and signer.nrp.strip() and signer.capacity.strip()),
        LetterItem.ARCHIVE_CODE: bool(words.archive_code.strip()),
        LetterItem.FOOTAGE: bool(words.clips),
    }
    return tuple(item for item in _NEEDED[words.kind] if not given[item])


_A2_SUBJECTS: Final[Mapping[A2Meaning, str]] = {
    A2Meaning.CONTINUED: "Pemberitahuan perkembangan hasil penyelidikan",
    A2Meaning.STOPPED: "Pemberitahuan penghentian penyelidikan",
}
_SUBJECTS: Final[Mapping[LetterKind, str]] = {
    LetterKind.FOOTAGE_REQUEST: "Permohonan penyimpanan dan penyerahan rekaman CCTV",
    LetterKind.HANDOVER: "Berita acara penyerahan rekaman CCTV",
    LetterKind.AVAILABILITY: "Surat keterangan ketersediaan rekaman CCTV",
}


def subject_of(words: LetterWords, station: LetterStation) -> str:
    """The perihal of a letter that lacks nothing."""
    if words.kind is not LetterKind.SP2HP:
        return _SUBJECTS[words.kind]
    assert words.code is not None, "a letter without its code is refused"
    subject = _subject_of_code(words.code, station)
    if words.code is LetterCode.A2 and not subject:
        assert station.a2_meaning is not None, "a letter A2 without its meaning is refused"
        return _A2_SUBJECTS[station.a2_meaning]
    return subject


def _subject_of_code(code: LetterCode | None, station: LetterStation) -> str:
    return station.subjects.get(code, "").strip() if code is not None else ""
