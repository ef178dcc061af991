"""The central server as an ASGI application."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from argon2 import PasswordHasher
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tmcwall import __version__
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.log import get_logger
from tmcwall.server import (
    access,
    browser_sign_in,
    camera_login_routes,
    city,
    custody,
    desks,
    devices,
    health,
    incoming,
    metrics,
    oversight,
    personal_routes,
    records,
    snapshot,
)
from tmcwall.server.clips import clips_router
from tmcwall.server.context import ServerContext, ServerLimits, ServerSettings
from tmcwall.server.exchange import exchange_router
from tmcwall.server.health import Readiness
from tmcwall.server.metrics import CountedRequests, Standing
from tmcwall.server.nightly import NightlyCompaction
from tmcwall.server.ops import pages
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.request_ids import RequestIds
from tmcwall.sync.protocol import API, FieldError, Refusal, RefusalCode

log = get_logger(__name__)

MAX_BODY_BYTES = 64 * 1024
"""For every route that does not say otherwise."""

_REFUSED: Final[dict[int | str, dict[str, Any]]] = {  # Any: FastAPI's type
    "4XX": {"model": Refusal, "description": "Refused: the code says why."},
    "5XX": {"model": Refusal, "description": "Not possible at the moment."},
}
_CODES = {
    404: RefusalCode.NOT_FOUND,
    405: RefusalCode.NOT_FOUND,
    413: RefusalCode.TOO_LARGE,
}


def create_app(settings: ServerSettings, *, clock: Clock, hasher: PasswordHasher | None = None) -> FastAPI:
    """A server over its database and blob store, opened here. Raises Fault and DomainError if they cannot be.

    `app.state.context.announcer.close()` ends the event streams and belongs before the shutdown.
    """
    context = ServerContext(settings, clock=clock, hasher=hasher)
    app = FastAPI(
        title="tmcwall",
        version=__version__,
        openapi_url=f"{API}/openapi.json" if settings.openapi else None,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        max_body_size=MAX_BODY_BYTES,
    )
    app.state.context = context
    app.state.readiness = Readiness(clock)
    context.counters.registry.register(Standing(context))
    routes = APIRouter(prefix=API, responses=_REFUSED)
    routes.include_router(access.router)
    routes.include_router(browser_sign_in.router)
    routes.include_router(devices.router)
    routes.include_router(exchange_router(push_bytes=settings.limits.push_bytes))
    routes.include_router(snapshot.router)
    routes.include_router(incoming.router)
    routes.include_router(city.router)
    routes.include_router(records.router)
    routes.include_router(oversight.router)
    routes.include_router(desks.router)
    routes.include_router(custody.router)
    routes.include_router(personal_routes.router)
    routes.include_router(camera_login_routes.router)
    routes.include_router(clips_router(clip_bytes=settings.limits.clip_bytes))
    app.include_router(routes)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(pages.router)
    app.add_middleware(BodyPace, limits=settings.limits)
    app.add_middleware(NoNul)
    app.add_middleware(SafeHeaders)
    app.add_middleware(CountedRequests, context=context)
    app.add_middleware(RequestIds)
    _speak_refusals(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context = app.state.context
    assert isinstance(context, ServerContext)
    newest, _ = await run_in_threadpool(context.last_place)
    context.announcer.open(newest)
    watch = context.held_sessions.watch(context.living_sessions, every_s=context.limits.session_check_s)
    tasks = [asyncio.create_task(_checkpoint(context)), asyncio.create_task(watch)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        context.announcer.close()
        await run_in_threadpool(context.close)


async def _checkpoint(context: ServerContext) -> None:
    kept = context.limits.values_kept
    nightly = NightlyCompaction(context, keep=kept) if kept is not None else None
    while True:
        await asyncio.sleep(context.limits.checkpoint_s)
        try:
            await run_in_threadpool(context.database.checkpoint)
            await run_in_threadpool(context.tidy)
            await run_in_threadpool(_forget_old, context)
            if nightly is not None:
                await nightly.run_if_due()
        except (DBAPIError, PoolTimeout, sqlite3.Error) as error:
            log.warning("checkpoint_failed", error=type(error).__name__)


def _forget_old(context: ServerContext) -> None:
    with context.database.write() as session:
        oversight.forget_old(session, now=context.clock.utc(), kept=context.limits.oversight_kept)
        city.forget_old(session, now=context.clock.utc())


def _speak_refusals(app: FastAPI) -> None:
    """Every reply that is no success is a `Refusal`: a code, never a text of ours or of a library."""

    @app.exception_handler(RequestRefused)
    async def refused(_: Request, error: RequestRefused) -> JSONResponse:
        headers = {}
        if error.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        if error.retry_after_s is not None:
            headers["Retry-After"] = str(error.retry_after_s)
        return _reply(error.status, error.refusal, headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # The wrong value stays out of the reply and the log: it may be a password.
        problems = tuple(
            FieldError(field=".".join(map(str, problem["loc"])), message=problem["msg"])
            for problem in error.errors()[:50]
        )
        return _reply(400, Refusal(code=RefusalCode.INVALID, errors=problems))

    @app.exception_handler(HTTPException)
    async def failed(_: Request, error: HTTPException) -> JSONResponse:
        code = _CODES.get(error.status_code, RefusalCode.INVALID)
        return _reply(error.status_code, Refusal(code=code), dict(error.headers or {}))

    @app.exception_handler(Fault)
    async def faulty(request: Request, fault: Fault) -> JSONResponse:
        return _faulty(request, fault)

    @app.exception_handler(DBAPIError)
    @app.exception_handler(PoolTimeout)
    async def without_database(request: Request, error: Exception) -> JSONResponse:
        context: ServerContext = request.app.state.context
        if isinstance(error, DBAPIError):
            fault = await run_in_threadpool(context.database.disk_fault, error)
            if fault is not None:
                return _faulty(request, fault)
        log.error("request_abandoned", path=request.url.path, error=type(error).__name__)
        return _reply(503, Refusal(code=RefusalCode.INTERNAL), {"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        # The trace is logged by uvicorn, to which Starlette raises the error once more.
        log.error("bug", path=request.url.path, error=type(error).__name__)
        return _reply(500, Refusal(code=RefusalCode.INTERNAL))


def _faulty(request: Request, fault: Fault) -> JSONResponse:
    log.error("request_abandoned", path=request.url.path, fault=fault.code, detail=fault.detail)
    if fault.code is FaultCode.DISK_FULL:
        return _reply(507, Refusal(code=RefusalCode.STORAGE_FULL), {"Retry-After": "60"})
    if fault.code is FaultCode.BLOBS_UNREACHABLE:
        return _reply(503, Refusal(code=RefusalCode.INTERNAL), {"Retry-After": "5"})
    return _reply(500, Refusal(code=RefusalCode.INTERNAL))


def _reply(status: int, refusal: Refusal, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(refusal.model_dump(mode="json", exclude_none=True), status, headers)


class SafeHeaders:
    """What no reply goes without."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name.lower() for name, _ in message["headers"]}
                extra = [(b"x-content-type-options", b"nosniff")]
                if b"cache-control" not in names:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self._app(scope, receive, safe)


