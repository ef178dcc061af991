"""Tiles and streets, made in their own thread."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.ui.city_map import MIDDLE, CityMap
from tmcwall.domain.camera import Position
from tmcwall.domain.mercator import world_of
from tmcwall.domain.region import Kelurahan
from tmcwall.maps.problem import MapRefusal
from tmcwall.texts import Translator
from tmcwall.ui.map import pictures as map_pictures
from tmcwall.ui.map.canvas import MapCanvas
from tmcwall.ui.map.pictures import MapFiles, MapPictures, OpenedMap
from tmcwall.ui.map.viewport import Viewport

NORTH = Kelurahan("33.72.01.1005", "Laweyan", "Penumping", "Kota Surakarta", MIDDLE)
SOUTH = Kelurahan("33.72.01.1006", "Laweyan", "Sriwedari", "Kota Surakarta", Position(MIDDLE.lat - 0.01, MIDDLE.lon))
RED, BLUE = QColor("#c02020"), QColor("#2020c0")


def png(colour: QColor, side: int = 256) -> bytes:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(colour)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, Qt takes words only
    return bytes(buffer.data().data())


def make_tiles(file: Path, zoom: int, *, colour: QColor = RED, side: int = 256, reach: int = 3) -> Path:
    """Around the middle of the city."""
    point = world_of(MIDDLE)
    column, row = int(point.x * 2**zoom), int(point.y * 2**zoom)
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS metadata (name TEXT, value TEXT)")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)"
        )
        connection.execute("INSERT INTO metadata VALUES ('attribution', 'Dinas')")
        rows = [
            (zoom, x, 2**zoom - 1 - y, png(colour, side))
            for x in range(column - reach, column + reach + 1)
            for y in range(row - reach, row + reach + 1)
        ]
        connection.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return file


class Shown:
    """A map at the middle of the city, with pictures that run."""

    def __init__(self, qtbot: QtBot, files: MapFiles, *, zoom: float = 15.0) -> None:
        self.pictures = MapPictures(files, (NORTH, SOUTH))
        self.canvas = MapCanvas(CityMap(qtbot).model, self.pictures, translate=Translator())
        qtbot.addWidget(self.canvas, before_close_func=lambda _canvas: self.end())
        self.canvas.resize(500, 400)
        self.canvas.fly_to(MIDDLE)
        self.canvas.zoom(zoom - self.canvas.viewport.zoom)
        with qtbot.waitSignal(self.pictures.opened):
            self.pictures.start()
        self.canvas.show()

    def end(self) -> None:
        self.pictures.stop()
        assert self.pictures.join(10)

    def colour(self, x: int = 250, y: int = 150) -> QColor:
        return self.canvas.grab().toImage().pixelColor(x, y)


def test_tiles_come_by_themselves(qtbot: QtBot, tmp_path: Path) -> None:
    shown = Shown(qtbot, MapFiles(make_tiles(tmp_path / "kota.mbtiles", 15)))
    qtbot.waitUntil(lambda: shown.colour(70, 90) == RED)
    assert "Dinas" in shown.canvas.attribution()


def test_nearer_than_the_file_goes_its_last_tiles_are_enlarged(qtbot: QtBot, tmp_path: Path) -> None:
    shown = Shown(qtbot, MapFiles(make_tiles(tmp_path / "kota.mbtiles", 15)), zoom=18.0)
    qtbot.waitUntil(lambda: shown.colour(70, 90) == RED)


def test_until_its_own_tiles_have_come_a_zoom_shows_the_larger_ones(qtbot: QtBot, tmp_path: Path) -> None:
    file = make_tiles(tmp_path / "kota.mbtiles", 14)
    shown = Shown(qtbot, MapFiles(make_tiles(file, 17, colour=BLUE)), zoom=14.0)
    qtbot.waitUntil(lambda: shown.colour(70, 90) == RED)
    shown.end()
    shown.canvas.zoom(3)
    assert shown.colour(70, 90) == RED


def test_pictures_that_are_none_leave_the_ground(qtbot: QtBot, tmp_path: Path) -> None:
    shown = Shown(qtbot, MapFiles(make_tiles(tmp_path / "kota.mbtiles", 15, side=2048, reach=0)))
    point = world_of(MIDDLE)
    key = (15, int(point.x * 2**15), int(point.y * 2**15))
    qtbot.waitUntil(lambda: shown.pictures.is_known(key))
    assert shown.pictures.tile(key) is None


def test_no_more_tiles_are_kept_than_memory_is_given(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_pictures, "TILE_BYTES_KEPT", 3 * 256 * 256 * 4)
    shown = Shown(qtbot, MapFiles(make_tiles(tmp_path / "kota.mbtiles", 15)))
    point = world_of(MIDDLE)
    column, row = int(point.x * 2**15), int(point.y * 2**15)
    keys = [(15, column + number, row) for number in range(-3, 4)]
    came: list[object] = []
    shown.pictures.tile_came.connect(lambda: came.append(None))
    shown.canvas.hide()
    shown.pictures.ask(99, keys, None)
    qtbot.waitUntil(lambda: shown.pictures.tile(keys[-1]) is not None)
    assert sum(shown.pictures.tile(key) is not None for key in keys) <= 3


def test_kelurahan_are_drawn_as_guesses_until_real_boundaries_are_imported(qtbot: QtBot, tmp_path: Path) -> None:
    guessed = Shown(qtbot, MapFiles())
    ground = QColor("#111417")
    qtbot.waitUntil(lambda: guessed.colour(130, 130) != ground)
    assert guessed.pictures.map.guessed
    ring = [[110.80, -7.56], [110.82, -7.56], [110.82, -7.58], [110.80, -7.56]]
    area = {"type": "Feature", "properties": {"name": "A"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    write_layer(tmp_path / "batas.geojson", area)
    real = Shown(qtbot, MapFiles(layers=tmp_path))
    assert not real.pictures.map.guessed
    assert "Batas kelurahan: perkiraan" not in real.canvas.attribution()


def write_layer(file: Path, *features: object) -> None:
    file.write_text(json.dumps({"type": "FeatureCollection", "attribution": "OSM", "features": features}), "utf-8")


def test_streets_are_drawn_in_the_width_of_their_rank_and_named(qtbot: QtBot, tmp_path: Path) -> None:
    def street(kind: str, lat: float) -> dict[str, object]:
        line = {"type": "LineString", "coordinates": [[110.70, lat], [110.81, lat], [110.90, lat]]}
        return {"type": "Feature", "properties": {"highway": kind, "name": f"Jalan {kind}"}, "geometry": line}

    point = {"type": "Feature", "properties": {"name": "Simpang"},
             "geometry": {"type": "Point", "coordinates": [110.805, -7.566]}}  # fmt: skip
    write_layer(tmp_path / "jalan.geojson", street("primary", -7.5650), street("footway", -7.5660), point)
    shown = Shown(qtbot, MapFiles(layers=tmp_path), zoom=16.0)

    def has_main_road() -> bool:
        image = shown.canvas.grab().toImage()
        return any(image.pixelColor(40, y) == QColor("#8b7a4d") for y in range(image.height()))

    qtbot.waitUntil(has_main_road)
    assert shown.pictures.map.attribution == ("OSM",)


def test_another_zoom_shows_the_stretched_background_until_its_own_has_come(qtbot: QtBot) -> None:
    shown = Shown(qtbot, MapFiles())
    ground = QColor("#111417")
    qtbot.waitUntil(lambda: shown.colour(130, 130) != ground)
    shown.end()
    shown.canvas.zoom(1)
    assert shown.colour(130, 130) != ground


def opened(qtbot: QtBot, files: MapFiles) -> OpenedMap:
    shown = Shown(qtbot, files)
    return shown.pictures.map


def test_each_file_that_is_not_taken_is_told_and_the_others_are_shown(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text("{", "utf-8")
    write_layer(tmp_path / "b.geojson", 17)
    found = opened(qtbot, MapFiles(tmp_path / "tiada.mbtiles", tmp_path))
    assert [(one.file, one.refusal, one.count) for one in found.problems] == [
        ("tiada.mbtiles", MapRefusal.MISSING, 0),
        ("a.geojson", MapRefusal.UNREADABLE, 0),
        ("b.geojson", MapRefusal.FEATURES_SKIPPED, 1),
    ]
    assert not found.has_tiles
    assert found.attribution == ("OSM",)


def test_a_folder_of_layers_that_is_not_there_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    found = opened(qtbot, MapFiles(layers=tmp_path / "peta", attribution="Bappeda"))
    assert [one.refusal for one in found.problems] == [MapRefusal.MISSING]
    assert found.attribution == ("Bappeda",)


def test_a_map_that_is_hidden_has_nothing_made(qtbot: QtBot) -> None:
    pictures = MapPictures(MapFiles(), (NORTH,))
    number = pictures.number()
    told: list[int] = []
    pictures.background_came.connect(lambda number, _background: told.append(number))
    view = Viewport(world_of(MIDDLE), 15.0, 100, 100)
    pictures.ask(number, [], (view, 1.0))
    pictures.forget(number)
    other = pictures.number()
    pictures.ask(other, [], (view, 1.0))
    pictures.start()
    qtbot.waitUntil(lambda: told != [])
    pictures.stop()
    assert pictures.join(10)
    assert told == [other]


def test_pictures_that_were_never_started_have_nothing_to_end() -> None:
    pictures = MapPictures(MapFiles(), ())
    pictures.stop()
    assert pictures.join(0.1)
