"""What Prometheus reads: the counters of the server, and gauges that are looked up when it asks."""

from __future__ import annotations

import hmac
import json
import shutil
import time
from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from fastapi import APIRouter, Request, Response
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tmcwall.server.context import Context, ServerContext
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import DeskReportRow
from tmcwall.sync.protocol import API, Refusal, RefusalCode

_ELSEWHERE = "(none)"
"""The route of what fits none: the path itself is the asker's to choose, and would fill the memory."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"})

_DESCRIBED: Final[dict[int | str, dict[str, Any]]] = {  # Any: FastAPI's type
    200: {"content": {"text/plain": {}}},
    401: {"model": Refusal},
    404: {"model": Refusal},
}

router = APIRouter()


@router.get("/metrics", response_class=Response, responses=_DESCRIBED)
async def metrics(request: Request, context: Context) -> Response:
    """With the token of the metrics file; without such a file there are none."""
    if context.metrics_token is None:
        raise RequestRefused(RefusalCode.NOT_FOUND)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), context.metrics_token.encode()):
        raise RequestRefused(RefusalCode.UNAUTHORIZED)
    body = await run_in_threadpool(generate_latest, context.counters.registry)
    return Response(body, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class CountedRequests:
    """Counts and times every reply by the route that gave it, and notes how many are under way."""

    def __init__(self, app: ASGIApp, context: ServerContext) -> None:
        self._app = app
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        counters = self._context.counters

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = _route_of(scope)
                method = scope["method"] if scope["method"] in _METHODS else _ELSEWHERE
                counters.requests.labels(route, method, message["status"]).inc()
                counters.request_seconds.labels(route).observe(time.perf_counter() - began)
                self._note_load()
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            self._note_load()

    def _note_load(self) -> None:
        context = self._context
        context.counters.streams.set(context.streams.going)
        lanes: Mapping[str, _Lane] = {
            "requests": context.requests,
            "bodies": context.bodies,
            "pushes": context.order,
            "password_checks": context.password_checks,
        }
        for name, lane in lanes.items():
            context.counters.lane_going.labels(name).set(lane.going)
            context.counters.lane_waiting.labels(name).set(lane.waiting)


class _Lane(Protocol):
    @property
    def going(self) -> int: ...
    @property
    def waiting(self) -> int: ...


class Standing(Collector):
    """How things stand at the moment of asking, whichever process is asked."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    def describe(self) -> Sequence[Metric]:
        """Nothing, so that registering looks nothing up."""
        return ()

    def collect(self) -> Iterator[Metric]:
        free = shutil.disk_usage(self._context.blobs.folder).free
        yield GaugeMetricFamily("tmcwall_disk_free_bytes", "Room where clips lie", value=free)
        yield from self._desks()

    def _desks(self) -> Iterator[Metric]:
        now = self._context.clock.utc()
        with self._context.database.read() as session:
            desks = session.scalars(select(DeskReportRow)).all()
        unsent = GaugeMetricFamily(
            "tmcwall_desk_oldest_unsent_seconds", "Age of the oldest operation not sent", labels=("desk",)
        )
        silent = GaugeMetricFamily(
            "tmcwall_desk_silent_seconds", "Time since the workstation last spoke", labels=("desk",)
        )
        versions = GaugeMetricFamily("tmcwall_desks", "Workstations by version", labels=("version",))
        cameras = GaugeMetricFamily("tmcwall_cameras", "Cameras by workstation and state", labels=("desk", "state"))
        for desk in desks:
            age_s = (now - desk.oldest_unsent_at).total_seconds() if desk.oldest_unsent_at else 0.0
            unsent.add_metric((desk.device,), max(age_s, 0.0))
            silent.add_metric((desk.device,), (now - desk.reported_at).total_seconds())
            for state, count in json.loads(desk.cameras).items():
                cameras.add_metric((desk.device, state), count)
        for version, count in sorted(Tally(desk.version for desk in desks).items()):
            versions.add_metric((version,), count)
        yield from (unsent, silent, versions, cameras)


def _route_of(scope: Scope) -> str:
    """As it is declared, with its variables in braces. A route that is included does not know under what."""
    route = scope.get("route")
    if route is None:
        return _ELSEWHERE
    return f"{API}{route.path}" if scope["path"].startswith(f"{API}/") else str(route.path)
