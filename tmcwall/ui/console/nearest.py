"""The nearest live cameras of a place on the reserved tiles, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Place
from tmcwall.texts import Translator
from tmcwall.texts import incidents as texts
from tmcwall.texts.numbers import whole_number
from tmcwall.ui.console.incident_list import no_coverage_text
from tmcwall.ui.console.plan import PlanPanel


@dataclass(frozen=True, slots=True)
class NearestShown:
    """How many found a tile, and the sentence; it can be undone where any did."""

    placed: int
    words: str


def show_nearest(plan: PlanPanel, coverage: Coverage, place: Place, *, translate: Translator) -> NearestShown:
    if coverage.radius_m is None or not coverage.cameras:
        return NearestShown(0, no_coverage_text(coverage, place, translate=translate))
    placed = plan.show_on_reserved([camera.id for camera in coverage.cameras])
    radius = whole_number(coverage.radius_m, translate)
    if placed:
        return NearestShown(placed, translate(texts.COVERAGE_SHOWN, count=placed, radius=radius))
    return NearestShown(0, translate(texts.COVERAGE_NO_TILES, count=len(coverage.cameras), radius=radius))
