"""A workstation without windows in a process of its own: it tags, synchronises, and is killed.

    python -m benchmarks.jepsen_desk work|look FOLDER URL SERVER-FOLDER [DATABASE]

`work` tags until there is a file `quiet` and synchronises until it is ended. What an officer would have been shown as
saved stands in the file `saved`, a text a line; how synchronisation stands in `state`. `look` prints what the store
has.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

from tests.enrolled import identity_of
from tests.exchange import NRP, PASSWORD
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_devices import device_enrol
from tmcwall.db import bookmarks, custody, operations, server_order
from tmcwall.db import conflicts as conflict_rows
from tmcwall.db.rows import fields_of
from tmcwall.db.store import Store
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault
from tmcwall.services.replica import StoreReplica
from tmcwall.sync.account import sign_in
from tmcwall.sync.client import SyncClient, SyncLimits, SyncState

BOOKMARKS = 20
_WAIT_S = 60.0


def work(folder: Path, url: str, server: ServerOptions) -> None:
    clock = SystemClock()
    folder.mkdir(exist_ok=True)
    store = Store(folder / "tmcwall.db", clock=clock)
    identity = identity_of(store, folder, url=url)
    try:
        device = identity.current()
    except Fault:
        device = identity.enrol(device_enrol(server, f"meja {uuid4()}").code)

    def hear(state: SyncState) -> None:
        told = {"at": time.time(), "online": state.online, "pending": state.pending}
        fault = state.fault.code if state.fault else None
        new = folder / "state.new"
        new.write_text(json.dumps({**told, "fault": fault}))
        new.replace(folder / "state")

    limits = SyncLimits(interval_s=0.5, request_s=5.0, silence_s=5.0, first_retry_s=0.2, longest_retry_s=2.0, batch=20)
    replica = StoreReplica(store=store, clips=folder, clock=clock)
    client = SyncClient(replica, server_url=url, token=None, clock=clock, on_state=hear, limits=limits)
    threading.Thread(target=client.run, args=(threading.Event(),), daemon=True).start()

    def stay_signed_in() -> None:
        while True:
            try:
                client.use_token(sign_in(url, NRP, PASSWORD, device=device).token)
            except Fault:
                time.sleep(0.5)
            else:
                time.sleep(20)

    threading.Thread(target=stay_signed_in, daemon=True).start()
    with (folder / "saved").open("a") as saved:
        while not (folder / "quiet").exists():
            text = f"{os.getpid()} {uuid4()}"
            tag(store, f"b{random.randrange(BOOKMARKS)}", text, clock)
            saved.write(text + "\n")
            saved.flush()
            client.notify()
            time.sleep(random.uniform(0.0, 0.2))
    threading.Event().wait()


def tag(store: Store, bookmark_id: str, text: str, clock: SystemClock) -> None:
    now = clock.utc()
    known = store.read(partial(bookmarks.get, bookmark_id=bookmark_id)).result(_WAIT_S)
    new = Bookmark(bookmark_id, "cam-1", "Gendengan", now, now + timedelta(seconds=20), now, NRP)
    value = replace(known or new, note=text)
    store.write(partial(operations.change, value=value, actor=NRP, at=now)).result(_WAIT_S)


def look(folder: Path) -> None:
    store = Store(folder / "tmcwall.db", clock=SystemClock())
    seen = {}
    for number in range(BOOKMARKS):
        found = store.read(partial(bookmarks.get, bookmark_id=f"b{number}")).result(_WAIT_S)
        if found is not None:
            seen[found.id] = fields_of(found)
    answer = {
        "seen": seen,
        "conflicts": sorted(one.id for one in store.read(conflict_rows.unsettled).result(_WAIT_S)),
        "pending": store.read(operations.pending_count).result(_WAIT_S),
        "unread": len(store.read(server_order.unread).result(_WAIT_S)),
        "custody_broken": store.read(custody.verify).result(_WAIT_S) is not None,
    }
    print(json.dumps(answer))
    store.close()


def main() -> None:
    what, folder, url, server, *database = sys.argv[1:]
    if what == "work":
        work(Path(folder), url, ServerOptions(data_dir=Path(server), database=database[0] if database else None))
    else:
        look(Path(folder))


if __name__ == "__main__":
    main()
