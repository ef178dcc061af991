"""More officers on a workstation: what the officer on duty does with accounts, and what is refused."""

from functools import partial

import pytest

from tests.clocks import NOON
from tests.planted import OFFICER_PASSWORD as PASSWORD
from tests.services_stage import FakeDuty
from tmcwall.db import custody, officers
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account, Origin
from tmcwall.services.officers import Officers

ANI = Officer("11111111", "Ani", Role.ADMIN, "Iptu")
BUDI = Officer("22222222", "Budi", Role.OPERATOR, "Bripda")
CHOSEN = "bintang timur 88"


@pytest.fixture
def service_of(qapp, store, clock, qtbot):
    """The service with somebody on duty, on a workstation of an admin, Ani, and an operator, Budi."""
    made = []
    verifier = officers.make_verifier(PASSWORD)
    store.do(partial(officers.add_first, officer=ANI, verifier=verifier, at=NOON))
    store.do(partial(officers.add, officer=BUDI, verifier=verifier, by=ANI.nrp, at=NOON))

    def start(on_duty=ANI, *, kept_at_server=False):
        service = Officers(store=store, duty=FakeDuty(on_duty), clock=clock, kept_at_server=kept_at_server)
        made.append(service)
        with qtbot.waitSignal(service.changed):
            service.start()
        return service

    yield start
    for service in made:
        service.stop()


def refusal(service, qtbot, act):
    with qtbot.waitSignal(service.refused) as refused:
        act()
    return refused.args[0].code


def issued(service, qtbot, act):
    with qtbot.waitSignal(service.changed), qtbot.waitSignal(service.password_issued) as told:
        act()
    return told.args[0]


def test_an_admin_adds_an_officer_and_gets_a_one_time_password_to_hand_over(service_of, store, qtbot):
    service = service_of()
    given = issued(
        service, qtbot, lambda: service.add(" 3333 3333 ", rank="Aipda", name="Citra  Dewi", role=Role.INVESTIGATOR)
    )
    made = Officer("33333333", "Citra Dewi", Role.INVESTIGATOR, "Aipda")
    assert service.get("33333333") == Account(made, Origin.LOCAL, password_due=True)
    assert store.do(partial(officers.check, nrp=given.nrp, password=given.password, now=NOON)) == made
    assert given.password not in repr(given)


@pytest.mark.parametrize(
    ("nrp", "name", "code"),
    [
        ("1234", "Citra", DomainCode.FIELD_INVALID),
        ("33333333", "  ", DomainCode.FIELD_MISSING),
        (BUDI.nrp, "Citra", DomainCode.ACCOUNT_EXISTS),
    ],
)
def test_an_account_needs_a_number_of_its_own_and_a_name(service_of, qtbot, nrp, name, code):
    service = service_of()
    assert refusal(service, qtbot, lambda: service.add(nrp, rank="", name=name, role=Role.OPERATOR)) is code


def test_an_admin_resets_the_password_of_another_and_not_of_himself(service_of, store, qtbot):
    service = service_of()
    store.do(partial(officers.change_password, nrp=BUDI.nrp, verifier=officers.make_verifier(PASSWORD), at=NOON))
    with qtbot.waitSignal(service.changed):
        service.reload()
    given = issued(service, qtbot, lambda: service.reset_password(BUDI.nrp))
    assert service.get(BUDI.nrp).password_due
    assert store.do(partial(officers.check, nrp=BUDI.nrp, password=given.password, now=NOON)) == BUDI
    assert refusal(service, qtbot, lambda: service.reset_password(ANI.nrp)) is DomainCode.OWN_ACCOUNT


def test_an_account_that_changes_is_told_of(service_of, qtbot):
    service = service_of()
    for act, enabled in ((service.disable, False), (service.enable, True)):
        with qtbot.waitSignal(service.account_changed) as told:
            act(BUDI.nrp)
        assert (told.args[0].officer, told.args[0].enabled) == (BUDI, enabled)
    with qtbot.waitSignal(service.account_changed) as told:
        service.put_role(BUDI.nrp, Role.ADMIN)
    assert told.args[0].officer.role is Role.ADMIN


