"""Warnings, counts and positions through the server's routes: signed in, shown to whoever is on duty."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.cap_messages import NOWCAST, cap_message
from tests.clocks import FakeClock
from tests.enrolled import ask_in
from tests.exchange import (
    CHEAP_HASHER,
    NRP,
    OFFICER,
    PASSWORD,
    START,
    WEBHOOK_SECRET,
    report_body,
    report_headers,
    settings_in,
)
from tmcwall.domain.incident import Source
from tmcwall.intake.webhook import SOURCE_HEADER
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.mappings import put_mapping
from tmcwall.server.reports import add_source
from tmcwall.sync.city import CityPage
from tmcwall.sync.protocol import API


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def client(tmp_path: Path, clock: FakeClock) -> Iterator[TestClient]:
    app = create_app(settings_in(tmp_path), clock=clock, hasher=CHEAP_HASHER)
    context = app.state.context
    with context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        for source in (Source.BMKG, Source.DISHUB, Source.FIRE_BRIGADE):
            add_source(session, source, WEBHOOK_SECRET.encode(), secret_box=context.secret_box, now=START)
    with TestClient(app, base_url=f"http://test{API}", raise_server_exceptions=False) as opened:
        yield opened


def call(client: TestClient, path: str, body: bytes, source: str, clock: FakeClock) -> tuple[int, dict[str, object]]:
    headers = {**report_headers(body, now=clock.utc()), SOURCE_HEADER: source}
    reply = client.post(f"/webhooks/{path}", content=body, headers=headers)
    return reply.status_code, reply.json()


def city(client: TestClient) -> CityPage:
    token = ask_in(client, NRP, PASSWORD, "ws1").json()["token"]
    return CityPage.model_validate_json(client.get("/city", headers={"Authorization": f"Bearer {token}"}).content)


def counts(clock: FakeClock, **row: object) -> bytes:
    hour = (clock.utc() - timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    one = {"place": "KLK", "starts_at": hour.isoformat(), "period_minutes": 60, "vehicles": 3000} | row
    content = {"schema": "tmcwall.counts/1", "sent": clock.utc().isoformat(), "counts": [one]}
    return json.dumps(content).encode()


def test_a_warning_reaches_the_workstations_with_polygon_end_and_attribution(
    client: TestClient, clock: FakeClock
) -> None:
    status, reply = call(client, "cap", NOWCAST, "bmkg", clock)
    assert (status, reply["outcome"], reply["incident_id"]) == (202, "warned", None)
    (warning,) = city(client).warnings
    assert (warning.attribution, len(warning.areas[0].polygons)) == ("Dinas Cuaca Contoh", 2)


def test_an_alert_of_a_partner_opens_an_incident(client: TestClient, clock: FakeClock) -> None:
    status, reply = call(client, "cap", cap_message(), "damkar", clock)
    assert (status, reply["outcome"]) == (202, "opened")
    assert call(client, "cap", cap_message(), "damkar", clock)[1]["outcome"] == "repeated"
    older = cap_message(identifier="DMK-1", sent="2025-03-28T13:00:00+07:00")
    assert call(client, "cap", older, "damkar", clock)[0] == 409


def test_counts_and_positions_reach_the_workstations(client: TestClient, clock: FakeClock) -> None:
    assert call(client, "counts", counts(clock), "dishub", clock) == (202, {"taken": 1, "repeated": 0, "older": 0})
    unit = {"unit": "Patroli 12", "lat": -7.0, "lon": 110.4, "at": clock.utc().isoformat()}
    body = json.dumps({"schema": "tmcwall.positions/1", "positions": [unit]}).encode()
    assert call(client, "positions", body, "dishub", clock) == (202, {"taken": 1})
    page = city(client)
    assert [count.vehicles for count in page.counts] == [3000]
    assert [one.unit for one in page.positions] == ["Patroli 12"]


@pytest.mark.parametrize("path", ["cap", "counts", "positions"])
def test_a_call_is_believed_only_with_the_secret_of_the_system_that_it_names(
    client: TestClient, clock: FakeClock, path: str
) -> None:
    body = cap_message() if path == "cap" else counts(clock)
    assert call(client, path, body, "psc119", clock)[0] == 401
    assert call(client, path, body, "nobody", clock)[0] == 401
    headers = {**report_headers(body, now=clock.utc(), secret="x" * 32), SOURCE_HEADER: "damkar"}
    assert client.post(f"/webhooks/{path}", content=body, headers=headers).status_code == 401
    old = {**report_headers(body, now=clock.utc() - timedelta(minutes=6)), SOURCE_HEADER: "damkar"}
    assert client.post(f"/webhooks/{path}", content=body, headers=old).status_code == 401


def test_a_wrong_field_is_named(client: TestClient, clock: FakeClock) -> None:
    status, reply = call(client, "counts", counts(clock, vehicles=9000, period_minutes=15), "dishub", clock)
    assert status == 400
    assert [problem["field"] for problem in reply["errors"]] == ["counts.0"]  # type: ignore[attr-defined]
    assert call(client, "cap", b"<alert/>", "damkar", clock)[0] == 400


def test_an_officer_brings_counts_from_a_file(client: TestClient, clock: FakeClock) -> None:
    token = ask_in(client, NRP, PASSWORD, "ws1").json()["token"]
    reply = client.post("/city/counts", content=counts(clock), headers={"Authorization": f"Bearer {token}"})
    assert reply.json() == {"taken": 1, "repeated": 0, "older": 0}


def test_a_source_of_a_form_of_its_own_reports_by_its_mapping(client: TestClient, clock: FakeClock) -> None:
    rules = {
        "id": {"path": "no"}, "sent": {"path": "waktu", "time": "iso"}, "status": {"value": "actual"},
        "type": {"value": "kebakaran"}, "severity": {"value": "berat"}, "location.text": {"path": "alamat"},
    }  # fmt: skip
    context = client.app.state.context  # type: ignore[attr-defined]
    text = json.dumps({"schema": "tmcwall.mapping/1", "fields": rules}).encode()
    with context.database.write() as session:
        put_mapping(session, Source.FIRE_BRIGADE, text, by="console", now=START)
    body = json.dumps({"no": 7, "waktu": clock.utc().isoformat(), "alamat": "Jalan Contoh"}).encode()
    status, reply = call(client, "incident", body, "damkar", clock)
    assert (status, reply["outcome"]) == (202, "opened")
    status, reply = call(client, "incident", b'{"no": 8, "alamat": "Jalan Contoh"}', "damkar", clock)
    assert (status, [one["field"] for one in reply["errors"]]) == (400, ["seq", "sent"])  # type: ignore[attr-defined]


def test_a_report_that_names_another_source_than_its_header_is_refused(client: TestClient, clock: FakeClock) -> None:
    assert call(client, "incident", report_body(source="112"), "dishub", clock)[0] == 400
    assert call(client, "incident", report_body(source="dishub"), "dishub", clock)[0] == 202
