"""Annotations of footage, by the bookmark whose footage it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.annotation import Annotation, check_annotation
from tmcwall.domain.fault import DomainCode, DomainError

_table = tables.footage_annotations


def of_bookmarks(session: Session, bookmark_ids: Sequence[str]) -> tuple[Annotation, ...]:
    """Those that are shown, by the time in the footage."""
    wanted = select(_table).where(_table.c.bookmark_id.in_(bookmark_ids), ~_table.c.removed)
    found = session.execute(wanted.order_by(_table.c.starts_at, _table.c.id))
    return tuple(value_from_row(row, Annotation, _table) for row in found.mappings())


def ids_of(session: Session, bookmark_id: str) -> tuple[str, ...]:
    """Of all that were ever made, removed ones too: custody has rows of them."""
    return tuple(session.scalars(select(_table.c.id).where(_table.c.bookmark_id == bookmark_id)))


def add(session: Session, annotation: Annotation, *, actor: str, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED, FIELD_MISSING, FIELD_INVALID, RANGE_EMPTY)."""
    check_annotation(annotation)
    operations.change(session, annotation, actor=actor, at=at)


def alter(session: Session, annotation: Annotation, *, actor: str, at: datetime) -> None:
    """Its place, its time or its words. Raises as `add`; NOT_ALLOWED to whoever has not made it, NOT_FOUND."""
    before = _own(session, annotation.id, actor)
    altered = replace(
        annotation, bookmark_id=before.bookmark_id, made_by=before.made_by, made_at=before.made_at, altered_at=at
    )
    check_annotation(altered)
    operations.change(session, altered, actor=actor, at=at)


def remove(session: Session, annotation_id: str, *, actor: str, at: datetime) -> None:
    """It is marked, and shown nowhere any more. Raises DomainError(NOT_ALLOWED, NOT_FOUND) as `alter`."""
    own = _own(session, annotation_id, actor)
    operations.change(session, replace(own, removed=True, altered_at=at), actor=actor, at=at)


def _own(session: Session, annotation_id: str, actor: str) -> Annotation:
    row = session.execute(select(_table).where(_table.c.id == annotation_id, ~_table.c.removed)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, f"annotation {annotation_id}")
    found = value_from_row(row, Annotation, _table)
    if found.made_by != actor:
        raise DomainError(DomainCode.NOT_ALLOWED, f"annotation of {found.made_by}")
    return found
