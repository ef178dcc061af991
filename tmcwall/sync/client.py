"""The workstation's side of synchronisation: push, pull and clips, for as long as the program runs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ParamSpec, TypeVar
from uuid import UUID

import httpx2
from pydantic import JsonValue, ValidationError

from tmcwall.domain.backoff import Backoff
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Operation
from tmcwall.domain.server_state import SnapshotProgress, UnreadOperation
from tmcwall.log import get_logger
from tmcwall.sync.connection import Connection, Refused, check_protocol, sendable
from tmcwall.sync.couriers import Courier
from tmcwall.sync.loading import known_of, take_snapshot
from tmcwall.sync.page_reading import read_operations, read_withdrawals
from tmcwall.sync.personal import PersonalCourier
from tmcwall.sync.protocol import (
    MAX_BATCH,
    Cursor,
    OperationMessage,
    PulledPage,
    PushReply,
    PushRequest,
    RefusalCode,
    ServerInfo,
)
from tmcwall.sync.register import DeviceKeys, Register
from tmcwall.sync.replica import UNVERIFIED, Acknowledgement, OrderedOperation, Replica, SyncPosition
from tmcwall.sync.upload import ClipUpload

log = get_logger(__name__)

_TIME_IS_OVER = frozenset({RefusalCode.TOKEN_EXPIRED, RefusalCode.SESSION_ENDED})

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SyncState:
    """How synchronisation stands. `online` False with `fault` None: not tried yet."""

    online: bool = False
    pending: int = 0
    """Operations that the server has not acknowledged."""
    last_success_at: datetime | None = None
    fault: Fault | None = None
    clock_offset_ms: int | None = None
    """Server clock minus this workstation's, to half a round trip; None until measured."""
    loading: tuple[int, int] | None = None
    """While the server's state is taken over: entities that are in, and of how many."""
    refused_token: str | None = field(default=None, repr=False)
    """The server has refused this one: the right to it was withdrawn, or, at an older server, it has expired."""
    expired_token: str | None = field(default=None, repr=False)
    """The server has refused this one because its time is over."""


@dataclass(frozen=True, slots=True)
class SyncLimits:
    """Times in seconds."""

    interval_s: float = 30.0
    """A round is made at least this often, also when nobody writes and no event comes."""
    request_s: float = 30.0
    silence_s: float = 45.0
    """The event stream says something more often than this, or it is dead."""
    good_stream_s: float = 10.0
    """An event stream that lasted longer is opened again without growing delays."""
    first_retry_s: float = 1.0
    longest_retry_s: float = 60.0
    stop_poll_s: float = 0.1
    batch: int = MAX_BATCH
    chunk_bytes: int = 1 << 20


@dataclass(frozen=True, slots=True)
class _Events:
    """Of one loop: an asyncio event belongs to the loop that first waits for it."""

    work_waiting: asyncio.Event = field(default_factory=asyncio.Event)
    retry_at_once: asyncio.Event = field(default_factory=asyncio.Event)
    online: asyncio.Event = field(default_factory=asyncio.Event)


