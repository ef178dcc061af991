"""What goes to the server besides operations: the chain of oversight, and how the workstation stands."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select

from tests.clocks import FakeClock
from tests.enrolled import device, enrol_at
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, MemoryReplica, bookmark, settings_in
from tmcwall import __version__
from tmcwall.domain.fault import Fault
from tmcwall.domain.operation import Entity
from tmcwall.domain.oversight import Entry, OversightAction, OversightRow, next_row
from tmcwall.server import tables
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.sync.connection import Connection
from tmcwall.sync.couriers import Courier, DeskReporter, OversightCourier, RegisterCourier
from tmcwall.sync.protocol import ServerInfo, SignInReply, SignInRequest
from tmcwall.sync.register import DeviceKey


class Chain:
    """`sync.couriers.OversightStore` in memory."""

    def __init__(self, count: int) -> None:
        self.rows: list[OversightRow] = []
        self.sent: set[int] = set()
        for number in range(count):
            at = START + timedelta(seconds=number)
            entry = Entry(officer=NRP, action=OversightAction.VIEW_STARTED, at=at, camera="cam-1", detail="tile")
            self.rows.append(next_row((self.rows[-1].seq, self.rows[-1].hash) if self.rows else None, entry))

    def pending(self, limit: int) -> Sequence[OversightRow]:
        return [row for row in self.rows if row.seq not in self.sent][:limit]

    def mark_sent(self, up_to: int) -> None:
        self.sent |= set(range(1, up_to + 1))

    def resend_from(self, seq: int) -> None:
        self.sent = {number for number in self.sent if number < seq}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield application
    application.state.context.close()


def deliver(server: FastAPI | httpx2.MockTransport, *couriers: Courier) -> None:
    transport = httpx2.ASGITransport(app=server) if isinstance(server, FastAPI) else server

    async def go() -> None:
        async with Connection.open("http://test", timeout_s=10, transport=transport) as connection:
            token = "any"
            if isinstance(server, FastAPI):
                enrol_at(server.state.context.database, "ws1", now=START)
                challenge = (await connection.get("/info", ServerInfo)).challenge
                proof = device("ws1").prove(nrp=NRP, challenge=challenge)
                wanted = SignInRequest(nrp=NRP, password=PASSWORD, device="ws1", challenge=challenge, proof=proof)
                token = (await connection.post("/sign-in", wanted, SignInReply, token="none")).token
            for courier in couriers:
                await courier.deliver(connection, token)

    asyncio.run(go())


def kept(app: FastAPI) -> list[tuple[int, str]]:
    with app.state.context.database.read() as session:
        rows = session.scalars(select(tables.OversightRow).order_by(tables.OversightRow.seq))
        return [(row.seq, row.link) for row in rows]


def test_the_whole_chain_goes_in_messages_of_bounded_size(app: FastAPI) -> None:
    chain = Chain(1203)
    deliver(app, OversightCourier(chain))
    assert chain.pending(1) == []
    assert kept(app) == [(number, "whole") for number in range(1, 1204)]


def test_what_a_restored_server_lacks_is_sent_again_and_the_chain_is_whole(app: FastAPI) -> None:
    chain = Chain(30)
    deliver(app, OversightCourier(chain))
    with app.state.context.database.write() as session:
        session.execute(delete(tables.OversightRow).where(tables.OversightRow.seq > 10))
    chain.sent.discard(30)
    deliver(app, OversightCourier(chain))
    assert kept(app) == [(number, "whole") for number in range(1, 31)]


def test_an_older_server_or_one_that_has_other_rows_holds_up_nothing() -> None:
    for status, asked in ((404, 1), (409, 1)):
        calls: list[str] = []

        def refuse(request: httpx2.Request, status: int = status, calls: list[str] = calls) -> httpx2.Response:
            calls.append(request.url.path)
            return httpx2.Response(status, json={"code": "fork"})

        courier, replica = OversightCourier(Chain(1)), MemoryReplica()
        transport = httpx2.MockTransport(refuse)
        deliver(transport, courier, courier, DeskReporter(replica, cameras=dict))
        assert calls.count("/api/v1/oversight") == asked


def test_a_server_that_is_busy_is_asked_again_with_the_next_round() -> None:
    chain = Chain(1)
    busy = httpx2.MockTransport(lambda _: httpx2.Response(503, json={"code": "internal"}))
    with pytest.raises(Fault):
        deliver(busy, OversightCourier(chain))
    assert len(chain.pending(10)) == 1


def test_a_desk_says_its_version_its_oldest_unsent_operation_and_its_cameras(app: FastAPI) -> None:
    replica = MemoryReplica()
    replica.write(Entity.BOOKMARK, "b1", bookmark("b1"))
    deliver(app, DeskReporter(replica, cameras=lambda: {"live": 30, "lost": 2}))
    with app.state.context.database.read() as session:
        row = session.scalars(select(tables.DeskReportRow)).one()
    assert (row.version, row.pending, row.oldest_unsent_at) == (__version__, 1, START)
    assert row.cameras == '{"live": 30, "lost": 2}'


def test_rows_and_reports_that_cannot_be_sent_hold_up_nothing(app: FastAPI) -> None:
    chain, replica = Chain(1), MemoryReplica()
    chain.rows[0] = replace(chain.rows[0], officer="")
    deliver(app, OversightCourier(chain), DeskReporter(replica, cameras=lambda: {"NO STATE": 1}))
    assert (kept(app), len(chain.pending(10))) == ([], 1)


def test_the_register_of_workstations_is_fetched_now_and_then(app: FastAPI) -> None:
    clock, replica = FakeClock(START), Registers()
    courier = RegisterCourier(replica, clock=clock, every_s=60)
    deliver(app, courier, courier)
    assert replica.kept == [["server", "ws1"]]
    clock.advance(60)
    enrol_at(app.state.context.database, "ws2", now=START)
    deliver(app, courier)
    assert replica.kept[1:] == [["server", "ws1", "ws2"]]


class Registers(MemoryReplica):
    """Notes which devices each register that it is given names."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[list[str]] = []

    def keep_register(self, keys: Sequence[DeviceKey]) -> None:
        self.kept.append(sorted({key.device for key in keys}))
