"""Routes: operations pushed and pulled, and the stream that says when to pull."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

from tmcwall.server.audit import AuditAction
from tmcwall.server.bringing import take_brought
from tmcwall.server.context import Context, Listener, PresumedAsker, ServerContext, Viewer, address_of
from tmcwall.server.order import page
from tmcwall.server.read_order import AskersOrder, demand_same_order
from tmcwall.server.reading import Outline, ReadPush, check_signatures, outline_of, read_push
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.server.taking import KeysChanged, WaitingPush
from tmcwall.server.uploads import wanted_of
from tmcwall.sync.protocol import (
    MAX_BATCH,
    SERVER_DEVICE,
    Delegations,
    OperationFate,
    OperationMessage,
    PullReply,
    PushReply,
    RefusalCode,
)

_LONG: Final = 32
"""Operations of a push for which two threads are worth their while."""
_AUDITED: Final = frozenset({RefusalCode.FORK, RefusalCode.FORBIDDEN, RefusalCode.SIGNATURE_REFUSED})
_PUSH_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["operations"],
                "properties": {
                    "operations": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": MAX_BATCH,
                        "items": OperationMessage.model_json_schema(),
                    },
                    "delegations": TypeAdapter(Delegations).json_schema(),
                },
            }
        }
    },
}
"""`PushRequest`, for the description of the interface."""


def exchange_router(*, push_bytes: int) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/operations", max_body_size=push_bytes, openapi_extra={"requestBody": _PUSH_BODY}, response_model=PushReply
    )
    async def push(request: Request, context: Context, asker: PresumedAsker) -> Response:
        """Read and parsed here, after the token was looked at, and not by the framework before it."""
        async with context.bodies.turn(asker.officer.nrp):
            body = b"".join([part async for part in request.stream()])
            pushed = await _read(context, body, asker)
            del body
            try:
                reply = await _taken(context, request, pushed, asker)
            except RequestRefused as refused:
                code = refused.refusal.code
                if code in _AUDITED:
                    note = partial(context.note, AuditAction.PUSH, request, actor=asker.officer.nrp, about=asker.device)
                    await run_in_threadpool(note, outcome=code)
                raise
        # As it is: the framework would check each fate once more.
        return Response(reply.model_dump_json(), media_type="application/json")

    @router.get("/operations")
    def pull(
        request: Request,
        context: Context,
        asker: Viewer,
        read: AskersOrder,
        cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_BATCH)] = MAX_BATCH,
        takes_state: Annotated[bool, Query()] = False,  # noqa: FBT002 - a parameter of a URL
    ) -> PullReply:
        """`takes_state`: whoever asks goes on with a snapshot where values are gone. An older one is refused."""
        with context.database.read() as session:
            demand_same_order(session, read, context=context, request=request, asker=asker)
            reply = page(session, cursor=cursor, limit=limit, device=asker.device, takes_state=takes_state)
            wanted = () if reply.more else wanted_of(session, asker.device)
        if reply.operations:
            # Operations hold what reporters said and who they are.
            about = f"{asker.device} {cursor + 1}..{reply.cursor}"
            context.note(AuditAction.PULL, request, actor=asker.officer.nrp, about=about)
        return reply.model_copy(update={"wanted_clips": wanted})

    @router.get("/stream", response_class=EventSourceResponse)
    async def stream(
        context: Context, asker: Listener, last_event_id: Annotated[str, Header()] = "0"
    ) -> AsyncIterator[ServerSentEvent]:
        """An event for each new place in the order, comments in between; ends with the session or the server."""
        place = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 19 else 0
        limits, ended = context.limits, asyncio.Event()
        said_at_s = asyncio.get_running_loop().time()
        with context.held_sessions.hold(asker.session, ended.set):
            while not context.announcer.closed and not ended.is_set():
                patience_s = min(limits.heartbeat_s, limits.session_check_s)
                newest = await context.announcer.newer_than(place, timeout_s=patience_s)
                now_s = asyncio.get_running_loop().time()
                if ended.is_set():
                    return
                if newest is not None:
                    said_at_s = now_s
                    place, cursor = await context.newest.at_least(newest)
                    yield ServerSentEvent(event="cursor", id=str(place), raw_data=cursor)
                    # While many push, an event for each of their transactions would be more work than the pushes.
                    await asyncio.sleep(limits.between_events_s)
                elif now_s - said_at_s >= limits.heartbeat_s:
                    said_at_s = now_s
                    yield ServerSentEvent(comment="heartbeat")

    return router


async def _read(context: ServerContext, body: bytes, asker: Identity) -> ReadPush:
    """In other threads; a long push in two at once, for checking a signature leaves the interpreter to the other."""
    keys = partial(context.known_keys.of, asker.device)

    def begin() -> Outline | ReadPush:
        outline = outline_of(body)
        if len(outline.operations) < _LONG:
            return read_push(outline, device=asker.device, keys=keys())
        return outline

    in_thread = partial(asyncio.get_running_loop().run_in_executor, context.preparing_threads)
    begun = await in_thread(begin)
    if isinstance(begun, ReadPush):
        return begun
    size = (len(begun.operations) + 1) // 2
    read = partial(read_push, begun, device=asker.device, keys=await in_thread(keys), size=size)
    first, second = await asyncio.gather(in_thread(read), in_thread(partial(read, first=size)))
    return first.followed_by(second)


async def _taken(context: ServerContext, request: Request, push: ReadPush, asker: Identity) -> PushReply:
    """Part by part; of one that is refused nothing is kept, of those before it everything."""
    if push.device not in {asker.device, SERVER_DEVICE}:
        brought = WaitingPush(push, asker, address_of(request))
        return await context.order.alone(partial(take_brought, context, brought), key=asker.device)
    fates: list[OperationFate] = []
    size = context.limits.transaction_operations
    first = 0
    while True:
        part = WaitingPush(push.part(first, size), asker, address_of(request))
        try:
            reply = await context.order.push(part, device=asker.device, weight=len(part.read.operations))
        except KeysChanged:
            context.known_keys.forget(asker.device)
            push = await _checked(context, push, asker)
            continue
        fates += reply.fates
        first += size
        if first >= len(push.operations):
            return reply.model_copy(update={"fates": tuple(fates)})


async def _checked(context: ServerContext, push: ReadPush, asker: Identity) -> ReadPush:
    def check() -> ReadPush:
        return check_signatures(push, device=asker.device, keys=context.known_keys.of(asker.device))

    return await asyncio.get_running_loop().run_in_executor(context.preparing_threads, check)
