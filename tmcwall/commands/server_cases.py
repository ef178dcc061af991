"""What `tmcwall server case ...` does: says which unit's a case is."""

from __future__ import annotations

from tmcwall.commands.server import CONSOLE, ServerOptions, opened
from tmcwall.domain.case import case_id, parse_lp
from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import check_units
from tmcwall.domain.operation import Entity
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.journal import Journal
from tmcwall.server.order import load_state


def case_unit(options: ServerOptions, lp: str, unit: str, *, clock: Clock | None = None) -> str:
    """The case of that report number belongs to that unit from now on; empty: to all. Returns the unit as it is kept.

    Workstations learn of it with their next round. Raises DomainError(NOT_FOUND, FIELD_INVALID) and Fault(STORE_*).
    """
    kept = next(iter(check_units([unit])), "")
    found, now = case_id(parse_lp(lp).normalised), (clock or SystemClock()).utc()
    with opened(options) as database, database.write() as session:
        state = load_state(session, Entity.CASE, found)
        if not state.fields:
            raise DomainError(DomainCode.NOT_FOUND, lp)
        journal = Journal(session, now=now)
        journal.add_own(Entity.CASE, found, {"unit": kept}, actor=CONSOLE, base_revision=state.revision)
        audit(session, AuditAction.CASE_UNIT_CHANGED, at=now, actor=CONSOLE, about=f"case/{found} {kept}")
    return kept
