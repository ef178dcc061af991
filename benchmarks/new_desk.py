"""How long a workstation that is new to a server takes until it has the state of a long order.

    python -m benchmarks.new_desk [--operations 100000] [--profile]

The server's application, its database on this disk and a workstation's store are real, in one process; there is no
network between them. Processor time is of both. The pages alone are what the server takes; the rest is the
workstation's.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import logging
import pstats
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import httpx2
import msgspec
import psutil
import structlog
from sqlalchemy import insert, update

from tests.clocks import FakeClock
from tests.enrolled import enrol_at
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, bookmark, settings_in
from tmcwall.db import operations, server_order
from tmcwall.db.store import Store
from tmcwall.domain.ids import uuid7
from tmcwall.domain.merge import NOTHING, merge
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.server.accounts import add_user
from tmcwall.server.app import create_app
from tmcwall.server.context import ServerContext
from tmcwall.server.sessions import begin_session
from tmcwall.server.tables import EntityRow, OperationRow, OrderRow
from tmcwall.services.replica import StoreReplica
from tmcwall.sync.client import SyncClient
from tmcwall.sync.connection import Connection
from tmcwall.sync.protocol import OperationMessage

ADDRESS = "http://127.0.0.1:1"


def fill(context: ServerContext, count: int) -> None:
    """As if one workstation had made that many bookmarks: an operation each."""
    rows, entities = [], []
    for number in range(1, count + 1):
        entity_id = f"ws1-b{number:07}"
        made = Operation(
            uuid7(START), "ws1", number, NRP, START, Entity.BOOKMARK, entity_id, 0,
            bookmark(entity_id, note="kecelakaan", made_at=START + timedelta(seconds=number)), SCHEMA_VERSION,
            FIRST_HASH,
        )  # fmt: skip
        state = merge(NOTHING, made).state
        message = OperationMessage.of(made)
        rows.append(
            {
                "server_sequence": number, "operation_id": made.id, "device": "ws1", "number": number,
                "hash": made.hash, "entity": made.entity, "entity_id": entity_id, "revision": 1,
                "fate": "applied", "reason": "",
                "message": message.model_dump_json(), "accepted_from": NRP, "accepted_at": START,
            }
        )  # fmt: skip
        entities.append(
            {
                "kind": made.entity, "id": entity_id, "parent_id": "", "revision": 1,
                "versions": msgspec.json.encode(state.versions).decode(), "changed_at": START,
                "changed_sequence": number,
            }
        )  # fmt: skip
    with context.database.write() as session:
        session.execute(insert(OperationRow), rows)
        session.execute(insert(EntityRow), entities)
        session.execute(update(OrderRow).values(last_sequence=count))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock = FakeClock(START)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_in(Path(folder)), clock=clock, hasher=CHEAP_HASHER)
        context: ServerContext = app.state.context
        fill(context, given.operations)
        store = Store(Path(folder) / "desk.db", clock=clock)
        device = store.read(operations.device).result(60)
        enrol_at(context.database, device, now=START)
        with context.database.write() as session:
            add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
            session.flush()
            token = begin_session(session, OFFICER, device=device, policy=context.session_policy, now=START).token
        client = SyncClient(
            StoreReplica(store=store, clips=Path(folder), clock=clock),
            server_url=ADDRESS, token=token, clock=clock, on_state=lambda _: None,
        )  # fmt: skip

        async def pages() -> None:
            """What the server alone takes for all of them."""
            headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}
            transport = httpx2.ASGITransport(app)
            async with httpx2.AsyncClient(base_url=f"{ADDRESS}/api/v1", transport=transport, headers=headers) as asking:
                after: list[str] | None = ["", ""]
                while after is not None:
                    params = {"after_kind": after[0], "after_id": after[1]}
                    after = (await asking.get("/snapshot", params=params)).json()["next"]

        async def join() -> None:
            async with Connection.open(ADDRESS, timeout_s=300, transport=httpx2.ASGITransport(app)) as connection:
                await client.round(connection)

        profile = cProfile.Profile() if given.profile else None
        for name, what in (("pages alone", pages), ("all", join)):
            if profile is not None and name == "all":
                store.write(lambda _: profile.enable()).result(60)  # in the store's thread
            began, used = time.monotonic(), time.process_time()
            asyncio.run(what())
            took_s, used_s = time.monotonic() - began, time.process_time() - used
            print(f"{name}: {took_s:.1f} s, processor {used_s:.1f} s, load {psutil.getloadavg()[0]:.1f}")
        if profile is not None:
            store.write(lambda _: profile.disable()).result(60)
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)
        reached = store.read(server_order.position).result(60).cursor
        assert reached == given.operations, reached
        print(f"{given.operations} operations; memory {psutil.Process().memory_info().rss >> 20} MiB")
        store.close()
        context.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
