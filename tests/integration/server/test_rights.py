"""Every route with every role, and with an object of another unit: classified here, or the test fails."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from tests.clocks import FakeClock
from tests.enrolled import ask_in, signed
from tests.exchange import CHEAP_HASHER, PASSWORD, START, bookmark, clip, settings_in
from tests.services_stage import EXAMPLES
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_cases import case_unit
from tmcwall.db.rows import fields_of
from tmcwall.domain.case import Case, case_id, parse_lp
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.officer import Action, Officer, Role, may
from tmcwall.domain.operation import COMMITTED_SINCE, FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.tables import UploadRow
from tmcwall.sync.protocol import API, OperationMessage

UPLOAD = "0191d2a4-0000-7000-8000-000000000001"
OURS, THEIRS = "Lantas", "Reskrim"
REGISTRAR = Officer("80010056", "Retno", Role.ADMIN)
OVERSIGHT = {Role.SUPERVISOR, Role.HEAD, Role.AUDITOR}
NAMES_REPORTERS = {Role.INVESTIGATOR, Role.SUPERVISOR, Role.HEAD}


@dataclass(frozen=True)
class Route:
    """How a route is guarded."""

    needs: Action | None = None
    """None: any officer with a token, or, with `open`, everybody."""
    open: bool = False
    places: dict[str, str] = field(default_factory=dict)
    """Of an object of another unit."""
    of_camera: dict[str, str] = field(default_factory=dict)
    """Of one that belongs to no case, of a camera of another unit."""
    hides: bool = False
    """That object is 404 for who may not see it."""


ROUTES = {
    ("GET", "/info"): Route(open=True),
    ("POST", "/sign-in"): Route(open=True),
    ("POST", "/password"): Route(open=True),
    ("POST", "/browser-sign-in/begin"): Route(open=True),
    ("POST", "/browser-sign-in"): Route(open=True),
    ("POST", "/browser-sign-in/ended"): Route(open=True),
    ("POST", "/webhooks/incident"): Route(open=True),
    ("POST", "/webhooks/cap"): Route(open=True),
    ("POST", "/webhooks/counts"): Route(open=True),
    ("POST", "/webhooks/positions"): Route(open=True),
    ("GET", "/city"): Route(needs=Action.VIEW),
    ("POST", "/city/counts"): Route(needs=Action.HANDLE_INCIDENTS),
    ("POST", "/devices/enrol"): Route(open=True),
    ("GET", "/devices"): Route(needs=Action.VIEW),
    ("POST", "/devices/ended"): Route(needs=Action.VIEW),
    ("POST", "/renew"): Route(),
    ("POST", "/sign-out"): Route(),
    ("POST", "/sign-out-everywhere"): Route(),
    ("POST", "/operations"): Route(),  # judged operation by operation
    ("GET", "/operations"): Route(needs=Action.VIEW),
    ("GET", "/snapshot"): Route(needs=Action.VIEW),
    ("GET", "/withdrawals"): Route(needs=Action.VIEW),
    ("GET", "/stream"): Route(needs=Action.VIEW),
    ("GET", "/bookmarks"): Route(needs=Action.VIEW),
    ("GET", "/bookmarks/{bookmark_id}"): Route(
        needs=Action.VIEW, places={"bookmark_id": "b-theirs"}, of_camera={"bookmark_id": "b-camera"}, hides=True
    ),
    ("GET", "/incidents"): Route(needs=Action.VIEW),
    ("GET", "/cases"): Route(needs=Action.VIEW),
    ("GET", "/conflicts"): Route(needs=Action.VIEW),
    ("GET", "/quarantine"): Route(needs=Action.VIEW),
    ("POST", "/oversight"): Route(needs=Action.VIEW),
    ("GET", "/oversight"): Route(needs=Action.READ_OVERSIGHT),
    ("GET", "/oversight.csv"): Route(needs=Action.READ_OVERSIGHT),
    ("PUT", "/desk"): Route(),
    # Of the workstation whose token it is.
    ("POST", "/custody"): Route(needs=Action.VIEW),
    ("GET", "/custody"): Route(needs=Action.VIEW),
    ("POST", "/personal"): Route(),
    ("POST", "/personal/read"): Route(needs=Action.READ_REPORTER),
    ("GET", "/personal/erased"): Route(needs=Action.VIEW),
    ("POST", "/camera-logins"): Route(needs=Action.IMPORT_CAMERAS),
    # What is sealed for the workstation whose token it is, which sees every camera anyway.
    ("GET", "/camera-logins"): Route(needs=Action.VIEW),
    ("POST", "/camera-logins/boxes"): Route(needs=Action.VIEW),
    ("POST", "/camera-logins/taken"): Route(needs=Action.VIEW),
    ("POST", "/camera-logins/ended"): Route(needs=Action.IMPORT_CAMERAS),
    ("OPTIONS", "/clips"): Route(needs=Action.TAG),
    # What a desk has cut goes up whoever is signed in there; its bytes are held to the clip's hash.
    ("POST", "/clips"): Route(needs=Action.TAG),
    ("HEAD", "/clips/uploads/{upload_id}"): Route(needs=Action.TAG, places={"upload_id": UPLOAD}),
    ("PATCH", "/clips/uploads/{upload_id}"): Route(needs=Action.TAG, places={"upload_id": UPLOAD}),
    ("GET", "/clips/{clip_id}"): Route(
        needs=Action.VIEW, places={"clip_id": "c-theirs"}, of_camera={"clip_id": "c-camera"}, hides=True
    ),
}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    """An officer of each role, of our unit; and footage for a case of theirs."""
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    context = application.state.context
    with context.database.write() as session:
        for role in Role:
            add_user(session, officer_of(role), PASSWORD, hasher=CHEAP_HASHER, now=START)
        add_user(session, REGISTRAR, PASSWORD, hasher=CHEAP_HASHER, now=START)
        their_own = Officer("80010055", "Yanto", Role.INVESTIGATOR, units=(THEIRS.upper(),))
        add_user(session, their_own, PASSWORD, hasher=CHEAP_HASHER, now=START)
    return application


def officer_of(role: Role) -> Officer:
    return Officer(f"8002000{list(Role).index(role)}", role.value.title(), role, units=(OURS,))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=f"http://test{API}", raise_server_exceptions=False) as opened:
        camera: dict[str, Json] = {
            "id": "cam-theirs",
            "name": "Bank",
            "url": "rtsp://10.0.0.1/1",
            "number": 7,
            "unit": THEIRS,
        }
        assert push(opened, REGISTRAR.nrp, [(Entity.CAMERA, "cam-theirs", camera)]) == ["applied"]
        push(opened, "80010055", [
            (Entity.CASE, "case-theirs", fields_of(EXAMPLES[Entity.CASE]) | {"id": "case-theirs", "unit": THEIRS}),
            (Entity.BOOKMARK, "b-theirs", bookmark("b-theirs") | {"case_id": "case-theirs"}),
            (Entity.CLIP, "c-theirs", clip("c-theirs", "b-theirs", sha256="0" * 64, size_bytes=9)),
            (Entity.BOOKMARK, "b-all", bookmark("b-all")),
            (Entity.BOOKMARK, "b-camera", bookmark("b-camera") | {"camera_id": "cam-theirs"}),
            (Entity.CLIP, "c-camera", clip("c-camera", "b-camera", sha256="1" * 64, size_bytes=9)),
            (Entity.INCIDENT, "i-1", fields_of(EXAMPLES[Entity.INCIDENT])
             | {"id": "i-1", "reporter_name": "Ibu Rahayu", "reporter_phone": "+62 800 000 001"}),
        ])  # fmt: skip
        with app.state.context.database.write() as session:
            session.add(
                UploadRow(
                    id=UPLOAD,
                    clip_id="c-theirs",
                    length=9,
                    sha256="0" * 64,
                    created_at=START,
                    created_by="80010055",
                    completed_at=None,
                )
            )
        app.state.context.blobs.begin(UPLOAD)
        yield opened


def token_of(client: TestClient, nrp: str, device: str) -> dict[str, str]:
    reply = ask_in(client, nrp, PASSWORD, device)
    return {"Authorization": f"Bearer {reply.json()['token']}"}


def push(client: TestClient, nrp: str, changes: list[tuple[Entity, str, dict[str, Json]]]) -> list[str]:
    """As the first operations of a desk of that officer's own; the fate of each, with the reason."""
    device = f"desk-{nrp}"
    made: list[Operation] = []
    for number, (entity, entity_id, fields) in enumerate(changes, start=1):
        before = made[-1].hash if made else FIRST_HASH
        # Incidents as an earlier version has written them: who has reported them stands there as it is.
        schema = COMMITTED_SINCE - 1 if entity is Entity.INCIDENT else SCHEMA_VERSION
        made.append(
            signed(
                Operation(uuid7(START), device, number, nrp, START, entity, entity_id, 2**31, fields, schema, before)
            )
        )
    body = {"operations": [OperationMessage.of(item).model_dump(mode="json") for item in made]}
    fates = client.post("/operations", json=body, headers=token_of(client, nrp, device)).json()["fates"]
    return [f"{fate['fate']} {fate['reason']}".strip() for fate in fates]


