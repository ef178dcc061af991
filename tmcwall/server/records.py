"""Routes: what the server has, for review: bookmarks, incidents, cases, conflicts, quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.operation import Entity
from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction
from tmcwall.server.blobs import BlobStore
from tmcwall.server.context import Context, Viewer
from tmcwall.server.order import message_of, state_of, version_of
from tmcwall.server.quarantine import NEWEST, ROWS_AT_ONCE, quarantined_operations
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import WITHOUT_FIELDS, ConflictRow, EntityRow, UploadRow
from tmcwall.server.uploads import is_complete
from tmcwall.sync.protocol import (
    BookmarkReply,
    ClipReply,
    ConflictReply,
    EntityPage,
    EntityReply,
    Fate,
    OperationFate,
    OperationMessage,
    RefusalCode,
)

log = get_logger(__name__)

router = APIRouter()

R = TypeVar("R")
T = TypeVar("T")

Before = Annotated[int, Query(ge=0, lt=2**63)]
Limit = Annotated[int, Query(ge=1, le=200)]
Parent = Annotated[str, Query(max_length=128)]
LARGEST_REPLY_BYTES: Final = 8 << 20
"""About: of what the rows hold. One row is always given."""


class QuarantinedReply(OperationFate):
    """An operation without effect, with what it wanted, so that nothing vanishes.

    None for one that an earlier version took and nobody can read: its text stays in the database.
    """

    operation: OperationMessage | None


@router.get("/bookmarks")
def bookmarks(
    request: Request, context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100, case_id: Parent = ""
) -> EntityPage:
    context.note(AuditAction.READ_BOOKMARKS, request, actor=asker.officer.nrp, about=case_id)
    with context.database.read() as session:
        return _page(session, Entity.BOOKMARK, before, limit, parent=case_id)


@router.get("/bookmarks/{bookmark_id}")
def bookmark(request: Request, context: Context, asker: Viewer, bookmark_id: str) -> BookmarkReply:
    """A bookmark with its clips and what officers disagree on."""
    context.note(AuditAction.READ_BOOKMARKS, request, actor=asker.officer.nrp, about=f"bookmark/{bookmark_id}")
    with context.database.read() as session:
        row = session.get(EntityRow, (Entity.BOOKMARK.value, bookmark_id))
        if row is None or row.versions == WITHOUT_FIELDS:
            raise RequestRefused(RefusalCode.NOT_FOUND)
        clips = session.scalars(
            select(EntityRow).where(EntityRow.kind == Entity.CLIP.value, EntityRow.parent_id == bookmark_id)
        ).all()
        conflicts = session.scalars(
            select(ConflictRow)
            .where(ConflictRow.entity == Entity.BOOKMARK.value, ConflictRow.entity_id == bookmark_id)
            .order_by(ConflictRow.server_sequence)
        ).all()
        return BookmarkReply(
            **_reply(row).model_dump(),
            clips=_readable(clips, partial(_clip, session, blobs=context.blobs)),
            conflicts=_readable(conflicts, _conflict),
        )


@router.get("/incidents")
def incidents(
    request: Request, context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100
) -> EntityPage:
    context.note(AuditAction.READ_INCIDENTS, request, actor=asker.officer.nrp)
    with context.database.read() as session:
        return _page(session, Entity.INCIDENT, before, limit)


@router.get("/cases")
def cases(request: Request, context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100) -> EntityPage:
    context.note(AuditAction.READ_CASES, request, actor=asker.officer.nrp)
    with context.database.read() as session:
        return _page(session, Entity.CASE, before, limit)


@router.get("/conflicts")
def conflicts(context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100) -> list[ConflictReply]:
    """Newest first, before that place in the server's order."""
    del asker  # any officer who may view
    with context.database.read() as session:
        rows = session.scalars(
            select(ConflictRow)
            .where(ConflictRow.server_sequence < before)
            .order_by(ConflictRow.server_sequence.desc(), ConflictRow.field)
            .limit(limit)
        )
        return list(_readable(rows, _conflict))


@router.get("/quarantine")
def quarantine(context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100) -> list[QuarantinedReply]:
    """Newest first, before that place in the server's order; large ones are fewer than asked for."""
    del asker  # any officer who may view
    with context.database.read() as session:
        found = quarantined_operations(session, before=before, limit=limit)
        taken, _ = _within_reply(found, lambda row: len(row.message))
        return [
            QuarantinedReply(
                id=row.operation_id,
                number=row.number,
                fate=Fate.QUARANTINED,
                server_sequence=row.server_sequence,
                reason=row.reason,
                operation=message_of(row),
            )
            for row in taken
        ]


def _page(session: Session, kind: Entity, before: int, limit: int, *, parent: str = "") -> EntityPage:
    wanted = select(EntityRow).where(
        EntityRow.kind == kind.value, EntityRow.changed_sequence < before, EntityRow.versions != WITHOUT_FIELDS
    )
    if parent:
        wanted = wanted.where(EntityRow.parent_id == parent)
    wanted = wanted.order_by(EntityRow.changed_sequence.desc()).limit(limit)
    found = session.scalars(wanted.execution_options(yield_per=ROWS_AT_ONCE))
    rows, cut = _within_reply(found, lambda row: len(row.versions))
    return EntityPage(
        items=_readable(rows, _reply),
        next=rows[-1].changed_sequence if cut or len(rows) == limit else None,
    )


def _readable(rows: Iterable[R], reply_of: Callable[[R], T]) -> tuple[T, ...]:
    """Without those that nobody can read, as an earlier version may have taken them."""
    replies = []
    for row in rows:
        try:
            replies.append(reply_of(row))
        except ValueError:
            log.exception("record_unreadable")
    return tuple(replies)


def _within_reply(rows: Iterable[R], size_of: Callable[[R], int]) -> tuple[list[R], bool]:
    """As many as one reply may hold, one at least; and whether there were more."""
    taken: list[R] = []
    size = 0
    for row in rows:
        size += size_of(row)
        if taken and size > LARGEST_REPLY_BYTES:
            return taken, True
        taken.append(row)
    return taken, False


def _reply(row: EntityRow) -> EntityReply:
    return EntityReply(
        kind=row.kind,
        id=row.id,
        revision=row.revision,
        changed_at=row.changed_at,
        fields=state_of(row).fields,
    )


def _clip(session: Session, row: EntityRow, blobs: BlobStore) -> ClipReply:
    upload = session.scalar(select(UploadRow).where(UploadRow.clip_id == row.id))
    return ClipReply(**_reply(row).model_dump(), uploaded=upload is not None and is_complete(upload, blobs))


def _conflict(row: ConflictRow) -> ConflictReply:
    kept, other = version_of(row.kept), version_of(row.other)
    return ConflictReply(
        entity=row.entity,
        entity_id=row.entity_id,
        field=row.field,
        server_sequence=row.server_sequence,
        kept_value=kept.value,
        kept_actor=kept.actor,
        other_value=other.value,
        other_actor=other.actor,
        other_made_at=other.made_at,
    )
