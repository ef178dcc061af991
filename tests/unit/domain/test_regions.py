"""Kelurahan by code and name, RT/RW as people write them."""

from collections import Counter

import pytest

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.region import Regions, is_adm, is_adm4, normalise_rt_rw
from tmcwall.resources import resource

LINES = [
    "adm4,kecamatan,kelurahan,town",
    "33.74.13.1003,Semarang Barat,Krapyak,Kota Semarang",
    "33.72.04.1007,Jebres,Jagalan,Kota Surakarta",
    "33.74.01.1009,Semarang Tengah,Jagalan,Kota Semarang",
    "33.72.03.1003,Pasar Kliwon,Pasarkliwon,Kota Surakarta",
    "33.71.01.1010,Magelang Selatan,Tidar Utara,Kota Magelang",
]
REGIONS = Regions.from_lines(LINES)


@pytest.mark.parametrize(
    "text",
    ["RT 3 RW 4 Krapyak", "RT03/ RW04", "RT 003/RW 004", "rt.3 / rw.4", "di RT 3, RW 4 dekat pos", "RT3-RW4"],
)
def test_every_spelling_of_an_rt_is_the_same_rt(text: str) -> None:
    assert str(normalise_rt_rw(text)) == "RT 003/RW 004"


@pytest.mark.parametrize("text", ["", "RT 3", "RW 4 RT 3", "RT 0 RW 0", "SMART 3 RW 4", "RT 1234 RW 1"])
def test_what_names_no_rt_gives_none(text: str) -> None:
    assert normalise_rt_rw(text) is None


@pytest.mark.parametrize("code", ["33", "33.72", "33.72.01", "33.72.01.1007"])
def test_codes_of_every_level_are_codes(code: str) -> None:
    assert is_adm(code)


@pytest.mark.parametrize("code", ["", "3372010", "33.72.01.4007", "33.72.1", "33.72.01.1007.1", "33.72.01.1007\n"])
def test_bps_codes_and_typos_are_not_codes(code: str) -> None:
    assert not is_adm(code)


def test_only_the_fourth_level_is_a_kelurahan() -> None:
    assert is_adm4("33.72.01.1007")
    assert not is_adm4("33.72.01")


def test_a_repeated_name_gives_all_kelurahan_with_kecamatan_and_town() -> None:
    found = REGIONS.search("jagalan")
    assert [(row.kecamatan, row.town) for row in found] == [
        ("Jebres", "Kota Surakarta"),
        ("Semarang Tengah", "Kota Semarang"),
    ]


def test_names_are_found_however_they_are_spaced_and_by_their_beginning() -> None:
    assert [row.adm4 for row in REGIONS.search("Pasar Kliwon")] == ["33.72.03.1003"]
    assert [row.adm4 for row in REGIONS.search("kra")] == ["33.74.13.1003"]
    assert REGIONS.search("  ") == ()


def test_a_kelurahan_is_found_by_its_code() -> None:
    found = REGIONS.by_code("33.72.03.1003")
    assert found is not None
    assert found.name == "Pasarkliwon"
    assert REGIONS.by_code("33.99.01.1001") is None


def test_a_written_place_resolves_to_rt_and_kelurahan() -> None:
    match = REGIONS.resolve("RT 3 RW 4 Krapyak")
    assert str(match.rt_rw) == "RT 003/RW 004"
    assert [row.adm4 for row in match.candidates] == ["33.74.13.1003"]


def test_an_ambiguous_place_gives_the_choice_and_a_named_kecamatan_settles_it() -> None:
    assert len(REGIONS.resolve("RT 1/RW 2 Jagalan").candidates) == 2
    assert [row.adm4 for row in REGIONS.resolve("RT 1/RW 2 Jagalan, Jebres").candidates] == ["33.72.04.1007"]
    assert REGIONS.resolve("depan stasiun").candidates == ()


def test_a_table_without_its_columns_or_with_a_wrong_code_is_refused() -> None:
    with pytest.raises(DomainError) as columns:
        Regions.from_lines(["adm4,nama", "33.72.01.1007,x"])
    assert columns.value.code is DomainCode.LIST_COLUMNS
    with pytest.raises(DomainError) as code:
        Regions.from_lines([LINES[0], "3372010,a,b,c"])
    assert code.value.code is DomainCode.FIELD_INVALID


@pytest.mark.parametrize("position", ["-7.56,", ",", "-7.56"])
def test_a_kelurahan_without_a_whole_position_has_none(position: str) -> None:
    (row,) = Regions.from_lines(["adm4,kecamatan,kelurahan,town,lat,lon", f"33.72.01.1007,a,b,c,{position}"]).all()
    assert row.centre is None


@pytest.mark.parametrize("position", ["x,110.8", "-97.5,110.8", "nan,110.8"])
def test_a_position_that_is_none_is_refused(position: str) -> None:
    with pytest.raises(DomainError) as refused:
        Regions.from_lines(["adm4,kecamatan,kelurahan,town,lat,lon", f"33.72.01.1007,a,b,c,{position}"])
    assert refused.value.code is DomainCode.FIELD_INVALID


def test_the_shipped_table_has_every_kelurahan_of_the_four_towns_with_its_middle() -> None:
    regions = Regions.from_lines(resource("regions.csv").read_text("utf-8").splitlines())
    towns = Counter(row.town for row in regions.all())
    assert towns == {"Kota Semarang": 177, "Kota Surakarta": 54, "Kota Magelang": 17, "Kabupaten Kendal": 286}
    centres = [row.centre for row in regions.all() if row.centre]
    assert len(centres) == 534
    assert all(-7.7 < centre.lat < -6.8 and 109.9 < centre.lon < 110.95 for centre in centres)
    purwosari = regions.by_code("33.72.01.1007")
    assert purwosari is not None
    assert (purwosari.kecamatan, purwosari.name) == ("Laweyan", "Purwosari")
