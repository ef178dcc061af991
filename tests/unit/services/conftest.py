"""What a service stands on: a store in memory, a clock by hand, an officer on duty and a feed that only listens."""

from collections.abc import Iterator

import pytest

from tests.services_stage import FakeDuty, FakeFeed, InlineStore, ManualClock


@pytest.fixture
def store() -> Iterator[InlineStore]:
    store = InlineStore()
    yield store
    store.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def duty() -> FakeDuty:
    return FakeDuty()


@pytest.fixture
def feed(qapp) -> FakeFeed:
    return FakeFeed()
