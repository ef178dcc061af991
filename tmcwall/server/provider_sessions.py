"""Sessions that the identity provider has begun: it says when they end, too (OpenID Connect Back-Channel Logout)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tmcwall.server.identity_provider import Ended, Named
from tmcwall.server.sessions import end_session
from tmcwall.server.tables import Base, UtcDateTime

_KEPT: Final = timedelta(days=1)
"""Longer than any session lasts."""


class ProviderSessionRow(Base):
    """Of whom, and in which session at the provider, ours began. Names of the provider: they are no NRP."""

    __tablename__ = "provider_sessions"

    session: Mapped[str] = mapped_column(String(64), primary_key=True)
    subject: Mapped[str] = mapped_column(String(256), index=True)
    provider_session: Mapped[str] = mapped_column(String(256), index=True)
    """Empty where the provider names none."""
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)


def keep_provider_session(session: Session, session_id: str, named: Named, *, now: datetime) -> None:
    session.execute(delete(ProviderSessionRow).where(ProviderSessionRow.began_at < now - _KEPT))
    session.add(
        ProviderSessionRow(
            session=session_id, subject=named.subject, provider_session=named.provider_session, began_at=now
        )
    )


def end_provider_sessions(session: Session, ended: Ended, *, now: datetime) -> int:
    """How many of ours there were. Those that began after the provider's word go on: it may come late."""
    of_session = ProviderSessionRow.provider_session == ended.provider_session
    of_subject = ProviderSessionRow.subject == ended.subject
    wanted = select(ProviderSessionRow).where(of_session if ended.provider_session else of_subject)
    rows = session.scalars(wanted.where(ProviderSessionRow.began_at <= ended.at)).all()
    for row in rows:
        end_session(session, row.session, now=now)
        session.delete(row)
    return len(rows)
