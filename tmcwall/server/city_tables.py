"""The tables of what is known of the city besides incidents: warnings, counts of traffic, positions of units."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tmcwall.server.tables import Base, UtcDateTime


class CapMessageRow(Base):
    """Which thread a CAP message belongs to: `thread` is the identifier of the first one of it."""

    __tablename__ = "cap_messages"

    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    sender: Mapped[str] = mapped_column(String(128), primary_key=True)
    identifier: Mapped[str] = mapped_column(String(128), primary_key=True)
    thread: Mapped[str] = mapped_column(String(128))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class WarningRow(Base):
    """A warning for an area as it was said last; `content` is an `AreaWarning` as JSON, empty where none ever came."""

    __tablename__ = "area_warnings"

    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    thread: Mapped[str] = mapped_column(String(128), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    body_sha256: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int] = mapped_column(BigInteger)
    """Rises with each message of the thread."""
    cancelled: Mapped[bool] = mapped_column(Boolean)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class CountRow(Base):
    """A `TrafficCount`, as it was sent last."""

    __tablename__ = "traffic_counts"

    place: Mapped[str] = mapped_column(String(128), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    period_min: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    vehicles: Mapped[int] = mapped_column(Integer)
    vc: Mapped[float | None] = mapped_column(Float(53))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[str] = mapped_column(String(64))
    """The source, or the officer who has imported it."""
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class UnitPositionRow(Base):
    """Where a unit was last."""

    __tablename__ = "unit_positions"

    unit: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    lat: Mapped[float] = mapped_column(Float(53))
    lon: Mapped[float] = mapped_column(Float(53))
    accuracy_m: Mapped[float | None] = mapped_column(Float(53))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    source: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(String(200))


class MappingRow(Base):
    """How the messages of a source become reports; `content` is JSON (`intake.mapping`)."""

    __tablename__ = "source_mappings"

    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(64))
