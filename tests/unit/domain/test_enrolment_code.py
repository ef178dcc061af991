"""One-time codes: said by telephone, typed once."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.enrolment_code import ALPHABET, LENGTH, new_code, plain_code
from tmcwall.domain.fault import DomainCode, DomainError


def test_a_code_has_at_least_eighty_bits_and_no_letter_that_looks_like_another() -> None:
    assert LENGTH * math.log2(len(set(ALPHABET))) >= 80
    assert not set(ALPHABET) & set("01OILSZBU58")


def test_a_code_is_said_in_groups_of_four() -> None:
    assert [len(group) for group in new_code().split("-")] == [4] * 5
    assert new_code() != new_code()


@given(st.text(alphabet=" -–.\t\n", max_size=6), st.booleans())
def test_a_code_is_taken_however_its_groups_are_parted(between: str, small: bool) -> None:
    code = new_code()
    typed = between.join(code.split("-"))
    assert plain_code(typed.lower() if small else typed) == code.replace("-", "")


@given(st.text(max_size=LENGTH - 1))
def test_anything_else_is_refused_in_words(typed: str) -> None:
    with pytest.raises(DomainError) as refused:
        plain_code(typed)
    assert refused.value.code is DomainCode.ENROLMENT_CODE


@pytest.mark.parametrize(
    "typed", ["", "K7QD-2MRT-9XWC-ADFG-346", "K7QD-2MRT-9XWC-ADFG-34670", "O7QD-2MRT-9XWC-ADFG-3467"]
)
def test_a_letter_too_few_too_many_or_one_that_no_code_has_is_noticed_before_it_is_sent(typed: str) -> None:
    with pytest.raises(DomainError):
        plain_code(typed)
