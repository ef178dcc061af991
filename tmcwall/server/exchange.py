"""Routes: operations pushed and pulled, and the stream that says when to pull."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Annotated, Final, TypeVar

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.context import Asker, Context, Listener, ServerContext, Viewer, address_of
from tmcwall.server.delegation import delegates
from tmcwall.server.enrolment import keys_of, see
from tmcwall.server.journal import Journal
from tmcwall.server.order import page
from tmcwall.server.prepared import Prepared, prepare
from tmcwall.server.read_order import AskersOrder, demand_same_order
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.server.tables import DeviceRow
from tmcwall.server.uploads import wanted_of
from tmcwall.sync.protocol import (
    MAX_BATCH,
    Cursor,
    Delegations,
    Fate,
    OperationFate,
    OperationMessage,
    PullReply,
    PushReply,
    RefusalCode,
)
from tmcwall.sync.register import is_signed

log = get_logger(__name__)

T = TypeVar("T")

LARGEST_OPERATION_BYTES: Final = 512 * 1024
"""As it comes: more than the fields of any operation that counts, also where JSON writes each sign with six bytes."""

_NOTED: Final[Mapping[Fate, AuditAction]] = {
    Fate.QUARANTINED: AuditAction.QUARANTINED,
    Fate.CONFLICT: AuditAction.CONFLICT,
}
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


class _Outline(msgspec.Struct):
    operations: list[msgspec.Raw]
    delegations: msgspec.Raw = msgspec.Raw(b"{}")


_outline = msgspec.json.Decoder(_Outline)
_delegations: TypeAdapter[Delegations] = TypeAdapter(Delegations)


@dataclass(frozen=True, slots=True)
class _Push:
    operations: Sequence[Prepared]
    delegations: Mapping[str, str]

    @property
    def device(self) -> str:
        """Whose operations they are: the asker's, or those of a device that the asker brings them for."""
        return self.operations[0].message.device


def exchange_router(*, push_bytes: int) -> APIRouter:
    router = APIRouter()

    @router.post(
        "/operations", max_body_size=push_bytes, openapi_extra={"requestBody": _PUSH_BODY}, response_model=PushReply
    )
    async def push(request: Request, context: Context, asker: Asker) -> Response:
        """Read and parsed here, after the token was looked at, and not by the framework before it."""
        async with context.bodies.turn(asker.officer.nrp):
            body = b"".join([part async for part in request.stream()])
            pushed = await run_in_threadpool(_read, body)
            del body
            try:
                await run_in_threadpool(_check_signatures, context, pushed, asker)
                reply = await _take(context, request, pushed, asker)
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
    ) -> PullReply:
        with context.database.read() as session:
            demand_same_order(session, read, context=context, request=request, asker=asker)
            reply = page(session, cursor=cursor, limit=limit, device=asker.device)
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
                    place, epoch = await context.newest.at_least(newest)
                    yield ServerSentEvent(event="cursor", id=str(place), data=Cursor(cursor=place, epoch=epoch))
                    # While many push, an event for each of their transactions would be more work than the pushes.
                    await asyncio.sleep(limits.between_events_s)
                elif now_s - said_at_s >= limits.heartbeat_s:
                    said_at_s = now_s
                    yield ServerSentEvent(comment="heartbeat")

    return router


def _read(body: bytes) -> _Push:
    """What is pushed. Its outline is looked at first, so that the work is bounded by what may be in it.

    Raises RequestRefused: TOO_LARGE for an operation beyond `LARGEST_OPERATION_BYTES`, INVALID for one that could not
    be kept as it came; and RequestValidationError.
    """
    try:
        outline = _outline.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid([{"loc": ("body",), "msg": str(error)}]) from None
    if not 1 <= len(outline.operations) <= MAX_BATCH:
        raise _invalid([{"loc": ("body", "operations"), "msg": f"1 to {MAX_BATCH} operations"}])
    if any(len(memoryview(raw)) > LARGEST_OPERATION_BYTES for raw in outline.operations):
        raise RequestRefused(RefusalCode.TOO_LARGE)
    return _Push(
        tuple(_operation(place, raw) for place, raw in enumerate(outline.operations)),
        _validated(_delegations.validate_json, outline.delegations, "delegations"),
    )


