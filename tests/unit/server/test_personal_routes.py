"""The routes of reporters' names and numbers: checked, bounded, on record."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import enrol_at
from tests.exchange import CHEAP_HASHER, PASSWORD, START, report_body, settings_in
from tmcwall.domain.commitment import Opening
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.intake.webhook import parse_webhook
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.audit import AuditAction
from tmcwall.server.context import ServerLimits
from tmcwall.server.personal import erase
from tmcwall.server.reports import receive
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import AuditRow
from tmcwall.sync.protocol import API

OPERATOR = Officer("80020003", "Tono", Role.OPERATOR)
INVESTIGATOR = Officer("80020002", "Rini", Role.INVESTIGATOR)
CLERK = Officer("80020004", "Dewi", Role.INVESTIGATOR)
OPENING = Opening(Entity.INCIDENT, "i1", "reporter_phone", bytes(16), "+62 800 000 001")
MESSAGE = {
    "entity": "incident",
    "entity_id": OPENING.entity_id,
    "field": OPENING.field,
    "salt": OPENING.salt.hex(),
    "value": OPENING.value,
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    limits = ServerLimits(personal_reads_per_minute=3, quarantine_bytes_per_day=2_000)
    folder = tmp_path_factory.mktemp("server")
    application = create_app(settings_in(folder, limits=limits), clock=FakeClock(START), hasher=CHEAP_HASHER)
    enrol_at(application.state.context.database, "ws1", now=START)
    with application.state.context.database.write() as session:
        for officer in (OPERATOR, INVESTIGATOR, CLERK):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield application
    application.state.context.close()


def asked(app: FastAPI, officer: Officer, method: str, path: str, body: object = None) -> Any:
    """What the server answers: JSON, or the status of a refusal."""
    context = app.state.context
    with context.database.write() as session:
        token = begin_session(session, officer, device="ws1", policy=context.session_policy, now=START).token
    client = TestClient(app, base_url=f"http://test{API}")
    reply = client.request(method, path, json=body, headers={"Authorization": f"Bearer {token}"})
    return reply.json() if reply.is_success else reply.status_code


def question(*, of: str = "i1") -> dict[str, object]:
    return {"entity": "incident", "entity_id": of, "commitments": [OPENING.commitment]}


def test_what_one_desk_sends_is_read_by_who_may_and_each_question_is_on_record(app: FastAPI) -> None:
    for _ in range(2):
        assert asked(app, OPERATOR, "POST", "/personal", {"values": [MESSAGE]}) == {"taken": 1, "erased": 0}
    assert asked(app, OPERATOR, "POST", "/personal/read", question()) == 403
    assert asked(app, INVESTIGATOR, "POST", "/personal/read", question())["values"] == [MESSAGE]
    assert asked(app, INVESTIGATOR, "POST", "/personal/read", question(of="i2"))["values"] == []
    with app.state.context.database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.READ_REPORTER)).all()
        assert [(row.actor, row.about, row.outcome) for row in rows] == [
            (INVESTIGATOR.nrp, "incident/i1 at ws1", "1 of 1"),
            (INVESTIGATOR.nrp, "incident/i2 at ws1", "0 of 1"),
        ]


def test_no_officer_asks_for_many(app: FastAPI) -> None:
    answers = [asked(app, CLERK, "POST", "/personal/read", question()) for _ in range(4)]
    assert answers[3] == 429
    assert 429 not in answers[:3]


def test_no_desk_fills_the_server_with_values(app: FastAPI) -> None:
    many = [{**MESSAGE, "salt": f"{number:032x}", "value": "x" * 1000} for number in range(1, 4)]
    assert asked(app, OPERATOR, "POST", "/personal", {"values": many}) == 429


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "00"},
        {"value": ""},
        {"value": "a\0b"},
        {"value": "x" * 1001},
        {"field": "text"},
        {"entity": "nothing"},
        {"value": f"~sha256:{'0' * 64}"},
    ],
)
def test_what_is_no_value_of_a_reporter_is_refused(app: FastAPI, change: dict[str, str]) -> None:
    assert asked(app, OPERATOR, "POST", "/personal", {"values": [{**MESSAGE, **change}]}) == 400


def test_half_a_surrogate_is_refused(app: FastAPI) -> None:
    context = app.state.context
    with context.database.write() as session:
        token = begin_session(session, OPERATOR, device="ws1", policy=context.session_policy, now=START).token
    client = TestClient(app, base_url=f"http://test{API}")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    content = (
        b'{"values": [{"entity": "incident", "entity_id": "i1", "field": "reporter_phone", "salt": "'
        + b"0" * 32
        + b'", "value": "\\ud800"}]}'
    )
    assert client.post("/personal", content=content, headers=headers).status_code == 400


def test_what_was_erased_is_told_and_not_taken_again(app: FastAPI) -> None:
    body = report_body(reporter={"name": "Ibu Rahayu", "phone": "+62 800 000 009", "consent": True})
    with app.state.context.database.write() as session:
        incident_id = receive(session, parse_webhook(body), body, now=START).incident_id
        erase(session, Entity.INCIDENT, incident_id, by="console", reason="", now=START)
    erasure = {"entity": "incident", "entity_id": incident_id}
    assert asked(app, OPERATOR, "GET", "/personal/erased") == {"erasures": [erasure], "up_to": 1}
    assert asked(app, OPERATOR, "GET", "/personal/erased?after=1") == {"erasures": [], "up_to": 1}
    again = {"values": [{**MESSAGE, "entity_id": incident_id}]}
    assert asked(app, OPERATOR, "POST", "/personal", again) == {"taken": 0, "erased": 1}
    assert asked(app, INVESTIGATOR, "POST", "/personal/read", question(of=incident_id))["erased"] is True
