"""A workstation's store that is synchronised with a real server, without windows."""

import threading
from datetime import timedelta
from pathlib import Path

import httpx2

from tests.enrolled import enrolled_at, identity_of
from tests.exchange import NRP, PASSWORD, ServerProcess
from tests.waiting import PATIENCE_S
from tmcwall.db import operations
from tmcwall.db.store import Store
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import SystemClock
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

    def synchronise(self, server: ServerProcess) -> SyncState:
        """Be enrolled, sign in and synchronise until there is nothing to do, or a fault."""
        url = server.url
        identity = identity_of(self.store, self.folder, url=url)
        session = sign_in(url, NRP, PASSWORD, device=enrolled_at(identity, server.folder))
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


def bookmarks_at(server: ServerProcess) -> set[str]:
    session = server.sign_in(NRP, PASSWORD, device="reader")
    with httpx2.Client(headers={"Authorization": f"Bearer {session.token}"}) as client:
        return {item["id"] for item in client.get(f"{server.url}{API}/bookmarks").json()["items"]}
