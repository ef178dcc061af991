"""Several server processes on one PostgreSQL: what one of them knows, all know."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from tests.clocks import FakeClock
from tests.enrolled import enrol_in, sign_in_content
from tests.exchange import (
    NRP,
    OFFICER,
    PASSWORD,
    WEBHOOK_SECRET,
    ServerProcess,
    operations,
    report_body,
    report_headers,
    server_process,
)
from tests.waiting import PATIENCE_S, until
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_users import user_add
from tmcwall.commands.server_workers import run_workers
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Operation
from tmcwall.server.announcer import Announcer
from tmcwall.server.database import Database
from tmcwall.server.hints import Hints
from tmcwall.server.journal import Journal
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.shared import SharedAttempts, SharedDelays, SharedQuota, Tallies
from tmcwall.server.tables import OperationRow, OrderRow
from tmcwall.server.upload_locks import UploadLeases, UploadLocks
from tmcwall.sync.protocol import API, OperationMessage, RefusalCode

pytest_plugins = ["tests.postgresql"]

_OPEN = "import sys; from tmcwall.server.database import Database; Database.open(sys.argv[1]).close()"
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.fixture
def options(tmp_path: Path, postgresql: str) -> ServerOptions:
    chosen = ServerOptions(data_dir=tmp_path / "data", database=postgresql, port=0)
    user_add(chosen, NRP, role=Role.OPERATOR, password=PASSWORD)
    webhook_add(chosen, Source.CALL_112, secret=WEBHOOK_SECRET)
    return chosen


@pytest.fixture
def databases(postgresql: str) -> Iterator[tuple[Database, Database]]:
    """As two processes have them."""
    with ExitStack() as opened:
        pair = Database.open(postgresql), Database.open(postgresql)
        for database in pair:
            opened.callback(database.close)
        yield pair


@contextmanager
def two_servers(options: ServerOptions) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    assert options.database is not None
    with (
        server_process(options.data_dir, database=options.database) as one,
        server_process(options.data_dir, database=options.database) as other,
    ):
        yield one, other


def push(url: str, token: str, made: list[Operation]) -> int:
    body = {"operations": [OperationMessage.of(one).model_dump(mode="json") for one in made]}
    with httpx2.Client(base_url=url + API, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as client:
        return client.post("/operations", json=body, timeout=PATIENCE_S).status_code


def test_four_processes_that_start_at_once_on_an_empty_database_all_find_their_tables(postgresql: str) -> None:
    command = [sys.executable, "-W", "error", "-c", _OPEN, postgresql]
    processes = [subprocess.Popen(command, env=ENVIRONMENT) for _ in range(4)]
    assert [process.wait(PATIENCE_S) for process in processes] == [0] * 4


def test_pushes_into_two_processes_make_one_order_without_holes(options: ServerOptions) -> None:
    chains = {f"ws{number}": operations(40, device=f"ws{number}") for number in range(4)}
    with two_servers(options) as servers:

        def drain(device: str) -> set[int]:
            token = servers[0].sign_in(NRP, PASSWORD, device=device).token
            made = chains[device]
            return {
                push(servers[first // 5 % 2].url, token, made[first : first + 5]) for first in range(0, len(made), 5)
            }

        with ThreadPoolExecutor(4) as pool:
            assert set().union(*pool.map(drain, chains)) == {200}
    database = Database.open(options.database_url)
    with database.read() as session:
        rows = session.execute(
            select(OperationRow.server_sequence, OperationRow.device, OperationRow.number).order_by(
                OperationRow.server_sequence
            )
        ).all()
    database.close()
    assert [row.server_sequence for row in rows] == list(range(1, 161))
    for device in chains:
        assert [row.number for row in rows if row.device == device] == list(range(1, 41))


def test_a_stream_of_one_process_tells_of_what_came_to_another(options: ServerOptions) -> None:
    with two_servers(options) as (one, other):
        token = one.sign_in(NRP, PASSWORD, device="ws1").token
        headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": "0"}
        with (
            httpx2.Client(base_url=other.url + API, headers=headers, trust_env=False, timeout=PATIENCE_S) as client,
            client.stream("GET", "/stream") as events,
        ):
            assert push(one.url, token, operations(3)) == 200
            data = next(line for line in events.iter_lines() if line.startswith("data:"))
    assert json.loads(data.removeprefix("data:"))["cursor"] == 3


def test_failed_sign_ins_at_one_process_delay_the_next_at_another(options: ServerOptions) -> None:
    def fail_at(server: ServerProcess) -> int:
        challenge = httpx2.get(server.url + API + "/info", timeout=PATIENCE_S).json()["challenge"]
        body = sign_in_content(NRP, "salah-sekali-ini", "ws9", challenge=challenge)
        return httpx2.post(server.url + API + "/sign-in", json=body, timeout=PATIENCE_S).status_code

    with two_servers(options) as servers:
        enrol_in(options.data_dir, "ws9", database=options.database)
        statuses = [fail_at(servers[turn % 2]) for turn in range(6)]
    assert statuses == [401] * 5 + [429]


def test_what_is_counted_in_one_process_counts_in_another(databases: tuple[Database, Database]) -> None:
    clock = FakeClock()
    one, other = (Tallies(database, clock) for database in databases)
    first, second = (SharedAttempts(tallies, "reports", per_window=2, window_s=60) for tallies in (one, other))
    first.count("112")
    second.count("112")
    with pytest.raises(RequestRefused) as refused:
        first.count("112")
    assert refused.value.refusal.code is RefusalCode.TOO_MANY
    first.count("110")
    clock.advance(60)
    second.count("112")


def test_the_delay_grows_with_the_failures_at_all_processes_and_ends(databases: tuple[Database, Database]) -> None:
    clock = FakeClock()
    delays = [
        SharedDelays(Tallies(database, clock), "account", free=2, longest_s=10, forgotten_after_s=900)
        for database in databases
    ]

    def wait() -> int:
        try:
            delays[1].demand("a")
        except RequestRefused as refused:
            return refused.retry_after_s or 0
        return 0

    waits = []
    for turn in range(7):
        delays[turn % 2].failed("a")
        waits.append(wait())
    assert waits == [0, 1, 2, 4, 8, 10, 10]
    clock.advance(899)
    delays[0].failed("a")
    clock.advance(1)
    assert wait() == 9
    delays[0].forget("a")
    assert wait() == 0
    for _ in range(3):
        delays[0].failed("a")
    clock.advance(900)
    delays[0].failed("a")
    assert wait() == 0


def test_a_quota_holds_across_processes_and_refuses_without_charging(databases: tuple[Database, Database]) -> None:
    clock = FakeClock()
    one, other = (SharedQuota(Tallies(database, clock), per_day=100) for database in databases)
    one.take(80, "device", "officer")
    with pytest.raises(RequestRefused):
        other.take(30, "another device", "officer")
    other.take(100, "another device")
    other.take(20, "device", "officer")
    clock.advance(86_400)
    one.take(100, "device", "officer")


def test_what_counts_no_more_is_not_kept(databases: tuple[Database, Database]) -> None:
    clock = FakeClock()
    tallies = Tallies(databases[0], clock)
    SharedAttempts(tallies, "reports", per_window=2, window_s=60).count("112")
    clock.advance(61)
    tallies.tidy()
    with databases[1].at_once() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM tallies").scalar() == 0


@dataclass
class Locks:
    """Of one process."""

    locks: UploadLocks
    distrusted: list[str]


def locks_of(database: Database, clock: FakeClock, *, for_s: float = 10) -> Locks:
    distrusted: list[str] = []
    leases = UploadLeases(database, clock, for_s=for_s, forget=distrusted.append)
    return Locks(UploadLocks(clock, slow_s=10, slowest_bytes_per_s=1000, leases=leases), distrusted)


def test_one_process_at_a_time_writes_an_upload(databases: tuple[Database, Database]) -> None:
    clock = FakeClock()
    one, other = (locks_of(database, clock) for database in databases)

    async def write() -> None:
        async with one.locks.alone("u1"):
            with pytest.raises(RequestRefused) as refused:
                async with other.locks.alone("u1"):
                    pass
            assert refused.value.refusal.code is RefusalCode.LOCKED
            async with other.locks.alone("u2"):
                pass
        async with other.locks.alone("u1"):
            pass
        async with one.locks.alone("u1"):
            pass
        async with one.locks.alone("u1"):
            pass

    asyncio.run(write())
    # What the other one may have written is not known by its hash; what only this one has written is.
    assert one.distrusted == ["u1", "u1"]
    assert other.distrusted == ["u2", "u1"]


def test_an_upload_whose_process_is_gone_is_taken_over_and_the_first_writes_no_more(
    databases: tuple[Database, Database],
) -> None:
    clock = FakeClock()
    one, other = (locks_of(database, clock, for_s=0.001) for database in databases)

    async def body() -> list[bytes]:
        async def parts():
            yield b"x"

        async with one.locks.alone("u1") as sender:
            clock.advance(1)
            async with other.locks.alone("u1"):
                return [part async for part in sender.parts(parts())]

    with pytest.raises(RequestRefused) as refused:
        asyncio.run(body())
    assert refused.value.refusal.code is RefusalCode.LOCKED


def test_a_report_at_one_process_waits_for_one_transaction_of_another_and_not_for_all(
    options: ServerOptions, databases: tuple[Database, Database]
) -> None:
    pushing, stop = threading.Event(), threading.Event()

    def push_on_and_on() -> int:
        last = 0
        made = operations(2000)
        for first in range(0, len(made), 20):
            if stop.is_set():
                break
            with databases[0].write() as session:
                journal = Journal(session, now=datetime.now(UTC))
                messages = [OperationMessage.of(one) for one in made[first : first + 20]]
                last = journal.push(messages, device="ws1", officer=OFFICER).fates[-1].number
            pushing.set()
        return last

    assert options.database is not None
    with server_process(options.data_dir, database=options.database) as server, ThreadPoolExecutor(1) as pool:
        pushed = pool.submit(push_on_and_on)
        pushing.wait(PATIENCE_S)
        body = report_body()
        headers = report_headers(body, now=datetime.now(UTC))
        status = httpx2.post(server.url + API + "/webhooks/incident", content=body, headers=headers).status_code
        stop.set()
        assert status == 202
        assert pushed.result() < 2000


def test_a_listener_that_loses_its_connection_hears_again(databases: tuple[Database, Database]) -> None:
    heard = threading.Event()
    hints = Hints(databases[0])
    hints.start(lambda sequence: heard.set() if sequence == 7 else None)
    with databases[1].at_once() as connection:
        ended = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' OR query LIKE '%%order'"
        )
        until(lambda: connection.exec_driver_sql(ended).fetchall() != [])
        connection.exec_driver_sql("UPDATE operation_order SET last_sequence = 7")
    assert heard.wait(PATIENCE_S)
    hints.stop()


def test_announcers_of_two_processes_hear_each_other(databases: tuple[Database, Database]) -> None:
    async def hear() -> int | None:
        one, other = (Announcer(Hints(database)) for database in databases)
        one.open(0)
        other.open(0)
        try:
            with databases[0].write() as session:
                session.execute(update(OrderRow).values(last_sequence=5))
            one.announce(5)
            return await other.newer_than(0, timeout_s=PATIENCE_S)
        finally:
            for announcer in (one, other):
                announcer.close()
                await asyncio.to_thread(announcer.end)

    assert asyncio.run(hear()) == 5


@contextmanager
def running_workers(options: ServerOptions, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    words = ["server", "run", "--workers", "2", "--port", "0", "--database", options.database_url, *more]
    command = [sys.executable, "-m", "tmcwall", *words, "--data-dir", str(options.data_dir)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready "), line
        yield process, line.removeprefix("ready ").strip()
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        process.stdout.close()


def workers_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


def answers(url: str) -> bool:
    try:
        return httpx2.get(url + API + "/info", timeout=PATIENCE_S).status_code == 200
    except httpx2.TransportError:
        return False


def test_workers_answer_on_one_port_and_end_with_it(options: ServerOptions) -> None:
    with running_workers(options) as (process, url):
        workers = workers_of(process)
        assert len(workers) == 2
        assert answers(url)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert not any(worker.is_running() for worker in workers)


def test_whichever_worker_is_asked_counts_for_all(options: ServerOptions, tmp_path: Path) -> None:
    token = tmp_path / "metrics"
    token.write_text("token-uji-yang-panjang")

    def asked_for_info(url: str) -> float:
        """How often, by the counts of a worker that chance chooses."""
        shown = httpx2.get(f"{url}/metrics", headers={"Authorization": f"Bearer {token.read_text()}"}).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(shown)
            for sample in family.samples
            if sample.name == "tmcwall_requests_total" and sample.labels["route"] == f"{API}/info"
        )

    with running_workers(options, "--metrics-token-file", str(token)) as (process, url):
        assert all(answers(url) for _ in range(12))
        assert {asked_for_info(url) for _ in range(12)} == {12}
        dead = workers_of(process)[0]
        dead.kill()
        until(lambda: len({worker.pid for worker in workers_of(process)} - {dead.pid}) == 2)
        assert asked_for_info(url) == 12
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_a_worker_that_dies_is_replaced_while_the_other_answers(options: ServerOptions) -> None:
    with running_workers(options) as (process, url):
        dead, alive = workers_of(process)
        dead.kill()
        until(lambda: len({worker.pid for worker in workers_of(process)} - {dead.pid}) == 2)
        assert alive.is_running()
        assert answers(url)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0


def test_workers_end_when_their_parent_is_killed(options: ServerOptions) -> None:
    with running_workers(options) as (process, _):
        workers = workers_of(process)
        process.kill()
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
        assert alive == []


def test_several_processes_on_sqlite_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        run_workers(ServerOptions(data_dir=tmp_path, port=0), 2)
    assert refused.value.code is DomainCode.DATABASE_NOT_SHARED
