"""Routes: reporters' names and numbers, sent before their operations and read by who may."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request

from tmcwall.domain.fault import DomainError
from tmcwall.domain.kinds import KINDS, withheld_fields
from tmcwall.domain.officer import Action
from tmcwall.server import personal
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Asker, Context, address_of, demand
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity, Units
from tmcwall.sync.personal import (
    MAX_ERASURES,
    Erasure,
    ErasurePage,
    OpeningMessage,
    PersonalPush,
    PersonalQuestion,
    PersonalReceipt,
    PersonalReply,
)
from tmcwall.sync.protocol import RefusalCode

_PUSH_BYTES: Final = 2 << 20

router = APIRouter()

Reader = Annotated[Identity, Depends(demand(Action.READ_REPORTER))]


@router.post("/personal", max_body_size=_PUSH_BYTES)
def take(context: Context, asker: Asker, pushed: PersonalPush) -> PersonalReceipt:
    """What operations that follow hold commitments to; the same twice has the effect of once."""
    try:
        openings = [message.opening() for message in pushed.values]
    except DomainError:
        raise RequestRefused(RefusalCode.INVALID) from None
    if any(one.field not in KINDS[one.entity].committed for one in openings):
        raise RequestRefused(RefusalCode.INVALID)
    with context.database.read() as session:
        size = personal.new_bytes(session, openings)
    if size:
        context.quarantine.take(size, f"personal/{asker.device}", f"personal/{asker.officer.nrp}")
    with context.database.write() as session:
        taken = personal.take(
            session, openings, device=asker.device, by=asker.officer.nrp, now=context.clock.utc()
        )  # fmt: skip
    return PersonalReceipt(taken=taken.here, erased=taken.erased)


@router.post("/personal/read")
def read(request: Request, context: Context, asker: Reader, asked: PersonalQuestion) -> PersonalReply:
    """The values of one entity, for who may read each of them now. Every question is a row of the audit log."""
    context.personal_reads.count(asker.officer.nrp)
    with context.database.write() as session:
        unit = Units(session).of(asked.entity, asked.entity_id)
        withheld = withheld_fields(asked.entity, asker.officer, unit=unit)
        found = personal.openings_of(session, asked.entity, asked.entity_id, asked.commitments)
        given = tuple(OpeningMessage.of(one) for one in found if one.field not in withheld)
        erased = personal.is_erased(session, asked.entity, asked.entity_id)
        outcome = "erased" if erased else f"{len(given)} of {len(asked.commitments)}"
        audit(
            session,
            AuditAction.READ_REPORTER,
            at=context.clock.utc(),
            actor=asker.officer.nrp,
            about=f"{asked.entity}/{asked.entity_id} at {asker.device}",
            address=address_of(request),
            outcome=outcome,
        )
    return PersonalReply(values=given, erased=erased)


@router.get("/personal/erased", dependencies=[Depends(demand(Action.VIEW))])
def erased(context: Context, after: Annotated[int, Query(ge=0, lt=2**31)] = 0) -> ErasurePage:
    """Whose data were erased: what a workstation has written about them goes there, too."""
    with context.database.read() as session:
        rows, up_to = personal.erasures(session, after=after, limit=MAX_ERASURES)
        found = tuple(Erasure(entity=row.entity, entity_id=row.entity_id) for row in rows)
    return ErasurePage(erasures=found, up_to=up_to)
