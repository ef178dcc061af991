"""Which clips may go by age: what no case needs, or what a supervisor has let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Join, and_, literal, or_, select
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.custody import CustodyAction

_bookmarks = tables.bookmarks
_clips = tables.clips
_incidents = tables.incidents
_uploads = tables.clip_uploads
_custody = tables.custody


@dataclass(frozen=True, slots=True)
class ExpiredClip:
    """`path` is relative to the clips folder, `recorded_at` the start of the asked range."""

    id: str
    path: str
    camera_id: str
    recorded_at: datetime
    size_bytes: int
    sha256: str


def expired(session: Session, *, before: datetime, uploaded_only: bool, limit: int) -> tuple[ExpiredClip, ...]:
    """Clips whose footage ended before that moment, may go, and were not yet let go; oldest first.

    `uploaded_only`: without those whose bytes the server does not have.
    """
    statement = (
        select(
            _clips.c.id,
            _clips.c.path,
            _bookmarks.c.camera_id,
            _bookmarks.c.starts_at,
            _clips.c.size_bytes,
            _clips.c.sha256,
        )
        .select_from(_joined())
        .where(_may_go(), _bookmarks.c.ends_at < before, _clips.c.state == ClipState.READY.value)
        .where(
            ~select(_custody.c.seq)
            .where(_custody.c.object == literal("clip/") + _clips.c.id)
            .where(_custody.c.action == CustodyAction.CLIP_EXPIRED.value)
            .exists()
        )
        .order_by(_bookmarks.c.ends_at, _clips.c.id)
        .limit(limit)
    )
    if uploaded_only:
        has = select(_uploads.c.clip_id).where(_uploads.c.uploaded_at.is_not(None))
        statement = statement.where(_clips.c.id.in_(has))
    return tuple(ExpiredClip(*row) for row in session.execute(statement))


def may_go(session: Session, clip_ids: Sequence[str]) -> frozenset[str]:
    """Those of them that no case needs at this moment."""
    statement = select(_clips.c.id).select_from(_joined()).where(_may_go(), _clips.c.id.in_(clip_ids))
    return frozenset(session.scalars(statement))


def let_go(session: Session) -> tuple[tuple[str, str], ...]:
    """Ids and paths of all clips that custody says have been let go, and that may still."""
    said = select(_custody.c.object).where(_custody.c.action == CustodyAction.CLIP_EXPIRED.value)
    statement = (
        select(_clips.c.id, _clips.c.path)
        .select_from(_joined())
        .where(_may_go(), (literal("clip/") + _clips.c.id).in_(said))
    )
    return tuple((clip, path) for clip, path in session.execute(statement))


def _joined() -> Join:
    return _clips.join(_bookmarks, _bookmarks.c.id == _clips.c.bookmark_id).outerjoin(
        _incidents, _incidents.c.id == _bookmarks.c.incident_id
    )


def _may_go() -> ColumnElement[bool]:
    """In no case, neither itself nor by its incident; or not held any more."""
    in_no_case = and_(_bookmarks.c.case_id.is_(None), _incidents.c.case_id.is_(None))
    return or_(in_no_case, _bookmarks.c.held.is_(False))
