"""Many workstations at once, on SQLite and on PostgreSQL: the order has no holes and nobody's operation is skipped."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from tests.exchange import (
    CHEAP_HASHER,
    NRP,
    OFFICER,
    PASSWORD,
    START,
    MemoryReplica,
    bookmark,
    operations,
    report_body,
    server_process,
)
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_users import user_add
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Entity, Operation
from tmcwall.intake.webhook import parse_webhook
from tmcwall.server.accounts import add_user
from tmcwall.server.audit import ADD_AUDIT, AuditAction, audit_row
from tmcwall.server.database import Database
from tmcwall.server.journal import Journal, Push
from tmcwall.server.order import last_place, page, version_of
from tmcwall.server.prepared import prepare
from tmcwall.server.reports import receive
from tmcwall.server.tables import AuditRow, Base, ConflictRow, DeviceRow, OperationRow
from tmcwall.sync.client import SyncClient
from tmcwall.sync.protocol import Fate, OperationMessage

pytest_plugins = ["tests.postgresql"]


@pytest.fixture(params=["sqlite", "postgresql", "oldest_postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.db'}"
    address: str = request.getfixturevalue(request.param)
    return address


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url)
    with opened.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


def push(database: Database, device: str, made: list[Operation]) -> None:
    with database.write() as session:
        messages = [OperationMessage.of(operation) for operation in made]
        Journal(session, now=START).push(messages, device=device, officer=OFFICER)


def pull_all(database: Database, cursor: int) -> tuple[list[UUID], int]:
    found: list[UUID] = []
    more = True
    while more:
        with database.read() as session:
            reply = page(session, cursor=cursor, limit=7)
        found += [item.operation.id for item in reply.operations]
        cursor, more = reply.cursor, reply.more
    return found, cursor


def test_a_reader_beside_concurrent_pushers_misses_nothing_and_sees_nothing_twice(database: Database) -> None:
    chains = {f"ws{number}": operations(24, device=f"ws{number}") for number in range(4)}
    pushed = threading.Event()

    def push_chain(device: str) -> None:
        for first in range(0, 24, 2):
            push(database, device, chains[device][first : first + 2])

    def read_along() -> list[UUID]:
        seen: list[UUID] = []
        cursor = 0
        last_time = False
        while True:
            found, cursor = pull_all(database, cursor)
            seen += found
            if last_time:
                return seen
            last_time = pushed.is_set()

    with ThreadPoolExecutor(6) as pool:
        reader = pool.submit(read_along)
        for done in [pool.submit(push_chain, device) for device in chains]:
            done.result()
        pushed.set()
        seen = reader.result()
    assert len(seen) == len(set(seen)) == 96
    for made in chains.values():
        places = [seen.index(operation.id) for operation in made]
        assert places == sorted(places)


def test_a_slow_transaction_with_a_lower_place_is_not_overtaken(database: Database) -> None:
    slow, fast = operations(1, device="slow"), operations(1, device="fast")
    with ThreadPoolExecutor(1) as pool:
        with database.write() as session:
            messages = [OperationMessage.of(operation) for operation in slow]
            Journal(session, now=START).push(messages, device="slow", officer=OFFICER)
            session.flush()
            overtaking = pool.submit(push, database, "fast", fast)
            found, cursor = pull_all(database, 0)
            assert (found, cursor, overtaking.done()) == ([], 0, False)
        overtaking.result()
    found, _ = pull_all(database, cursor)
    assert found == [slow[0].id, fast[0].id]


def test_what_several_workstations_push_is_written_at_once_whatever_stands_in_it(database: Database) -> None:
    odd = 'Jl. "Slamet" 50% \\u0000 {Ñ} \n\x7f\u2028'
    first, second = operations(1, device="ws1")[0], operations(1, device="ws2")[0]
    first = replace(first, fields={**first.fields, "note": odd})
    second = replace(second, entity_id=first.entity_id, fields={"note": "another"})
    rows = [audit_row(AuditAction.PUSH, at=START, actor=NRP, about="ws1 1..1", address="::1", outcome="ok")]
    with database.write() as session:
        journal = Journal(session, now=START)
        fates = [
            journal.take(Push([prepare(OperationMessage.of(one))], one.device, OFFICER)).fates[0].fate
            for one in (first, second)
        ]
        journal.write([(ADD_AUDIT, rows)])
    assert fates == [Fate.APPLIED, Fate.CONFLICT]
    with database.read() as session:
        conflict = session.scalars(select(ConflictRow)).one()
        assert (version_of(conflict.kept).value, version_of(conflict.other).value) == ("another", odd)
        kept = session.scalars(select(OperationRow).order_by(OperationRow.server_sequence)).all()
        assert [(row.operation_id, row.accepted_at) for row in kept] == [(first.id, START), (second.id, START)]
        assert session.scalars(select(AuditRow.about)).all() == ["ws1 1..1"]
        assert last_place(session)[0] == 2
    push(database, "ws1", operations(1, device="ws1", first=2, previous_hash=first.hash))
    with database.read() as session:
        device = session.get_one(DeviceRow, "ws1")
        assert (device.last_number, device.first_seen_at) == (2, START)


def test_a_connection_that_the_database_has_ended_is_made_anew(
    postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database.open(postgresql)
    with closing(database.connect_apart()) as other:
        ours = "datname = current_database() AND pid <> pg_backend_pid()"
        other.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {ours}".encode())
    later_s = time.monotonic() + 5
    with monkeypatch.context() as patched:
        patched.setattr("tmcwall.server.database.time", SimpleNamespace(monotonic=lambda: later_s))
        with database.read() as session:
            assert last_place(session)[0] == 0
    database.close()


def test_what_is_read_while_a_database_closes_is_read_and_its_connection_closes_then(postgresql: str) -> None:
    database = Database.open(postgresql)
    with database.read() as session:
        assert last_place(session)[0] == 0
        connection = session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        database.close()
        assert last_place(session)[0] == 0
    assert connection.closed


def test_the_same_push_from_two_connections_at_once_counts_once(database: Database) -> None:
    made = operations(5)
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(push, database, "ws1", made) for _ in range(4)]:
            done.result()
    assert pull_all(database, 0)[0] == [operation.id for operation in made]


def test_the_same_report_from_two_connections_at_once_is_one_incident(database: Database) -> None:
    body = report_body()

    def report() -> str:
        with database.write() as session:
            return receive(session, parse_webhook(body), body, now=START).incident_id

    with ThreadPoolExecutor(4) as pool:
        incidents = {done.result() for done in [pool.submit(report) for _ in range(4)]}
    assert len(incidents) == 1


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    with database.write() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Base.metadata) == []


def test_a_workstation_synchronises_with_a_server_on_that_database(url: str, tmp_path: Path) -> None:
    options = ServerOptions(data_dir=tmp_path / "data", database=url)
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD)
    replica = MemoryReplica()
    for number in range(1, 21):
        replica.write(Entity.BOOKMARK, f"b{number}", bookmark(f"b{number}", note="hujan lebat"))
    done, stop = threading.Event(), threading.Event()
    with server_process(options.data_dir, database=url) as server:
        client = SyncClient(
            replica,
            server_url=server.url,
            token=server.sign_in(NRP, PASSWORD, device="ws1").token,
            clock=SystemClock(),
            on_state=lambda state: done.set() if state.online and len(replica.applied) == 20 else None,
        )
        thread = threading.Thread(target=client.run, args=(stop,))
        thread.start()
        assert done.wait(30)
        stop.set()
        thread.join(30)
        assert server.stop() == 0


def test_a_database_that_does_not_answer_is_said() -> None:
    with pytest.raises(Fault) as refused:
        Database.open("postgresql+psycopg://tester@/absent?host=/nonexistent")
    assert refused.value.code is FaultCode.DATABASE_UNREACHABLE
