"""Warnings, units and traffic on the map."""

from __future__ import annotations

from datetime import timedelta

from tests.afternoon import NOW
from tests.fake_city import FakeCity
from tmcwall.domain.area_warning import AreaWarning, WarnedArea, WarnedCircle, WarningSeverity
from tmcwall.domain.camera import Position
from tmcwall.domain.geo import distance_m
from tmcwall.domain.incident import Drill
from tmcwall.domain.traffic_count import CountedPlace, TrafficCount
from tmcwall.domain.unit_position import UnitKind, UnitPosition
from tmcwall.texts import Translator
from tmcwall.ui.map.city_layers import city_layers
from tmcwall.ui.map.layers import MapLayer

HERE = Position(-7.5655, 110.8068)
TRIANGLE = (HERE, Position(-7.6, 110.8), Position(-7.6, 110.9), HERE)


def layers(city: FakeCity) -> dict[str, MapLayer]:
    return {layer.id: layer for layer in city_layers(city, now=NOW, translate=Translator())}


def warning(*areas: WarnedArea) -> AreaWarning:
    return AreaWarning(
        id="w1", sender="bmkg", attribution="BMKG", event="Hujan lebat", severity=WarningSeverity.SEVERE, headline="",
        description="", drill=Drill.EXERCISE, sent_at=NOW, effective_at=NOW, expires_at=NOW + timedelta(hours=1),
        areas=areas,
    )  # fmt: skip


def test_a_warning_is_an_area_with_its_end_its_attribution_and_its_badge():
    city = FakeCity()
    city.known_warnings = [warning(WarnedArea("Solo", polygons=(TRIANGLE,)), WarnedArea("tanpa gambar"))]
    shown = layers(city)["warnings"]
    [area] = shown.areas
    assert (area.rings, area.ends_at, area.drill) == ((TRIANGLE,), NOW + timedelta(hours=1), Drill.EXERCISE)
    assert area.label == "Hujan lebat (berat)"
    assert shown.attribution == "BMKG"


def test_a_circle_is_as_wide_as_it_says():
    city = FakeCity()
    city.known_warnings = [warning(WarnedArea("Merapi", circles=(WarnedCircle(HERE, 5.0),)))]
    [area] = layers(city)["warnings"].areas
    assert all(4_990 < distance_m(HERE, corner) < 5_010 for corner in area.rings[0])


def test_a_unit_whose_position_is_old_is_said_to_be_so():
    city = FakeCity()
    city.known_units = [
        UnitPosition("P-1", UnitKind.CAR, HERE, None, NOW - timedelta(seconds=20), "gps"),
        UnitPosition("P-2", UnitKind.MOTORCYCLE, HERE, None, NOW - timedelta(minutes=7), "gps"),
    ]
    fresh, old = layers(city)["units"].marks
    assert (fresh.label, old.label) == ("P-1", "P-2 · BASI 7 mnt")
    assert fresh.style.shape is not old.style.shape


def test_a_counter_says_how_many_pass_in_an_hour_and_one_without_a_place_is_not_shown():
    city = FakeCity()
    city.counts = [
        TrafficCount(CountedPlace(name, name, position), NOW - timedelta(hours=1), 30, 617, None, NOW)
        for name, position in (("Gerbang", HERE), ("Di mana", None))
    ]
    [mark] = layers(city)["traffic"].marks
    assert mark.detail == "Gerbang · 1.234 kendaraan per jam"
