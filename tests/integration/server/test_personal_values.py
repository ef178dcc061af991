"""A reporter's number from desk to desk: beside the order, to whoever may read it, on record."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, ask_in, enrol_at, key_of
from tests.exchange import CHEAP_HASHER, PASSWORD, START, settings_in
from tests.services_stage import incident
from tests.waiting import PATIENCE_S
from tmcwall.db import incidents, operations, signing
from tmcwall.db.store import Session, Store
from tmcwall.domain.commitment import is_commitment
from tmcwall.domain.fault import Fault
from tmcwall.domain.incident import Incident
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import ServerLimits
from tmcwall.server.personal import erase, openings_of
from tmcwall.server.personal_tables import PersonalValueRow
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import AuditRow
from tmcwall.services.replica import StorePersonal, StoreReplica
from tmcwall.signatures import Purpose
from tmcwall.sync.client import SyncClient
from tmcwall.sync.connection import Connection
from tmcwall.sync.personal import PersonalCourier
from tmcwall.sync.protocol import API

T = TypeVar("T")

ADDRESS = "http://127.0.0.1:1"
PHONE, NAME = "+62 800 000 001", "Ibu Rahayu Widyaningsih"
OPERATOR = Officer("80020003", "Tono", Role.OPERATOR)
INVESTIGATOR = Officer("80020002", "Rini", Role.INVESTIGATOR)


class Network(httpx2.AsyncBaseTransport):
    """To the application; keeps what comes back, and loses what a test says."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx2.ASGITransport(app)
        self.received = b""
        self.lost_reply = ""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        await response.aread()
        self.received += response.content
        if self.lost_reply and request.url.path.endswith(self.lost_reply):
            self.lost_reply = ""
            raise httpx2.ReadError("lost", request=request)
        return response


class Desk:
    """A workstation's store in a file, with its network."""

    def __init__(self, name: str, folder: Path, app: FastAPI, officer: Officer) -> None:
        self.path = folder / f"{name}.db"
        self.store = Store(self.path, clock=FakeClock(START))
        self.device = self.do(operations.device)
        key, context = key_of(self.device), app.state.context
        self.store.use_signer(signing.Signer(self.device, partial(key.sign, Purpose.OPERATION)))
        enrolled = signing.StoredEnrolment(self.device, name, SERVER_KEY.public)
        self.do(partial(signing.keep_enrolment, enrolled=enrolled, actor="tmcwall", at=START))
        enrol_at(context.database, self.device, now=START)
        with context.database.write() as session:
            policy = context.session_policy
            self.token = begin_session(session, officer, device=self.device, policy=policy, now=START).token
        self.network = Network(app)
        self.erased: list[str] = []

    def report(self) -> Incident:
        made = incident(id="i1", reporter_name=NAME, reporter_phone=PHONE)
        self.do(partial(operations.change, value=made, actor=OPERATOR.nrp, at=START))
        return self.seen()

    def seen(self) -> Incident:
        found = self.do(partial(incidents.get, incident_id="i1"))
        assert found is not None
        return found

    def synchronise(self) -> None:
        clock = FakeClock(START)
        client = SyncClient(
            StoreReplica(store=self.store, clips=self.path.parent, clock=clock),
            server_url=ADDRESS,
            token=self.token,
            clock=clock,
            on_state=lambda _: None,
            personal=PersonalCourier(StorePersonal(self.store), utc=clock.utc, on_erased=self.erased.extend),
        )

        async def once() -> None:
            async with Connection.open(ADDRESS, timeout_s=30, transport=self.network) as connection:
                await client.round(connection)

        asyncio.run(once())

    def files(self) -> bytes:
        return b"".join(path.read_bytes() for path in self.path.parent.glob(f"{self.path.name}*") if path.is_file())

    def do(self, unit: Callable[[Session], T]) -> T:
        return self.store.write(unit).result(PATIENCE_S)


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    limits = ServerLimits(personal_reads_per_minute=3)
    application = create_app(settings_in(tmp_path, limits=limits), clock=FakeClock(START), hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        for officer in (OPERATOR, INVESTIGATOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    return application


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"http://test{API}") as opened:
        yield opened


@pytest.fixture
def writer(app: FastAPI, tmp_path: Path, client: TestClient) -> Iterator[Desk]:
    desk = Desk("writer", tmp_path, app, OPERATOR)
    yield desk
    desk.store.close()


@pytest.fixture
def other(app: FastAPI, tmp_path: Path, client: TestClient) -> Iterator[Desk]:
    desk = Desk("other", tmp_path, app, OPERATOR)
    yield desk
    desk.store.close()


def asked(client: TestClient, desk: Desk, officer: Officer, *, of: str = "i1") -> httpx2.Response:
    token = ask_in(client, officer.nrp, PASSWORD, desk.device).json()["token"]
    body = {
        "entity": "incident",
        "entity_id": of,
        "commitments": [desk.seen().reporter_name, desk.seen().reporter_phone],
    }
    return client.post("/personal/read", json=body, headers={"Authorization": f"Bearer {token}"})


def test_a_desk_that_has_not_written_it_has_no_byte_of_it_and_an_investigator_reads_it_there(
    client: TestClient, app: FastAPI, writer: Desk, other: Desk
) -> None:
    writer.report()
    writer.synchronise()
    other.synchronise()
    assert is_commitment(other.seen().reporter_phone)
    for word in (PHONE, NAME):
        assert word.encode() not in other.files()
        assert word.encode() not in other.network.received
    assert asked(client, other, OPERATOR).status_code == 403
    reply = asked(client, other, INVESTIGATOR)
    assert {one["value"] for one in reply.json()["values"]} == {PHONE, NAME}
    assert asked(client, other, INVESTIGATOR, of="i2").json()["values"] == []
    with app.state.context.database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.READ_REPORTER)).all()
    assert [(row.actor, row.outcome) for row in rows] == [(INVESTIGATOR.nrp, "2 of 2"), (INVESTIGATOR.nrp, "0 of 2")]
    assert all(other.device in row.about for row in rows)