class SyncClient:
    """Brings a replica and a server to the same state.

    `run` is one loop in the caller's thread; everything in it can be cancelled, so it ends within a second of `stop`.
    `on_state` is called in that thread. The other methods may be called from any thread.
    """

    def __init__(
        self,
        replica: Replica,
        *,
        server_url: str,
        token: str | None,
        clock: Clock,
        on_state: Callable[[SyncState], None],
        limits: SyncLimits = SyncLimits(),
        couriers: Sequence[Courier] = (),
        personal: PersonalCourier | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._replica = replica
        self._server_url = server_url
        self._token = token
        self._clock = clock
        self._on_state = on_state
        self._limits = limits
        self._personal = personal
        self._couriers = couriers if personal is None else (*couriers, personal)
        self._transport = transport
        self._backoff = Backoff(first_s=limits.first_retry_s, longest_s=limits.longest_retry_s, chance=chance)
        self._stream_backoff = Backoff(first_s=limits.first_retry_s, longest_s=limits.longest_retry_s, chance=chance)
        self._state = SyncState()
        self._batch = limits.batch
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._events = _Events()
        self._known = SyncPosition()
        self._offered_to: UUID | None = None
        self._sent_token: str | None = None
        self._sent_again: set[str] = set()
        self._unsendable: Fault | None = None
        """Of the round that is under way: what keeps its operations here does not keep those of others away."""

    def run(self, stop: threading.Event) -> None:
        """Synchronise until `stop` is set. Faults become states; anything that is raised is a bug."""
        asyncio.run(self._run(stop))

    def notify(self) -> None:
        """There is something new to push. While the server is away this does not hasten the next attempt."""
        self._set(lambda events: events.work_waiting.set())

    def network_changed(self) -> None:
        """The network has come up: try at once."""
        self._set(lambda events: events.retry_at_once.set())

    def use_token(self, token: str | None) -> None:
        """Go on as the officer who has just signed in; None waits for the next one."""
        with self._lock:
            self._token = token
        self._set(lambda events: events.retry_at_once.set())

    def _set(self, change: Callable[[_Events], None]) -> None:
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(change, self._events)

    async def _run(self, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(_Resolver())
        with self._lock:
            self._loop = loop
            self._events = _Events()
        try:
            async with Connection.open(
                self._server_url, timeout_s=self._limits.request_s, transport=self._transport
            ) as connection:
                tasks = [
                    asyncio.create_task(self._until(stop)),
                    asyncio.create_task(self._work(connection)),
                    asyncio.create_task(self._listen(connection)),
                ]
                done, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                for task in done:
                    task.result()
        finally:
            with self._lock:
                self._loop = None

    async def _until(self, stop: threading.Event) -> None:
        while not stop.is_set():  # noqa: ASYNC110 - a threading.Event cannot be awaited
            await asyncio.sleep(self._limits.stop_poll_s)

    async def _work(self, connection: Connection) -> None:
        greeted = False
        while True:
            self._events.work_waiting.clear()
            self._events.retry_at_once.clear()
            try:
                if not greeted:
                    await self._greet(connection)
                    greeted = True
                await self.round(connection)
            except Fault as fault:
                greeted = False
                delay_s = self._backoff.next_delay_s()
                if isinstance(fault, Refused):
                    delay_s = max(delay_s, fault.retry_after_s)
                self._failed(fault, delay_s)
                await _first_of(delay_s, self._events.retry_at_once)
            else:
                self._backoff.succeeded()
                self._succeeded()
                await _first_of(self._limits.interval_s, self._events.work_waiting, self._events.retry_at_once)

    async def _greet(self, connection: Connection) -> None:
        before = self._clock.utc()
        info = await connection.get("/info", ServerInfo)
        middle = before + (self._clock.utc() - before) / 2
        check_protocol(info)
        offset_ms = round((info.time - middle).total_seconds() * 1000)
        self._tell(replace(self._state, clock_offset_ms=offset_ms))

    async def round(self, connection: Connection) -> None:
        """Push, pull, then clips, once. Raises Fault; what was done until then stays done."""
        token = self._sent_token = self._usable_token()
        await self._try_unverified(connection, token)
        self._unsendable = None
        forked = await self._push(connection, token)
        if await self._pull(connection, token) and not forked:
            forked = await self._push(connection, token)
            await self._pull(connection, token)
        if forked:
            self._replica.forked()
            raise Fault(FaultCode.WORKSTATION_COPIED, "the server has others of its operations", retryable=False)
        if self._unsendable is not None:
            raise self._unsendable
        # From here on the server and we agree; clips may take hours.
        self._succeeded()
        for courier in self._couriers:
            await courier.deliver(connection, token)
        await self._upload_clips(connection, token)

    def _usable_token(self) -> str:
        with self._lock:
            token = self._token
        if token is None:
            raise Fault(FaultCode.SIGN_IN_EXPIRED, "nobody is signed in", retryable=False)
        return token

    async def _push(self, connection: Connection, token: str) -> bool:
        """All pending operations in order. Whether the server refused them as another history of this workstation.

        That is so, too, for what was made under a former identity that a restored server has never heard of: it is made
        again under another one. A forked device still pulls: its officers go on seeing what the others do.
        """
        while operations := self._replica.pending(self._batch):
            try:
                request = self._request_of(operations)
            except Fault as fault:
                if fault.code is not FaultCode.MESSAGE_UNSENDABLE:
                    raise
                if self._replica.date_again():
                    log.warning("operations_dated_again", detail=fault.detail)
                    continue
                self._unsendable = fault
                return False
            if self._personal is not None:
                await self._personal.bring(connection, token, operations)
            try:
                reply = await connection.post("/operations", request, PushReply, token=token)
            except Refused as refused:
                former = operations[0].device != self._replica.identity()
                if refused.reason is RefusalCode.FORK or (former and refused.reason is RefusalCode.FORBIDDEN):
                    return True
                self._adapt(refused, first=operations[0])
                continue
            self._batch = min(self._batch * 2, self._limits.batch)
            self._replica.acknowledged(
                [Acknowledgement(fate.id, fate.number, fate.fate, fate.reason) for fate in reply.fates]
            )
            self._tell(self._state)
        return False

    def _request_of(self, operations: Sequence[Operation]) -> PushRequest:
        delegations = dict(self._replica.delegations({operation.actor for operation in operations}))
        with sendable():
            return PushRequest(
                operations=tuple(OperationMessage.of(operation) for operation in operations), delegations=delegations
            )

    def _adapt(self, refused: Refused, *, first: Operation) -> None:
        """Change the next push so that it can succeed, or raise the refusal."""
        expected = refused.refusal.expected_number if refused.refusal else None
        if refused.reason is RefusalCode.GAP and expected is not None and expected < first.number:
            log.warning("server_lost_operations", expected=expected, first_pending=first.number)
            self._replica.resend_from(expected)
            if [operation.id for operation in self._replica.pending(1)] == [first.id]:
                raise refused
        elif refused.status == 413 and self._batch > 1:
            self._batch //= 2
        else:
            raise refused

    async def _pull(self, connection: Connection, token: str) -> bool:
        """Take over the server's order. Whether there is more to push before that can be done.

        So it is where the order turned out to be a new one, and where its state has to be taken over in the place of
        operations that have lost their values.
        """
        restored_once = False
        while True:
            position = self._replica.position()
            try:
                reply = await self._page(connection, token, known_of(position), cursor=position.cursor)
                restored = reply.cursor < position.cursor or (
                    position.epoch is not None and reply.epoch != position.epoch
                )
            except Refused as refused:
                if refused.reason is not RefusalCode.ORDER_DIFFERS:
                    raise
                reply = await self._page(connection, token, {}, cursor=position.cursor)
                restored = True
            if restored or reply.last_number < position.acknowledged:
                log.warning("server_order_is_new", epoch=str(reply.epoch))
                self._replica.begin_epoch(reply.epoch, lost_from=reply.last_number + 1)
                restored_once = True
                continue
            if reply.compacted or self._is_new_here(position, reply):
                if self._offers_what_has_no_place(reply.epoch) or (reply.compacted and self._replica.pending_count()):
                    return True  # the state must hold what was made here, too
                if await self._load(connection, token):
                    continue
                if reply.compacted:
                    raise Fault(FaultCode.SERVER_INCOMPATIBLE, "no snapshot of a compacted order")
            if reply.operations or reply.cursor != position.cursor or position.epoch is None:
                await self._apply(connection, token, reply)
            if reply.wanted_clips:
                self._replica.clips_wanted(reply.wanted_clips)
            self._known = SyncPosition(reply.cursor, reply.epoch)
            if not reply.more:
                return restored_once

    def _offers_what_has_no_place(self, epoch: UUID) -> bool:
        """Once for an order: what this server or one before it has acknowledged, and nobody has read there since.

        The order may hold others under these numbers, of a copy of this workstation; the server tells when it is asked.
        """
        if self._offered_to == epoch:
            return False
        self._offered_to = epoch
        return self._replica.offer_unplaced()

    async def _apply(self, connection: Connection, token: str, reply: PulledPage) -> None:
        operations, unread = await self._read_operations(connection, token, reply.operations)
        withdrawn, unread_withdrawals = read_withdrawals(reply.withdrawals)
        for one in unread_withdrawals:
            log.warning("withdrawal_not_read", server_sequence=one.server_sequence, reason=one.reason)
        unread += unread_withdrawals
        known = (reply.known_sequence, reply.known_hash) if reply.known_sequence else None
        self._replica.apply_page(
            operations, reply.cursor, reply.epoch, known=known, unread=unread, withdrawn=withdrawn
        )  # fmt: skip

    def _is_new_here(self, position: SyncPosition, reply: PulledPage) -> bool:
        """Whether nothing of a long order was taken over yet, and the server has all that was made here.

        An own operation that the server may or may not have would be seen twice, or not at all.
        """
        known_order = position.epoch in {None, reply.epoch}
        return position.cursor == 0 and reply.more and known_order and self._replica.pending_count() == 0

    async def _load(self, connection: Connection, token: str) -> bool:
        def tell(progress: SnapshotProgress) -> None:
            self._tell(replace(self._state, loading=(progress.taken, progress.total)))

        try:
            return await take_snapshot(connection, self._replica, token=token, tell=tell)
        except Refused as refused:
            if refused.reason is not RefusalCode.ORDER_DIFFERS:
                raise
            return True  # the next page of operations says so, too
        finally:
            self._tell(replace(self._state, loading=None))

    async def _read_operations(
        self, connection: Connection, token: str, items: Sequence[JsonValue]
    ) -> tuple[list[OrderedOperation], list[UnreadOperation]]:
        """With the newest register, if the one that is kept does not do: a device may have been enrolled since."""
        operations, unread = read_operations(items, self._replica.register())
        if any(one.reason == UNVERIFIED for one in unread):
            operations, unread = read_operations(items, await self._new_register(connection, token))
        for one in unread:
            log.warning("operation_not_read", server_sequence=one.server_sequence, reason=one.reason)
        return operations, unread

    async def _try_unverified(self, connection: Connection, token: str) -> None:
        """Look again at what no key answered for: the register may have it by now."""
        kept = self._replica.unverified()
        if kept:
            _, unread = read_operations(map(json.loads, kept), await self._new_register(connection, token))
            if len([one for one in unread if one.reason == UNVERIFIED]) < len(kept):
                self._replica.read_again()

    async def _new_register(self, connection: Connection, token: str) -> Register:
        self._replica.keep_register((await connection.get("/devices", DeviceKeys, token=token)).keys)
        return self._replica.register()

    async def _page(
        self, connection: Connection, token: str, known: Mapping[str, int | str], *, cursor: int
    ) -> PulledPage:
        params = {"cursor": cursor, "limit": self._limits.batch, "takes_state": "true", **known}
        return await connection.get("/operations", PulledPage, token=token, params=params)

    async def _upload_clips(self, connection: Connection, token: str) -> None:
        """Clips last: whatever else there is to do goes first, and the upload resumes where it stopped."""
        while clips := self._replica.clips_to_upload(1):
            upload = ClipUpload(connection, clips[0], token=token, chunk_bytes=self._limits.chunk_bytes)
            try:
                async for _ in upload.chunks():
                    if self._events.work_waiting.is_set():
                        return
            except OSError as error:
                self._replica.clip_refused(clips[0].clip_id, type(error).__name__)
                log.warning("clip_unreadable", clip=clips[0].clip_id, error=type(error).__name__)
            except Refused as refused:
                if refused.reason is not RefusalCode.HASH_DIFFERS:
                    raise
                if clips[0].clip_id not in self._sent_again:
                    # A crash of the server may have damaged what it had: once more, from the start.
                    self._sent_again.add(clips[0].clip_id)
                    continue
                self._replica.clip_refused(clips[0].clip_id, RefusalCode.HASH_DIFFERS)
                log.warning("clip_is_not_what_it_says", clip=clips[0].clip_id)
            else:
                self._replica.clip_uploaded(clips[0].clip_id)
                log.info("clip_uploaded", clip=clips[0].clip_id)

    async def _listen(self, connection: Connection) -> None:
        """Events of the server wake the work. The work does not need them: it also runs by its timer."""
        while True:
            await self._events.online.wait()
            # A refused token or an unreachable server is seen, told and waited for by the work.
            with contextlib.suppress(Fault):
                await self._hear_events(connection)
            self._events.work_waiting.set()
            await asyncio.sleep(self._stream_backoff.next_delay_s())

    async def _hear_events(self, connection: Connection) -> None:
        after, token = self._known.cursor, self._usable_token()
        opened_ns = self._clock.monotonic_ns()
        try:
            async with connection.events(
                "/stream", token=token, after=after, silence_s=self._limits.silence_s
            ) as source:
                async for event in source:
                    if event.event == "cursor":
                        self._compare(_news(event.data))
        finally:
            # A stream that held for a while was a good one; one that ends at once must not be opened in a tight circle.
            if self._clock.monotonic_ns() - opened_ns > self._limits.good_stream_s * 1e9:
                self._stream_backoff.succeeded()

    def _compare(self, news: Cursor) -> None:
        if news.epoch != self._known.epoch or news.cursor > self._known.cursor:
            self._events.work_waiting.set()

    def _succeeded(self) -> None:
        self._events.online.set()
        self._tell(replace(self._state, online=True, last_success_at=self._clock.utc(), fault=None))

    def _failed(self, fault: Fault, delay_s: float) -> None:
        self._events.online.clear()
        known = self._state.fault
        if known is None or known.code is not fault.code:
            log.warning(
                "synchronisation_failed", fault=fault.code, detail=fault.detail, next_attempt_s=round(delay_s, 1)
            )
        refused = isinstance(fault, Refused) and fault.code is FaultCode.SIGN_IN_EXPIRED
        expired = isinstance(fault, Refused) and fault.reason in _TIME_IS_OVER
        self._tell(
            replace(
                self._state,
                online=False,
                fault=fault,
                refused_token=self._sent_token if refused and not expired else None,
                expired_token=self._sent_token if expired else None,
            )
        )

    def _tell(self, state: SyncState) -> None:
        state = replace(state, pending=self._pending_count())
        if state != self._state:
            self._state = state
            self._on_state(state)

    def _pending_count(self) -> int:
        try:
            return self._replica.pending_count()
        except Fault:
            # The store's own fault is on the screen already; this is not the place to hide the server's.
            return self._state.pending


def _news(data: str) -> Cursor:
    try:
        return Cursor.model_validate_json(data)
    except ValidationError:
        raise Fault(FaultCode.SERVER_INCOMPATIBLE, "event stream") from None


async def _first_of(timeout_s: float, *events: asyncio.Event) -> None:
    """Returns when one of the events is set or the time has passed."""
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


class _Resolver(ThreadPoolExecutor):
    """Looks names up in daemon threads.

    The loop's own executor joins its threads at the end, and a look-up in a network without name server takes half a
    minute: the program could not stop within its deadline.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()

        def look_up() -> None:
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - handed to the one who waits, as every executor does
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=look_up, name="sync-resolver", daemon=True).start()
        return future
