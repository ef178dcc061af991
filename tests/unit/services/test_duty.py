"""Signing in, with and without the central server."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.clocks import NOON
from tests.planted import OFFICER_PASSWORD
from tests.services_stage import BRIPKA_SARI
from tmcwall.db import custody, facts, officers
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.officer import Action, Officer, Role
from tmcwall.domain.roster import Account, Origin
from tmcwall.services.duty import Duty
from tmcwall.sync.account import Session
from tmcwall.sync.connection import Refused
from tmcwall.sync.protocol import Refusal, RefusalCode
from tmcwall.sync.role_snapshot import OfficerRoles, RoleSnapshot, sign

PASSWORD = OFFICER_PASSWORD


class FakeGate:
    """A server that knows one officer, or is away."""

    def __init__(self):
        self.away = False
        self.password = PASSWORD
        self.password_due = False
        self.signed_out = []
        self.officer = BRIPKA_SARI
        self.renewed = 0
        self.renewals_refused = None
        self.good_for_s = 0.0
        self.roles = None

    @property
    def session(self):
        return Session(
            "https://tmc.example", BRIPKA_SARI, NOON + timedelta(hours=12), "token-1", "delegation-1",
            good_for_s=self.good_for_s, roles=self.roles,
        )  # fmt: skip

    def sign_in(self, nrp, password):
        if self.away:
            raise Fault(FaultCode.SERVER_UNREACHABLE)
        if (nrp, password) != (BRIPKA_SARI.nrp, self.password):
            raise Fault(FaultCode.SIGN_IN_REFUSED, retryable=False)
        if self.password_due:
            raise Fault(FaultCode.PASSWORD_DUE, retryable=False)
        return self.session

    def sign_out(self, session):
        self.signed_out.append(session.token)

    def renew(self, session):
        if self.away:
            raise Fault(FaultCode.SERVER_UNREACHABLE)
        if self.renewals_refused is not None:
            refusal = Refusal(code=self.renewals_refused)
            raise Refused(FaultCode.SIGN_IN_EXPIRED, "", status=401, refusal=refusal)
        self.renewed += 1
        return replace(session, token=f"renewed-{self.renewed}", officer=self.officer, roles=self.roles)

    def change_password(self, nrp, before, after):
        if (nrp, before) != (BRIPKA_SARI.nrp, self.password):
            raise Fault(FaultCode.SIGN_IN_REFUSED, retryable=False)
        self.password, self.password_due = after, False
        return replace(self.session, token="token-2")


@pytest.fixture
def gate():
    return FakeGate()


@pytest.fixture
def duty_of(qapp, store, clock, qtbot):
    made = []

    def start(gate=None):
        duty = Duty(store=store, gate=gate, clock=clock)
        made.append(duty)
        with qtbot.waitSignal(duty.changed):
            duty.start()
        return duty

    yield start
    for duty in made:
        duty.stop()


def sign_in(duty, qtbot, password=PASSWORD, nrp=BRIPKA_SARI.nrp):
    with qtbot.waitSignal(duty.signed_in):
        duty.sign_in(nrp, password)
    return duty.officer


def refusal(duty, qtbot, act):
    with qtbot.waitSignal(duty.sign_in_refused) as refused:
        act()
    assert not duty.busy
    return refused.args[0].code


def test_who_signs_in_stands_in_the_log_by_number_and_never_by_name_or_password(duty_of, gate, qtbot, caplog):
    with caplog.at_level("INFO", logger="tmcwall.services.duty"):
        sign_in(duty_of(gate), qtbot)
    (line,) = [record.msg for record in caplog.records if record.msg["event"] == "signed_in"]
    assert line["nrp"] == BRIPKA_SARI.nrp
    assert BRIPKA_SARI.name not in str(line)
    assert PASSWORD not in str(line)


def test_an_officer_signs_in_at_the_server_and_its_token_is_handed_on(duty_of, gate, store, qtbot):
    duty = duty_of(gate)
    assert not duty.needs_first_account
    with qtbot.waitSignal(duty.token_changed) as token:
        assert sign_in(duty, qtbot, nrp=" 8765 4321 ") == BRIPKA_SARI
    assert token.args == ["token-1"]
    assert duty.online
    rows = store.do(lambda session: custody.about(session, f"officer/{BRIPKA_SARI.nrp}"))
    assert [row.action for row in rows] == [CustodyAction.SIGNED_IN]


def test_what_the_server_gives_for_bringing_an_officers_work_later_is_kept(duty_of, gate, store, qtbot):
    sign_in(duty_of(gate), qtbot)
    kept = store.do(lambda session: officers.delegations(session, {BRIPKA_SARI.nrp, "89999999"}))
    assert kept == {BRIPKA_SARI.nrp: "delegation-1"}


def test_it_comes_also_when_the_server_confirms_an_offline_sign_in(duty_of, gate, store, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    store.do(lambda session: officers.keep_delegation(session, BRIPKA_SARI.nrp, "old"))
    duty.sign_out()
    gate.away = True
    sign_in(duty, qtbot)
    gate.away = False
    with qtbot.waitSignal(duty.token_changed):
        duty._confirm()
    assert store.do(lambda session: officers.delegations(session, {BRIPKA_SARI.nrp})) == {
        BRIPKA_SARI.nrp: "delegation-1"
    }


def test_a_wrong_password_is_refused_by_the_server_and_not_tried_offline(duty_of, gate, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    gate.password = "kata sandi baru"
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.SIGN_IN_REFUSED


def test_with_the_server_away_the_last_password_opens_and_a_wrong_one_does_not(duty_of, gate, qtbot):
    sign_in(duty_of(gate), qtbot)
    gate.away = True
    later = duty_of(gate)
    assert refusal(later, qtbot, lambda: later.sign_in(BRIPKA_SARI.nrp, "salah sekali")) is FaultCode.SIGN_IN_REFUSED
    assert sign_in(later, qtbot) == BRIPKA_SARI
    assert not later.online


def test_with_the_server_away_an_officer_never_seen_here_is_told_that_it_is_away(duty_of, gate, qtbot):
    gate.away = True
    duty = duty_of(gate)
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.SERVER_UNREACHABLE


def test_a_password_the_server_has_not_confirmed_for_long_opens_no_more(duty_of, gate, clock, qtbot):
    sign_in(duty_of(gate), qtbot)
    gate.away = True
    clock.advance(31 * 86_400)
    later = duty_of(gate)
    assert refusal(later, qtbot, lambda: later.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.SIGN_IN_EXPIRED


def test_after_an_offline_sign_in_the_token_comes_when_the_server_is_back(duty_of, gate, qtbot):
    sign_in(duty_of(gate), qtbot)
    gate.away = True
    later = duty_of(gate)
    sign_in(later, qtbot)
    gate.away = False
    with qtbot.waitSignal(later.token_changed, check_params_cb=lambda token: token == "token-1"):
        later._confirm()
    assert later.online
    assert not later._confirming.isActive()


def test_an_offline_shift_ends_when_the_server_is_back_and_refuses_the_password(duty_of, gate, qtbot):
    sign_in(duty_of(gate), qtbot)
    gate.away = True
    later = duty_of(gate)
    sign_in(later, qtbot)
    gate.away, gate.password = False, "kata sandi baru"
    with qtbot.waitSignals([later.signed_out, later.sign_in_refused]):
        later._confirm()
    assert later.officer is None


def test_without_server_the_first_account_is_made_here_and_only_once(duty_of, store, qtbot):
    duty = duty_of()
    assert duty.needs_first_account
    with qtbot.waitSignal(duty.signed_in) as signed_in:
        duty.create_first_account("12345678", "  Budi  Santoso ", PASSWORD)
    assert (signed_in.args[0].name, signed_in.args[0].role) == ("Budi Santoso", Role.HEAD)
    assert not duty.needs_first_account
    second = lambda: duty.create_first_account("22345678", "Lain", PASSWORD)  # noqa: E731 - called twice
    assert refusal(duty, qtbot, second) is DomainCode.NOT_ALLOWED
    after = duty_of()
    assert sign_in(after, qtbot, nrp="12345678").nrp == "12345678"


def test_with_a_server_there_is_no_local_account(duty_of, gate, qtbot):
    duty = duty_of(gate)
    assert (
        refusal(duty, qtbot, lambda: duty.create_first_account("12345678", "Budi", PASSWORD)) is DomainCode.NOT_ALLOWED
    )


@pytest.mark.parametrize(
    ("nrp", "name", "password", "code"),
    [
        ("12345678", "Budi", "pendek", DomainCode.PASSWORD_WEAK),
        ("12345678", "Budi", "nrp 12345678 ok", DomainCode.PASSWORD_WEAK),
        ("1234", "Budi", PASSWORD, DomainCode.FIELD_INVALID),
        ("12345678", "  ", PASSWORD, DomainCode.FIELD_MISSING),
    ],
)
def test_a_first_account_needs_number_name_and_a_password_of_twelve(duty_of, qtbot, nrp, name, password, code):
    duty = duty_of()
    assert refusal(duty, qtbot, lambda: duty.create_first_account(nrp, name, password)) is code


def test_signing_out_ends_the_shift_here_and_at_the_server(duty_of, gate, store, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    with qtbot.waitSignals([duty.signed_out, duty.token_changed]):
        duty.sign_out()
    qtbot.waitUntil(lambda: gate.signed_out == ["token-1"])
    with pytest.raises(DomainError):
        duty.demand(Action.TAG)
    rows = store.do(lambda session: custody.about(session, f"officer/{BRIPKA_SARI.nrp}"))
    assert [row.action for row in rows] == [CustodyAction.SIGNED_IN, CustodyAction.SIGNED_OUT]


def test_a_role_may_do_what_it_carries(duty_of, gate, qtbot):
    duty = duty_of(gate)
    assert not duty.can(Action.TAG)
    sign_in(duty, qtbot)
    assert duty.can(Action.TAG)
    assert not duty.can(Action.MANAGE_OFFICERS)


def test_no_password_is_kept(duty_of, gate, store, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    assert duty._unconfirmed is None
    kept = store.do(lambda session: [str(row) for row in session.execute(officers._table.select())])
    assert PASSWORD not in "".join(kept)


ADMIN = Officer("12345678", "Budi Santoso", Role.ADMIN)
ONE_TIME = "k7mf-2qhd-x9pt"


@pytest.fixture
def station(store):
    """A workstation without server: an admin, and an operator who has a one-time password."""
    store.do(partial(officers.add_first, officer=ADMIN, verifier=officers.make_verifier(PASSWORD), at=NOON))
    verifier = officers.make_verifier(ONE_TIME)
    store.do(partial(officers.add, officer=BRIPKA_SARI, verifier=verifier, by=ADMIN.nrp, at=NOON))


@pytest.fixture
def newcomer(duty_of, station, qtbot):
    """Duty after somebody has given a one-time password."""
    duty = duty_of()
    duty.sign_in(BRIPKA_SARI.nrp, ONE_TIME)
    qtbot.waitUntil(lambda: duty.needs_new_password)
    return duty


def test_no_first_account_is_asked_for_once_a_command_has_made_one(duty_of, store, qtbot):
    duty = duty_of()
    assert duty.needs_first_account
    verifier = officers.make_verifier(ONE_TIME)
    store.do(partial(officers.add, officer=ADMIN, verifier=verifier, by="os:root", at=NOON))
    with qtbot.waitSignal(duty.changed):
        duty.reload()
    assert not duty.needs_first_account


def test_nobody_goes_on_duty_with_a_one_time_password(newcomer, store):
    assert newcomer.officer is None
    assert not newcomer.busy
    rows = store.do(lambda session: custody.about(session, f"officer/{BRIPKA_SARI.nrp}"))
    assert CustodyAction.SIGNED_IN not in [row.action for row in rows]


def test_a_one_time_password_is_changed_and_then_opens_no_more(newcomer, duty_of, qtbot):
    with qtbot.waitSignal(newcomer.signed_in) as signed_in:
        newcomer.choose_password(PASSWORD)
    assert signed_in.args == [BRIPKA_SARI]
    assert not newcomer.needs_new_password
    later = duty_of()
    assert refusal(later, qtbot, lambda: later.sign_in(BRIPKA_SARI.nrp, ONE_TIME)) is FaultCode.SIGN_IN_REFUSED
    assert sign_in(later, qtbot) == BRIPKA_SARI


@pytest.mark.parametrize(
    ("chosen", "code"), [(ONE_TIME, DomainCode.PASSWORD_UNCHANGED), ("pendek", DomainCode.PASSWORD_WEAK)]
)
def test_the_new_password_keeps_the_rule_and_is_another_one(newcomer, qtbot, chosen, code):
    assert refusal(newcomer, qtbot, lambda: newcomer.choose_password(chosen)) is code
    assert newcomer.needs_new_password


def test_who_does_not_go_on_leaves_the_one_time_password_good(newcomer, qtbot):
    with qtbot.waitSignal(newcomer.changed):
        newcomer.abandon_sign_in()
    assert not newcomer.needs_new_password
    newcomer.sign_in(BRIPKA_SARI.nrp, ONE_TIME)
    qtbot.waitUntil(lambda: newcomer.needs_new_password)


def test_an_account_disabled_meanwhile_takes_no_new_password(newcomer, store, qtbot):
    store.do(partial(officers.disable, nrp=BRIPKA_SARI.nrp, by=ADMIN.nrp, at=NOON))
    assert refusal(newcomer, qtbot, lambda: newcomer.choose_password(PASSWORD)) is DomainCode.NOT_ALLOWED


def test_a_disabled_officer_is_not_let_in(duty_of, station, store, qtbot):
    store.do(partial(officers.disable, nrp=BRIPKA_SARI.nrp, by=ADMIN.nrp, at=NOON))
    duty = duty_of()
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, ONE_TIME)) is FaultCode.ACCOUNT_DISABLED


def test_wrong_passwords_delay_the_next_attempt_also_after_a_restart_and_never_for_long(duty_of, station, clock, qtbot):
    duty = duty_of()
    wrong = [refusal(duty, qtbot, lambda: duty.sign_in(ADMIN.nrp, "salah sekali")) for _ in range(4)]
    assert wrong == [FaultCode.SIGN_IN_REFUSED] * 3 + [FaultCode.SIGN_IN_DELAYED]
    after_restart = duty_of()
    again = refusal(after_restart, qtbot, lambda: after_restart.sign_in(ADMIN.nrp, PASSWORD))
    assert again is FaultCode.SIGN_IN_DELAYED
    clock.advance(2)
    assert sign_in(after_restart, qtbot, nrp=ADMIN.nrp) == ADMIN
    assert refusal(duty, qtbot, lambda: duty.sign_in(ADMIN.nrp, "salah sekali")) is FaultCode.SIGN_IN_REFUSED


def test_an_officer_who_is_disabled_goes_off_duty_at_once_and_is_told_why(duty_of, station, qtbot):
    duty = duty_of()
    sign_in(duty, qtbot, nrp=ADMIN.nrp)
    with qtbot.waitSignal(duty.signed_out), qtbot.waitSignal(duty.sign_in_refused) as told:
        duty.follow(Account(ADMIN, Origin.LOCAL, disabled_at=NOON))
    assert duty.officer is None
    assert told.args[0].code is FaultCode.ACCOUNT_DISABLED


def test_an_officer_on_duty_who_gets_another_role_has_it_at_once(duty_of, station, qtbot):
    duty = duty_of()
    sign_in(duty, qtbot, nrp=ADMIN.nrp)
    with qtbot.waitSignal(duty.changed):
        duty.follow(Account(replace(ADMIN, role=Role.AUDITOR), Origin.LOCAL))
    assert not duty.can(Action.TAG)


def test_the_account_of_somebody_else_changes_nothing(duty_of, station, qtbot):
    duty = duty_of()
    sign_in(duty, qtbot, nrp=ADMIN.nrp)
    duty.follow(Account(BRIPKA_SARI, Origin.LOCAL, disabled_at=NOON))
    assert duty.officer == ADMIN


def test_when_the_server_takes_a_token_no_more_before_its_time_the_shift_ends_and_offline_sign_in_with_it(
    duty_of, gate, qtbot
):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    with qtbot.waitSignal(duty.signed_out), qtbot.waitSignal(duty.sign_in_refused) as told:
        duty.take_refused_token("token-1")
    assert told.args[0].code is FaultCode.SIGN_IN_WITHDRAWN
    gate.away = True
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.SIGN_IN_EXPIRED


def test_a_token_that_has_expired_or_is_of_the_shift_before_ends_no_shift(duty_of, gate, clock, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    duty.take_refused_token("token-0")
    assert duty.officer == BRIPKA_SARI
    clock.advance(12 * 3600)
    duty.take_refused_token("token-1")
    assert duty.officer == BRIPKA_SARI


def test_a_password_that_the_server_refuses_opens_no_more_when_the_server_is_away(duty_of, gate, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    gate.password = "kata sandi baru"
    refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD))
    gate.away = True
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.SIGN_IN_EXPIRED


def test_a_typing_error_at_the_server_leaves_the_offline_sign_in(duty_of, gate, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, "kereta senja 1926"))
    gate.away = True
    assert sign_in(duty, qtbot) == BRIPKA_SARI


OWN = "bintang timur 88"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def roles(*, role=Role.OPERATOR, disabled=False, key=KEY, units=()):
    """What the server says of Sari, for a week."""
    said = OfficerRoles(nrp=BRIPKA_SARI.nrp, role=role, disabled=disabled, units=units)
    return sign(RoleSnapshot(issued_at=NOON, good_for_s=7 * 86400, officers=(said,)), key)


def test_the_next_token_is_asked_for_before_the_last_one_ends_and_handed_on(duty_of, gate, qtbot):
    gate.good_for_s = 0.03
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    with qtbot.waitSignal(duty.token_changed, check_params_cb=lambda token: token == "renewed-1"):
        pass
    assert duty.online


def test_a_server_that_is_away_is_asked_for_the_next_token_again(duty_of, gate, qtbot):
    gate.good_for_s = 0.03
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    gate.away = True
    qtbot.wait(50)
    gate.away = False
    with qtbot.waitSignal(duty.token_changed, check_params_cb=lambda token: token.startswith("renewed-")):
        pass


def test_other_rights_come_with_the_next_token(duty_of, gate, qtbot):
    gate.good_for_s = 900
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    gate.officer = replace(BRIPKA_SARI, role=Role.INVESTIGATOR, units=("Reskrim",))
    with qtbot.waitSignal(duty.changed):
        duty.take_expired_token("token-1")
    assert duty.can(Action.EDIT_CASE, unit="Reskrim")
    assert not duty.can(Action.EDIT_CASE, unit="Lantas")


def test_a_session_that_the_server_has_forgotten_ends_no_shift_and_one_that_it_withdrew_does(duty_of, gate, qtbot):
    gate.good_for_s = 900
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    gate.renewals_refused = RefusalCode.SESSION_ENDED
    with qtbot.waitSignal(duty.token_changed) as token:
        duty.take_expired_token("token-1")
    assert token.args == [None]
    assert (duty.officer, duty.online) == (BRIPKA_SARI, False)
    sign_in(duty, qtbot)
    gate.renewals_refused = RefusalCode.UNAUTHORIZED
    assert refusal(duty, qtbot, lambda: duty.take_expired_token("token-1")) is FaultCode.SIGN_IN_WITHDRAWN
    assert duty.officer is None


def test_a_token_refused_by_a_server_that_renews_them_is_withdrawn_whatever_the_clock_says(duty_of, gate, clock, qtbot):
    gate.good_for_s = 900
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    clock.advance(3 * 86400)
    assert refusal(duty, qtbot, lambda: duty.take_refused_token("token-1")) is FaultCode.SIGN_IN_WITHDRAWN


def test_a_one_time_password_of_the_server_is_changed_there_before_anybody_is_on_duty(duty_of, gate, store, qtbot):
    gate.password_due = True
    duty = duty_of(gate)
    with qtbot.waitSignal(duty.changed, check_params_cb=lambda: duty.needs_new_password):
        duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)
    assert duty.officer is None
    with qtbot.waitSignal(duty.signed_in):
        duty.choose_password(OWN)
    assert gate.password == OWN
    gate.away = True
    duty.sign_out()
    assert sign_in(duty, qtbot, password=OWN) == BRIPKA_SARI


def test_the_own_password_is_changed_at_the_server_and_the_shift_goes_on(duty_of, gate, qtbot):
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    said: list[Any] = []
    with qtbot.waitSignal(duty.token_changed) as token:
        duty.change_password(PASSWORD, OWN, done=lambda: said.append("done"), refused=said.append)
    assert (token.args, said, duty.officer) == (["token-2"], ["done"], BRIPKA_SARI)
    duty.change_password("salah sekali ya", OWN, done=lambda: said.append("done"), refused=said.append)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said[1].code is FaultCode.SIGN_IN_REFUSED
    assert not duty.busy


def offline(duty_of, gate, qtbot, said):
    """Signed in once with the server's word, and once more while it is away."""
    gate.roles = said
    duty = duty_of(gate)
    sign_in(duty, qtbot)
    duty.sign_out()
    gate.away = True
    return duty


