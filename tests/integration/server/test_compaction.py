"""Desks and a server whose order was compacted: who was away too long takes the state, and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.enrolled import SERVER_KEY, enrol_at, place_server_key, signed
from tests.exchange import NRP, PASSWORD, START, bookmark
from tests.faulty_exchange import Desk, FaultyStage
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_compaction import check_chains, compact
from tmcwall.commands.server_users import user_add
from tmcwall.db import server_order
from tmcwall.domain.ids import uuid7
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.server.audit import AuditAction
from tmcwall.server.compaction import Compaction, plan
from tmcwall.server.database import Database
from tmcwall.server.journal import Journal
from tmcwall.server.nightly import NightlyCompaction
from tmcwall.server.tables import AuditRow, OperationRow
from tmcwall.server.upkeep import begin_order
from tmcwall.sync.protocol import OperationMessage

pytest_plugins = ["tests.postgresql"]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[FaultyStage]:
    with FaultyStage.open(tmp_path) as opened:
        opened.begin()
        yield opened


@pytest.fixture
def desks(stage: FaultyStage) -> Iterator[tuple[Desk, Desk]]:
    first, second = (Desk(stage, image, name) for image, name in zip(stage.images, ("first", "second"), strict=False))
    for desk in (first, second):
        desk.sign_in()
        assert desk.synchronise()
    yield first, second
    first.close()
    second.close()


def compact_all(stage: FaultyStage) -> int:
    """Whatever decides nothing any more, however young."""
    now = stage.server_clock.utc()
    with stage.context.database.read() as session:
        planned = plan(session, keep=timedelta(days=-1), now=now)
    compaction = Compaction(planned, now=now, signing_key=SERVER_KEY)
    more = True
    while more:
        with stage.context.database.write() as session:
            more = compaction.step(session)
    return compaction.operations


def rest(*desks: Desk) -> None:
    for _ in range(3):
        for desk in desks:
            desk.synchronise()


def write_many(desk: Desk, key: str, count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        desk.write(key, f"{desk.name} {number}")
    assert desk.synchronise()


def test_a_desk_that_was_away_too_long_takes_the_state_and_its_own_work_is_in_it(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    first.write("b1", "dari meja pertama")
    rest(first, second)
    second.write("b1", "saat tak terhubung")
    write_many(first, "b0", 5)
    assert compact_all(stage) > 0
    rest(second, first)
    assert first.seen() == second.seen()
    assert (second.seen()["b0"]["note"], first.seen()["b1"]["note"]) == ("first 4", "saat tak terhubung")  # type: ignore[index]
    assert second.store.do(server_order.snapshot_under_way) is None


def test_what_a_restored_and_compacted_server_has_lost_comes_back(stage: FaultyStage, desks: tuple[Desk, Desk]) -> None:
    first, second = desks
    write_many(first, "b0", 5)
    rest(second)
    assert compact_all(stage) > 0
    with closing(sqlite3.connect(":memory:")) as backup:
        stage.copy_server(backup)
        write_many(first, "b0", 3, first=5)
        write_many(second, "b1", 2)
        stage.put_server_back(backup)
    begin_order(stage.context.database)
    rest(first, second)
    assert first.seen() == second.seen()
    assert (first.seen()["b0"]["note"], first.seen()["b1"]["note"]) == ("first 7", "second 1")  # type: ignore[index]
    assert not first.waiting() | second.waiting()


def test_what_was_taken_out_of_effect_meanwhile_is_gone_at_a_desk_that_takes_the_state(
    stage: FaultyStage, desks: tuple[Desk, Desk]
) -> None:
    first, second = desks
    first.write("b1", "keliru")
    rest(first, second)
    assert second.seen().keys() == {"b1"}
    with stage.context.database.write() as session:
        row = session.scalars(select(OperationRow)).one()
        Journal(session, now=START).withdraw(row.operation_id, reason="keliru", by="console")
    write_many(first, "b0", 4)
    assert compact_all(stage) > 0
    rest(second)
    assert second.seen().keys() == {"b0"}


def test_the_order_is_compacted_once_a_night_beside_the_work(stage: FaultyStage, desks: tuple[Desk, Desk]) -> None:
    first, _ = desks
    write_many(first, "b0", 5)
    nightly = NightlyCompaction(stage.context, keep=timedelta(days=30))

    def at(moment: datetime) -> int:
        stage.server_clock.set_forward = moment - START
        stage.runner.run(nightly.run_if_due())
        with stage.context.database.read() as session:
            return len(session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.COMPACTED)).all())

    noon = datetime(2025, 6, 1, 5, tzinfo=UTC)
    assert at(noon) == 0
    assert at(noon.replace(hour=19)) == 1
    first.sign_in()
    write_many(first, "b0", 5, first=5)
    assert at(noon.replace(hour=20)) == 1


@pytest.fixture(params=["sqlite", "postgresql"])
def options(request: pytest.FixtureRequest, tmp_path: Path) -> ServerOptions:
    database = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    given = ServerOptions(data_dir=tmp_path / "data", database=database)
    place_server_key(given.folder / "server.key")
    user_add(given, NRP, role=Role.OPERATOR, password=PASSWORD)
    return given


def test_the_command_counts_first_then_compacts_and_the_check_finds_all_chains_whole(options: ServerOptions) -> None:
    clock = FakeClock(START + timedelta(days=400))
    with closing(Database.open(options.database_url)) as database:
        enrol_at(database, "ws1", now=START)
        with database.write() as session:
            made: list[Operation] = []
            for number in range(1, 6):
                fields = bookmark("b1", note=f"ke-{number}")
                last_hash = made[-1].hash if made else FIRST_HASH
                made.append(
                    signed(
                        Operation(
                            uuid7(START), "ws1", number, NRP, START, Entity.BOOKMARK, "b1", number - 1, fields,
                            SCHEMA_VERSION, last_hash,
                        )
                    )
                )  # fmt: skip
            officer = Officer(NRP, NRP, Role.OPERATOR)
            Journal(session, now=START).push(list(map(OperationMessage.of, made)), device="ws1", officer=officer)
    counted = compact(options, keep_days=90, dry_run=True, clock=clock)
    done = compact(options, keep_days=90, dry_run=False, clock=clock)
    assert (counted.compacted, counted.after) == (done.compacted, counted.before)
    assert done.before.message_bytes - done.after.message_bytes == done.saved_bytes > 0
    checked = check_chains(options, signatures=True)
    assert (checked.operations, checked.compacted, checked.broken) == (5, done.compacted, ())
