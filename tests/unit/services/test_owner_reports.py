"""The monthly list of an owner: what was seen of his cameras, since when one is dead, and what was repaired."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import partial

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, EXAMPLES, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import contacts, health, repairs
from tmcwall.domain.camera import Owner, Standing
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.history import CameraState, HealthChange
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.owner_report import page_of
from tmcwall.services.owner_reports import OwnerReports, ReportRoom

MARCH = date(2025, 3, 1)
HOUR = timedelta(hours=1)
HEAD = Officer("80010011", "Rina", Role.HEAD)
BANK = Contact("k1", ContactRole.OWNER, "Bank Solo", "0271000001", camera_id="CAM-3")


@pytest.fixture
def room(store, clock) -> ReportRoom:
    listed = [camera(f"CAM-{n}", owner=Owner.DISHUB) for n in (1, 2)] + [camera("CAM-3", owner=Owner.BANK)]
    begun = NOON - 100 * HOUR
    lost = NOON - 25 * HOUR
    changes = [
        HealthChange("CAM-1", begun, CameraState.WORKING),
        HealthChange("CAM-1", lost, CameraState.LOST, changes=1, up_s=75 * 3600.0, known_s=75 * 3600.0),
    ]

    def fill(session) -> None:
        camera_rows.put(session, [*listed, camera("CAM-4", owner=Owner.DISHUB)])
        camera_rows.put_standing(session, "CAM-4", Standing.ENDED, reason="selesai", by=HEAD, at=NOON)
        contacts.put(session, BANK, by=HEAD, at=NOON)
        health.add(session, changes, (), at=NOON)
        repairs.begin(session, EXAMPLES[Entity.REPAIR], by=BRIPKA_SARI, at=NOON - HOUR)

    store.do(fill)
    clock.advance(3600)
    return ReportRoom(store, ("POLRESTA SURAKARTA",), lambda _camera: "Purwosari, Laweyan", StationZone.WIB, clock)


def test_each_owner_has_a_list_of_the_cameras_in_use(room) -> None:
    found = {one.owner: [row.camera_id for row in one.rows] for one in room.reports(MARCH)}
    assert found == {"Kepala Dinas Perhubungan": ["CAM-1", "CAM-2"], "Bank Solo": ["CAM-3"]}


def test_what_was_seen_is_told_from_what_nobody_looked_at(room) -> None:
    (_bank, dishub) = room.reports(MARCH)
    seen, unseen = dishub.rows
    assert (seen.uptime.share, seen.down_since) == (0.75, NOON - 25 * HOUR)
    assert (unseen.uptime.share, unseen.down_since) == (None, None)


def test_the_files_say_it_in_the_clock_of_the_station(room, tmp_path) -> None:
    files, owners = room.write(MARCH, tmp_path)
    assert (len(files), owners) == (4, 2)
    table = next(file for file in files if file.name.endswith("Kepala-Dinas-Perhubungan.csv"))
    _head, first, second = csv.reader(table.read_text("utf-8-sig").splitlines(), delimiter=";")
    assert first[3:6] == ["100,0", "75,0", "09-03-2025 11.00.00"]
    assert first[6] == "listrik; gelap; belum selesai"
    assert second[3:] == ["0,0", "", "", ""]
    assert table.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_the_page_says_to_whom_which_month_and_what_was_not_looked_at(room) -> None:
    document = page_of(room.reports(MARCH)[1])
    cells = [cell.text for row in document.tables[0].rows for cell in row.cells]
    page = " ".join([paragraph.text for paragraph in document.paragraphs] + cells)
    for words in ("POLRESTA SURAKARTA", "MARET 2025", "Kepada: Kepala Dinas Perhubungan", "75,0 %", "tidak diamati"):
        assert words in page


def test_a_cell_that_a_spreadsheet_would_reckon_with_is_a_text(room, store, tmp_path) -> None:
    store.do(partial(camera_rows.put, cameras=[camera("CAM-9", name="=HYPERLINK(1)", owner=Owner.POLRI)]))
    files, _owners = room.write(MARCH, tmp_path)
    assert any(";'=HYPERLINK(1);" in file.read_text("utf-8-sig") for file in files if file.suffix == ".csv")


def test_a_month_that_has_not_begun_has_no_list(room) -> None:
    with pytest.raises(DomainError) as refused:
        room.reports(date(2025, 4, 1))
    assert refused.value.code is DomainCode.RANGE_EMPTY


def test_the_officer_on_duty_is_told_of_the_files_or_why_there_are_none(room, duty, tmp_path, qtbot) -> None:
    reports = OwnerReports(room, duty=duty)
    reports.start()
    with qtbot.waitSignal(reports.made) as made:
        reports.make(MARCH, tmp_path)
    with qtbot.waitSignal(reports.refused) as early:
        reports.make(date(2025, 4, 1), tmp_path)
    duty.officer = Officer("80010012", "Budi", Role.AUDITOR)
    with qtbot.waitSignal(reports.refused) as forbidden:
        reports.make(MARCH, tmp_path)
    reports.stop()
    assert (made.args[0], made.args[2]) == (MARCH, 2)
    assert [one.args[0].code for one in (early, forbidden)] == [DomainCode.RANGE_EMPTY, DomainCode.NOT_ALLOWED]
