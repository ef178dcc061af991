"""The server's routes, asked in process."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import ask_in, signed
from tests.exchange import (
    CHEAP_HASHER,
    NRP,
    OFFICER,
    PASSWORD,
    START,
    WEBHOOK_SECRET,
    bookmark,
    clip,
    operations,
    report_body,
    report_headers,
    settings_in,
)
from tests.waiting import PATIENCE_S
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, Entity, Json, Operation
from tmcwall.intake.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign_with_time
from tmcwall.server import journal, records
from tmcwall.server.accounts import (
    add_user,
    default_hasher,
    disable_user,
    enable_user,
    put_user_password,
    put_user_role,
)
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext, ServerLimits
from tmcwall.server.journal import Journal
from tmcwall.server.quarantine import NEWEST
from tmcwall.server.reading import LARGEST_OPERATION_BYTES
from tmcwall.server.reports import add_source
from tmcwall.server.tables import AuditRow, OperationRow
from tmcwall.sync.protocol import API, OperationMessage

NEXT = Officer("80010002", "Wulan", Role.DUTY_OFFICER)
LIMITS = ServerLimits(
    account_attempts=3,
    address_attempts=8,
    reports_per_minute=6,
    strangers_per_minute=8,
    heartbeat_s=0.2,
    transaction_operations=50,
    session_check_s=0.1,
    clip_bytes=4 << 20,
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock) -> FastAPI:
    application = create_app(settings_in(tmp_path, limits=LIMITS), clock=clock, hasher=CHEAP_HASHER)
    context = context_of(application)
    with context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        add_user(session, Officer("80010009", "Auditor", Role.AUDITOR), PASSWORD, hasher=CHEAP_HASHER, now=START)
        add_source(session, Source.CALL_112, WEBHOOK_SECRET.encode(), secret_box=context.secret_box, now=START)
    return application


def context_of(app: FastAPI) -> ServerContext:
    context: ServerContext = app.state.context
    return context


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"http://test{API}", raise_server_exceptions=False) as opened:
        yield opened


SignIn = Callable[..., dict[str, str]]


@pytest.fixture
def signed_in(client: TestClient) -> SignIn:
    def sign_in(nrp: str = NRP, device: str = "ws1") -> dict[str, str]:
        reply = ask_in(client, nrp, PASSWORD, device)
        return {"Authorization": f"Bearer {reply.json()['token']}"}

    return sign_in


def pushed(*made: Operation) -> dict[str, Any]:
    return {"operations": [OperationMessage.of(signed(item)).model_dump(mode="json") for item in made]}


def test_no_route_but_twelve_answers_without_a_token(client: TestClient, app: FastAPI) -> None:
    open_routes = {"/info", "/sign-in", "/password", "/devices/enrol", "/webhooks/incident"}
    open_routes |= {"/webhooks/cap", "/webhooks/counts", "/webhooks/positions"}
    open_routes |= {"/browser-sign-in", "/browser-sign-in/begin", "/browser-sign-in/ended"}
    open_routes |= {"/packages/counter-signature"}  # by the proof of a device
    walked = 0
    for route in iter_route_contexts(app.routes):
        path = route.path.removeprefix(API)
        if path in open_routes or not route.path.startswith(API):
            continue  # what is not of workstations has tests of its own: health, metrics
        for method in route.methods or ():
            for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp4"}):
                reply = client.request(
                    method, path.format(bookmark_id="b", upload_id="u", clip_id="c"), headers=headers
                )
                assert reply.status_code == 401, (method, path)
                walked += 1
    assert walked >= 36


def test_the_description_of_the_interface_is_not_served_unless_asked_for(client: TestClient, tmp_path: Path) -> None:
    assert [client.get(path).status_code for path in ("/openapi.json", "/../../docs", "/../../openapi.json")] == [
        404
    ] * 3
    shown = create_app(replace(settings_in(tmp_path / "b"), openapi=True), clock=FakeClock(START))
    with TestClient(shown) as other:
        assert other.get(f"{API}/openapi.json").status_code == 200


def test_signing_in_and_out(client: TestClient, signed_in: SignIn) -> None:
    token = signed_in()
    assert client.get("/operations", headers=token).status_code == 200
    assert client.post("/sign-out", headers=token).status_code == 204
    assert client.get("/operations", headers=token).status_code == 401


@pytest.mark.parametrize(("nrp", "password"), [(NRP, "salah-sandi"), ("99999999", PASSWORD), ("' OR 1=1 --", PASSWORD)])
def test_a_wrong_sign_in_says_nothing_about_what_was_wrong(client: TestClient, nrp: str, password: str) -> None:
    reply = ask_in(client, nrp, password)
    assert (reply.status_code, reply.json()) == (401, {"code": "sign_in_refused", "errors": []})


def test_a_delay_ends_by_itself(client: TestClient, clock: FakeClock) -> None:
    for _ in range(LIMITS.account_attempts):
        ask_in(client, NRP, "salah")
    delayed = ask_in(client, NRP, PASSWORD)
    assert delayed.status_code == 429
    clock.advance(int(delayed.headers["retry-after"]))
    assert ask_in(client, NRP, PASSWORD).status_code == 200


def test_strangers_at_the_same_address_keep_no_officer_from_a_known_workstation(
    client: TestClient, signed_in: SignIn
) -> None:
    signed_in()
    for number in range(LIMITS.address_attempts):
        ask_in(client, f"8001{number}", "salah", "x")
    for _ in range(LIMITS.account_attempts):
        ask_in(client, NRP, "salah", "x")
    assert ask_in(client, NRP, PASSWORD, "x").status_code == 429
    assert ask_in(client, NRP, PASSWORD, "ws1").status_code == 200


def test_guessing_is_slowed_down_and_other_accounts_are_not_locked(client: TestClient, signed_in: SignIn) -> None:
    statuses = [ask_in(client, "80010009", "salah").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 429, 429]
    assert int(ask_in(client, "80010009", "salah").headers["retry-after"]) > 0
    assert signed_in()
    strangers = [ask_in(client, f"8001{number}", "salah").status_code for number in range(9)]
    assert strangers[-1] == 429


def test_a_token_ends_with_its_time_and_with_its_account(
    client: TestClient, app: FastAPI, signed_in: SignIn, clock: FakeClock
) -> None:
    token = signed_in()
    clock.advance(LIMITS.token_lifetime.total_seconds() - 1)
    assert client.get("/operations", headers=token).status_code == 200
    clock.advance(1)
    assert client.get("/operations", headers=token).status_code == 401
    token = signed_in()
    with context_of(app).database.write() as session:
        disable_user(session, NRP, now=START)
    assert client.get("/operations", headers=token).status_code == 401
    assert ask_in(client, NRP, PASSWORD, "ws1").status_code == 401


def test_a_new_password_signs_an_officer_out_everywhere_and_a_new_role_comes_with_the_next_token(
    app: FastAPI, client: TestClient, signed_in: SignIn
) -> None:
    token = signed_in()
    with context_of(app).database.write() as session:
        put_user_role(session, NRP, Role.AUDITOR, now=START)
    assert client.get("/operations", headers=token).json()["code"] == "token_expired"
    token = {"Authorization": f"Bearer {client.post('/renew', headers=token).json()['token']}"}
    fates = client.post("/operations", json=pushed(*operations(1)), headers=token).json()["fates"]
    assert [fate["fate"] for fate in fates] == ["quarantined"]
    with context_of(app).database.write() as session:
        put_user_password(session, NRP, "kata sandi lain lagi", hasher=default_hasher(), now=START)
    assert client.get("/operations", headers=token).status_code == 401


def test_an_account_that_is_enabled_again_signs_in_with_the_password_of_before(
    app: FastAPI, client: TestClient
) -> None:
    with context_of(app).database.write() as session:
        disable_user(session, NRP, now=START)
    assert ask_in(client, NRP, PASSWORD).status_code == 401
    with context_of(app).database.write() as session:
        enable_user(session, NRP)
    assert ask_in(client, NRP, PASSWORD).status_code == 200


def test_operations_come_back_as_they_went(client: TestClient, signed_in: SignIn) -> None:
    token, made = signed_in(), operations(3)
    reply = client.post("/operations", json=pushed(*made), headers=token)
    assert [fate["fate"] for fate in reply.json()["fates"]] == ["applied"] * 3
    page = client.get("/operations", params={"limit": 2}, headers=token).json()
    assert [OperationMessage.model_validate(item["operation"]).operation() for item in page["operations"]] == made[:2]
    assert page["more"]


def test_a_body_is_not_waited_for_before_its_token_is_known(app: FastAPI, client: TestClient) -> None:
    del client  # the server is up
    assert asyncio.run(status_without_body(app, "/operations", [(b"authorization", b"Bearer wrong")])) == 401


def test_a_device_brings_what_another_has_signed_for_a_proven_officer_and_nothing_else(
    client: TestClient, signed_in: SignIn
) -> None:
    token, made = signed_in(), operations(2)
    client.post("/operations", json=pushed(made[0]), headers=token)
    other, wanted = signed_in(device="ws2"), pushed(made[1])
    unproven = replace(operations(1, first=2, previous_hash=made[0].hash)[0], actor="80019999")
    assert client.post("/operations", json=pushed(unproven), headers=other).status_code == 403
    unsigned = {"operations": [{**wanted["operations"][0], "signature": ""}]}
    assert client.post("/operations", json=unsigned, headers=other).status_code == 403
    assert client.post("/operations", json=wanted, headers=other).json()["fates"][0]["fate"] == "applied"
    assert client.post("/operations", json=wanted, headers=token).json()["fates"][0]["fate"] == "duplicate"


def test_what_one_push_and_one_operation_may_hold_is_bounded(client: TestClient, signed_in: SignIn) -> None:
    token = {**signed_in(), "Content-Type": "application/json"}
    many = pushed(*operations(2))["operations"] * 101
    assert client.post("/operations", json={"operations": many}, headers=token).status_code == 400
    large = replace(operations(1)[0], fields={"note": "x" * LARGEST_OPERATION_BYTES})
    assert client.post("/operations", json=pushed(large), headers=token).status_code == 413
    for body in (b"[" * 100_000, b'{"operations":[' + b"[]," * 100_000 + b"[]]}", b'{"operations":[{}]}', b"{"):
        assert client.post("/operations", content=body, headers=token).status_code == 400


def test_what_is_wrong_with_an_operation_is_named_without_its_value(client: TestClient, signed_in: SignIn) -> None:
    wrong = pushed(*operations(2))
    wrong["operations"][1]["made_at"] = "rahasia"
    reply = client.post("/operations", json=wrong, headers=signed_in())
    assert [error["field"] for error in reply.json()["errors"]] == ["body.operations.1.made_at"]
    assert "rahasia" not in reply.text


def test_a_long_push_is_taken_over_whole(client: TestClient, signed_in: SignIn) -> None:
    token, made = signed_in(), operations(120)
    reply = client.post("/operations", json=pushed(*made), headers=token).json()
    assert ([fate["number"] for fate in reply["fates"]], reply["last_number"]) == (list(range(1, 121)), 120)


def test_each_transaction_of_a_long_push_knows_who_is_proven_and_is_on_record(
    client: TestClient, app: FastAPI, signed_in: SignIn
) -> None:
    officer = ask_in(client, NRP, PASSWORD, "ws1").json()
    body = pushed(*operations(120)) | {"delegations": {NRP: officer["delegation"]}}
    reply = client.post("/operations", json=body, headers=signed_in("80010009")).json()
    assert {fate["fate"] for fate in reply["fates"]} == {"applied"}
    with context_of(app).database.read() as session:
        noted = session.scalars(select(AuditRow.about).where(AuditRow.action == "push").order_by(AuditRow.id)).all()
    assert noted == ["ws1 1..50", "ws1 51..100", "ws1 101..120"]


@pytest.mark.parametrize("delegations", [{"80010002": "x" * 513}, {"80010002": 1}, []])
def test_malformed_delegations_are_refused_by_their_place(
    client: TestClient, signed_in: SignIn, delegations: Json
) -> None:
    reply = client.post("/operations", json=pushed(*operations(1)) | {"delegations": delegations}, headers=signed_in())
    assert reply.status_code == 400
    assert reply.json()["errors"][0]["field"].startswith("body.delegations")


def test_an_entity_does_not_grow_without_end(
    client: TestClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "LARGEST_ENTITY_BYTES", 2000)
    token, created = signed_in(), operations(1)[0]
    grown = replace(
        created, id=UUID(int=2), number=2, base_revision=1, fields={"note": "x" * 1000}, previous_hash=created.hash
    )
    larger = replace(grown, id=UUID(int=3), number=3, fields={"note": "x" * 2000}, previous_hash=grown.hash)
    fates = client.post("/operations", json=pushed(created, grown, larger), headers=token).json()["fates"]
    assert [fate["reason"] for fate in fates] == ["", "", "entity_too_large"]


def test_what_one_device_may_store_without_effect_is_bounded(tmp_path: Path, clock: FakeClock) -> None:
    limits = replace(LIMITS, quarantine_bytes_per_day=150_000)
    app = create_app(settings_in(tmp_path, limits=limits), clock=clock, hasher=CHEAP_HASHER)
    with context_of(app).database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    made = []
    for number in range(1, 4):
        previous = made[-1].hash if made else FIRST_HASH
        operation = operations(1, first=number, previous_hash=previous)[0]
        made.append(replace(operation, fields={"note": "x" * 60_000}))
    with TestClient(app, base_url=f"http://test{API}") as client:
        reply = ask_in(client, NRP, PASSWORD, "ws1")
        token = {"Authorization": f"Bearer {reply.json()['token']}"}
        replies = [client.post("/operations", json=pushed(operation), headers=token) for operation in made]
        assert [reply.status_code for reply in replies] == [200, 200, 429]
        assert int(replies[-1].headers["retry-after"]) > 0
        assert client.get("/operations", headers=token).json()["last_number"] == 2


def test_a_workstation_that_has_read_another_order_is_told(client: TestClient, app: FastAPI, signed_in: SignIn) -> None:
    token, made = signed_in(), operations(3)
    client.post("/operations", json=pushed(*made), headers=token)
    epoch = client.get("/operations", headers=token).json()["epoch"]
    known = {"cursor": 3, "epoch": epoch, "known": 3, "known_hash": made[2].hash}
    assert client.get("/operations", params=known, headers=token).status_code == 200
    for changes in ({"known_hash": made[1].hash}, {"known": 4}):
        reply = client.get("/operations", params={**known, **changes}, headers=token)
        assert (reply.status_code, reply.json()["code"]) == (409, "order_differs")
    # A new epoch is told as ever.
    other_epoch = {**known, "epoch": str(UUID(int=1)), "known_hash": ""}
    assert client.get("/operations", params=other_epoch, headers=token).json()["epoch"] == epoch
    with context_of(app).database.read() as session:
        outcomes = session.scalars(select(AuditRow.about).where(AuditRow.action == "order_differs")).all()
    assert outcomes == ["ws1", "ws1"]


def test_what_was_pushed_can_be_reviewed(client: TestClient, signed_in: SignIn) -> None:
    token = signed_in()
    client.post("/operations", json=pushed(*operations(3)), headers=token)
    page = client.get("/bookmarks", params={"limit": 2}, headers=token).json()
    assert [item["id"] for item in page["items"]] == ["ws1-b3", "ws1-b2"]
    rest = client.get("/bookmarks", params={"before": page["next"]}, headers=token).json()
    assert ([item["id"] for item in rest["items"]], rest["next"]) == (["ws1-b1"], None)
    one = client.get("/bookmarks/ws1-b1", headers=token).json()
    assert (one["fields"]["officer"], one["clips"], one["conflicts"]) == (NRP, [], [])
    assert client.get("/bookmarks/absent", headers=token).status_code == 404
    assert [
        client.get(path, headers=token).status_code for path in ("/cases", "/incidents", "/conflicts", "/quarantine")
    ] == [200] * 4


def test_a_reply_holds_no_more_than_it_may_and_the_next_one_goes_on(
    client: TestClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in()
    client.post("/operations", json=pushed(*operations(3)), headers=token)
    monkeypatch.setattr(records, "LARGEST_REPLY_BYTES", 1)
    found: list[str] = []
    before: int | None = NEWEST
    for _ in range(3):
        page = client.get("/bookmarks", params={"before": before}, headers=token).json()
        found += [item["id"] for item in page["items"]]
        before = page["next"]
    assert (found, before) == (["ws1-b3", "ws1-b2", "ws1-b1"], None)


def test_an_auditor_reads_and_uploads_nothing(client: TestClient, app: FastAPI, signed_in: SignIn) -> None:
    token = signed_in("80010009")
    assert client.get("/bookmarks", headers=token).status_code == 200
    assert (
        client.post("/clips", headers={**token, "Upload-Length": "1", "Upload-Metadata": "clip_id Yw=="}).status_code
        == 403
    )
    with context_of(app).database.read() as session:
        outcomes = session.scalars(select(AuditRow.outcome).where(AuditRow.action == "access")).all()
    assert outcomes == ["forbidden"]


def test_a_report_is_accepted_once(client: TestClient, signed_in: SignIn) -> None:
    body = report_body()
    first = client.post("/webhooks/incident", content=body, headers=report_headers(body, now=START))
    again = client.post("/webhooks/incident", content=body, headers=report_headers(body, now=START))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["incident_id"] == again.json()["incident_id"]
    assert len(client.get("/incidents", headers=signed_in()).json()["items"]) == 1


def test_whoever_signs_without_the_time_is_told(client: TestClient) -> None:
    body = report_body()
    by_version_1 = report_headers(body, now=START)
    stamp = by_version_1[TIMESTAMP_HEADER]
    by_version_2 = {**by_version_1, SIGNATURE_HEADER: sign_with_time(body, WEBHOOK_SECRET.encode(), timestamp=stamp)}
    replies = [client.post("/webhooks/incident", content=body, headers=given) for given in (by_version_1, by_version_2)]
    assert [(reply.status_code, reply.json()["signature_version"]) for reply in replies] == [(202, 1), (202, 2)]


def test_a_report_is_refused(client: TestClient) -> None:
    def status(body: bytes, headers: dict[str, str]) -> int:
        return client.post("/webhooks/incident", content=body, headers=headers).status_code

    body, newer = report_body(), report_body(seq=5)
    good = report_headers(body, now=START)
    assert status(body, {}) == 401
    assert status(body, report_headers(body, now=START, secret="another secret, long")) == 401
    assert status(body, report_headers(body, now=START - timedelta(seconds=301))) == 401
    assert status(newer, good) == 401
    unknown = report_body(source="kenita")
    assert status(unknown, report_headers(unknown, now=START)) == 401
    assert status(newer, report_headers(newer, now=START)) == 202
    assert status(body, good) == 409
    wrong = report_body(type="ufo", severity="x")
    reply = client.post("/webhooks/incident", content=wrong, headers=report_headers(wrong, now=START))
    assert reply.status_code == 400
    assert [error["field"] for error in reply.json()["errors"]] == ["type", "severity"]
    assert status(b"x" * 70_000, {}) == 413


def test_too_many_reports_are_slowed_down(client: TestClient) -> None:
    bodies = [report_body(id=f"112-{number}") for number in range(8)]
    statuses = [
        client.post("/webhooks/incident", content=body, headers=report_headers(body, now=START)).status_code
        for body in bodies
    ]
    assert statuses == [202] * 6 + [429] * 2
    strangers = [client.post("/webhooks/incident", content=b"{}").status_code for _ in range(9)]
    assert strangers[-1] == 429


def test_bodies_are_bounded(client: TestClient, signed_in: SignIn) -> None:
    assert client.post("/sign-in", content=b"x" * 100_000).status_code == 413
    assert client.post("/sign-in", content=b"not json").status_code == 400
    assert client.post("/operations", json={"operations": []}, headers=signed_in()).status_code == 400
    assert PASSWORD not in client.post("/sign-in", json={"nrp": 1, "password": PASSWORD, "device": "../"}).text


def test_a_bug_shows_no_trace(
    app: FastAPI, client: TestClient, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed_in()

    def broken() -> None:
        raise RuntimeError("internal detail")

    monkeypatch.setattr(context_of(app).clock, "utc", broken)
    reply = client.get("/info")
    assert (reply.status_code, reply.json()) == (500, {"code": "internal", "errors": []})
    assert token["Authorization"] not in reply.text


def test_who_did_what_is_in_the_audit_log(client: TestClient, app: FastAPI, signed_in: SignIn) -> None:
    ask_in(client, "80010009\r\nforged", "x")
    client.get("/cases", headers=signed_in())
    with context_of(app).database.read() as session:
        rows = [(row.action, row.actor, row.outcome) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert rows == [("sign_in", NRP, "ok"), ("read_cases", NRP, "ok")]


def test_what_is_pushed_pulled_and_kept_without_effect_is_audited(
    client: TestClient, signed_in: SignIn, app: FastAPI
) -> None:
    first, second = operations(2)
    poisoned = replace(second, fields={"nonsense": 1})
    token = signed_in()
    client.post("/operations", json=pushed(first, poisoned), headers=token)
    client.post("/operations", json=pushed(first, poisoned), headers=token)
    client.get("/operations?cursor=0", headers=token)
    client.get("/operations?cursor=2", headers=token)
    with context_of(app).database.read() as session:
        rows = [(row.action, row.about, row.outcome) for row in session.scalars(select(AuditRow).order_by(AuditRow.id))]
    assert rows[1:] == [
        ("push", "ws1 1..2", "ok"),
        ("quarantined", f"ws1 2 {second.id}", "shape: nonsense: unknown"),
        ("pull", "ws1 1..2", "ok"),
    ]


def test_the_next_shift_brings_an_officers_work_with_what_the_server_gave_when_he_signed_in(
    client: TestClient, signed_in: SignIn, app: FastAPI
) -> None:
    with context_of(app).database.write() as session:
        add_user(session, NEXT, PASSWORD, hasher=CHEAP_HASHER, now=START)
    first, second = operations(2)
    reply = ask_in(client, NRP, PASSWORD, "ws1")
    headers = signed_in(NEXT.nrp)
    without = client.post("/operations", json=pushed(first), headers=headers)
    delegations = {"delegations": {NRP: reply.json()["delegation"]}}
    with_it = client.post("/operations", json=pushed(second) | delegations, headers=headers)
    assert [answer.json()["fates"][0]["fate"] for answer in (without, with_it)] == ["quarantined", "applied"]
    signed_in()
    bookmarks = client.get("/bookmarks", headers=headers).json()["items"]
    assert {item["id"] for item in bookmarks} == {"ws1-b1", "ws1-b2"}


DATA = bytes(range(256)) * 8192


@pytest.fixture
def with_clip(client: TestClient, signed_in: SignIn) -> dict[str, str]:
    token = signed_in()
    first, second = operations(2)
    fields = clip("c1", "ws1-b1", sha256=hashlib.sha256(DATA).hexdigest(), size_bytes=len(DATA))
    second = replace(second, entity=Entity.CLIP, entity_id="c1", fields=fields)
    assert client.post("/operations", json=pushed(first, second), headers=token).status_code == 200
    return {**token, "Tus-Resumable": "1.0.0"}


def create(
    client: TestClient, headers: dict[str, str], *, clip_id: str = "c1", length: int = len(DATA)
) -> httpx2.Response:
    metadata = f"clip_id {base64.b64encode(clip_id.encode()).decode()}"
    reply: httpx2.Response = client.post(
        "/clips", headers={**headers, "Upload-Length": str(length), "Upload-Metadata": metadata}
    )
    return reply


def send(
    client: TestClient, location: str, headers: dict[str, str], offset: int, data: bytes, *, digest: bytes | None = None
) -> int:
    checksum = base64.b64encode(digest or hashlib.sha256(data).digest()).decode()
    reply = client.patch(
        location.removeprefix(API),
        content=data,
        headers={
            **headers,
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Content-Type": "application/offset+octet-stream",
        },
    )
    return reply.status_code


def offset_of(client: TestClient, location: str, headers: dict[str, str]) -> int:
    return int(client.head(location.removeprefix(API), headers=headers).headers["upload-offset"])


def test_a_clip_goes_up_in_parts_and_comes_down_whole(client: TestClient, with_clip: dict[str, str]) -> None:
    location = create(client, with_clip).headers["location"]
    assert send(client, location, with_clip, 0, DATA[:1000]) == 204
    assert create(client, with_clip).headers["location"] == location
    assert offset_of(client, location, with_clip) == 1000
    assert client.get("/clips/c1", headers=with_clip).status_code == 404
    assert send(client, location, with_clip, 1000, DATA[1000:]) == 204
    assert offset_of(client, location, with_clip) == len(DATA)
    assert client.get("/clips/c1", headers=with_clip).content == DATA
    assert client.get("/bookmarks/ws1-b1", headers=with_clip).json()["clips"][0]["uploaded"] is True


def test_a_damaged_chunk_and_a_wrong_offset_leave_the_upload_as_it_was(
    client: TestClient, with_clip: dict[str, str]
) -> None:
    location = create(client, with_clip).headers["location"]
    send(client, location, with_clip, 0, DATA[:1000])
    assert send(client, location, with_clip, 1000, DATA[1000:], digest=b"x" * 32) == 460
    assert send(client, location, with_clip, 500, DATA[500:]) == 409
    assert send(client, location, with_clip, 1000, DATA) == 413
    assert offset_of(client, location, with_clip) == 1000


def test_bytes_that_are_not_the_clip_are_not_kept(
    client: TestClient, with_clip: dict[str, str], tmp_path: Path
) -> None:
    location = create(client, with_clip).headers["location"]
    assert send(client, location, with_clip, 0, bytes(len(DATA))) == 422
    assert client.head(location.removeprefix(API), headers=with_clip).status_code == 404
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []
    again = create(client, with_clip).headers["location"]
    assert send(client, again, with_clip, 0, DATA) == 204


def test_only_a_known_clip_of_its_own_size_goes_up(client: TestClient, with_clip: dict[str, str]) -> None:
    assert create(client, with_clip, clip_id="../../etc/passwd").status_code == 404
    assert create(client, with_clip, length=5).status_code == 400
    assert create(client, with_clip, length=1 << 40).status_code == 413
    assert (
        client.post("/clips", headers={**with_clip, "Upload-Length": "1", "Upload-Metadata": "clip_id %%"}).status_code
        == 400
    )
    assert client.head("/clips/uploads/absent", headers=with_clip).status_code == 404


def path_of_clip(tmp_path: Path) -> Path:
    sha256 = hashlib.sha256(DATA).hexdigest()
    return tmp_path / "blobs" / "clips" / sha256[:2] / sha256


def states_of_clip(client: TestClient, location: str, headers: dict[str, str]) -> list[bool]:
    """Whether it is complete by HEAD, by its bookmark, and by GET."""
    by_head = offset_of(client, location, headers) == len(DATA)
    by_bookmark = client.get("/bookmarks/ws1-b1", headers=headers).json()["clips"][0]["uploaded"]
    return [by_head, by_bookmark, client.get("/clips/c1", headers=headers).status_code == 200]


@pytest.mark.parametrize("method", ["digest", "complete", "keep"])
def test_a_clip_whose_completion_was_cut_short_is_completed_when_asked_for(
    app: FastAPI, client: TestClient, with_clip: dict[str, str], monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    location = create(client, with_clip).headers["location"]
    send(client, location, with_clip, 0, DATA[:1000])

    def killed(*_: object) -> None:
        raise RuntimeError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(context_of(app).blobs, method, killed)
        assert send(client, location, with_clip, 1000, DATA[1000:]) == 500
        assert client.get("/clips/c1", headers=with_clip).status_code == 404
    assert states_of_clip(client, location, with_clip) == [True] * 3


def test_a_clip_that_got_its_name_before_a_crash_and_no_word_of_it_is_completed(
    app: FastAPI, client: TestClient, with_clip: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    location = create(client, with_clip).headers["location"]
    complete = context_of(app).blobs.complete

    def killed(upload_id: str, sha256: str) -> None:
        complete(upload_id, sha256)
        raise RuntimeError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(context_of(app).blobs, "complete", killed)
        assert send(client, location, with_clip, 0, DATA) == 500
    assert states_of_clip(client, location, with_clip) == [True] * 3


def test_all_bytes_of_a_damaged_upload_are_not_called_a_clip(
    client: TestClient, with_clip: dict[str, str], tmp_path: Path
) -> None:
    location = create(client, with_clip).headers["location"]
    part = tmp_path / "blobs" / "uploads" / f"{location.rpartition('/')[2]}.part"
    part.write_bytes(bytes(len(DATA)))
    assert client.head(location.removeprefix(API), headers=with_clip).status_code == 422
    again = create(client, with_clip).headers["location"]
    assert send(client, again, with_clip, 0, DATA) == 204


def wanted_by(client: TestClient, headers: dict[str, str]) -> list[str]:
    wanted: list[str] = client.get("/operations", headers=headers).json()["wanted_clips"]
    return wanted


def test_a_clip_that_was_taken_out_of_effect_is_wanted_no_more(
    app: FastAPI, client: TestClient, with_clip: dict[str, str]
) -> None:
    create(client, with_clip)
    assert wanted_by(client, with_clip) == ["c1"]
    with context_of(app).database.write() as session:
        cut = session.scalars(select(OperationRow.operation_id).where(OperationRow.entity_id == "c1")).one()
        Journal(session, now=START).withdraw(cut, reason="salah kamera", by="console")
    assert wanted_by(client, with_clip) == []


def test_a_clip_that_is_gone_from_the_disk_is_wanted_again(
    client: TestClient, with_clip: dict[str, str], signed_in: SignIn, tmp_path: Path
) -> None:
    location = create(client, with_clip).headers["location"]
    send(client, location, with_clip, 0, DATA)
    assert wanted_by(client, with_clip) == []
    path_of_clip(tmp_path).unlink()
    assert states_of_clip(client, location, with_clip) == [False] * 3
    assert send(client, location, with_clip, 0, b"") == 204
    assert wanted_by(client, with_clip) == ["c1"]
    assert wanted_by(client, signed_in(device="ws2")) == []
    assert send(client, location, with_clip, 0, DATA) == 204
    assert states_of_clip(client, location, with_clip) == [True] * 3
    assert wanted_by(client, with_clip) == []


def test_a_slow_sender_gives_an_upload_up_to_another(
    app: FastAPI, client: TestClient, with_clip: dict[str, str], clock: FakeClock
) -> None:
    location = create(client, with_clip).headers["location"]
    path = location.removeprefix(API)

    async def both() -> tuple[int, int, int]:
        begun, over = asyncio.Event(), asyncio.Event()

        async def drip() -> AsyncIterator[bytes]:
            yield DATA[:1000]
            begun.set()
            await over.wait()

        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=f"http://test{API}") as asking:
            headers = {**with_clip, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            slow = asyncio.create_task(asking.patch(path, content=drip(), headers=headers))
            async with asyncio.timeout(PATIENCE_S):
                await begun.wait()
                early = await asking.patch(path, content=DATA, headers=headers)
                clock.advance(LIMITS.slow_upload_s)
                late = await asking.patch(path, content=DATA, headers=headers)
                over.set()
                return early.status_code, (await slow).status_code, late.status_code

    assert asyncio.run(both()) == (423, 423, 204)
    assert client.get("/clips/c1", headers=with_clip).content == DATA


def test_a_full_disk_keeps_the_offset(
    app: FastAPI, client: TestClient, with_clip: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    location = create(client, with_clip).headers["location"]
    send(client, location, with_clip, 0, DATA[:1000])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.open", full)
        assert send(client, location, with_clip, 1000, DATA[1000:]) == 507
    assert offset_of(client, location, with_clip) == 1000
    assert send(client, location, with_clip, 1000, DATA[1000:]) == 204


async def status_without_body(app: FastAPI, path: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> int:
    """What is answered to a request whose body never comes."""
    return await status_of(app, path, headers, asyncio.Event().wait)


async def status_of(
    app: FastAPI, path: str, headers: Sequence[tuple[bytes, bytes]], next_part: Callable[[], Awaitable[object]]
) -> int:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await next_part()
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send_message(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": f"{API}{path}", "raw_path": b"", "query_string": b"", "root_path": "", "headers": list(headers),
        "client": ("10.0.0.1", 1), "server": ("test", 80), "state": {},
    }  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        await app(scope, receive, send_message)  # type: ignore[arg-type] # ASGI's messages are any mapping
    status: int = sent[0]["status"]
    return status


def test_a_body_that_pauses_too_long_is_ended(tmp_path: Path) -> None:
    slow = create_app(settings_in(tmp_path / "slow", limits=ServerLimits(body_silence_s=0.05)), clock=FakeClock(START))
    assert asyncio.run(status_without_body(slow, "/webhooks/incident")) == 408
    context_of(slow).close()


def test_a_body_that_drips_is_ended(tmp_path: Path) -> None:
    limits = ServerLimits(body_silence_s=0.2, slowest_bytes_per_s=1000)
    slow = create_app(settings_in(tmp_path / "slow", limits=limits), clock=FakeClock(START))
    assert asyncio.run(status_of(slow, "/webhooks/incident", (), partial(asyncio.sleep, 0.02))) == 408
    context_of(slow).close()


def test_a_bookmark_with_a_planted_note_is_only_text(client: TestClient, signed_in: SignIn) -> None:
    made = replace(operations(1)[0], fields=bookmark("ws1-b1", note="'; DROP TABLE operations; --\u202e"))
    client.post("/operations", json=pushed(made), headers=signed_in())
    assert client.get("/bookmarks/ws1-b1", headers=signed_in()).json()["fields"]["note"] == made.fields["note"]
