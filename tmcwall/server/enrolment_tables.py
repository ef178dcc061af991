"""The tables of enrolled devices."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from tmcwall.server.tables import Base, UtcDateTime


class DeviceKeyRow(Base):
    """A `sync.register.DeviceKey`: a key of a device, and which of its operations it signs. Rows are never removed.

    `signature` is the server's over device, name, key and numbers, given when they were written: whoever alters the
    database cannot make it.
    """

    __tablename__ = "device_keys"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    device: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(64), index=True)
    public_key: Mapped[str] = mapped_column(String(64))
    """Empty for operations from before devices were enrolled."""
    first_number: Mapped[int] = mapped_column(BigInteger)
    last_number: Mapped[int | None] = mapped_column(BigInteger)
    signature: Mapped[str] = mapped_column(String(128))
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    enrolled_by: Mapped[str] = mapped_column(String(128))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str] = mapped_column(String(128))
    revoked_because: Mapped[str] = mapped_column(String(256))
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EnrolmentCodeRow(Base):
    """A one-time code. The code itself is nowhere here."""

    __tablename__ = "enrolment_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    replaces: Mapped[str] = mapped_column(String(64))
    """The desk whose key ends when the code is used; empty: none."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(128))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_key: Mapped[int | None] = mapped_column(ForeignKey("device_keys.id"))


class UsedChallengeRow(Base):
    """A sign-in's challenge that was answered: it counts no more. Kept as long as it would be fresh."""

    __tablename__ = "used_challenges"

    challenge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
