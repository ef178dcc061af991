"""The merge rule: server order decides, nothing is lost in silence, every device comes to the same state."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tmcwall.domain.merge import NOTHING, EntityState, merge, with_pending
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)


def operation(
    number: int, device: str, base_revision: int, /, entity: Entity = Entity.CASE, **fields: Json
) -> Operation:
    identity = UUID(int=number + (1000 if device == "a" else 2000))
    return Operation(
        identity,
        device,
        number,
        f"officer-{device}",
        NOW,
        entity,
        "c",
        base_revision,
        fields,
        SCHEMA_VERSION,
        FIRST_HASH,
    )


def fold(*operations: Operation) -> tuple[EntityState, list[str]]:
    state, fields = NOTHING, []
    for each in operations:
        merged = merge(state, each)
        state = merged.state
        fields += [conflict.field for conflict in merged.conflicts]
    return state, fields


def test_the_first_operation_creates_the_entity() -> None:
    state, conflicts = fold(operation(1, "a", 0, stage="penyelidikan", note="x"))
    assert (state.revision, state.fields, conflicts) == (1, {"stage": "penyelidikan", "note": "x"}, [])


def test_a_change_of_a_seen_value_wins_without_conflict() -> None:
    state, conflicts = fold(operation(1, "a", 0, note="x"), operation(1, "b", 1, note="y"))
    assert (state.revision, state.fields, conflicts) == (2, {"note": "y"}, [])


def test_changes_of_different_fields_do_not_conflict() -> None:
    state, conflicts = fold(operation(1, "a", 0, x=1, y=1), operation(2, "a", 1, x=2), operation(1, "b", 1, y=2))
    assert (state.fields, conflicts) == ({"x": 2, "y": 2}, [])


def test_an_unseen_value_is_overwritten_in_server_order_and_kept_beside() -> None:
    first, second = operation(2, "a", 1, note="satu"), operation(1, "b", 1, note="dua")
    before, _ = fold(operation(1, "a", 0, note=""), first)
    merged = merge(before, second)
    (conflict,) = merged.conflicts
    assert merged.state.fields == {"note": "dua"}
    assert (conflict.kept.value, conflict.kept.actor) == ("dua", "officer-b")
    assert (conflict.other.value, conflict.other.actor) == ("satu", "officer-a")


def test_the_same_value_twice_is_no_conflict() -> None:
    _, conflicts = fold(operation(1, "a", 0, note="x"), operation(1, "b", 0, note="x"))
    assert conflicts == []


def test_a_devices_own_changes_in_a_row_do_not_conflict() -> None:
    _, conflicts = fold(operation(1, "a", 0, note="x"), operation(2, "a", 0, note="y"), operation(3, "a", 0, note="z"))
    assert conflicts == []


def test_own_changes_do_not_hide_another_devices_unseen_change() -> None:
    _, conflicts = fold(
        operation(1, "a", 0, x=1, y=1), operation(1, "b", 1, y=2), operation(2, "a", 1, x=2), operation(3, "a", 1, y=3)
    )
    assert conflicts == ["y"]


def test_two_workstations_that_open_the_same_case_do_not_disagree_about_who_opened_it() -> None:
    state, conflicts = fold(
        operation(1, "a", 0, lp="LP/B/1", opened_by="a"), operation(1, "b", 0, lp="lp / b / 1", opened_by="b")
    )
    assert (state.fields, conflicts) == ({"lp": "LP/B/1", "opened_by": "a"}, [])


def test_a_note_is_never_altered_and_the_attempt_is_shown() -> None:
    note = Entity.INCIDENT_NOTE
    state, conflicts = fold(
        operation(1, "a", 0, entity=note, text="asli"), operation(2, "a", 1, entity=note, text="ubah")
    )
    assert (state.fields, conflicts) == ({"text": "asli"}, ["text"])


def test_unknown_fields_of_a_newer_version_are_kept() -> None:
    state, _ = fold(operation(1, "a", 0, note="x", colour={"r": 1}))
    assert state.fields["colour"] == {"r": 1}


def test_what_the_officer_sees_is_the_confirmed_state_with_own_changes_on_top() -> None:
    confirmed, _ = fold(operation(1, "b", 0, note="x", stage="penyelidikan"))
    shown = with_pending(confirmed, [operation(1, "a", 1, note="y")])
    assert shown.fields == {"note": "y", "stage": "penyelidikan"}
    assert confirmed.fields["note"] == "x"


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3))),
        max_size=12,
    )
)
def test_no_value_vanishes_it_stands_or_was_seen_or_is_in_a_conflict(
    changes: list[tuple[str, int, dict[str, int]]],
) -> None:
    state = NOTHING
    for number, (device, base, fields) in enumerate(changes, start=1):
        made = operation(number, device, min(base, state.revision), Entity.CASE, **fields)
        merged = merge(state, made)
        beside = {conflict.field: conflict.other.value for conflict in merged.conflicts}
        for name, version in state.versions.items():
            now = merged.state.versions[name].value
            seen = version.revision <= made.base_revision or version.device == device
            assert now == version.value or seen or beside[name] == version.value
        assert merged.state.revision == state.revision + 1
        state = merged.state
