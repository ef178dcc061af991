"""One writer, one reader, futures that tell the truth, and an orderly end."""

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import partial
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.clocks import NOON, AdjustedClock
from tests.services_stage import EXAMPLES
from tmcwall.db import facts, operations
from tmcwall.db.store import Store
from tmcwall.domain.changes import ChangeNotice, Origin
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.operation import Entity

OpenStore = Callable[..., Store]
LONG_S = 120


def pragma(name: str) -> Callable[[Session], object]:
    return lambda session: session.scalar(text(f"PRAGMA {name}"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("busy_timeout", 5000),
        ("trusted_schema", 0),
    ],
)
def test_both_connections_have_the_settings_that_keep_evidence(open_store: OpenStore, name: str, value: object) -> None:
    store = open_store()
    assert store.write(pragma(name)).result(LONG_S) == value
    assert store.read(pragma(name)).result(LONG_S) == value


def test_the_reader_can_neither_write_nor_checkpoint(open_store: OpenStore) -> None:
    store = open_store()
    with pytest.raises(Fault) as refused:
        store.read(lambda session: facts.put(session, "key", 1)).result(LONG_S)
    assert refused.value.code is FaultCode.STORE_UNWRITABLE
    assert store.read(pragma("query_only")).result(LONG_S) == 1


def test_the_live_file_is_open_exactly_twice(open_store: OpenStore, path: Path) -> None:
    store = open_store()
    store.read(pragma("user_version")).result(LONG_S)
    assert [file.path for file in psutil.Process().open_files()].count(str(path)) == 2


def test_each_connection_lives_in_one_thread_of_its_own(open_store: OpenStore) -> None:
    store = open_store()
    threads = {
        line(lambda _session: threading.current_thread().name).result(LONG_S)
        for line in (store.write, store.read, store.write, store.read)
    }
    assert threads == {"store-writer", "store-reader"}


def test_a_reader_sees_every_write_that_was_answered(open_store: OpenStore) -> None:
    store = open_store()
    for number in range(100):
        store.write(lambda session: facts.put(session, "key", number)).result(LONG_S)
        assert store.read(lambda session: facts.get(session, "key")).result(LONG_S) == number


@pytest.mark.parametrize("error", [DomainError(DomainCode.RANGE_EMPTY), Fault(FaultCode.DISK_FULL), KeyError("a bug")])
def test_a_unit_that_raises_leaves_nothing_and_hands_back_what_it_raised(
    open_store: OpenStore, error: Exception
) -> None:
    store = open_store()

    def unit(session: Session) -> None:
        facts.put(session, "half", 1)
        raise error

    with pytest.raises(type(error)) as raised:
        store.write(unit).result(LONG_S)
    assert raised.value is error
    assert store.read(lambda session: facts.get(session, "half")).result(LONG_S) is None
    store.write(lambda session: facts.put(session, "after", 1)).result(LONG_S)


def tag(number: int) -> Callable[[Session], object]:
    value = replace(EXAMPLES[Entity.BOOKMARK], id=f"b{number}")
    return partial(operations.change, value=value, actor="12345678", at=NOON)


def test_each_commit_that_changes_something_is_told_once_and_in_order(open_store: OpenStore) -> None:
    store = open_store()
    told: list[ChangeNotice] = []
    store.on_commit(told.append)
    for number in range(50):
        store.write(tag(number))
    store.close(LONG_S)
    assert told == [ChangeNotice(Origin.HERE, frozenset({(Entity.BOOKMARK, f"b{number}")})) for number in range(50)]


def test_whoever_asked_has_the_answer_before_the_commit_is_told_of(open_store: OpenStore) -> None:
    store = open_store()
    gate = threading.Event()
    store.write(lambda _session: gate.wait(LONG_S))
    answer = store.write(tag(1))
    told: list[tuple[bool, str]] = []
    store.on_commit(lambda _notice: told.append((answer.done(), threading.current_thread().name)))
    gate.set()
    store.close(LONG_S)
    assert told == [(True, "store-writer")]


def test_a_unit_that_fails_or_changes_nothing_is_not_told_of(open_store: OpenStore) -> None:
    store = open_store()
    told: list[ChangeNotice] = []
    store.on_commit(told.append)

    def fails(session: Session) -> None:
        tag(1)(session)
        raise Fault(FaultCode.DISK_FULL)

    store.write(fails)
    store.write(lambda session: facts.put(session, "key", 1))
    store.write(tag(2))
    store.write(tag(2))
    store.close(LONG_S)
    assert [notice.changed for notice in told] == [frozenset({(Entity.BOOKMARK, "b2")})]


