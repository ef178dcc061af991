"""What may be done with the accounts of a workstation: whatever is tried, an admin or head can sign in afterwards."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Account, Origin, Roster

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
ADMIN = Account(Officer("11111111", "Ani", Role.ADMIN), Origin.LOCAL)
HEAD = Account(Officer("44444444", "Eka", Role.HEAD), Origin.LOCAL)
OPERATOR = Account(Officer("22222222", "Budi", Role.OPERATOR), Origin.LOCAL)
REMEMBERED = Account(Officer("33333333", "Citra", Role.ADMIN), Origin.SERVER)
ROSTER = Roster([ADMIN, OPERATOR, REMEMBERED])


def refusal(act) -> DomainCode:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


def test_the_first_account_is_an_admins_or_a_heads() -> None:
    assert refusal(lambda: Roster([]).add(OPERATOR.officer)) is DomainCode.LAST_ADMIN
    assert Roster([]).add(ADMIN.officer).officer == ADMIN.officer
    assert Roster([]).add(HEAD.officer).officer == HEAD.officer


def test_a_head_becomes_a_supervisor_as_soon_as_somebody_else_is_admin() -> None:
    assert refusal(lambda: Roster([HEAD]).with_role("44444444", Role.SUPERVISOR, by="os:ani")) is DomainCode.LAST_ADMIN
    two = Roster([HEAD, ADMIN])
    assert two.with_role("44444444", Role.SUPERVISOR, by="11111111").officer.role is Role.SUPERVISOR


def test_a_new_account_has_a_one_time_password() -> None:
    assert ROSTER.add(Officer("44444444", "Dewi", Role.INVESTIGATOR)).password_due
    assert refusal(lambda: ROSTER.add(OPERATOR.officer)) is DomainCode.ACCOUNT_EXISTS


def test_the_last_admin_is_neither_disabled_nor_given_another_role() -> None:
    assert refusal(lambda: ROSTER.disabled("11111111", by="22222222", at=NOW)) is DomainCode.LAST_ADMIN
    assert refusal(lambda: ROSTER.with_role("11111111", Role.OPERATOR, by="22222222")) is DomainCode.LAST_ADMIN


def test_an_admin_of_the_server_does_not_stand_in_for_one_of_this_workstation() -> None:
    assert refusal(lambda: ROSTER.disabled("11111111", by="33333333", at=NOW)) is DomainCode.LAST_ADMIN


def test_nobody_changes_his_own_account() -> None:
    two = Roster([ADMIN, replace(OPERATOR, officer=replace(OPERATOR.officer, role=Role.ADMIN))])
    own = (
        lambda: two.with_role("11111111", Role.OPERATOR, by="11111111"),
        lambda: two.disabled("11111111", by="11111111", at=NOW),
        lambda: two.with_password_reset("11111111", by="11111111"),
    )
    assert [refusal(act) for act in own] == [DomainCode.OWN_ACCOUNT] * 3


def test_an_account_of_the_server_is_disabled_here_but_changed_there() -> None:
    assert not ROSTER.disabled("33333333", by="11111111", at=NOW).enabled
    assert refusal(lambda: ROSTER.with_role("33333333", Role.AUDITOR, by="11111111")) is DomainCode.ACCOUNT_OF_SERVER
    assert refusal(lambda: ROSTER.with_password_reset("33333333", by="11111111")) is DomainCode.ACCOUNT_OF_SERVER


def test_a_reset_password_is_due_until_the_officer_chooses_one() -> None:
    reset = ROSTER.with_password_reset("22222222", by="11111111")
    assert reset.password_due
    assert not Roster([ADMIN, reset]).with_own_password("22222222").password_due


def test_who_is_disabled_chooses_no_password_and_stays_disabled_since_then() -> None:
    disabled = ROSTER.disabled("22222222", by="11111111", at=NOW)
    later = Roster([ADMIN, disabled])
    assert refusal(lambda: later.with_own_password("22222222")) is DomainCode.NOT_ALLOWED
    assert later.disabled("22222222", by="11111111", at=NOW.replace(year=2026)) == disabled
    assert later.enabled("22222222", by="11111111") == OPERATOR


def test_an_unknown_number_is_not_found() -> None:
    assert refusal(lambda: ROSTER.enabled("99999999", by="11111111")) is DomainCode.NOT_FOUND


class AccountsOverTheYears(RuleBasedStateMachine):
    """Whatever officers do with each other's accounts, and in which order."""

    someone = st.sampled_from([f"1000000{digit}" for digit in range(5)])

    def __init__(self) -> None:
        super().__init__()
        self.accounts: dict[str, Account] = {}

    def attempt(self, act) -> None:
        try:
            changed = act(Roster(self.accounts.values()))
        except DomainError:
            return
        self.accounts[changed.officer.nrp] = changed

    @rule(nrp=someone, role=st.sampled_from(Role))
    def add(self, nrp: str, role: Role) -> None:
        self.attempt(lambda roster: roster.add(Officer(nrp, "Petugas", role)))

    @rule(nrp=someone, by=someone, role=st.sampled_from(Role))
    def change_role(self, nrp: str, by: str, role: Role) -> None:
        before = self.accounts.get(by)
        self.attempt(lambda roster: roster.with_role(nrp, role, by=by))
        assert nrp != by or self.accounts.get(by) == before

    @rule(nrp=someone, by=someone)
    def disable(self, nrp: str, by: str) -> None:
        self.attempt(lambda roster: roster.disabled(nrp, by=by, at=NOW))

    @rule(nrp=someone, by=someone)
    def enable(self, nrp: str, by: str) -> None:
        self.attempt(lambda roster: roster.enabled(nrp, by=by))

    @rule(nrp=someone, by=someone)
    def reset(self, nrp: str, by: str) -> None:
        self.attempt(lambda roster: roster.with_password_reset(nrp, by=by))

    @rule(nrp=someone)
    def choose_password(self, nrp: str) -> None:
        self.attempt(lambda roster: roster.with_own_password(nrp))

    @invariant()
    def somebody_who_manages_officers_can_sign_in(self) -> None:
        enabled = {one.officer.role for one in self.accounts.values() if one.enabled}
        assert enabled & {Role.ADMIN, Role.HEAD} or not self.accounts


TestAccountsOverTheYears = AccountsOverTheYears.TestCase
