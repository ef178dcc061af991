"""Raster tiles out of MBTiles and PMTiles."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from tmcwall.maps.problem import MapProblem, MapRefusal
from tmcwall.maps.tiles import open_tiles

PICTURE = b"\x89PNG of the north"
SOUTH = b"\x89PNG of the south"


def make_mbtiles(file: Path, *, form: str = "png", attribution: str = "", zooms: tuple[int, ...] = (1,)) -> Path:
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        connection.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        facts = [("format", form), ("attribution", attribution)]
        connection.executemany("INSERT INTO metadata VALUES (?, ?)", facts)
        for zoom in zooms:  # rows count from the south
            north = 2**zoom - 1
            connection.executemany(
                "INSERT INTO tiles VALUES (?, 0, ?, ?)", [(zoom, north, PICTURE), (zoom, north - 1, SOUTH)]
            )
    connection.close()
    return file


def make_pmtiles(file: Path, *, kind: TileType = TileType.PNG, attribution: str = "", count: int = 1) -> Path:
    with file.open("wb") as opened:
        writer = Writer(opened)
        for x in range(count):
            writer.write_tile(zxy_to_tileid(14, x, 5), PICTURE + str(x).encode())
        header = {
            "tile_type": kind, "tile_compression": Compression.NONE, "min_zoom": 14, "max_zoom": 14,
            "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0, "center_zoom": 14, "center_lon_e7": 0,
            "center_lat_e7": 0,
        }  # fmt: skip
        writer.finalize(header, {"attribution": attribution})
    return file


def refusal(file: Path) -> MapRefusal:
    found = open_tiles(file)
    assert isinstance(found, MapProblem)
    assert found.file == file.name
    return found.refusal


def opened(file: Path):
    found = open_tiles(file)
    assert not isinstance(found, MapProblem), found
    return found


def test_rows_of_mbtiles_are_turned_over(tmp_path):
    tiles = opened(make_mbtiles(tmp_path / "kota.mbtiles"))
    assert (tiles.tile(1, 0, 0), tiles.tile(1, 0, 1)) == (PICTURE, SOUTH)
    assert tiles.tile(1, 1, 1) is None
    tiles.close()


def test_zooms_of_mbtiles_are_those_it_has(tmp_path):
    tiles = opened(make_mbtiles(tmp_path / "kota.mbtiles", zooms=(11, 12, 13)))
    assert (tiles.least_zoom, tiles.most_zoom) == (11, 13)
    tiles.close()


def test_an_attribution_is_shown_as_words(tmp_path):
    link = '<a href="https://osm.org/copyright">&copy; OpenStreetMap</a>'
    for tiles in (
        opened(make_mbtiles(tmp_path / "a.mbtiles", attribution=link)),
        opened(make_pmtiles(tmp_path / "a.pmtiles", attribution=link)),
    ):
        assert tiles.attribution == "© OpenStreetMap"
        tiles.close()


def test_pmtiles_answer_from_directories_at_any_depth(tmp_path):
    tiles = opened(make_pmtiles(tmp_path / "kota.pmtiles", count=9000))
    for x in (0, 4500, 8999):
        assert tiles.tile(14, x, 5) == PICTURE + str(x).encode()
    assert tiles.tile(14, 8999, 6) is None
    assert tiles.tile(3, 99, 0) is None
    tiles.close()


def test_the_name_of_a_file_does_not_count(tmp_path):
    tiles = opened(make_pmtiles(tmp_path / "kota.mbtiles"))
    assert tiles.most_zoom == 14
    tiles.close()


def test_vector_tiles_are_refused_as_such(tmp_path):
    assert refusal(make_mbtiles(tmp_path / "v.mbtiles", form="pbf")) is MapRefusal.VECTOR
    assert refusal(make_pmtiles(tmp_path / "v.pmtiles", kind=TileType.MVT)) is MapRefusal.VECTOR


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path):
    assert refusal(tmp_path / "tiada.mbtiles") is MapRefusal.MISSING


@pytest.mark.parametrize("content", [b"", b"PMTiles", b"PMTiles\x02" + bytes(200), b"SQLite format 3\0" + bytes(900)])
def test_a_file_that_is_none_of_them_is_unreadable(tmp_path, content):
    file = tmp_path / "rusak.mbtiles"
    file.write_bytes(content)
    assert refusal(file) is MapRefusal.UNREADABLE


def test_mbtiles_without_tiles_are_unreadable(tmp_path):
    assert refusal(make_mbtiles(tmp_path / "kosong.mbtiles", zooms=())) is MapRefusal.UNREADABLE


def test_a_folder_is_unreadable(tmp_path):
    assert refusal(tmp_path) is MapRefusal.UNREADABLE


@pytest.mark.parametrize("byte", range(8, 127, 7))
def test_damage_in_the_head_of_pmtiles_costs_the_file_and_nothing_else(tmp_path, byte):
    file = make_pmtiles(tmp_path / "kota.pmtiles")
    content = bytearray(file.read_bytes())
    content[byte] ^= 0xFF
    file.write_bytes(content)
    found = open_tiles(file)
    if not isinstance(found, MapProblem):
        found.tile(14, 0, 5)
        found.close()


def test_tiles_that_point_outside_the_file_are_none(tmp_path):
    file = make_pmtiles(tmp_path / "kota.pmtiles")
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    tiles = opened(file)
    assert tiles.tile(14, 0, 5) is None
    tiles.close()


def test_a_directory_that_is_packed_otherwise_is_unreadable(tmp_path):
    file = make_pmtiles(tmp_path / "kota.pmtiles")
    content = bytearray(file.read_bytes())
    assert gzip.decompress(bytes(content[127 : 127 + int.from_bytes(content[16:24], "little")]))
    content[97] = Compression.ZSTD.value
    file.write_bytes(content)
    assert refusal(file) is MapRefusal.UNREADABLE


def test_mbtiles_that_break_while_they_are_open_give_no_tile(tmp_path):
    tiles = opened(make_mbtiles(tmp_path / "kota.mbtiles"))
    tiles.close()
    assert tiles.tile(1, 0, 0) is None
