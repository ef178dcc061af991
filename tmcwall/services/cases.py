"""The cases of this workstation, as `tmcwall case` and an export of evidence see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cases as case_rows
from tmcwall.db import custody, footage_requests
from tmcwall.db import letters as letter_rows
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.case import Case
from tmcwall.domain.custody import CustodyAction, CustodyRow
from tmcwall.domain.footage_request import FootageRequest
from tmcwall.domain.letter import Letter
from tmcwall.domain.remaining_footage import RemainingFootage
from tmcwall.services.case_evidence import case_of
from tmcwall.services.remaining_footage import MatterFootage

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
class RequestSheetLine:
    """A request to an owner. Without names of persons: a command asks nobody who looks."""

    letter_number: str
    cameras: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    asked_on: date
    due_on: date
    answer: str
    late: bool
    withdrawn: bool
    files: tuple[str, ...]
    """Their SHA-256."""


@dataclass(frozen=True, slots=True)
class RemainingLine:
    """What one keeper has of a camera. `ends_at` None: not known; `left_s` is below zero for what is gone."""

    camera: str
    camera_name: str
    owner: str | None
    looks: str
    distance_m: float | None
    moment: datetime
    keeper: str
    ends_at: datetime | None
    left_s: float | None
    secured: str
    urgency: str


@dataclass(frozen=True, slots=True)
class CaseSheet:
    case: CaseLine
    footage: tuple[FootageLine, ...]
    exports: tuple[ExportLine, ...]
    letters: tuple[LetterLine, ...] = ()
    requests: tuple[RequestSheetLine, ...] = ()
    remaining: tuple[RemainingLine, ...] = ()
    """The most urgent first."""


def case_list(session: Session) -> tuple[CaseLine, ...]:
    """Newest first."""
    counts = bookmark_rows.counts_by_case(session)
    none = bookmark_rows.Counts()
    return tuple(_line(case, counts.get(case.id, none)) for case in case_rows.all_cases(session))


def case_sheet(session: Session, lp: str, *, clips: Path, today: date) -> CaseSheet:
    """`clips` is the clips folder. What is left of the footage is not in it. Raises DomainError(CASE_UNKNOWN)."""
    case = case_of(session, lp)
    entries = bookmark_rows.of_case(session, case.id)
    ready = sum(entry.clip is not None and entry.clip.state is ClipState.READY for entry in entries)
    exports = [row for row in custody.about(session, f"case/{case.id}") if row.action in _EXPORTS]
    return CaseSheet(
        _line(case, bookmark_rows.Counts(len(entries), ready)),
        tuple(_footage(entry, clips) for entry in entries),
        tuple(map(_export, exports)),
        tuple(map(_letter, letter_rows.of_case(session, case.id))),
        tuple(_request(request, today) for request in footage_requests.of_case(session, case.id)),
    )


def with_remaining(sheet: CaseSheet, footage: MatterFootage) -> CaseSheet:
    """The sheet with what is left of the footage of the case."""
    return replace(sheet, remaining=tuple(_remaining(row, footage.read_at) for row in footage.rows))


def _remaining(row: RemainingFootage, now: datetime) -> RemainingLine:
    return RemainingLine(
        row.camera_id,
        row.camera_name,
        row.owner.value if row.owner is not None else None,
        row.looks.value,
        row.distance_m,
        row.moment,
        row.keeper.value,
        row.ends_at,
        row.left_s(now),
        row.secured.value,
        row.urgency(now).value,
    )


def _request(request: FootageRequest, today: date) -> RequestSheetLine:
    return RequestSheetLine(
        request.letter_number,
        request.camera_ids,
        request.starts_at,
        request.ends_at,
        request.asked_on,
        request.due_on,
        request.answer.value,
        late=request.is_late(today),
        withdrawn=request.withdrawn,
        files=tuple(file.sha256 for file in request.files),
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
