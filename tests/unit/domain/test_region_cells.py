"""About where each kelurahan lies."""

from __future__ import annotations

import math

from tmcwall.domain.camera import Position
from tmcwall.domain.mercator import WorldPoint, world_length
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.domain.region_cells import cells_of
from tmcwall.resources import resource


def kelurahan(number: int, lat: float | None, lon: float = 110.8) -> Kelurahan:
    centre = None if lat is None else Position(lat, lon)
    return Kelurahan(f"33.72.01.{1000 + number}", "Laweyan", f"Kelurahan {number}", "Kota Surakarta", centre)


def holds(ring: tuple[WorldPoint, ...], point: WorldPoint) -> bool:
    """Of a convex ring: the point lies at the same side of every edge."""
    turns = [
        (after.x - before.x) * (point.y - before.y) - (after.y - before.y) * (point.x - before.x)
        for before, after in zip(ring, (*ring[1:], ring[0]), strict=True)
    ]
    return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)


def test_one_that_has_no_middle_has_no_cell():
    assert cells_of([kelurahan(1, None)]) == ()


def test_two_neighbours_meet_half_way():
    upper, lower = sorted(cells_of([kelurahan(1, -7.560), kelurahan(2, -7.565)]), key=lambda cell: cell.middle.y)
    border = (upper.middle.y + lower.middle.y) / 2
    assert max(point.y for point in upper.ring) <= border + 1e-12
    assert min(point.y for point in lower.ring) >= border - 1e-12


def test_one_far_from_all_others_reaches_three_kilometres_at_most():
    alone = cells_of([kelurahan(1, -7.0), kelurahan(2, -7.9)])[0]
    reach = max(math.hypot(point.x - alone.middle.x, point.y - alone.middle.y) for point in alone.ring)
    assert reach <= world_length(3000, lat=-7.9) * 1.001


def test_two_at_the_same_place_do_not_divide_it_into_nothing():
    assert all(len(cell.ring) >= 3 for cell in cells_of([kelurahan(1, -7.56), kelurahan(2, -7.56)]))


def test_every_kelurahan_of_the_four_towns_lies_in_its_own_cell_only():
    cells = cells_of(Regions.from_lines(resource("regions.csv").read_text("utf-8").splitlines()).all())
    assert len(cells) == 534
    for cell in cells[::40]:
        assert [other.kelurahan for other in cells if holds(other.ring, cell.middle)] == [cell.kelurahan]
