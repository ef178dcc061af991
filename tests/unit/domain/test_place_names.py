"""A written place: what it may mean, what is never guessed, and what in it contradicts."""

from dataclasses import replace

import pytest

from tests.services_stage import PURWOSARI, camera
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Place
from tmcwall.domain.landmark import Landmark, LandmarkKind
from tmcwall.domain.neighbourhood import Area, Neighbourhood, Neighbourhoods, Rt
from tmcwall.domain.place_names import KELURAHAN_ACCURACY_M, PlaceKind, PlaceNames
from tmcwall.domain.region import Regions
from tmcwall.workstation import region_lines

KRAPYAK = "33.74.13.1003"
MIDDLE = Position(-6.985, 110.38)
REGIONS = Regions.from_lines(region_lines())
RW_004 = Neighbourhood(f"{KRAPYAK}/004", KRAPYAK, "004", Area(MIDDLE, 250.0), (Rt("003", Area(MIDDLE, 60.0)),))
SIMPANG = Landmark(
    "simpang-krapyak", "Simpang Krapyak", LandmarkKind.CROSSING, MIDDLE, synonyms=("Bundaran Kalibanteng",)
)


@pytest.fixture(scope="module")
def names():
    solo = Landmark("masjid-agung", "Masjid Agung", LandmarkKind.LANDMARK, Position(-7.5744, 110.8292))
    semarang = replace(solo, id="masjid-agung-2", position=Position(-6.9733, 110.4242), adm4="33.74.01.1013")
    return PlaceNames(
        REGIONS,
        neighbourhoods=Neighbourhoods([RW_004]),
        landmarks=[SIMPANG, solo, semarang],
        cameras=[camera("CAM-7", name="Gendengan Timur", adm4="33.72.01.1007", rt="008", rw="003")],
    )


@pytest.mark.parametrize(
    "text",
    ["RT 3 RW 4 Krapyak", "RT03/ RW04 Krapyak", "RT 003/RW 004, Kel. Krapyak", "Krapyak Semarang Barat rt.3 / rw.4"],
)
def test_every_spelling_of_an_rt_is_one_place_with_the_accuracy_of_the_rt(names, text):
    found = names.find(text).settled
    assert (found.kind, found.adm4, found.rw, found.rt) == (PlaceKind.RT, KRAPYAK, "004", "003")
    assert (found.position, found.accuracy_m, found.approximate) == (MIDDLE, 60.0, False)
    assert (found.kecamatan, found.town) == ("Semarang Barat", "Kota Semarang")


def test_an_rt_that_is_in_no_list_is_about_its_rw_and_one_without_either_about_its_kelurahan(names):
    in_rw, in_kelurahan = names.find("RT 9 RW 4 Krapyak").settled, names.find("RT 9 RW 44 Krapyak").settled
    assert (in_rw.accuracy_m, in_rw.approximate) == (250.0, True)
    assert (in_kelurahan.accuracy_m, in_kelurahan.approximate) == (KELURAHAN_ACCURACY_M, True)
    assert in_kelurahan.position == REGIONS.by_code(KRAPYAK).centre


def test_an_rw_alone_is_a_place(names):
    found = names.find("RW 04 Krapyak").settled
    assert (found.kind, found.rw, found.rt, found.accuracy_m) == (PlaceKind.RW, "004", None, 250.0)


def test_a_name_that_several_kelurahan_have_is_never_guessed(names):
    found = names.find("RT 1 RW 2 Kauman")
    assert found.settled is None
    assert {(one.kecamatan, one.town) for one in found.candidates} >= {
        ("Pasar Kliwon", "Kota Surakarta"), ("Semarang Tengah", "Kota Semarang")
    }  # fmt: skip


def test_a_town_that_is_named_narrows_the_choice(names):
    assert names.find("Kauman, Surakarta").settled.adm4 == "33.72.03.1009"


def test_a_wrong_kecamatan_is_noticed_and_nothing_is_taken(names):
    kuningan = names.find("RT 008/RW 003 Kuningan, Sumatera Utara")
    assert (kuningan.contradicted, kuningan.settled) == ("Sumatera Utara", None)
    assert [one.kecamatan for one in kuningan.candidates] == ["Semarang Utara"]
    assert names.find("Krapyak, Kecamatan Tugu").contradicted == "Tugu"
    assert names.find("Krapyak, Surakarta").contradicted == "Kota Surakarta"
    assert names.find("RT 1 RW 1 Kuningan, Kec. Semarang Utara, Semarang").contradicted == ""


def test_a_crossing_is_found_by_each_of_its_names_and_is_no_kelurahan(names):
    for text in ("kecelakaan di simpang krapyak", "dekat Bundaran Kalibanteng"):
        found = names.find(text).settled
        assert (found.kind, found.name, found.position) == (PlaceKind.LANDMARK, "Simpang Krapyak", MIDDLE)


def test_of_landmarks_of_one_name_the_kelurahan_decides_and_without_it_an_officer(names):
    assert len(names.find("depan Masjid Agung").candidates) == 2
    assert names.find("depan Masjid Agung").settled is None
    assert names.find("Masjid Agung, Kauman, Surakarta").settled.position.lat == -7.5744


def test_a_camera_is_a_place_by_its_name(names):
    found = names.find("macet di Gendengan Timur").settled
    assert (found.kind, found.position, found.rt) == (PlaceKind.CAMERA, PURWOSARI, "008")


def test_a_text_that_names_nothing_known_means_nothing(names):
    assert names.find("di depan rumah pak lurah RT 3 RW 4").candidates == ()
    assert names.find("x" * 100_000).candidates == ()


def test_codes_of_an_incident_count_more_than_its_text(names):
    found = names.of_place(Place(adm4=KRAPYAK, rw="004", rt="003", text="Kauman")).settled
    assert found.place("Kauman") == Place(MIDDLE, 60.0, KRAPYAK, "004", "003", "Kauman")
    assert names.of_place(Place(text="simpang krapyak")).settled.name == "Simpang Krapyak"


def test_the_town_of_a_position_is_that_of_the_nearest_kelurahan(names):
    assert names.town_of(PURWOSARI).town == "Kota Surakarta"
    assert names.town_of(Position(0.0, 100.0)) is None
