"""Route: incidents reported by other systems."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from tmcwall.domain.incident import Source
from tmcwall.intake.webhook import (
    MAX_BODY_BYTES,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    Report,
    WebhookError,
    check_signature,
    claimed_source,
    parse_webhook,
    signature_version,
)
from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Context, ServerContext, address_of
from tmcwall.server.order import last_place
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.reports import Outcome, Reception, receive, secrets_of
from tmcwall.sync.protocol import FieldError, RefusalCode

log = get_logger(__name__)

router = APIRouter()


class ReportReply(BaseModel):
    incident_id: str
    outcome: Outcome
    signature_version: int
    """2; or 1, which is to be given up: it leaves the time of a report to whoever catches it."""


@router.post("/webhooks/incident", status_code=202, max_body_size=MAX_BODY_BYTES)
async def report(request: Request, context: Context) -> ReportReply:
    """A report of `tmcwall.incident/1`. 400 names the wrong fields, 401 is not believed, 409 is older, 429 too many."""
    body = await request.body()
    believed = await run_in_threadpool(_believe, context, request, body)
    reception = await context.order.first(partial(_receive, context, request, body, believed))
    return ReportReply(
        incident_id=reception.incident_id, outcome=reception.outcome, signature_version=believed.signature_version
    )


@dataclass(frozen=True, slots=True)
class _Believed:
    source: Source
    content: Report
    signature_version: int


def _believe(context: ServerContext, request: Request, body: bytes) -> _Believed:
    """Raises RequestRefused."""
    now = context.clock.utc()
    signature = request.headers.get(SIGNATURE_HEADER)
    source = claimed_source(body)
    with context.database.read() as session:
        known = () if source is None else secrets_of(session, source, secret_box=context.secret_box, now=now)
    faults = [
        check_signature(
            body, secret=secret, signature=signature, timestamp=request.headers.get(TIMESTAMP_HEADER), now=now
        )
        # An unknown source takes as long as a wrong signature.
        for secret in known or (secrets.token_bytes(32),)
    ]
    fault = None if None in faults else faults[0]
    if fault is not None or source is None or not known or signature is None:
        context.counters.reports.labels("(unbelieved)", "refused").inc()
        context.strangers.count(address_of(request))
        outcome = fault or "unknown source"
        context.note(AuditAction.WEBHOOK, request, actor="", about=source or "", outcome=outcome)
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    context.reports.count(source)
    if faults[0] is not None:
        log.warning("webhook_signed_with_former_secret", source=source)
    version = signature_version(signature)
    if version == 1 and source not in context.old_signatures:
        context.old_signatures.add(source)
        log.warning("webhook_signature_version_1", source=source)
    try:
        content = parse_webhook(body)
    except WebhookError as error:
        problems = tuple(FieldError(field=problem.field, message=problem.message) for problem in error.problems)
        raise RequestRefused(RefusalCode.INVALID, errors=problems) from None
    return _Believed(source, content, version)


def _receive(context: ServerContext, request: Request, body: bytes, believed: _Believed) -> Reception:
    """Raises RequestRefused(SEQUENCE_OLD)."""
    now = context.clock.utc()
    with context.database.write() as session:
        reception = receive(session, believed.content, body, now=now, signing_key=context.signing_key)
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
