"""The server's tables. Its own: what server and workstation share is `sync.protocol`."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite itself keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


WITHOUT_FIELDS = "{}"
"""The versions of an entity whose operations were all taken out of effect: nobody is shown it."""


class Base(DeclarativeBase):
    pass


class OrderRow(Base):
    """One row: the counter that gives every operation its place, locked by whoever adds one."""

    __tablename__ = "operation_order"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[UUID] = mapped_column(Uuid)
    last_sequence: Mapped[int] = mapped_column(BigInteger)


class UserRow(Base):
    __tablename__ = "users"

    nrp: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    role: Mapped[str] = mapped_column(String(32))
    rank: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    password_due: Mapped[bool] = mapped_column(Boolean, server_default=false())
    """The password is a one-time password: it opens nothing but the choice of another."""
    units: Mapped[str] = mapped_column(Text, server_default="[]")
    """JSON."""


class TokenRow(Base):
    """A token of one officer at one workstation. The token itself is nowhere here.

    The tokens of a session follow each other; each is good for minutes.
    """

    __tablename__ = "tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nrp: Mapped[str] = mapped_column(ForeignKey("users.nrp"), index=True)
    device: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its session was ended."""
    session: Mapped[str] = mapped_column(String(64), index=True)
    """The hash of the first token since the sign-in."""
    session_ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeviceRow(Base):
    __tablename__ = "devices"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_number: Mapped[int] = mapped_column(BigInteger)
    last_hash: Mapped[str] = mapped_column(String(64))
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OperationRow(Base):
    """An operation as it came. `message` is its JSON, kept as text so that its hash stays checkable.

    Nothing of it is altered but `fate` and `reason`, when it is taken out of effect (`WithdrawalRow`), and `message`,
    when it loses its values (`compaction`).
    """

    __tablename__ = "operations"
    __table_args__ = (
        UniqueConstraint("device", "number"),
        Index("ix_operations_entity", "entity", "entity_id"),
        # Those without effect are counted and listed often, and are few among very many.
        Index(
            "ix_operations_quarantined",
            "server_sequence",
            sqlite_where=text("fate = 'quarantined'"),
            postgresql_where=text("fate = 'quarantined'"),
        ),
    )

    server_sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    operation_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    device: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    entity: Mapped[str] = mapped_column(String(128))
    entity_id: Mapped[str] = mapped_column(String(128))
    revision: Mapped[int] = mapped_column(BigInteger)
    """The entity's, after it; 0 for one that never had an effect."""
    fate: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(128))
    message: Mapped[str] = mapped_column(Text)
    accepted_from: Mapped[str] = mapped_column(String(64))
    """The officer whose token brought it; the one who made it is the actor in `message`."""
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    compaction: Mapped[int | None] = mapped_column(Integer)
    """The number of the statement by which `message` is a `compaction.Skeleton`; None: it is whole."""


class WithdrawalRow(Base):
    """At this place in the order an operation was taken out of effect. Only added to."""

    __tablename__ = "withdrawals"

    server_sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    operation_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    revision: Mapped[int] = mapped_column(BigInteger)
    """The entity's, after it."""
    reason: Mapped[str] = mapped_column(String(256))
    withdrawn_by: Mapped[str] = mapped_column(String(128))
    withdrawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EntityRow(Base):
    """An entity as its operations made it. `versions` is JSON: per field the value, and who gave it when."""

    __tablename__ = "entities"
    __table_args__ = (Index("ix_entities_changed", "kind", "changed_sequence"),)

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    parent_id: Mapped[str] = mapped_column(String(128), index=True)
    """A clip's bookmark, a note's incident, a bookmark's case; else empty."""
    revision: Mapped[int] = mapped_column(BigInteger)
    versions: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_sequence: Mapped[int] = mapped_column(BigInteger)


class ConflictRow(Base):
    __tablename__ = "conflicts"
    __table_args__ = (Index("ix_conflicts_entity", "entity", "entity_id"),)

    id: Mapped[str] = mapped_column(String(256), primary_key=True)
    server_sequence: Mapped[int] = mapped_column(ForeignKey("operations.server_sequence"))
    entity: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str] = mapped_column(String(128))
    field: Mapped[str] = mapped_column(String(128))
    kept: Mapped[str] = mapped_column(Text)
    other: Mapped[str] = mapped_column(Text)


class WebhookSourceRow(Base):
    """A system that may report incidents. `sealed_secret` is encrypted under the server's key file."""

    __tablename__ = "webhook_sources"

    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The secret that counts."""
    former_secret: Mapped[str | None] = mapped_column(Text)
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until then the secret before it counts, too."""


class ReportRow(Base):
    """The newest accepted report of each outside incident: what the next one is compared with."""

    __tablename__ = "reports"

    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    body_sha256: Mapped[str] = mapped_column(String(64))
    incident_id: Mapped[str] = mapped_column(String(128))
    fields: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UploadRow(Base):
    """A clip's bytes on their way in, or complete."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    clip_id: Mapped[str] = mapped_column(String(128), unique=True)
    length: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TallyRow(Base):
    """How often something was tried, or how much was stored, across server processes; `server.shared` reads it."""

    __tablename__ = "tallies"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """From then on it counts no more."""


class LeaseRow(Base):
    """Which server process is writing an upload, until when unless it says so again."""

    __tablename__ = "upload_leases"

    upload_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[UUID] = mapped_column(Uuid)
    turn: Mapped[int] = mapped_column(BigInteger)
    """Rises with each holding: who held it the last time knows whether anybody did since."""
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeskReportRow(Base):
    """What a workstation last said of itself. `cameras` is JSON: how many are in which state."""

    __tablename__ = "desk_reports"

    device: Mapped[str] = mapped_column(String(64), primary_key=True)
    officer: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(64))
    pending: Mapped[int] = mapped_column(BigInteger)
    oldest_unsent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cameras: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OversightRow(Base):
    """Who watched which camera: a link of the chain of one workstation, as it came. Only added to, and kept a year."""

    __tablename__ = "oversight"
    __table_args__ = (
        Index("ix_oversight_at", "at"),
        Index("ix_oversight_officer", "officer", "at"),
        Index("ix_oversight_camera", "camera", "at"),
    )

    device: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    officer: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(32))
    camera: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(256))
    detail: Mapped[str] = mapped_column(String(256))
    link: Mapped[str] = mapped_column(String(16))
    """How it follows the row before it (`server.oversight.Link`)."""
    accepted_from: Mapped[str] = mapped_column(String(64))
    """The officer whose token brought it."""
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AuditRow(Base):
    """Who did what, when and from where. Only added to."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(String(256))
    address: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(64))


class CustodyHeadRow(Base):
    """How the chain of custody of a workstation stood when it was told. Only added to."""

    __tablename__ = "custody_heads"

    device: Mapped[str] = mapped_column(String(64), primary_key=True)
    rows: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    head: Mapped[str] = mapped_column(String(64))
    officer: Mapped[str] = mapped_column(String(64))
    """Whose token brought it."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
