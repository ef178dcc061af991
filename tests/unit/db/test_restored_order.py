"""What a workstation offers again to a server that was put back, and what it takes a snapshot for."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from tmcwall.db import bookmarks, entity_states, operations, server_order, signing, snapshots
from tmcwall.db.operations import Receipt
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.merge import NOTHING, EntityState, merge
from tmcwall.domain.operation import Entity, Operation
from tmcwall.domain.server_state import SnapshotProgress, TakenEntity

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
EPOCH = UUID(int=7)


def tag(session: Session, bookmark_id: str, note: str) -> Operation:
    value = Bookmark(bookmark_id, "cam", "Gendengan", NOW, NOW + timedelta(minutes=1), NOW, "12345678", note)
    made = operations.change(session, value, actor="12345678", at=NOW)
    assert made is not None
    return made


def acknowledge(session: Session, *made: Operation) -> None:
    operations.acknowledge(session, [Receipt(one.id) for one in made])


def begin_snapshot(session: Session, place: int, *, own: int = 0) -> SnapshotProgress:
    """`own`: how many operations of this workstation it holds."""
    begun = SnapshotProgress(place, EPOCH, place, "a" * 64, 1)
    snapshots.begin(session, begun, heads={operations.device(session): [own, "b" * 64]} if own else {})
    return begun


def test_what_is_acknowledged_while_a_snapshot_comes_is_no_part_of_it(session: Session) -> None:
    first = tag(session, "b1", "sebelum")
    acknowledge(session, first)
    begun = begin_snapshot(session, 5, own=1)
    state = merge(NOTHING, first).state
    snapshots.take(session, begun, [TakenEntity(Entity.BOOKMARK, "b1", state)], unread=(), at=NOW)
    second = tag(session, "b1", "sementara")
    acknowledge(session, second)
    snapshots.finish(session, begun, at=NOW)
    assert bookmarks.get(session, "b1").note == "sementara"
    page = [server_order.Ordered(6, second, revision=2)]
    server_order.apply_page(session, page, cursor=6, epoch=EPOCH, at=NOW)
    assert entity_states.confirmed(session, Entity.BOOKMARK, "b1").fields["note"] == "sementara"


def test_while_a_snapshot_comes_its_order_is_the_one_that_was_read(session: Session) -> None:
    begin_snapshot(session, 5)
    reached = server_order.position(session)
    assert (reached.cursor, reached.epoch, reached.known_sequence) == (0, EPOCH, 5)
    server_order.begin_epoch(session, UUID(int=8), lost_from=1)
    assert server_order.snapshot_under_way(session) is None
    assert server_order.position(session).known_sequence == 0


def test_the_last_operation_that_was_read_does_not_go_back_behind_a_snapshot(session: Session) -> None:
    begun = begin_snapshot(session, 9)
    snapshots.finish(session, begun, at=NOW)
    made = tag(session, "b1", "")
    server_order.apply_page(session, [server_order.Ordered(7, made, revision=1)], cursor=7, epoch=EPOCH, at=NOW)
    assert server_order.position(session).known_sequence == 9


def test_after_a_new_epoch_the_work_of_former_identities_is_offered_first(session: Session) -> None:
    former = tag(session, "b1", "dulu")
    acknowledge(session, former)
    page = [server_order.Ordered(1, former, revision=1)]
    server_order.apply_page(session, page, cursor=1, epoch=EPOCH, at=NOW)
    operations.renew_device(session, at=NOW)
    present = tag(session, "b2", "sekarang")
    acknowledge(session, present)
    assert operations.pending_count(session) == 0
    server_order.begin_epoch(session, UUID(int=8), lost_from=1)
    assert [one.id for one in operations.pending(session, 10)] == [former.id, present.id]


def test_under_a_new_identity_what_was_not_seen_in_the_order_is_offered_once_more(session: Session) -> None:
    unseen = tag(session, "b1", "terkirim")
    acknowledge(session, unseen)
    waiting = tag(session, "b2", "menunggu")
    device = operations.renew_device(session, at=NOW)
    offered = operations.pending(session, 10)
    assert [(one.device, one.entity_id) for one in offered] == [(unseen.device, "b1"), (device, "b2")]
    assert waiting.id not in {one.id for one in offered}


def test_what_the_server_has_lost_is_signed_by_the_key_of_today(session: Session) -> None:
    device = operations.device(session)
    signing.lend(session, signing.Signer(device, lambda _: "b2xk"))
    kept, lost = tag(session, "b1", ""), tag(session, "b2", "")
    acknowledge(session, kept, lost)
    signing.lend(session, signing.Signer(device, lambda _: "bmV3"))
    server_order.begin_epoch(session, UUID(int=8), lost_from=2)
    signing.sign_pending(session)
    assert [one.signature for one in operations.pending(session, 10)] == ["b2xk", "bmV3"]


def test_the_newest_acknowledged_number_is_that_of_the_present_identity(session: Session) -> None:
    acknowledge(session, tag(session, "b1", ""), tag(session, "b2", ""))
    assert server_order.position(session).acknowledged == 2
    operations.renew_device(session, at=NOW)
    assert server_order.position(session).acknowledged == 0


def test_states_come_back_from_the_store_as_they_were_kept(session: Session) -> None:
    state = merge(NOTHING, tag(session, "b1", "hujan – “deras”")).state
    entity_states.keep(session, Entity.BOOKMARK, "b1", state)
    assert entity_states.confirmed(session, Entity.BOOKMARK, "b1") == EntityState(1, state.versions)
