"""Logins of cameras from desk to desk: sealed for who is enrolled, believed of who signs, and in nobody's way."""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import httpx2
import pytest

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, device, key_of
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sealed_boxes import ShareKey
from tmcwall.signatures import Purpose, SigningKey
from tmcwall.sync.camera_logins import (
    MAX_SHARED,
    EndedLogins,
    KeyBox,
    KeyBoxes,
    LoginPage,
    LoginShare,
    LoginShareReceipt,
    LoginStanding,
    MissingBox,
    SharedLogin,
    TakenShares,
    signed_box,
    signed_login,
)
from tmcwall.sync.connection import Connection, Refused
from tmcwall.sync.login_courier import LoginCourier, LoginPlace, OpenedLogin, Outgoing, SharingState, Wanted
from tmcwall.sync.register import DeviceKey, Register

ADDRESS = "http://127.0.0.1:1"
EVERY_S = 60
SECRET = b"Kamera-Jalan-Braga-77"
BRAGA = Outgoing("braga", 7, SECRET)

Answer = Callable[[], httpx2.Response]


def statement(name: str, *, ended: bool = False) -> DeviceKey:
    """The server's, that this device's key holds or has ended."""
    last = 3 if ended else None
    said = DeviceKey(
        device=name, name=name, public_key=key_of(name).public, first_number=1, last_number=last, signature=""
    )  # fmt: skip
    return said.model_copy(update={"signature": SERVER_KEY.sign_content(Purpose.DEVICE_KEY, said.content)})


EPOCH = "one"


class Server:
    """Keeps what it is given and opens nothing of it, or answers as a test says. A token is a device and an officer."""

    def __init__(self) -> None:
        self.enrolled: list[str] = []
        self.revoked: list[str] = []
        self.logins: dict[str, tuple[int, SharedLogin]] = {}
        self.boxes: dict[tuple[UUID, str], tuple[int, KeyBox]] = {}
        self.opened: set[tuple[UUID, str]] = set()
        self.ended: dict[str, int] = {}
        self.place, self.epoch = 0, EPOCH
        self.rows = 200
        """In one page."""
        self.unknown: set[str] = set()
        """Cameras that it does not take a login of."""
        self.asks_for: list[str] = []
        """Devices that it says are without boxes, whether they are enrolled or not."""
        self.unopened: list[tuple[str, UUID]] = []
        self.answers: dict[str, Answer] = {}
        """To requests, instead of what it does."""
        self.asked: list[str] = []
        self.given: list[bytes] = []

    def register(self) -> Register:
        keys = [statement(name, ended=name in self.revoked) for name in self.enrolled]
        return Register(SERVER_KEY.public, keys)

    def refuse(self, asked: str, status: int, code: str) -> None:
        self.answers[asked] = lambda: httpx2.Response(status, json={"code": code})

    def forget(self) -> None:
        """As if an empty database had been put back."""
        self.logins, self.boxes, self.opened, self.ended, self.place = {}, {}, set(), {}, 0

    def share(self, given: LoginShare, at: str) -> LoginShareReceipt:
        refused = tuple(one.camera for one in given.logins if one.camera in self.unknown)
        if not refused:
            self.place += 1
            self.logins |= {one.camera: (self.place, one) for one in given.logins}
            self.boxes |= {(one.share, one.device): (self.place, one) for one in given.boxes}
            self.opened |= {(one.share, one.device) for one in given.boxes if one.device == at}
        return LoginShareReceipt(refused=refused)

    def page(self, at: str, after: int) -> LoginPage:
        found = []
        for place, one in self.logins.values():
            boxed, _ = self.boxes.get((one.share, at), (0, None))
            if boxed and max(place, boxed) > after:
                found.append((max(place, boxed), one))
        found.sort(key=lambda one: (one[0], one[1].camera))
        more = len(found) > self.rows
        up_to = found[self.rows - 1][0] if more else self.place
        missing = [] if more else self._missing(at)
        shares = {one.share for _, one in found[: self.rows]} | {one.share for one in missing}
        return LoginPage(
            logins=tuple(one for _, one in found[: self.rows]),
            ended=tuple(camera for camera, place in self.ended.items() if after < place <= up_to),
            boxes=tuple(box for (share, to), (_, box) in self.boxes.items() if to == at and share in shares),
            missing=tuple(missing),
            up_to=up_to,
            epoch=self.epoch,
            more=more,
            standing=LoginStanding(cameras=len(self.logins)),
        )

    def _missing(self, at: str) -> list[MissingBox]:
        wanted = [*(one for one in self.enrolled if one not in self.revoked), *self.asks_for]
        shares = {one.share for _, one in self.logins.values() if (one.share, at) in self.opened}
        return [MissingBox(share=one, device=to) for one in shares for to in wanted if (one, to) not in self.boxes]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        asked = f"{request.method} {request.url.path.removeprefix('/api/v1')}"
        self.asked.append(asked)
        self.given.append(request.content)
        if asked in self.answers:
            return self.answers[asked]()
        at, _, officer = request.headers["authorization"].removeprefix("Bearer ").partition("/")
        if officer == "operator" and asked in {"POST /camera-logins", "POST /camera-logins/ended"}:
            return httpx2.Response(403, json={"code": "forbidden"})
        match asked:
            case "GET /camera-logins":
                page = self.page(at, int(request.url.params["after"]))
                return httpx2.Response(200, content=page.model_dump_json())
            case "POST /camera-logins":
                receipt = self.share(LoginShare.model_validate_json(request.content), at)
                return httpx2.Response(200, content=receipt.model_dump_json())
            case "POST /camera-logins/boxes":
                for one in KeyBoxes.model_validate_json(request.content).boxes:
                    self.place += 1
                    self.boxes[one.share, one.device] = self.place, one
            case "POST /camera-logins/taken":
                told = TakenShares.model_validate_json(request.content)
                self.opened |= {(one, at) for one in told.opened}
                self.unopened += [(at, one) for one in told.unopened]
                for share in told.unopened:
                    del self.boxes[share, at]
            case "POST /camera-logins/ended":
                self.place += 1
                for camera in EndedLogins.model_validate_json(request.content).cameras:
                    self.logins.pop(camera, None)
                    self.ended[camera] = self.place
        return httpx2.Response(204)


