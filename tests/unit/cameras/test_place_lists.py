"""Lists of RT, RW and landmarks: every row is taken or says why not."""

import json

import pytest

from tmcwall.cameras.place_lists import PlaceProblem, read_places
from tmcwall.domain.camera import Position
from tmcwall.domain.landmark import LandmarkKind
from tmcwall.domain.neighbourhood import MOST_CORNERS
from tmcwall.domain.region import Regions
from tmcwall.workstation import region_lines

REGIONS = Regions.from_lines(region_lines())
SQUARE = [[110.38, -6.98], [110.382, -6.98], [110.382, -6.982], [110.38, -6.982], [110.38, -6.98]]


@pytest.fixture
def read(tmp_path):
    def read(content, name="daftar.csv"):
        file = tmp_path / name
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return read_places(file, regions=REGIONS)

    return read


def geojson(properties, kind, coordinates):
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "FeatureCollection", "features": [{"properties": properties, "geometry": geometry}]}


def test_an_rt_comes_in_with_its_place_and_the_usual_radius(read):
    found = read(
        'adm4,rw,rt,lat,lon,penduduk\n33.74.13.1003,4,3,-6.985,110.38,"1.204"\n33.74.13.1003,4,,-6.98,110.38,\n'
    )
    (rw,) = found.neighbourhoods
    assert (rw.id, rw.area.middle, rw.area.radius_m) == ("33.74.13.1003/004", Position(-6.98, 110.38), 250.0)
    (rt,) = rw.rts
    assert (rt.rt, rt.area.middle, rt.area.radius_m, rt.population) == ("003", Position(-6.985, 110.38), 75.0, 1204)
    assert found.remarks == ()


def test_lists_as_people_have_them_are_read(read):
    found = read("Desa;Kec;No RW;No RT;Lintang;Bujur;Radius\nKrapyak;Semarang Barat;RW 04;RT.03;-6,985;110,38;60 m\n")
    (rw,) = found.neighbourhoods
    assert (rw.adm4, rw.rw, rw.rts[0].rt, rw.rts[0].area.radius_m) == ("33.74.13.1003", "004", "003", 60.0)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("33.74.99,1,1,-6.9,110.3,", PlaceProblem.NO_KELURAHAN),
        ("Kauman,1,1,-6.9,110.3,", PlaceProblem.SEVERAL_KELURAHAN),
        ("33.74.13.1003,,1,-6.9,110.3,", PlaceProblem.NO_RW),
        ("33.74.13.1003,1,satu,-6.9,110.3,", PlaceProblem.BAD_NUMBER),
        ("33.74.13.1003,1,1,,110.3,", PlaceProblem.NO_POSITION),
        ("33.74.13.1003,1,1,utara,110.3,", PlaceProblem.BAD_POSITION),
        ("33.74.13.1003,1,1,-6.9,170,", PlaceProblem.FAR_AWAY),
        ("33.74.13.1003,1,1,-6.9,110.3,9000", PlaceProblem.BAD_RADIUS),
        ("33.74.13.1003,1,1,-6.9,110.3,60,lebih", PlaceProblem.FORM),
    ],
)
def test_a_row_that_cannot_be_taken_says_why_and_the_others_come_in(read, row, problem):
    good = "33.74.13.1003,7,1,-6.985,110.38,"
    found = read(f"adm4,rw,rt,lat,lon,radius_m\n{row}\n{good}\n")
    assert [(one.line, one.problem, one.refused) for one in found.remarks] == [(2, problem, True)]
    assert [one.rw for one in found.neighbourhoods] == ["007"]


def test_positions_that_were_swapped_or_lost_their_sign_are_mended_and_said(read):
    found = read("adm4,rw,rt,lat,lon\n33.74.13.1003,1,1,110.38,-6.985\n33.74.13.1003,1,2,6.985,110.38\n")
    assert {one.area.middle for one in found.neighbourhoods[0].rts} == {Position(-6.985, 110.38)}
    assert [one.problem for one in found.remarks] == [PlaceProblem.SWAPPED, PlaceProblem.SIGN_MISSING]


