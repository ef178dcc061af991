"""A store in memory, without threads."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from tests.new_tables import make_new_tables
from tmcwall.db import operations

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)


def open_memory() -> Session:
    """A session on an empty store of its own."""
    engine = create_engine("sqlite://")

    @event.listens_for(engine, "connect")
    def configure(connection, _entry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:
        connection.exec_driver_sql("BEGIN")

    make_new_tables(engine)
    session = Session(engine, autoflush=False)
    operations.renew_device(session, at=NOW)
    return session


@contextmanager
def a_store() -> Iterator[Session]:
    opened = open_memory()
    try:
        yield opened
    finally:
        opened.close()
        opened.get_bind().dispose()


@pytest.fixture(scope="session")
def another_store() -> Callable[[], AbstractContextManager[Session]]:
    """Opens the store of another workstation."""
    return a_store


@pytest.fixture
def session() -> Iterator[Session]:
    with a_store() as opened:
        yield opened
