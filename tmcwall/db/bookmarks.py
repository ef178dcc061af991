"""Bookmarks with their clips and cases. They are written with `operations.change`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, Select, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from tmcwall.db import tables
from tmcwall.db.rows import value_from_row
from tmcwall.db.search import contains
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.case import Case, normalise_lp
from tmcwall.domain.operation import Entity

_bookmarks = tables.bookmarks
_clips = tables.clips
_cases = tables.cases
_uploads = tables.clip_uploads
_operations = tables.operations

_UNFINISHED = (ClipState.WAITING.value, ClipState.CUTTING.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """A bookmark with what belongs to it."""

    bookmark: Bookmark
    clip: Clip | None = None
    case: Case | None = None


def get(session: Session, bookmark_id: str) -> Bookmark | None:
    row = session.execute(select(_bookmarks).where(_bookmarks.c.id == bookmark_id)).mappings().first()
    return None if row is None else value_from_row(row, Bookmark, _bookmarks)


def recent(session: Session, *, limit: int) -> tuple[Entry, ...]:
    """Newest first."""
    return _entries(session, None, limit=limit)


def find(session: Session, text: str, *, limit: int) -> tuple[Entry, ...]:
    """Bookmarks with the text in LP number, camera id or name, or note; newest first."""
    words = text.strip()
    hit = or_(
        contains(_cases.c.lp_normalised, normalise_lp(words)),
        contains(_cases.c.lp, words),
        contains(_bookmarks.c.camera_id, words),
        contains(_bookmarks.c.camera_name, words),
        contains(_bookmarks.c.note, words),
    )
    return _entries(session, hit, limit=limit)


def of_ids(session: Session, bookmark_ids: Sequence[str]) -> tuple[Entry, ...]:
    """Those that are here, newest first; at most as many as SQLite takes in one query (999)."""
    return _entries(session, _bookmarks.c.id.in_(bookmark_ids), limit=None)


def of_case(session: Session, case_id: str) -> tuple[Entry, ...]:
    """Every bookmark that is tagged to a case, oldest footage first."""
    found = _entries(session, _bookmarks.c.case_id == case_id, limit=None)
    return tuple(sorted(found, key=lambda one: (one.bookmark.starts_at, one.bookmark.id)))


def of_incident(session: Session, incident_id: str) -> tuple[Entry, ...]:
    """Every bookmark that was made for an incident, newest first."""
    return _entries(session, _bookmarks.c.incident_id == incident_id, limit=None)


def of_camera(session: Session, camera_id: str) -> tuple[Entry, ...]:
    """Every bookmark of a camera's footage, newest first."""
    return _entries(session, _bookmarks.c.camera_id == camera_id, limit=None)


def of_camera_between(session: Session, camera_id: str, *, since: datetime, until: datetime) -> tuple[Entry, ...]:
    """Bookmarks of a camera's footage that touch a range, newest first."""
    touches = (_bookmarks.c.starts_at <= until) & (_bookmarks.c.ends_at >= since)
    return _entries(session, (_bookmarks.c.camera_id == camera_id) & touches, limit=None)


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a case: its bookmarks, and how many of their clips are ready, here or elsewhere."""

    bookmarks: int = 0
    ready: int = 0


def counts_by_case(session: Session) -> Mapping[str, Counts]:
    """By the case's id; a case without bookmarks is not in it."""
    ready = select(_clips.c.bookmark_id).where(_clips.c.state == ClipState.READY.value).distinct().subquery()
    statement = (
        select(_bookmarks.c.case_id, func.count(), func.count(ready.c.bookmark_id))
        .select_from(_bookmarks.outerjoin(ready, ready.c.bookmark_id == _bookmarks.c.id))
        .where(_bookmarks.c.case_id.is_not(None))
        .group_by(_bookmarks.c.case_id)
    )
    return {case_id: Counts(count, done) for case_id, count, done in session.execute(statement)}


def unfinished(session: Session) -> tuple[Entry, ...]:
    """Bookmarks made here whose clip is still to be cut, the oldest end first."""
    own = _clips.c.id.in_(_own_clips())
    found = _entries(session, _clips.c.state.in_(_UNFINISHED) & own, limit=None)
    return tuple(sorted(found, key=lambda one: one.bookmark.ends_at))


def clips_to_upload(session: Session, limit: int | None = None) -> tuple[Clip, ...]:
    """Clips cut here whose bytes the server lacks, oldest first."""
    statement = (
        select(_clips)
        .where(_clips.c.state == ClipState.READY.value, _clips.c.id.in_(_own_clips()))
        .where(_clips.c.id.not_in(select(_uploads.c.clip_id)))
        .order_by(_clips.c.id)
        .limit(limit)
    )
    return tuple(value_from_row(row, Clip, _clips) for row in session.execute(statement).mappings())


def clip_uploaded(session: Session, clip_id: str, *, at: datetime) -> None:
    columns = {"uploaded_at": at, "refused_because": None}
    statement = insert(_uploads).values(clip_id=clip_id, **columns)
    session.execute(statement.on_conflict_do_update(index_elements=["clip_id"], set_=columns))


def clips_wanted(session: Session, clip_ids: Sequence[str]) -> None:
    """The server has lost the bytes of these; whatever could not go up at all stays as it is."""
    session.execute(delete(_uploads).where(_uploads.c.clip_id.in_(clip_ids), _uploads.c.uploaded_at.is_not(None)))


def clip_refused(session: Session, clip_id: str, reason: str) -> None:
    """Its bytes cannot go up; it is not offered again until `offer_refused_clips`."""
    statement = insert(_uploads).values(clip_id=clip_id, refused_because=reason)
    session.execute(statement.on_conflict_do_update(index_elements=["clip_id"], set_={"refused_because": reason}))


def offer_refused_clips(session: Session) -> None:
    """At the start of the program: what could not go up may be tried again."""
    session.execute(delete(_uploads).where(_uploads.c.uploaded_at.is_(None)))


def _own_clips() -> Select[tuple[str]]:
    made_here = (_operations.c.entity == Entity.CLIP.value) & _operations.c.own
    return select(_operations.c.entity_id).where(made_here)


def _entries(session: Session, condition: ColumnElement[bool] | None, *, limit: int | None) -> tuple[Entry, ...]:
    clip = _clips.alias()
    newest_clip = (
        select(clip.c.id)
        .where(clip.c.bookmark_id == _bookmarks.c.id)
        .order_by(clip.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    joined = _bookmarks.outerjoin(_clips, _clips.c.id == newest_clip).outerjoin(
        _cases, _cases.c.id == _bookmarks.c.case_id
    )
    statement = (
        select(*_bookmarks.c, *_clips.c, *_cases.c)
        .select_from(joined)
        .order_by(_bookmarks.c.marked_at.desc(), _bookmarks.c.id.desc())
        .limit(limit)
    )
    if condition is not None:
        statement = statement.where(condition)
    return tuple(_entry(row) for row in session.execute(statement).mappings())


def _entry(row: RowMapping) -> Entry:
    return Entry(
        value_from_row(row, Bookmark, _bookmarks),
        None if row[_clips.c.id] is None else value_from_row(row, Clip, _clips),
        None if row[_cases.c.id] is None else value_from_row(row, Case, _cases),
    )
