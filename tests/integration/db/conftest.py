"""Stores on disk, closed at the end of a test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clocks import AdjustedClock
from tmcwall.db.store import Store, StoreLimits


@pytest.fixture
def clock() -> AdjustedClock:
    return AdjustedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite"


@pytest.fixture
def open_store(path: Path, clock: AdjustedClock) -> Iterator[Callable[..., Store]]:
    """Opens the store at `path`."""
    opened: list[Store] = []

    def open_it(limits: StoreLimits | None = None) -> Store:
        store = Store(path, clock=clock, limits=limits or StoreLimits())
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()
