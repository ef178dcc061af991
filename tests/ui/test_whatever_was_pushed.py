"""Whatever a desk pushes, the server answers, every other desk goes on, and every screen can be painted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from tests.afternoon import REGIONS
from tests.clocks import FakeClock
from tests.desk import Desk
from tests.enrolled import enrol_at, key_of
from tests.entity_values import POISON, deep, poisoned, values
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tests.services_stage import EXAMPLES, InlineStore
from tmcwall.db import (
    bookmarks,
    cases,
    contacts,
    incidents,
    operations,
    planned_outages,
    server_order,
    shared_layouts,
    wall_orders,
)
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.rows import fields_of
from tmcwall.domain.ids import uuid7
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json
from tmcwall.domain.shared_layout import plan_of
from tmcwall.domain.sp2hp import next_reminder
from tmcwall.domain.wall_order import lay_page
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext
from tmcwall.server.sessions import begin_session
from tmcwall.services.conflicts import OpenConflict
from tmcwall.services.replica import StoreReplica
from tmcwall.services.tagging import BookmarkRow
from tmcwall.services.wall_orders import ListedOrder
from tmcwall.signatures import Purpose
from tmcwall.sync.client import SyncClient
from tmcwall.sync.connection import Connection
from tmcwall.sync.protocol import API, OperationMessage
from tmcwall.texts import Translator
from tmcwall.ui.actions import Actions
from tmcwall.ui.console.bookmark_panel import BookmarkPanel
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.conflict_window import ConflictWindow
from tmcwall.ui.console.contact_window import ContactWindow
from tmcwall.ui.console.incident_detail import IncidentDetail
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.outage_window import OutageWindow
from tmcwall.ui.console.plan import PlanPanel
from tmcwall.ui.console.wall_order_window import WallOrderWindow
from tmcwall.ui.review.information import InformationPanel

ADDRESS = "http://127.0.0.1:1"
SAY = Translator()
LISTS = ("/bookmarks", "/incidents", "/cases", "/conflicts", "/quarantine", "/operations")


class Station:
    """A server, one desk that pushes whatever it likes, and one honest desk that takes over what there is."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock(START)
        self.app: FastAPI = create_app(settings_in(folder), clock=self.clock, hasher=CHEAP_HASHER)
        self.context: ServerContext = self.app.state.context
        with self.context.database.write() as session:
            add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        for name in ("ws1", "ws2"):
            enrol_at(self.context.database, name, now=START)
        with self.context.database.write() as session:
            policy = self.context.session_policy
            self._token = begin_session(session, OFFICER, device="ws1", policy=policy, now=START).token
            honest = begin_session(session, OFFICER, device="ws2", policy=policy, now=START).token
        self._number, self._hash = 0, FIRST_HASH
        self.store = InlineStore()
        self.store.enrol(self.store.do(operations.device))
        self._client = SyncClient(
            StoreReplica(store=self.store, clips=folder, clock=self.clock),
            server_url=ADDRESS,
            token=honest,
            clock=self.clock,
            on_state=lambda _: None,
        )

    def push(self, entity: str, entity_id: object, fields: Any, /, **changes: object) -> int:
        """The status of the reply. `Any` and `object`: whatever JSON can say."""
        operation = {
            "id": str(uuid7(START)), "device": "ws1", "number": self._number + 1, "actor": NRP,
            "made_at": START.isoformat(), "entity": entity, "entity_id": entity_id, "base_revision": 0,
            "fields": fields, "schema_version": SCHEMA_VERSION, "previous_hash": self._hash,
        } | changes  # fmt: skip
        with suppress(ValueError):  # what nobody can read was signed by nobody
            message = OperationMessage.model_validate_json(json.dumps(operation))
            operation["signature"] = key_of("ws1").sign(Purpose.OPERATION, message.hash)
        reply = self.ask("POST", "/operations", json.dumps({"operations": [operation]}))
        if reply.status_code == 200:
            self._number += 1
            with self.context.database.read() as session:
                self._hash = session.connection().exec_driver_sql("SELECT last_hash FROM devices").scalar_one()
        return reply.status_code

    def ask(self, method: str, path: str, content: str | None = None) -> httpx2.Response:
        async def once() -> httpx2.Response:
            transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url=ADDRESS + API) as client:
                headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(once())

    def synchronise(self) -> None:
        async def once() -> None:
            async with Connection.open(ADDRESS, timeout_s=30, transport=httpx2.ASGITransport(self.app)) as connection:
                await self._client.round(connection)

        asyncio.run(once())

    def last_place(self) -> int:
        with self.context.database.read() as session:
            place: int = session.connection().exec_driver_sql("SELECT last_sequence FROM operation_order").scalar_one()
        return place

    def close(self) -> None:
        self.store.close()
        self.context.close()


