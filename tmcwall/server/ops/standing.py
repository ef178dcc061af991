"""How the server, its workstations and its sources are at one moment, for the operator page."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tmcwall.server.audit import AuditAction
from tmcwall.server.context import ServerContext
from tmcwall.server.order import last_place
from tmcwall.server.quarantine import Quarantined, describe, quarantined_operations
from tmcwall.server.reports import all_sources
from tmcwall.server.tables import AuditRow, ConflictRow, DeskReportRow, OperationRow, UploadRow, UserRow
from tmcwall.sync.protocol import Fate

SILENT_AFTER: Final = timedelta(minutes=5)
"""A workstation that has said nothing for longer is called silent: it speaks every half minute."""
_TAIL: Final = 30
_NOT_OPENED: Final = "off"
_NEWEST_QUARANTINED: Final = 10


@dataclass(frozen=True, slots=True)
class Desk:
    """A workstation as it last spoke of itself."""

    device: str
    officer: str
    version: str
    pending: int
    oldest_unsent_at: datetime | None
    cameras: Mapping[str, int]
    reported_at: datetime

    def is_silent(self, now: datetime) -> bool:
        return now - self.reported_at > SILENT_AFTER


@dataclass(frozen=True, slots=True)
class ReportSource:
    """A system that reports incidents, and how often it has lately: reports that were taken."""

    name: str
    former_until: datetime | None
    last_minute: int
    last_hour: int


@dataclass(frozen=True, slots=True)
class Storage:
    """Of the clips, in bytes."""

    free: int
    total: int
    clips: int
    clip_bytes: int
    incomplete: int
    """Clips whose bytes have begun to come and are not whole."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    at: datetime
    actor: str
    action: str
    about: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it. Desks: those with the oldest unsent operation first, then those that are silent."""

    at: datetime
    desks: Sequence[Desk]
    storage: Storage
    operations: int
    conflicts: int
    quarantined: int
    newest_quarantined: Sequence[Quarantined]
    sources: Sequence[ReportSource]
    requests: Mapping[str, int]
    audit: Sequence[AuditLine]

    def cameras(self) -> Mapping[str, int]:
        """Those that are opened, by state, of all desks that speak; a camera that two desks open counts twice."""
        total: Counter[str] = Counter()
        for desk in self.desks:
            if not desk.is_silent(self.at):
                total.update({state: count for state, count in desk.cameras.items() if state != _NOT_OPENED})
        return dict(total.most_common())


def standing(context: ServerContext) -> Standing:
    """Bounded work, whatever the number of operations."""
    now = context.clock.utc()
    with context.database.read() as session:
        return Standing(
            at=now,
            desks=_desks(session, now),
            storage=_storage(session, context),
            operations=last_place(session)[0],
            conflicts=session.scalar(select(func.count()).select_from(ConflictRow)) or 0,
            quarantined=_quarantined(session),
            newest_quarantined=tuple(
                describe(session, row) for row in quarantined_operations(session, limit=_NEWEST_QUARANTINED)
            ),
            sources=_sources(session, now),
            requests={"streams": context.streams.going, "requests": context.requests.going},
            audit=_audit(session),
        )


def _desks(session: Session, now: datetime) -> Sequence[Desk]:
    named = select(DeskReportRow, UserRow.name).outerjoin(UserRow, UserRow.nrp == DeskReportRow.officer)
    desks = [
        Desk(
            row.device,
            f"{name or ''} ({row.officer})".strip(),
            row.version,
            row.pending,
            row.oldest_unsent_at,
            json.loads(row.cameras),
            row.reported_at,
        )
        for row, name in session.execute(named)
    ]
    return sorted(desks, key=lambda desk: (desk.oldest_unsent_at or now, not desk.is_silent(now), desk.device))


def _storage(session: Session, context: ServerContext) -> Storage:
    whole = UploadRow.completed_at.is_not(None)
    clips, clip_bytes = session.execute(
        select(func.count(), func.coalesce(func.sum(UploadRow.length), 0)).where(whole)
    ).one()
    incomplete = session.scalar(select(func.count()).select_from(UploadRow).where(UploadRow.completed_at.is_(None)))
    usage = shutil.disk_usage(context.blobs.folder)
    return Storage(usage.free, usage.total, clips, int(clip_bytes), incomplete or 0)


def _quarantined(session: Session) -> int:
    of_them = OperationRow.fate == Fate.QUARANTINED.value
    return session.scalar(select(func.count()).select_from(OperationRow).where(of_them)) or 0


def _sources(session: Session, now: datetime) -> Sequence[ReportSource]:
    """Counted in the audit log, which all processes of a server share."""

    def counts(since: timedelta) -> Mapping[str, int]:
        rows = session.execute(
            select(AuditRow.actor, func.count())
            .where(AuditRow.at > now - since, AuditRow.action == AuditAction.WEBHOOK.value)
            .group_by(AuditRow.actor)
        )
        return {actor: count for actor, count in rows}  # noqa: C416 - rows are no pairs for mypy

    minute, hour = counts(timedelta(minutes=1)), counts(timedelta(hours=1))
    return [
        ReportSource(source.name, source.former_until, minute.get(source.name, 0), hour.get(source.name, 0))
        for source in all_sources(session, now=now)
    ]


def _audit(session: Session) -> Sequence[AuditLine]:
    rows = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(_TAIL))
    return [AuditLine(row.at, row.actor, row.action, row.about, row.outcome) for row in rows]