class Logins:
    """`sync.login_courier.LoginStore` in memory."""

    def __init__(self) -> None:
        self.vault: dict[str, bytes] = {}
        self.versions: dict[str, int] = {}
        self.not_here: set[str] = set()
        """Cameras that have another address here, so that their logins wait."""
        self.share: dict[str, Outgoing] = {}
        self.end: list[str] = []
        self.ends: list[str] = []
        self.began_again = 0
        self.fault: FaultCode | None = None
        """Of whatever opens the vault."""
        self._place = LoginPlace()
        self._waiting: dict[str, OpenedLogin] = {}

    def position(self) -> LoginPlace:
        return self._place

    def put_position(self, place: LoginPlace) -> None:
        self._place = place

    def begin_again(self) -> None:
        self._place, self.began_again = LoginPlace(), self.began_again + 1

    def waiting(self) -> Sequence[tuple[SharedLogin, KeyBox]]:
        return [(one.sealed, one.box) for one in self._waiting.values()]

    def take(self, opened: Sequence[OpenedLogin], *, key: SigningKey) -> int:
        self._open()
        taken = 0
        for one in opened:
            if one.camera in self.not_here:
                self._waiting[one.camera] = one
            elif one.version > self.versions.get(one.camera, 0):
                self._waiting.pop(one.camera, None)
                self.vault[one.camera], self.versions[one.camera] = one.plain, one.version
                taken += 1
        return taken

    def ended(self, cameras: Collection[str]) -> None:
        self.ends += cameras

    def has_wishes(self) -> bool:
        return bool(self.share or self.end)

    def wanted(self, *, key: SigningKey) -> Wanted:
        self._open()
        return Wanted(list(self.share.values()), list(self.end))

    def done(self, shared: Sequence[Outgoing], ended: Collection[str], *, key: SigningKey) -> None:
        self.versions |= {one.camera: one.version for one in shared}
        self.share = {camera: one for camera, one in self.share.items() if one not in shared}
        self.end = [camera for camera in self.end if camera not in ended]

    def wish(self, *outgoing: Outgoing) -> None:
        self.share |= {one.camera: one for one in outgoing}
        self.vault |= {one.camera: one.plain for one in outgoing}

    def _open(self) -> None:
        if self.fault is not None:
            raise Fault(self.fault)


