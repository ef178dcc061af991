"""Shared camera logins at the server: who may plant what, and what is given to whom."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, enrol_at, key_of
from tests.exchange import CHEAP_HASHER, PASSWORD, START, settings_in
from tmcwall.domain.officer import Officer, Role
from tmcwall.sealed_boxes import ShareKey
from tmcwall.server import camera_logins
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.camera_login_tables import LoginKeyRow
from tmcwall.server.enrolment import revoke
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import AuditRow, EntityRow
from tmcwall.sync.camera_logins import (
    KeyBox,
    KeyBoxes,
    LoginPage,
    LoginShare,
    SharedLogin,
    TakenShares,
    signed_box,
    signed_login,
)
from tmcwall.sync.protocol import API, Message

ADMIN = Officer("80020001", "Dewi", Role.ADMIN)
OPERATOR = Officer("80020003", "Tono", Role.OPERATOR)
KEY = ShareKey.new()
SHARE = UUID(int=1)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    database = application.state.context.database
    for name in ("ws1", "ws2", "ws3"):
        enrol_at(database, name, now=START)
    with database.write() as session:
        for officer in (ADMIN, OPERATOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
        for camera in ("braga", "dago"):
            session.add(
                EntityRow(
                    kind="camera", id=camera, parent_id="", revision=1, versions="{}", changed_at=START,
                    changed_sequence=1,
                )
            )  # fmt: skip
    yield application
    application.state.context.close()


def login(camera: str = "braga", *, version: int = 1, by: str = "ws1", share: UUID = SHARE) -> SharedLogin:
    made = SharedLogin(
        camera=camera, version=version, share=share, key_digest=KEY.digest, sealed="AA==", device=by, signature=""
    )
    return signed_login(made, key_of(by))


def box(receiver: str, *, by: str = "ws1", share: UUID = SHARE) -> KeyBox:
    sealed = KEY.sealed_for(key_of(receiver).public)
    made = KeyBox(share=share, key_digest=KEY.digest, device=receiver, box=sealed, sealed_by=by, signature="")
    return signed_box(made, key_of(by))


def share(*logins: SharedLogin, boxes: tuple[KeyBox, ...] = ()) -> LoginShare:
    return LoginShare(logins=logins or (login(),), boxes=boxes or (box("ws1"), box("ws2")))


def ask(
    app: FastAPI, desk: str, path: str, body: Message | None = None, *, officer: Officer = ADMIN, after: int = 0
) -> Any:
    """JSON, or the status of a refusal."""
    context = app.state.context
    with context.database.write() as session:
        token = begin_session(session, officer, device=desk, policy=context.session_policy, now=START).token
    client = TestClient(app, base_url=f"http://test{API}")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if body is None:
        reply = client.get(path, params={"after": after}, headers=headers)
    else:
        reply = client.post(path, content=body.model_dump_json(), headers=headers)
    if not reply.is_success:
        return reply.status_code
    return reply.json() if reply.content else None


def page(app: FastAPI, desk: str, *, after: int = 0) -> LoginPage:
    return LoginPage.model_validate(ask(app, desk, "/camera-logins", officer=OPERATOR, after=after))


PLANTED = {
    "signed by another device": share(login().model_copy(update={"signature": login(by="ws2").signature})),
    "altered after it was signed": share(login().model_copy(update={"sealed": "AAAA"})),
    "made by another device": share(login(by="ws2"), boxes=(box("ws1", by="ws2"),)),
    "two shares at once": share(login(), login("dago", share=UUID(int=2))),
    "the same camera twice": share(login(), login(version=2)),
    "not for itself": share(boxes=(box("ws2"),)),
    "two boxes for one": share(boxes=(box("ws1"), box("ws2"), box("ws2"))),
    "a box of another share": share(boxes=(box("ws1"), box("ws2", share=UUID(int=2)))),
    "a box that was altered": share(boxes=(box("ws1"), box("ws2").model_copy(update={"box": "AA=="}))),
    "for a device that is not enrolled": share(boxes=(box("ws1"), box("ws9"))),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_what_is_not_one_share_of_that_device_is_refused_whole(app, planted):
    assert ask(app, "ws1", "/camera-logins", planted) == 400
    assert page(app, "ws1").up_to == 0


def test_a_share_is_given_to_whom_it_is_sealed_for_and_to_nobody_else(app):
    assert ask(app, "ws1", "/camera-logins", share()) == {"refused": []}
    assert [one.camera for one in page(app, "ws2").logins] == ["braga"]
    assert {one.device for one in page(app, "ws2").boxes} == {"ws2"}
    assert not page(app, "ws3").logins
    assert not page(app, "ws2", after=page(app, "ws2").up_to).logins
    assert page(app, "ws1").standing.waiting == ("ws2", "ws3")


def test_an_older_version_and_an_unknown_camera_are_refused_and_the_same_share_is_not_taken_twice(app):
    ask(app, "ws1", "/camera-logins", share(login(version=5)))
    assert ask(app, "ws1", "/camera-logins", share(login(version=6))) == 400
    second = UUID(int=2)
    boxes = (box("ws1", share=second),)
    older = share(login(version=5, share=second), login("nowhere", share=second), boxes=boxes)
    assert ask(app, "ws1", "/camera-logins", older) == {"refused": ["braga", "nowhere"]}


def test_a_desk_that_has_opened_a_share_seals_it_for_one_that_cannot_and_no_other_desk_does(app):
    ask(app, "ws1", "/camera-logins", share())
    given = KeyBoxes(boxes=(box("ws3", by="ws2"),))
    assert ask(app, "ws2", "/camera-logins/boxes", given, officer=OPERATOR) == 400
    ask(app, "ws2", "/camera-logins/taken", TakenShares(opened=(SHARE,)), officer=OPERATOR)
    (missing,) = page(app, "ws2").missing
    assert missing.device == "ws3"

    assert ask(app, "ws2", "/camera-logins/boxes", given, officer=OPERATOR) is None
    again = KeyBoxes(boxes=(box("ws3"),))
    assert ask(app, "ws1", "/camera-logins/boxes", again) is None

    assert not page(app, "ws2").missing
    assert [one.sealed_by for one in page(app, "ws3").boxes] == ["ws2"]


def test_a_box_that_its_device_could_not_open_is_gone_and_on_record(app):
    ask(app, "ws1", "/camera-logins", share())
    ask(app, "ws2", "/camera-logins/taken", TakenShares(unopened=(SHARE,)), officer=OPERATOR)
    assert {one.device for one in page(app, "ws1").missing} == {"ws2", "ws3"}
    with app.state.context.database.read() as session:
        rows = session.execute(select(AuditRow.about, AuditRow.outcome).where(AuditRow.outcome == "unopened")).all()
    assert rows == [("not to be opened at ws2, sealed by ws1", "unopened")]


def test_boxes_of_a_desk_that_was_revoked_count_no_more_unless_they_were_opened(app):
    ask(app, "ws1", "/camera-logins", share())
    ask(app, "ws2", "/camera-logins/taken", TakenShares(opened=(SHARE,)), officer=OPERATOR)
    ask(app, "ws2", "/camera-logins/boxes", KeyBoxes(boxes=(box("ws3", by="ws2"),)), officer=OPERATOR)
    with app.state.context.database.write() as session:
        revoke(session, "ws2", reason="stolen", by="x", signing_key=SERVER_KEY, now=START)
    found = page(app, "ws1")
    assert [one.device for one in found.missing] == ["ws3"]
    assert [(one.desk, one.cameras) for one in found.standing.exposed] == [("ws2", ("braga",))]

    assert ask(app, "ws1", "/camera-logins/boxes", KeyBoxes(boxes=(box("ws3"),))) is None
    assert [one.sealed_by for one in page(app, "ws3").boxes] == ["ws1"]


def test_keys_that_open_no_login_any_more_are_forgotten(app):
    ask(app, "ws1", "/camera-logins", share())
    second = UUID(int=2)
    newer = share(login(version=2, share=second), boxes=(box("ws1", share=second),))
    assert ask(app, "ws1", "/camera-logins", newer) == {"refused": []}
    with app.state.context.database.read() as session:
        assert set(session.scalars(select(LoginKeyRow.share))) == {str(second)}


def test_pages_are_read_to_their_end_and_none_cuts_a_share(app, monkeypatch):
    ask(app, "ws1", "/camera-logins", share())
    second = UUID(int=2)
    ask(app, "ws1", "/camera-logins", share(login("dago", share=second), boxes=(box("ws1", share=second),)))
    monkeypatch.setattr(camera_logins, "MAX_ROWS", 1)
    first = page(app, "ws1")
    rest = page(app, "ws1", after=first.up_to)
    assert ([one.camera for one in first.logins], first.more) == (["braga"], True)
    assert ([one.camera for one in rest.logins], rest.more) == (["dago"], False)
