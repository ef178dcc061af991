"""Whether the store takes what is written is told as long as it does not."""

from collections.abc import Callable

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.services.storewatch import StoreWatch

FULL = Fault(FaultCode.DISK_FULL)


class TroubledStore:
    def __init__(self, trouble: Fault | None = None) -> None:
        self.trouble = trouble
        self.tell: Callable[[Fault | None], None] = self._hear_nothing

    def on_trouble(self, listener: Callable[[Fault | None], None] | None) -> None:
        self.tell = listener or self._hear_nothing

    def _hear_nothing(self, _trouble: Fault | None) -> None:
        """Nobody listens."""


@pytest.fixture
def told(qapp):
    return []


def watch(store: TroubledStore, told: list) -> StoreWatch:
    watching = StoreWatch(store=store)
    watching.changed.connect(told.append)
    watching.start()
    return watching


def test_trouble_at_the_start_is_told(qtbot, told):
    watching = watch(TroubledStore(FULL), told)
    qtbot.waitUntil(lambda: told == [FULL])
    watching.stop()


def test_trouble_and_its_end_are_told_in_their_order(qtbot, told):
    store = TroubledStore()
    watching = watch(store, told)
    store.tell(FULL)
    store.tell(None)
    qtbot.waitUntil(lambda: told == [FULL, None])
    watching.stop()


def test_nothing_is_told_after_the_stop(qapp, told):
    store = TroubledStore(FULL)
    watching = watch(store, told)
    watching.stop()
    qapp.processEvents()
    assert told == []
    assert store.tell == store._hear_nothing
