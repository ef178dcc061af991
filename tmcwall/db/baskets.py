"""The baskets of cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.basket import BasketItem, check_item
from tmcwall.domain.fault import DomainCode, DomainError

_table = tables.basket_items


def of_case(session: Session, case_id: str) -> tuple[BasketItem, ...]:
    """What is in it, as it was put in."""
    wanted = select(_table).where(_table.c.case_id == case_id, ~_table.c.removed)
    found = session.execute(wanted.order_by(_table.c.added_at, _table.c.id))
    return tuple(value_from_row(row, BasketItem, _table) for row in found.mappings())


def put(session: Session, item: BasketItem, *, actor: str, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID, RANGE_EMPTY)."""
    check_item(item)
    operations.change(session, item, actor=actor, at=at)


def remove(session: Session, item_id: str, *, actor: str, at: datetime) -> BasketItem:
    """Out of the basket; what was exported stays on record. Raises DomainError(NOT_ALLOWED, NOT_FOUND)."""
    row = session.execute(select(_table).where(_table.c.id == item_id)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, f"basket item {item_id}")
    gone = replace(value_from_row(row, BasketItem, _table), removed=True)
    operations.change(session, gone, actor=actor, at=at)
    return gone


def mark_exported(
    session: Session, case_id: str, bookmarks: Collection[str], *, package: str, actor: str, at: datetime
) -> None:
    """What is in the basket of these bookmarks has gone into that package."""
    for item in of_case(session, case_id):
        if item.bookmark_id in bookmarks:
            exported = replace(item, exported_at=at, exported_by=actor, exported_package=package)
            operations.change(session, exported, actor=actor, at=at)
