"""What a server that was put back has lost comes back from the workstations, whatever has happened to those since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import select

from tests.faulty_exchange import Desk, FaultyStage, Trouble
from tmcwall.domain.operation import Entity
from tmcwall.server.order import load_state
from tmcwall.server.tables import OperationRow
from tmcwall.server.upkeep import begin_order


@pytest.fixture(scope="module")
def open_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultyStage]:
    with FaultyStage.open(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture
def stage(open_stage: FaultyStage) -> FaultyStage:
    open_stage.begin()
    return open_stage


@pytest.fixture
def desks(stage: FaultyStage) -> Iterator[tuple[Desk, Desk]]:
    first, second = (Desk(stage, image, name) for image, name in zip(stage.images, ("first", "second"), strict=False))
    yield first, second
    first.close()
    second.close()


@contextmanager
def put_back_afterwards(stage: FaultyStage, *, new_epoch: bool = True) -> Iterator[None]:
    """The server goes back to what it is now."""
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as backup:
        stage.copy_server(backup)
        yield
        stage.put_server_back(backup)
        if new_epoch:
            begin_order(stage.context.database)


def settle(*desks: Desk) -> None:
    for desk in desks:
        assert any(desk.synchronise() for _ in range(6)), desk.name
    for desk in desks:
        assert desk.synchronise(), desk.name


@contextmanager
def third_desk(stage: FaultyStage) -> Iterator[Desk]:
    desk = Desk(stage, stage.images[2], "third")
    yield desk
    desk.close()


def incident_at(stage: FaultyStage, bookmark_id: str) -> object:
    with stage.context.database.read() as session:
        return load_state(session, Entity.BOOKMARK, bookmark_id).fields.get("incident_id")


def note_at(stage: FaultyStage, bookmark_id: str) -> object:
    with stage.context.database.read() as session:
        return load_state(session, Entity.BOOKMARK, bookmark_id).fields.get("note")


def count_at(stage: FaultyStage) -> int:
    with stage.context.database.read() as session:
        return len(session.scalars(select(OperationRow.server_sequence)).all())


def test_what_is_written_while_a_snapshot_is_interrupted_stays_in_sight(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    writer, new = desks
    for text in ("t1", "t2", "t3"):
        writer.write("b0", text)
    writer.write("b1", "t4")
    assert writer.synchronise()
    with new.network.troubled(Trouble.REQUEST_LOST, after=2):
        assert not new.synchronise(), "the second page of the snapshot is lost"
    new.write("b0", "t5")
    settle(new, writer)
    assert new.seen() == writer.seen()
    assert note_at(stage, "b0") == "t5"


def test_work_of_a_former_identity_comes_back_to_a_server_that_has_lost_it(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    moved, other = desks
    with put_back_afterwards(stage):
        moved.write("b0", "t1")
        settle(moved, other)
        moved.renew()
        moved.write("b0", "t2")
        settle(moved, other)
    settle(moved, other)
    assert note_at(stage, "b0") == "t2"
    assert moved.seen() == other.seen()
    assert count_at(stage) == 2


def test_work_that_was_signed_with_an_earlier_key_comes_back_to_a_server_that_has_lost_it(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    desk, other = desks
    with put_back_afterwards(stage):
        desk.write("b0", "t1")
        settle(desk, other)
        desk.enrol_again()
        desk.write("b1", "t2")
        settle(desk, other)
    settle(desk, other)
    assert (note_at(stage, "b0"), note_at(stage, "b1")) == ("t1", "t2")
    assert desk.seen() == other.seen()


def test_work_that_was_sent_but_not_seen_before_a_change_of_identity_comes_back_to_a_server_that_has_lost_it(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    moved, other = desks
    with put_back_afterwards(stage):
        moved.write("b0", "t1")
        with moved.network.troubled(Trouble.REQUEST_LOST, after=1):
            assert not moved.synchronise(), "pushed, and nothing read"
        assert not moved.waiting()
    moved.renew()
    settle(moved, other)
    assert note_at(stage, "b0") == "t1"
    assert moved.seen() == other.seen()


@pytest.mark.parametrize("new_epoch", [True, False])
def test_what_was_sent_before_anything_was_read_comes_back_to_a_server_that_has_lost_it(
    stage: FaultyStage, desks: tuple[Desk, Desk], *, new_epoch: bool
) -> None:
    desk, other = desks
    with put_back_afterwards(stage, new_epoch=new_epoch):
        desk.write("b0", "t1")
        with desk.network.troubled(Trouble.REQUEST_LOST, after=1):
            assert not desk.synchronise(), "pushed, and nothing read"
        assert not desk.waiting()
    settle(desk, other)
    assert note_at(stage, "b0") == "t1"
    assert desk.seen() == other.seen()


def test_a_snapshot_that_a_restored_server_interrupts_without_a_new_epoch_is_begun_again(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    writer, new = desks
    for text in ("t1", "t2", "t3"):
        writer.write("b0", text)
    writer.write("b1", "t4")
    assert writer.synchronise()
    with put_back_afterwards(stage, new_epoch=False):
        writer.write("b1", "t5")
        writer.write("b1", "t6")
        assert writer.synchronise()
        with new.network.troubled(Trouble.REQUEST_LOST, after=3):
            assert not new.synchronise(), "the last page of the snapshot is lost"
    with third_desk(stage) as third:
        assert third.synchronise()
        third.write("b1", "t7", incident_id="x")
        third.write("b1", "t8")
        assert third.synchronise()
        settle(new, writer, third)
        assert writer.seen() == new.seen() == third.seen()
        assert incident_at(stage, "b1") == "x"


def test_of_a_snapshot_of_an_order_that_is_no_more_nothing_stays(stage: FaultyStage, desks: tuple[Desk, Desk]) -> None:
    writer, new = desks
    with put_back_afterwards(stage):
        for text in ("t1", "t2", "t3", "t4"):
            writer.write("b0", text)
        writer.write("b1", "t5")
        assert writer.synchronise()
        with new.network.troubled(Trouble.REQUEST_LOST, after=2):
            assert not new.synchronise(), "the second page of the snapshot is lost"
    new.write("b0", "t6", incident_id="x")
    settle(new, writer)
    assert new.seen() == writer.seen()