def _operation(place: int, raw: msgspec.Raw) -> Prepared:
    return prepare(_validated(OperationMessage.model_validate_json, raw, "operations", place))


def _validated(read: Callable[[bytes], T], raw: msgspec.Raw, *place: str | int) -> T:
    try:
        return read(bytes(raw))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise _invalid([{**problem, "loc": ("body", *place, *problem["loc"])} for problem in problems]) from None


def _invalid(problems: Sequence[Mapping[str, object]]) -> RequestValidationError:
    return RequestValidationError(problems)


def _check_signatures(context: ServerContext, pushed: _Push, asker: Identity) -> None:
    """Before the order is locked, for each takes its time.

    What is here already the journal only compares: a device that was enrolled again may have signed it anew. Another
    device's operations are taken from whoever has them, if that device has signed them and their officers are proven,
    so that a workstation brings back to a restored server what it made under an identity it has no more.

    Raises RequestRefused: SIGNATURE_REFUSED, and FORBIDDEN for another device's operations that nobody answers for.
    """
    device = pushed.device
    with context.database.read() as session:
        keys = keys_of(session, device)
        known = session.get(DeviceRow, device)
        last_number = 0 if known is None else known.last_number
    messages = (one.message for one in pushed.operations)
    new = [one for one in messages if one.device == device and one.number > last_number]
    if device != asker.device:
        proven = _proven(context, pushed, asker) | {asker.officer.nrp}
        keys = tuple(key for key in keys if key.public_key)
        if not keys or any(one.actor not in proven or not is_signed(one, keys) for one in new):
            raise RequestRefused(RefusalCode.FORBIDDEN)
        return
    wrong = next((one for one in new if not is_signed(one, keys)), None)
    if wrong is not None:
        log.warning("operation_not_signed", device=device, number=wrong.number)
        raise RequestRefused(RefusalCode.SIGNATURE_REFUSED)


def _proven(context: ServerContext, pushed: _Push, asker: Identity) -> frozenset[str]:
    """The officers who are known to have signed in where the operations were made, or come from."""
    given, now = pushed.delegations, context.clock.utc()
    return frozenset().union(
        *(delegates(context.secret_box, given, device=device, now=now) for device in {asker.device, pushed.device})
    )


async def _take(context: ServerContext, request: Request, pushed: _Push, asker: Identity) -> PushReply:
    """Transaction by transaction; of one that is refused nothing is kept, of those before it everything."""
    fates: list[OperationFate] = []
    size = context.limits.transaction_operations
    for first in range(0, len(pushed.operations), size):
        part = replace(pushed, operations=pushed.operations[first : first + size])
        async with context.pushes.turn(asker.officer.nrp):
            reply = await run_in_threadpool(_add, context, request, part, asker)
        fates += reply.fates
    return reply.model_copy(update={"fates": tuple(fates)})


def _add(context: ServerContext, request: Request, part: _Push, asker: Identity) -> PushReply:
    asker = context.identity(asker.token_hash)  # a body may take minutes, and the right to it be withdrawn meanwhile
    now = context.clock.utc()
    proven = _proven(context, part, asker)
    with context.database.write() as session:
        journal = Journal(session, now=now)
        before = journal.last_sequence
        reply = journal.push(part.operations, device=part.device, officer=asker.officer, delegates=proven)
        if journal.quarantined_bytes:
            context.quarantine.take(journal.quarantined_bytes, f"device {asker.device}", f"officer {asker.officer.nrp}")
        sequence = journal.last_sequence
        see(session, asker.device, now=now)
        _note_push(session, request, asker, reply, device=part.device, before=before, now=now)
    for fate in reply.fates:
        context.counters.operations.labels(fate.fate).inc()
    context.announcer.announce(sequence)
    return reply


def _note_push(
    session: Session, request: Request, asker: Identity, reply: PushReply, *, device: str, before: int, now: datetime
) -> None:
    """One row for what is new, and one for each operation that has no effect or disagrees with another."""
    new = [fate for fate in reply.fates if fate.server_sequence > before]
    rows = [
        (_NOTED[fate.fate], f"{device} {fate.number} {fate.id}", fate.reason or "ok")
        for fate in new
        if fate.fate in _NOTED
    ]
    if new:
        rows.insert(0, (AuditAction.PUSH, f"{device} {new[0].number}..{new[-1].number}", "ok"))
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