def test_what_a_command_has_changed_is_told_of_as_well(service_of, store, qtbot):
    service = service_of()
    store.do(partial(officers.disable, nrp=BUDI.nrp, by="console/root", at=NOON))
    with qtbot.waitSignal(service.account_changed) as told:
        service.reload()
    assert not told.args[0].enabled


def test_the_last_admin_and_the_own_account_stay_as_they_are(service_of, qtbot):
    service = service_of()
    assert refusal(service, qtbot, lambda: service.put_role(ANI.nrp, Role.OPERATOR)) is DomainCode.OWN_ACCOUNT
    assert refusal(service, qtbot, lambda: service.disable(ANI.nrp)) is DomainCode.OWN_ACCOUNT


@pytest.mark.parametrize(("on_duty", "code"), [(BUDI, DomainCode.NOT_ALLOWED), (None, DomainCode.NOT_ON_DUTY)])
def test_only_an_admin_on_duty_changes_accounts(service_of, qtbot, on_duty, code):
    service = service_of(on_duty)
    acts = (
        lambda: service.add("33333333", rank="", name="Citra", role=Role.ADMIN),
        lambda: service.put_role(BUDI.nrp, Role.ADMIN),
        lambda: service.disable(ANI.nrp),
        lambda: service.enable(ANI.nrp),
        lambda: service.reset_password(ANI.nrp),
    )
    assert [refusal(service, qtbot, act) for act in acts] == [code] * 5


def test_where_a_server_keeps_the_accounts_they_are_shown_and_not_changed(service_of, qtbot):
    service = service_of(kept_at_server=True)
    assert [account.officer for account in service.all()] == [ANI, BUDI]
    assert refusal(service, qtbot, lambda: service.disable(BUDI.nrp)) is DomainCode.ACCOUNT_OF_SERVER


def test_there_the_own_password_is_changed_at_the_server(service_of, qtbot):
    service = service_of(kept_at_server=True)
    with qtbot.waitSignal(service.password_changed):
        service.change_own_password(PASSWORD, CHOSEN)
    wrong = lambda: service.change_own_password("bukan yang lama", CHOSEN)  # noqa: E731 - one of several acts
    assert refusal(service, qtbot, wrong) is FaultCode.SIGN_IN_REFUSED
    weak = lambda: service.change_own_password(PASSWORD, "polri 123456")  # noqa: E731 - one of several acts
    assert refusal(service, qtbot, weak) is DomainCode.PASSWORD_WEAK


def test_an_officer_changes_his_own_password_with_the_old_one(service_of, store, qtbot):
    service = service_of()
    with qtbot.waitSignal(service.password_changed):
        service.change_own_password(PASSWORD, CHOSEN)
    assert store.do(partial(officers.check, nrp=ANI.nrp, password=CHOSEN, now=NOON)) == ANI
    rows = store.do(lambda session: custody.about(session, f"officer/{ANI.nrp}"))
    assert (rows[-1].actor, rows[-1].action) == (ANI.nrp, CustodyAction.PASSWORD_CHANGED)


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("salah sekali ya", CHOSEN, FaultCode.SIGN_IN_REFUSED),
        (PASSWORD, PASSWORD, DomainCode.PASSWORD_UNCHANGED),
        (PASSWORD, "pendek", DomainCode.PASSWORD_WEAK),
    ],
)
def test_the_own_password_stays_when_the_old_one_is_wrong_or_the_new_one_unfit(
    service_of, store, qtbot, before, after, code
):
    service = service_of()
    assert refusal(service, qtbot, lambda: service.change_own_password(before, after)) is code
    assert store.do(partial(officers.check, nrp=ANI.nrp, password=PASSWORD, now=NOON)) == ANI


def test_the_log_says_who_did_what_to_whom_and_never_a_password(service_of, qtbot, caplog):
    service = service_of()
    with caplog.at_level("INFO", logger="tmcwall.services.officers"):
        given = issued(service, qtbot, lambda: service.add("33333333", rank="", name="Citra", role=Role.ADMIN))
        with qtbot.waitSignal(service.account_changed):
            service.disable("33333333")
    lines = [record.msg for record in caplog.records]
    assert [line["event"] for line in lines] == ["one_time_password_issued", "account_changed"]
    assert {(line["nrp"], line["by"]) for line in lines} == {("33333333", ANI.nrp)}
    assert given.password not in str(lines)
