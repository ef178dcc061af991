"""Routes: operations pushed and pulled, and the stream that says when to pull."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Asker, Context, ServerContext, Viewer, address_of
from tmcwall.server.delegation import delegates
from tmcwall.server.journal import Journal, last_place, page
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.sync.protocol import MAX_BATCH, Cursor, Fate, PullReply, PushReply, PushRequest, RefusalCode

_NOTED: Final[Mapping[Fate, AuditAction]] = {
    Fate.QUARANTINED: AuditAction.QUARANTINED,
    Fate.CONFLICT: AuditAction.CONFLICT,
}


def exchange_router(*, push_bytes: int) -> APIRouter:
    router = APIRouter()

    @router.post("/operations", max_body_size=push_bytes)
    def push(request: Request, context: Context, asker: Asker, pushed: PushRequest) -> PushReply:
        try:
            with context.database.write() as session:
                now = context.clock.utc()
                journal = Journal(session, now=now)
                before = journal.last_sequence
                reply = journal.push(
                    pushed.operations,
                    device=asker.device,
                    officer=asker.officer,
                    delegates=delegates(context.secret_box, pushed.delegations, now=now),
                )
                sequence = journal.last_sequence
                _note_push(session, request, asker, reply, before=before, now=now)
        except RequestRefused as refused:
            if refused.refusal.code in {RefusalCode.FORK, RefusalCode.FORBIDDEN}:
                context.note(
                    AuditAction.PUSH,
                    request,
                    actor=asker.officer.nrp,
                    about=asker.device,
                    outcome=refused.refusal.code,
                )
            raise
        context.announcer.announce(sequence)
        return reply

    @router.get("/operations")
    def pull(
        request: Request,
        context: Context,
        asker: Viewer,
        cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_BATCH)] = MAX_BATCH,
    ) -> PullReply:
        with context.database.read() as session:
            reply = page(session, cursor=cursor, limit=limit, device=asker.device)
        if reply.operations:
            # Operations hold what reporters said and who they are.
            about = f"{asker.device} {cursor + 1}..{reply.cursor}"
            context.note(AuditAction.PULL, request, actor=asker.officer.nrp, about=about)
        return reply

    @router.get("/stream", response_class=EventSourceResponse)
    async def stream(
        context: Context, asker: Viewer, last_event_id: Annotated[str, Header()] = "0"
    ) -> AsyncIterator[ServerSentEvent]:
        """An event for each new place in the order, comments in between; ends with the token or the server."""
        place = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else 0
        while not context.announcer.closed:
            newest = await context.announcer.newer_than(place, timeout_s=context.limits.heartbeat_s)
            if newest is not None:
                place = newest
                yield await run_in_threadpool(_event, context)
            elif not await run_in_threadpool(_still_valid, context, asker):
                return
            else:
                yield ServerSentEvent(comment="heartbeat")

    return router


def _note_push(
    session: Session, request: Request, asker: Identity, reply: PushReply, *, before: int, now: datetime
) -> None:
    """One row for what is new, and one for each operation that has no effect or disagrees with another."""
    new = [fate for fate in reply.fates if fate.server_sequence > before]
    rows = [
        (_NOTED[fate.fate], f"{asker.device} {fate.number} {fate.id}", fate.reason or "ok")
        for fate in new
        if fate.fate in _NOTED
    ]
    if new:
        rows.insert(0, (AuditAction.PUSH, f"{asker.device} {new[0].number}..{new[-1].number}", "ok"))
    for action, about, outcome in rows:
        audit(
            session,
            action,
            at=now,
            actor=asker.officer.nrp,
            about=about,
            address=address_of(request),
            outcome=outcome,
        )


def _event(context: ServerContext) -> ServerSentEvent:
    with context.database.read() as session:
        sequence, epoch = last_place(session)
    return ServerSentEvent(event="cursor", id=str(sequence), data=Cursor(cursor=sequence, epoch=epoch))


def _still_valid(context: ServerContext, asker: Identity) -> bool:
    return context.announcer.closed or context.identity(asker.token_hash) is not None
