"""What operations hold in the place of names and numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.commitment import (
    LONGEST_VALUE,
    SALT_BYTES,
    Opening,
    commitments_in,
    committed,
    is_commitment,
    new_salt,
)
from tmcwall.domain.fault import DomainError
from tmcwall.domain.operation import Entity

VALUES = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60
).filter(lambda text: not is_commitment(text))  # fmt: skip
SALTS = st.binary(min_size=SALT_BYTES, max_size=SALT_BYTES)
NAMES = frozenset({"reporter_name", "reporter_phone"})


def opening(**changes: object) -> Opening:
    parts: dict[str, object] = {
        "entity": Entity.INCIDENT,
        "entity_id": "i1",
        "field": "reporter_phone",
        "salt": bytes(SALT_BYTES),
        "value": "+62 800 000 001",
    }
    return Opening(**{**parts, **changes})  # type: ignore[arg-type]  # the caller names the parts


@given(VALUES, SALTS)
def test_a_commitment_is_a_hash_that_holds_nothing_of_its_value(value: str, salt: bytes) -> None:
    made = opening(value=value, salt=salt)
    assert is_commitment(made.commitment)
    assert len(made.commitment) == 72
    assert made.commitment == opening(value=value, salt=salt).commitment


@given(VALUES, SALTS, VALUES, SALTS)
def test_another_value_or_salt_has_another_commitment(value: str, salt: bytes, other: str, other_salt: bytes) -> None:
    same = (value, salt) == (other, other_salt)
    assert (opening(value=value, salt=salt).commitment == opening(value=other, salt=other_salt).commitment) is same


@pytest.mark.parametrize("change", [{"entity_id": "i2"}, {"field": "reporter_name"}, {"entity": Entity.CONTACT}])
def test_a_commitment_speaks_of_one_field_of_one_entity(change: dict[str, object]) -> None:
    assert opening(**change).commitment != opening().commitment


def test_the_form_is_fixed_for_good() -> None:
    assert opening().commitment == "~sha256:c5ec00267eeb479fcdc2b51872d100d8184a8fe394b175162901ad51e7764a10"


@pytest.mark.parametrize(
    "change",
    [
        {"salt": b""},
        {"salt": bytes(15)},
        {"value": ""},
        {"value": "a\0b"},
        {"value": "\ud800"},
        {"value": "x" * (LONGEST_VALUE + 1)},
        {"value": f"~sha256:{'0' * 64}"},
    ],
)
def test_what_not_everybody_could_keep_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        opening(**change)


@pytest.mark.parametrize("text", ["", "+62 800 000 001", "~sha256:", f"~sha256:{'0' * 63}", f"~sha256:{'A' * 64}", 7])
def test_a_name_a_number_and_a_part_of_a_commitment_are_none(text: str | int) -> None:
    assert not is_commitment(text)


@given(st.dictionaries(st.sampled_from(["reporter_name", "reporter_phone", "text"]), VALUES | st.just("")))
def test_fields_are_committed_once_and_everything_else_stays(fields: dict[str, str]) -> None:
    changed, openings = committed(Entity.INCIDENT, "i1", dict(fields), names=NAMES)
    assert {name: changed[name] for name in changed.keys() - NAMES} == {
        name: fields[name] for name in fields.keys() - NAMES
    }
    assert {one.field: one.value for one in openings} == {
        name: value for name, value in fields.items() if name in NAMES and value
    }
    assert set(commitments_in({name: changed[name] for name in changed.keys() & NAMES})) == {
        one.commitment for one in openings
    }
    assert committed(Entity.INCIDENT, "i1", changed, names=NAMES) == (changed, ())


def test_two_salts_are_never_the_same() -> None:
    assert new_salt() != new_salt()
