"""What an officer's password must be, wherever the account is kept."""

import pytest

from tmcwall.common_passwords import check_new_password
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.password import LONGEST_PASSWORD, check_changed, check_password, one_time_password

NRP = "12345678"


@pytest.mark.parametrize(
    "password", ["kereta senja", "a" * 9 + "bcd", "kata 😀 sandi", "x1y2" * (LONGEST_PASSWORD // 4)]
)
def test_twelve_characters_of_four_kinds_are_enough(password: str) -> None:
    check_password(password, nrp=NRP)


@pytest.mark.parametrize(
    "password",
    ["", "sebelas  ok", "aaaaaaaaaaaabc", "x1y2" * (LONGEST_PASSWORD // 4) + "z", f"sandi {NRP}", NRP],
)
def test_short_long_monotonous_ones_and_those_with_the_service_number_are_weak(password: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_password(password, nrp=NRP)
    assert refused.value.code is DomainCode.PASSWORD_WEAK


COMMON = frozenset({"password", "qwerty", "123456", "leavemealone", "dragon"})


@pytest.mark.parametrize(
    "password",
    [
        "leavemealone", "LeaveMeAlone", "password1234", "12dragon2024", "qwertyqwerty", "123456123456",
        "abcdefghijkl", "987654321098", "polresta 2026", "tmcwall-sandi1", "siti rahma 99", "Rahasia-Polri-1",
    ],
)  # fmt: skip
def test_common_ones_and_those_that_hold_little_but_known_words_are_weak(password: str) -> None:
    with pytest.raises(DomainError) as refused:
        check_password(password, nrp=NRP, name="Siti Rahma", common=COMMON)
    assert refused.value.code is DomainCode.PASSWORD_WEAK


@pytest.mark.parametrize(
    "password", ["kereta polres senja", "naga hijau 1234", "password kuda laut biru", "a1b2c3d4e5f6"]
)
def test_known_words_among_others_do_no_harm(password: str) -> None:
    check_password(password, nrp=NRP, name="Siti Rahma", common=COMMON)


def test_the_list_holds_three_thousand_and_what_is_long_enough_of_the_rest() -> None:
    for password in ("leavemealone", "justinbieber", "password1234"):
        with pytest.raises(DomainError):
            check_new_password(password, nrp=NRP)
    check_new_password("kereta senja utama", nrp=NRP)


def test_a_short_name_of_a_server_account_may_be_part_of_a_password_but_not_all_of_it() -> None:
    check_password("administrasi kota", nrp="admin")
    with pytest.raises(DomainError):
        check_password("Administrator-1", nrp="administrator-1")


def test_one_time_passwords_keep_the_rule_and_differ() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        check_password(password, nrp=NRP)
        assert not set(password) & set("01ilo")


def test_the_same_password_is_no_change() -> None:
    check_changed("kereta senja", "kereta pagi")
    with pytest.raises(DomainError) as refused:
        check_changed("kereta senja", "kereta senja")
    assert refused.value.code is DomainCode.PASSWORD_UNCHANGED
