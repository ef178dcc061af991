"""What goes on for long in a session, such as an event stream, and ends soon after the session does."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool

from tmcwall.log import get_logger

log = get_logger(__name__)


class HeldSessions:
    """Used by the event loop only. One look at the database serves all of them, also those of other processes."""

    def __init__(self) -> None:
        self._endings: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)

    @property
    def any(self) -> bool:
        return bool(self._endings)

    @contextmanager
    def hold(self, session_id: str, on_end: Callable[[], None]) -> Iterator[None]:
        """`on_end` is called when the session has ended meanwhile."""
        self._endings[session_id].append(on_end)
        try:
            yield
        finally:
            self._endings[session_id].remove(on_end)
            if not self._endings[session_id]:
                del self._endings[session_id]

    async def watch(self, living: Callable[[AbstractSet[str]], AbstractSet[str]], *, every_s: float) -> None:
        """Until it is cancelled. `living` is called in a thread."""
        while True:
            await asyncio.sleep(every_s)
            if not self.any:
                continue
            held = frozenset(self._endings)
            try:
                ended = held - await run_in_threadpool(living, held)
            except (DBAPIError, PoolTimeout) as error:
                log.warning("sessions_not_looked_at", error=type(error).__name__)
                continue
            for session_id in ended:
                for on_end in tuple(self._endings.get(session_id, ())):
                    on_end()
