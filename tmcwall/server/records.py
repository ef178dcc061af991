"""Routes: what the server has, for review: bookmarks, incidents, cases, conflicts, quarantine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.commitment import is_commitment
from tmcwall.domain.kinds import withheld_fields
from tmcwall.domain.officer import Action, Officer, can
from tmcwall.domain.operation import Entity
from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction
from tmcwall.server.blobs import BlobStore
from tmcwall.server.context import Context, Viewer, demand_unit
from tmcwall.server.order import message_of, state_of, version_of
from tmcwall.server.quarantine import NEWEST, ROWS_AT_ONCE, quarantined_operations
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity, Units
from tmcwall.server.tables import WITHOUT_FIELDS, ConflictRow, EntityRow, OperationRow, UploadRow
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
_KINDS: Final = frozenset(entity.value for entity in Entity)
LARGEST_REPLY_BYTES: Final = 8 << 20
"""About: of what the rows hold. One row is always given."""


class QuarantinedReply(OperationFate):
    """An operation without effect, with what it wanted, so that nothing vanishes.

    None for one that an earlier version took and nobody can read: its text stays in the database.
    """

    operation: OperationMessage | None
    withheld: tuple[str, ...] = ()
    """Fields of the operation that are not for whoever asks, so that its hash is another here."""


@router.get("/bookmarks")
def bookmarks(
    request: Request, context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100, case_id: Parent = ""
) -> EntityPage:
    context.note(AuditAction.READ_BOOKMARKS, request, actor=asker.officer.nrp, about=case_id)
    with context.database.read() as session:
        return _page(session, asker, Entity.BOOKMARK, before, limit, parent=case_id)


@router.get("/bookmarks/{bookmark_id}")
def bookmark(request: Request, context: Context, asker: Viewer, bookmark_id: str) -> BookmarkReply:
    """A bookmark with its clips and what officers disagree on."""
    context.note(AuditAction.READ_BOOKMARKS, request, actor=asker.officer.nrp, about=f"bookmark/{bookmark_id}")
    with context.database.read() as session:
        row = session.get(EntityRow, (Entity.BOOKMARK.value, bookmark_id))
        if row is None or row.versions == WITHOUT_FIELDS:
            raise RequestRefused(RefusalCode.NOT_FOUND)
        demand_unit(context, request, asker, unit=Units(session).of_row(row))
        shown = _Shown(session, asker.officer)
        clips = session.scalars(
            select(EntityRow).where(EntityRow.kind == Entity.CLIP.value, EntityRow.parent_id == bookmark_id)
        ).all()
        conflicts = session.scalars(
            select(ConflictRow)
            .where(ConflictRow.entity == Entity.BOOKMARK.value, ConflictRow.entity_id == bookmark_id)
            .order_by(ConflictRow.server_sequence)
        ).all()
        return BookmarkReply(
            **shown.reply(row).model_dump(),
            clips=_readable(clips, partial(_clip, session, shown, blobs=context.blobs)),
            conflicts=_readable(conflicts, shown.conflict),
        )


@router.get("/incidents")
def incidents(
    request: Request, context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100
) -> EntityPage:
    context.note(AuditAction.READ_INCIDENTS, request, actor=asker.officer.nrp)
    with context.database.read() as session:
        return _page(session, asker, Entity.INCIDENT, before, limit)


@router.get("/cases")
def cases(request: Request, context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100) -> EntityPage:
    context.note(AuditAction.READ_CASES, request, actor=asker.officer.nrp)
    with context.database.read() as session:
        return _page(session, asker, Entity.CASE, before, limit)


@router.get("/conflicts")
def conflicts(context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100) -> list[ConflictReply]:
    """Newest first, before that place in the server's order; those of other units are left out."""
    with context.database.read() as session:
        shown = _Shown(session, asker.officer)
        rows = session.scalars(
            select(ConflictRow)
            .where(ConflictRow.server_sequence < before)
            .order_by(ConflictRow.server_sequence.desc(), ConflictRow.field)
            .limit(limit)
        )
        return list(_readable((row for row in rows if shown.may(row.entity, row.entity_id)), shown.conflict))