@dataclass
class Desk:
    """A workstation that is enrolled at that server."""

    server: Server
    name: str
    logins: Logins = field(default_factory=Logins)
    states: list[SharingState] = field(default_factory=list)
    taken: int = 0

    def __post_init__(self) -> None:
        self.server.enrolled.append(self.name)
        self._clock = FakeClock()
        self._courier = LoginCourier(
            self.logins,
            device=lambda: device(self.name),
            register=self.server.register,
            clock=self._clock,
            on_state=self.states.append,
            on_taken=self._note_taken,
            every_s=EVERY_S,
        )

    def synchronise(self, officer: str = "admin", *, after_s: float = EVERY_S) -> None:
        """One round, so long after the last one."""
        self._clock.advance(after_s)

        async def once() -> None:
            transport = httpx2.MockTransport(self.server)
            async with Connection.open(ADDRESS, timeout_s=5, transport=transport) as connection:
                await self._courier.deliver(connection, f"{self.name}/{officer}")

        asyncio.run(once())

    def _note_taken(self) -> None:
        self.taken += 1


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def first(server: Server) -> Desk:
    """Somebody there wants a login shared."""
    desk = Desk(server, "first")
    desk.logins.wish(BRAGA)
    return desk


@pytest.fixture
def second(server: Server, first: Desk) -> Desk:
    return Desk(server, "second")


def altered(text: str) -> str:
    """The same with its last byte another."""
    content = bytearray(b64decode(text))
    content[-1] ^= 1
    return b64encode(content).decode()


def plant(server: Server, login: SharedLogin) -> None:
    """In the place of what the server has of that camera."""
    place, _ = server.logins[login.camera]
    server.logins[login.camera] = place, login


def plant_box(server: Server, box: KeyBox, *, in_place_of: KeyBox) -> None:
    place, _ = server.boxes[in_place_of.share, in_place_of.device]
    server.boxes[in_place_of.share, in_place_of.device] = place, box


def login_of(server: Server, camera: str = "braga") -> SharedLogin:
    return server.logins[camera][1]


def box_for(server: Server, name: str) -> KeyBox:
    return server.boxes[login_of(server).share, name][1]


def test_a_login_that_is_shared_opens_at_every_enrolled_desk_and_the_server_has_no_byte_of_it(server, first, second):
    third = Desk(server, "third")
    for desk in (first, second, third):
        desk.synchronise()
    assert second.logins.vault == third.logins.vault == {"braga": SECRET}
    assert (second.taken, third.taken) == (1, 1)
    assert {name for _, name in server.opened} == {"first", "second", "third"}
    assert not first.logins.has_wishes()
    assert not [body for body in server.given if SECRET in body or b64encode(SECRET) in body]


def test_a_desk_whose_key_has_ended_is_given_no_box(server, first, second):
    server.revoked.append("second")
    first.synchronise()
    assert {name for _, name in server.boxes} == {"first"}


def test_what_was_opened_is_told_and_taken_once(server, first, second):
    first.synchronise()
    for _ in range(3):
        second.synchronise()
    assert second.taken == 1
    assert server.asked.count("POST /camera-logins/taken") == 1


def test_a_desk_that_is_enrolled_later_gets_its_box_from_any_that_has_opened_the_share(server, first, second):
    for desk in (first, second):
        desk.synchronise()
    third = Desk(server, "third")
    third.synchronise()
    assert third.logins.vault == {}
    second.synchronise()
    third.synchronise()
    assert box_for(server, "third").sealed_by == "second"
    assert third.logins.vault == {"braga": SECRET}


def test_nothing_is_sealed_for_a_device_that_the_register_does_not_have_whatever_the_server_asks_for(server, first):
    first.synchronise()
    server.asks_for.append("intruder")
    first.synchronise()
    assert "POST /camera-logins/boxes" not in server.asked


def test_a_desk_seals_no_key_that_its_own_box_does_not_give(server, first, second):
    for desk in (first, second):
        desk.synchronise()
    plant_box(server, box_for(server, "first"), in_place_of=box_for(server, "second"))
    Desk(server, "third")
    second.synchronise()
    assert "POST /camera-logins/boxes" not in server.asked


