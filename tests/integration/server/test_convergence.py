"""Workstations and a server over a network that loses, repeats and crashes: nothing acknowledged is ever lost."""

import asyncio
import tempfile
from pathlib import Path

import httpx2
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.clocks import FakeClock
from tests.enrolled import enrol_at
from tests.exchange import (
    CHEAP_HASHER,
    OFFICER,
    PASSWORD,
    START,
    MemoryReplica,
    bookmark,
    settings_in,
)
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Entity
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext
from tmcwall.server.order import load_state, page
from tmcwall.server.sessions import begin_session
from tmcwall.sync.client import SyncClient, SyncLimits
from tmcwall.sync.connection import Connection

ADDRESS = "http://127.0.0.1:1"


class Network(httpx2.AsyncBaseTransport):
    """Carries requests to the application, or fails as it is told, once per POST."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx2.ASGITransport(app)
        self.trouble = ""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        trouble, self.trouble = (self.trouble, "") if request.method == "POST" else ("", self.trouble)
        if trouble == "request lost":
            raise httpx2.ConnectError("lost", request=request)
        response = await self._inner.handle_async_request(request)
        if trouble == "sent twice":
            response = await self._inner.handle_async_request(request)
        if trouble == "reply lost":
            raise httpx2.ReadError("lost", request=request)
        return response


class Workstation:
    def __init__(self, name: str, app: FastAPI, token: str) -> None:
        self.replica = MemoryReplica(device=name)
        self.network = Network(app)
        self._client = SyncClient(
            self.replica,
            server_url=ADDRESS,
            token=token,
            clock=FakeClock(START),
            on_state=lambda _: None,
            limits=SyncLimits(batch=3),
        )

    def synchronise(self) -> None:
        async def once() -> None:
            async with Connection.open(ADDRESS, timeout_s=30, transport=self.network) as connection:
                await self._client.round(connection)

        asyncio.run(once())

    def synchronise_somehow(self, trouble: str, crash_at: str) -> None:
        self.network.trouble, self.replica.crash_at = trouble, crash_at
        try:
            self.synchronise()
        except Fault as fault:
            if fault.code not in {FaultCode.SERVER_UNREACHABLE, FaultCode.STORE_UNWRITABLE}:
                raise
        self.network.trouble = self.replica.crash_at = ""


class Exchange(RuleBasedStateMachine):
    """Three workstations tag and edit a handful of bookmarks, online and offline."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.acknowledged: set[object] = set()

    @initialize()
    def open_server(self) -> None:
        self.app = create_app(settings_in(Path(self.folder.name)), clock=FakeClock(START), hasher=CHEAP_HASHER)
        self.context: ServerContext = self.app.state.context
        self.desks: list[Workstation] = []
        for name in ("ws1", "ws2", "ws3"):
            enrol_at(self.context.database, name, now=START)
        with self.context.database.write() as session:
            add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
            session.flush()
            for name in ("ws1", "ws2", "ws3"):
                token = begin_session(
                    session, OFFICER, device=name, policy=self.context.session_policy, now=START
                ).token
                self.desks.append(Workstation(name, self.app, token))

    @rule(desk=st.integers(0, 2), which=st.integers(0, 2), note=st.sampled_from(["a", "b", "c"]))
    def write(self, desk: int, which: int, note: str) -> None:
        replica = self.desks[desk].replica
        bookmark_id = f"b{which}"
        known = replica.seen(Entity.BOOKMARK, bookmark_id)
        replica.write(Entity.BOOKMARK, bookmark_id, {"note": note} if known else bookmark(bookmark_id, note=note))

    @rule(
        desk=st.integers(0, 2),
        trouble=st.sampled_from(["", "request lost", "reply lost", "sent twice"]),
        crash_at=st.sampled_from(["", "", "acknowledged", "apply_page", "take_snapshot", "finish_snapshot"]),
    )
    def synchronise(self, desk: int, trouble: str, crash_at: str) -> None:
        self.desks[desk].synchronise_somehow(trouble, crash_at)

    @precondition(lambda self: hasattr(self, "desks"))
    @invariant()
    def what_is_acknowledged_is_on_the_server(self) -> None:
        with self.context.database.read() as session:
            there = [item.operation.id for item in page(session, cursor=0, limit=10_000).operations]
        assert len(there) == len(set(there))
        for desk in self.desks:
            kept = [operation for operation in desk.replica.own if operation.number not in desk.replica.unacknowledged]
            assert {operation.id for operation in kept} <= set(there)
            order = [there.index(operation.id) for operation in kept]
            assert order == sorted(order)

    def teardown(self) -> None:
        if not hasattr(self, "desks"):
            return
        for _ in range(2):
            for desk in self.desks:
                desk.synchronise()
        states = [desk.replica.confirmed for desk in self.desks]
        assert states[0] == states[1] == states[2]
        assert [desk.replica.conflicts for desk in self.desks[1:]] == [self.desks[0].replica.conflicts] * 2
        assert not any(desk.replica.unacknowledged for desk in self.desks)
        with self.context.database.read() as session:
            for (kind, entity_id), state in states[0].items():
                assert load_state(session, kind, entity_id) == state
                assert self.desks[0].replica.seen(kind, entity_id) == state.fields
        self.context.close()
        self.folder.cleanup()


TestExchange = Exchange.TestCase
TestExchange.settings = settings(
    max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
