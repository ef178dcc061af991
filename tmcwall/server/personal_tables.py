"""The tables of what operations hold commitments to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tmcwall.server.tables import Base, UtcDateTime


class PersonalValueRow(Base):
    """A reporter's name or number, and the salt by which it gives its commitment."""

    __tablename__ = "personal_values"
    __table_args__ = (Index("ix_personal_values_entity", "entity", "entity_id"),)

    commitment: Mapped[str] = mapped_column(String(80), primary_key=True)
    entity: Mapped[str] = mapped_column(String(64))
    entity_id: Mapped[str] = mapped_column(String(128))
    field: Mapped[str] = mapped_column(String(128))
    salt: Mapped[str] = mapped_column(String(32))
    value: Mapped[str] = mapped_column(String(1000))
    device: Mapped[str] = mapped_column(String(64))
    sent_by: Mapped[str] = mapped_column(String(128))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ErasureRow(Base):
    """Whose persons' data were erased on request. Rows are never removed: nothing is taken of these any more."""

    __tablename__ = "personal_erasures"
    __table_args__ = (Index("ix_personal_erasures_entity", "entity", "entity_id", unique=True),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    entity: Mapped[str] = mapped_column(String(64))
    entity_id: Mapped[str] = mapped_column(String(128))
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_by: Mapped[str] = mapped_column(String(128))
    reason: Mapped[str] = mapped_column(String(256))