@router.get("/quarantine")
def quarantine(context: Context, asker: Viewer, before: Before = NEWEST, limit: Limit = 100) -> list[QuarantinedReply]:
    """Newest first, before that place in the server's order; large ones are fewer than asked for.

    Those of other units are left out.
    """
    with context.database.read() as session:
        shown = _Shown(session, asker.officer)
        found = quarantined_operations(session, before=before, limit=limit)
        taken, _ = _within_reply(found, lambda row: len(row.message))
        return [
            QuarantinedReply(
                id=row.operation_id,
                number=row.number,
                fate=Fate.QUARANTINED,
                server_sequence=row.server_sequence,
                reason=row.reason,
                operation=message,
                withheld=withheld,
            )
            for row in taken
            if shown.may(row.entity, row.entity_id)
            for message, withheld in [shown.message(row)]
        ]


def _page(session: Session, asker: Identity, kind: Entity, before: int, limit: int, *, parent: str = "") -> EntityPage:
    """Without what belongs to other units: a page may have fewer rows than asked for, and `next` all the same."""
    wanted = select(EntityRow).where(
        EntityRow.kind == kind.value, EntityRow.changed_sequence < before, EntityRow.versions != WITHOUT_FIELDS
    )
    if parent:
        wanted = wanted.where(EntityRow.parent_id == parent)
    wanted = wanted.order_by(EntityRow.changed_sequence.desc()).limit(limit)
    found = session.scalars(wanted.execution_options(yield_per=ROWS_AT_ONCE))
    rows, cut = _within_reply(found, lambda row: len(row.versions))
    shown = _Shown(session, asker.officer)
    return EntityPage(
        items=_readable((row for row in rows if shown.may_row(row)), shown.reply),
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


class _Shown:
    """What one officer is shown of what the rows hold."""

    def __init__(self, session: Session, officer: Officer) -> None:
        self._officer = officer
        self._units = Units(session)

    def may(self, kind: str, entity_id: str) -> bool:
        """Whether anything of it is: a kind that is not known here belongs to no unit."""
        unit = self._units.of(Entity(kind), entity_id) if kind in _KINDS else ""
        return can(self._officer, Action.VIEW, unit=unit)

    def may_row(self, row: EntityRow) -> bool:
        return can(self._officer, Action.VIEW, unit=self._units.of_row(row))

    def reply(self, row: EntityRow) -> EntityReply:
        fields = state_of(row).fields
        withheld = self._withheld(row.kind, row.id) & fields.keys()
        sealed = {name: str(value) for name, value in fields.items() if name not in withheld and is_commitment(value)}
        return EntityReply(
            kind=row.kind,
            id=row.id,
            revision=row.revision,
            changed_at=row.changed_at,
            fields={name: value for name, value in fields.items() if name not in withheld | sealed.keys()},
            withheld=tuple(sorted(withheld)),
            sealed=sealed,
        )

    def conflict(self, row: ConflictRow) -> ConflictReply:
        kept, other = version_of(row.kept), version_of(row.other)
        withheld = row.field in self._withheld(row.entity, row.entity_id)
        withheld = withheld or is_commitment(kept.value) or is_commitment(other.value)
        return ConflictReply(
            entity=row.entity,
            entity_id=row.entity_id,
            field=row.field,
            server_sequence=row.server_sequence,
            kept_value=None if withheld else kept.value,
            kept_actor=kept.actor,
            other_value=None if withheld else other.value,
            other_actor=other.actor,
            other_made_at=other.made_at,
            withheld=withheld,
        )

    def message(self, row: OperationRow) -> tuple[OperationMessage | None, tuple[str, ...]]:
        """The operation without what is withheld, and the names of that."""
        message = message_of(row)
        if message is None:
            return None, ()
        if row.entity in _KINDS:
            withheld = self._withheld(row.entity, row.entity_id) & message.fields.keys()
            withheld |= {name for name, value in message.fields.items() if is_commitment(value)}
        else:  # of a newer version: nobody knows whose names it holds
            withheld = frozenset() if can(self._officer, Action.READ_REPORTER) else frozenset(message.fields)
        fields = {name: value for name, value in message.fields.items() if name not in withheld}
        return message.model_copy(update={"fields": fields}), tuple(sorted(withheld))

    def _withheld(self, kind: str, entity_id: str) -> frozenset[str]:
        entity = Entity(kind)
        return withheld_fields(entity, self._officer, unit=self._units.of(entity, entity_id))


def _clip(session: Session, shown: _Shown, row: EntityRow, blobs: BlobStore) -> ClipReply:
    upload = session.scalar(select(UploadRow).where(UploadRow.clip_id == row.id))
    return ClipReply(**shown.reply(row).model_dump(), uploaded=upload is not None and is_complete(upload, blobs))
