"""The cases of this workstation, as `tmcwall case` and an export of evidence see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cases as case_rows
from tmcwall.db import custody
from tmcwall.db import letters as letter_rows
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.case import Case
from tmcwall.domain.custody import CustodyAction, CustodyRow
from tmcwall.domain.letter import Letter
from tmcwall.services.case_evidence import case_of

_EXPORTS = {CustodyAction.EVIDENCE_EXPORTED, CustodyAction.EVIDENCE_EXPORT_FAILED}


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list. `ready`: its clips that are cut, here or elsewhere."""

    lp: str
    lp_normalised: str
    opened_at: datetime
    opened_by: str
    difficulty: str
    stage: str
    lp_date: date | None
    bookmarks: int
    ready: int


@dataclass(frozen=True, slots=True)
class FootageLine:
    """A bookmark of the case. `here`: its clip's file is on this workstation."""

    bookmark: str
    camera: str
    camera_name: str
    starts_at: datetime
    ends_at: datetime
    officer: str
    note: str
    state: str
    here: bool
    size_bytes: int
    missing_s: float


@dataclass(frozen=True, slots=True)
class ExportLine:
    """An export that custody knows; `failure` is empty for one that was made."""

    at: datetime
    by: str
    package: str
    legal_basis: str
    consent_number: str
    failure: str


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A letter of the register. Without names: a command asks nobody who looks."""

    number: str
    kind: str
    code: str
    nth: int | None
    state: str
    day: date
    issued_on: date | None
    received_on: date | None
    signed: bool
    """Whether the signed PDF came back."""
    pdf_sha256: str
    clips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseSheet:
    case: CaseLine
    footage: tuple[FootageLine, ...]
    exports: tuple[ExportLine, ...]
    letters: tuple[LetterLine, ...] = ()


def case_list(session: Session) -> tuple[CaseLine, ...]:
    """Newest first."""
    counts = bookmark_rows.counts_by_case(session)
    none = bookmark_rows.Counts()
    return tuple(_line(case, counts.get(case.id, none)) for case in case_rows.all_cases(session))


def case_sheet(session: Session, lp: str, *, clips: Path) -> CaseSheet:
    """`clips` is the clips folder. Raises DomainError(CASE_UNKNOWN)."""
    case = case_of(session, lp)
    entries = bookmark_rows.of_case(session, case.id)
    ready = sum(entry.clip is not None and entry.clip.state is ClipState.READY for entry in entries)
    exports = [row for row in custody.about(session, f"case/{case.id}") if row.action in _EXPORTS]
    return CaseSheet(
        _line(case, bookmark_rows.Counts(len(entries), ready)),
        tuple(_footage(entry, clips) for entry in entries),
        tuple(map(_export, exports)),
        tuple(map(_letter, letter_rows.of_case(session, case.id))),
    )


def _line(case: Case, counts: bookmark_rows.Counts) -> CaseLine:
    return CaseLine(
        case.lp,
        case.lp_normalised,
        case.opened_at,
        case.opened_by,
        case.difficulty.value,
        case.stage.value,
        case.lp_date,
        counts.bookmarks,
        counts.ready,
    )


def _footage(entry: bookmark_rows.Entry, clips: Path) -> FootageLine:
    bookmark, clip = entry.bookmark, entry.clip
    ready = clip is not None and clip.state is ClipState.READY
    return FootageLine(
        bookmark.id,
        bookmark.camera_id,
        bookmark.camera_name,
        bookmark.starts_at,
        bookmark.ends_at,
        bookmark.officer,
        bookmark.note,
        clip.state.value if clip is not None else "",
        here=ready and clip is not None and (clips / clip.path).is_file(),
        size_bytes=clip.size_bytes if clip is not None else 0,
        missing_s=round(clip.missing_s, 3) if clip is not None else 0.0,
    )


def _export(row: CustodyRow) -> ExportLine:
    said = {name: str(row.facts.get(name, "")) for name in ("package", "legal_basis", "consent_number", "failure")}
    return ExportLine(row.time, row.actor, **said)


def _letter(letter: Letter) -> LetterLine:
    return LetterLine(
        letter.number,
        letter.kind.value,
        letter.code.value if letter.code is not None else "",
        letter.nth,
        letter.state.value,
        letter.day,
        letter.issued_on,
        letter.received_on,
        signed=letter.signed is not None,
        pdf_sha256=letter.pdf.sha256,
        clips=letter.clips,
    )
