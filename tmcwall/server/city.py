"""Routes: counts and positions from other systems, and what workstations show of the city besides incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from tmcwall.domain.clock import plausible
from tmcwall.domain.officer import Action
from tmcwall.domain.traffic_count import TrafficCount
from tmcwall.domain.unit_position import UnitPosition
from tmcwall.intake.readings import MAX_BODY_BYTES, parse_counts, parse_positions
from tmcwall.intake.webhook import WebhookError
from tmcwall.server import cap_messages, readings
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Context, ServerContext, Viewer, address_of, demand
from tmcwall.server.rights import Identity
from tmcwall.server.signed_calls import SourceHeader, believe, named_source, refusal_of
from tmcwall.sync.city import CityPage, CountsReceipt

router = APIRouter()

CountKeeper = Annotated[Identity, Depends(demand(Action.HANDLE_INCIDENTS))]
_THREADS_KEPT: Final = timedelta(days=31)
_JSON: Final[dict[str, Any]] = {  # Any: FastAPI's type
    "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
}
R = TypeVar("R", bound=BaseModel)


class PositionsReceipt(BaseModel):
    """How many positions are newer than what was known."""

    taken: int


@router.post("/webhooks/counts", status_code=202, max_body_size=MAX_BODY_BYTES, openapi_extra=_JSON)
async def counts(request: Request, context: Context, source: SourceHeader = None) -> CountsReceipt:
    """Counts of `tmcwall.counts/1`; late, twice or corrected, in any order."""
    body = await request.body()
    return await run_in_threadpool(_take_counts, context, request, body, source)


@router.post("/webhooks/positions", status_code=202, max_body_size=MAX_BODY_BYTES, openapi_extra=_JSON)
async def unit_positions(request: Request, context: Context, source: SourceHeader = None) -> PositionsReceipt:
    """Positions of `tmcwall.positions/1`; of each unit the newest holds."""
    body = await request.body()
    return await run_in_threadpool(_take_positions, context, request, body, source)


@router.get("/city")
def city(
    context: Context,
    asker: Viewer,
    after: Annotated[AwareDatetime, AfterValidator(plausible), Query()] | None = None,
) -> CityPage:
    """What holds now; of the counts, those since `next` of the page before."""
    del asker
    now = context.clock.utc()
    with context.database.read() as session:
        found, following, more = readings.counts_since(session, after, now=now)
        return CityPage(
            warnings=cap_messages.warnings_not_over(session, now=now),
            positions=readings.positions(session, now=now),
            counts=found,
            next=following,
            more=more,
        )


@router.post("/city/counts", max_body_size=MAX_BODY_BYTES, openapi_extra=_JSON)
async def import_counts(request: Request, context: Context, asker: CountKeeper) -> CountsReceipt:
    """Counts of `tmcwall.counts/1` that an officer has read from a file."""
    body = await request.body()
    return await run_in_threadpool(_import, context, request, body, asker)


def forget_old(session: Session, *, now: datetime) -> None:
    """What nobody looks at any more."""
    readings.forget_old(session, now=now)
    cap_messages.forget_old(session, before=now - _THREADS_KEPT)


def _take_counts(context: ServerContext, request: Request, body: bytes, source: str | None) -> CountsReceipt:
    believed = believe(context, request, body, claimed=named_source(source))
    found = _read_counts(context, body)
    take = _taking_counts(found, by=believed.source, now=context.clock.utc())
    return _written(context, request, take, actor=believed.source, about=f"counts/{len(found)}")


def _import(context: ServerContext, request: Request, body: bytes, asker: Identity) -> CountsReceipt:
    found = _read_counts(context, body)
    take = _taking_counts(found, by=asker.officer.nrp, now=context.clock.utc())
    return _written(context, request, take, actor=asker.officer.nrp, about=f"counts/{len(found)}")


def _read_counts(context: ServerContext, body: bytes) -> tuple[TrafficCount, ...]:
    try:
        return parse_counts(body, now=context.clock.utc())
    except WebhookError as error:
        raise refusal_of(error.problems) from None


def _taking_counts(found: tuple[TrafficCount, ...], *, by: str, now: datetime) -> Callable[[Session], CountsReceipt]:
    return lambda session: readings.take_counts(session, found, by=by, now=now)


def _take_positions(context: ServerContext, request: Request, body: bytes, source: str | None) -> PositionsReceipt:
    believed = believe(context, request, body, claimed=named_source(source))
    try:
        found = parse_positions(body, source=believed.source, now=context.clock.utc())
    except WebhookError as error:
        raise refusal_of(error.problems) from None
    take = _taking_positions(found)
    return _written(context, request, take, actor=believed.source, about=f"positions/{len(found)}", noted=False)


def _taking_positions(found: tuple[UnitPosition, ...]) -> Callable[[Session], PositionsReceipt]:
    return lambda session: PositionsReceipt(taken=readings.take_positions(session, found))


def _written(
    context: ServerContext,
    request: Request,
    take: Callable[[Session], R],
    *,
    actor: str,
    about: str,
    noted: bool = True,
) -> R:
    """`noted` in the audit log: not what comes every few seconds for years."""
    with context.database.write() as session:
        receipt = take(session)
        if noted:
            audit(
                session, AuditAction.WEBHOOK, at=context.clock.utc(), actor=actor, about=about,
                address=address_of(request), outcome=str(receipt),
            )  # fmt: skip
    return receipt
