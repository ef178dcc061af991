"""What was sent to the walls of workstations, and by whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import entity_states, officers, operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.operation import Entity
from tmcwall.domain.wall_order import OrderOutcome, WallOrder

_table = tables.wall_orders


@dataclass(frozen=True, slots=True)
class SentOrder:
    """An order, and who has sent it from where: as the server has it, whatever the order says."""

    order: WallOrder
    sender: str
    """Service number; empty while the server does not have it yet."""
    sender_name: str
    """Empty where the account is not known here."""
    device: str


def send(session: Session, order: WallOrder, *, by: Officer, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED, FIELD_INVALID)."""
    demand(by, Action.SEND_TO_WALLS)
    operations.change(session, order, actor=by.nrp, at=at)


def take_back(session: Session, order_id: str, *, by: Officer, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED, NOT_FOUND)."""
    demand(by, Action.SEND_TO_WALLS)
    operations.change(session, replace(_order(session, order_id), taken_back=True), actor=by.nrp, at=at)


def answer(session: Session, order_id: str, outcome: OrderOutcome, *, by: Officer, at: datetime) -> None:
    """What became of it here. Raises DomainError(NOT_ALLOWED, NOT_FOUND)."""
    demand(by, Action.ANSWER_WALL_ORDERS)
    operations.change(session, replace(_order(session, order_id), outcome=outcome), actor=by.nrp, at=at)


def sent_since(session: Session, since: datetime) -> tuple[SentOrder, ...]:
    """The newest first: those for this workstation as far as the server has confirmed them, and those from here."""
    here = operations.device(session)
    found = session.execute(
        select(_table).where(_table.c.sent_at >= since).order_by(_table.c.sent_at.desc(), _table.c.id)
    )
    orders = [value_from_row(row, WallOrder, _table) for row in found.mappings()]
    states = entity_states.confirmed_of(session, [(Entity.WALL_ORDER, one.id) for one in orders])
    sent = []
    for one in orders:
        state = states.get((Entity.WALL_ORDER, one.id))
        version = state.versions.get("desk") if state is not None else None
        if version is None:
            if one.desk != here:
                sent.append(SentOrder(one, "", "", here))
            continue
        account = officers.get(session, version.actor)
        sent.append(SentOrder(one, version.actor, account.name if account else "", version.device))
    return tuple(sent)


def _order(session: Session, order_id: str) -> WallOrder:
    row = session.execute(select(_table).where(_table.c.id == order_id)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, order_id)
    return value_from_row(row, WallOrder, _table)
