"""What a service stands on: a store in memory, a clock by hand, an officer on duty and a feed that only listens."""

from collections.abc import Iterator

import pytest

from tests.clocks import FakeClock
from tests.services_stage import FakeDuty, FakeFeed, InlineStore
from tmcwall.services.changes import Changes


@pytest.fixture
def store() -> Iterator[InlineStore]:
    store = InlineStore()
    yield store
    store.close()


@pytest.fixture
def changes(qapp, store) -> Iterator[Changes]:
    changes = Changes(store=store)
    changes.start()
    yield changes
    changes.stop()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def duty() -> FakeDuty:
    return FakeDuty()


@pytest.fixture
def feed(qapp) -> FakeFeed:
    return FakeFeed()
