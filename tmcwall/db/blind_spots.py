"""Incidents that no working camera was near, as this workstation has judged them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import columns_of, value_from_row
from tmcwall.domain.blind_spot import BlindSpotHit

_table = tables.blind_spot_hits


def since(session: Session, moment: datetime) -> tuple[BlindSpotHit, ...]:
    """The oldest first."""
    wanted = select(_table).where(_table.c.found_at >= moment).order_by(_table.c.found_at, _table.c.incident_id)
    return tuple(value_from_row(row, BlindSpotHit, _table) for row in session.execute(wanted).mappings())


def put(session: Session, hits: Sequence[BlindSpotHit]) -> None:
    """An incident that is there stays as it was judged first."""
    rows = [columns_of(hit) for hit in hits]
    session.execute(insert(_table).on_conflict_do_nothing(index_elements=["incident_id"]), rows)


def forget_before(session: Session, moment: datetime) -> None:
    session.execute(delete(_table).where(_table.c.found_at < moment))
