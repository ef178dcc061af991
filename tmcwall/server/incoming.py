"""Routes: incidents reported by other systems, as `tmcwall.incident/1`, in a form of their own, or as CAP."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from tmcwall.intake import cap
from tmcwall.intake.mapping import parse_mapped
from tmcwall.intake.webhook import (
    MAX_BODY_BYTES,
    SOURCE_HEADER,
    FieldProblem,
    Report,
    WebhookError,
    claimed_source,
    parse_webhook,
)
from tmcwall.server import cap_messages
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.cap_messages import WarningOutcome
from tmcwall.server.context import Context, ServerContext, address_of
from tmcwall.server.mappings import mapping_of
from tmcwall.server.order import last_place
from tmcwall.server.reports import Outcome, Reception, receive
from tmcwall.server.signed_calls import Believed, SourceHeader, believe, named_source, refusal_of

router = APIRouter()

_XML_BODY = {"requestBody": {"required": True, "content": {"application/cap+xml": {"schema": {"type": "string"}}}}}


class ReportReply(BaseModel):
    incident_id: str
    outcome: Outcome
    signature_version: int
    """2; or 1, which is to be given up: it leaves the time of a report to whoever catches it."""


class CapReply(BaseModel):
    """`incident_id` of an alert that is an incident; a warning for an area has none."""

    incident_id: str | None
    outcome: Outcome | WarningOutcome
    signature_version: int


@router.post("/webhooks/incident", status_code=202, max_body_size=MAX_BODY_BYTES)
async def report(request: Request, context: Context, source: SourceHeader = None) -> ReportReply:
    """A report of `tmcwall.incident/1`, or in the form of the source that the header names.

    400 names the wrong fields, 401 is not believed, 409 is older, 429 too many.
    """
    body = await request.body()
    believed, content = await run_in_threadpool(_read_report, context, request, body, source)
    reception = await context.order.first(partial(_receive, context, request, body, believed, content))
    return ReportReply(
        incident_id=reception.incident_id, outcome=reception.outcome, signature_version=believed.signature_version
    )


@router.post("/webhooks/cap", status_code=202, max_body_size=cap.MAX_BODY_BYTES, openapi_extra=_XML_BODY)
async def cap_alert(request: Request, context: Context, source: SourceHeader = None) -> CapReply:
    """A message of CAP 1.2: a warning where a weather service sends it, else a report of an incident."""
    body = await request.body()
    believed, alert = await run_in_threadpool(_read_cap, context, request, body, source)
    if cap_messages.gives_warnings(believed.source):
        outcome = await run_in_threadpool(_take_warning, context, request, body, believed, alert)
        return CapReply(incident_id=None, outcome=outcome, signature_version=believed.signature_version)
    reception = await context.order.first(partial(_receive_cap, context, request, body, believed, alert))
    return CapReply(
        incident_id=reception.incident_id, outcome=reception.outcome, signature_version=believed.signature_version
    )


def _read_report(context: ServerContext, request: Request, body: bytes, source: str | None) -> tuple[Believed, Report]:
    """Raises RequestRefused."""
    if source is None:
        believed = believe(context, request, body, claimed=claimed_source(body))
        mapping = None
    else:
        believed = believe(context, request, body, claimed=named_source(source))
        with context.database.read() as session:
            mapping = mapping_of(session, believed.source)
    try:
        if mapping is not None:
            return believed, parse_mapped(mapping, body, source=believed.source)
        content = parse_webhook(body)
    except WebhookError as error:
        raise refusal_of(error.problems) from None
    if content.source is not believed.source:
        raise refusal_of((FieldProblem("source", f"{SOURCE_HEADER} names another"),))
    return believed, content


def _read_cap(
    context: ServerContext, request: Request, body: bytes, source: str | None
) -> tuple[Believed, cap.CapAlert]:
    """Raises RequestRefused."""
    believed = believe(context, request, body, claimed=named_source(source))
    try:
        return believed, cap.parse_cap(body)
    except WebhookError as error:
        raise refusal_of(error.problems) from None


def _receive(context: ServerContext, request: Request, body: bytes, believed: Believed, content: Report) -> Reception:
    """Raises RequestRefused(SEQUENCE_OLD)."""
    now = context.clock.utc()
    with context.database.write() as session:
        reception = receive(session, content, body, now=now, signing_key=context.signing_key)
        audit(
            session,
            AuditAction.WEBHOOK,
            at=now,
            actor=believed.source,
            about=f"incident/{reception.incident_id}",
            address=address_of(request),
            outcome=reception.outcome,
        )
        sequence, _ = last_place(session)
    context.counters.reports.labels(believed.source, reception.outcome).inc()
    context.announcer.announce(sequence)
    return reception


def _receive_cap(
    context: ServerContext, request: Request, body: bytes, believed: Believed, alert: cap.CapAlert
) -> Reception:
    """Raises RequestRefused(INVALID, SEQUENCE_OLD)."""
    with context.database.write() as session:
        try:
            content = cap_messages.report_in_thread(session, believed.source, alert)
        except WebhookError as error:
            raise refusal_of(error.problems) from None
    return _receive(context, request, body, believed, content)


def _take_warning(
    context: ServerContext, request: Request, body: bytes, believed: Believed, alert: cap.CapAlert
) -> WarningOutcome:
    """Raises RequestRefused(INVALID)."""
    now = context.clock.utc()
    with context.database.write() as session:
        try:
            outcome = cap_messages.take_warning(session, believed.source, alert, body, now=now)
        except WebhookError as error:
            raise refusal_of(error.problems) from None
        about = f"warning/{alert.identifier}"
        audit(
            session, AuditAction.WEBHOOK, at=now, actor=believed.source, about=about, address=address_of(request),
            outcome=outcome,
        )  # fmt: skip
    context.counters.reports.labels(believed.source, outcome).inc()
    return outcome
