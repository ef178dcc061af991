"""Reports of outside systems: who may send them, and what they make of the incidents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import Incident, Source, Status
from tmcwall.domain.operation import Entity, Json
from tmcwall.intake.webhook import Report
from tmcwall.server import personal
from tmcwall.server.journal import Journal
from tmcwall.server.order import load_state
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.secret_box import SecretBox
from tmcwall.server.tables import ReportRow, WebhookSourceRow
from tmcwall.signatures import SigningKey
from tmcwall.sync.protocol import RefusalCode

SHORTEST_SECRET = 16

# What a report never says again about an incident that exists: its identity, its times, what officers did with it.
_OURS = frozenset({
    "id", "source", "external_id", "status", "called_at", "received_at", "acknowledged_at", "acknowledged_by",
    "dispatched_at", "on_scene_at", "closed_at", "case_id", "verified_at", "duplicate_of",
})  # fmt: skip


class Outcome(StrEnum):
    OPENED = "opened"
    CHANGED = "changed"
    REPEATED = "repeated"
    """This report was here already; nothing happened again."""


@dataclass(frozen=True, slots=True)
class Reception:
    incident_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ReportingSource:
    """A system that may report, since when its secret counts, and until when the one before does, too."""

    name: str
    secret_since: datetime
    former_until: datetime | None


def add_source(session: Session, source: Source, secret: bytes, *, secret_box: SecretBox, now: datetime) -> None:
    """Let that system report, or replace its secret. Raises DomainError(SECRET_SHORT)."""
    if len(secret) < SHORTEST_SECRET:
        raise DomainError(DomainCode.SECRET_SHORT)
    sealed = secret_box.close(secret, purpose=f"webhook/{source}")
    session.merge(
        WebhookSourceRow(
            source=source.value, sealed_secret=sealed, added_at=now, former_secret=None, former_until=None
        )
    )  # fmt: skip


def rotate_source(
    session: Session, source: Source, secret: bytes, *, secret_box: SecretBox, now: datetime, overlap: timedelta
) -> None:
    """A new secret, beside which the one before counts for `overlap`. Raises DomainError(NOT_FOUND, SECRET_SHORT)."""
    row = session.get(WebhookSourceRow, source.value)
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, source)
    former = row.sealed_secret
    add_source(session, source, secret, secret_box=secret_box, now=now)
    if overlap:
        row.former_secret, row.former_until = former, now + overlap


def all_sources(session: Session, *, now: datetime) -> tuple[ReportingSource, ...]:
    """By name."""
    rows = session.scalars(select(WebhookSourceRow).order_by(WebhookSourceRow.source))
    return tuple(
        ReportingSource(row.source, row.added_at, row.former_until if _former_counts(row, now=now) else None)
        for row in rows
    )


def secrets_of(session: Session, source: Source, *, secret_box: SecretBox, now: datetime) -> tuple[bytes, ...]:
    """Those that count, the newest first; none for a system that may not report. Raises Fault(VAULT_UNAVAILABLE)."""
    row = session.get(WebhookSourceRow, source.value)
    if row is None:
        return ()
    sealed = [row.sealed_secret]
    if row.former_secret is not None and _former_counts(row, now=now):
        sealed.append(row.former_secret)
    return tuple(secret_box.open(one, purpose=f"webhook/{source}") for one in sealed)


def _former_counts(row: WebhookSourceRow, *, now: datetime) -> bool:
    return row.former_until is not None and now < row.former_until


def receive(
    session: Session, report: Report, body: bytes, *, now: datetime, signing_key: SigningKey | None = None
) -> Reception:
    """Take a report over, once per source, id and seq. Raises RequestRefused(SEQUENCE_OLD) if a newer one is here.

    Only what the source itself has changed since its last report is changed: its repeated "unverified" does not undo
    what an officer has seen on a camera. The same seq with another body is refused, for one of the two would be lost.
    """
    journal = Journal(session, now=now, signing_key=signing_key)
    body_sha256 = hashlib.sha256(body).hexdigest()
    row = session.get(ReportRow, (report.source.value, report.external_id))
    if row is None:
        return _open(session, journal, report, body_sha256, now=now)
    if report.sequence == row.sequence and body_sha256 == row.body_sha256:
        return Reception(row.incident_id, Outcome.REPEATED)
    if report.sequence <= row.sequence:
        raise RequestRefused(RefusalCode.SEQUENCE_OLD)
    return _change(session, journal, row, report, body_sha256, now=now)


def _open(session: Session, journal: Journal, report: Report, body_sha256: str, *, now: datetime) -> Reception:
    incident = report.incident(str(uuid7(now)), received_at=now)
    fields = personal.commit_own(session, Entity.INCIDENT, incident.id, _fields(incident), before={}, now=now)
    journal.add_own(Entity.INCIDENT, incident.id, fields, actor=report.source, base_revision=0)
    session.add(
        ReportRow(
            source=report.source.value,
            external_id=report.external_id,
            sequence=report.sequence,
            body_sha256=body_sha256,
            incident_id=incident.id,
            fields=msgspec.json.encode(fields).decode(),
            received_at=now,
        )
    )
    return Reception(incident.id, Outcome.OPENED)


def _change(
    session: Session, journal: Journal, row: ReportRow, report: Report, body_sha256: str, *, now: datetime
) -> Reception:
    state = load_state(session, Entity.INCIDENT, row.incident_id)
    before: dict[str, Json] = msgspec.json.decode(row.fields)
    said = _fields(report.incident(row.incident_id, received_at=now))
    after = personal.commit_own(session, Entity.INCIDENT, row.incident_id, said, before=before, now=now)
    changes = {name: value for name, value in after.items() if name not in _OURS and before.get(name) != value}
    # An incident that was taken out of effect has no status, and nothing brings it back.
    if "status" in state.fields and report.cancels(Status(str(state.fields["status"]))):
        changes |= {"status": after["status"], "closed_at": after["closed_at"]}
    journal.add_own(Entity.INCIDENT, row.incident_id, changes, actor=report.source, base_revision=state.revision)
    row.sequence = report.sequence
    row.body_sha256 = body_sha256
    row.fields = msgspec.json.encode(after).decode()
    row.received_at = now
    return Reception(row.incident_id, Outcome.CHANGED)


def _fields(incident: Incident) -> dict[str, Json]:
    fields: dict[str, Json] = msgspec.to_builtins(incident)
    return fields
