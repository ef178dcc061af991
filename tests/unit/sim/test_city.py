import csv
import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from tests.clocks import FakeClock
from tmcwall.domain.camera import Position
from tmcwall.domain.fault import DomainError
from tmcwall.domain.geo import sees
from tmcwall.domain.region import Regions
from tmcwall.resources import resource
from tmcwall.sim.city import build_city, first_cameras, write_csv
from tmcwall.sim.demo_scenario import DemoScenario
from tmcwall.sim.incidents import STORIES, IncidentFeed

CITY = build_city()


def test_the_city_has_at_least_500_cameras_with_ids_of_their_own():
    ids = [made.id for made in CITY]
    assert len(ids) >= 500
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"CAM-33\.72[.\w]*-[A-Z0-9-]+", camera) and len(camera) <= 48 for camera in ids)


def test_the_city_is_the_same_at_every_start():
    assert build_city() == CITY


def test_every_kelurahan_code_is_a_real_one_and_every_kelurahan_has_cameras():
    regions = Regions.from_lines(resource("regions.csv").read_text(encoding="utf-8").splitlines())
    surakarta = {row.adm4 for row in regions.all() if row.town == "Kota Surakarta"}
    assert len(surakarta) == 54
    assert {made.camera.adm4 for made in CITY} - {None} == surakarta


def test_the_kecamatan_of_all_four_towns_are_listed():
    rows = list(csv.DictReader(resource("kecamatan.csv").read_text(encoding="utf-8").splitlines()))
    towns = [row["town"] for row in rows]
    assert {town: towns.count(town) for town in set(towns)} == {
        "Kota Magelang": 3,
        "Kota Surakarta": 5,
        "Kota Semarang": 16,
        "Kabupaten Kendal": 20,
    }


def test_fixed_cameras_stand_in_the_city_and_only_patrols_move():
    for made in CITY:
        position, view = made.camera.position, made.camera.view
        if "PATROLI" in made.id:
            assert position is None
            continue
        assert position is not None
        assert view is not None
        assert -7.61 < position.lat < -7.51
        assert 110.75 < position.lon < 110.88


def test_the_first_sixteen_show_every_scene():
    assert {made.scene for made in CITY[:16]} == {made.scene for made in CITY}


def test_the_list_is_written_as_the_import_wants_it(tmp_path):
    path = tmp_path / "cameras.csv"
    write_csv(path, 8554, CITY[:20], username="petugas", password="p@ss:word")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 20
    assert rows[0]["id"] == CITY[0].id
    url = urlsplit(rows[0]["url"])
    assert (url.hostname, url.port, url.path, url.password) == (
        "127.0.0.1",
        8554,
        f"/{CITY[0].id}/main",
        "p%40ss%3Aword",
    )
    assert rows[0]["substream_url"].endswith("/sub")
    assert {row["record"] for row in rows} == {"sub"}


def test_in_the_list_the_cameras_on_the_web_have_their_address_there(tmp_path):
    path = tmp_path / "cameras.csv"
    write_csv(path, 8554, CITY[:6], username="petugas", password="p@ss", web=5, web_port=8580)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["url"].removeprefix("http://petugas:p%40ss@127.0.0.1:8580/") for row in rows[:5]] == [
        f"{CITY[0].id}/ts/index.m3u8",
        f"{CITY[1].id}/mp4/index.m3u8",
        f"{CITY[2].id}/flv",
        f"{CITY[3].id}/mjpeg",
        f"{CITY[4].id}/ts/index.m3u8",
    ]
    assert {row["substream_url"] for row in rows[:5]} == {""}
    assert rows[5]["url"].startswith("rtsp://")


@pytest.mark.parametrize("count", [0, -1, 100_000])
def test_more_cameras_than_the_city_has_are_refused(count):
    with pytest.raises(DomainError):
        first_cameras(count)


@pytest.mark.parametrize("story", STORIES)
def test_an_incident_lies_in_view_of_its_camera(story):
    feed = IncidentFeed(clock=FakeClock(datetime(2025, 3, 28, 7, 3, 22, tzinfo=UTC)))
    report = feed.report(CITY[0], story)
    location = report["location"]
    assert isinstance(location, dict)
    assert sees(CITY[0].camera, Position(float(str(location["lat"])), float(str(location["lon"]))))
    assert report["sent"] == "2025-03-28T14:03:22+07:00"
    assert report["status"] == "exercise"
    assert feed.report(CITY[0], story)["id"] != report["id"]


def test_there_is_no_incident_in_view_of_a_camera_that_moves():
    patrol = next(made for made in CITY if "PATROLI" in made.id)
    with pytest.raises(DomainError):
        IncidentFeed(clock=FakeClock()).report(patrol)


def test_the_showcase_reports_what_each_watching_camera_sees():
    scenario = DemoScenario(clock=FakeClock())
    watching = scenario.watching(16)
    assert len(watching) == 16
    assert scenario.report(watching[3])["schema"] == "tmcwall.incident/1"