@pytest.mark.parametrize(
    "lie",
    [
        {"sealed": "other"},
        {"camera": "dago"},
        {"version": BRAGA.version + 1},
        {"key_digest": "0" * 64},
        {"device": "second"},
        {"signature": ""},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_login_that_is_not_as_its_desk_has_signed_it_is_not_taken(server, first, second, lie):
    first.synchronise()
    true = login_of(server)
    change = {"sealed": altered(true.sealed)} if "sealed" in lie else lie
    server.logins = {"braga": (server.place, true.model_copy(update=change))}
    second.synchronise()
    assert (second.logins.vault, second.taken) == ({}, 0)


@pytest.mark.parametrize("by", ["intruder", "server"])
def test_a_login_that_no_enrolled_desk_has_signed_is_not_taken(server, first, second, by):
    first.synchronise()
    plant(server, signed_login(login_of(server).model_copy(update={"device": by}), key_of(by)))
    second.synchronise()
    assert second.logins.vault == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda true: {"sealed": altered(true.sealed)},
        lambda true: {"sealed": "AA=="},
        lambda true: {"version": true.version + 1},
        lambda true: {"sealed": ShareKey.new().seal(b"else", about=true.about)},
        lambda true: {"key_digest": ShareKey.new().digest},
    ],
    ids=["altered", "short", "moved to a version", "of another key", "of another digest"],
)
def test_a_login_that_does_not_open_as_what_it_is_about_is_not_taken_though_it_is_signed(
    server, first, second, change
):  # fmt: skip
    first.logins.wish(Outgoing("dago", 7, b"Dago-88"))
    first.synchronise()
    true = login_of(server)
    plant(server, signed_login(true.model_copy(update=change(true)), key_of("first")))
    second.synchronise()
    assert second.logins.vault == {"dago": b"Dago-88"}


@pytest.mark.parametrize("lie", ["unsigned", "altered", "another's", "another key's", "of a desk that was revoked"])
def test_a_box_that_is_not_what_it_is_said_to_be_is_told_to_the_server_and_gives_nothing(server, first, second, lie):
    first.synchronise()
    true, by = box_for(server, "second"), key_of("first")
    match lie:
        case "unsigned":
            box = true.model_copy(update={"signature": ""})
        case "altered":
            box = signed_box(true.model_copy(update={"box": altered(true.box)}), by)
        case "another's":
            box = signed_box(true.model_copy(update={"device": "first"}), by)
        case "another key's":
            sealed = ShareKey.new().sealed_for(key_of("second").public)
            box = signed_box(true.model_copy(update={"box": sealed}), by)
        case _:
            server.revoked.append("first")
            box = true
    plant_box(server, box, in_place_of=true)
    second.synchronise()
    assert second.logins.vault == {}
    assert server.unopened == [("second", true.share)]


def test_a_box_that_did_not_open_is_sealed_anew_and_opens_then(server, first, second):
    first.synchronise()
    true = box_for(server, "second")
    plant_box(server, true.model_copy(update={"signature": ""}), in_place_of=true)
    for desk in (second, first, second):
        desk.synchronise()
    assert second.logins.vault == {"braga": SECRET}


def test_a_box_of_a_share_that_nobody_asked_about_is_passed_over(server, first, second):
    first.synchronise()
    page = server.page("second", 0)
    stray = page.boxes[0].model_copy(update={"share": uuid4()})
    answer = page.model_copy(update={"boxes": (*page.boxes, stray)}).model_dump_json()
    server.answers["GET /camera-logins"] = lambda: httpx2.Response(200, content=answer)
    second.synchronise()
    assert second.logins.vault == {"braga": SECRET}
    assert server.unopened == []


def test_a_login_without_its_box_is_neither_taken_nor_told_to_be_bad(server, first, second):
    first.synchronise()
    answer = server.page("second", 0).model_copy(update={"boxes": ()}).model_dump_json()
    server.answers["GET /camera-logins"] = lambda: httpx2.Response(200, content=answer)
    second.synchronise()
    assert second.logins.vault == {}
    assert "POST /camera-logins/taken" not in server.asked


def test_what_cannot_be_used_yet_waits_sealed_and_is_tried_again_with_each_round(first, second):
    second.logins.not_here.add("braga")
    for desk in (first, second, second):
        desk.synchronise()
    assert (second.logins.vault, second.taken) == ({}, 0)
    second.logins.not_here.clear()
    second.synchronise()
    assert (second.logins.vault, second.taken) == ({"braga": SECRET}, 1)


def test_a_newer_version_of_a_login_goes_to_all_desks_again(first, second):
    for desk in (first, second):
        desk.synchronise()
    first.logins.wish(Outgoing("braga", 8, b"Baru-Sekali-88"))
    for desk in (first, second):
        desk.synchronise()
    assert second.logins.vault == {"braga": b"Baru-Sekali-88"}


def test_what_is_taken_back_is_told_to_the_server_and_by_it_to_the_others(server, first, second):
    for desk in (first, second):
        desk.synchronise()
    first.logins.end = ["braga"]
    for desk in (first, second, second):
        desk.synchronise()
    assert (server.logins, first.logins.end) == ({}, [])
    assert second.logins.ends == ["braga"]
    assert second.logins.vault == {"braga": SECRET}
    assert first.states[-1].standing == LoginStanding(cameras=0)


