"""Two workstations from one image: the store of one was copied to the other, and both go on tagging."""

import shutil
import threading
from datetime import timedelta
from pathlib import Path

import httpx2

from tests.exchange import NRP, PASSWORD, server_process
from tests.waiting import PATIENCE_S
from tmcwall.commands.server import ServerOptions, user_add
from tmcwall.db import custody, operations
from tmcwall.db.store import Store
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.officer import Role
from tmcwall.services.replica import StoreReplica
from tmcwall.sync.account import sign_in
from tmcwall.sync.client import SyncClient, SyncState
from tmcwall.sync.protocol import API


class Workstation:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = SystemClock()
        folder.mkdir(exist_ok=True)
        self.store = Store(folder / "tmcwall.db", clock=self.clock)

    def tag(self, bookmark_id: str) -> None:
        now = self.clock.utc()
        made = Bookmark(bookmark_id, "cam-1", "Gendengan", now, now + timedelta(seconds=20), now, NRP)
        self.store.write(lambda session: operations.change(session, made, actor=NRP, at=now)).result(PATIENCE_S)

    @property
    def device(self) -> str:
        return self.store.read(operations.device).result(PATIENCE_S)

    def synchronise(self, url: str) -> SyncState:
        """Sign in and synchronise until there is nothing to do, or a fault."""
        session = sign_in(url, NRP, PASSWORD, device=self.device)
        replica = StoreReplica(store=self.store, clips=self.folder, clock=self.clock)
        settled, states, stop = threading.Event(), [], threading.Event()

        def hear(state: SyncState) -> None:
            states.append(state)
            if state.fault is not None or (state.online and state.pending == 0):
                settled.set()

        client = SyncClient(replica, server_url=url, token=session.token, clock=self.clock, on_state=hear)
        thread = threading.Thread(target=client.run, args=(stop,))
        thread.start()
        assert settled.wait(PATIENCE_S), states
        stop.set()
        thread.join(PATIENCE_S)
        return states[-1]

    def close(self) -> None:
        self.store.close()


def bookmarks_at(url: str) -> set[str]:
    session = sign_in(url, NRP, PASSWORD, device="reader")
    with httpx2.Client(headers={"Authorization": f"Bearer {session.token}"}) as client:
        return {item["id"] for item in client.get(f"{url}{API}/bookmarks").json()["items"]}


def test_what_a_copied_workstation_tagged_goes_up_under_a_new_identity_after_its_next_start(tmp_path: Path) -> None:
    options = ServerOptions(data_dir=tmp_path / "server", port=0)
    user_add(options, NRP, role=Role.OPERATOR, password=PASSWORD, name="Siti Rahma", rank="Aipda")
    with server_process(options.data_dir) as server:
        original = Workstation(tmp_path / "original")
        original.tag("before")
        original.close()
        shutil.copytree(tmp_path / "original", tmp_path / "copy")
        original, copy = Workstation(tmp_path / "original"), Workstation(tmp_path / "copy")
        original.tag("one")
        copy.tag("other")
        assert original.synchronise(server.url).fault is None
        told = copy.synchronise(server.url)
        assert told.fault is not None
        assert told.fault.code is FaultCode.WORKSTATION_COPIED
        assert told.pending > 0
        copy.close()

        copy = Workstation(tmp_path / "copy")
        assert copy.device != original.device
        assert copy.synchronise(server.url).fault is None
        assert bookmarks_at(server.url) == {"before", "one", "other"}
        rows = copy.store.read(lambda session: custody.about(session, "store")).result(PATIENCE_S)
        assert [row.action for row in rows] == [CustodyAction.DEVICE_RENEWED]
        assert copy.store.read(operations.conflicts).result(PATIENCE_S) == ()
        for workstation in (original, copy):
            workstation.close()
