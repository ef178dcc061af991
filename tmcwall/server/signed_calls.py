"""Calls of outside systems: each is signed with the secret of the system that sends it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header, Request

from tmcwall.domain.incident import Source
from tmcwall.intake.webhook import (
    SIGNATURE_HEADER,
    SOURCE_HEADER,
    TIMESTAMP_HEADER,
    FieldProblem,
    check_signature,
    signature_version,
)
from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import ServerContext, address_of
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.reports import secrets_of
from tmcwall.sync.protocol import FieldError, RefusalCode

log = get_logger(__name__)

SourceHeader = Annotated[str | None, Header(alias=SOURCE_HEADER, max_length=32)]


@dataclass(frozen=True, slots=True)
class Believed:
    """Who has signed a call, and by which version of the signature."""

    source: Source
    signature_version: int


def named_source(name: str | None) -> Source | None:
    """None for a name that no system has."""
    try:
        return None if name is None else Source(name)
    except ValueError:
        return None


def believe(context: ServerContext, request: Request, body: bytes, *, claimed: Source | None) -> Believed:
    """Raises RequestRefused(UNAUTHORIZED) unless the body is signed by that system, and TOO_MANY."""
    now = context.clock.utc()
    signature = request.headers.get(SIGNATURE_HEADER)
    with context.database.read() as session:
        known = () if claimed is None else secrets_of(session, claimed, secret_box=context.secret_box, now=now)
    faults = [
        check_signature(
            body, secret=secret, signature=signature, timestamp=request.headers.get(TIMESTAMP_HEADER), now=now
        )
        # An unknown source takes as long as a wrong signature.
        for secret in known or (secrets.token_bytes(32),)
    ]
    fault = None if None in faults else faults[0]
    if fault is not None or claimed is None or not known or signature is None:
        context.counters.reports.labels("(unbelieved)", "refused").inc()
        context.strangers.count(address_of(request))
        outcome = fault or "unknown source"
        context.note(AuditAction.WEBHOOK, request, actor="", about=claimed or "", outcome=outcome)
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    context.reports.count(claimed)
    if faults[0] is not None:
        log.warning("webhook_signed_with_former_secret", source=claimed)
    version = signature_version(signature)
    if version == 1 and claimed not in context.old_signatures:
        context.old_signatures.add(claimed)
        log.warning("webhook_signature_version_1", source=claimed)
    return Believed(claimed, version)


def refusal_of(problems: tuple[FieldProblem, ...]) -> RequestRefused:
    """400 with the wrong fields."""
    errors = tuple(FieldError(field=problem.field, message=problem.message) for problem in problems)
    return RequestRefused(RefusalCode.INVALID, errors=errors)
