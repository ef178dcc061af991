"""A part of the chain of custody for people: about a case, about a camera, or of an officer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import custody, custody_receipts
from tmcwall.db.store import Session
from tmcwall.domain.custody import CustodyRow
from tmcwall.domain.officer import Officer
from tmcwall.services.case_evidence import case_of, objects_of


@dataclass(frozen=True, slots=True)
class CustodyQuestion:
    """What a report is about; all three empty: everything. Several narrow it down together."""

    lp: str = ""
    camera: str = ""
    officer: str = ""
    """Service number: what that officer did, and what was done about that officer's account."""


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A row of the chain; `facts` as `name=value`, in one line."""

    seq: int
    time: datetime
    actor: str
    action: str
    object: str
    reason: str
    facts: str
    hash: str


@dataclass(frozen=True, slots=True)
class ReceiptSummary:
    """What the server has signed of this chain. `contradicted_rows`: the chain had so many rows then, and is another
    now, or shorter: it was cut off, or written anew.
    """

    count: int
    newest_rows: int | None
    newest_at: datetime | None
    contradicted_rows: int | None


@dataclass(frozen=True, slots=True)
class CustodyReport:
    """`broken_at`: the first row of the whole chain that does not hold; None: all do."""

    rows: tuple[ReportedRow, ...]
    length: int
    head: str
    broken_at: int | None
    receipts: ReceiptSummary


def custody_report(session: Session, question: CustodyQuestion, *, viewer: Officer | None = None) -> CustodyReport:
    """Reads and checks the whole chain. Raises what `case_of` does."""
    tests = _tests(session, question, viewer)
    found = custody.extract(session, lambda row: all(test(row) for test in tests))
    rows = tuple(map(_reported, found.rows))
    broken_at = found.broken_at.seq if found.broken_at else None
    return CustodyReport(rows, found.length, found.head, broken_at, _receipts(session))


def _receipts(session: Session) -> ReceiptSummary:
    found = custody_receipts.check(session)
    newest, contradicted = found.newest, found.contradicted
    return ReceiptSummary(
        found.count,
        newest.rows if newest is not None else None,
        newest.at if newest is not None else None,
        contradicted.rows if contradicted is not None else None,
    )


def _reported(row: CustodyRow) -> ReportedRow:
    said = [f"{name}={value}" for name, value in row.facts.items() if value not in (None, "", [], {})]
    return ReportedRow(
        row.seq, row.time, row.actor, row.action.value, row.object, row.reason, "; ".join(said), row.hash
    )  # fmt: skip


def _tests(session: Session, question: CustodyQuestion, viewer: Officer | None) -> list[Callable[[CustodyRow], bool]]:
    tests: list[Callable[[CustodyRow], bool]] = []
    if question.lp:
        case = case_of(session, question.lp, viewer=viewer)
        of_case = objects_of(session, bookmark_rows.of_case(session, case.id)) | {f"case/{case.id}"}
        tests.append(lambda row: row.object in of_case)
    if question.camera:
        tagged = bookmark_rows.of_camera(session, question.camera)
        of_camera = objects_of(session, tagged) | {f"camera/{question.camera}"}
        tests.append(lambda row: row.object in of_camera)
    if question.officer:
        account = f"officer/{question.officer}"
        tests.append(lambda row: row.actor == question.officer or row.object == account)
    return tests
