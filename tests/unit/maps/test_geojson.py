"""Streets and boundaries out of GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tmcwall.domain.camera import Position
from tmcwall.domain.mercator import world_of
from tmcwall.maps import geojson
from tmcwall.maps.geojson import FeatureKind, Rank, VectorLayer, layer_files, read_layer
from tmcwall.maps.problem import MapProblem, MapRefusal

RING = [[110.80, -7.56], [110.81, -7.56], [110.81, -7.57], [110.80, -7.56]]
LINE = [[110.80, -7.56], [110.81, -7.56]]


def write(file: Path, *features: object, **members: object) -> Path:
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), "utf-8")
    return file


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def layer(file: Path) -> VectorLayer:
    found = read_layer(file)
    assert isinstance(found, VectorLayer), found
    return found


def test_a_street_is_a_line_of_its_rank_with_its_name(tmp_path):
    read = layer(write(tmp_path / "jalan.geojson", feature("LineString", LINE, highway="primary", name="Jl. A")))
    [street] = read.features
    assert (street.kind, street.rank, street.name) == (FeatureKind.LINE, Rank.MAIN, "Jl. A")
    start = world_of(Position(-7.56, 110.80))
    assert street.parts[0][:2] == (start.x, start.y)
    assert read.name == "jalan"


@pytest.mark.parametrize(
    ("kind", "coordinates", "shapes"),
    [
        ("Point", LINE[0], [(FeatureKind.POINT, 1)]),
        ("MultiPoint", LINE, [(FeatureKind.POINT, 1), (FeatureKind.POINT, 1)]),
        ("LineString", LINE, [(FeatureKind.LINE, 1)]),
        ("MultiLineString", [LINE, LINE], [(FeatureKind.LINE, 2)]),
        ("Polygon", [RING, RING], [(FeatureKind.AREA, 2)]),
        ("MultiPolygon", [[RING], [RING, RING]], [(FeatureKind.AREA, 3)]),
    ],
)
def test_every_geometry_of_the_standard_is_drawn(tmp_path, kind, coordinates, shapes):
    read = layer(write(tmp_path / "a.geojson", feature(kind, coordinates)))
    assert [(one.kind, len(one.parts)) for one in read.features] == shapes


def test_a_collection_of_geometries_is_drawn_part_by_part(tmp_path):
    parts = [{"type": "Point", "coordinates": LINE[0]}, {"type": "LineString", "coordinates": LINE}]
    whole = {"type": "Feature", "properties": None, "geometry": {"type": "GeometryCollection", "geometries": parts}}
    assert len(layer(write(tmp_path / "a.geojson", whole)).features) == 2


@pytest.mark.parametrize(
    "bad",
    [
        feature("LineString", [LINE[0]]),
        feature("LineString", [["110", "-7"], ["111", "-7"]]),
        feature("LineString", [[110, 95], [110, -7]]),
        feature("Polygon", [RING[:3]]),
        feature("Circle", LINE),
        feature("Point", []),
        {"type": "Feature", "geometry": None},
        17,
    ],
)
def test_a_bad_feature_costs_itself_only_and_is_counted(tmp_path, bad):
    read = layer(write(tmp_path / "a.geojson", feature("LineString", LINE), bad, feature("LineString", LINE)))
    assert (len(read.features), read.skipped) == (2, 1)


def test_whose_data_it_is_stands_in_the_file(tmp_path):
    assert layer(write(tmp_path / "a.geojson", attribution="© OSM  (ODbL)")).attribution == "© OSM (ODbL)"


def test_more_than_a_screen_can_bear_is_left_out_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(geojson, "MOST_CORNERS", 5)
    read = layer(write(tmp_path / "a.geojson", *[feature("LineString", LINE)] * 4))
    assert (len(read.features), read.skipped) == (2, 2)


def refusal(file: Path) -> MapRefusal:
    found = read_layer(file)
    assert isinstance(found, MapProblem)
    return found.refusal


def test_too_large_a_file_is_not_read_at_all(tmp_path, monkeypatch):
    monkeypatch.setattr(geojson, "LARGEST_FILE", 10)
    assert refusal(write(tmp_path / "a.geojson")) is MapRefusal.TOO_LARGE


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"type": "Topology"}', b"\xff\xfe{}"])
def test_a_file_that_is_no_collection_is_unreadable(tmp_path, content):
    file = tmp_path / "a.geojson"
    file.write_bytes(content)
    assert refusal(file) is MapRefusal.UNREADABLE


def test_a_file_that_has_gone_is_missing(tmp_path):
    assert refusal(tmp_path / "a.geojson") is MapRefusal.MISSING


def test_layers_are_the_geojson_files_of_a_folder_by_name(tmp_path):
    for name in ("b.geojson", "a.json", "c.txt"):
        (tmp_path / name).write_text("{}", "utf-8")
    assert [file.name for file in layer_files(tmp_path)] == ["a.json", "b.geojson"]
    assert layer_files(tmp_path / "tiada") == ()
