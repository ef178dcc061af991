"""The tables of shared camera logins. Nothing in them can be opened by the server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tmcwall.server.tables import Base, UtcDateTime


class CameraLoginRow(Base):
    """A `sync.camera_logins.SharedLogin`: the newest of that camera. `sealed` is empty where it was taken back."""

    __tablename__ = "camera_logins"

    camera: Mapped[str] = mapped_column(String(128), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    share: Mapped[str] = mapped_column(String(36), index=True)
    key_digest: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    place: Mapped[int] = mapped_column(BigInteger, index=True)


class LoginKeyRow(Base):
    """A `sync.camera_logins.KeyBox`, and whether its device has opened it."""

    __tablename__ = "camera_login_keys"
    __table_args__ = (Index("ix_camera_login_keys_device", "device", "place"),)

    share: Mapped[str] = mapped_column(String(36), primary_key=True)
    device: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64))
    box: Mapped[str] = mapped_column(String(160))
    sealed_by: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(128))
    place: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginPlaceRow(Base):
    """One row: the last place that was given. Its lock makes writers come one after the other."""

    __tablename__ = "camera_login_place"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger)
