"""What `tmcwall server reporter ...` does: erases who has reported an incident, on request (UU 27/2022)."""

from __future__ import annotations

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, can
from tmcwall.domain.operation import Entity
from tmcwall.server import personal
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.personal import Erased
from tmcwall.server.rights import officer_of
from tmcwall.server.tables import UserRow

LONGEST_REASON = 200
"""Characters."""


def erase_reporter(
    options: ServerOptions, incident_id: str, *, reason: str = "", supervisor: str = "", clock: Clock | None = None
) -> Erased:
    """Name and number go, at the server at once and at the workstations with their next exchange; on record.

    Of an incident that a case needs only with the reason of a supervisor, who is named by the service number.

    Raises DomainError: NOT_FOUND; REPORTER_NEEDED; FIELD_INVALID for the reason; NOT_ALLOWED for a supervisor who is
    none. And Fault(STORE_*).
    """
    said = " ".join(reason.split())
    if len(said) > LONGEST_REASON or not said.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    now = (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        if supervisor:
            user = session.get(UserRow, supervisor)
            if user is None or user.disabled_at is not None or not can(officer_of(user), Action.RELEASE_HOLD):
                raise DomainError(DomainCode.NOT_ALLOWED, supervisor)
        if not (said and supervisor) and personal.is_needed(session, incident_id):
            raise DomainError(DomainCode.REPORTER_NEEDED, incident_id)
        by = supervisor or CONSOLE
        erased = personal.erase(session, Entity.INCIDENT, incident_id, by=by, reason=said, now=now)
        about = f"incident/{incident_id} {said}"
        audit(session, AuditAction.REPORTER_ERASED, at=now, actor=by, about=about, outcome=f"{erased.values} values")
    return erased