class Screens:
    """Everything that shows entities, without a map."""

    def __init__(self, desk: Desk, qtbot: QtBot) -> None:
        self._desk = desk
        actions, names = Actions(SAY), region_names(REGIONS)
        self._tags = BookmarkPanel(desk.tagging, clock=desk.clock, translate=SAY)
        self._incidents = IncidentPanel(
            desk.incidents,
            desk.cameras,
            desk.duty,
            desk.personal,
            actions=actions,
            clock=desk.clock,
            region_name=names,
            translate=SAY,
        )
        actions.setParent(self._incidents)
        self._detail = IncidentDetail(region_name=names, translate=SAY)
        self._information = InformationPanel(translate=SAY)
        self._conflicts = ConflictWindow(desk.conflicts, desk.personal, translate=SAY)
        self._contacts = ContactWindow(desk.contacts, desk.cameras, region_name=names, translate=SAY)
        self._outages = OutageWindow(desk.outages, desk.cameras, desk.duty, clock=desk.clock, translate=SAY)
        self._plan = PlanPanel(desk.layouts, desk.cameras, desk.monitors, desk.duty, translate=SAY)
        self._orders = WallOrderWindow(desk.wall_orders, desk.cameras, desk.duty, self._plan, translate=SAY)
        self._all = (
            self._tags, self._incidents, self._detail, self._information, self._conflicts, self._contacts,
            self._outages, self._plan, self._orders,
        )  # fmt: skip
        for screen in self._all:
            qtbot.addWidget(screen)
            screen.resize(900, 700)
            screen.show()

    def paint(self, store: InlineStore) -> None:
        entries = store.do(lambda session: bookmarks.recent(session, limit=50))
        today = SAY.zone.date_of(self._desk.clock.utc())
        rows = []
        for entry in entries:
            reminder = next_reminder(entry.case, today=today, zone=SAY.zone) if entry.case else None
            rows.append(BookmarkRow(entry.bookmark, entry.clip, entry.case, reminder))
        self._desk.tagging.rows = rows
        self._desk.tagging.recent_changed.emit()
        open_incidents = store.do(incidents.open_incidents)
        self._desk.incidents.incidents = {incident.id: incident for incident in open_incidents}
        self._desk.incidents.listed.emit()
        for incident in open_incidents[:5]:
            notes = store.do(partial(incidents.notes, incident_id=incident.id))
            self._detail.show_incident(
                incident, notes, on_duty=OFFICER, reporter=self._desk.personal.reporter(incident)
            )
        for row in rows[:5]:
            self._information.show_row(row)
        found = store.do(conflict_rows.unsettled)
        self._desk.conflicts.put(*(OpenConflict(conflict, "") for conflict in found))
        self._show_what_all_share(store)
        assert store.do(cases.all_cases) is not None
        for screen in self._all:
            screen.grab()

    def _show_what_all_share(self, store: InlineStore) -> None:
        desk = self._desk
        desk.contacts.contacts = list(store.do(contacts.all_contacts))
        desk.contacts.changed.emit()
        desk.cameras.planned = list(store.do(partial(planned_outages.not_over, now=START)))
        desk.cameras.cameras_changed.emit()
        sent = store.do(partial(wall_orders.sent_since, since=START - timedelta(days=36_500)))
        desk.wall_orders.orders = [ListedOrder(one, "Meja 1", "Meja 2", under_way=True) for one in sent]
        desk.wall_orders.changed.emit()
        pages = [page for one in sent for page in one.order.pages]
        pages += [page for one in store.do(shared_layouts.all_shared) for page in one.pages]
        for page in pages[:20]:
            own = desk.layouts.current().walls["DP-1"]
            desk.layouts.put("DP-1", plan_of(page))
            desk.layouts.put("DP-1", lay_page(own, page, kept={0}).plan)


@pytest.fixture
def station(tmp_path: Path, qapp: object) -> Iterator[Station]:
    opened = Station(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def screens(desk: Desk, qtbot: QtBot) -> Screens:
    return Screens(desk, qtbot)


ANYTHING = st.sampled_from(Entity).flatmap(lambda entity: st.tuples(st.just(entity), values(entity) | poisoned(entity)))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(sample=ANYTHING, again=ANYTHING)
def test_every_kind_of_value_goes_from_push_to_paint_without_a_crash(
    station: Station, screens: Screens, sample: tuple[Entity, dict[str, Json]], again: tuple[Entity, dict[str, Json]]
) -> None:
    for entity, fields in (sample, again):
        identity = fields.get("id")
        assert station.push(entity.value, identity, fields) in {200, 400}
    assert [station.ask("GET", path).status_code for path in LISTS] == [200] * len(LISTS)
    station.synchronise()
    assert station.store.do(server_order.position).cursor == station.last_place()
    screens.paint(station.store)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from(
        ["id", "number", "actor", "made_at", "entity", "entity_id", "base_revision", "fields", "schema_version"]
    ),
    value=POISON | st.integers(2, 260).map(deep) | st.dictionaries(st.sampled_from(["a", "note"]), POISON),
)
def test_whatever_stands_in_the_envelope_is_answered_and_nobody_is_held_up(
    station: Station, field: str, value: Json
) -> None:
    fields = fields_of(EXAMPLES[Entity.BOOKMARK])
    status = station.push("bookmark", fields["id"], fields, **{field: value})
    assert status in {200, 400, 403, 409}
    assert [station.ask("GET", path).status_code for path in LISTS] == [200] * len(LISTS)
    station.synchronise()
    assert station.store.do(server_order.position).cursor == station.last_place()


@pytest.mark.parametrize("depth", [2, 15, 16, 63, 64, 65, 190, 199, 200, 254])
def test_lists_inside_each_other_stop_nobody(station: Station, depth: int) -> None:
    fields = fields_of(EXAMPLES[Entity.BOOKMARK]) | {"note": deep(depth)}
    assert station.push("bookmark", fields["id"], fields) == (200 if depth < 65 else 400)
    assert [station.ask("GET", path).status_code for path in LISTS] == [200] * len(LISTS)
    station.synchronise()
