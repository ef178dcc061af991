"""The operator page: who may see it, that it runs nothing of what others wrote, and that it only shows."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

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
from tmcwall.domain.health import TileState
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Officer, Role
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.app import create_app
from tmcwall.server.reports import add_source
from tmcwall.server.tables import DeskReportRow
from tmcwall.sync.protocol import API
from tmcwall.texts import Text
from tmcwall.texts import operator_page as texts
from tmcwall.texts.states import STATES

pytest_plugins = ["tests.postgresql"]

HEAD = Officer("80010007", "Kepala <script>alert(1)</script>", Role.HEAD)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """SQLite, unless a test asks for both."""
    asked = getattr(request, "param", None)
    return None if asked is None else str(request.getfixturevalue(asked))


@pytest.fixture
def app(tmp_path: Path, database: str | None) -> Iterator[FastAPI]:
    settings = settings_in(tmp_path, database=database)
    application = create_app(settings, clock=FakeClock(START), hasher=CHEAP_HASHER)
    context = application.state.context
    with context.database.write() as session:
        for officer in (OFFICER, HEAD):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
        add_source(session, Source.CALL_112, WEBHOOK_SECRET.encode(), secret_box=context.secret_box, now=START)
    yield application
    application.state.context.close()


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://test", follow_redirects=False) as opened:
        yield opened


def sign_in(browser: TestClient, nrp: str = HEAD.nrp, password: str = PASSWORD, **headers: str) -> int:
    return browser.post("/ops/sign-in", data={"nrp": nrp, "password": password}, headers=headers).status_code


def report(app: FastAPI, device: str, **changes: object) -> None:
    row = {
        "device": device, "officer": NRP, "version": "1.0", "pending": 0, "oldest_unsent_at": None, "cameras": "{}",
        "reported_at": START,
    }  # fmt: skip
    with app.state.context.database.write() as session:
        session.merge(DeskReportRow(**{**row, **changes}))


def test_whoever_is_not_signed_in_sees_the_form_only(browser: TestClient) -> None:
    assert browser.get("/ops").headers["location"] == "/ops/sign-in"
    assert browser.get("/ops/part").status_code == 401
    form = browser.get("/ops/sign-in")
    assert form.status_code == 200
    assert 'type="password"' in form.text


def test_a_head_signs_in_sees_the_page_and_signs_out(browser: TestClient) -> None:
    assert sign_in(browser) == 303
    assert browser.get("/ops").status_code == 200
    assert browser.post("/ops/sign-out").status_code == 303
    assert browser.get("/ops").status_code == 303


def test_the_cookie_is_for_this_page_and_no_script(browser: TestClient) -> None:
    reply = browser.post("/ops/sign-in", data={"nrp": HEAD.nrp, "password": PASSWORD})
    cookie = reply.headers["set-cookie"]
    assert {"HttpOnly", "Path=/ops", "SameSite=strict"} <= set(cookie.split("; "))
    with TestClient(browser.app, base_url="https://test", follow_redirects=False) as safe:
        reply = safe.post("/ops/sign-in", data={"nrp": HEAD.nrp, "password": PASSWORD})
        assert "Secure" in reply.headers["set-cookie"].split("; ")


def test_its_token_opens_no_other_route(browser: TestClient) -> None:
    sign_in(browser)
    token = browser.cookies["tmcwall_ops"]
    assert browser.get(f"{API}/operations", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_workstations_token_does_not_open_the_page(browser: TestClient) -> None:
    given = ask_in(browser, HEAD.nrp, PASSWORD, api=API).json()
    browser.cookies.set("tmcwall_ops", given["token"], path="/ops")
    assert browser.get("/ops/part").status_code == 401


def test_operators_wrong_passwords_and_disabled_accounts_stay_outside(browser: TestClient, app: FastAPI) -> None:
    assert sign_in(browser, NRP) == 403
    assert sign_in(browser, password="salah sekali ini") == 401
    assert sign_in(browser, password="") == 401
    assert sign_in(browser) == 303
    with app.state.context.database.write() as session:
        disable_user(session, HEAD.nrp, now=START)
    assert browser.get("/ops/part").status_code == 401


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_is_refused(browser: TestClient, headers: dict[str, str]) -> None:
    assert sign_in(browser, **headers) == 403
    assert sign_in(browser, Origin="http://test") == 303
    assert browser.post("/ops/sign-out", headers=headers).status_code == 403
    assert browser.get("/ops").status_code == 200


def test_nothing_on_the_page_changes_anything(app: FastAPI) -> None:
    changing = {
        str(route.path)
        for route in iter_route_contexts(app.routes)
        if str(route.path).startswith("/ops") and set(route.methods or ()) - {"GET", "HEAD"}
    }
    assert changing == {"/ops/sign-in", "/ops/sign-out"}


def test_what_others_wrote_is_text_and_no_script_runs_from_the_page(browser: TestClient, app: FastAPI) -> None:
    report(app, "<img src=x onerror=alert(1)>", version="<b>2</b>", cameras=json.dumps({"<i>": 1}))
    sign_in(browser)
    reply = browser.get("/ops")
    tags = set(re.findall(r"<(\w+)", reply.text))
    assert not tags & {"img", "b", "i", "iframe"}
    assert re.findall(r"<script[^>]*>", reply.text) == ['<script src="/ops/ops.js" defer>']
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", re.sub(r"&lt;.*?&gt;", "", reply.text))
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for path, kind in (("/ops/ops.js", "text/javascript"), ("/ops/ops.css", "text/css")):
        assert browser.get(path).headers["content-type"].startswith(kind)


@pytest.mark.parametrize("database", [None, "postgresql"], indirect=True)
def test_it_says_which_desk_has_what_unsent_and_which_is_silent(browser: TestClient, app: FastAPI) -> None:
    report(app, "meja-1", cameras=json.dumps({"live": 30, "lost": 2}))
    report(app, "meja-2", pending=4, oldest_unsent_at=START - timedelta(hours=3), cameras=json.dumps({"live": 10}))
    report(app, "meja-3", reported_at=START - timedelta(hours=1), cameras=json.dumps({"live": 99}))
    body = report_body()
    browser.post(f"{API}/webhooks/incident", content=body, headers=report_headers(body, now=START))
    sign_in(browser)
    part = browser.get("/ops/part", headers={"Accept-Language": "en"}).text
    assert [part.index(f"<td>{desk}</td>") for desk in ("meja-2", "meja-3", "meja-1")] == sorted(
        part.index(f"<td>{desk}</td>") for desk in ("meja-1", "meja-2", "meja-3")
    )
    assert part.count("silent") == 1
    assert f"<td>{STATES[TileState.LIVE].word.en}</td><td>40</td>" in part
    assert "<td>112</td><td>1</td><td>1</td>" in part
    assert "The server is ready." in part
    assert "<td>sign_in</td>" in part


def test_it_speaks_both_languages_and_remembers_which(browser: TestClient) -> None:
    assert "Kata sandi" in browser.get("/ops/sign-in").text
    assert "Password" in browser.get("/ops/sign-in", headers={"Accept-Language": "fr, en;q=0.8"}).text
    assert "Password" in browser.get("/ops/sign-in?lang=en").text
    assert '<html lang="en">' in browser.get("/ops/sign-in", headers={"Accept-Language": "id"}).text
    assert browser.get("/ops/sign-in?lang=fr").status_code == 400


def test_every_word_is_said_in_both_languages() -> None:
    every = [text for text in vars(texts).values() if isinstance(text, Text)]
    assert len(every) > 40
    assert all(word.id.strip() and word.en.strip() for word in every)


def test_a_hundred_desks_with_ten_thousand_cameras_are_a_page_of_bounded_size(
    browser: TestClient, app: FastAPI
) -> None:
    for number in range(100):
        report(app, f"meja-{number:03}", cameras=json.dumps({"live": 64, "off": 9900, "lost": 36}))
    sign_in(browser)
    reply = browser.get("/ops")
    assert "<td>6 400</td>" in reply.text
    assert "990 000" not in reply.text
    assert len(reply.content) < 200_000
