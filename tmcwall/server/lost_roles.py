"""What a server that was put back has forgotten of its accounts, in its own signed words: only ever less right.

Workstations hold what the server has signed about roles (ADR 0022). What it signed between the backup and the restore
it has lost. Of that counts who was disabled, had a role with less, or fewer units; never anything that gives more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tmcwall.domain.officer import may_less
from tmcwall.server.accounts import disable_user, put_user_role, put_user_units
from tmcwall.server.audit import AuditAction
from tmcwall.server.rights import officer_of
from tmcwall.server.tables import AuditRow, UserRow
from tmcwall.sync.role_snapshot import OfficerRoles, RoleSnapshot

_DECIDED = (
    AuditAction.USER_ADDED,
    AuditAction.USER_DISABLED,
    AuditAction.USER_ENABLED,
    AuditAction.USER_ROLE_CHANGED,
    AuditAction.USER_UNITS_CHANGED,
)


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """What was taken from an account again."""

    nrp: str
    action: AuditAction
    what: str = ""


def bring_back(session: Session, snapshot: RoleSnapshot, *, now: datetime) -> tuple[BroughtBack, ...]:
    """Nothing, unless the snapshot is of the time that this server has lost. Its signature has been checked.

    An account about which somebody has decided since the restore stays as he has left it.
    """
    lost = _lost_time(session)
    if lost is None or not lost[0] < snapshot.issued_at < lost[1]:
        return ()
    found: list[BroughtBack] = []
    for said in snapshot.officers:
        user = session.get(UserRow, said.nrp)
        if user is not None and not _decided_since(session, said.nrp, lost[1]):
            found.extend(_lessen(session, user, said, now=now))
    return tuple(found)


def _lessen(session: Session, user: UserRow, said: OfficerRoles, *, now: datetime) -> list[BroughtBack]:
    has, found = officer_of(user), []
    if said.disabled and user.disabled_at is None:
        disable_user(session, said.nrp, now=now)
        found.append(BroughtBack(said.nrp, AuditAction.USER_DISABLED))
    if may_less(said.role, than=has.role):
        put_user_role(session, said.nrp, said.role, now=now)
        found.append(BroughtBack(said.nrp, AuditAction.USER_ROLE_CHANGED, said.role))
    if set(said.units) < set(has.units):
        put_user_units(session, said.nrp, said.units, now=now)
        found.append(BroughtBack(said.nrp, AuditAction.USER_UNITS_CHANGED, ", ".join(said.units)))
    return found


def _lost_time(session: Session) -> tuple[datetime, datetime] | None:
    """From the last thing that the backup knows to the restore; None where nothing was ever put back."""
    begun = session.scalar(
        select(AuditRow).where(AuditRow.action == AuditAction.EPOCH_BEGUN).order_by(AuditRow.id.desc()).limit(1)
    )
    if begun is None:
        return None
    before = session.scalar(select(AuditRow.at).where(AuditRow.id < begun.id).order_by(AuditRow.id.desc()).limit(1))
    return None if before is None else (before, begun.at)


def _decided_since(session: Session, nrp: str, restored_at: datetime) -> bool:
    return (
        session.scalar(
            select(AuditRow.id)
            .where(
                AuditRow.action.in_(_DECIDED),
                AuditRow.at >= restored_at,
                or_(AuditRow.about == nrp, AuditRow.about.startswith(f"{nrp} ")),
            )
            .limit(1)
        )
        is not None
    )
