"""Routes: who watched which camera. Workstations bring rows, auditors read them, and nobody changes one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final, Self

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy import Select, Update, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from tmcwall.domain.clock import in_utc
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import FIRST_HASH
from tmcwall.domain.oversight import OversightAction, digest
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import Context, ServerContext, Viewer, demand
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.server.tables import OversightRow
from tmcwall.spreadsheet_csv import harmless_cell
from tmcwall.sync.oversight import Moment, OversightMessage, OversightPage, OversightPush, OversightReceipt, ReceivedRow
from tmcwall.sync.protocol import RefusalCode

router = APIRouter()

PUSH_BYTES = 1 << 20
_EXPORT_ROWS = 500_000
_COLUMNS = ("at", "officer", "action", "camera", "detail", "reason", "device", "seq", "link", "accepted_from", "hash")

Overseer = Annotated[Identity, Depends(demand(Action.READ_OVERSIGHT))]
_PUSH_BODY = {"required": True, "content": {"application/json": {"schema": OversightPush.model_json_schema()}}}


class Link(StrEnum):
    """How a row follows the one before it."""

    WHOLE = "whole"
    GAP = "gap"
    """The rows before it have never come."""
    DIFFERS = "differs"
    """It carries another hash than the row before it has: one of the two was altered, or a chain began anew."""


@router.post("/oversight", max_body_size=PUSH_BYTES, openapi_extra={"requestBody": _PUSH_BODY})
async def push(request: Request, context: Context, asker: Viewer) -> OversightReceipt:
    """Rows that are here already are not taken again; one that differs from its like is refused: `fork`.

    Read and parsed here, after the token was looked at, and not by the framework before it.
    """
    async with context.bodies.turn(asker.officer.nrp):
        body = await request.body()
        return await run_in_threadpool(_push, context, request, asker, body)


def _push(context: ServerContext, request: Request, asker: Identity, body: bytes) -> OversightReceipt:
    try:
        pushed = OversightPush.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(
            error.errors(include_url=False, include_context=False, include_input=False)
        ) from None
    if any(message.hash != digest(message.row()) for message in pushed.rows):
        raise RequestRefused(RefusalCode.HASH_DIFFERS)
    try:
        with context.database.write() as session:
            newest = select(func.max(OversightRow.seq)).where(OversightRow.device == asker.device)
            before = session.scalar(newest)
            breaks = _take(session, pushed.rows, asker, now=context.clock.utc())
    except RequestRefused as refused:
        context.note(
            AuditAction.OVERSIGHT, request, actor=asker.officer.nrp, about=asker.device, outcome=refused.refusal.code
        )
        raise
    for seq, link in breaks:
        about = f"{asker.device} {seq}"
        context.note(AuditAction.OVERSIGHT, request, actor=asker.officer.nrp, about=about, outcome=link)
    return OversightReceipt(had_until=before or 0)


def _take(
    session: Session, messages: Sequence[OversightMessage], asker: Identity, *, now: datetime
) -> list[tuple[int, Link]]:
    """Where the chain does not hold. Raises RequestRefused(FORK)."""
    numbers = {message.seq + step for message in messages for step in (-1, 0)}
    known = select(OversightRow.seq, OversightRow.hash).where(
        OversightRow.device == asker.device, OversightRow.seq.in_(numbers)
    )
    hashes = {0: FIRST_HASH, **{seq: hash_ for seq, hash_ in session.execute(known)}}  # noqa: C416 - rows, not pairs, for mypy
    breaks: list[tuple[int, Link]] = []
    for message in sorted(messages, key=lambda message: message.seq):
        there = hashes.get(message.seq)
        if there is not None:
            if there != message.hash:
                raise RequestRefused(RefusalCode.FORK)
            continue
        before = hashes.get(message.seq - 1)
        link = Link.GAP if before is None else Link.WHOLE if before == message.prev_hash else Link.DIFFERS
        if link is not Link.WHOLE:
            breaks.append((message.seq, link))
        hashes[message.seq] = message.hash
        session.execute(_closing_gap_behind(asker.device, message))
        session.add(
            OversightRow(
                **message.model_dump(exclude={"action"}),
                action=message.action.value,
                device=asker.device,
                link=link.value,
                accepted_from=asker.officer.nrp,
                accepted_at=now,
            )
        )
    return breaks


def _closing_gap_behind(device: str, message: OversightMessage) -> Update:
    """A row that came later than the one behind it: no gap is there any more."""
    behind = update(OversightRow).where(
        OversightRow.device == device,
        OversightRow.seq == message.seq + 1,
        OversightRow.prev_hash == message.hash,
        OversightRow.link == Link.GAP.value,
    )
    return behind.values(link=Link.WHOLE.value)


_NUMBERS: Final = 2**63
"""As many as a database counts."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page ended."""

    at: datetime
    device: str
    seq: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises RequestRefused(INVALID)."""
        try:
            at, device, seq = text.split("/")
            moment = datetime.fromisoformat(at)
            if moment.tzinfo is None or not 0 <= (number := int(seq)) < _NUMBERS:
                raise ValueError(text)
            return cls(in_utc(moment), device, number)
        except ValueError:
            raise RequestRefused(RefusalCode.INVALID) from None

    def behind(self) -> ColumnElement[bool]:
        return or_(
            OversightRow.at < self.at,
            and_(OversightRow.at == self.at, OversightRow.device < self.device),
            and_(OversightRow.at == self.at, OversightRow.device == self.device, OversightRow.seq < self.seq),
        )

    def __str__(self) -> str:
        return f"{self.at.isoformat()}/{self.device}/{self.seq}"


class _Wanted:
    """What of the rows is asked for; each part may be missing."""

    def __init__(
        self,
        officer: Annotated[str, Query(max_length=128)] = "",
        camera: Annotated[str, Query(max_length=128)] = "",
        device: Annotated[str, Query(max_length=64)] = "",
        action: OversightAction | None = None,
        since: Annotated[Moment | None, Query(alias="from")] = None,
        until: Annotated[Moment | None, Query(alias="to")] = None,
    ) -> None:
        self._exact = {"officer": officer, "camera": camera, "device": device, "action": action or ""}
        self._since = since
        self._until = until

    def rows(self, before: _Place | None = None) -> Select[OversightRow]:
        """Newest first, and what follows a place in that order."""
        wanted = select(OversightRow) if before is None else select(OversightRow).where(before.behind())
        for name, value in self._exact.items():
            if value:
                wanted = wanted.where(getattr(OversightRow, name) == str(value))
        if self._since is not None:
            wanted = wanted.where(OversightRow.at >= self._since)
        if self._until is not None:
            wanted = wanted.where(OversightRow.at < self._until)
        return wanted.order_by(OversightRow.at.desc(), OversightRow.device.desc(), OversightRow.seq.desc())

    def __str__(self) -> str:
        times = {"from": self._since, "to": self._until}
        parts = [f"{name}={value}" for name, value in (self._exact | times).items() if value]
        return " ".join(parts) or "everything"


Wanted = Annotated[_Wanted, Depends()]


@router.get("/oversight")
def search(
    request: Request,
    context: Context,
    asker: Overseer,
    wanted: Wanted,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    before: Annotated[str, Query(max_length=128)] = "",
) -> OversightPage:
    """Whoever reads is written down first."""
    place = _Place.read(before) if before else None
    context.note(AuditAction.READ_OVERSIGHT, request, actor=asker.officer.nrp, about=str(wanted))
    with context.database.read() as session:
        rows = session.scalars(wanted.rows(place).limit(limit)).all()
        last = rows[-1] if len(rows) == limit else None
        return OversightPage(
            items=tuple(_received(row) for row in rows),
            next=str(_Place(last.at, last.device, last.seq)) if last is not None else None,
        )


@router.get("/oversight.csv", response_class=StreamingResponse, responses={200: {"content": {"text/csv": {}}}})
def export(request: Request, context: Context, asker: Overseer, wanted: Wanted) -> StreamingResponse:
    """All that is asked for, as a table."""
    context.note(AuditAction.READ_OVERSIGHT, request, actor=asker.officer.nrp, about=f"csv {wanted}")
    headers = {"Content-Disposition": 'attachment; filename="oversight.csv"'}
    return StreamingResponse(_csv(context, wanted), media_type="text/csv; charset=utf-8", headers=headers)


def forget_old(session: Session, *, now: datetime, kept: timedelta) -> None:
    """Rows that are older than they are kept."""
    session.execute(delete(OversightRow).where(OversightRow.at < now - kept))


def _received(row: OversightRow) -> ReceivedRow:
    return ReceivedRow(
        seq=row.seq,
        prev_hash=row.prev_hash,
        officer=row.officer,
        action=OversightAction(row.action),
        camera=row.camera,
        at=row.at,
        detail=row.detail,
        reason=row.reason,
        hash=row.hash,
        device=row.device,
        link=row.link,
        accepted_from=row.accepted_from,
    )


def _csv(context: ServerContext, wanted: _Wanted) -> Iterator[str]:
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(_COLUMNS)
    with context.database.read() as session:
        for row in session.scalars(wanted.rows().limit(_EXPORT_ROWS).execution_options(yield_per=1000)):
            values = [getattr(row, name) for name in _COLUMNS]
            writer.writerow([row.at.isoformat(), *(harmless_cell(str(value)) for value in values[1:])])
            if page.tell() > 1 << 16:
                yield page.getvalue()
                page.seek(0)
                page.truncate()
    yield page.getvalue()
