"""What CAP messages make of incidents and warnings: messages that refer to each other are one thread."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tmcwall.domain.area_warning import AreaWarning
from tmcwall.domain.incident import Source
from tmcwall.intake.cap import CapAlert
from tmcwall.intake.cap_incident import report_of, sequence_of
from tmcwall.intake.webhook import MessageType, Report
from tmcwall.server.city_tables import CapMessageRow, WarningRow
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import RefusalCode

_WARNING_SOURCES: Final = frozenset({Source.BMKG})


class WarningOutcome(StrEnum):
    WARNED = "warned"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REPEATED = "repeated"


def gives_warnings(source: Source) -> bool:
    """Whether what it alerts to is a warning for an area, and no incident."""
    return source in _WARNING_SOURCES


def report_in_thread(session: Session, source: Source, alert: CapAlert) -> Report:
    """The report of the incident that the first message of its thread has opened. Raises WebhookError."""
    return report_of(alert, source, external_id=_thread(session, source, alert))


def take_warning(session: Session, source: Source, alert: CapAlert, body: bytes, *, now: datetime) -> WarningOutcome:
    """Once per message. Raises RequestRefused(SEQUENCE_OLD) if a newer one is here, and WebhookError.

    A cancellation without an area ends what is here; one whose warning never came leaves a row, so that a warning
    that comes after it does not come to life.
    """
    thread = _thread(session, source, alert)
    body_sha256, sequence = hashlib.sha256(body).hexdigest(), sequence_of(alert)
    row = session.get(WarningRow, (source.value, thread))
    if row is not None and row.sequence == sequence and row.body_sha256 == body_sha256:
        return WarningOutcome.REPEATED
    if row is not None and sequence <= row.sequence:
        raise RequestRefused(RefusalCode.SEQUENCE_OLD)
    cancelled = alert.kind is MessageType.CANCEL
    warning = None if cancelled and alert.info is None else alert.warning()
    expires_at = now if warning is None else warning.expires_at
    content = "" if warning is None else msgspec.json.encode(warning).decode()
    if row is None:
        row = WarningRow(
            source=source.value, thread=thread, content=content, body_sha256=body_sha256, sequence=sequence,
            cancelled=cancelled, expires_at=expires_at,
        )  # fmt: skip
        session.add(row)
        return WarningOutcome.CANCELLED if cancelled else WarningOutcome.WARNED
    row.body_sha256, row.sequence, row.cancelled = body_sha256, sequence, cancelled
    if warning is not None:
        row.content, row.expires_at = content, expires_at
    return WarningOutcome.CANCELLED if cancelled else WarningOutcome.CHANGED


def warnings_not_over(session: Session, *, now: datetime) -> tuple[AreaWarning, ...]:
    """Those that hold, and those that will."""
    rows = session.scalars(
        select(WarningRow)
        .where(WarningRow.expires_at > now, WarningRow.cancelled.is_(False))
        .order_by(WarningRow.expires_at, WarningRow.source, WarningRow.thread)
    )
    return tuple(msgspec.json.decode(row.content, type=AreaWarning) for row in rows)


def forget_old(session: Session, *, before: datetime) -> None:
    """Messages and warnings to which nobody refers any more."""
    session.execute(delete(WarningRow).where(WarningRow.expires_at < before))
    session.execute(delete(CapMessageRow).where(CapMessageRow.sent_at < before))


def _thread(session: Session, source: Source, alert: CapAlert) -> str:
    """The identifier of the first message: what the references lead to, else the first of them."""
    own = session.get(CapMessageRow, (source.value, alert.sender, alert.identifier))
    if own is not None:
        return own.thread
    thread = alert.identifier
    if alert.kind is not MessageType.ALERT:
        earliest = min(alert.references, key=lambda one: one.sent_at)
        found = (
            session.get(CapMessageRow, (source.value, reference.sender, reference.identifier))
            for reference in alert.references
        )
        thread = next((row.thread for row in found if row is not None), earliest.identifier)
    session.add(
        CapMessageRow(
            source=source.value, sender=alert.sender, identifier=alert.identifier, thread=thread, sent_at=alert.sent_at
        )
    )
    return thread
