"""Operations are made, brought and taken out in any order: server, old and new workstations come to the same state."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import httpx2
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import enrol_at
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tests.services_stage import InlineStore
from tmcwall.db import bookmarks, operations
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.rows import fields_of
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.operation import Entity
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext
from tmcwall.server.journal import Journal
from tmcwall.server.order import load_state
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import ConflictRow, OperationRow
from tmcwall.services.replica import StoreReplica
from tmcwall.sync.client import SyncClient
from tmcwall.sync.connection import Connection
from tmcwall.sync.protocol import Fate

ADDRESS = "http://127.0.0.1:1"
IDS = ("b0", "b1")


class Desk:
    """A workstation with a real store, signed in."""

    def __init__(self, name: str, app: FastAPI, folder: Path) -> None:
        context: ServerContext = app.state.context
        self.store = InlineStore()
        self._app = app
        device = self.store.do(operations.device)
        enrol_at(context.database, device, now=START)
        self.store.enrol(device)
        with context.database.write() as session:
            token = begin_session(session, OFFICER, device=device, policy=context.session_policy, now=START).token
        self._client = SyncClient(
            StoreReplica(store=self.store, clips=folder, clock=FakeClock(START)),
            server_url=ADDRESS,
            token=token,
            clock=FakeClock(START),
            on_state=lambda _: None,
        )
        self.name = name

    def write(self, bookmark_id: str, **changes: str) -> None:
        known = self.store.do(partial(bookmarks.get, bookmark_id=bookmark_id))
        new = Bookmark(bookmark_id, "cam-1", "Gendengan", START, START + timedelta(seconds=20), START, NRP)
        value = replace(known or new, **changes)  # type: ignore[arg-type]  # a builder takes any field
        self.store.do(partial(operations.change, value=value, actor=NRP, at=START))

    def synchronise(self) -> None:
        async def once() -> None:
            transport = httpx2.ASGITransport(self._app)
            async with Connection.open(ADDRESS, timeout_s=30, transport=transport) as connection:
                await self._client.round(connection)

        asyncio.run(once())

    def seen(self) -> dict[str, object]:
        found = {key: self.store.do(partial(bookmarks.get, bookmark_id=key)) for key in IDS}
        return {key: fields_of(value) for key, value in found.items() if value is not None}

    def conflicts(self) -> set[str]:
        return {conflict.id for conflict in self.store.do(conflict_rows.unsettled)}


class TakingOut(RuleBasedStateMachine):
    """Two workstations tag; an administrator takes out any of what is in effect."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name)

    @initialize()
    def open_server(self) -> None:
        self.app = create_app(settings_in(self.path), clock=FakeClock(START), hasher=CHEAP_HASHER)
        self.context: ServerContext = self.app.state.context
        with self.context.database.write() as session:
            add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        self.desks = [Desk(name, self.app, self.path) for name in ("ws1", "ws2")]

    @rule(desk=st.integers(0, 1), key=st.sampled_from(IDS), note=st.sampled_from("abc"))
    def write_note(self, desk: int, key: str, note: str) -> None:
        self.desks[desk].write(key, note=note)

    @rule(desk=st.integers(0, 1), key=st.sampled_from(IDS), incident=st.sampled_from("xyz"))
    def write_incident(self, desk: int, key: str, incident: str) -> None:
        self.desks[desk].write(key, incident_id=incident)

    @rule(desk=st.integers(0, 1))
    def synchronise(self, desk: int) -> None:
        self.desks[desk].synchronise()

    @rule(which=st.integers(0, 30))
    def take_out(self, which: int) -> None:
        applied = self._in_effect()
        if applied:
            with self.context.database.write() as session:
                Journal(session, now=START).withdraw(applied[which % len(applied)], reason="rusak", by="console")

    def teardown(self) -> None:
        if not hasattr(self, "desks"):
            return
        desks = [*self.desks, Desk("ws3", self.app, self.path)]
        for desk in (*desks, *desks):
            desk.synchronise()
        there, conflicts = {}, set()
        with self.context.database.read() as session:
            for key in IDS:
                fields = load_state(session, Entity.BOOKMARK, key).fields
                if "camera_id" in fields:
                    there[key] = fields
                conflicts |= {
                    row.id for row in session.scalars(select(ConflictRow).where(ConflictRow.entity_id == key))
                }
        for desk in desks:
            assert desk.seen() == there, desk.name
            assert desk.conflicts() == conflicts, desk.name
            desk.store.close()
        self.context.close()
        self.folder.cleanup()

    def _in_effect(self) -> list[UUID]:
        with self.context.database.read() as session:
            in_effect = select(OperationRow.operation_id).where(OperationRow.fate != Fate.QUARANTINED.value)
            return list(session.scalars(in_effect.order_by(OperationRow.server_sequence)))


TestTakingOut = TakingOut.TestCase
TestTakingOut.settings = settings(
    max_examples=8,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=set(Phase) - {Phase.explain},
)
