"""The audit log: rows are added, and nothing in the server alters or removes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from tmcwall.server.bulk import BulkInsert
from tmcwall.server.tables import AuditRow, Base

_AUDIT = Base.metadata.tables[AuditRow.__tablename__]
ADD_AUDIT = BulkInsert(_AUDIT, [name for name in _AUDIT.columns.keys() if name != "id"])  # noqa: SIM118 - as SQLAlchemy names them


class AuditAction(StrEnum):
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    ACCESS = "access"
    PUSH = "push"
    PULL = "pull"
    QUARANTINED = "quarantined"
    CONFLICT = "conflict"
    WEBHOOK = "webhook"
    READ_CASES = "read_cases"
    READ_BOOKMARKS = "read_bookmarks"
    READ_INCIDENTS = "read_incidents"
    CLIP_UPLOADED = "clip_uploaded"
    CLIP_READ = "clip_read"
    USER_ADDED = "user_added"
    USER_DISABLED = "user_disabled"
    USER_ENABLED = "user_enabled"
    USER_ROLE_CHANGED = "user_role_changed"
    CASE_UNIT_CHANGED = "case_unit_changed"
    USER_UNITS_CHANGED = "user_units_changed"
    USER_PASSWORD_CHANGED = "user_password_changed"  # noqa: S105 - a word, not a secret
    EPOCH_BEGUN = "epoch_begun"
    WEBHOOK_ADDED = "webhook_added"
    WEBHOOK_ROTATED = "webhook_rotated"
    WEBHOOK_MAPPED = "webhook_mapped"
    OPERATION_WITHDRAWN = "operation_withdrawn"
    OPERATION_ACCEPTED = "operation_accepted"
    OPERATION_DROPPED = "operation_dropped"
    KEY_RENEWED = "key_renewed"
    CLIPS_CHECKED = "clips_checked"
    COMPACTED = "compacted"
    BACKED_UP = "backed_up"
    OVERSIGHT = "oversight"
    """Rows of oversight that do not follow each other, or differ from those that are here."""
    READ_OVERSIGHT = "read_oversight"
    PACKAGE_COUNTER_SIGNED = "package_counter_signed"
    CUSTODY = "custody"
    """A chain of custody that is shorter than it was, or another."""
    ORDER_DIFFERS = "order_differs"
    ENROLMENT_CODE_MADE = "enrolment_code_made"
    DEVICE_ENROLLED = "device_enrolled"
    DEVICE_REVOKED = "device_revoked"
    READ_REPORTER = "read_reporter"
    REPORTER_ERASED = "reporter_erased"
    CAMERA_LOGINS_SHARED = "camera_logins_shared"
    CAMERA_LOGINS_SEALED = "camera_logins_sealed"
    """By a workstation that has them, for others that are enrolled."""
    CAMERA_LOGINS_TAKEN = "camera_logins_taken"
    CAMERA_LOGINS_ENDED = "camera_logins_ended"


def audit(
    session: Session,
    action: AuditAction,
    *,
    at: datetime,
    actor: str,
    about: str = "",
    address: str = "",
    outcome: str = "ok",
) -> None:
    """`actor` is who asked, as far as that is proven. Control characters cannot enter a line of the log."""
    row = audit_row(action, at=at, actor=actor, about=about, address=address, outcome=outcome)
    # As a list of one: else the database is asked for the number that it gave.
    session.connection().execute(_AUDIT.insert(), [row])


def audit_row(
    action: AuditAction, *, at: datetime, actor: str, about: str, address: str, outcome: str
) -> Mapping[str, object]:
    """As `audit` writes it, for `ADD_AUDIT`."""
    return {
        "at": at,
        "actor": _line(actor)[:128],
        "action": action.value,
        "about": _line(about)[:256],
        "address": _line(address)[:64],
        "outcome": _line(outcome)[:64],
    }


def _line(text: str) -> str:
    return "".join(character if character.isprintable() else "�" for character in text)
