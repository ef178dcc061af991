"""What a workstation cannot read or is told to undo: kept, without effect, out of sight; everything else goes on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.services_stage import EXAMPLES
from tmcwall.db import bookmarks, changes, custody, operations, server_order, tables
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.server_order import Ordered, StoredPosition
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.kinds import Synchronised
from tmcwall.domain.operation import Entity, Operation
from tmcwall.domain.server_state import UnreadOperation, WithdrawnOperation

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
EPOCH = UUID(int=7)
BOOKMARK = Bookmark("b1", "cam", "Gendengan", NOW, NOW + timedelta(minutes=1), NOW, "12345678")
END_OF_TIME = datetime(9999, 12, 31, 22, tzinfo=UTC)
OpenStore = Callable[[], AbstractContextManager[Session]]


def change(session: Session, value: Synchronised) -> Operation:
    made = operations.change(session, value, actor="12345678", at=NOW)
    assert made is not None
    return made


def apply(session: Session, *made: Operation, start: int = 1, **more: object) -> None:
    page = [Ordered(place, operation, place) for place, operation in enumerate(made, start=start)]
    cursor = start + len(made)
    server_order.apply_page(session, page, cursor=cursor, epoch=EPOCH, at=NOW, **more)  # type: ignore[arg-type]


def made_elsewhere(another_store: OpenStore, *values: Synchronised) -> list[Operation]:
    with another_store() as other:
        return [change(other, value) for value in values]


def test_what_cannot_be_read_is_kept_as_it_came_and_the_cursor_goes_on(session: Session) -> None:
    kept = UnreadOperation(1, '{"entity":"drone"}', "entity_unknown")
    apply(session, unread=[kept])
    assert server_order.unread(session) == (kept,)
    assert server_order.position(session) == StoredPosition(1, EPOCH)
    notice = changes.take_notice(session)
    assert notice is not None
    assert notice.without_effect


def test_another_version_asks_again_for_what_could_not_be_read(session: Session) -> None:
    assert server_order.read_with(session, "1.0") == ()
    apply(session, unread=[UnreadOperation(1, "{}", "entity_unknown")])
    server_order.read_with(session, "1.0")
    assert server_order.position(session).cursor == 1
    server_order.read_with(session, "1.1")
    assert (server_order.position(session), server_order.unread(session)) == (StoredPosition(0, EPOCH), ())


def test_what_was_read_already_comes_again_without_a_change(session: Session, another_store: OpenStore) -> None:
    made = made_elsewhere(another_store, BOOKMARK, replace(BOOKMARK, note="satu"))
    apply(session, *made, unread=[UnreadOperation(3, "{}", "entity_unknown")])
    server_order.read_with(session, "1.1")
    apply(session, *made)
    assert bookmarks.get(session, "b1") == replace(BOOKMARK, note="satu")
    assert len(operations.history(session, Entity.BOOKMARK, "b1")) == 2


def test_what_no_screen_could_show_goes_out_of_sight_and_its_operation_stays(session: Session) -> None:
    made = change(session, BOOKMARK)
    change(session, replace(BOOKMARK, id="b2"))
    table = tables.bookmarks
    session.execute(update(table).where(table.c.id == "b1").values(starts_at=END_OF_TIME))
    assert server_order.read_with(session, "1.0") == ((Entity.BOOKMARK, "b1"),)
    assert [entry.bookmark.id for entry in bookmarks.recent(session, limit=9)] == ["b2"]
    assert operations.history(session, Entity.BOOKMARK, "b1") == (made,)


@pytest.mark.parametrize("entity", Entity)
def test_what_can_be_shown_stays_in_sight(session: Session, entity: Entity) -> None:
    change(session, EXAMPLES[entity])
    assert server_order.read_with(session, "1.0") == ()


def test_an_officer_is_told_at_once_what_others_could_not_read(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        operations.change(session, replace(BOOKMARK, ends_at=END_OF_TIME), actor="12345678", at=NOW)
    assert (refused.value.code, refused.value.detail) == (DomainCode.FIELD_INVALID, "ends_at")
    assert operations.pending_count(session) == 0


def test_a_change_that_was_taken_out_is_gone_from_the_screen_and_the_others_stay(
    session: Session, another_store: OpenStore
) -> None:
    made = made_elsewhere(
        another_store, BOOKMARK, replace(BOOKMARK, note="racun"), replace(BOOKMARK, note="racun", held=False)
    )
    apply(session, *made, withdrawn=[WithdrawnOperation(0, made[1].id, 4, "rusak")])
    assert bookmarks.get(session, "b1") == replace(BOOKMARK, held=False)
    assert operations.quarantined(session) == ((made[1], "rusak"),)
    edited = change(session, replace(BOOKMARK, held=False, note="baru"))
    assert edited.base_revision == 4


def test_an_entity_that_only_it_had_made_is_gone_from_the_screen(session: Session, another_store: OpenStore) -> None:
    (made,) = made_elsewhere(another_store, BOOKMARK)
    apply(session, made)
    changes.take_notice(session)
    apply(session, start=2, withdrawn=[WithdrawnOperation(0, made.id, 2, "rusak")])
    assert bookmarks.get(session, "b1") is None
    notice = changes.take_notice(session)
    assert notice is not None
    assert notice.ids(Entity.BOOKMARK) == {"b1"}
    row = custody.about(session, "bookmark/b1")[-1]
    assert (row.action, row.actor, row.reason) == (CustodyAction.WITHDRAWN, "server", "rusak")


def test_an_entity_whose_making_was_taken_out_is_gone_though_a_change_of_it_is_left(
    session: Session, another_store: OpenStore
) -> None:
    made = made_elsewhere(another_store, BOOKMARK, replace(BOOKMARK, note="satu"))
    apply(session, *made, withdrawn=[WithdrawnOperation(0, made[0].id, 3, "rusak")])
    assert bookmarks.get(session, "b1") is None


def test_an_own_change_that_was_taken_out_is_not_sent_again(session: Session) -> None:
    made = change(session, BOOKMARK)
    operations.acknowledge(session, [operations.Receipt(made.id)])
    apply(session, made)
    apply(session, start=2, withdrawn=[WithdrawnOperation(0, made.id, 2, "rusak")])
    assert operations.pending_count(session) == 0
    assert bookmarks.get(session, "b1") is None


def test_a_conflict_with_what_was_taken_out_is_no_conflict_any_more(session: Session, another_store: OpenStore) -> None:
    made = change(session, BOOKMARK)
    apply(session, made)
    with another_store() as other:
        apply(other, made)
        foreign = change(other, replace(BOOKMARK, note="dari sana"))
    own = change(session, replace(BOOKMARK, note="dari sini"))
    apply(session, foreign, own, start=2)
    assert len(conflict_rows.unsettled(session)) == 1
    apply(session, start=4, withdrawn=[WithdrawnOperation(0, foreign.id, 4, "rusak")])
    assert conflict_rows.unsettled(session) == ()
    assert bookmarks.get(session, "b1") == replace(BOOKMARK, note="dari sini")


def test_what_was_taken_out_before_it_came_changes_nothing(session: Session) -> None:
    apply(session, withdrawn=[WithdrawnOperation(0, UUID(int=404), 2, "rusak")])
    assert server_order.position(session) == StoredPosition(1, EPOCH)