def test_everything_new_is_read_in_one_round_in_however_many_pages(server, first, second):
    for version, camera in enumerate(("braga", "dago", "riau"), start=8):
        first.logins.wish(Outgoing(camera, version, SECRET))
        first.synchronise()
    server.rows = 1
    second.synchronise()
    assert second.logins.vault == dict.fromkeys(("braga", "dago", "riau"), SECRET)
    assert (second.taken, second.logins.position().place) == (3, server.place)


def test_more_cameras_than_one_message_takes_go_in_several(server, first, second):
    many = [Outgoing(f"cam-{number}", 1, SECRET) for number in range(MAX_SHARED)]
    first.logins.wish(*many)
    for desk in (first, second):
        desk.synchronise()
    assert server.asked.count("POST /camera-logins") == 2
    assert len({one.share for _, one in server.logins.values()}) == 2
    assert len(second.logins.vault) == MAX_SHARED + 1
    first.logins.end = list(second.logins.vault)
    first.synchronise()
    assert server.asked.count("POST /camera-logins/ended") == 2
    assert server.logins == {}


def test_cameras_that_the_server_does_not_take_now_wait_and_the_rest_is_shared(server, first, second):
    first.logins.wish(Outgoing("dago", 7, b"Dago-88"))
    server.unknown = {"dago"}
    for desk in (first, second):
        desk.synchronise()
    assert second.logins.vault == {"braga": SECRET}
    assert list(first.logins.share) == ["dago"]
    server.unknown = set()
    for desk in (first, second):
        desk.synchronise()
    assert second.logins.vault == {"braga": SECRET, "dago": b"Dago-88"}
    assert not first.logins.has_wishes()


def test_a_camera_that_the_server_never_takes_is_offered_once_a_round(server, first):
    server.unknown = {"braga"}
    first.synchronise()
    assert server.asked.count("POST /camera-logins") == 1
    assert first.logins.has_wishes()


def test_what_an_officer_may_not_share_waits_for_one_who_may_and_is_not_asked_for_again(server, first, second):
    for _ in range(2):
        first.synchronise("operator")
    asked = len(server.asked)
    first.synchronise("operator", after_s=1)
    assert first.states[-1].refused
    assert (server.asked.count("POST /camera-logins"), len(server.asked)) == (1, asked)
    first.synchronise("admin")
    second.synchronise()
    assert not first.states[-1].refused
    assert second.logins.vault == {"braga": SECRET}


def test_a_desk_whose_officer_may_not_share_opens_and_seals_all_the_same(server, first, second):
    for desk in (first, second):
        desk.synchronise()
    third = Desk(server, "third")
    second.logins.wish(Outgoing("dago", 7, b"Dago-88"))
    second.synchronise("operator")
    third.synchronise("operator")
    assert third.logins.vault == {"braga": SECRET}


def test_a_server_that_was_put_back_is_read_from_its_first(server, first, second):
    for desk in (first, second):
        desk.synchronise()
    second.logins.put_position(LoginPlace(server.place + 20, EPOCH))
    second.logins.vault, second.logins.versions = {}, {}
    second.synchronise()
    assert second.logins.began_again == 1
    assert second.logins.vault == {"braga": SECRET}
    assert second.logins.position() == LoginPlace(server.place, EPOCH)


def test_a_server_that_was_emptied_is_read_from_its_first_and_given_what_is_wanted_again(server, first, second):
    for desk in (first, second, first):
        desk.synchronise()
    server.forget()
    first.logins.wish(Outgoing("braga", 8, b"Baru-Sekali-88"))
    for desk in (second, first, second):
        desk.synchronise()
    assert (first.logins.began_again, second.logins.began_again) == (1, 1)
    assert second.logins.vault == {"braga": b"Baru-Sekali-88"}


def test_an_older_server_without_a_place_for_logins_holds_up_nothing(server, first):
    server.refuse("GET /camera-logins", 404, "not_found")
    first.synchronise()
    assert (first.states, first.logins.has_wishes()) == ([], True)


@pytest.mark.parametrize(("status", "code"), [(401, "token_expired"), (429, "too_many"), (503, "internal")])
def test_a_token_that_is_over_and_a_server_that_is_busy_end_the_round(server, first, status, code):
    server.refuse("GET /camera-logins", status, code)
    with pytest.raises(Refused):
        first.synchronise()
    assert first.logins.has_wishes()