def routes_of(app: FastAPI) -> set[tuple[str, str]]:
    return {
        (method, route.path.removeprefix(API))
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
        # Health and metrics are not of workstations.
        if route.path.startswith(API)
        and not (method == "HEAD" and route.path.removeprefix(API) != "/clips/uploads/{upload_id}")
    }


def test_every_route_is_classified(app: FastAPI) -> None:
    assert routes_of(app) == set(ROUTES)


@pytest.mark.parametrize("role", Role)
def test_each_role_reaches_what_it_may_and_nothing_of_another_unit(client: TestClient, role: Role) -> None:
    for (method, path), route in ROUTES.items():
        if route.open or path == "/stream":
            continue
        token = token_of(client, officer_of(role).nrp, "walk")
        reply = client.request(method, path.format(**route.places), headers=token)
        allowed = route.needs is None or may(role, route.needs)
        assert (reply.status_code == 403) is not allowed, (method, path, reply.status_code)
        if route.hides and role not in OVERSIGHT:
            assert reply.status_code == 404, (method, path)
            of_camera = client.request(method, path.format(**route.of_camera), headers=token)
            assert of_camera.status_code == 404, (method, path)
        assert reply.status_code != 500, (method, path)


@pytest.mark.parametrize("role", Role)
def test_lists_leave_out_what_belongs_to_another_unit(client: TestClient, role: Role) -> None:
    token = token_of(client, officer_of(role).nrp, "walk")
    listed = {path: {item["id"] for item in client.get(path, headers=token).json()["items"]}
              for path in ("/bookmarks", "/cases")}  # fmt: skip
    sees = role in OVERSIGHT
    assert listed == {
        "/bookmarks": {"b-theirs", "b-camera", "b-all"} if sees else {"b-all"},
        "/cases": {"case-theirs"} if sees else set(),
    }


