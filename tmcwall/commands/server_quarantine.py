"""What `tmcwall server quarantine ...` does: operations that should have no effect."""

from __future__ import annotations

from uuid import UUID

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.journal import Journal
from tmcwall.server.quarantine import Quarantined, describe, quarantined_operations, unreadable_operations

LONGEST_REASON = 200
"""Characters of why an operation is taken out of effect."""


def quarantine_list(options: ServerOptions, *, limit: int) -> tuple[Quarantined, ...]:
    """What is kept without effect, newest first. Raises Fault(STORE_*)."""
    with opened(options) as database, database.read() as session:
        return tuple(describe(session, row) for row in quarantined_operations(session, limit=limit))


def quarantine_check(options: ServerOptions) -> tuple[Quarantined, ...]:
    """What is in effect and would not be taken today. Reads every operation. Raises Fault(STORE_*)."""
    with opened(options) as database, database.read() as session:
        return tuple(unreadable_operations(session))


def quarantine_add(
    options: ServerOptions, operation_id: UUID, *, reason: str, clock: Clock | None = None
) -> Quarantined:
    """Take an operation out of effect, for every workstation and on record.

    Raises DomainError(NOT_FOUND, WITHOUT_EFFECT, FIELD_INVALID) and Fault(STORE_*).
    """
    said = _checked(reason)
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        row = Journal(session, now=now).withdraw(operation_id, reason=said, by=CONSOLE)
        audit(
            session,
            AuditAction.OPERATION_WITHDRAWN,
            at=now,
            actor=CONSOLE,
            about=f"{operation_id} {row.entity}/{row.entity_id}",
        )
        return describe(session, row)


def quarantine_accept(
    options: ServerOptions, operation_id: UUID, *, reason: str, clock: Clock | None = None
) -> Quarantined:
    """Give what waits for its officer its effect: IT has looked, and it is that officer's.

    Raises as `Journal.accept`, DomainError(FIELD_INVALID) and Fault(STORE_*).
    """
    return _decided(options, operation_id, AuditAction.OPERATION_ACCEPTED, reason=reason, clock=clock)


def quarantine_drop(
    options: ServerOptions, operation_id: UUID, *, reason: str, clock: Clock | None = None
) -> Quarantined:
    """What waits for its officer never gets an effect. Raises as `Journal.drop`, and as `quarantine_accept`."""
    return _decided(options, operation_id, AuditAction.OPERATION_DROPPED, reason=reason, clock=clock)


def _decided(
    options: ServerOptions, operation_id: UUID, action: AuditAction, *, reason: str, clock: Clock | None
) -> Quarantined:
    said, now = _checked(reason), (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        journal = Journal(session, now=now)
        decide = journal.accept if action is AuditAction.OPERATION_ACCEPTED else journal.drop
        row = decide(operation_id)
        audit(session, action, at=now, actor=CONSOLE, about=f"{operation_id} {row.entity}/{row.entity_id}: {said}")
        return describe(session, row)


def _checked(reason: str) -> str:
    """Raises DomainError(FIELD_INVALID)."""
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON or not said.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    return said
