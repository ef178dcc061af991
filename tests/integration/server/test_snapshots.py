"""A new workstation takes over the server's state, and is then like one that has read every operation."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from tests.clocks import FakeClock
from tests.enrolled import enrol_at
from tests.exchange import CHEAP_HASHER, OFFICER, PASSWORD, START, MemoryReplica, bookmark, settings_in
from tests.services_stage import EXAMPLES, InlineStore, camera
from tmcwall.db import bookmarks, cameras, conflicts, custody, operations, rows, server_order, tables
from tmcwall.db.rows import fields_of
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import Fault
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext, ServerLimits
from tmcwall.server.journal import Journal
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import EntityRow, OperationRow, OrderRow
from tmcwall.services.replica import StoreReplica
from tmcwall.sync.client import SyncClient, SyncLimits, SyncState
from tmcwall.sync.connection import Connection
from tmcwall.sync.replica import Replica

ADDRESS = "http://127.0.0.1:1"
HEAD = replace(OFFICER, role=Role.HEAD)


class Network(httpx2.AsyncBaseTransport):
    """Carries requests to the application; `on_snapshot` is called before each page of a snapshot, counted from 1."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx2.ASGITransport(app)
        self.paths: list[str] = []
        self.on_snapshot: Callable[[int], httpx2.Response | None] = lambda _: None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.paths.append(request.url.path.rpartition("/")[2])
        if self.paths[-1] == "snapshot":
            answer = self.on_snapshot(self.paths.count("snapshot"))
            if answer is not None:
                return answer
        return await self._inner.handle_async_request(request)


class Server:
    """In memory of this process, with pages of two entities."""

    def __init__(self, folder: Path) -> None:
        limits = ServerLimits(snapshot_entities=2)
        self.app = create_app(settings_in(folder, limits=limits), clock=FakeClock(START), hasher=CHEAP_HASHER)
        self.context: ServerContext = self.app.state.context
        with self.context.database.write() as session:
            add_user(session, HEAD, PASSWORD, hasher=CHEAP_HASHER, now=START)

    def token(self, device: str) -> str:
        enrol_at(self.context.database, device, now=START)
        policy = self.context.session_policy
        with self.context.database.write() as session:
            return begin_session(session, HEAD, device=device, policy=policy, now=START).token

    def withdraw(self, entity_id: str, place: int) -> None:
        """The operation on that entity which came at that place among its own."""
        with self.context.database.write() as session:
            rows = session.scalars(
                select(OperationRow).where(OperationRow.entity_id == entity_id).order_by(OperationRow.server_sequence)
            ).all()
            Journal(session, now=START).withdraw(rows[place].operation_id, reason="keliru", by="admin")

    def begin_epoch(self) -> None:
        with self.context.database.write() as session:
            session.execute(update(OrderRow).values(epoch=uuid4()))


class Desk:
    """A workstation over any replica."""

    def __init__(self, server: Server, replica: Replica, device: str, *, batch: int) -> None:
        self.network = Network(server.app)
        self.states: list[SyncState] = []
        self._client = SyncClient(
            replica,
            server_url=ADDRESS,
            token=server.token(device),
            clock=FakeClock(START),
            on_state=self.states.append,
            limits=SyncLimits(batch=batch),
        )

    def synchronise(self) -> None:
        async def once() -> None:
            async with Connection.open(ADDRESS, timeout_s=30, transport=self.network) as connection:
                await self._client.round(connection)

        asyncio.run(once())

    @property
    def pages(self) -> int:
        return self.network.paths.count("snapshot")


