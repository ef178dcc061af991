"""Operations that decide nothing any more: the others make the same of their entity."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.exchange import START, bookmark
from tmcwall.domain.compaction import Counted, fold, superseded
from tmcwall.domain.ids import uuid7
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation


def _operation(fields: dict[str, Json], *, base: int = 0, device: str = "ws1") -> Operation:
    return Operation(
        uuid7(START), device, 1, "80010001", START, Entity.BOOKMARK, "b1", base, fields, SCHEMA_VERSION, FIRST_HASH
    )


def _counted(*operations: Operation) -> list[Counted]:
    return [Counted(one, revision) for revision, one in enumerate(operations, start=1)]


CREATED = _operation(bookmark("b1", note="awal"))


def test_a_value_that_was_given_anew_is_not_needed() -> None:
    middle = _operation({"note": "dua"}, base=1)
    assert superseded(_counted(CREATED, middle, _operation({"note": "tiga"}, base=2))) == {middle.id}


def test_an_operation_that_still_gives_one_value_stays_whole() -> None:
    middle = _operation({"note": "dua", "reason": "tabrak lari"}, base=1)
    assert superseded(_counted(CREATED, middle, _operation({"note": "tiga"}, base=2))) == frozenset()


def test_both_sides_of_a_disagreement_stay_whole() -> None:
    mine = _operation({"note": "dua"}, base=1)
    theirs = _operation({"note": "tiga"}, base=1, device="ws2")
    newest = _operation({"note": "empat"}, base=3)
    assert superseded(_counted(CREATED, mine, theirs, newest)) == frozenset()


def test_nothing_goes_where_the_others_would_seem_to_disagree() -> None:
    same = replace(CREATED, fields=bookmark("b1", note="dua"))
    equal = _operation({"note": "dua"}, device="ws2")  # unseen and equal: no disagreement
    newest = _operation({"note": "tiga"}, device="ws2")
    assert fold(_counted(same, equal, newest)).conflicts == ()
    assert superseded(_counted(same, equal, newest)) == frozenset()


changes = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["note", "reason", "camera_name"]), st.sampled_from("xyz"), min_size=1),
        st.integers(0, 6),
        st.sampled_from(["ws1", "ws2"]),
    ),
    max_size=8,
)


@given(changes)
def test_what_is_left_makes_the_same_of_the_entity_whatever_came(
    given_changes: Sequence[tuple[dict[str, Json], int, str]],
) -> None:
    operations = [
        _operation(fields, base=min(base, at), device=device)
        for at, (fields, base, device) in enumerate(given_changes, start=1)
    ]
    counted = _counted(CREATED, *operations)
    gone = superseded(counted)
    left = fold(one for one in counted if one.operation.id not in gone)
    assert (left.state.versions, left.conflicts) == (fold(counted).state.versions, fold(counted).conflicts)
