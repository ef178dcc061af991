"""A change is a row, an operation and a custody row; applied pages bring every workstation to the same state."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.services_stage import EXAMPLES
from tmcwall.db import bookmarks, cases, changes, custody, incidents, operations, rows, server_order
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.operations import Receipt
from tmcwall.db.server_order import Ordered
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState, Gap, GapCause
from tmcwall.domain.case import Case, Stage, case_id
from tmcwall.domain.changes import ChangeNotice, Origin
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentNote,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
)
from tmcwall.domain.kinds import Synchronised
from tmcwall.domain.operation import FIRST_HASH, Entity, Operation

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
OpenStore = Callable[[], AbstractContextManager[Session]]
Elsewhere = Callable[..., tuple[Operation, ...]]
EPOCH = UUID(int=7)
LP = "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH"
CASE = Case(case_id(LP), LP, LP, NOW, "12345678")
BOOKMARK = Bookmark("b1", "cam", "Gendengan", NOW, NOW + timedelta(minutes=1), NOW, "12345678", case_id=CASE.id)
CLIP = Clip("k1", "b1", ClipState.WAITING)
INCIDENT = Incident(
    "i1", Source.CALL_112, "112-1", 1, IncidentType.FIRE, Severity.SEVERE, Certainty.UNVERIFIED,
    Status.NEW, Drill.ACTUAL, Place(text="depan stasiun"), "asap", NOW, NOW,
)  # fmt: skip


def change(session: Session, value: Synchronised, actor: str = "12345678") -> Operation:
    made = operations.change(session, value, actor=actor, at=NOW)
    assert made is not None
    return made


def apply(session: Session, *made: Operation, start: int = 1) -> tuple[Operation, ...]:
    page = [Ordered(sequence, operation) for sequence, operation in enumerate(made, start=start)]
    return server_order.apply_page(session, page, cursor=start + len(made) - 1, epoch=EPOCH, at=NOW)


def test_a_change_writes_row_operation_and_custody(session: Session) -> None:
    made = change(session, CASE)
    assert cases.get(session, CASE.id) == CASE
    assert operations.pending(session, 10) == (made,)
    assert (made.number, made.base_revision, made.previous_hash) == (1, 0, FIRST_HASH)
    (row,) = custody.about(session, f"case/{CASE.id}")
    assert (row.actor, row.action, row.time) == ("12345678", CustodyAction.CREATED, NOW)


def test_every_kind_of_entity_comes_back_as_it_was_written(session: Session) -> None:
    note = IncidentNote("n1", "i1", NOW, "12345678", "dikonfirmasi")
    for value in (CASE, BOOKMARK, CLIP, INCIDENT, note):
        change(session, value)
    assert bookmarks.recent(session, limit=1) == (bookmarks.Entry(BOOKMARK, CLIP, CASE),)
    assert incidents.get(session, "i1") == INCIDENT
    assert incidents.notes(session, "i1") == (note,)
    assert incidents.get_note(session, "n1") == note


@pytest.mark.parametrize("entity", Entity)
def test_an_entity_of_any_kind_is_read_by_its_id(session: Session, entity: Entity) -> None:
    change(session, EXAMPLES[entity])
    assert rows.get(session, entity, EXAMPLES[entity].id) == EXAMPLES[entity]
    assert rows.get(session, entity, "gone") is None


def test_a_second_change_carries_only_what_differs(session: Session) -> None:
    change(session, CASE)
    made = change(session, replace(CASE, stage=Stage.INVESTIGATION))
    assert made.fields == {"stage": "penyidikan"}
    assert [row.action for row in custody.about(session, f"case/{CASE.id}")] == [
        CustodyAction.CREATED,
        CustodyAction.CHANGED,
    ]


def test_what_does_not_differ_writes_nothing(session: Session) -> None:
    change(session, CASE)
    assert operations.change(session, CASE, actor="12345678", at=NOW) is None
    assert operations.pending_count(session) == 1
    assert len(list(custody.every(session))) == 1


def noticed(session: Session) -> ChangeNotice | None:
    """What has changed since the last look."""
    return changes.take_notice(session)


def test_a_change_made_here_is_noticed_with_its_kind_and_id(session: Session) -> None:
    change(session, CASE)
    change(session, BOOKMARK)
    assert noticed(session) == ChangeNotice(
        Origin.HERE, frozenset({(Entity.CASE, CASE.id), (Entity.BOOKMARK, BOOKMARK.id)})
    )
    operations.change(session, CASE, actor="12345678", at=NOW)
    assert noticed(session) is None


def test_of_a_page_only_what_looks_otherwise_than_before_is_noticed(session: Session, elsewhere: Elsewhere) -> None:
    mine, theirs = change(session, BOOKMARK), elsewhere(CLIP)
    noticed(session)
    apply(session, mine, *theirs)
    assert noticed(session) == ChangeNotice(Origin.SERVER, frozenset({(Entity.CLIP, CLIP.id)}))
    apply(session, mine, *theirs)
    assert noticed(session) is None


def test_what_cannot_be_shown_is_not_noticed(session: Session, elsewhere: Elsewhere) -> None:
    change(session, CASE)
    noticed(session)
    (theirs,) = elsewhere(replace(CASE, id="foreign"))
    strange = replace(theirs, id=uuid4(), entity_id="x", fields={"id": "x", "colour": "red"})
    apply(session, theirs, strange)
    assert noticed(session) is None


def test_a_change_that_goes_back_because_the_server_refused_it_is_noticed(session: Session) -> None:
    apply(session, change(session, CASE))
    made = change(session, replace(CASE, stage=Stage.CLOSED))
    noticed(session)
    operations.acknowledge(session, [Receipt(made.id, "not_allowed")])
    changed = frozenset({(Entity.CASE, CASE.id)})
    assert noticed(session) == ChangeNotice(Origin.SERVER, changed, without_effect=True)


def test_own_operations_are_numbered_without_gap_and_chained(session: Session) -> None:
    made = [change(session, replace(BOOKMARK, id=f"b{number}")) for number in range(5)]
    assert [operation.number for operation in made] == [1, 2, 3, 4, 5]
    assert [operation.previous_hash for operation in made] == [FIRST_HASH, *(operation.hash for operation in made[:-1])]
    assert operations.pending(session, 10) == tuple(made)
    assert [stored.hash for stored in operations.pending(session, 10)] == [operation.hash for operation in made]


def test_acknowledged_operations_are_no_longer_pending_and_can_be_sent_again(session: Session) -> None:
    made = [change(session, replace(BOOKMARK, id=f"b{number}")) for number in range(3)]
    operations.acknowledge(session, [Receipt(made[0].id), Receipt(made[1].id)])
    assert operations.pending(session, 10) == (made[2],)
    operations.resend_from(session, 2)
    assert operations.pending(session, 10) == (made[1], made[2])


def test_a_quarantined_entity_stays_in_view_and_is_listed(session: Session) -> None:
    made = change(session, CASE)
    operations.acknowledge(session, [Receipt(made.id, "not_allowed")])
    assert operations.pending_count(session) == 0
    assert operations.quarantined(session) == ((made, "not_allowed"),)
    assert cases.get(session, CASE.id) == CASE


def test_a_quarantined_change_gives_way_to_what_all_others_see(session: Session) -> None:
    apply(session, change(session, CASE))
    made = change(session, replace(CASE, stage=Stage.CLOSED))
    operations.acknowledge(session, [Receipt(made.id, "not_allowed")])
    assert cases.get(session, CASE.id) == CASE
    assert operations.quarantined(session) == ((made, "not_allowed"),)


def test_a_second_case_of_the_same_number_is_refused(session: Session) -> None:
    change(session, CASE)
    with pytest.raises(DomainError) as refused:
        change(session, replace(CASE, id="another"))
    assert refused.value.code is DomainCode.DUPLICATE_ID


@pytest.fixture
def elsewhere(another_store: OpenStore) -> Elsewhere:
    """What another workstation makes of some changes, after it has seen some operations."""

    def made(*values: Synchronised, actor: str = "87654321", seen: tuple[Operation, ...] = ()) -> tuple[Operation, ...]:
        with another_store() as other:
            apply(other, *seen)
            return tuple(change(other, value, actor) for value in values)

    return made


def test_operations_of_other_workstations_are_applied_once(session: Session, elsewhere: Elsewhere) -> None:
    made = elsewhere(CASE, BOOKMARK)
    assert apply(session, *made) == made
    assert apply(session, *made) == ()
    assert bookmarks.get(session, "b1") == BOOKMARK
    assert server_order.position(session) == server_order.StoredPosition(2, EPOCH)
    received = [row for row in custody.every(session) if row.action is CustodyAction.RECEIVED]
    assert [(row.actor, row.facts) for row in received] == [("87654321", {"operation": str(one.id)}) for one in made]


def test_own_operations_that_come_back_change_nothing(session: Session) -> None:
    made = change(session, CASE)
    chain = list(custody.every(session))
    assert apply(session, made) == ()
    assert cases.get(session, CASE.id) == CASE
    assert list(custody.every(session)) == chain
    assert operations.pending_count(session) == 0


def test_a_change_after_confirmation_names_the_confirmed_revision(session: Session) -> None:
    apply(session, change(session, CASE))
    assert change(session, replace(CASE, stage=Stage.INVESTIGATION)).base_revision == 1


def test_an_own_change_stays_in_view_while_others_come_in(session: Session, elsewhere: Elsewhere) -> None:
    (created,) = elsewhere(CASE)
    apply(session, created)
    change(session, replace(CASE, stage=Stage.INVESTIGATION))
    (theirs,) = elsewhere(replace(CASE, last_letter=NOW.date()), seen=(created,))
    apply(session, theirs, start=2)
    shown = cases.get(session, CASE.id)
    assert shown is not None
    assert (shown.stage, shown.last_letter) == (Stage.INVESTIGATION, NOW.date())


def test_two_unseen_changes_of_one_field_are_a_conflict_that_both_see_alike(
    session: Session, elsewhere: Elsewhere, another_store: OpenStore
) -> None:
    (created,) = elsewhere(BOOKMARK)
    apply(session, created)
    mine = change(session, replace(BOOKMARK, note="merah"))
    (theirs,) = elsewhere(replace(BOOKMARK, note="biru"), seen=(created,))
    apply(session, theirs, mine, start=2)
    (conflict,) = conflict_rows.unsettled(session)
    notice = noticed(session)
    assert notice is not None
    assert notice.conflicts
    assert (conflict.field, conflict.kept.value, conflict.other.value) == ("note", "merah", "biru")
    assert (conflict.kept.actor, conflict.other.actor) == ("12345678", "87654321")
    with another_store() as third:
        apply(third, created, theirs, mine)
        assert conflict_rows.unsettled(third) == (conflict,)
    for expected in (ChangeNotice(Origin.HERE, conflicts=True), None):
        conflict_rows.settle(session, conflict.id, actor="12345678", at=NOW)
        assert noticed(session) == expected
    assert conflict_rows.unsettled(session) == ()
    rows = custody.about(session, f"{conflict.entity}/{conflict.entity_id}")
    settled = [row for row in rows if row.action is CustodyAction.CONFLICT_SETTLED]
    assert [(row.actor, row.facts) for row in settled] == [("12345678", {"conflict": conflict.id})]


def test_two_workstations_that_open_the_same_case_share_it(session: Session, elsewhere: Elsewhere) -> None:
    mine = change(session, CASE)
    (theirs,) = elsewhere(replace(CASE, opened_by="87654321", lp="lp / b / 123"))
    apply(session, theirs, mine)
    shown = cases.by_lp(session, LP)
    assert shown is not None
    assert (shown.id, shown.opened_by) == (CASE.id, "87654321")
    assert conflict_rows.unsettled(session) == ()


def test_a_foreign_case_of_a_known_number_under_another_id_is_kept_in_the_log_only(
    session: Session, elsewhere: Elsewhere
) -> None:
    change(session, CASE)
    (theirs,) = elsewhere(replace(CASE, id="foreign"))
    apply(session, theirs)
    assert cases.get(session, "foreign") is None
    assert operations.history(session, Entity.CASE, "foreign") == (theirs,)


def test_an_operation_of_a_newer_version_is_kept_though_it_cannot_be_shown(
    session: Session, elsewhere: Elsewhere
) -> None:
    (made,) = elsewhere(CASE)
    strange = replace(made, id=uuid4(), entity_id="x", fields={"id": "x", "colour": "red"})
    assert apply(session, strange) == (strange,)
    assert cases.get(session, "x") is None
    assert operations.history(session, Entity.CASE, "x") == (strange,)


def test_a_new_epoch_starts_over_and_leaves_what_is_seen(session: Session, elsewhere: Elsewhere) -> None:
    made = change(session, CASE)
    theirs = elsewhere(BOOKMARK)
    apply(session, made, *theirs)
    server_order.begin_epoch(session, UUID(int=8), lost_from=1)
    assert server_order.position(session) == server_order.StoredPosition(0, UUID(int=8))
    assert (cases.get(session, CASE.id), bookmarks.get(session, "b1")) == (CASE, BOOKMARK)
    assert apply(session, *theirs, made) == ()
    assert change(session, replace(CASE, stage=Stage.CLOSED)).base_revision == 1


def test_the_last_operation_of_the_order_is_remembered_and_forgotten_with_it(session: Session) -> None:
    assert server_order.position(session).known_sequence == 0
    made = change(session, CASE)
    server_order.apply_page(session, [server_order.Ordered(7, made)], cursor=9, epoch=UUID(int=1), at=NOW)
    reached = server_order.position(session)
    assert (reached.cursor, reached.known_sequence, reached.known_hash) == (9, 7, made.hash)
    server_order.apply_page(session, [], cursor=10, epoch=UUID(int=1), at=NOW)
    assert server_order.position(session).known_sequence == 7
    server_order.begin_epoch(session, UUID(int=2), lost_from=1)
    assert server_order.position(session).known_sequence == 0


def test_after_a_new_epoch_what_the_server_does_not_show_again_is_offered_again(session: Session) -> None:
    kept, lost = change(session, CASE), change(session, BOOKMARK)
    operations.acknowledge(session, [Receipt(kept.id), Receipt(lost.id)])
    apply(session, kept, lost)
    server_order.begin_epoch(session, UUID(int=8), lost_from=1)
    apply(session, kept)
    assert operations.pending(session, 10) == (lost,)
    assert bookmarks.get(session, "b1") == BOOKMARK


def test_a_restored_store_goes_on_under_a_new_identity_with_what_was_pending(session: Session) -> None:
    sent, waiting = change(session, CASE), change(session, BOOKMARK)
    operations.acknowledge(session, [Receipt(sent.id)])
    apply(session, sent)
    operations.renew_device(session, at=NOW)
    (again,) = operations.pending(session, 10)
    assert (again.entity_id, again.fields, again.actor, again.made_at) == ("b1", waiting.fields, "12345678", NOW)
    assert (again.number, again.previous_hash) == (1, FIRST_HASH)
    assert again.device == operations.device(session) != sent.device
    new = change(session, CLIP)
    assert (new.number, new.previous_hash) == (2, again.hash)


def test_a_clip_that_is_written_again_as_it_was_makes_no_operation(session: Session) -> None:
    gap = Gap(NOW, NOW + timedelta(seconds=1), GapCause.RECONNECTED)
    incomplete = replace(CLIP, gaps=(gap,))
    change(session, CASE), change(session, BOOKMARK), change(session, incomplete)
    assert operations.change(session, incomplete, actor="12345678", at=NOW) is None
    done = change(session, replace(incomplete, state=ClipState.CUTTING))
    assert done.fields == {"state": ClipState.CUTTING.value}


def test_what_the_server_had_before_the_restoration_is_no_conflict(session: Session) -> None:
    had = change(session, BOOKMARK)
    operations.renew_device(session, at=NOW)
    (again,) = operations.pending(session, 10)
    apply(session, had, again)
    assert bookmarks.get(session, "b1") == BOOKMARK
    assert conflict_rows.unsettled(session) == ()


steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2]),
        st.sampled_from(["note", "held", "push", "pull", "push and lose the reply"]),
        st.integers(0, 3),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_workstations_agree_once_everything_is_exchanged(
    another_store: OpenStore, script: list[tuple[int, str, int]]
) -> None:
    order: list[Operation] = []

    def push(station: Session, *, reply_arrives: bool = True) -> None:
        waiting = operations.pending(station, 100)
        order.extend(made for made in waiting if made not in order)
        if reply_arrives:
            operations.acknowledge(station, [Receipt(made.id) for made in waiting])

    def pull(station: Session) -> None:
        start = server_order.position(station).cursor
        apply(station, *order[start : start + 4], start=start + 1)

    with ExitStack() as opened:
        stations = [opened.enter_context(another_store()) for _ in range(3)]
        created = change(stations[0], BOOKMARK)
        push(stations[0])
        for station in stations:
            apply(station, created)
        for which, step, number in script:
            station = stations[which]
            shown = bookmarks.get(station, "b1")
            assert shown is not None
            if step == "note":
                operations.change(station, replace(shown, note=f"n{number}"), actor=f"officer{which}", at=NOW)
            elif step == "held":
                operations.change(station, replace(shown, held=number % 2 == 0), actor=f"officer{which}", at=NOW)
            elif step == "pull":
                pull(station)
            else:
                push(station, reply_arrives=step == "push")
        for station in stations:
            push(station)
        for station in stations:
            for _ in range(len(order)):
                pull(station)
        assert len({made.id for made in order}) == len(order)
        assert [operations.pending_count(station) for station in stations] == [0, 0, 0]
        assert len({bookmarks.get(station, "b1") for station in stations}) == 1
        assert len({conflict_rows.unsettled(station) for station in stations}) == 1
        assert [custody.verify(station) for station in stations] == [None, None, None]