class Workstation(Desk):
    """One with the program's own store. Many operations a page: it reads the order from its beginning."""

    def __init__(self, server: Server, folder: Path, *, batch: int = 3) -> None:
        self.store = InlineStore()
        replica = StoreReplica(store=self.store, clips=folder, clock=FakeClock(START))
        device = self.store.do(operations.device)
        self.store.enrol(device)
        super().__init__(server, replica, device, batch=batch)

    def tag(self, bookmark_id: str) -> None:
        def change(session) -> None:
            known = bookmarks.get(session, bookmark_id)
            assert known is not None
            operations.change(session, replace(known, note="milik sendiri"), actor=HEAD.nrp, at=START)

        self.store.do(change)

    def seen(self) -> dict[str, list[tuple[str, ...]]]:
        """Everything that officers are shown, and what later operations are merged with."""
        shown = (*tables.SYNCHRONISED.values(), tables.entity_states)
        return self.store.do(
            lambda session: (
                {table.name: sorted(tuple(map(str, row)) for row in session.execute(select(table))) for table in shown}
                | {"conflicts": sorted((one.id,) for one in conflicts.unsettled(session))}
            )
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    opened = Server(tmp_path)
    yield opened
    opened.context.close()


@pytest.fixture
def writer(server: Server) -> tuple[MemoryReplica, Desk]:
    """Another workstation, whose changes are on the server: seven bookmarks, one of them disputed, and a camera."""
    replica = MemoryReplica(device="ws1", actor=HEAD.nrp)
    for number in range(7):
        replica.write(Entity.BOOKMARK, f"b{number}", bookmark(f"b{number}"))
    replica.write(Entity.CAMERA, "CAM-1", {"id": "CAM-1", "name": "Pasar", "url": "rtsp://10.0.0.1/1", "number": 1})
    desk = Desk(server, replica, "ws1", batch=200)
    desk.synchronise()
    other = MemoryReplica(device="ws2", actor=HEAD.nrp)
    other.write(Entity.BOOKMARK, "b3", bookmark("b3", note="dari tempat lain"))
    Desk(server, other, "ws2", batch=200).synchronise()
    return replica, desk


@pytest.fixture
def new_desk(server: Server, tmp_path: Path) -> Iterator[Callable[..., Workstation]]:
    made: list[Workstation] = []

    def make(**options: int) -> Workstation:
        made.append(Workstation(server, tmp_path, **options))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


def test_a_snapshot_gives_what_reading_every_operation_gives(writer, new_desk) -> None:
    reader, taker = new_desk(batch=200), new_desk()
    reader.synchronise()
    taker.synchronise()
    assert (reader.pages, taker.pages) == (0, 5)
    assert taker.seen() == reader.seen()
    assert len(taker.seen()["conflicts"]) == 1
    replica, desk = writer
    for note in ("satu", "dua"):
        replica.write(Entity.BOOKMARK, "b2", {"note": note})
    desk.synchronise()
    for one in (reader, taker):
        one.synchronise()
    assert taker.seen() == reader.seen()
    assert taker.pages == 5
    (row,) = [
        row for row in taker.store.do(lambda s: list(custody.every(s))) if row.action is CustodyAction.SNAPSHOT_TAKEN
    ]
    assert (row.facts["place"], row.facts["entities"]) == (9, 8)


@pytest.mark.parametrize("entity", [Entity.PLANNED_OUTAGE, Entity.SHARED_LAYOUT, Entity.CONTACT, Entity.WALL_ORDER])
def test_a_new_workstation_has_what_all_share_with_its_snapshot(writer, new_desk, entity: Entity) -> None:
    replica, desk = writer
    replica.write(entity, EXAMPLES[entity].id, fields_of(EXAMPLES[entity]))
    desk.synchronise()
    taker = new_desk()
    taker.synchronise()
    assert taker.pages
    assert taker.store.do(lambda session: rows.get(session, entity, EXAMPLES[entity].id)) == EXAMPLES[entity]


def test_the_workstation_says_how_far_it_has_come(writer, new_desk) -> None:
    taker = new_desk()
    taker.synchronise()
    told = [state.loading for state in taker.states if state.loading is not None]
    assert told[:2] == [(2, 8), (4, 8)]
    assert taker.states[-1].loading is None


@pytest.mark.parametrize("at", range(1, 6))
def test_one_that_is_interrupted_goes_on_where_it_was(writer, new_desk, at: int) -> None:
    reader, taker = new_desk(batch=200), new_desk()
    reader.synchronise()

    def fail(page: int) -> httpx2.Response | None:
        return httpx2.Response(503) if page == at else None

    taker.network.on_snapshot = fail
    with pytest.raises(Fault):
        taker.synchronise()
    assert taker.store.do(server_order.position).cursor == 0
    taker.network.on_snapshot = lambda _: None
    taker.synchronise()
    assert taker.seen() == reader.seen()
    assert taker.pages == 6


def test_what_is_changed_while_it_is_read_is_there_once(writer, new_desk) -> None:
    replica, desk = writer
    reader, taker = new_desk(batch=200), new_desk()

    def meanwhile(page: int) -> None:
        replica.write(Entity.BOOKMARK, f"b{page}", {"note": f"halaman {page}"})
        replica.write(Entity.BOOKMARK, "b6", {"note": f"halaman {page}"})
        replica.write(Entity.BOOKMARK, f"a{page}", bookmark(f"a{page}"))
        at_once(desk)

    taker.network.on_snapshot = meanwhile
    taker.synchronise()
    reader.synchronise()
    assert taker.seen() == reader.seen()


def at_once(desk: Desk) -> None:
    """A round of another workstation, within a round."""
    thread = threading.Thread(target=desk.synchronise)
    thread.start()
    thread.join()


def test_an_order_that_is_another_one_meanwhile_is_begun_again(server, writer, new_desk) -> None:
    reader, taker = new_desk(batch=200), new_desk()

    def meanwhile(page: int) -> None:
        if page == 3:
            server.begin_epoch()

    taker.network.on_snapshot = meanwhile
    taker.synchronise()
    reader.synchronise()
    assert taker.seen() == reader.seen()
    assert taker.pages == 8
    assert taker.store.do(server_order.snapshot_under_way) is None


def test_an_operation_of_before_that_is_taken_out_of_effect_loses_it(server, writer, new_desk) -> None:
    replica, desk = writer
    replica.write(Entity.BOOKMARK, "b2", {"note": "keliru"})
    desk.synchronise()
    reader, taker = new_desk(batch=200), new_desk()
    reader.synchronise()
    taker.synchronise()
    server.withdraw("b2", 1)
    server.withdraw("b3", 1)
    server.withdraw("b4", 0)
    taker.tag("b2")
    for one in (taker, reader):
        one.synchronise()
    assert taker.seen() == reader.seen()
    assert taker.store.do(lambda session: bookmarks.get(session, "b4")) is None
    assert taker.seen()["conflicts"] == []


def test_what_was_tagged_here_before_is_part_of_it_and_what_is_tagged_later_lies_on_top(writer, new_desk) -> None:
    taker = new_desk()
    taker.store.do(lambda session: cameras.put(session, [camera("CAM-7")], actor=HEAD.nrp, at=START))
    taker.synchronise()
    assert taker.pages == 6
    taker.tag("b1")
    assert taker.store.do(operations.pending_count) == 1
    taker.synchronise()
    reader = new_desk(batch=200)
    reader.synchronise()
    assert taker.seen() == reader.seen()


def test_an_entity_that_nobody_can_read_is_kept_apart_and_holds_up_none(server, writer, new_desk) -> None:
    with server.context.database.write() as session:
        session.execute(update(EntityRow).where(EntityRow.id == "b1").values(versions='{"note": {"value": 7}}'))
        session.execute(update(EntityRow).where(EntityRow.id == "b2").values(kind="weather"))
    taker = new_desk()
    taker.synchronise()
    assert {unread.reason for unread in taker.store.do(server_order.unread)} == {"entity"}
    assert len(taker.seen()["bookmarks"]) == 5


def test_a_server_that_gives_none_is_read_from_the_beginning(writer, new_desk) -> None:
    reader, taker = new_desk(batch=200), new_desk()
    reader.synchronise()
    taker.network.on_snapshot = lambda _: httpx2.Response(404)
    taker.synchronise()
    assert taker.seen() == reader.seen()


def test_a_snapshot_needs_a_token(server) -> None:
    async def ask() -> int:
        async with Connection.open(ADDRESS, timeout_s=5, transport=httpx2.ASGITransport(server.app)) as connection:
            return (await connection.request("GET", "/snapshot")).status_code

    assert asyncio.run(ask()) == 401
