"""The register of letters of this workstation. No row is ever taken out: a number that was given stays given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import JSON, Column, Date, Integer, String, Table, UniqueConstraint, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmcwall.db.rows import columns_of, value_from_row
from tmcwall.db.tables import Moment, metadata
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.letter import Letter, LetterKind, LetterState

_table: Final = Table(
    "letters",
    metadata,
    Column("id", String, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("code", String),
    Column("nth", Integer),
    Column("sequence", Integer, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("addressee", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("docx", JSON, nullable=False),
    Column("pdf", JSON, nullable=False),
    Column("words", JSON, nullable=False),
    Column("remarks", JSON, nullable=False),
    Column("issued_on", Date),
    Column("received_by", String, nullable=False),
    Column("received_on", Date),
    Column("cancelled_reason", String, nullable=False),
    Column("signed", JSON(none_as_null=True)),
    Column("signatures", JSON(none_as_null=True)),
    Column("clips", JSON, nullable=False),
    UniqueConstraint("number"),
    UniqueConstraint("year", "sequence"),
)


def add(session: Session, letter: Letter) -> None:
    """Raises DomainError(LETTER_NUMBER_TAKEN), also where the letter that had the number was cancelled."""
    try:
        session.execute(insert(_table).values(columns_of(letter)))
    except IntegrityError as error:
        raise DomainError(DomainCode.LETTER_NUMBER_TAKEN, letter.number) from error


def put(session: Session, letter: Letter) -> None:
    """What has become of a letter that is there."""
    session.execute(update(_table).where(_table.c.id == letter.id).values(columns_of(letter)))


def get(session: Session, letter_id: str) -> Letter | None:
    row = session.execute(select(_table).where(_table.c.id == letter_id)).mappings().first()
    return None if row is None else value_from_row(row, Letter, _table)


def newest(session: Session, *, limit: int) -> Sequence[Letter]:
    """By number, the last one first."""
    statement = select(_table).order_by(_table.c.year.desc(), _table.c.sequence.desc()).limit(limit)
    return tuple(value_from_row(row, Letter, _table) for row in session.execute(statement).mappings())


def of_case(session: Session, case_id: str) -> Sequence[Letter]:
    """Oldest first."""
    statement = select(_table).where(_table.c.case_id == case_id).order_by(_table.c.year, _table.c.sequence)
    return tuple(value_from_row(row, Letter, _table) for row in session.execute(statement).mappings())


def next_sequence(session: Session, year: int, *, numbers: range) -> int:
    """The running number after the largest one of that year among these, which are this workstation's.

    After the last one there is none: what is given then is not among them.
    """
    mine = _table.c.sequence.between(numbers.start, numbers.stop - 1)
    largest = session.scalar(select(func.max(_table.c.sequence)).where(_table.c.year == year, mine))
    return numbers.start if largest is None else largest + 1


def next_nth(session: Session, case_id: str) -> int:
    """SP2HP ke-n of the next one of a case: one more than those that were not cancelled."""
    counted = (
        _table.c.case_id == case_id,
        _table.c.kind == LetterKind.SP2HP.value,
        _table.c.state != LetterState.CANCELLED.value,
    )
    return (session.scalar(select(func.count()).where(*counted)) or 0) + 1