def test_offline_the_servers_last_word_decides_what_an_officer_may(duty_of, gate, qtbot):
    duty = offline(duty_of, gate, qtbot, roles(role=Role.INVESTIGATOR, units=("Reskrim",)))
    sign_in(duty, qtbot)
    assert duty.can(Action.EDIT_CASE, unit="Reskrim")
    assert duty.officer.role is Role.INVESTIGATOR


@pytest.mark.parametrize("days", [8, -1])
def test_when_that_is_too_old_or_the_clock_was_set_back_looking_is_all_that_is_left(duty_of, gate, clock, qtbot, days):
    duty = offline(duty_of, gate, qtbot, roles())
    sign_in(duty, qtbot)
    assert duty.can(Action.TAG)
    clock.advance(days * 86400)
    assert duty.can(Action.VIEW)
    with pytest.raises(DomainError) as refused:
        duty.demand(Action.TAG)
    assert refused.value.code is DomainCode.ROLES_OUTDATED


def test_an_officer_who_was_disabled_does_not_get_in_offline_once_that_was_heard(duty_of, gate, qtbot):
    gate.good_for_s = 900
    duty = offline(duty_of, gate, qtbot, roles())
    gate.away = False
    sign_in(duty, qtbot)
    gate.roles = roles(disabled=True)
    with qtbot.waitSignal(duty.roles_kept):
        duty.take_expired_token("token-1")
    duty.sign_out()
    gate.away = True
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.ACCOUNT_DISABLED


