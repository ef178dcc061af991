"""Clips on their way in: whether one is complete, and who is sending one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.clock import Clock
from tmcwall.domain.operation import Entity
from tmcwall.server.blobs import BlobStore
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import OperationRow, UploadRow
from tmcwall.sync.protocol import Fate, RefusalCode

_MOST_WANTED: Final = 200


def is_complete(upload: UploadRow, blobs: BlobStore) -> bool:
    """The bytes had the right hash when they came, and lie under their name in their length. What every route says."""
    return upload.completed_at is not None and blobs.has(upload.sha256, upload.length)


def want_again(session: Session, upload_id: str) -> None:
    """The bytes of a complete clip are gone: its workstation is asked for them, and sends them from the start."""
    session.get_one(UploadRow, upload_id).completed_at = None


def wanted_of(session: Session, device: str) -> tuple[str, ...]:
    """Clips that were cut there and whose bytes are not here, or not whole, though an upload was begun."""
    cut_there = (
        select(OperationRow.entity_id)
        .where(OperationRow.entity == Entity.CLIP.value, OperationRow.entity_id == UploadRow.clip_id)
        .where(OperationRow.device == device, OperationRow.fate != Fate.QUARANTINED.value)
    )
    incomplete = select(UploadRow.clip_id).where(UploadRow.completed_at.is_(None), cut_there.exists())
    return tuple(session.scalars(incomplete.order_by(UploadRow.created_at).limit(_MOST_WANTED)))


class Hold(Protocol):
    """What a sender has where other processes write uploads, too."""

    async def is_held(self) -> bool:
        """Whether nobody else can have begun to write."""
        ...


class Sender:
    """The request that is writing an upload. A slow one gives way to another, so that nobody can lock an upload."""

    def __init__(self, clock: Clock, *, slow_s: float, slowest_bytes_per_s: int) -> None:
        self._clock = clock
        self._slow_s = slow_s
        self._enough_bytes = round(slow_s * slowest_bytes_per_s)
        self._bytes = 0
        self._brought_enough_ns = clock.monotonic_ns()
        self._wait: asyncio.Timeout | None = None
        self._ended = asyncio.Event()
        self.hold: Hold | None = None

    @property
    def is_slow(self) -> bool:
        """Whether it waits for more, and got too little for a while."""
        return self._wait is not None and (self._clock.monotonic_ns() - self._brought_enough_ns) / 1e9 >= self._slow_s

    async def parts(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The body as it comes. Raises RequestRefused(LOCKED) when it has to give way."""
        while True:
            try:
                async with asyncio.timeout(None) as self._wait:
                    part = await anext(body, None)
            except TimeoutError:
                raise RequestRefused(RefusalCode.LOCKED) from None
            finally:
                self._wait = None
            if self.hold is not None and not await self.hold.is_held():
                raise RequestRefused(RefusalCode.LOCKED)
            if part is None:
                return
            self._count(len(part))
            yield part

    async def gives_way(self) -> bool:
        """Whether it has ended now, because it was slow and is waiting for more."""
        if self._wait is None or not self.is_slow:
            return False
        self._wait.reschedule(asyncio.get_running_loop().time())
        await self._ended.wait()
        return True

    def has_ended(self) -> None:
        self._ended.set()

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes >= self._enough_bytes:
            self._bytes = 0
            self._brought_enough_ns = self._clock.monotonic_ns()
