"""Routes: operations pushed and pulled, and the stream that says when to pull."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import Asker, Context, Listener, ServerContext, Viewer
from tmcwall.server.journal import Journal, has_at, last_place, page
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.server.uploads import wanted_of
from tmcwall.sync.protocol import (
    MAX_BATCH,
    Cursor,
    OperationFate,
    OperationMessage,
    PullReply,
    PushReply,
    RefusalCode,
)

log = get_logger(__name__)

LARGEST_OPERATION_BYTES: Final = 512 * 1024
"""As it comes: more than the fields of any operation that counts, also where JSON writes each sign with six bytes."""

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
                    }
                },
            }
        }
    },
}
"""`PushRequest`, for the description of the interface."""


class _Outline(msgspec.Struct):
    operations: list[msgspec.Raw]


_outline = msgspec.json.Decoder(_Outline)


def exchange_router(*, push_bytes: int) -> APIRouter:
    router = APIRouter()

    @router.post("/operations", max_body_size=push_bytes, openapi_extra={"requestBody": _PUSH_BODY})
    async def push(request: Request, context: Context, asker: Asker) -> PushReply:
        """Read and parsed here, after the token was looked at, and not by the framework before it."""
        async with context.bodies.turn(asker.officer.nrp):
            body = b"".join([part async for part in request.stream()])
            messages = await run_in_threadpool(_messages, body)
            del body
            try:
                reply = await _push(context, messages, asker)
            except RequestRefused as refused:
                code = refused.refusal.code
                if code in {RefusalCode.FORK, RefusalCode.FORBIDDEN}:
                    note = partial(context.note, AuditAction.PUSH, request, actor=asker.officer.nrp, about=asker.device)
                    await run_in_threadpool(note, outcome=code)
                raise
        return reply

    @router.get("/operations")
    def pull(
        request: Request,
        context: Context,
        asker: Viewer,
        cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_BATCH)] = MAX_BATCH,
        epoch: UUID | None = None,
        known: Annotated[int, Query(ge=0, lt=2**63)] = 0,
        known_hash: Annotated[str, Query(max_length=64)] = "",
    ) -> PullReply:
        """`known` and `known_hash`: the last operation that the workstation has read of the order of `epoch`."""
        with context.database.read() as session:
            if epoch == last_place(session)[1] and known and not has_at(session, known, known_hash):
                # A database that was put back without a new epoch would lose what came after the backup from sight.
                log.error("order_differs", device=asker.device, sequence=known)
                context.note(AuditAction.ORDER_DIFFERS, request, actor=asker.officer.nrp, about=asker.device)
                raise RequestRefused(RefusalCode.ORDER_DIFFERS)
            reply = page(session, cursor=cursor, limit=limit, device=asker.device)
            wanted = () if reply.more else wanted_of(session, asker.device)
        return reply.model_copy(update={"wanted_clips": wanted})

    @router.get("/stream", response_class=EventSourceResponse)
    async def stream(
        context: Context, asker: Listener, last_event_id: Annotated[str, Header()] = "0"
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


def _messages(body: bytes) -> tuple[OperationMessage, ...]:
    """The operations of a push. Its outline is looked at first, so that the work is bounded by what may be in it.

    Raises RequestRefused(TOO_LARGE) for an operation beyond `LARGEST_OPERATION_BYTES`, and RequestValidationError.
    """
    try:
        outline = _outline.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid([{"loc": ("body",), "msg": str(error)}]) from None
    if not 1 <= len(outline.operations) <= MAX_BATCH:
        raise _invalid([{"loc": ("body", "operations"), "msg": f"1 to {MAX_BATCH} operations"}])
    if any(len(memoryview(raw)) > LARGEST_OPERATION_BYTES for raw in outline.operations):
        raise RequestRefused(RefusalCode.TOO_LARGE)
    messages = []
    for place, raw in enumerate(outline.operations):
        try:
            message = OperationMessage.model_validate_json(bytes(raw))
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=False, include_input=False)
            raise _invalid(
                [{**problem, "loc": ("body", "operations", place, *problem["loc"])} for problem in problems]
            ) from None
        assert message.hash  # computed here, where nobody waits for the lock of the order
        messages.append(message)
    return tuple(messages)


def _invalid(problems: Sequence[Mapping[str, object]]) -> RequestValidationError:
    return RequestValidationError(problems)


async def _push(context: ServerContext, messages: Sequence[OperationMessage], asker: Identity) -> PushReply:
    """Transaction by transaction; of one that is refused nothing is kept, of those before it everything."""
    fates: list[OperationFate] = []
    size = context.limits.transaction_operations
    for first in range(0, len(messages), size):
        async with context.pushes.turn(asker.officer.nrp):
            reply = await run_in_threadpool(_add, context, messages[first : first + size], asker)
        fates += reply.fates
    return reply.model_copy(update={"fates": tuple(fates)})


def _add(context: ServerContext, messages: Sequence[OperationMessage], asker: Identity) -> PushReply:
    with context.database.write() as session:
        journal = Journal(session, now=context.clock.utc())
        reply = journal.push(messages, device=asker.device, officer=asker.officer)
        if journal.quarantined_bytes:
            context.quarantine.take(journal.quarantined_bytes, f"device {asker.device}", f"officer {asker.officer.nrp}")
        sequence = journal.last_sequence
    context.announcer.announce(sequence)
    return reply


def _event(context: ServerContext) -> ServerSentEvent:
    with context.database.read() as session:
        sequence, epoch = last_place(session)
    return ServerSentEvent(event="cursor", id=str(sequence), data=Cursor(cursor=sequence, epoch=epoch))


def _still_valid(context: ServerContext, asker: Identity) -> bool:
    return context.announcer.closed or context.identity(asker.token_hash) is not None
