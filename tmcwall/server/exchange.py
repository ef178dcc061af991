"""Routes: operations pushed and pulled, and the stream that says when to pull."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from tmcwall.server.audit import AuditAction
from tmcwall.server.context import Asker, Context, ServerContext, Viewer
from tmcwall.server.journal import Journal, last_place, page
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.sync.protocol import MAX_BATCH, Cursor, PullReply, PushReply, PushRequest, RefusalCode


def exchange_router(*, push_bytes: int) -> APIRouter:
    router = APIRouter()

    @router.post("/operations", max_body_size=push_bytes)
    def push(request: Request, context: Context, asker: Asker, pushed: PushRequest) -> PushReply:
        try:
            with context.database.write() as session:
                journal = Journal(session, now=context.clock.utc())
                reply = journal.push(pushed.operations, device=asker.device, officer=asker.officer)
                sequence = journal.last_sequence
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
        context: Context,
        asker: Viewer,
        cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_BATCH)] = MAX_BATCH,
    ) -> PullReply:
        with context.database.read() as session:
            return page(session, cursor=cursor, limit=limit, device=asker.device)

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


def _event(context: ServerContext) -> ServerSentEvent:
    with context.database.read() as session:
        sequence, epoch = last_place(session)
    return ServerSentEvent(event="cursor", id=str(sequence), data=Cursor(cursor=sequence, epoch=epoch))


def _still_valid(context: ServerContext, asker: Identity) -> bool:
    return context.announcer.closed or context.identity(asker.token_hash) is not None
