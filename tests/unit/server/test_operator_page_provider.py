"""The operator page by the identity provider: the checks of a workstation's sign-in, and the cookie of the page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.exchange import CHEAP_HASHER, PASSWORD, START, settings_in
from tests.identity_provider import CLIENT, ISSUER, SECRET, Provider
from tmcwall.domain.officer import Officer, Role
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.app import create_app
from tmcwall.server.audit import AuditAction
from tmcwall.server.identity_provider import IdentityProvider
from tmcwall.server.provider_settings import ProviderSettings
from tmcwall.server.tables import AuditRow
from tmcwall.sync.protocol import API
from tmcwall.texts import Language, Text, Translator
from tmcwall.texts import operator_page as texts

SETTINGS = ProviderSettings(issuer=ISSUER, client_id=CLIENT, client_secret=SECRET, name="SSO Polri")
HEAD = Officer("80010001", "Budi", Role.HEAD)
OPERATOR = Officer("80010003", "Tono", Role.OPERATOR)
SAY = Translator(Language.ID)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    return Provider(clock, claims={"preferred_username": HEAD.nrp, "sid": "s-1"})


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock, provider: Provider) -> Iterator[FastAPI]:
    application = create_app(settings_in(tmp_path), clock=clock, hasher=CHEAP_HASHER)
    context = application.state.context
    context.identity_provider = IdentityProvider(SETTINGS, clock=clock, transport=provider.transport())
    with context.database.write() as session:
        for officer in (HEAD, OPERATOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield application
    context.close()


@pytest.fixture
def browser(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="https://tmc.example", follow_redirects=False)


def led_back(browser: TestClient, provider: Provider) -> dict[str, str]:
    """What the provider has the browser bring back."""
    reply = browser.get("/ops/provider")
    assert reply.status_code == 303
    return provider.browse(reply.headers["location"])


def problem(browser: TestClient, given: dict[str, str]) -> tuple[int, Text | None]:
    """What the page says after that return."""
    reply = browser.get("/ops/provider/return", params=given)
    said = (texts.PROVIDER_REFUSED, texts.IDENTITY_UNKNOWN, texts.FORBIDDEN, texts.PROVIDER_AWAY, texts.TOO_MANY)
    return reply.status_code, next((text for text in said if SAY(text) in reply.text), None)


def test_who_signs_in_at_the_provider_reads_the_page_by_a_cookie_that_no_other_site_can_use(browser, provider, app):
    assert SAY(texts.BY_PROVIDER) in browser.get("/ops/sign-in").text
    reply = browser.get("/ops/provider/return", params=led_back(browser, provider))
    cookie = next(text for text in reply.headers.get_list("set-cookie") if text.startswith("tmcwall_ops="))
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/ops"} <= {part.strip() for part in cookie.split(";")}
    assert "url=/ops" in reply.text
    assert browser.get("/ops").status_code == 200
    with app.state.context.database.read() as session:
        found = session.scalars(select(AuditRow.actor).where(AuditRow.action == AuditAction.SIGN_IN)).all()
    assert found == [HEAD.nrp]


def test_the_browser_that_began_it_ends_it_and_once(browser, provider, app):
    given = led_back(browser, provider)
    other = TestClient(app, base_url="https://tmc.example", follow_redirects=False)
    assert problem(other, given) == (403, texts.PROVIDER_REFUSED)
    kept = browser.cookies.get("tmcwall_ops_attempt")
    assert browser.get("/ops/provider/return", params=given).status_code == 200
    browser.cookies.set("tmcwall_ops_attempt", kept, domain="tmc.example", path="/ops/provider")
    assert problem(browser, given)[1] is texts.PROVIDER_REFUSED


@pytest.mark.parametrize(
    "changed", [{"state": "another"}, {"code": ""}, {"iss": "https://other.example"}, {"code": "code-77"}]
)
def test_a_return_that_differs_lets_nobody_in(browser, provider, changed):
    status, said = problem(browser, led_back(browser, provider) | changed)
    assert (status, said) == (403, texts.PROVIDER_REFUSED)
    assert browser.get("/ops").status_code == 303


def test_an_attempt_is_over_after_ten_minutes(browser, provider, clock):
    given = led_back(browser, provider)
    clock.advance(timedelta(minutes=11).total_seconds())
    assert problem(browser, given)[1] is texts.PROVIDER_REFUSED


def test_who_has_no_account_or_may_not_read_the_page_does_not(browser, provider, app):
    provider.claims["preferred_username"] = "89999999"
    assert problem(browser, led_back(browser, provider))[1] is texts.IDENTITY_UNKNOWN
    provider.claims["preferred_username"] = OPERATOR.nrp
    assert problem(browser, led_back(browser, provider)) == (403, texts.FORBIDDEN)
    with app.state.context.database.write() as session:
        disable_user(session, HEAD.nrp, now=START)
    provider.claims["preferred_username"] = HEAD.nrp
    assert problem(browser, led_back(browser, provider))[1] is texts.IDENTITY_UNKNOWN
    assert browser.get("/ops").status_code == 303


def test_what_ends_at_the_provider_ends_on_the_page(browser, provider):
    browser.get("/ops/provider/return", params=led_back(browser, provider))
    body = {"logout_token": provider.logout_token(sid="s-1")}
    assert browser.post(f"{API}/browser-sign-in/ended", data=body).status_code == 200
    assert browser.get("/ops").status_code == 303


def test_a_provider_that_is_away_is_said_and_the_password_still_works(browser, provider):
    provider.away = True
    reply = browser.get("/ops/provider")
    assert reply.status_code == 503
    assert SAY(texts.PROVIDER_AWAY) in reply.text
    assert browser.post("/ops/sign-in", data={"nrp": HEAD.nrp, "password": PASSWORD}).status_code == 303


def test_strangers_ask_the_provider_no_more_often_than_others_ask_anything(browser, app):
    many = app.state.context.limits.strangers_per_minute
    statuses = {browser.get("/ops/provider").status_code for _ in range(many + 1)}
    assert statuses == {303, 429}


def test_without_a_provider_there_is_no_such_way(browser, app):
    app.state.context.identity_provider = None
    assert SAY(texts.BY_PROVIDER) not in browser.get("/ops/sign-in").text
    assert browser.get("/ops/provider").status_code == 404
    assert browser.get("/ops/provider/return", params={"code": "x"}).status_code == 404
