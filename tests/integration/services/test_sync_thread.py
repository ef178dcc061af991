"""The thread of the synchronisation: what it says, and how it ends."""

from datetime import timedelta
from functools import partial

import pytest

from tests.clocks import NOON, FakeClock
from tests.services_stage import EXAMPLES, InlineStore
from tmcwall.db import operations
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.synchronisation import Synchronisation, SyncState
from tmcwall.sync import client

FAULT = Fault(FaultCode.SERVER_UNREACHABLE)
TAGGED = partial(operations.change, value=EXAMPLES[Entity.BOOKMARK], actor="12345678", at=NOON)


class ScriptedClient:
    """Says some states, then waits for the stop, or breaks."""

    def __init__(self, on_state, *states, breaks=False):
        self._on_state = on_state
        self._states = states
        self._breaks = breaks
        self.tokens = []
        self.notified = 0

    def run(self, stop):
        for state in self._states:
            self._on_state(state)
        if self._breaks:
            raise ZeroDivisionError
        stop.wait(60)

    def notify(self):
        """There is nobody to push to."""
        self.notified += 1

    def use_token(self, token):
        self.tokens.append(token)


@pytest.fixture
def store():
    store = InlineStore()
    yield store
    store.close()


@pytest.fixture
def changes(qapp, store):
    changes = Changes(store=store)
    changes.start()
    yield changes
    changes.stop()


@pytest.fixture
def sync_of(changes, store, tmp_path):
    made = []

    def make(client_of, token="token"):
        sync = Synchronisation(store=store, changes=changes, clips=tmp_path, clock=FakeClock(), client_of=client_of)
        sync.use_token(token)
        made.append(sync)
        return sync

    yield make
    for sync in made:
        sync.stop()
        assert sync.join(60)


def test_without_a_server_nothing_runs_and_none_is_missed(sync_of, store):
    sync = sync_of(None)
    sync.start()
    store.write(TAGGED).result()
    sync.use_token(None)
    assert sync.state == SyncState(configured=False)
    assert sync.join(0)


def test_what_is_changed_here_is_counted_and_pushed_at_once_and_what_the_server_sent_is_not(sync_of, store, qtbot):
    clients = []

    def client_of(_replica, on_state):
        clients.append(ScriptedClient(on_state))
        return clients[0]

    sync = sync_of(client_of, token=None)
    store.receive(EXAMPLES[Entity.INCIDENT])
    with qtbot.waitSignal(sync.state_changed):
        store.write(TAGGED).result()
    assert (sync.state.pending, clients[0].notified) == (1, 1)


def test_the_state_and_the_offset_of_the_clock_are_told(sync_of, qtbot):
    told = client.SyncState(online=False, pending=3, last_success_at=NOON, fault=FAULT, clock_offset_ms=-40)
    sync = sync_of(lambda _replica, on_state: ScriptedClient(on_state, told))
    offsets = []
    sync.clock_offset_changed.connect(offsets.append)
    with qtbot.waitSignal(sync.state_changed):
        sync.start()
    assert offsets == [-40]
    assert sync.state == SyncState(configured=True, online=False, pending=3, last_success_at=NOON, fault=FAULT)


def test_a_broken_client_does_not_look_online(sync_of, qtbot, caplog):
    told = client.SyncState(online=True, last_success_at=NOON + timedelta(hours=1))
    sync = sync_of(lambda _replica, on_state: ScriptedClient(on_state, told, breaks=True))
    sync.start()
    qtbot.waitUntil(lambda: sync.state.last_success_at is not None and not sync.state.online)
    assert "synchronisation_broken" in caplog.text


def test_the_thread_begins_when_somebody_signs_in(sync_of, qtbot):
    sync = sync_of(lambda _replica, on_state: ScriptedClient(on_state, client.SyncState(online=True)), token=None)
    sync.start()
    assert not sync._thread.isRunning()
    with qtbot.waitSignal(sync.state_changed):
        sync.use_token("token")
    assert sync.state.online


def test_after_the_stop_nothing_more_is_told(sync_of, qtbot):
    sync = sync_of(lambda _replica, on_state: ScriptedClient(on_state, client.SyncState(online=True)))
    sync.start()
    sync.stop()
    assert sync.join(60)
    with qtbot.assertNotEmitted(sync.state_changed):
        qtbot.waitUntil(lambda: True)
