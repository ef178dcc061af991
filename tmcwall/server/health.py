"""Routes for whoever watches over the server's process: whether it lives, and whether it can do its work."""

from __future__ import annotations

import shutil
import threading
from enum import StrEnum

from fastapi import APIRouter, Request
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault
from tmcwall.log import get_logger
from tmcwall.server.context import Context, ServerContext

log = get_logger(__name__)

router = APIRouter(prefix="/health")

_GOOD_FOR_S = 1.0
"""Anybody may ask: the disk and the database are asked once in this time."""


class Problem(StrEnum):
    """Why a server is not ready."""

    DATABASE_SILENT = "database_silent"
    BLOBS_UNWRITABLE = "blobs_unwritable"
    KEY_MISSING = "key_missing"
    """The key file is gone: the server works on with what it has read, and would not start again."""
    STORAGE_LOW = "storage_low"


class Alive(BaseModel):
    alive: bool = True


class Ready(BaseModel):
    ready: bool
    problems: tuple[Problem, ...] = ()


class Readiness:
    """What a look at the server's database, clips, key and disk has found. From any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._looked_ns: int | None = None
        self._problems: tuple[Problem, ...] = ()

    def problems(self, context: ServerContext) -> tuple[Problem, ...]:
        with self._lock:
            now_ns = self._clock.monotonic_ns()
            if self._looked_ns is None or now_ns - self._looked_ns > _GOOD_FOR_S * 1e9:
                found = tuple(problem for problem in Problem if _LOOKS[problem](context))
                if found != self._problems:
                    log.warning("readiness_changed", problems=list(found))
                self._looked_ns, self._problems = now_ns, found
            return self._problems


@router.get("/live")
async def live() -> Alive:
    """The loop that serves goes round: asks nothing else, so that a full disk restarts no process."""
    return Alive()


@router.get("/ready", responses={503: {"model": Ready}})
async def ready(request: Request, context: Context) -> JSONResponse:
    readiness = request.app.state.readiness
    assert isinstance(readiness, Readiness)
    problems = await run_in_threadpool(readiness.problems, context)
    reply = Ready(ready=not problems, problems=problems)
    return JSONResponse(reply.model_dump(mode="json"), 503 if problems else 200)


def _database_is_silent(context: ServerContext) -> bool:
    try:
        with context.database.read() as session:
            session.connection().exec_driver_sql("SELECT 1")
    except (DBAPIError, PoolTimeout):
        return True
    return False


def _blobs_are_unwritable(context: ServerContext) -> bool:
    try:
        context.blobs.check_writable()
    except Fault:
        return True
    return False


def _key_is_missing(context: ServerContext) -> bool:
    return not context.key_file.is_file()


def _storage_is_low(context: ServerContext) -> bool:
    try:
        return shutil.disk_usage(context.blobs.folder).free < context.limits.least_free_bytes
    except OSError:
        return True


_LOOKS = {
    Problem.DATABASE_SILENT: _database_is_silent,
    Problem.BLOBS_UNWRITABLE: _blobs_are_unwritable,
    Problem.KEY_MISSING: _key_is_missing,
    Problem.STORAGE_LOW: _storage_is_low,
}
