"""Who watched which camera: workstations bring their chains, auditors read them, and nobody alters a row."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from tests.clocks import FakeClock
from tests.enrolled import ask_in
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.oversight import Entry, OversightAction, OversightRow, digest, next_row
from tmcwall.server import tables
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.oversight import forget_old
from tmcwall.sync.oversight import OversightMessage
from tmcwall.sync.protocol import API

pytest_plugins = ["tests.postgresql"]

AUDITOR = Officer("80010009", "Auditor", Role.AUDITOR)
SUPERVISOR = Officer("80010008", "Supervisor", Role.SUPERVISOR)
Headers = dict[str, str]
SignIn = Callable[..., Headers]


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FastAPI]:
    database = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    application = create_app(settings_in(tmp_path, database=database), clock=FakeClock(START), hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        for officer in (OFFICER, AUDITOR, SUPERVISOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield application
    application.state.context.close()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"http://test{API}") as opened:
        yield opened


@pytest.fixture
def signed_in(client: TestClient) -> SignIn:
    def sign_in(nrp: str = NRP, device: str = "ws1") -> Headers:
        reply = ask_in(client, nrp, PASSWORD, device)
        return {"Authorization": f"Bearer {reply.json()['token']}"}

    return sign_in


def chain(count: int, *, camera: str = "cam-1", at: datetime = START, reason: str = "") -> list[OversightRow]:
    rows: list[OversightRow] = []
    for number in range(count):
        action = OversightAction.VIEW_STOPPED if number % 2 else OversightAction.VIEW_STARTED
        moment = at + timedelta(minutes=number)
        entry = Entry(officer=NRP, action=action, at=moment, camera=camera, detail="tile", reason=reason)
        rows.append(next_row((rows[-1].seq, rows[-1].hash) if rows else None, entry))
    return rows


def pushed(rows: Sequence[OversightRow]) -> dict[str, object]:
    return {"rows": [OversightMessage.of(row).model_dump(mode="json") for row in rows]}


def test_rows_are_taken_once_and_read_newest_first_by_an_auditor(client: TestClient, signed_in: SignIn) -> None:
    desk, rows = signed_in(), chain(3)
    for had_until in (0, 3):
        reply = client.post("/oversight", json=pushed(rows), headers=desk)
        assert (reply.status_code, reply.json()) == (200, {"had_until": had_until})
    found = client.get("/oversight", headers=signed_in(AUDITOR.nrp, "ws9")).json()
    assert [row["seq"] for row in found["items"]] == [3, 2, 1]
    assert {row["link"] for row in found["items"]} == {"whole"}
    assert found["items"][0]["hash"] == rows[2].hash
    assert found["next"] is None


def test_a_row_whose_hash_is_not_its_own_is_refused(client: TestClient, signed_in: SignIn) -> None:
    altered = replace(chain(1)[0], camera="cam-2")
    assert client.post("/oversight", json=pushed([altered]), headers=signed_in()).status_code == 422


def test_a_row_that_takes_the_place_of_another_is_refused_as_a_fork_and_written_down(
    client: TestClient, app: FastAPI, signed_in: SignIn
) -> None:
    desk = signed_in()
    client.post("/oversight", json=pushed(chain(2)), headers=desk)
    reply = client.post("/oversight", json=pushed(chain(2, camera="cam-2")), headers=desk)
    assert (reply.status_code, reply.json()["code"]) == (409, "fork")
    assert noted(app, "oversight") == ["fork"]


def test_rows_that_are_missing_and_rows_that_do_not_follow_are_kept_and_shown(
    client: TestClient, app: FastAPI, signed_in: SignIn
) -> None:
    desk, rows = signed_in(), chain(6)
    loose = replace(rows[4], prev_hash="0" * 63 + "1")
    loose = replace(loose, hash=digest(loose))
    client.post("/oversight", json=pushed([*rows[:1], *rows[2:4], loose]), headers=desk)
    found = client.get("/oversight", headers=signed_in(AUDITOR.nrp, "ws9")).json()["items"]
    assert [(row["seq"], row["link"]) for row in reversed(found)] == [
        (1, "whole"), (3, "gap"), (4, "whole"), (5, "differs"),
    ]  # fmt: skip
    assert noted(app, "oversight") == ["gap", "differs"]


def test_rows_are_found_by_officer_camera_device_and_time_page_by_page(client: TestClient, signed_in: SignIn) -> None:
    client.post("/oversight", json=pushed(chain(4)), headers=signed_in())
    client.post("/oversight", json=pushed(chain(4, camera="cam-2")), headers=signed_in(device="ws2"))
    auditor = signed_in(AUDITOR.nrp, "ws9")
    since = {"from": (START + timedelta(minutes=1)).isoformat(), "to": (START + timedelta(minutes=3)).isoformat()}
    asked = {"camera": "cam-2", "officer": NRP, "device": "ws2", **since}
    found = client.get("/oversight", params=asked, headers=auditor).json()["items"]
    assert [(row["device"], row["seq"]) for row in found] == [("ws2", 3), ("ws2", 2)]
    page = client.get("/oversight", params={"limit": 3}, headers=auditor).json()
    seen = [(row["device"], row["seq"]) for row in page["items"]]
    while page["next"]:
        page = client.get("/oversight", params={"limit": 3, "before": page["next"]}, headers=auditor).json()
        seen += [(row["device"], row["seq"]) for row in page["items"]]
    assert seen == [(device, seq) for seq in (4, 3, 2, 1) for device in ("ws2", "ws1")]
    assert client.get("/oversight", params={"before": "x"}, headers=auditor).status_code == 400


def test_whoever_may_not_read_is_refused_and_whoever_reads_is_written_down(
    client: TestClient, app: FastAPI, signed_in: SignIn
) -> None:
    for nrp in (NRP, SUPERVISOR.nrp):
        assert client.get("/oversight", headers=signed_in(nrp, "ws9")).status_code == 403
    client.get("/oversight", params={"camera": "cam-1"}, headers=signed_in(AUDITOR.nrp, "ws9"))
    with app.state.context.database.read() as session:
        read = session.scalars(select(tables.AuditRow).where(tables.AuditRow.action == "read_oversight")).one()
    assert (read.actor, read.about) == (AUDITOR.nrp, "camera=cam-1")


def test_an_export_is_a_table_that_no_spreadsheet_runs(client: TestClient, signed_in: SignIn) -> None:
    client.post("/oversight", json=pushed(chain(2, reason="=HYPERLINK(1)")), headers=signed_in())
    reply = client.get("/oversight.csv", headers=signed_in(AUDITOR.nrp, "ws9"))
    table = list(csv.DictReader(io.StringIO(reply.text)))
    assert [(row["camera"], row["action"], row["reason"]) for row in table] == [
        ("cam-1", "view_stopped", "'=HYPERLINK(1)"),
        ("cam-1", "view_started", "'=HYPERLINK(1)"),
    ]


def test_no_route_alters_or_removes_a_row(app: FastAPI) -> None:
    routes = [route for route in iter_route_contexts(app.routes) if "oversight" in str(route.path)]
    assert {method for route in routes for method in route.methods or ()} == {"GET", "POST"}


def test_rows_of_more_than_a_year_are_forgotten(client: TestClient, app: FastAPI, signed_in: SignIn) -> None:
    client.post("/oversight", json=pushed(chain(4)), headers=signed_in())
    with app.state.context.database.write() as session:
        forget_old(session, now=START + timedelta(days=365, minutes=2), kept=timedelta(days=365))
        assert session.scalar(select(func.min(tables.OversightRow.seq))) == 3


def test_a_workstations_last_word_on_itself_is_kept(client: TestClient, app: FastAPI, signed_in: SignIn) -> None:
    told = {"version": "1.2.3", "pending": 2, "oldest_unsent_at": START.isoformat(), "cameras": {"live": 30}}
    for pending in (2, 1):
        reply = client.put("/desk", json={**told, "pending": pending}, headers=signed_in())
        assert reply.status_code == 204
    with app.state.context.database.read() as session:
        row = session.scalars(select(tables.DeskReportRow)).one()
    assert (row.device, row.pending, row.cameras) == ("ws1", 1, '{"live": 30}')
    assert client.put("/desk", json={**told, "cameras": {"<b>": 1}}, headers=signed_in()).status_code == 400


def noted(app: FastAPI, action: str) -> list[str]:
    with app.state.context.database.read() as session:
        found = select(tables.AuditRow.outcome).where(tables.AuditRow.action == action).order_by(tables.AuditRow.id)
        return list(session.scalars(found))
