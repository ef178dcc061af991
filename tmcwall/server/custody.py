"""Routes: receipts for chains of custody. What the server has seen of a chain is never shorter or another later."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.server.audit import AuditAction
from tmcwall.server.context import Context, Viewer
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import CustodyHeadRow
from tmcwall.sync.custody import CustodyHead, CustodyReceipt, CustodyStatement, NewestReceipt, sign_receipt
from tmcwall.sync.protocol import RefusalCode

router = APIRouter()


@router.get("/custody")
def newest_receipt(context: Context, asker: Viewer) -> NewestReceipt:
    """For the newest head of the workstation whose token this is."""
    with context.database.read() as session:
        newest = _newest(session, asker.device)
    return NewestReceipt(receipt=sign_receipt(newest, context.signing_key) if newest is not None else None)


@router.post("/custody")
def receive(request: Request, context: Context, asker: Viewer, told: CustodyHead) -> CustodyReceipt:
    """A chain that does not go on from where the server saw it last is refused: `fork`; the audit log has it."""
    with context.database.write() as session:
        newest = _newest(session, asker.device)
        differs = newest is not None and not _goes_on(told, newest)
        if newest is None or (not differs and told.rows > newest.rows):
            now = context.clock.utc()
            session.add(
                CustodyHeadRow(
                    device=asker.device, rows=told.rows, head=told.head, officer=asker.officer.nrp, seen_at=now
                )
            )
            newest = CustodyStatement(device=asker.device, rows=told.rows, head=told.head, at=now)
    if differs:
        about = f"{asker.device} {told.rows} < {newest.rows}" if told.rows < newest.rows else f"{asker.device} differs"
        outcome = RefusalCode.FORK.value
        context.note(AuditAction.CUSTODY, request, actor=asker.officer.nrp, about=about, outcome=outcome)
        raise RequestRefused(RefusalCode.FORK)
    return sign_receipt(newest, context.signing_key)


def _goes_on(told: CustodyHead, newest: CustodyStatement) -> bool:
    if told.rows < newest.rows or told.receipted != newest.head:
        return False
    return told.rows > newest.rows or told.head == newest.head


def _newest(session: Session, device: str) -> CustodyStatement | None:
    of_device = select(CustodyHeadRow).where(CustodyHeadRow.device == device)
    row = session.scalar(of_device.order_by(CustodyHeadRow.rows.desc()).limit(1))
    return None if row is None else CustodyStatement(device=row.device, rows=row.rows, head=row.head, at=row.seen_at)
