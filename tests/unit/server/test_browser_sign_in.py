"""Signing in with the office's identity provider: what is believed of it, and what is not."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import device, enrol_at
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, settings_in
from tests.identity_provider import CLIENT, ISSUER, SECRET, Provider
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.server import tables
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.app import create_app
from tmcwall.server.browser_sign_in import ATTEMPT_GOOD_FOR
from tmcwall.server.identity_provider import IdentityProvider
from tmcwall.server.provider_settings import ProviderSettings
from tmcwall.sync.account import Session, sign_in
from tmcwall.sync.browser_sign_in import identity_provider, sign_in_by_browser
from tmcwall.sync.loopback import Answer, LoopbackListener
from tmcwall.sync.protocol import API

SETTINGS = ProviderSettings(issuer=ISSUER, client_id=CLIENT, client_secret=SECRET, name="SSO Polri")
URL = "http://127.0.0.1"
BrowserSignIn = Callable[..., Session]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    return Provider(clock)


@pytest.fixture
def app(tmp_path: Path, clock: FakeClock, provider: Provider) -> FastAPI:
    application = create_app(settings_in(tmp_path), clock=clock, hasher=CHEAP_HASHER)
    context = application.state.context
    context.identity_provider = IdentityProvider(SETTINGS, clock=clock, transport=provider.transport())
    with context.database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        add_user(session, Officer("80010002", "Budi", Role.HEAD), PASSWORD, hasher=CHEAP_HASHER, now=START)
    for name in ("ws1", "ws2"):
        enrol_at(context.database, name, now=START)
    return application


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"{URL}{API}") as opened:
        yield opened


class _Browser(LoopbackListener):
    """In the place of the loopback: what the browser brings, without a socket."""

    def __init__(self, answer: Callable[[], Answer | None]) -> None:
        self._answer = answer

    port = 40000

    def wait(self, state: str, *, stop: threading.Event) -> Answer | None:
        return self._answer()

    def __exit__(self, *_: object) -> None:
        pass


class _InProcess(httpx2.BaseTransport):
    """The requests of a workstation, answered by the server in this process."""

    def __init__(self, client: TestClient) -> None:
        self._client = client
        self.sent: list[tuple[str, bytes]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        content = request.read()
        self.sent.append((request.url.path, content))
        reply = self._client.request(
            request.method, str(request.url), content=content, headers={"Content-Type": "application/json"}
        )
        return httpx2.Response(reply.status_code, content=reply.content, request=request)


@pytest.fixture
def workstation(client: TestClient) -> _InProcess:
    return _InProcess(client)


@pytest.fixture
def by_browser(workstation: _InProcess, provider: Provider) -> BrowserSignIn:
    """Signs in with what the provider gives, changed by `brings`, after `between`."""

    def enter(
        *,
        name: str = "ws1",
        brings: Callable[[dict[str, str]], Answer | None] | None = None,
        between: Callable[[], object] = lambda: None,
    ) -> Session:
        opened: list[str] = []

        def answer() -> Answer | None:
            between()
            back = provider.browse(opened[0])
            return brings(back) if brings else Answer(back["code"], back["iss"])

        return sign_in_by_browser(
            URL,
            device=device(name),
            open_browser=opened.append,
            stop=threading.Event(),
            page="Selesai",
            transport=workstation,
            listener_of=lambda _page: _Browser(answer),
        )

    return enter


def refusal(call: Callable[[], object]) -> FaultCode:
    with pytest.raises(Fault) as refused:
        call()
    return refused.value.code


def test_an_officer_whom_the_provider_names_is_let_in_with_the_role_that_the_server_knows(
    by_browser: BrowserSignIn, client: TestClient, provider: Provider
) -> None:
    provider.claims |= {"roles": ["kepala"]}
    session = by_browser()
    assert session.officer == OFFICER
    reply = client.get("/bookmarks", headers={"Authorization": f"Bearer {session.token}"})
    assert reply.status_code == 200
    assert session.delegation


def test_the_workstation_is_told_the_name_of_the_provider(workstation: _InProcess) -> None:
    assert identity_provider(URL, transport=workstation) == "SSO Polri"


def test_a_provider_that_is_gone_is_said_and_the_password_opens_as_ever(
    by_browser: BrowserSignIn, provider: Provider, workstation: _InProcess, clock: FakeClock
) -> None:
    provider.away = True
    assert refusal(by_browser) is FaultCode.PROVIDER_UNREACHABLE
    assert refusal(by_browser) is FaultCode.PROVIDER_UNREACHABLE
    assert len(provider.asked) == 1, "nobody waits for it again at once"
    assert sign_in(URL, NRP, PASSWORD, device=device("ws1"), transport=workstation).officer == OFFICER
    provider.away = False
    clock.advance(15)
    assert by_browser().officer == OFFICER


def test_a_code_that_was_meant_for_another_attempt_is_refused(by_browser: BrowserSignIn) -> None:
    """PKCE: a code that somebody has caught, or brings into another's browser, has another challenge."""
    caught = []
    assert refusal(lambda: by_browser(brings=lambda back: caught.append(back["code"]))) is FaultCode.BROWSER_ABANDONED
    assert refusal(lambda: by_browser(brings=lambda _back: Answer(caught[0]))) is FaultCode.PROVIDER_REFUSED


