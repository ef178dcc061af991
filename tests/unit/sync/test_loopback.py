"""What is an answer of the identity provider, and what another program of this machine sends."""

import pytest

from tmcwall.sync.loopback import Answer, answer_in

STATE = "a-state-that-nobody-guesses"


def test_the_code_comes_with_the_state_and_the_issuer() -> None:
    target = f"/?code=c%2F1&state={STATE}&iss=https%3A%2F%2Fsso.example"
    assert answer_in(target, state=STATE) == Answer("c/1", "https://sso.example")


@pytest.mark.parametrize(
    "target",
    [
        "/?code=c1", "/?code=c1&state=guessed", f"/other?code=c1&state={STATE}", "/favicon.ico", "/?code=c1&state=",
        f"/?state={STATE}x&code=c1", f"/?code=c1&state={STATE}&{'&'.join(f'a{number}=1' for number in range(40))}",
    ],
)  # fmt: skip
def test_what_does_not_carry_the_state_is_no_answer(target: str) -> None:
    assert answer_in(target, state=STATE) is None


def test_nothing_is_an_answer_before_an_attempt_has_a_state() -> None:
    assert answer_in("/?code=c1&state=", state="") is None


def test_a_refusal_and_an_answer_without_a_code_are_told_apart_from_a_code() -> None:
    assert answer_in(f"/?error=access_denied&state={STATE}", state=STATE) == Answer("", error="access_denied")
    assert answer_in(f"/?state={STATE}", state=STATE) == Answer("", error="no code")
