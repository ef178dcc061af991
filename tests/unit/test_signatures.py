"""Signatures are for one purpose, one text and one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.signatures import Purpose, SigningKey, fingerprint, verifies

KEY, OTHER = SigningKey.new(), SigningKey.new()


@given(st.text(), st.text(), st.sampled_from(Purpose), st.sampled_from(Purpose))
def test_a_signature_answers_for_what_was_signed_and_nothing_else(
    text: str, other: str, purpose: Purpose, wanted: Purpose
) -> None:
    signature = KEY.sign(purpose, text)
    assert verifies(KEY.public, wanted, other, signature) is ((text, purpose) == (other, wanted))
    assert not verifies(OTHER.public, purpose, text, signature)


@given(st.text())
def test_what_is_no_signature_or_no_key_answers_for_nothing(nonsense: str) -> None:
    assert not verifies(KEY.public, Purpose.OPERATION, "x", nonsense)
    assert not verifies(nonsense, Purpose.OPERATION, "x", KEY.sign(Purpose.OPERATION, "x"))


def test_a_key_comes_back_from_its_secret_and_shows_it_nowhere() -> None:
    again = SigningKey.of_secret(KEY.secret)
    assert again.public == KEY.public
    assert KEY.secret not in f"{KEY!r}{vars(KEY)}"
    with pytest.raises(ValueError):
        SigningKey.of_secret("AAAA")


def test_a_fingerprint_is_read_out_in_groups() -> None:
    assert [len(group) for group in fingerprint(KEY.public).split("-")] == [4, 4, 4, 4]
    assert fingerprint(KEY.public) != fingerprint(OTHER.public)
