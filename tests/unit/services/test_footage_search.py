"""An officer who types sees what was asked last, of the cases that he may see, a page at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, FakeDuty, InlineStore
from tmcwall.db import operations
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import Bookmark, ClipState
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.operation import Entity
from tmcwall.domain.search import Search
from tmcwall.services.footage_search import PAGE, FootageSearch, FoundFootage


class SlowReads:
    """Reads that are answered when the test says so."""

    def __init__(self, store: InlineStore) -> None:
        self._store = store
        self.asked: list[tuple[Callable[[Session], Any], Future[Any]]] = []

    def write(self, unit: Callable[[Session], Any]) -> Future[Any]:
        return self._store.write(unit)

    def read(self, unit: Callable[[Session], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self.asked.append((unit, future))
        return future

    def answer(self) -> None:
        unit, future = self.asked.pop(0)
        future.set_result(self._store.do(unit))

    def fail(self) -> None:
        self.asked.pop(0)[1].set_exception(Fault(FaultCode.STORE_LOCKED))


@pytest.fixture
def reads(store: InlineStore) -> SlowReads:
    return SlowReads(store)


@pytest.fixture
def search(qapp, reads: SlowReads, duty: FakeDuty, clock: FakeClock, tmp_path: Path) -> Iterator[FootageSearch]:
    search = FootageSearch(store=reads, duty=duty, clock=clock, clips=tmp_path)
    search.start()
    yield search
    search.stop()


@pytest.fixture
def found(search: FootageSearch) -> list[FoundFootage]:
    answers: list[FoundFootage] = []
    search.found.connect(answers.append)
    return answers


def tag(store: InlineStore, name: str, *, minute: int = 0, **changes: object) -> None:
    at = NOON + timedelta(minutes=minute)
    made = Bookmark(name, "CAM-1", "Gendengan", at, at, at, BRIPKA_SARI.nrp)
    bookmark = replace(made, **changes)  # type: ignore[arg-type]  # the test names the fields
    store.do(lambda session: operations.change(session, bookmark, actor=BRIPKA_SARI.nrp, at=at))


def ids(answer: FoundFootage) -> list[str]:
    return [row.bookmark.id for row in answer.rows]


def test_what_was_typed_before_is_never_shown(search, reads, found, store, qtbot: QtBot) -> None:
    tag(store, "motor", note="motor")
    tag(store, "mobil", note="mobil")
    for line in ("mo", "mot", "motor"):
        generation = search.ask(search.read_line(line))
    reads.answer()
    qtbot.waitUntil(lambda: bool(reads.asked))
    assert found == []
    reads.answer()
    qtbot.waitUntil(lambda: bool(found))
    assert [(answer.generation, ids(answer)) for answer in found] == [(generation, ["motor"])]
    assert reads.asked == []


def test_a_reading_that_fails_is_told_and_the_next_question_is_asked(search, reads, found, store, qtbot: QtBot) -> None:
    refusals: list[Fault] = []
    search.refused.connect(refusals.append)
    tag(store, "motor", note="motor")
    search.ask(Search())
    search.ask(search.read_line("motor"))
    reads.fail()
    qtbot.waitUntil(lambda: bool(reads.asked))
    reads.answer()
    qtbot.waitUntil(lambda: bool(found))
    assert ([refusal.code for refusal in refusals], ids(found[-1])) == ([FaultCode.STORE_LOCKED], ["motor"])


def test_more_adds_the_page_after_and_stops_at_the_end(search, reads, found, store, qtbot: QtBot) -> None:
    for number in range(PAGE + 1):
        tag(store, f"b{number}", minute=number)
    search.ask(Search())
    reads.answer()
    qtbot.waitUntil(lambda: bool(found))
    assert (len(found[-1].rows), found[-1].more) == (PAGE, True)
    search.ask_more()
    reads.answer()
    qtbot.waitUntil(lambda: len(found) > 1)
    assert (ids(found[-1])[-1], len(found[-1].rows), found[-1].more) == ("b0", PAGE + 1, False)
    search.ask_more()
    assert reads.asked == []


def test_a_case_of_another_unit_is_found_by_its_own_officers_only(search, reads, found, store, duty, qtbot) -> None:
    case = replace(EXAMPLES[Entity.CASE], unit="Reskrim")
    store.do(lambda session: operations.change(session, case, actor=BRIPKA_SARI.nrp, at=NOON))
    tag(store, "theirs", case_id=case.id)
    for officer in (BRIPKA_SARI, None, replace(BRIPKA_SARI, units=("Reskrim",))):
        duty.officer = officer
        generation = search.ask(Search())
        reads.answer()
        qtbot.waitUntil(lambda number=generation: len(found) == number)
    assert [ids(answer) for answer in found] == [[], [], ["theirs"]]
    assert found[-1].rows[0].reminder is not None


def test_a_clip_is_found_with_its_file_where_it_is_here(search, reads, found, store, tmp_path, qtbot: QtBot) -> None:
    (tmp_path / "here.mp4").touch()
    for name, file in (("here", "here.mp4"), ("gone", "gone.mp4")):
        tag(store, name)
        clip = replace(EXAMPLES[Entity.CLIP], id=f"k-{name}", bookmark_id=name, state=ClipState.READY, path=file)
        store.do(partial(operations.change, value=clip, actor=BRIPKA_SARI.nrp, at=NOON))
    search.ask(Search())
    reads.answer()
    qtbot.waitUntil(lambda: bool(found))
    assert found[-1].files == {"here": tmp_path / "here.mp4"}
