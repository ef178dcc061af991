"""One client against all others: what the central server's health check and a report of an incident take meanwhile.

    python -m benchmarks.server_attacks [--database URL] [--only NAME,...]

A server in a process of its own, attacked over loopback in each of the ways below; `GET info` is asked twenty times a
second by another process. What `--database` names is filled for good: an empty PostgreSQL, and one attack a run.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import multiprocessing
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median

import httpx2
import psutil

from tests.enrolled import enrol_in, sign_in_content
from tests.exchange import (
    NRP,
    PASSWORD,
    WEBHOOK_SECRET,
    ServerProcess,
    operations,
    report_body,
    report_headers,
    server_process,
)
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_sources import webhook_add
from tmcwall.commands.server_users import user_add
from tmcwall.domain.incident import Source
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import Operation
from tmcwall.sync.protocol import API, OperationMessage

AUDITOR = "80010009"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    seconds: float


def ask(port: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.request(method, API + path, body or None, dict(headers or {}))
        reply = connection.getresponse()
        reply.read()
        return Reply(reply.status, time.monotonic() - began)
    finally:
        connection.close()


def watch(port: int, stop: Event, times: multiprocessing.Queue[list[float]]) -> None:
    found = []
    while not stop.wait(0.05):
        found.append(ask(port, "GET", "/info").seconds)
    times.put(found)


@contextmanager
def watched(port: int) -> Iterator[None]:
    stop = multiprocessing.Event()
    times: multiprocessing.Queue[list[float]] = multiprocessing.Queue()
    process = multiprocessing.Process(target=watch, args=(port, stop, times))
    process.start()
    time.sleep(1)
    try:
        yield
    finally:
        stop.set()
        found = times.get()
        process.join()
        print(f"    info: p50 {median(found) * 1e3:.0f} ms, longest {max(found) * 1e3:.0f} ms, {len(found)} asked")


def token(server: ServerProcess, device: str, nrp: str = NRP) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {server.sign_in(nrp, PASSWORD, device=device).token}"}


def push_body(made: Sequence[Operation]) -> bytes:
    return json.dumps({"operations": [OperationMessage.of(one).model_dump(mode="json") for one in made]}).encode()


def latency(server: ServerProcess) -> None:
    """One after the other on one connection, which is where held-back replies show."""
    headers = token(server, "one")
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    times = []
    for made in operations(60, device="one"):
        began = time.monotonic()
        connection.request("POST", f"{API}/operations", push_body([made]), headers)
        connection.getresponse().read()
        times.append(time.monotonic() - began)
    connection.close()
    print(f"    a push of one operation: p50 {median(times) * 1e3:.1f} ms")


def big_body(server: ServerProcess) -> None:
    for name, headers in (("nobody", JSON), ("an officer", token(server, "big"))):
        for size in (16 << 20, 2 << 20):
            body = b'{"operations":[' + b"[]," * ((size - 64) // 3) + b"[]]}"
            reply = ask(server.port, "POST", "/operations", body, headers)
            print(f"    {size >> 20} MiB of {name}: {reply.status} after {reply.seconds:.1f} s")


def half_requests(server: ServerProcess) -> None:
    with ExitStack() as connections:
        for _ in range(1300):
            half = connections.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            half.send(b"GET /api/v1/info HTTP/1.1\r\nHost: x\r\n")
        time.sleep(2)
        process = psutil.Process(server.process.pid)
        there = process.num_fds()
        time.sleep(21)
        print(f"    1300 half requests: {there} descriptors, {process.num_fds()} after 21 s more")


def sign_ins(server: ServerProcess) -> None:
    statuses: Counter[int] = Counter()

    enrol_in(server.folder, "many", database=server.database or None)
    challenges = [httpx2.get(f"{server.url}{API}/info").json()["challenge"] for _ in range(600)]

    async def one(number: int) -> None:
        body = json.dumps(sign_in_content(NRP, PASSWORD, "many", challenge=challenges[number])).encode()
        head = f"POST {API}/sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        reply = await reader.read()
        statuses[int(reply.split()[1]) if reply else 0] += 1
        writer.close()

    async def all_at_once() -> None:
        await asyncio.gather(*(one(number) for number in range(600)))

    began = time.monotonic()
    asyncio.run(all_at_once())
    print(f"    600 sign-ins: {dict(statuses)} in {time.monotonic() - began:.1f} s")


def quarantine(server: ServerProcess) -> None:
    headers = token(server, "auditor", AUDITOR)
    stored, status, began = 0, 200, time.monotonic()
    previous = operations(1)[0].previous_hash
    number = 0
    while status == 200 and time.monotonic() - began < 20:
        made = []
        for _ in range(25):
            number += 1
            plain = operations(1, device="auditor", first=number, previous_hash=previous, actor=AUDITOR)[0]
            made.append(replace(plain, fields={"note": "x" * 60_000}))
            previous = made[-1].hash
        body = push_body(made)
        status = ask(server.port, "POST", "/operations", body, headers).status
        stored += len(body) if status == 200 else 0
    print(f"    an auditor stored {stored >> 20} MiB without effect in {time.monotonic() - began:.0f} s, then {status}")


def reports_beside_pushes(server: ServerProcess) -> None:
    desks = {f"w{number}": token(server, f"w{number}") for number in range(8)}
    bodies = {}
    for desk in desks:
        made = operations(1000, device=desk)
        bodies[desk] = [push_body(made[first : first + 200]) for first in range(0, 1000, 200)]
    pushes: list[float] = []

    def drain(desk: str) -> None:
        pushes.extend(ask(server.port, "POST", "/operations", body, desks[desk]).seconds for body in bodies[desk])

    began = time.monotonic()
    threads = [threading.Thread(target=drain, args=(desk,)) for desk in desks]
    for thread in threads:
        thread.start()
    reports: list[float] = []
    while any(thread.is_alive() for thread in threads):
        body = report_body(id=f"112-{len(reports)}")
        headers = report_headers(body, now=datetime.now(UTC), secret=WEBHOOK_SECRET)
        reports.append(ask(server.port, "POST", "/webhooks/incident", body, headers).seconds)
        time.sleep(0.1)
    print(f"    8 workstations with 1000 operations each: {time.monotonic() - began:.1f} s")
    for name, times in (("a report", sorted(reports)), ("a push", sorted(pushes))):
        late = times[int(len(times) * 0.95)]
        print(
            f"    {name}: p50 {median(times) * 1e3:.0f} ms, p95 {late * 1e3:.0f} ms, longest {times[-1] * 1e3:.0f} ms"
        )


ATTACKS: Mapping[str, Callable[[ServerProcess], None]] = {
    "latency": latency,
    "big-body": big_body,
    "half-requests": half_requests,
    "sign-ins": sign_ins,
    "quarantine": quarantine,
    "reports-beside-pushes": reports_beside_pushes,
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", default="")
    parser.add_argument("--only", default=",".join(ATTACKS))
    options = parser.parse_args()
    for name in options.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            server_options = ServerOptions(data_dir=Path(folder), database=options.database or None)
            user_add(server_options, NRP, role=Role.OPERATOR, password=PASSWORD)
            user_add(server_options, AUDITOR, role=Role.AUDITOR, password=PASSWORD)
            webhook_add(server_options, Source.CALL_112, secret=WEBHOOK_SECRET)
            with server_process(Path(folder), database=options.database) as server:
                print(name, flush=True)
                with watched(server.port):
                    ATTACKS[name](server)
                peak = psutil.Process(server.process.pid).memory_info().rss >> 20
                print(f"    memory afterwards: {peak} MiB")


if __name__ == "__main__":
    main()