def test_a_word_that_another_has_signed_is_not_kept(duty_of, gate, qtbot):
    gate.good_for_s = 900
    duty = duty_of(gate)
    gate.roles = roles()
    sign_in(duty, qtbot)
    gate.roles = roles(role=Role.HEAD, key=Ed25519PrivateKey.generate())
    with qtbot.waitSignal(duty.token_changed):
        duty.take_expired_token("token-1")
    duty.sign_out()
    gate.away = True
    sign_in(duty, qtbot)
    assert duty.officer.role is Role.OPERATOR


def test_a_word_that_was_altered_in_the_store_holds_for_no_time(duty_of, gate, store, qtbot):
    duty = offline(duty_of, gate, qtbot, roles())
    stored = store.do(lambda session: facts.get(session, "roles"))
    stored["signed"]["text"] = stored["signed"]["text"].replace("operator", "kepala")
    store.do(lambda session: facts.put(session, "roles", stored))
    sign_in(duty, qtbot)
    assert duty.can(Action.VIEW)
    assert not duty.can(Action.TAG)


def test_whom_the_server_has_let_in_by_the_browser_goes_on_duty_and_keeps_no_password(duty_of, gate, store, qtbot):
    duty = duty_of(gate)
    with qtbot.waitSignal(duty.signed_in):
        duty.admit(gate.session)
    assert (duty.officer, duty.online) == (BRIPKA_SARI, True)
    duty.sign_out()
    gate.away = True
    assert refusal(duty, qtbot, lambda: duty.sign_in(BRIPKA_SARI.nrp, PASSWORD)) is FaultCode.SIGN_IN_REFUSED
