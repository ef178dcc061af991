"""Streets of the synthetic city."""

from __future__ import annotations

import json

from tmcwall.maps.geojson import FeatureKind, Rank, VectorLayer, read_layer
from tmcwall.sim.streets import write_streets


def test_they_are_drawn_whole_and_say_that_they_are_made_up(tmp_path):
    write_streets(tmp_path / "jalan.geojson")
    layer = read_layer(tmp_path / "jalan.geojson")
    assert isinstance(layer, VectorLayer)
    assert layer.skipped == 0
    assert "rekaan" in layer.attribution
    ranks = {feature.rank for feature in layer.features if feature.kind is FeatureKind.LINE}
    assert ranks == {Rank.MAIN, Rank.MIDDLE, Rank.PLAIN}
    assert "Simpang Gendengan" in {feature.name for feature in layer.features}


def test_they_are_the_same_each_time(tmp_path):
    for name in ("a", "b"):
        write_streets(tmp_path / name)
    assert json.loads((tmp_path / "a").read_bytes()) == json.loads((tmp_path / "b").read_bytes())
