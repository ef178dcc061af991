"""Clips of no case go by age, with custody and words in the log; what is tagged to a case is deleted by nobody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, InlineStore, incident
from tmcwall.db import bookmarks, custody, operations
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.custody import CustodyAction, CustodyRow
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.kinds import Synchronised
from tmcwall.domain.operation import Entity
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.retention import Retention

CASE = EXAMPLES[Entity.CASE]


class Station:
    """Clips of ninety days ago with their files, and a retention that keeps sixty."""

    def __init__(self, store: InlineStore, clock: FakeClock, clips: Path) -> None:
        self.store, self.clock, self.clips = store, clock, clips
        self.put(CASE)

    def put(self, *values: Synchronised) -> None:
        for value in values:
            self.store.do(partial(operations.change, value=value, actor=BRIPKA_SARI.nrp, at=NOON))

    def tag(self, name: str, *, days: int = 90, camera: str = "CAM-1", **changes: object) -> Path:
        at = NOON - timedelta(days=days)
        tag = Bookmark(name, camera, "Pos", at, at + timedelta(seconds=60), at, BRIPKA_SARI.nrp)
        clip = Clip(f"k-{name}", name, ClipState.READY, f"{name}.mp4", sha256="ab", size_bytes=1000)
        self.put(replace(tag, **changes), clip)  # type: ignore[arg-type]  # the test names the fields
        file = self.clips / f"{name}.mp4"
        file.write_bytes(b"x")
        return file

    def retention(self, *, keep_days: int = 60, uploaded_only: bool = False) -> Retention:
        return Retention(
            store=self.store,
            clock=self.clock,
            clips=self.clips,
            keep_days=keep_days,
            uploaded_only=uploaded_only,
            zone=StationZone.WIB,
        )

    def rows(self) -> list[CustodyRow]:
        return [
            row
            for row in self.store.do(lambda session: tuple(custody.every(session)))
            if row.action is CustodyAction.CLIP_EXPIRED
        ]


@pytest.fixture
def station(qapp, store: InlineStore, clock: FakeClock, tmp_path: Path) -> Station:
    return Station(store, clock, tmp_path)


@pytest.fixture
def retention(station: Station) -> Iterator[Retention]:
    retention = station.retention()
    yield retention
    retention.stop()


def test_an_old_clip_of_no_case_goes_with_a_row_of_custody(station, retention, qtbot: QtBot) -> None:
    old, young = station.tag("old"), station.tag("young", days=30)
    retention.start()
    retention.look()
    qtbot.waitUntil(lambda: not old.exists())
    assert young.exists()
    (row,) = station.rows()
    assert (row.object, row.actor) == ("clip/k-old", "tmcwall")
    assert row.facts == {"keep_days": 60, "camera": "CAM-1", "sha256": "ab", "size_bytes": 1000}
    retention.look()
    assert len(station.rows()) == 1


def test_what_a_case_needs_stays_whatever_its_age(station, retention, qtbot: QtBot) -> None:
    station.put(incident(case_id=CASE.id))
    tagged, by_incident = station.tag("tagged", case_id=CASE.id), station.tag("incident", incident_id="INC-1")
    let_go, old = station.tag("let_go", case_id=CASE.id, held=False), station.tag("old")
    retention.start()
    retention.look()
    qtbot.waitUntil(lambda: not old.exists() and not let_go.exists())
    assert tagged.exists()
    assert by_incident.exists()
    assert [row.object for row in station.rows()] == ["clip/k-let_go", "clip/k-old"]


def test_a_clip_that_is_tagged_between_word_and_deed_stays(station, retention, qtbot: QtBot) -> None:
    file, old = station.tag("late"), station.tag("old")
    station.store.slow = True
    retention.look()
    station.store.slow = False
    station.store.commit_waiting()
    station.tag("late", case_id=CASE.id)
    qtbot.waitUntil(lambda: not old.exists())
    assert file.exists()


def test_what_an_earlier_run_could_not_delete_any_more_goes_at_the_start(station, retention, qtbot: QtBot) -> None:
    file = station.tag("old")
    station.store.do(
        lambda session: custody.append(
            session, actor="tmcwall", action=CustodyAction.CLIP_EXPIRED, about="clip/k-old", at=NOON
        )
    )
    retention.start()
    qtbot.waitUntil(lambda: not file.exists())


def test_with_a_server_nothing_goes_that_it_does_not_have(station, qtbot: QtBot) -> None:
    retention = station.retention(uploaded_only=True)
    there, here = station.tag("there"), station.tag("here")
    station.store.do(lambda session: bookmarks.clip_uploaded(session, "k-there", at=NOON))
    retention.look()
    qtbot.waitUntil(lambda: not there.exists())
    assert here.exists()
    retention.stop()


def test_nothing_goes_unless_the_settings_say_so(station) -> None:
    retention = station.retention(keep_days=0)
    file = station.tag("old", days=9_000)
    retention.start()
    assert file.exists()
    assert station.rows() == []
    retention.stop()


def test_a_clock_that_was_set_makes_nothing_old(station, retention, qtbot: QtBot) -> None:
    file, old = station.tag("young", days=30), station.tag("old")
    retention.start()
    station.clock.set_forward = timedelta(days=900)
    retention.look()
    assert station.rows() == []
    station.clock.set_forward = timedelta()
    retention.look()
    retention.look()
    qtbot.waitUntil(lambda: not old.exists())
    assert file.exists()


def test_the_log_has_a_line_a_camera_and_day(station, retention, qtbot: QtBot, caplog) -> None:
    for number in range(2):
        station.tag(f"a{number}")
    files = [station.tag("b", camera="CAM-2"), station.tag("c", days=91)]
    with caplog.at_level("INFO", logger="tmcwall.services.retention"):
        retention.look()
        qtbot.waitUntil(lambda: len(caplog.records) == 3)
    lines = [tuple(line.msg[name] for name in ("camera", "day", "clips", "bytes")) for line in caplog.records]
    assert lines == [
        ("CAM-1", "2024-12-09", 1, 1000),
        ("CAM-1", "2024-12-10", 2, 2000),
        ("CAM-2", "2024-12-10", 1, 1000),
    ]
    assert not any(file.exists() for file in files)


def test_more_than_a_portion_goes_in_several(station, retention, qtbot: QtBot) -> None:
    files = [station.tag(f"b{number}") for number in range(105)]
    retention.look()
    qtbot.waitUntil(lambda: not any(file.exists() for file in files))


def test_a_store_that_refuses_leaves_all_as_it_is(station, retention, qtbot: QtBot, caplog) -> None:
    file = station.tag("old")
    station.store.failing = Fault(FaultCode.DISK_FULL)
    retention.look()
    qtbot.waitUntil(lambda: "retention_refused" in caplog.text)
    assert file.exists()


def test_a_file_that_cannot_be_deleted_is_named(station, retention, qtbot: QtBot, caplog) -> None:
    file = station.tag("old")
    file.unlink()
    file.mkdir()
    retention.look()
    qtbot.waitUntil(lambda: "clip_not_deleted" in caplog.text)
    assert file.exists()