def test_a_unit_is_the_same_however_it_is_written(client: TestClient) -> None:
    token = token_of(client, "80010055", "walk")
    assert client.get("/bookmarks/b-theirs", headers=token).status_code == 200


@pytest.mark.parametrize("role", Role)
def test_a_reporter_is_named_to_those_who_handle_cases_and_to_nobody_else(client: TestClient, role: Role) -> None:
    token = token_of(client, officer_of(role).nrp, "walk")
    (incident,) = client.get("/incidents", headers=token).json()["items"]
    named = incident["fields"].get("reporter_phone"), incident["withheld"]
    if role in NAMES_REPORTERS:
        assert named == ("+62 800 000 001", [])
    else:
        assert named == (None, ["reporter_name", "reporter_phone"])


@pytest.mark.parametrize("role", Role)
def test_no_list_gives_away_what_another_withholds(client: TestClient, app: FastAPI, role: Role) -> None:
    named = {"reporter_name": "Pak Darmo", "reporter_phone": "+62 800 000 002"}
    refused = push(client, officer_of(Role.AUDITOR).nrp, [(Entity.INCIDENT, "i-1", dict(named))])
    assert refused == ["quarantined not_allowed"]
    disputed = push(client, officer_of(Role.SUPERVISOR).nrp, [(Entity.INCIDENT, "i-1", dict(named))])
    assert disputed == ["applied"] or disputed == ["conflict"]
    token = token_of(client, officer_of(role).nrp, "walk")
    said = client.get("/quarantine", headers=token).text + client.get("/conflicts", headers=token).text
    assert ("Darmo" in said) is (role in NAMES_REPORTERS)


def test_a_case_of_another_unit_is_changed_by_nobody_else_but_may_be_tagged_for(client: TestClient) -> None:
    ours = officer_of(Role.INVESTIGATOR).nrp
    assert push(client, ours, [
        (Entity.CASE, "case-theirs", {"stage": "selesai"}),
        (Entity.BOOKMARK, "b-theirs", {"held": False}),
        (Entity.BOOKMARK, "b-new", bookmark("b-new") | {"case_id": "case-theirs"}),
    ]) == ["quarantined not_allowed", "quarantined not_allowed", "applied"]  # fmt: skip
    assert push(client, officer_of(Role.HEAD).nrp, [(Entity.CASE, "case-theirs", {"stage": "selesai"})]) == ["applied"]


def test_footage_of_a_camera_of_another_unit_is_seen_by_whoever_has_the_case(client: TestClient) -> None:
    """A Polsek's camera has filmed it, and the case is another unit's: that unit decides who sees it."""
    ours = officer_of(Role.INVESTIGATOR).nrp
    case = fields_of(EXAMPLES[Entity.CASE]) | {"id": "case-ours", "unit": OURS}
    assert push(client, ours, [
        (Entity.CASE, "case-ours", case),
        (Entity.BOOKMARK, "b-ours", bookmark("b-ours") | {"camera_id": "cam-theirs", "case_id": "case-ours"}),
        (Entity.BOOKMARK, "b-camera", {"held": False}),
    ]) == ["applied", "applied", "quarantined not_allowed"]  # fmt: skip
    token = token_of(client, ours, "walk")
    assert client.get("/bookmarks/b-ours", headers=token).status_code == 200
    their_own = token_of(client, "80010055", "walk")
    assert client.get("/bookmarks/b-ours", headers=their_own).status_code == 404
    assert client.get("/bookmarks/b-camera", headers=their_own).status_code == 200