@pytest.mark.parametrize("lost", ["/personal", "/operations"])
def test_a_lost_reply_has_it_sent_again_and_it_is_there_once(app: FastAPI, writer: Desk, lost: str) -> None:
    made = writer.report()
    writer.network.lost_reply = lost
    with pytest.raises(Fault):
        writer.synchronise()
    writer.synchronise()
    with app.state.context.database.read() as session:
        there = openings_of(session, Entity.INCIDENT, "i1", [made.reporter_phone, made.reporter_name])
    assert {one.value for one in there} == {PHONE, NAME}


def test_what_is_erased_goes_from_the_desk_that_wrote_it(app: FastAPI, writer: Desk) -> None:
    writer.report()
    writer.synchronise()
    with app.state.context.database.write() as session:
        erase(session, Entity.INCIDENT, "i1", by="console", reason="", now=START)
    writer.synchronise()
    writer.store.close()
    assert PHONE.encode() not in writer.files()
    assert writer.erased == ["i1"]


def test_a_restored_server_gets_the_values_with_the_operations(app: FastAPI, writer: Desk) -> None:
    made = writer.report()
    writer.synchronise()
    with app.state.context.database.write() as session:
        session.execute(delete(PersonalValueRow))
    writer.do(partial(operations.resend_from, number=1))
    writer.synchronise()
    with app.state.context.database.read() as session:
        assert len(openings_of(session, Entity.INCIDENT, "i1", [made.reporter_phone])) == 1


def test_lists_of_the_server_give_no_commitment_for_a_name(client: TestClient, writer: Desk) -> None:
    made = writer.report()
    writer.synchronise()
    token = ask_in(client, INVESTIGATOR.nrp, PASSWORD, writer.device).json()["token"]
    (listed,) = client.get("/incidents", headers={"Authorization": f"Bearer {token}"}).json()["items"]
    assert not {"reporter_name", "reporter_phone"} & listed["fields"].keys()
    assert listed["sealed"] == {"reporter_name": made.reporter_name, "reporter_phone": made.reporter_phone}
