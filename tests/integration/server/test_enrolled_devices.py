"""Devices are enrolled and sign: what strangers, thieves and whoever alters the database get."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select, update

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, ask_in, enrol_at, key_of, sign_in_content
from tests.exchange import (
    CHEAP_HASHER,
    NRP,
    OFFICER,
    PASSWORD,
    START,
    MemoryReplica,
    bookmark,
    operations,
    report_body,
    settings_in,
)
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Operation
from tmcwall.intake.webhook import parse_webhook
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext, ServerLimits
from tmcwall.server.enrolment import count_as_unsigned, current_key, make_code, revoke, state
from tmcwall.server.enrolment_tables import DeviceKeyRow
from tmcwall.server.journal import Journal
from tmcwall.server.reports import receive
from tmcwall.server.tables import AuditRow, OperationRow
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.client import SyncClient
from tmcwall.sync.connection import Connection
from tmcwall.sync.enrolment import enrolment_text
from tmcwall.sync.protocol import API, OperationMessage, sign_in_text
from tmcwall.sync.register import DeviceKeys, Register
from tmcwall.sync.replica import UNVERIFIED

ADDRESS = "http://test"
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock) -> FastAPI:
    limits = ServerLimits(heartbeat_s=0.1, account_attempts=3, strangers_per_minute=100)
    application = create_app(settings_in(tmp_path, limits=limits), clock=clock, hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    return application


@pytest.fixture
def server(app: FastAPI) -> ServerContext:
    context: ServerContext = app.state.context
    return context


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"{ADDRESS}{API}", raise_server_exceptions=False) as opened:
        yield opened


def code_for(server: ServerContext, name: str, *, replaces: str | None = None, valid_for: timedelta = HOUR) -> str:
    with server.database.write() as session:
        return make_code(
            session, name, replaces=replaces, valid_for=valid_for, by="console", now=server.clock.utc()
        )  # fmt: skip


def give_code(client: TestClient, code: str, device: str, *, key: SigningKey | None = None) -> Response:
    own = key or key_of(device)
    proof = own.sign(Purpose.ENROLMENT, enrolment_text(device=device, code=code))
    request = {"code": code, "device": device, "public_key": own.public, "proof": proof}
    return client.post("/devices/enrol", json=request)


def end(server: ServerContext, name: str) -> None:
    with server.database.write() as session:
        revoke(session, name, reason="hilang", by="console", signing_key=SERVER_KEY, now=START)


def bearer(reply: Response) -> dict[str, str]:
    return {"Authorization": f"Bearer {reply.json()['token']}"}


def push(client: TestClient, token: dict[str, str], *made: Operation) -> Response:
    content = {"operations": [OperationMessage.of(one).model_dump(mode="json") for one in made]}
    return client.post("/operations", json=content, headers=token)


def told(reply: Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


def synchronise(app: FastAPI, replica: MemoryReplica, token: dict[str, str]) -> None:
    client = SyncClient(
        replica,
        server_url=ADDRESS,
        token=token["Authorization"].removeprefix("Bearer "),
        clock=FakeClock(START),
        on_state=lambda _: None,
    )

    async def once() -> None:
        async with Connection.open(ADDRESS, timeout_s=30, transport=httpx2.ASGITransport(app)) as connection:
            await client.round(connection)

    asyncio.run(once())


class KeptKeys(MemoryReplica):
    """A desk that knows the keys which the server has told it, and no others."""

    def register(self) -> Register:
        return Register(SERVER_KEY.public, self.kept_keys)


def test_a_device_that_was_never_enrolled_signs_nobody_in(client: TestClient) -> None:
    assert told(ask_in(client, NRP, PASSWORD, "ws1", enrolled=False)) == (403, "device_unknown")


def test_a_code_enrols_one_device_once(client: TestClient, server: ServerContext) -> None:
    code = code_for(server, "Meja 1")
    reply = give_code(client, code.lower().replace("-", " "), "ws1")
    assert reply.json() == {"name": "Meja 1", "server_key": SERVER_KEY.public, "first_number": 1}
    assert ask_in(client, NRP, PASSWORD, "ws1", enrolled=False).status_code == 200
    assert told(give_code(client, code, "ws2")) == (403, "enrolment_refused")


def test_an_answer_that_was_lost_is_given_again_to_the_same_device_only(
    client: TestClient, server: ServerContext
) -> None:
    code = code_for(server, "Meja 1")
    first = give_code(client, code, "ws1")
    assert give_code(client, code, "ws1").json() == first.json()
    assert told(give_code(client, code, "ws1", key=SigningKey.new())) == (403, "enrolment_refused")
    end(server, "Meja 1")
    assert told(give_code(client, code, "ws1")) == (403, "enrolment_refused")


def test_a_code_that_has_expired_enrols_nobody(client: TestClient, server: ServerContext, clock: FakeClock) -> None:
    code = code_for(server, "Meja 1", valid_for=HOUR)
    clock.advance(3600)
    assert told(give_code(client, code, "ws1")) == (403, "enrolment_refused")


def test_guessing_codes_is_slowed_down_and_on_record(client: TestClient, server: ServerContext) -> None:
    wrong = "K7QD-2MRT-9XWC-ADFG-3467"
    statuses = [give_code(client, wrong, "ws1").status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]
    with server.database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "device_enrolled")).all()
        assert [(row.actor, row.outcome) for row in rows] == [("ws1", "enrolment_refused")] * 3
        assert not [row for row in session.scalars(select(AuditRow)) if wrong in f"{row.about}{row.actor}"]


def test_a_stolen_code_gives_nobody_the_identity_of_another_desk(client: TestClient, server: ServerContext) -> None:
    give_code(client, code_for(server, "Meja 1"), "ws1")
    stolen = code_for(server, "Meja 2")
    assert told(give_code(client, stolen, "ws1", key=SigningKey.new())) == (409, "device_taken")
    assert give_code(client, stolen, "ws2").status_code == 200, "the code is still good for its own desk"


def test_nobody_enrols_a_key_that_is_not_theirs(client: TestClient, server: ServerContext) -> None:
    code = code_for(server, "Meja 1")
    proof = key_of("thief").sign(Purpose.ENROLMENT, enrolment_text(device="ws1", code=code))
    request = {"code": code, "device": "ws1", "public_key": key_of("ws1").public, "proof": proof}
    assert told(client.post("/devices/enrol", json=request)) == (403, "enrolment_refused")


def test_the_server_itself_is_never_enrolled(client: TestClient, server: ServerContext) -> None:
    assert told(give_code(client, code_for(server, "Meja 1"), "server")) == (403, "enrolment_refused")


def test_nobody_signs_in_under_another_desks_name(client: TestClient, server: ServerContext) -> None:
    for name in ("ws1", "ws2"):
        enrol_at(server.database, name, now=START)
    challenge = client.get("/info").json()["challenge"]
    content = sign_in_content(NRP, PASSWORD, "ws2", challenge=challenge) | {"device": "ws1"}
    assert told(client.post("/sign-in", json=content)) == (403, "proof_refused")


def test_a_proof_is_good_once_for_one_officer_and_for_two_minutes(
    client: TestClient, server: ServerContext, clock: FakeClock
) -> None:
    enrol_at(server.database, "ws1", now=START)
    challenge = client.get("/info").json()["challenge"]
    content = sign_in_content(NRP, PASSWORD, "ws1", challenge=challenge)
    assert told(client.post("/sign-in", json=content | {"nrp": "80010009"})) == (403, "proof_refused")
    assert client.post("/sign-in", json=content).status_code == 200
    assert told(client.post("/sign-in", json=content)) == (403, "proof_refused")
    late = sign_in_content(NRP, PASSWORD, "ws1", challenge=client.get("/info").json()["challenge"])
    clock.advance(121)
    assert told(client.post("/sign-in", json=late)) == (403, "proof_refused")


@pytest.mark.parametrize("challenge", ["", "AAAA", "not base64", "€"])
def test_a_challenge_that_is_not_the_servers_is_none(client: TestClient, server: ServerContext, challenge: str) -> None:
    enrol_at(server.database, "ws1", now=START)
    content = sign_in_content(NRP, PASSWORD, "ws1", challenge=challenge)
    assert told(client.post("/sign-in", json=content)) == (403, "proof_refused")


def test_a_revoked_device_may_do_nothing_at_once(client: TestClient, server: ServerContext) -> None:
    token = bearer(ask_in(client, NRP, PASSWORD, "ws1"))
    end(server, "ws1")
    assert told(push(client, token, *operations(1))) == (403, "device_revoked")
    for path in ("/operations", "/devices", "/bookmarks", "/stream"):
        assert told(client.get(path, headers=token)) == (403, "device_revoked")
    assert told(ask_in(client, NRP, PASSWORD, "ws1", enrolled=False)) == (403, "device_revoked")


def test_the_stream_of_a_revoked_device_ends(client: TestClient, server: ServerContext) -> None:
    token = bearer(ask_in(client, NRP, PASSWORD, "ws1"))
    with client.stream("GET", "/stream", headers=token | {"Last-Event-ID": "0"}) as stream:
        end(server, "ws1")
        assert "cursor" not in "".join(stream.iter_text())


def test_a_device_that_was_revoked_is_enrolled_again_with_what_it_has_not_sent(
    client: TestClient, server: ServerContext
) -> None:
    made = operations(3)
    push(client, bearer(ask_in(client, NRP, PASSWORD, "ws1")), *made[:2])
    end(server, "ws1")
    key = SigningKey.new()
    assert give_code(client, code_for(server, "ws1"), "ws1", key=key).json()["first_number"] == 3
    again, twice = (replace(one, signature=key.sign(Purpose.OPERATION, one.hash)) for one in (made[2], made[1]))
    challenge = client.get("/info").json()["challenge"]
    text = sign_in_text(nrp=NRP, device="ws1", challenge=challenge, server_key=SERVER_KEY.public)
    content = sign_in_content(NRP, PASSWORD, "ws1", challenge=challenge) | {"proof": key.sign(Purpose.SIGN_IN, text)}
    fates = push(client, bearer(client.post("/sign-in", json=content)), twice, again).json()["fates"]
    assert [fate["fate"] for fate in fates] == ["duplicate", "applied"]
    keys = DeviceKeys.model_validate_json(_register(client, server)).keys
    register = Register(SERVER_KEY.public, keys)
    assert [register.answers_for(one) for one in (*made, again)] == [True, True, False, True]


def _register(client: TestClient, server: ServerContext) -> bytes:
    return client.get("/devices", headers=bearer(ask_in(client, NRP, PASSWORD, "reader"))).content


def test_a_replaced_desk_ends_when_the_new_one_is_enrolled(client: TestClient, server: ServerContext) -> None:
    token = bearer(ask_in(client, NRP, PASSWORD, "ws1"))
    code = code_for(server, "ws1", replaces="ws1")
    assert client.get("/operations", headers=token).status_code == 200
    assert give_code(client, code, "new").status_code == 200
    assert told(client.get("/operations", headers=token)) == (403, "device_revoked")


@pytest.mark.parametrize("signature", ["", "AAAA", "other key", "other operation"])
def test_of_a_push_with_a_wrong_signature_nothing_is_taken(
    client: TestClient, server: ServerContext, signature: str
) -> None:
    token = bearer(ask_in(client, NRP, PASSWORD, "ws1"))
    first, second = operations(2)
    forged = {
        "other key": key_of("ws2").sign(Purpose.OPERATION, second.hash),
        "other operation": first.signature,
    }.get(signature, signature)
    assert told(push(client, token, first, replace(second, signature=forged))) == (403, "signature_refused")
    with server.database.read() as session:
        assert session.scalars(select(OperationRow)).all() == []
        (row,) = session.scalars(select(AuditRow).where(AuditRow.action == "push"))
        assert (row.about, row.outcome) == ("ws1", "signature_refused")


def test_what_was_altered_in_the_servers_database_has_no_effect_on_a_desk(
    app: FastAPI, client: TestClient, server: ServerContext
) -> None:
    made = operations(3)
    push(client, bearer(ask_in(client, NRP, PASSWORD, "ws1")), *made)
    altered = OperationMessage.of(made[1]).model_copy(update={"fields": bookmark(made[1].entity_id, note="palsu")})
    with server.database.write() as session:
        texts = {"message": altered.model_dump_json(), "hash": altered.hash}
        session.execute(update(OperationRow).where(OperationRow.number == 2).values(texts))
    desk = KeptKeys(device="ws2")
    synchronise(app, desk, bearer(ask_in(client, NRP, PASSWORD, "ws2")))
    assert desk.applied == {made[0].id, made[2].id}
    assert [(one.server_sequence, one.reason) for one in desk.unread] == [(2, UNVERIFIED)]
    assert desk.place.cursor == 3


def test_whoever_alters_the_database_can_put_no_key_into_the_register(
    app: FastAPI, client: TestClient, server: ServerContext
) -> None:
    thief = SigningKey.new()
    enrol_at(server.database, "ws1", now=START)
    with server.database.write() as session:
        row = current_key(session, "ws1")
        assert row is not None
        row.public_key = thief.public
    (made,) = operations(1)
    forged = replace(made, signature=thief.sign(Purpose.OPERATION, made.hash))
    keys = DeviceKeys.model_validate_json(_register(client, server)).keys
    assert not Register(SERVER_KEY.public, keys).answers_for(forged)
    with server.database.write() as session:
        row = current_key(session, "ws1")
        assert row is not None
        state(row, thief)
    keys = DeviceKeys.model_validate_json(_register(client, server)).keys
    assert not Register(SERVER_KEY.public, keys).answers_for(forged)


def test_what_nobody_answers_for_counts_once_its_key_is_known(
    app: FastAPI, client: TestClient, server: ServerContext
) -> None:
    made = operations(2)
    push(client, bearer(ask_in(client, NRP, PASSWORD, "ws1")), *made)
    with server.database.write() as session:
        row = current_key(session, "ws1")
        assert row is not None
        kept, row.signature = row.signature, ""
    desk = KeptKeys(device="ws2")
    token = bearer(ask_in(client, NRP, PASSWORD, "ws2"))
    synchronise(app, desk, token)
    assert desk.applied == set()
    assert len(desk.unread) == 2
    synchronise(app, desk, token)
    assert desk.place.cursor == 2, "nothing is read again while nothing is new"
    with server.database.write() as session:
        session.execute(update(DeviceKeyRow).where(DeviceKeyRow.device == "ws1").values(signature=kept))
    synchronise(app, desk, token)
    assert (desk.applied, desk.unread) == ({one.id for one in made}, [])


def test_the_server_signs_what_it_makes_itself(app: FastAPI, client: TestClient, server: ServerContext) -> None:
    body = report_body()
    with server.database.write() as session:
        receive(session, parse_webhook(body), body, now=START, signing_key=server.signing_key)
    desk = KeptKeys(device="ws2")
    synchronise(app, desk, bearer(ask_in(client, NRP, PASSWORD, "ws2")))
    assert len(desk.applied) == 1
    assert desk.unread == []


def test_an_order_from_before_enrolment_counts_without_signatures_and_only_as_far_as_it_went(
    app: FastAPI, client: TestClient, server: ServerContext
) -> None:
    old = [replace(one, signature="") for one in operations(2, device="old")]
    with server.database.write() as session:
        from_before = [OperationMessage.of(one) for one in old]
        Journal(session, now=START).push(from_before, device="old", officer=OFFICER)
    with server.database.write() as session:
        count_as_unsigned(session, signing_key=SERVER_KEY, now=START)
    desk = KeptKeys(device="ws2")
    synchronise(app, desk, bearer(ask_in(client, NRP, PASSWORD, "ws2")))
    assert desk.applied == {one.id for one in old}
    (later,) = operations(1, device="old", first=3, previous_hash=old[-1].hash)
    assert desk.register().answers_for(old[0])
    assert not desk.register().answers_for(replace(later, signature=""))
    token = bearer(ask_in(client, NRP, PASSWORD, "old"))
    assert told(push(client, token, replace(later, signature=""))) == (403, "signature_refused")
    assert push(client, token, *old, later).json()["last_number"] == 3


def test_delegations_of_a_copied_store_count_for_its_own_device_only(client: TestClient, server: ServerContext) -> None:
    with server.database.write() as session:
        add_user(session, Officer("80010002", "Wulan", Role.SUPERVISOR), PASSWORD, hasher=CHEAP_HASHER, now=START)
    copied = ask_in(client, "80010002", PASSWORD, "ws1").json()["delegation"]
    token = bearer(ask_in(client, NRP, PASSWORD, "ws2"))
    (made,) = operations(1, device="ws2", actor="80010002")
    content = {"operations": [OperationMessage.of(made).model_dump(mode="json")], "delegations": {"80010002": copied}}
    (fate,) = client.post("/operations", json=content, headers=token).json()["fates"]
    assert (fate["fate"], fate["reason"]) == ("quarantined", "actor_unproven")


def test_a_code_is_nowhere_in_the_database(tmp_path: Path, server: ServerContext) -> None:
    code = code_for(server, "Meja 1")
    server.database.checkpoint()
    assert code.encode() not in (tmp_path / "server.db").read_bytes()
    assert code.replace("-", "").encode() not in (tmp_path / "server.db").read_bytes()
