"""A workstation that was away for two weeks comes back: how long it takes, and whether its screen goes on meanwhile.

    python -m benchmarks.away [--operations 100000] [--own 2000] [--clips 200] [--clip-kb 256]

The server is a process of its own. The workstation's store, its synchronisation and an event loop of Qt, whose timer of
10 ms stands for the screen, are in this one; no window is, so what screens do about what comes is not in the numbers.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import multiprocessing
import sys
import tempfile
import threading
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import msgspec
import psutil
import structlog
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from sqlalchemy import insert, update

from tests.enrolled import enrol_at, enrolled_at, identity_of, signed
from tests.exchange import NRP, PASSWORD, START, ServerProcess, bookmark, server_process
from tests.synchronised_workstation import Workstation
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_users import user_add
from tmcwall.db import bookmarks, operations
from tmcwall.domain.bookmark import Clip, ClipState
from tmcwall.domain.ids import uuid7
from tmcwall.domain.merge import NOTHING, merge
from tmcwall.domain.officer import Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.server.database import Database
from tmcwall.server.tables import DeviceRow, EntityRow, OperationRow, OrderRow
from tmcwall.services.replica import StoreReplica
from tmcwall.sync.account import sign_in
from tmcwall.sync.client import SyncClient, SyncState
from tmcwall.sync.protocol import OperationMessage

OTHER = "ws-other"


def fill(folder: Path, count: int) -> None:
    """The order goes on with the operations of another workstation: a bookmark each."""
    database = Database.open(ServerOptions(data_dir=folder).database_url)
    enrol_at(database, OTHER, now=START)
    rows, entities, previous_hash = [], [], FIRST_HASH
    with database.read() as session:
        first = session.query(OrderRow.last_sequence).scalar() or 0
    for number in range(1, count + 1):
        entity_id = f"other-b{number:07}"
        made = signed(
            Operation(
                uuid7(START), OTHER, number, NRP, START, Entity.BOOKMARK, entity_id, 0,
                bookmark(entity_id, note="kecelakaan", made_at=START + timedelta(seconds=number)), SCHEMA_VERSION,
                previous_hash,
            )
        )  # fmt: skip
        previous_hash = made.hash
        rows.append(
            {
                "server_sequence": first + number, "operation_id": made.id, "device": OTHER, "number": number,
                "hash": previous_hash, "entity": made.entity, "entity_id": entity_id, "revision": 1,
                "fate": "applied", "reason": "", "message": OperationMessage.of(made).model_dump_json(),
                "accepted_from": NRP, "accepted_at": START,
            }
        )  # fmt: skip
        entities.append(
            {
                "kind": made.entity, "id": entity_id, "parent_id": "", "revision": 1,
                "versions": msgspec.json.encode(merge(NOTHING, made).state.versions).decode(), "changed_at": START,
                "changed_sequence": first + number,
            }
        )  # fmt: skip
    with database.write() as session:
        session.execute(insert(OperationRow), rows)
        session.execute(insert(EntityRow), entities)
        session.execute(
            insert(DeviceRow),
            [{"id": OTHER, "last_number": count, "last_hash": previous_hash, "first_seen_at": START}],
        )
        session.execute(update(OrderRow).values(last_sequence=first + count))
    database.close()


def work_alone(desk: Workstation, *, own: int, clips: int, clip_bytes: int) -> None:
    for number in range(own - clips):
        desk.tag(f"own-b{number:06}")
    data = bytes(clip_bytes)
    for number in range(clips):
        content = number.to_bytes(8) + data[8:]
        (desk.folder / f"c{number}.mp4").write_bytes(content)
        clip = Clip(
            f"own-c{number:06}", f"own-b{number:06}", ClipState.READY, f"c{number}.mp4",
            sha256=hashlib.sha256(content).hexdigest(), size_bytes=clip_bytes,
        )  # fmt: skip
        now = desk.clock.utc()
        desk.store.write(partial(operations.change, value=clip, actor=NRP, at=now)).result(60)


class Screen:
    """The event loop, how late its timer was, and the most memory that either side had."""

    def __init__(self, desk: Workstation, server: ServerProcess, *, own: int) -> None:
        self._desk, self._own = desk, own
        self._processes = (psutil.Process(), psutil.Process(server.process.pid))
        self.memory = [0, 0]
        self.memory_before = self._processes[0].memory_info().rss >> 20
        self.late_ms: list[float] = []
        self.drained_s: float | None = None
        self.state = SyncState()
        self._began_s = self._last_s = time.monotonic()
        self._looked_s = 0.0
        self._beat = QTimer(interval=10, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._tick)
        self._beat.start()

    @property
    def took_s(self) -> float:
        return time.monotonic() - self._began_s

    def _tick(self) -> None:
        now_s = time.monotonic()
        self.late_ms.append((now_s - self._last_s) * 1000 - 10)
        self._last_s = now_s
        if now_s - self._looked_s < 0.5:
            return
        self._looked_s = now_s
        found = [process.memory_info().rss >> 20 for process in self._processes]
        self.memory = [max(pair) for pair in zip(self.memory, found, strict=True)]
        if self.drained_s is None and self.state.online and self.state.pending == 0:
            self.drained_s = self.took_s
        if self.drained_s is not None:
            left = self._desk.store.read(partial(bookmarks.clips_to_upload, limit=1))
            left.add_done_callback(lambda future: None if future.result() else QCoreApplication.quit())


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--own", type=int, default=2_000)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--clip-kb", type=int, default=256)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    app = QCoreApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "server"
        desk = Workstation(Path(name) / "desk")
        with server_process(folder) as server:
            user_add(ServerOptions(data_dir=folder), NRP, role=Role.OPERATOR, password=PASSWORD)
            desk.tag("own-first")
            desk.synchronise(server)
        filling = multiprocessing.get_context("spawn").Process(target=fill, args=(folder, given.operations))
        filling.start()  # elsewhere: what it takes is not the workstation's
        filling.join()
        work_alone(desk, own=given.own, clips=given.clips, clip_bytes=given.clip_kb << 10)
        with server_process(folder) as server:
            identity = identity_of(desk.store, desk.folder, url=server.url)
            session = sign_in(server.url, NRP, PASSWORD, device=enrolled_at(identity, folder))
            screen = Screen(desk, server, own=given.own)
            client = SyncClient(
                StoreReplica(store=desk.store, clips=desk.folder, clock=desk.clock),
                server_url=server.url, token=session.token, clock=desk.clock,
                on_state=lambda state: setattr(screen, "state", state),
            )  # fmt: skip
            stop = threading.Event()
            thread = threading.Thread(target=client.run, args=(stop,))
            thread.start()
            app.exec()
            took_s = screen.took_s
            stop.set()
            thread.join()
        late = sorted(screen.late_ms)
        there = desk.store.read(operations.pending_count).result(60)
        desk.close()
    print(f"{given.operations} of others, {given.own} own, {given.clips} clips; load {psutil.getloadavg()[0]:.1f}")
    print(f"operations after {screen.drained_s or 0:.1f} s, clips after {took_s:.1f} s; {there} unsent")
    print(f"loop late p50 {late[len(late) // 2]:.1f}, p99 {late[len(late) * 99 // 100]:.1f}, most {late[-1]:.1f} ms")
    print(f"memory at most: workstation {screen.memory[0]} MiB, {screen.memory_before} of them at the beginning")
    print(f"server {screen.memory[1]} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