class NoNul:
    """Refuses NUL in a path or query: no name and no number here has one, and PostgreSQL takes it in no text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\x00" in scope["path"] or b"%00" in scope["query_string"]):
            refusal = _reply(400, Refusal(code=RefusalCode.INVALID))
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


class BodyPace:
    """A body that pauses too long, or comes too slowly on the whole, ends its request with 408."""

    def __init__(self, app: ASGIApp, limits: ServerLimits) -> None:
        self._app = app
        self._silence_s = limits.body_silence_s
        self._slowest_bytes_per_s = limits.slowest_bytes_per_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        complete = False
        waited_s = 0.0
        received = 0

        async def bounded() -> Message:
            nonlocal complete, waited_s, received
            if complete:
                # Only a disconnection can follow; event streams wait here for hours.
                return await receive()
            began_s = loop.time()
            try:
                async with asyncio.timeout(self._silence_s):
                    message = await receive()
            except TimeoutError:
                raise RequestRefused(RefusalCode.TOO_SLOW) from None
            # What the server itself takes between two parts is not the sender's.
            waited_s += loop.time() - began_s
            received += len(message.get("body", b""))
            if waited_s > self._silence_s + received / self._slowest_bytes_per_s:
                raise RequestRefused(RefusalCode.TOO_SLOW)
            complete = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self._app(scope, bounded, send)