def test_the_same_rt_or_rw_twice_keeps_the_first(read):
    rows = "33.74.13.1003,1,1,-6.985,110.38\n33.74.13.1003,01,RT 1,-6.9,110.3\n33.74.13.1003,1,,-6.9,110.3\n" * 2
    found = read(f"adm4,rw,rt,lat,lon\n{rows}")
    assert [one.problem for one in found.remarks] == [PlaceProblem.TWICE] * 4
    assert found.neighbourhoods[0].rts[0].area.middle == Position(-6.985, 110.38)


def test_a_polygon_of_geojson_is_a_boundary_also_with_latitude_first(read):
    properties = {"adm4": "33.74.13.1003", "rw": 4, "rt": "003"}
    first = read(geojson(properties, "Polygon", [SQUARE]), "rt.geojson")
    (rt,) = first.neighbourhoods[0].rts
    assert (len(rt.area.boundary), rt.area.middle) == (4, Position(-6.981, 110.381))
    swapped = read(geojson(properties, "MultiPolygon", [[[corner[::-1] for corner in SQUARE]]]), "rt.geojson")
    assert swapped.neighbourhoods == first.neighbourhoods
    assert [one.problem for one in swapped.remarks] == [PlaceProblem.SWAPPED]


def test_a_polygon_with_too_many_corners_and_one_that_is_none_are_refused(read):
    properties = {"adm4": "33.74.13.1003", "rw": 4}
    many = [[110.38 + step * 1e-5, -6.98] for step in range(MOST_CORNERS + 1)]
    for ring, problem in ((many, PlaceProblem.TOO_MANY_CORNERS), (SQUARE[:2], PlaceProblem.BAD_POSITION)):
        assert [one.problem for one in read(geojson(properties, "Polygon", [ring]), "a.geojson").remarks] == [problem]
    broken = read(geojson(properties, "Polygon", [["x"]]), "a.geojson")
    assert [one.problem for one in broken.remarks] == [PlaceProblem.NO_POSITION]


def test_landmarks_come_in_with_their_names_and_keep_their_id(read):
    lima = "Simpang Lima,Alun-alun Pancasila; Simpang 5,-6.9903,110.4229,80"
    rows = f"{lima}\nTugu Muda,,-6.9839,110.4091,\nTugu Muda,,-6.9,110.4,\n,,-6.9,110.4,\n"
    found = read(f"nama,nama lain,lat,lon,radius_m\n{rows}")
    lima, tugu = found.landmarks
    assert (lima.id, lima.kind, lima.synonyms, lima.radius_m) == (
        "simpang-lima", LandmarkKind.CROSSING, ("Alun-alun Pancasila", "Simpang 5"), 80.0
    )  # fmt: skip
    assert (tugu.id, tugu.kind) == ("tugu-muda", LandmarkKind.LANDMARK)
    assert [one.problem for one in found.remarks] == [PlaceProblem.TWICE, PlaceProblem.NO_NAME]


def test_a_point_of_geojson_is_a_landmark(read):
    found = read(geojson({"name": "Tugu Muda", "jenis": "tempat"}, "Point", [110.4091, -6.9839]), "a.geojson")
    assert found.landmarks[0].position == Position(-6.9839, 110.4091)


def test_a_name_that_is_far_too_long_and_a_population_that_is_none_are_refused(read):
    assert [one.problem for one in read(f"nama,lat,lon\n{'x' * 200},-6.9,110.4\n").remarks] == [PlaceProblem.LONG_NAME]
    found = read("adm4,rw,lat,lon,penduduk\n33.74.13.1003,1,-6.985,110.38,banyak\n")
    assert [one.problem for one in found.remarks] == [PlaceProblem.BAD_POPULATION]
