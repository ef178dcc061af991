"""A revocation that a server has lost with its database comes back in its own signed words."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, ask_in, enrol_at
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tmcwall.server import enrolment
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext
from tmcwall.server.refusal import RequestRefused
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.enrolment import EnrolRequest, enrolment_text
from tmcwall.sync.register import DeviceKey, EndedKeys, Register


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    for name in ("ws1", "ws2"):
        enrol_at(application.state.context.database, name, now=START)
    yield application
    application.state.context.close()


def key_at(server: ServerContext, device: str) -> DeviceKey:
    with server.database.read() as session:
        return enrolment.keys_of(session, device)[-1]


def ended(key: DeviceKey, *, signer: SigningKey = SERVER_KEY, last_number: int = 5) -> DeviceKey:
    """As the server said it before it was put back."""
    told = key.model_copy(update={"last_number": last_number})
    signature = signer.sign_content(Purpose.DEVICE_KEY, told.content)
    return told.model_copy(update={"signature": signature})


def bring(client: TestClient, *keys: DeviceKey) -> int:
    token = ask_in(client, NRP, PASSWORD, "ws1", enrolled=False).json()["token"]
    content = EndedKeys(keys=keys).model_dump_json()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return client.post("/devices/ended", content=content, headers=headers).status_code


def client_of(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://test/api/v1")


def test_a_desk_that_was_revoked_after_the_backup_is_revoked_again_when_another_desk_comes(app: FastAPI) -> None:
    client, server = client_of(app), app.state.context
    assert ask_in(client, NRP, PASSWORD, "ws2", enrolled=False).status_code == 200
    assert bring(client, ended(key_at(server, "ws2"))) == 204
    assert ask_in(client, NRP, PASSWORD, "ws2", enrolled=False).json()["code"] == "device_revoked"
    again = key_at(server, "ws2")
    assert again.last_number == 5
    assert Register(SERVER_KEY.public, [again]).desks == {}


def test_a_code_that_was_open_in_the_backup_enrols_nobody_after_a_restore(app: FastAPI) -> None:
    key, database = SigningKey.new(), app.state.context.database
    with database.write() as session:
        code = enrolment.make_code(
            session, "Meja 3", replaces=None, valid_for=timedelta(hours=1), by="console", now=START
        )
        enrolment.end_open_codes(session, now=START)
    proof = key.sign(Purpose.ENROLMENT, enrolment_text(device="ws3", code=code))
    request = EnrolRequest(code=code, device="ws3", public_key=key.public, proof=proof)
    with database.write() as session, pytest.raises(RequestRefused):
        enrolment.enrol(session, request, signing_key=SERVER_KEY, now=START)


def test_nobody_ends_a_key_that_the_server_has_not_ended_itself(app: FastAPI) -> None:
    client, server = client_of(app), app.state.context
    key = key_at(server, "ws2")
    altered = key.model_copy(update={"last_number": 5})
    assert bring(client, key, altered, ended(key, signer=SigningKey.new())) == 204
    assert key_at(server, "ws2") == key


def test_the_servers_own_key_is_ended_by_no_message(app: FastAPI) -> None:
    key = key_at(app.state.context, "server")
    bring(client_of(app), ended(key))
    assert key_at(app.state.context, "server") == key


def test_a_key_that_has_ended_stays_ended_for_a_desk_whatever_the_server_says_later(app: FastAPI) -> None:
    key = key_at(app.state.context, "ws2")
    kept = Register(SERVER_KEY.public, [ended(key)])
    assert kept.with_ends([key]) == (ended(key),)
    assert kept.with_ends([]) == (ended(key),)
    assert kept.forgotten_ends([key]) == (ended(key),)
    assert kept.forgotten_ends([ended(key)]) == kept.forgotten_ends([]) == ()


def test_what_the_server_has_not_signed_ends_nothing_at_a_desk(app: FastAPI) -> None:
    key = key_at(app.state.context, "ws2")
    planted = Register(SERVER_KEY.public, [ended(key, signer=SigningKey.new())])
    assert planted.with_ends([key]) == (key,)
