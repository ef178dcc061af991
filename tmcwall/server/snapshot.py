"""Routes: the state at the end of the order, for a workstation that would otherwise read all of it."""

from __future__ import annotations

import zlib
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Row, func, select, tuple_
from sqlalchemy.orm import Session

from tmcwall.domain.server_state import BEGINNING
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import Context, Viewer
from tmcwall.server.entities import StoredEntity, stored_entity
from tmcwall.server.order import last_place, withdrawals
from tmcwall.server.read_order import AskersOrder, demand_same_order
from tmcwall.server.tables import WITHOUT_FIELDS, ConflictRow, DeviceRow, EntityRow, OperationRow
from tmcwall.sync.protocol import MAX_BATCH, Fate, WithdrawalsReply
from tmcwall.sync.snapshot import Head, SnapshotPage

router = APIRouter()

_PAGE_BYTES: Final = 1 << 20
"""About: of the entities of a page, before they are compressed. One is always given."""
_ROWS_AT_ONCE: Final = 100
_COMPRESSION: Final = 1
"""What is repeated most, names of fields and of devices, goes at once; more takes longer than the network saves."""

_Key = Annotated[str, Query(max_length=128)]


@router.get("/snapshot", response_class=Response, responses={200: {"content": {"application/json": {}}}})
def snapshot(
    request: Request, context: Context, asker: Viewer, read: AskersOrder, after_kind: _Key = "", after_id: _Key = ""
) -> Response:
    """The entities behind that one, `SnapshotPage`."""
    after = (after_kind, after_id)
    with context.database.read() as session:
        # The place first: what is read later may hold more than it says, and never less.
        place, epoch = last_place(session)
        demand_same_order(session, read, context=context, request=request, asker=asker)
        # One without effect may get another place yet.
        known = session.execute(
            select(OperationRow.server_sequence, OperationRow.hash)
            .where(OperationRow.server_sequence <= place, OperationRow.fate != Fate.QUARANTINED.value)
            .order_by(OperationRow.server_sequence.desc())
            .limit(1)
        ).first()
        begins = after == BEGINNING
        entities, reached = _entities_behind(session, after, limit=context.limits.snapshot_entities)
        page = SnapshotPage(
            place=place,
            epoch=epoch,
            known_sequence=known.server_sequence if known else 0,
            known_hash=known.hash if known else "",
            entities=tuple(msgspec.Raw(msgspec.json.encode(one)) for one in entities),
            next=reached,
            total=session.scalar(select(func.count()).select_from(EntityRow)) or 0 if begins else 0,
            heads=_heads(session) if begins else (),
        )
    if entities:
        # Entities hold what reporters said and who they are.
        about = f"{asker.device} snapshot {place}: {len(entities)} behind {'/'.join(after)}"
        context.note(AuditAction.PULL, request, actor=asker.officer.nrp, about=about[:256])
    return _compressed(request, msgspec.json.encode(page))


@router.get("/withdrawals")
def taken_out(
    context: Context,
    asker: Viewer,  # noqa: ARG001 - who may not view is refused
    after: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_BATCH)] = MAX_BATCH,
) -> WithdrawalsReply:
    """What was taken out of effect behind that place: a state does not say that an entity was one before."""
    with context.database.read() as session:
        return withdrawals(session, after=after, limit=limit)


def _entities_behind(
    session: Session, after: tuple[str, str], *, limit: int
) -> tuple[list[StoredEntity], tuple[str, str] | None]:
    key = tuple_(EntityRow.kind, EntityRow.id)
    rows = session.execute(
        select(EntityRow.kind, EntityRow.id, EntityRow.revision, EntityRow.versions)
        .where(key > after)
        .order_by(EntityRow.kind, EntityRow.id)
        .limit(limit)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    taken: list[Row[str, str, int, str]] = []
    size = 0
    for row in rows:
        taken.append(row)
        size += len(row.versions)
        if size > _PAGE_BYTES:
            break
    rows.close()
    if not taken:
        return [], None
    last = (taken[-1].kind, taken[-1].id)
    conflict_key = tuple_(ConflictRow.entity, ConflictRow.entity_id)
    conflicts: dict[tuple[str, str], list[ConflictRow]] = {}
    for found in session.scalars(select(ConflictRow).where(conflict_key > after, conflict_key <= last)):
        conflicts.setdefault((found.entity, found.entity_id), []).append(found)
    entities = [
        stored_entity(row, conflicts.get((row.kind, row.id), ())) for row in taken if row.versions != WITHOUT_FIELDS
    ]  # fmt: skip
    return entities, last


def _heads(session: Session) -> tuple[Head, ...]:
    return tuple(Head(row.id, row.last_number, row.last_hash) for row in session.scalars(select(DeviceRow)))


def _compressed(request: Request, content: bytes) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(content, media_type="application/json")
    squeeze = zlib.compressobj(_COMPRESSION, wbits=31)  # 31: gzip
    squeezed = squeeze.compress(content) + squeeze.flush()
    return Response(squeezed, media_type="application/json", headers={"Content-Encoding": "gzip"})
