"""The accounts of a workstation in its store: rules, custody, verifiers, attempts to sign in, and the migration."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tmcwall.db import custody, officers, schema, sign_in_attempts
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account, Origin

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
ANI = Officer("11111111", "Ani", Role.ADMIN, "Iptu")
BUDI = Officer("22222222", "Budi", Role.OPERATOR, "Bripda")
CITRA = Officer("33333333", "Citra", Role.INVESTIGATOR)
PASSWORD = "kereta senja 1925"
VERIFIER = officers.make_verifier(PASSWORD)


@pytest.fixture
def station(session: Session) -> Session:
    """An admin, Ani, and an operator, Budi, who has a one-time password."""
    officers.add_first(session, ANI, VERIFIER, at=NOW)
    officers.add(session, BUDI, VERIFIER, by=ANI.nrp, at=NOW)
    return session


def fault(act: Callable[[], object]) -> FaultCode | DomainCode:
    with pytest.raises((Fault, DomainError)) as raised:
        act()
    assert isinstance(raised.value, DomainError | Fault)
    return raised.value.code


def acts_about(session: Session, nrp: str) -> list[tuple[str, CustodyAction]]:
    return [(row.actor, row.action) for row in custody.about(session, f"officer/{nrp}")]


def test_accounts_come_by_name_with_what_is_known_of_them(station: Session) -> None:
    assert officers.accounts(station) == (
        Account(ANI, Origin.LOCAL),
        Account(BUDI, Origin.LOCAL, password_due=True),
    )


def test_only_the_first_account_is_made_by_its_officer(station: Session) -> None:
    assert fault(lambda: officers.add_first(station, CITRA, VERIFIER, at=NOW)) is DomainCode.NOT_ALLOWED


def test_every_act_is_a_custody_row_with_who_did_it_and_no_password(station: Session) -> None:
    officers.put_role(station, BUDI.nrp, Role.INVESTIGATOR, by=ANI.nrp, at=NOW)
    officers.disable(station, BUDI.nrp, by=ANI.nrp, at=NOW)
    officers.enable(station, BUDI.nrp, by=ANI.nrp, at=NOW)
    officers.reset_password(station, BUDI.nrp, VERIFIER, by=ANI.nrp, at=NOW)
    officers.change_password(station, BUDI.nrp, VERIFIER, at=NOW)
    assert acts_about(station, BUDI.nrp) == [
        (ANI.nrp, CustodyAction.ACCOUNT_ADDED),
        (ANI.nrp, CustodyAction.ROLE_CHANGED),
        (ANI.nrp, CustodyAction.ACCOUNT_DISABLED),
        (ANI.nrp, CustodyAction.ACCOUNT_ENABLED),
        (ANI.nrp, CustodyAction.PASSWORD_RESET),
        (BUDI.nrp, CustodyAction.PASSWORD_CHANGED),
    ]
    rows = custody.about(station, f"officer/{BUDI.nrp}")
    assert rows[0].facts == {"before": None, "after": "operator"}
    assert rows[1].facts == {"before": "operator", "after": "penyidik"}
    assert not any(word in str(rows) for word in (PASSWORD, VERIFIER))
    assert custody.verify(station) is None


def test_what_changes_nothing_leaves_no_row(station: Session) -> None:
    officers.put_role(station, BUDI.nrp, Role.OPERATOR, by=ANI.nrp, at=NOW)
    officers.enable(station, BUDI.nrp, by=ANI.nrp, at=NOW)
    assert acts_about(station, BUDI.nrp) == [(ANI.nrp, CustodyAction.ACCOUNT_ADDED)]


def test_the_last_admin_stays(station: Session) -> None:
    assert fault(lambda: officers.disable(station, ANI.nrp, by=BUDI.nrp, at=NOW)) is DomainCode.LAST_ADMIN


@pytest.mark.parametrize("origin", Origin)
def test_a_disabled_officer_is_not_let_in_and_is_told_so_only_with_the_right_password(
    station: Session, origin: Origin
) -> None:
    officers.put(station, CITRA, VERIFIER, origin=origin, at=NOW)
    officers.disable(station, CITRA.nrp, by=ANI.nrp, at=NOW)
    assert fault(lambda: officers.check(station, CITRA.nrp, PASSWORD, now=NOW)) is FaultCode.ACCOUNT_DISABLED
    assert fault(lambda: officers.check(station, CITRA.nrp, "salah", now=NOW)) is FaultCode.SIGN_IN_REFUSED
    officers.enable(station, CITRA.nrp, by=ANI.nrp, at=NOW)
    assert officers.check(station, CITRA.nrp, PASSWORD, now=NOW) == CITRA


def test_a_reset_replaces_the_password_until_the_officer_chooses(station: Session) -> None:
    officers.change_password(station, BUDI.nrp, VERIFIER, at=NOW)
    officers.reset_password(station, BUDI.nrp, officers.make_verifier("k7mf-2qhd-x9pt"), by=ANI.nrp, at=NOW)
    assert fault(lambda: officers.check(station, BUDI.nrp, PASSWORD, now=NOW)) is FaultCode.SIGN_IN_REFUSED
    assert officers.check(station, BUDI.nrp, "k7mf-2qhd-x9pt", now=NOW) == BUDI
    assert officers.account(station, BUDI.nrp) == Account(BUDI, Origin.LOCAL, password_due=True)


def test_a_password_that_the_server_refuses_opens_no_more_until_the_server_accepts_one(station: Session) -> None:
    officers.put(station, CITRA, VERIFIER, origin=Origin.SERVER, at=NOW)
    officers.withdraw(station, CITRA.nrp, at=NOW)
    officers.withdraw(station, CITRA.nrp, at=NOW)
    assert fault(lambda: officers.check(station, CITRA.nrp, PASSWORD, now=NOW)) is FaultCode.SIGN_IN_EXPIRED
    assert acts_about(station, CITRA.nrp) == [("server", CustodyAction.SIGN_IN_WITHDRAWN)]
    officers.put(station, CITRA, VERIFIER, origin=Origin.SERVER, at=NOW)
    assert officers.check(station, CITRA.nrp, PASSWORD, now=NOW) == CITRA


def test_an_account_of_this_workstation_is_not_withdrawn_by_a_server(station: Session) -> None:
    officers.withdraw(station, ANI.nrp, at=NOW)
    assert officers.check(station, ANI.nrp, PASSWORD, now=NOW) == ANI


@pytest.mark.parametrize("nrp", [BUDI.nrp, "99999999"])
def test_after_three_attempts_the_next_one_waits_for_known_and_unknown_numbers(station: Session, nrp: str) -> None:
    for _ in range(3):
        sign_in_attempts.begin(station, nrp, at=NOW)
    assert fault(lambda: sign_in_attempts.begin(station, nrp, at=NOW)) is FaultCode.SIGN_IN_DELAYED
    sign_in_attempts.begin(station, ANI.nrp, at=NOW)
    sign_in_attempts.begin(station, nrp, at=NOW + timedelta(seconds=2))
    sign_in_attempts.forget(station, nrp)
    sign_in_attempts.begin(station, nrp, at=NOW + timedelta(seconds=2))


def test_an_older_store_opens_with_its_verifiers_and_its_only_local_account_becomes_the_heads() -> None:
    engine = create_engine("sqlite://")
    row = "(:nrp, :name, 'supervisor', '', :verifier, :origin, '2025-03-28 07:03:00.000000')"
    with engine.begin() as connection:
        schema.migrate(connection, target="0009")
        for nrp, name, origin in (("11111111", "Ani", "local"), ("33333333", "Citra", "server")):
            given = {"nrp": nrp, "name": name, "verifier": VERIFIER, "origin": origin}
            connection.execute(text(f"INSERT INTO officers VALUES {row}"), given)
        schema.migrate(connection)
        with Session(bind=connection) as session:
            ani, citra = officers.accounts(session)
            assert ani == Account(Officer("11111111", "Ani", Role.HEAD), Origin.LOCAL)
            assert citra == Account(Officer("33333333", "Citra", Role.SUPERVISOR), Origin.SERVER)
            assert officers.check(session, "11111111", PASSWORD, now=NOW) == ani.officer
            assert officers.check(session, "33333333", PASSWORD, now=NOW) == citra.officer
    engine.dispose()


def test_an_officer_who_came_by_the_identity_provider_has_no_password_that_opens_here(station):
    officers.put_without_password(station, CITRA)
    assert officers.get(station, CITRA.nrp) == CITRA
    assert fault(lambda: officers.check(station, CITRA.nrp, PASSWORD, now=NOW)) is FaultCode.SIGN_IN_REFUSED


def test_a_password_that_the_server_has_confirmed_goes_on_opening_no_longer_than_before(station):
    verifier = officers.make_verifier(PASSWORD)
    officers.put(station, CITRA, verifier, origin=Origin.SERVER, at=NOW)
    officers.put_without_password(station, CITRA)
    assert officers.check(station, CITRA.nrp, PASSWORD, now=NOW) == CITRA
    late = NOW + officers.OFFLINE_FOR + timedelta(days=1)
    assert fault(lambda: officers.check(station, CITRA.nrp, PASSWORD, now=late)) is FaultCode.SIGN_IN_EXPIRED


def test_a_password_of_an_account_that_was_made_here_does_not_become_the_servers(station):
    officers.put(station, CITRA, officers.make_verifier(PASSWORD), origin=Origin.LOCAL, at=NOW)
    officers.put_without_password(station, CITRA)
    assert fault(lambda: officers.check(station, CITRA.nrp, PASSWORD, now=NOW)) is FaultCode.SIGN_IN_REFUSED