def test_every_kind_with_something_to_withhold_says_who_may_read_it() -> None:
    personal = {(entity, name) for entity, kind in KINDS.items() for name in kind.read_rights}
    assert personal == {
        (Entity.INCIDENT, "reporter_name"),
        (Entity.INCIDENT, "reporter_phone"),
        (Entity.CONTACT, "contact_name"),
        (Entity.CONTACT, "contact_phone"),
    }


def test_the_console_of_the_server_says_whose_case_it_is(tmp_path: Path, client: TestClient) -> None:
    case = EXAMPLES[Entity.CASE]
    assert isinstance(case, Case)
    operator = officer_of(Role.OPERATOR).nrp
    known = replace(case, id=case_id(parse_lp(case.lp).normalised), unit="")
    assert push(client, operator, [(Entity.CASE, known.id, fields_of(known))]) == ["applied"]
    options = ServerOptions(data_dir=tmp_path, database=f"sqlite:///{tmp_path / 'server.db'}")
    listed = [item["id"] for item in client.get("/cases", headers=token_of(client, operator, "x")).json()["items"]]
    assert listed == [known.id]
    assert case_unit(options, case.lp, " Reskrim ") == "Reskrim"
    assert client.get("/cases", headers=token_of(client, operator, "x")).json()["items"] == []
    with pytest.raises(DomainError) as refused:
        case_unit(options, "LP/B/999/I/2024/SPKT/POLRES KLATEN/POLDA JAWA TENGAH", "Reskrim")
    assert refused.value.code is DomainCode.NOT_FOUND


@pytest.mark.parametrize("role", Role)
def test_what_all_workstations_share_is_written_by_those_who_may(client: TestClient, role: Role) -> None:
    sent = fields_of(EXAMPLES[Entity.WALL_ORDER])
    made = [
        (Entity.SHARED_LAYOUT, "l1", fields_of(EXAMPLES[Entity.SHARED_LAYOUT]), Action.SHARE_LAYOUTS),
        (Entity.PLANNED_OUTAGE, "o1", fields_of(EXAMPLES[Entity.PLANNED_OUTAGE]), Action.CHANGE_STANDING),
        (Entity.CONTACT, "p1", fields_of(EXAMPLES[Entity.CONTACT]), Action.KEEP_CONTACTS),
        (Entity.WALL_ORDER, "w1", sent, Action.SEND_TO_WALLS),
    ]
    fates = push(client, officer_of(role).nrp, [(entity, entity_id, fields) for entity, entity_id, fields, _ in made])
    assert fates == ["applied" if may(role, needed) else "quarantined not_allowed" for *_, needed in made]


def test_an_order_is_answered_by_an_operator_who_changes_nothing_else_of_it(client: TestClient) -> None:
    order = fields_of(EXAMPLES[Entity.WALL_ORDER])
    assert push(client, officer_of(Role.DUTY_OFFICER).nrp, [(Entity.WALL_ORDER, "w1", order)]) == ["applied"]
    assert push(client, officer_of(Role.OPERATOR).nrp, [
        (Entity.WALL_ORDER, "w1", {"outcome": "shown"}),
        (Entity.WALL_ORDER, "w1", {"taken_back": True}),
        (Entity.WALL_ORDER, "w1", {"desk": "meja-3"}),
    ]) == ["applied", "quarantined not_allowed", "quarantined not_allowed"]  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_a_contact_is_named_to_those_who_may_read_the_directory_and_to_nobody_else(
    client: TestClient, role: Role
) -> None:
    darmo = fields_of(EXAMPLES[Entity.CONTACT])
    assert push(client, officer_of(Role.HEAD).nrp, [(Entity.CONTACT, "p1", darmo)]) == ["applied"]
    named = {"contact_name": "Pak Tarno"}
    assert push(client, officer_of(Role.OPERATOR).nrp, [(Entity.CONTACT, "p1", dict(named))]) == [
        "quarantined not_allowed"
    ]
    assert push(client, officer_of(Role.ADMIN).nrp, [(Entity.CONTACT, "p1", dict(named))])[0] in {"applied", "conflict"}
    token = token_of(client, officer_of(role).nrp, "walk")
    said = client.get("/quarantine", headers=token).text + client.get("/conflicts", headers=token).text
    assert ("Tarno" in said) is may(role, Action.READ_CONTACTS)
