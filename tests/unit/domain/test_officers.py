"""Officers and what their roles carry."""

import pytest

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer, Role, can, check_nrp, check_units, demand, may


@pytest.mark.parametrize(("text", "nrp"), [("12345678", "12345678"), (" 419 813 190 ", "419813190")])
def test_a_service_number_has_eight_or_nine_digits(text: str, nrp: str) -> None:
    assert check_nrp(text) == nrp


@pytest.mark.parametrize("text", ["", "1234567", "1234567890", "1234567a", "١٢٣٤٥٦٧٨"])
def test_anything_else_is_no_service_number(text: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_nrp(text)
    assert refused.value.code is DomainCode.FIELD_INVALID


def test_only_a_supervisor_or_a_head_lifts_quarantine() -> None:
    assert {role for role in Role if may(role, Action.LIFT_QUARANTINE)} == {Role.SUPERVISOR, Role.HEAD}


def test_a_head_may_what_supervisor_and_admin_may_together_and_read_who_watched() -> None:
    both = {action for action in Action if may(Role.SUPERVISOR, action) or may(Role.ADMIN, action)}
    assert {action for action in Action if may(Role.HEAD, action)} == both | {Action.READ_OVERSIGHT} == set(Action)


def test_a_camera_is_put_out_of_use_by_those_who_answer_for_cameras() -> None:
    assert {role for role in Role if may(role, Action.CHANGE_STANDING)} == {
        Role.DUTY_OFFICER,
        Role.SUPERVISOR,
        Role.ADMIN,
        Role.HEAD,
    }


def test_an_auditor_reads_and_changes_nothing() -> None:
    assert {action for action in Action if may(Role.AUDITOR, action)} == {
        Action.VIEW,
        Action.ARRANGE_WALLS,
        Action.READ_CUSTODY,
        Action.READ_OVERSIGHT,
    }
    with pytest.raises(DomainError) as refused:
        demand(Officer("12345678", "Tri", Role.AUDITOR), Action.TAG)
    assert refused.value.code is DomainCode.NOT_ALLOWED


@pytest.mark.parametrize("role", Role)
def test_what_belongs_to_a_unit_is_for_its_officers_and_for_those_who_oversee_all(role: Role) -> None:
    own, other = (Officer("12345678", "Tri", role, units=(unit,)) for unit in ("Reskrim", "Lantas"))
    for action in Action:
        assert can(own, action) == can(own, action, unit="RESKRIM") == may(role, action)
    assert can(other, Action.VIEW, unit="Reskrim") is (role in {Role.SUPERVISOR, Role.HEAD, Role.AUDITOR})


def test_whoever_is_told_a_number_may_tag_for_a_case_of_another_unit() -> None:
    assert can(Officer("12345678", "Tri", Role.OPERATOR), Action.TAG, unit="Reskrim")


def test_those_who_handle_cases_are_told_who_reported() -> None:
    assert {role for role in Role if may(role, Action.READ_REPORTER)} == {
        role for role in Role if may(role, Action.EDIT_CASE)
    }


def test_units_are_kept_once_and_in_order() -> None:
    assert check_units([" Reskrim", "Lantas", "lantas ", ""]) == ("lantas", "Reskrim")
    with pytest.raises(DomainError):
        check_units(["x" * 65])


def test_everybody_else_may_tag() -> None:
    assert {role for role in Role if may(role, Action.TAG)} == set(Role) - {Role.AUDITOR}
