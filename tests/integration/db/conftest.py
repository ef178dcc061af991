"""Stores on disk, closed at the end of a test."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tmcwall.db.store import Store, StoreLimits
from tmcwall.domain.clock import SystemClock


class SteppedClock(SystemClock):
    """The machine's clock, moved on by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def utc(self) -> datetime:
        return super().utc() + self.ahead


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.sqlite"


@pytest.fixture
def open_store(path: Path, clock: SteppedClock) -> Iterator[Callable[..., Store]]:
    """Opens the store at `path`."""
    opened: list[Store] = []

    def open_it(limits: StoreLimits | None = None) -> Store:
        store = Store(path, clock=clock, limits=limits or StoreLimits())
        opened.append(store)
        return store

    yield open_it
    for store in opened:
        store.close()
