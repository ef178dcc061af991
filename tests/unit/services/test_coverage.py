"""The report of coverage: of a town's cameras in use, as they work now, for who may plan, marked and in custody."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import PURWOSARI, camera
from tmcwall.db import blind_spots, custody, health, operations
from tmcwall.db import cameras as camera_rows
from tmcwall.domain.blind_spot import BlindSpotHit
from tmcwall.domain.camera import Standing, View
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.history import CameraState, HealthChange
from tmcwall.domain.incident import Drill, IncidentType
from tmcwall.domain.neighbourhood import Area, Neighbourhood, Rt
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.coverage import CoverageDesk, CoverageRoom

HEAD = Officer("80010011", "Rina", Role.HEAD)
DUTY_OFFICER = Officer("80010012", "Budi", Role.DUTY_OFFICER)
ADM4 = "33.72.01.1007"
REGIONS = Regions([
    Kelurahan(ADM4, "Laweyan", "Purwosari", "Kota Surakarta", PURWOSARI),
    Kelurahan("33.74.13.1003", "Semarang Barat", "Krapyak", "Kota Semarang", PURWOSARI),
])  # fmt: skip


RTS = Neighbourhood(
    f"{ADM4}/003", ADM4, "003", rts=tuple(Rt(number, Area(PURWOSARI, 75.0)) for number in ("008", "009"))
)  # fmt: skip
UNSEEN = BlindSpotHit(
    "INC-1", IncidentType.TRAFFIC_ACCIDENT, Drill.ACTUAL, PURWOSARI, ADM4, "003", "008", NOON - timedelta(days=1)
)  # fmt: skip


def know_places(session) -> None:
    """Two RT, an incident that nobody saw, and an exercise."""
    operations.change_all(session, [RTS], actor=HEAD.nrp, at=NOON)
    blind_spots.put(session, [UNSEEN, replace(UNSEEN, incident_id="INC-2", drill=Drill.EXERCISE)])


@pytest.fixture
def room(store, clock) -> CoverageRoom:
    def of(name: str, **changes: object):
        return camera(name, adm4=ADM4, rw="003", rt="008", view=View(90.0, 60.0, 100.0), **changes)

    listed = [of("CAM-1"), of("CAM-2"), of("CAM-3", position=None), of("CAM-4"), of("CAM-5", unit="Reskrim")]

    def fill(session) -> None:
        camera_rows.put(session, listed)
        camera_rows.put_standing(session, "CAM-4", Standing.ENDED, reason="selesai", by=HEAD, at=NOON)
        states = (("CAM-1", CameraState.WORKING), ("CAM-2", CameraState.LOST), ("CAM-4", CameraState.WORKING))
        health.add(session, [HealthChange(one, NOON, state) for one, state in states], (), at=NOON)

    store.do(fill)
    return CoverageRoom(store, REGIONS, StationZone.WIB, clock, step_m=10.0)


def test_a_report_has_the_cameras_in_use_and_tells_what_works_from_what_stands_in_the_list(room, store) -> None:
    store.do(know_places)
    report = room.report("33.72", by=HEAD)
    place, *rts = report.places
    assert (place.place.name, place.cameras, place.working, place.hits) == ("Purwosari, Laweyan", 3, 1, 1)
    assert place.on_paper["detect"] > 0
    assert [(one.place.code, one.place.name) for one in rts] == [
        (f"{ADM4}/003/{rt}", f"RT {rt}/RW 003 Purwosari, Laweyan") for rt in ("008", "009")
    ]  # fmt: skip
    assert [(one.rt, one.cameras) for one in report.without_live] == [("009", 0)]
    assert (report.without_position, report.working) == (1, frozenset({"CAM-1"}))


def test_without_a_list_of_rt_those_of_the_cameras_are_looked_at(room, store) -> None:
    store.do(lambda session: health.add(session, [HealthChange("CAM-1", NOON, CameraState.LOST)], (), at=NOON))
    report = room.report("33.72", by=HEAD)
    assert [(one.rt, one.cameras) for one in report.without_live] == [("008", 4)]
    assert report.candidates[0].without_live == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.INVESTIGATOR, Role.ADMIN, Role.AUDITOR])
def test_who_plans_no_cameras_gets_no_report(room, role) -> None:
    with pytest.raises(DomainError) as refused:
        room.report("33.72", by=Officer("80010013", "Tri", role))
    assert refused.value.code is DomainCode.NOT_ALLOWED


def test_a_camera_of_another_unit_counts_and_is_not_named(room) -> None:
    report = room.report("33.72", by=DUTY_OFFICER)
    assert report.places[0].cameras == 3
    assert {one.camera_id for one in report.sectors} == {"CAM-1", "CAM-2"}


def test_a_town_that_is_not_known_has_none(room) -> None:
    with pytest.raises(DomainError) as refused:
        room.report("33.7", by=HEAD)
    assert refused.value.code is DomainCode.NOT_FOUND


def test_files_say_that_buildings_are_ignored_and_who_made_them_and_stand_in_custody(room, store, tmp_path) -> None:
    store.do(know_places)
    files = room.write(room.report("33.72", by=HEAD), tmp_path, by=HEAD)
    places, rts, points = files
    for file in files:
        text = file.read_text("utf-8-sig")
        assert "Gedung, pohon, dan lereng tidak diperhitungkan" in text
        assert "Dibuat oleh NRP 80010011, 10 Maret 2025 pukul 12.00 WIB" in text
    _mark, heads, first, *_rest = csv.reader(places.read_text("utf-8-sig").splitlines(), delimiter=";")
    assert (first[0], first[2], len(first)) == (ADM4, "perkiraan", len(heads))
    assert f"{ADM4};003;009;0" in rts.read_text("utf-8-sig")
    found = json.loads(points.read_bytes())["features"]
    kinds = [one["properties"]["jenis"] for one in found]
    assert {kind: kinds.count(kind) for kind in ("titik_usulan", "sektor")} == {"titik_usulan": 20, "sektor": 3}
    polygon = next(one["geometry"] for one in found if one["geometry"]["type"] == "Polygon")["coordinates"][0]
    assert (polygon[0], polygon[0][0] > 100) == (polygon[-1], True)
    rows = store.do(lambda session: custody.about(session, "coverage/33.72"))
    assert [(row.action, row.actor) for row in rows] == [(CustodyAction.COVERAGE_EXPORTED, HEAD.nrp)]


def test_the_officer_on_duty_is_told_of_the_report_and_of_its_files(room, duty, tmp_path, qtbot) -> None:
    duty.officer = HEAD
    desk = CoverageDesk(room, duty=duty)
    desk.start()
    with qtbot.waitSignal(desk.reported) as reported:
        desk.report("33.72")
    with qtbot.waitSignal(desk.exported) as exported:
        desk.export(reported.args[0], tmp_path)
    with qtbot.waitSignal(desk.refused) as unknown:
        desk.report("99.99")
    duty.officer = Officer("80010013", "Tri", Role.OPERATOR)
    with qtbot.waitSignal(desk.refused) as forbidden:
        desk.report("33.72")
    desk.stop()
    assert len(exported.args[0]) == 3
    assert [one.args[0].code for one in (unknown, forbidden)] == [DomainCode.NOT_FOUND, DomainCode.NOT_ALLOWED]
    assert desk.towns() == {"33.72": "Kota Surakarta", "33.74": "Kota Semarang"}
