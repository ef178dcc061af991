"""The login of a camera from desk to desk: typed once, sealed for each, and nowhere in clear at the server."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, device, enrol_at, key_of
from tests.exchange import CHEAP_HASHER, PASSWORD, START, settings_in
from tests.waiting import PATIENCE_S
from tmcwall.cameras.logins import CameraLogins, Login
from tmcwall.db import cameras, operations, shared_logins, signing
from tmcwall.db.shared_logins import Wish
from tmcwall.db.store import Session, Store
from tmcwall.domain.camera import Camera
from tmcwall.domain.officer import Officer, Role
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.enrolment import revoke
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import AuditRow
from tmcwall.services.replica import StoreReplica, read_register
from tmcwall.services.shared_logins import NotingVault, StoredLogins
from tmcwall.signatures import Purpose
from tmcwall.sync.client import SyncClient
from tmcwall.sync.connection import Connection
from tmcwall.sync.couriers import RegisterCourier
from tmcwall.sync.login_courier import LoginCourier, SharingState

T = TypeVar("T")

ADDRESS = "http://127.0.0.1:1"
USER, SECRET = "pengawas", "Kamera-Jalan-Braga-77"
ADMIN = Officer("80020001", "Dewi", Role.ADMIN)
OPERATOR = Officer("80020003", "Tono", Role.OPERATOR)
CAMERA = Camera("braga", "Braga", "rtsp://10.0.0.7/main", number=7)
LOGIN = CameraLogins(Login("10.0.0.7", USER, SECRET))


class Vault:
    """In memory."""

    def __init__(self) -> None:
        self.logins: dict[str, CameraLogins] = {}

    def opened(self) -> "Vault":
        return self

    def can_be_locked(self) -> bool:
        return True

    def all(self) -> dict[str, CameraLogins]:
        return dict(self.logins)

    def put(self, logins: dict[str, CameraLogins]) -> None:
        self.logins |= logins

    def remove(self, camera_ids: set[str]) -> None:
        self.logins = {one: kept for one, kept in self.logins.items() if one not in camera_ids}


class Desk:
    """A workstation with its store and vault."""

    def __init__(self, name: str, folder: Path, app: FastAPI, officer: Officer) -> None:
        self.name, self.app = name, app
        self.clock = FakeClock(START)
        self.store = Store(folder / f"{name}.db", clock=self.clock)
        self.device = self.do(operations.device)
        self.key, context = key_of(self.device), app.state.context
        self.store.use_signer(signing.Signer(self.device, partial(self.key.sign, Purpose.OPERATION)))
        enrolled = signing.StoredEnrolment(self.device, name, SERVER_KEY.public)
        self.do(partial(signing.keep_enrolment, enrolled=enrolled, actor="tmcwall", at=START))
        enrol_at(context.database, self.device, now=START)
        self.vault = Vault()
        self.states: list[SharingState] = []
        self.taken = 0
        self.sign_in(officer)
        replica = StoreReplica(store=self.store, clips=folder, clock=self.clock)
        logins = LoginCourier(
            StoredLogins(self.store, self.vault, clock=self.clock),
            device=lambda: device(self.device),
            register=lambda: self.do(read_register),
            clock=self.clock,
            on_state=self.states.append,
            on_taken=self._note_taken,
            every_s=0,
        )
        self.client = SyncClient(
            replica,
            server_url=ADDRESS,
            token=self.token,
            clock=self.clock,
            on_state=lambda _: None,
            couriers=(RegisterCourier(replica, clock=self.clock, every_s=0), logins),
        )

    def sign_in(self, officer: Officer) -> None:
        context = self.app.state.context
        with context.database.write() as session:
            policy = context.session_policy
            self.token = begin_session(session, officer, device=self.device, policy=policy, now=START).token

    def use(self, officer: Officer) -> None:
        self.sign_in(officer)
        self.client.use_token(self.token)

    def synchronise(self) -> None:
        async def once() -> None:
            transport = httpx2.ASGITransport(self.app)
            async with Connection.open(ADDRESS, timeout_s=30, transport=transport) as connection:
                await self.client.round(connection)

        asyncio.run(once())

    def add(self, camera: Camera, by: Officer = ADMIN) -> None:
        self.do(partial(cameras.take_list, cameras=[camera], name="list", by=by, at=START))

    def wish(self, wanted: Wish = Wish.SHARE) -> None:
        self.do(partial(shared_logins.wish, camera_ids=["braga"], wanted=wanted, by=ADMIN.nrp, at=START))

    def do(self, unit: Callable[[Session], T]) -> T:
        return self.store.write(unit).result(PATIENCE_S)

    def _note_taken(self) -> None:
        self.taken += 1


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    with application.state.context.database.write() as session:
        for officer in (ADMIN, OPERATOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield application
    application.state.context.close()


@pytest.fixture
def desk_of(app: FastAPI, tmp_path: Path) -> Iterator[Callable[[str, Officer], Desk]]:
    made: list[Desk] = []

    def make(name: str, officer: Officer) -> Desk:
        made.append(Desk(name, tmp_path, app, officer))
        return made[-1]

    yield make
    for one in made:
        one.store.close()


@pytest.fixture
def first(desk_of: Callable[[str, Officer], Desk]) -> Desk:
    """It has the camera and its login, which somebody wants shared."""
    desk = desk_of("first", ADMIN)
    desk.add(CAMERA)
    desk.synchronise()
    desk.vault.put({"braga": LOGIN})
    desk.wish()
    return desk


def noted(app: FastAPI) -> list[str]:
    with app.state.context.database.read() as session:
        return list(session.scalars(select(AuditRow.action).where(AuditRow.action.like("camera_logins%"))))


def test_another_desk_gets_the_login_without_anybody_typing_it_and_the_server_has_no_byte_of_it(
    app, first, desk_of, tmp_path
):
    second = desk_of("second", OPERATOR)
    first.synchronise()
    assert first.states[-1].standing.waiting == (second.device,)

    second.synchronise()
    assert second.vault.all() == {"braga": LOGIN}
    assert second.taken == 1
    first.synchronise()

    assert first.states[-1].standing.cameras == 1
    assert not first.states[-1].standing.waiting
    assert noted(app) == ["camera_logins_shared", "camera_logins_taken"]
    app.state.context.database.checkpoint()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in kept
    assert USER.encode() not in kept


def test_a_desk_that_is_enrolled_later_is_given_the_login_by_any_desk_that_has_it(first, desk_of):
    second = desk_of("second", OPERATOR)
    for desk in (first, second):
        desk.synchronise()
    third = desk_of("third", OPERATOR)
    third.synchronise()
    assert third.vault.all() == {}

    second.synchronise()
    third.synchronise()

    assert third.vault.all() == {"braga": LOGIN}


def test_what_an_officer_may_not_share_waits_for_one_who_may(first, desk_of):
    second = desk_of("second", OPERATOR)
    first.use(OPERATOR)
    first.synchronise()
    second.synchronise()
    assert first.states[-1].refused
    assert second.vault.all() == {}

    first.use(ADMIN)
    first.synchronise()
    second.synchronise()

    assert not first.states[-1].refused
    assert second.vault.all() == {"braga": LOGIN}


def test_a_changed_password_goes_to_all_desks_again(first, desk_of):
    second = desk_of("second", OPERATOR)
    for desk in (first, second):
        desk.synchronise()
    changed = CameraLogins(Login("10.0.0.7", USER, "Baru-Sekali-88"))

    NotingVault(first.vault, first.store, clock=first.clock).put({"braga": changed})
    for desk in (first, second):
        desk.synchronise()

    assert second.vault.all() == {"braga": changed}


def test_a_login_for_another_host_waits_until_the_camera_has_that_address(first, desk_of):
    second = desk_of("second", OPERATOR)
    first.synchronise()
    second.do(partial(cameras.take_list, cameras=[CAMERA], name="list", by=ADMIN, at=START))
    elsewhere = Camera("braga", "Braga", "rtsp://10.0.0.99/main", number=7)
    first.add(elsewhere)
    first.synchronise()

    second.synchronise()
    assert second.vault.all() == {}

    first.add(CAMERA)
    for desk in (first, second):
        desk.synchronise()
    assert second.vault.all() == {"braga": LOGIN}


def test_a_revoked_desk_is_named_with_the_cameras_whose_password_it_knows(app, first, desk_of):
    second = desk_of("second", OPERATOR)
    for desk in (first, second):
        desk.synchronise()
    context = app.state.context
    with context.database.write() as session:
        revoke(
            session,
            second.device,
            reason="stolen",
            by="tmcwall",
            signing_key=context.signing_key,
            now=START,
        )

    first.synchronise()
    (known,) = first.states[-1].standing.exposed
    assert (known.desk, known.cameras) == (second.device, ("braga",))

    first.vault.put({"braga": CameraLogins(Login("10.0.0.7", USER, "Baru-Sekali-88"))})
    first.wish(Wish.SHARE_AGAIN)
    first.synchronise()
    assert first.states[-1].standing.exposed == ()


def test_what_is_taken_back_stays_with_who_has_it_and_goes_to_nobody_else(first, desk_of):
    second = desk_of("second", OPERATOR)
    for desk in (first, second):
        desk.synchronise()
    first.wish(Wish.END)
    first.synchronise()
    third = desk_of("third", OPERATOR)
    for desk in (second, third):
        desk.synchronise()

    assert second.vault.all() == {"braga": LOGIN}
    assert third.vault.all() == {}
    assert first.states[-1].standing.cameras == 0
