"""The search of a store on disk, which trusts no schema, follows what is written and takes over what was there."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, EXAMPLES
from tests.waiting import until
from tmcwall.db import footage_search, operations, schema
from tmcwall.db.connection import writer_engine
from tmcwall.db.rows import write_rows
from tmcwall.db.store import Store
from tmcwall.domain.operation import Entity
from tmcwall.domain.search import read_search

LONG_S = 30.0
TAG = EXAMPLES[Entity.BOOKMARK]


def count(store: Store, line: str) -> int:
    found = store.read(partial(footage_search.search, asked=read_search(line), limit=900)).result(LONG_S)
    return len(found.entries)


def test_a_written_tag_is_found_by_its_words(open_store: Callable[..., Store]) -> None:
    store = open_store()
    for note in ("motor merah", "motor hitam"):
        tag = replace(TAG, note=note)
        store.write(partial(operations.change, value=tag, actor=BRIPKA_SARI.nrp, at=NOON)).result(LONG_S)
    assert (count(store, "merah"), count(store, "hitam")) == (0, 1)


def test_what_an_older_program_tagged_is_found_after_the_upgrade(path: Path, open_store: Callable[..., Store]) -> None:
    path.parent.mkdir()
    engine = writer_engine(path)
    with engine.connect() as connection:
        with connection.begin():
            schema.migrate(connection, target="0016")
        with Session(bind=connection) as session, session.begin():
            write_rows(session, Entity.BOOKMARK, [replace(TAG, id=f"b{n}", note="lama") for n in range(600)])
    engine.dispose()
    store = open_store()
    until(lambda: count(store, "lama") == 600)
