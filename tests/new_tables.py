"""The tables of a new store in memory, copied: to make them takes thirty times as long, and most tests need some."""

from __future__ import annotations

import sqlite3
from functools import cache

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from tmcwall.db import tables


def make_new_tables(engine: Engine) -> None:
    """In an empty database in memory, whose one connection is not yet in use."""
    _connection_of(engine).deserialize(_new_tables())


@cache
def _new_tables() -> bytes:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables.metadata.create_all(engine)
    made = _connection_of(engine).serialize()
    engine.dispose()
    return made


def _connection_of(engine: Engine) -> sqlite3.Connection:
    with engine.connect() as connection:
        opened = connection.connection.driver_connection
    assert isinstance(opened, sqlite3.Connection)
    return opened
