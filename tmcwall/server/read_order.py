"""Whether the order is still the one that a workstation has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request
from sqlalchemy.orm import Session

from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import ServerContext
from tmcwall.server.order import has_at, last_place
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.sync.protocol import RefusalCode

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """The last operation that a workstation has read of the order of `epoch`. `known` 0: none yet."""

    epoch: UUID | None
    known: int
    known_hash: str


def _read_before(
    epoch: UUID | None = None,
    known: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    known_hash: Annotated[str, Query(max_length=64)] = "",
) -> ReadBefore:
    return ReadBefore(epoch, known, known_hash)


AskersOrder = Annotated[ReadBefore, Depends(_read_before)]


def demand_same_order(
    session: Session, read: ReadBefore, *, context: ServerContext, request: Request, asker: Identity
) -> None:
    """A database that was put back without a new epoch would lose what came after the backup from sight.

    Raises RequestRefused(ORDER_DIFFERS).
    """
    if not read.known or read.epoch != last_place(session)[1] or has_at(session, read.known, read.known_hash):
        return
    log.error("order_differs", device=asker.device, sequence=read.known)
    context.note(AuditAction.ORDER_DIFFERS, request, actor=asker.officer.nrp, about=asker.device)
    raise RequestRefused(RefusalCode.ORDER_DIFFERS)
