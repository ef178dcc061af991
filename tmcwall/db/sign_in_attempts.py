"""Attempts to sign in with what is kept here, so that guessing takes long also across starts of the program."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.sign_in_delay import FORGOTTEN_AFTER, Attempts, remaining_wait, with_attempt

_table = tables.sign_in_attempts


def begin(session: Session, nrp: str, *, at: datetime) -> None:
    """Counts an attempt before the password is looked at, so that none is free. Raises Fault(SIGN_IN_DELAYED).

    An unknown number is counted like a known one.
    """
    session.execute(delete(_table).where(_table.c.last_at < at - FORGOTTEN_AFTER))
    row = session.execute(select(_table).where(_table.c.nrp == nrp)).mappings().first()
    attempts = None if row is None else Attempts(row[_table.c.count], row[_table.c.last_at])
    wait = remaining_wait(attempts, now=at)
    if wait:
        raise Fault(FaultCode.SIGN_IN_DELAYED, f"{wait.total_seconds():.0f} s")
    now = with_attempt(attempts, now=at)
    columns = {"count": now.count, "last_at": now.last_at}
    statement = insert(_table).values(nrp=nrp, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["nrp"], set_=columns))


def forget(session: Session, nrp: str) -> None:
    """The password was right."""
    session.execute(delete(_table).where(_table.c.nrp == nrp))
