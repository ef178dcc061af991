"""Tokens that are good for minutes, sessions that end, and passwords that officers change themselves."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from tests.clocks import FakeClock
from tests.enrolled import ask_in, enrol_at, sign_in_content
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tests.waiting import PATIENCE_S, until_in_loop
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Role
from tmcwall.server.accounts import (
    add_user,
    disable_user,
    put_user_password,
    put_user_role,
    put_user_units,
    sign_user_out,
)
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext, ServerLimits
from tmcwall.server.held_sessions import HeldSessions
from tmcwall.server.tables import TokenRow, UploadRow
from tmcwall.sync.protocol import API, SignedRoles
from tmcwall.sync.role_snapshot import verify

LIMITS = ServerLimits(session_check_s=0.05, heartbeat_s=0.2)
UPLOAD = "0191d2a4-0000-7000-8000-000000000001"
OWN = "kereta senja utama"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock) -> FastAPI:
    application = create_app(settings_in(tmp_path, limits=LIMITS), clock=clock, hasher=CHEAP_HASHER)
    with context_of(application).database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    return application


def context_of(app: FastAPI) -> ServerContext:
    context: ServerContext = app.state.context
    return context


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"http://test{API}", raise_server_exceptions=False) as opened:
        yield opened


def sign_in(client: TestClient, password: str = PASSWORD, device: str = "ws1") -> httpx2.Response:
    return ask_in(client, NRP, password, device)


def change(client: TestClient, before: str, after: str) -> httpx2.Response:
    enrol_at(client.app.state.context.database, "ws1", now=START)  # type: ignore[attr-defined]  # our own application
    content = sign_in_content(NRP, before, "ws1", challenge=client.get("/info").json()["challenge"])
    return client.post("/password", json={**content, "new_password": after})


async def enter(app: FastAPI, client: httpx2.AsyncClient) -> httpx2.Response:
    enrol_at(context_of(app).database, "ws1", now=START)
    challenge = (await client.get("/info")).json()["challenge"]
    return await client.post("/sign-in", json=sign_in_content(NRP, PASSWORD, "ws1", challenge=challenge))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def code_of(client: TestClient, token: str, path: str = "/operations") -> str:
    reply = client.get(path, headers=bearer(token))
    return "ok" if reply.is_success else str(reply.json()["code"])


def renewed(client: TestClient, token: str) -> str:
    reply = client.post("/renew", headers=bearer(token))
    return str(reply.json()["token"] if reply.is_success else reply.json()["code"])


def test_a_token_is_good_for_a_quarter_of_an_hour_and_followed_by_the_next(
    client: TestClient, clock: FakeClock
) -> None:
    given = sign_in(client).json()
    assert given["good_for_s"] == 900
    clock.advance(899)
    assert code_of(client, given["token"]) == "ok"
    clock.advance(1)
    assert code_of(client, given["token"]) == "token_expired"
    following = renewed(client, given["token"])
    assert code_of(client, following) == "ok"


def test_a_token_whose_renewal_got_lost_on_the_way_is_renewed_again(client: TestClient) -> None:
    token = sign_in(client).json()["token"]
    renewed(client, token)
    assert code_of(client, renewed(client, token)) == "ok"


def test_a_session_that_nobody_renewed_for_half_an_hour_asks_for_the_password(
    client: TestClient, clock: FakeClock
) -> None:
    token = sign_in(client).json()["token"]
    clock.advance(LIMITS.session_idle.total_seconds() - 1)
    token = renewed(client, token)
    assert code_of(client, token) == "ok"
    clock.advance(LIMITS.session_idle.total_seconds())
    assert renewed(client, token) == "session_ended"


def test_a_session_lasts_a_shift_however_often_it_is_renewed(
    client: TestClient, app: FastAPI, clock: FakeClock
) -> None:
    token = sign_in(client).json()["token"]
    steps = int(LIMITS.session_lifetime / timedelta(minutes=10))
    for _ in range(steps - 1):
        clock.advance(600)
        token = renewed(client, token)
        assert code_of(client, token) == "ok"
    clock.advance(600)
    assert code_of(client, token) == "token_expired"
    assert renewed(client, token) == "session_ended"
    with context_of(app).database.read() as session:
        assert session.query(TokenRow).count() <= 5


@pytest.mark.parametrize("ending", ["disabled", "password", "everywhere", "console"])
def test_what_ends_a_session_ends_it_at_every_workstation_and_for_renewal(
    client: TestClient, app: FastAPI, ending: str
) -> None:
    tokens = [sign_in(client, device=device).json()["token"] for device in ("ws1", "ws2")]
    if ending == "everywhere":
        assert client.post("/sign-out-everywhere", headers=bearer(tokens[0])).status_code == 204
    else:
        with context_of(app).database.write() as session:
            if ending == "disabled":
                disable_user(session, NRP, now=START)
            elif ending == "password":
                put_user_password(session, NRP, OWN, hasher=CHEAP_HASHER, now=START)
            else:
                sign_user_out(session, NRP, now=START)
    assert [code_of(client, token) for token in tokens] == ["unauthorized"] * 2
    assert [renewed(client, token) for token in tokens] == ["unauthorized"] * 2


def test_other_rights_come_with_the_next_token_and_the_old_one_ends_at_once(client: TestClient, app: FastAPI) -> None:
    token = sign_in(client).json()["token"]
    with context_of(app).database.write() as session:
        put_user_role(session, NRP, Role.INVESTIGATOR, now=START)
        put_user_units(session, NRP, ["Reskrim", " Lantas ", "lantas"], now=START)
    assert code_of(client, token) == "token_expired"
    officer = client.post("/renew", headers=bearer(token)).json()["officer"]
    assert (officer["role"], officer["units"]) == ("penyidik", ["lantas", "Reskrim"])


def test_an_event_stream_ends_soon_after_its_session(app: FastAPI) -> None:
    async def listen() -> None:
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url=f"http://test{API}") as client,
        ):
            reply = await enter(app, client)
            listening = asyncio.create_task(client.get("/stream", headers=bearer(reply.json()["token"])))
            await until_in_loop(lambda: context_of(app).held_sessions.any)
            with context_of(app).database.write() as session:
                disable_user(session, NRP, now=START)
            await asyncio.wait_for(listening, PATIENCE_S)

    asyncio.run(listen())


def test_an_upload_ends_soon_after_its_session_and_keeps_what_has_come(app: FastAPI) -> None:
    """A body that goes on coming, more slowly than the server looks at sessions."""

    async def send() -> None:
        transport = httpx2.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=transport, base_url=f"http://test{API}") as client,
        ):
            reply = await enter(app, client)
            token = bearer(reply.json()["token"])
            place = _begin_upload(app)
            goes_on = asyncio.Event()

            async def body():
                yield b"x" * 10
                await until_in_loop(lambda: context_of(app).held_sessions.any)
                with context_of(app).database.write() as session:
                    disable_user(session, NRP, now=START)
                await asyncio.wait_for(goes_on.wait(), PATIENCE_S)

            headers = {**token, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            answer = await asyncio.wait_for(
                client.patch(f"/clips/uploads/{place}", headers=headers, content=body()), PATIENCE_S
            )
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")

    asyncio.run(send())


def _begin_upload(app: FastAPI) -> str:
    context = context_of(app)
    context.blobs.begin(UPLOAD)
    with context.database.write() as session:
        session.add(
            UploadRow(
                id=UPLOAD,
                clip_id="c1",
                length=100,
                sha256="0" * 64,
                created_at=START,
                created_by=NRP,
                completed_at=None,
            )
        )
    return UPLOAD


def test_an_officer_changes_his_password_and_goes_on_with_a_new_session(client: TestClient) -> None:
    before = sign_in(client).json()["token"]
    reply = change(client, PASSWORD, OWN)
    assert code_of(client, reply.json()["token"]) == "ok"
    assert code_of(client, before) == "unauthorized"
    assert sign_in(client).status_code == 401
    assert sign_in(client, OWN).status_code == 200


@pytest.mark.parametrize("weak", [PASSWORD, "password1234", f"x{NRP}yzabc", "siti rahma 1", "polres-tmcwall-1"])
def test_a_weak_or_unchanged_one_is_refused_and_nothing_changes(client: TestClient, weak: str) -> None:
    reply = change(client, PASSWORD, weak)
    assert (reply.status_code, reply.json()["code"]) == (400, "password_weak")
    assert sign_in(client).status_code == 200


def test_the_change_is_no_way_round_the_delays_of_wrong_passwords(client: TestClient) -> None:
    statuses = [change(client, "salah", OWN).status_code for _ in range(LIMITS.account_attempts + 1)]
    assert statuses == [401] * LIMITS.account_attempts + [429]


def test_a_one_time_password_opens_nothing_but_the_choice_of_another(client: TestClient, app: FastAPI) -> None:
    once = "k7mf-2qhd-x9pt"
    with context_of(app).database.write() as session:
        put_user_password(session, NRP, once, hasher=CHEAP_HASHER, now=START, password_due=True)
    reply = sign_in(client, once)
    assert (reply.status_code, reply.json()["code"]) == (403, "password_due")
    assert change(client, once, OWN).status_code == 200
    assert sign_in(client, once).status_code == 401
    assert sign_in(client, OWN).status_code == 200


def test_the_servers_word_on_rights_comes_with_each_token_and_is_nobody_elses(client: TestClient, app: FastAPI) -> None:
    given = sign_in(client).json()
    signed = SignedRoles.model_validate(given["roles"])
    said = verify(signed, key=signed.key).of(NRP)
    assert said is not None
    assert (said.role, said.disabled) == (OFFICER.role, False)
    for forged in (
        signed.model_copy(update={"text": signed.text.replace("operator", "kepala")}),
        signed.model_copy(update={"signature": "AAAA"}),
        signed.model_copy(update={"text": "{}"}),
    ):
        with pytest.raises(Fault) as refused:
            verify(forged, key=signed.key)
        assert refused.value.code is FaultCode.ROLES_UNTRUSTED


def test_a_database_that_does_not_answer_ends_no_session_and_the_next_look_does() -> None:
    looks = 0
    ended = asyncio.Event()

    def living(asked: object) -> frozenset[str]:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise OperationalError("", None, Exception())
        return frozenset()

    async def watch() -> None:
        held = HeldSessions()
        with held.hold("s", ended.set):
            task = asyncio.create_task(held.watch(living, every_s=0.01))
            await asyncio.wait_for(ended.wait(), PATIENCE_S)
            task.cancel()

    asyncio.run(watch())
    assert looks >= 2
