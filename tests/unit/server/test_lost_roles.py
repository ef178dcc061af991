"""Who was disabled or given less since the backup: told to a restored server in its own words."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import enrol_at
from tests.exchange import CHEAP_HASHER, PASSWORD, START, settings_in
from tmcwall.domain.officer import Officer, Role, may_less
from tmcwall.server.accounts import add_user, disable_user, put_user_role, put_user_units
from tmcwall.server.app import create_app
from tmcwall.server.audit import AuditAction, audit
from tmcwall.server.rights import officer_of
from tmcwall.server.role_snapshot import signed_roles
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import AuditRow, UserRow
from tmcwall.sync.protocol import API, SignedRoles

HEAD = Officer("80020001", "Dewi", Role.HEAD)
GONE = Officer("80020002", "Rini", Role.SUPERVISOR, units=("Lantas", "Reskrim"))
LOST, RESTORED = START + timedelta(hours=2), START + timedelta(hours=5)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[FastAPI]:
    """Put back at RESTORED from a backup of START."""
    application = create_app(settings_in(tmp_path), clock=FakeClock(START), hasher=CHEAP_HASHER)
    database = application.state.context.database
    enrol_at(database, "ws1", now=START)
    with database.write() as session:
        for officer in (HEAD, GONE):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
        audit(session, AuditAction.SIGN_IN, at=START, actor=HEAD.nrp)
        audit(session, AuditAction.EPOCH_BEGUN, at=RESTORED, actor="console", about="restored")
    yield application
    application.state.context.close()


def said(app: FastAPI, *, at=LOST, disabled=False, role=GONE.role, units=GONE.units) -> SignedRoles:
    """What the server signed when the account of GONE was like that, before it was put back."""
    context = app.state.context
    with context.database.write() as session:
        if disabled:
            disable_user(session, GONE.nrp, now=at)
        put_user_role(session, GONE.nrp, role, now=at)
        put_user_units(session, GONE.nrp, units, now=at)
        session.flush()
        signed = signed_roles(session, context.role_key, now=at)
        session.rollback()
    return signed


def tell(app: FastAPI, signed: SignedRoles) -> tuple[Officer, bool]:
    """The account of GONE afterwards, and whether it is disabled."""
    context = app.state.context
    with context.database.write() as session:
        token = begin_session(session, HEAD, device="ws1", policy=context.session_policy, now=START).token
    client = TestClient(app, base_url=f"http://test{API}")
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert client.post("/roles/lost", content=signed.model_dump_json(), headers=headers).status_code == 204
    with context.database.read() as session:
        user = session.get_one(UserRow, GONE.nrp)
        return officer_of(user), user.disabled_at is not None


def test_who_was_disabled_since_the_backup_is_disabled_again_on_record(app):
    assert tell(app, said(app, disabled=True)) == (GONE, True)
    with app.state.context.database.read() as session:
        rows = session.scalars(select(AuditRow.about).where(AuditRow.action == AuditAction.USER_DISABLED)).all()
    assert rows == [f"{GONE.nrp} again, after a restore"]


def test_who_was_given_less_has_less_again(app):
    less = replace(GONE, role=Role.OPERATOR, units=("Lantas",))
    assert tell(app, said(app, role=Role.OPERATOR, units=("Lantas",))) == (less, False)


@pytest.mark.parametrize("role", [Role.HEAD, Role.ADMIN])
def test_nobody_is_given_more_or_something_else(app, role):
    assert tell(app, said(app, role=role, units=(*GONE.units, "Satreskrim"))) == (GONE, False)


@pytest.mark.parametrize("at", [START - timedelta(days=1), RESTORED + timedelta(minutes=1)])
def test_what_was_said_before_the_backup_or_after_the_restore_changes_nothing(app, at):
    assert tell(app, said(app, at=at, disabled=True)) == (GONE, False)


def test_what_somebody_has_decided_since_the_restore_stays(app):
    with app.state.context.database.write() as session:
        at = RESTORED + timedelta(minutes=1)
        audit(session, AuditAction.USER_ENABLED, at=at, actor="console", about=GONE.nrp)
    assert tell(app, said(app, disabled=True)) == (GONE, False)


def test_words_that_the_server_has_not_signed_change_nothing(app):
    signed = said(app, disabled=True)
    assert tell(app, signed.model_copy(update={"text": signed.text.replace("Lantas", "Lentas")})) == (GONE, False)


def test_a_role_is_less_than_another_if_it_allows_nothing_else():
    assert may_less(Role.OPERATOR, than=Role.SUPERVISOR)
    assert may_less(Role.SUPERVISOR, than=Role.HEAD)
    assert not may_less(Role.AUDITOR, than=Role.SUPERVISOR)
    assert not may_less(Role.HEAD, than=Role.HEAD)
