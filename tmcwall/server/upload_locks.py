"""One request at a time writes an upload: among the requests of a process, and among processes on one PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool

from tmcwall.domain.clock import Clock
from tmcwall.server.database import Database
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import LeaseRow
from tmcwall.server.uploads import Sender
from tmcwall.sync.protocol import RefusalCode

_MOST_TURNS: Final = 1000
"""Uploads of which is remembered whether anybody else has written them since."""


class UploadLocks:
    """Used by the event loop only. `leases` where other processes write uploads, too."""

    def __init__(
        self, clock: Clock, *, slow_s: float, slowest_bytes_per_s: int, leases: UploadLeases | None = None
    ) -> None:
        self._clock = clock
        self._slow_s = slow_s
        self._slowest_bytes_per_s = slowest_bytes_per_s
        self._leases = leases
        self._under_way: dict[str, Sender] = {}

    def is_under_way(self, upload_id: str) -> bool:
        """Whether a request of this process is writing it."""
        return upload_id in self._under_way

    @asynccontextmanager
    async def alone(self, upload_id: str) -> AsyncIterator[Sender]:
        """Raises RequestRefused(LOCKED) if another request is writing the same upload, unless that one is slow."""
        other = self._under_way.get(upload_id)
        if other is not None and not await other.gives_way():
            raise RequestRefused(RefusalCode.LOCKED)
        if upload_id in self._under_way:
            raise RequestRefused(RefusalCode.LOCKED)  # a third one was quicker
        sender = Sender(self._clock, slow_s=self._slow_s, slowest_bytes_per_s=self._slowest_bytes_per_s)
        self._under_way[upload_id] = sender
        try:
            if self._leases is None:
                yield sender
            else:
                async with self._leases.held(upload_id, sender):
                    yield sender
        finally:
            del self._under_way[upload_id]
            sender.has_ended()


class UploadLeases:
    """An upload is held for `for_s` seconds at a time, by a process that says so again in time.

    It does as long as its sender brings enough: from a slow one another process may take the upload over, as from one
    that died. Whoever has lost it writes no more.
    """

    def __init__(self, database: Database, clock: Clock, *, for_s: float, forget: Callable[[str], None]) -> None:
        """`forget` is called for an upload that another process may have written since this one did."""
        self._database = database
        self._clock = clock
        self.lasts = timedelta(seconds=for_s)
        self._forget = forget
        self._holder = uuid4()
        self._turns: OrderedDict[str, int] = OrderedDict()

    @asynccontextmanager
    async def held(self, upload_id: str, sender: Sender) -> AsyncIterator[None]:
        """Raises RequestRefused(LOCKED) if another process holds it."""
        turn = await run_in_threadpool(self._take, upload_id)
        if turn is None:
            raise RequestRefused(RefusalCode.LOCKED)
        if self._turns.pop(upload_id, None) != turn - 1:
            self._forget(upload_id)
        self._turns[upload_id] = turn
        if len(self._turns) > _MOST_TURNS:
            self._turns.popitem(last=False)
        lease = _Lease(self, upload_id, turn)
        sender.hold = lease
        keeping = asyncio.create_task(lease.keep(sender))
        try:
            yield
        finally:
            keeping.cancel()
            with suppress(DBAPIError, PoolTimeout):  # it ends by itself, then
                await run_in_threadpool(self.prolong, upload_id, turn, by=timedelta())

    def tidy(self) -> None:
        """Away with those that nobody holds any more."""
        with self._database.at_once() as connection:
            connection.execute(delete(LeaseRow).where(LeaseRow.ends_at < self._clock.utc() - 60 * self.lasts))

    def prolong(self, upload_id: str, turn: int, *, by: timedelta) -> bool:
        """From now on. False if somebody else has it."""
        held = update(LeaseRow).where(LeaseRow.upload_id == upload_id, LeaseRow.turn == turn)
        with self._database.at_once() as connection:
            return connection.execute(held.values(ends_at=self._clock.utc() + by)).rowcount == 1

    def _take(self, upload_id: str) -> int | None:
        now = self._clock.utc()
        new = insert(LeaseRow).values(upload_id=upload_id, holder=self._holder, turn=1, ends_at=now + self.lasts)
        taken = new.on_conflict_do_update(
            index_elements=[LeaseRow.upload_id],
            set_={"holder": self._holder, "turn": LeaseRow.turn + 1, "ends_at": now + self.lasts},
            # Within a process `UploadLocks` has judged already.
            where=or_(LeaseRow.ends_at <= now, LeaseRow.holder == self._holder),
        ).returning(LeaseRow.turn)
        with self._database.at_once() as connection:
            return connection.execute(taken).scalar_one_or_none()


class _Lease:
    """What one sender holds."""

    def __init__(self, leases: UploadLeases, upload_id: str, turn: int) -> None:
        self._leases = leases
        self._upload_id = upload_id
        self._turn = turn
        self._sure_until_s = 0.0
        """By the monotonic clock."""

    async def is_held(self) -> bool:
        return time.monotonic() < self._sure_until_s or await self._renew()

    async def keep(self, sender: Sender) -> None:
        """Until it is cancelled, or somebody else has it."""
        lasts = self._leases.lasts.total_seconds()
        with suppress(DBAPIError, PoolTimeout):  # `is_held` asks again
            held = True
            while held:
                await asyncio.sleep(lasts / 4)
                held = sender.is_slow or await self._renew()

    async def _renew(self) -> bool:
        asked_at_s, lasts = time.monotonic(), self._leases.lasts
        if not await run_in_threadpool(self._leases.prolong, self._upload_id, self._turn, by=lasts):
            return False
        # Others count from the moment of the statement, and their clocks may be a little ahead.
        self._sure_until_s = asked_at_s + 0.9 * lasts.total_seconds()
        return True