def test_what_the_provider_refuses_and_what_the_officer_gives_up_are_told_apart(by_browser: BrowserSignIn) -> None:
    denied = Answer("", error="access_denied")
    assert refusal(lambda: by_browser(brings=lambda _back: denied)) is FaultCode.PROVIDER_REFUSED
    assert refusal(lambda: by_browser(brings=lambda _back: None)) is FaultCode.BROWSER_ABANDONED


def test_an_attempt_is_good_once_for_its_device_and_for_ten_minutes(
    by_browser: BrowserSignIn, workstation: _InProcess, client: TestClient, clock: FakeClock
) -> None:
    by_browser()
    sent = next(content for path, content in workstation.sent if path == f"{API}/browser-sign-in")
    again = client.post("/browser-sign-in", content=sent, headers={"Content-Type": "application/json"})
    assert (again.status_code, again.json()["code"]) == (403, "proof_refused")
    late = ATTEMPT_GOOD_FOR.total_seconds() + 1
    assert refusal(lambda: by_browser(between=lambda: clock.advance(late))) is FaultCode.PROVIDER_REFUSED


def test_only_an_enrolled_device_may_begin_and_complete(by_browser: BrowserSignIn, provider: Provider) -> None:
    assert refusal(lambda: by_browser(name="stranger")) is FaultCode.DEVICE_NOT_ENROLLED
    assert provider.asked == [], "strangers make the server ask nobody"


def test_nobody_gets_an_account_by_being_known_to_the_provider(
    by_browser: BrowserSignIn, provider: Provider, app: FastAPI
) -> None:
    provider.claims["preferred_username"] = "80019999"
    assert refusal(by_browser) is FaultCode.IDENTITY_UNKNOWN
    with app.state.context.database.write() as session:
        disable_user(session, NRP, now=START)
    provider.claims["preferred_username"] = NRP
    assert refusal(by_browser) is FaultCode.IDENTITY_UNKNOWN
    with app.state.context.database.read() as session:
        assert session.get(tables.UserRow, "80019999") is None
        noted = session.execute(select(tables.AuditRow.actor, tables.AuditRow.outcome)).all()
    assert [tuple(row) for row in noted if row.actor == ISSUER] == [(ISSUER, "identity_unknown")] * 2


def test_whoever_signs_out_needs_the_provider_again(
    by_browser: BrowserSignIn, client: TestClient, provider: Provider
) -> None:
    session = by_browser()
    token = {"Authorization": f"Bearer {session.token}"}
    assert client.post("/sign-out", headers=token).status_code == 204
    assert client.post("/renew", headers=token).status_code == 401


def test_without_a_provider_there_is_no_such_way(
    by_browser: BrowserSignIn, app: FastAPI, workstation: _InProcess
) -> None:
    app.state.context.identity_provider = None
    assert identity_provider(URL, transport=workstation) == ""
    assert refusal(by_browser) is FaultCode.SERVER_REFUSED


def told(client: TestClient, token: str) -> tuple[int, str]:
    reply = client.post("/browser-sign-in/ended", data={"logout_token": token})
    return reply.status_code, reply.json()["code"] if reply.content else ""


def lives(client: TestClient, session: Session) -> bool:
    return client.get("/bookmarks", headers={"Authorization": f"Bearer {session.token}"}).status_code == 200


def test_what_ends_at_the_provider_ends_here(
    by_browser: BrowserSignIn, client: TestClient, provider: Provider, workstation: _InProcess, app: FastAPI
) -> None:
    provider.claims["sid"] = "s-1"
    first = by_browser()
    provider.claims["sid"] = "s-2"
    second = by_browser(name="ws2")
    with_password = sign_in(URL, NRP, PASSWORD, device=device("ws1"), transport=workstation)
    assert told(client, provider.logout_token(sid="s-1")) == (200, "")
    assert [lives(client, one) for one in (first, second, with_password)] == [False, True, True]
    renewed = client.post("/renew", headers={"Authorization": f"Bearer {first.token}"})
    assert renewed.status_code == 401
    assert told(client, provider.logout_token(jti="other")) == (200, "")
    assert [lives(client, one) for one in (second, with_password)] == [False, True]
    with app.state.context.database.read() as session:
        noted = session.execute(select(tables.AuditRow.action, tables.AuditRow.about)).all()
    assert [row.about for row in noted if row.action == "sign_out"] == ["1 sessions", "1 sessions"]


def test_the_word_of_the_provider_is_told_once_and_what_is_none_is_refused(
    by_browser: BrowserSignIn, client: TestClient, provider: Provider, app: FastAPI
) -> None:
    token = provider.logout_token()
    assert told(client, token) == (200, "")
    session = by_browser()
    assert told(client, token) == (403, "proof_refused")
    assert told(client, "x") == (400, "invalid")
    assert told(client, "") == (400, "invalid")
    assert client.post("/browser-sign-in/ended", content=b"&".join(b"a=1" for _ in range(20))).status_code == 400
    assert lives(client, session)
    app.state.context.identity_provider = None
    assert told(client, token) == (404, "not_found")
