"""The directory of contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.contact import Contact, checked
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, demand

_table = tables.contacts


def all_contacts(session: Session) -> tuple[Contact, ...]:
    """By place, without those that were removed."""
    order = (_table.c.adm4, _table.c.rw, _table.c.rt, _table.c.camera_id, _table.c.role, _table.c.id)
    found = session.execute(select(_table).where(~_table.c.removed).order_by(*order))
    return tuple(value_from_row(row, Contact, _table) for row in found.mappings())


def put(session: Session, contact: Contact, *, by: Officer, at: datetime) -> None:
    """A new one or a known one. Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID)."""
    demand(by, Action.KEEP_CONTACTS)
    operations.change(session, checked(contact), actor=by.nrp, at=at)


def remove(session: Session, contact_id: str, *, by: Officer, at: datetime) -> None:
    """Out of the directory of all workstations; the person's name and telephone go with it.

    Operations that were made before keep what they said. Raises DomainError(NOT_ALLOWED, NOT_FOUND).
    """
    demand(by, Action.KEEP_CONTACTS)
    row = session.execute(select(_table).where(_table.c.id == contact_id)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, contact_id)
    known = value_from_row(row, Contact, _table)
    gone = replace(known, contact_name="", contact_phone="", removed=True)
    operations.change(session, gone, actor=by.nrp, at=at)