def test_a_share_that_a_busy_server_did_not_take_is_offered_again_with_the_next_round(server, first, second):
    server.refuse("POST /camera-logins", 503, "internal")
    with pytest.raises(Refused):
        first.synchronise()
    server.answers.clear()
    first.synchronise(after_s=1)
    second.synchronise()
    assert second.logins.vault == {"braga": SECRET}


def test_a_share_that_the_server_refuses_leaves_what_was_read_standing_and_waits(server, first, second):
    first.synchronise()
    second.logins.wish(Outgoing("dago", 7, b"Dago-88"))
    server.refuse("POST /camera-logins", 422, "invalid")
    second.synchronise()
    assert second.logins.vault == {"braga": SECRET, "dago": b"Dago-88"}
    assert second.logins.position() == LoginPlace(server.place, EPOCH)
    assert list(second.logins.share) == ["dago"]


def test_a_server_of_another_epoch_is_read_from_its_first_although_it_has_as_many(server, first, second):
    for desk in (first, second):
        desk.synchronise()
    server.epoch = "another"
    second.logins.vault, second.logins.versions = {}, {}
    second.synchronise()
    assert second.logins.began_again == 1
    assert second.logins.vault == {"braga": SECRET}
    assert second.logins.position() == LoginPlace(server.place, "another")


def test_a_share_that_the_server_refuses_keeps_no_later_device_from_its_boxes(server, first):
    first.synchronise()
    first.logins.wish(Outgoing("dago", 7, b"Dago-88"))
    server.refuse("POST /camera-logins", 422, "invalid")
    third = Desk(server, "third")
    first.synchronise()
    third.synchronise()
    assert third.logins.vault == {"braga": SECRET}


def test_what_could_not_be_told_as_taken_is_told_with_the_next_round(server, first, second):
    first.synchronise()
    server.refuse("POST /camera-logins/taken", 503, "internal")
    with pytest.raises(Refused):
        second.synchronise()
    server.answers.clear()
    second.synchronise()
    assert (login_of(server).share, "second") in server.opened
    assert second.taken == 1


def test_another_program_in_the_place_of_the_server_is_a_fault(server, first):
    server.answers["GET /camera-logins"] = lambda: httpx2.Response(200, content=b"<html>")
    with pytest.raises(Fault) as fault:
        first.synchronise()
    assert fault.value.code is FaultCode.SERVER_INCOMPATIBLE


@pytest.mark.parametrize("code", [FaultCode.VAULT_UNAVAILABLE, FaultCode.VAULT_LOST])
def test_a_vault_that_is_away_is_said_and_what_came_is_taken_once_it_is_back(first, second, code):
    first.synchronise()
    second.logins.fault = code
    second.synchronise()
    assert second.states[-1].vault_away
    assert second.logins.position() == LoginPlace()
    second.logins.fault = None
    second.synchronise()
    assert not second.states[-1].vault_away
    assert second.logins.vault == {"braga": SECRET}


def test_a_store_that_fails_ends_the_round(first):
    first.logins.fault = FaultCode.STORE_LOCKED
    with pytest.raises(Fault) as fault:
        first.synchronise()
    assert fault.value.code is FaultCode.STORE_LOCKED
    assert first.states == []


def test_the_server_is_asked_now_and_then_and_at_once_where_somebody_wants_something(server, second, first):
    second.synchronise()
    asked = len(server.asked)
    second.synchronise(after_s=EVERY_S - 1)
    assert len(server.asked) == asked
    second.synchronise(after_s=1)
    assert len(server.asked) > asked
    second.logins.wish(Outgoing("dago", 7, SECRET))
    second.synchronise(after_s=0)
    assert list(server.logins) == ["dago"]


def test_how_the_sharing_stands_is_told_when_it_has_changed(first, second):
    for desk in (second, second, first, second, second):
        desk.synchronise()
    assert second.states == [SharingState(LoginStanding(cameras=0)), SharingState(LoginStanding(cameras=1))]


def test_the_text_of_a_login_that_is_on_its_way_does_not_tell_it(server, first):
    first.synchronise()
    opened = OpenedLogin("braga", 7, SECRET, login_of(server), box_for(server, "first"))
    assert repr([opened, BRAGA]) == (
        "[OpenedLogin(camera='braga', version=7), Outgoing(camera='braga', version=7)]"
    )  # fmt: skip