def test_asking_never_waits_and_closing_drains(open_store: OpenStore, path: Path, clock: AdjustedClock) -> None:
    store = open_store()
    gate = threading.Event()
    first = store.write(lambda _session: gate.wait(LONG_S))
    rest = [store.write(partial(facts.put, key=str(number), value=number)) for number in range(200)]
    assert not first.done()
    gate.set()
    store.close(LONG_S)
    assert all(future.done() and not future.cancelled() for future in rest)
    again = open_store()
    assert again.read(lambda session: facts.get(session, "199")).result(LONG_S) == 199


def test_after_closing_a_unit_is_cancelled_at_once(open_store: OpenStore) -> None:
    store = open_store()
    store.close()
    for future in (store.write(pragma("user_version")), store.read(pragma("user_version"))):
        with pytest.raises(CancelledError):
            future.result(0)
    store.close()


def test_closing_does_not_wait_for_a_unit_that_hangs(open_store: OpenStore, caplog: pytest.LogCaptureFixture) -> None:
    store = open_store()
    gate = threading.Event()
    hanging = store.write(lambda _session: gate.wait(LONG_S))
    behind = store.write(pragma("user_version"))
    store.close(0.3)
    assert not hanging.done()
    gate.set()
    with pytest.raises(CancelledError):
        behind.result(LONG_S)
    assert "store did not stop in time" in caplog.text


def test_closing_ends_a_statement_that_runs_for_ever(open_store: OpenStore) -> None:
    store = open_store()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    begun = threading.Event()

    def run(session: Session) -> object:
        begun.set()
        return session.scalar(text(endless))

    running = store.read(run)
    assert begun.wait(LONG_S)
    store.close(0.5)
    with pytest.raises(Exception, match="interrupted"):
        running.result(LONG_S)


def test_closing_leaves_one_file_without_log(open_store: OpenStore, path: Path) -> None:
    store = open_store()
    store.write(lambda session: facts.put(session, "key", 1)).result(LONG_S)
    store.close()
    assert sorted(file.name for file in path.parent.iterdir()) == ["store.sqlite", "store.sqlite.lock"]


def test_a_full_disk_refuses_the_unit_and_the_store_goes_on_when_there_is_room(open_store: OpenStore) -> None:
    store = open_store()
    pages = store.write(pragma("page_count")).result(LONG_S)
    store.write(pragma(f"max_page_count={pages}")).result(LONG_S)

    def large(session: Session) -> None:
        for number in range(100):
            facts.put(session, f"large{number}", "x" * 4096)

    with pytest.raises(Fault) as full:
        store.write(large).result(LONG_S)
    assert full.value.code is FaultCode.DISK_FULL
    assert store.read(lambda session: facts.get(session, "large0")).result(LONG_S) is None
    store.write(pragma("max_page_count=100000")).result(LONG_S)
    store.write(large).result(LONG_S)
    assert store.write(pragma("integrity_check")).result(LONG_S) == "ok"


def test_a_second_program_is_told_that_one_runs_already(
    open_store: OpenStore, path: Path, clock: AdjustedClock
) -> None:
    store = open_store()
    with pytest.raises(Fault) as second:
        open_store()
    assert second.value.code is FaultCode.ALREADY_RUNNING
    store.write(lambda session: facts.put(session, "key", 1)).result(LONG_S)
    store.close()
    assert open_store().read(lambda session: facts.get(session, "key")).result(LONG_S) == 1


def test_a_workstation_keeps_its_identity(open_store: OpenStore) -> None:
    first = open_store()
    identity = first.read(lambda session: facts.get(session, "device")).result(LONG_S)
    first.close()
    assert isinstance(identity, str)
    assert open_store().read(lambda session: facts.get(session, "device")).result(LONG_S) == identity


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, clock: AdjustedClock) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(Fault) as unwritable:
        Store(tmp_path / "file" / "store.sqlite", clock=clock)
    assert unwritable.value.code is FaultCode.STORE_UNWRITABLE
    (tmp_path / "store.sqlite").mkdir()
    with pytest.raises(Fault) as folder:
        Store(tmp_path / "store.sqlite", clock=clock)
    assert folder.value.code is FaultCode.STORE_UNWRITABLE
