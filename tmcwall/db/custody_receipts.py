"""What the server has signed of the chain of custody here, and whether the chain still is what it signed (E5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tmcwall.db import tables

_table, _chain = tables.custody_receipts, tables.custody


@dataclass(frozen=True, slots=True)
class Receipt:
    """So many rows, ending in that hash. The signature was checked when it came."""

    rows: int
    head: str
    at: datetime
    text: str
    signature: str


@dataclass(frozen=True, slots=True)
class Receipts:
    """`contradicted`: the first whose row is gone or another: the chain was cut off or written anew."""

    count: int
    newest: Receipt | None
    contradicted: Receipt | None


def put(session: Session, receipt: Receipt) -> None:
    """Once for each number of rows; another for the same number is kept as well as it can be: the first stays."""
    there = session.scalar(select(_table.c.rows).where(_table.c.rows == receipt.rows))
    if there is None:
        session.execute(
            insert(_table).values(
                rows=receipt.rows,
                head=receipt.head,
                at=receipt.at,
                statement=receipt.text,
                signature=receipt.signature,
            )
        )


def newest(session: Session) -> Receipt | None:
    row = session.execute(select(_table).order_by(_table.c.rows.desc()).limit(1)).first()
    return None if row is None else Receipt(row.rows, row.head, row.at, row.statement, row.signature)


def hash_of_row(session: Session, seq: int) -> str:
    """Empty: the chain has no such row."""
    return session.scalar(select(_chain.c.hash).where(_chain.c.seq == seq)) or ""


def check(session: Session) -> Receipts:
    """All of them against the chain."""
    found = session.execute(select(_table).order_by(_table.c.rows)).all()
    receipts = [Receipt(row.rows, row.head, row.at, row.statement, row.signature) for row in found]
    contradicted = next((one for one in receipts if hash_of_row(session, one.rows) != one.head), None)
    return Receipts(len(receipts), receipts[-1] if receipts else None, contradicted)
