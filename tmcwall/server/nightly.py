"""The order compacted once a night, step by step between pushes, while the server runs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from tmcwall.log import get_logger
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.compaction import Compaction, Plan, plan

if TYPE_CHECKING:
    from tmcwall.server.context import ServerContext

log = get_logger(__name__)

_NIGHT_UTC: Final = range(18, 21)
"""Hours: 01:00 to 04:00 in Jakarta, 03:00 to 06:00 in Jayapura."""
_ACTOR: Final = "server"


class NightlyCompaction:
    """Of one server process. Several may do it at once: each step holds the lock of the order."""

    def __init__(self, context: ServerContext, *, keep: timedelta) -> None:
        self._context = context
        self._keep = keep
        self._done: date | None = None

    async def run_if_due(self) -> None:
        """Raises DBAPIError; what was done until then stays done, and is not tried again in this night."""
        now = self._context.clock.utc()
        if now.hour not in _NIGHT_UTC or now.date() == self._done:
            return
        self._done = now.date()
        planned = await run_in_threadpool(self._plan, now)
        compaction = Compaction(planned, now=now, signing_key=self._context.signing_key)
        while await self._context.order.alone(partial(self._step, compaction), key="compaction"):
            pass
        if compaction.operations:
            await run_in_threadpool(self._note, compaction, now)
            log.info("order_compacted", operations=compaction.operations, bytes=compaction.bytes)

    def _plan(self, now: datetime) -> Plan:
        with self._context.database.read() as session:
            return plan(session, keep=self._keep, now=now)

    def _step(self, compaction: Compaction) -> bool:
        with self._context.database.write() as session:
            return compaction.step(session)

    def _note(self, compaction: Compaction, now: datetime) -> None:
        about = f"{compaction.operations} operations, {compaction.bytes} bytes"
        with self._context.database.write() as session:
            audit(session, AuditAction.COMPACTED, at=now, actor=_ACTOR, about=about)
