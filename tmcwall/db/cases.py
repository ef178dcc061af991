"""Cases by their report numbers. They are written with `operations.change`."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import value_from_row
from tmcwall.db.search import contains
from tmcwall.domain.case import Case, LpNumber, normalise_lp

_table = tables.cases


def get(session: Session, case_id: str) -> Case | None:
    return _one(session, select(_table).where(_table.c.id == case_id))


def by_lp(session: Session, lp_normalised: str) -> Case | None:
    return _one(session, select(_table).where(_table.c.lp_normalised == lp_normalised))


def of_number(session: Session, number: LpNumber) -> Case | None:
    """The case of that number, also one that an earlier version keeps under another spelling; of several the first."""
    known = by_lp(session, number.normalised)
    if known is not None or number.sequence is None:
        return known
    likely = _read(session, select(_table).where(contains(_table.c.lp, str(number.sequence))))
    same = [case for case in likely if normalise_lp(case.lp) == number.normalised]
    return same[-1] if same else None


def all_cases(session: Session) -> tuple[Case, ...]:
    """Newest first."""
    return _read(session, select(_table))


def _one(session: Session, statement: Select[tuple[object, ...]]) -> Case | None:
    row = session.execute(statement).mappings().first()
    return None if row is None else value_from_row(row, Case, _table)


def _read(session: Session, statement: Select[tuple[object, ...]]) -> tuple[Case, ...]:
    found = session.execute(statement.order_by(_table.c.opened_at.desc(), _table.c.id.desc()))
    return tuple(value_from_row(row, Case, _table) for row in found.mappings())
