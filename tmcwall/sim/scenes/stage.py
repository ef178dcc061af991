"""The still part of a scene: sky, ground, fronts, trees, poles and wires."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from tmcwall.sim.footage import Bgr
from tmcwall.sim.scenes.facades import STOREY_M, blank_wall, house_front, shop_front, tree
from tmcwall.sim.scenes.ground import Street, paint_ground, paint_sky
from tmcwall.sim.scenes.lens import Floats, Lens
from tmcwall.sim.scenes.light import Glow, Light
from tmcwall.sim.scenes.painter import Corner, Painter
from tmcwall.sim.scenes.solids import Colour

_STREET_END_M: Final = 150.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What does not move. `depth` in metres, `FAR_M` where ground or sky is."""

    picture: Bgr
    depth: Floats
    signal_lamps: tuple[Corner, ...]


def build_stage(street: Street, lens: Lens, light: Light, *, seed: int) -> Stage:
    """Paint everything that does not move."""
    chance = np.random.default_rng(seed)
    painter = Painter(lens, light)
    lamps = _lamp_places(street) if light.lamps and not light.grey else []
    paint_sky(painter, chance)
    paint_ground(painter, street, chance, lamps)
    _place_horizon(painter, chance)
    _place_sides(painter, street, chance)
    _place_poles(painter, street, lamps)
    signals = _place_signals(painter, street)
    painter.paint_all()
    picture = painter.picture
    if light.lamps:
        cv2.add(picture, (painter.shine * (0.35 if light.grey else 0.95)).astype(np.uint8), dst=picture)
        _add_lamp_glow(picture, lens, light, lamps)
    return Stage(np.ascontiguousarray(picture, np.uint8), painter.depth, signals)


def _place_horizon(painter: Painter, chance: np.random.Generator) -> None:
    for index in range(46):
        x = -230 + index * 10 + float(chance.uniform(-4, 4))
        height = float(chance.uniform(5, 17))
        colour = (70, 96, 84) if chance.uniform() < 0.6 else (150, 158, 165)
        corners: list[Corner] = [(x - 7, 0, 210), (x - 6, height, 210), (x + 6, height * 0.92, 210), (x + 7, 0, 210)]
        painter.later(210 + index * 0.01, partial(painter.flat, corners, colour, facing=(0, 0, -1)))


def _place_sides(painter: Painter, street: Street, chance: np.random.Generator) -> None:
    trees = [tree(chance) for _ in range(4)]
    for side in (-1, 1):
        z = street.start_m + float(chance.uniform(0, 3))
        before_m = 0.0
        while z < _STREET_END_M:
            width = (
                float(chance.uniform(4.2, 6.4)) if street.sides in {"shops", "market"} else float(chance.uniform(7, 10))
            )
            if _in_crossing(street, z, z + width):
                before_m = 0.0
            else:
                before_m = _place_front(painter, street, chance, side=side, z=z, width=width, before_m=before_m)
            z += width + (float(chance.uniform(0.5, 2.0)) if street.sides == "houses" else 0.0)
        if street.trees:
            _place_trees(painter, street, chance, side, trees)
    if street.cross_z is not None:
        _place_corner_fronts(painter, street, chance)
    if street.sides == "market":
        _place_market(painter, street, chance)


def _place_front(
    painter: Painter, street: Street, chance: np.random.Generator, *,
    side: int, z: float, width: float, before_m: float,
) -> float:  # fmt: skip
    """One building; the answer is its height. Its end shows where the one before is lower than that (`before_m`)."""
    x = side * (street.half_width + street.pavement + (14.0 if street.stalls and side > 0 else 0.0))
    facing = (-float(side), 0.0, 0.0)
    middle = z + width / 2
    if street.sides == "houses":
        image, shine = house_front(chance, width)
        height = 3.0
        ridge = x + side * 4.0
        roof = (66, 92, 158) if chance.uniform() < 0.7 else (96, 104, 120)
        slope: list[Corner] = [(x - side * 0.6, 2.9, z - 0.4), (x - side * 0.6, 2.9, z + width + 0.4),
                               (ridge, 5.4, z + width - 1.5), (ridge, 5.4, z + 1.5)]  # fmt: skip
        gable: list[Corner] = [(x - side * 0.6, 2.9, z - 0.4), (ridge, 5.4, z + 1.5), (ridge + side * 4, 2.9, z - 0.4)]
        painter.later(middle - 0.01, partial(painter.flat, slope, roof, facing=(-side * 0.5, 0.85, 0)))
        painter.later(middle + 0.01, partial(painter.flat, gable, roof, facing=(0, 0.6, -0.8)))
    else:
        storeys = int(chance.integers(2, 4)) if street.sides != "market" else int(chance.integers(1, 3))
        image, shine = shop_front(chance, width, storeys)
        height = storeys * STOREY_M
    near, far = (x, height, z), (x, height, z + width)
    if side < 0:
        corners = (near, far, (x, 0.0, z + width), (x, 0.0, z))
    else:
        corners = (far, near, (x, 0.0, z), (x, 0.0, z + width))
    painter.later(middle, partial(painter.front, corners, image, shine, facing=facing))
    if street.sides != "houses" and before_m >= height:
        return height
    end = blank_wall(chance, 9.0, height)
    end_corners = ((x, height, z), (x + side * 9.0, height, z), (x + side * 9.0, 0.0, z), (x, 0.0, z))
    ordered = end_corners if side > 0 else (end_corners[1], end_corners[0], end_corners[3], end_corners[2])
    painter.later(middle + 0.005, partial(painter.front, ordered, end, None, facing=(0, 0, -1)))
    return height


def _place_corner_fronts(painter: Painter, street: Street, chance: np.random.Generator) -> None:
    """Fronts along the far side of the crossing street; they face the camera."""
    assert street.cross_z is not None
    z = street.cross_z + street.cross_half + street.pavement
    for side in (-1, 1):
        x = side * (street.half_width + street.pavement)
        while abs(x) < 90:
            width, storeys = float(chance.uniform(4.5, 6.5)), int(chance.integers(2, 4))
            image, shine = shop_front(chance, width, storeys)
            left, right = (x, x + width) if side > 0 else (x - width, x)
            top = storeys * STOREY_M
            corners = ((left, top, z), (right, top, z), (right, 0.0, z), (left, 0.0, z))
            painter.later(z - 0.02, partial(painter.front, corners, image, shine, facing=(0, 0, -1)))
            x += side * width


def _place_trees(
    painter: Painter, street: Street, chance: np.random.Generator, side: int, trees: list[tuple[Bgr, Bgr]]
) -> None:  # fmt: skip
    z = street.start_m + float(chance.uniform(4, 12))
    while z < 120:
        if not _in_crossing(street, z - 3, z + 3):
            picture, mask = trees[int(chance.integers(len(trees)))]
            foot = (side * (street.half_width + street.pavement * 0.75), 0.0, z)
            height = float(chance.uniform(*street.tree_m))
            painter.later(z - 1, partial(painter.sprite, foot, height, picture, mask))
        z += float(chance.uniform(11, 22))


def _place_market(painter: Painter, street: Street, chance: np.random.Generator) -> None:
    """Stalls under coloured sheets on both pavements."""
    cloths: tuple[Colour, ...] = (
        (190, 110, 40),
        (50, 60, 190),
        (50, 150, 200),
        (70, 150, 70),
        (200, 200, 205),
        (150, 60, 130),
    )
    for side in (-1, 1):
        z = street.start_m
        while z < 90:
            cloth = cloths[int(chance.integers(len(cloths)))]
            inner, outer = side * (street.half_width - 0.2), side * (street.half_width + street.pavement - 0.2)
            table: list[Corner] = [(inner, 0, z), (inner, 0.8, z), (inner, 0.8, z + 2.4), (inner, 0, z + 2.4)]
            goods: list[Corner] = [(inner, 0.8, z), (outer, 0.95, z), (outer, 0.95, z + 2.4), (inner, 0.8, z + 2.4)]
            end: list[Corner] = [(inner, 0, z), (inner, 0.8, z), (outer, 0.95, z), (outer, 0, z)]
            sheet: list[Corner] = [
                (inner - side * 0.3, 2.1, z - 0.2),
                (outer, 2.6, z - 0.2),
                (outer, 2.6, z + 2.7),
                (inner - side * 0.3, 2.1, z + 2.7),
            ]
            heap = (int(chance.integers(50, 190)), int(chance.integers(50, 190)), int(chance.integers(50, 190)))
            painter.later(z + 1.3, partial(painter.flat, table, (88, 116, 140), facing=(-side, 0, 0)))
            painter.later(z + 1.29, partial(painter.flat, end, (70, 92, 112), facing=(0, 0, -1)))
            painter.later(z + 1.28, partial(painter.flat, goods, heap, facing=(0, 1, 0)))
            painter.later(z + 1.2, partial(painter.flat, sheet, cloth, facing=(-side * 0.2, 0.98, 0)))
            z += 3.1


def _lamp_places(street: Street) -> list[Corner]:
    reach = street.half_width + 0.5
    return [
        (side * reach * 0.8, 8.0 if street.lanes else 5.0, float(z))
        for z in range(14, 130, 24)
        for side in ((-1, 1) if street.lanes else (1,))
    ]


def _place_poles(painter: Painter, street: Street, lamps: list[Corner]) -> None:
    x = -(street.half_width + 0.9)
    height = 8.5 if street.lanes else 6.5
    poles = [float(z) for z in range(12, 150, 27)]
    for z in poles:
        painter.later(z, partial(painter.line, [(x, 0, z), (x, height, z)], 0.22, (120, 122, 124)))
        painter.later(
            z - 0.1, partial(painter.line, [(x - 0.8, height - 0.5, z), (x + 0.8, height - 0.5, z)], 0.12, (90, 92, 94))
        )
    for offset, drop in ((-0.7, 0.9), (0.0, 0.6), (0.7, 1.1)):
        for start, end in pairwise(poles):
            wire = [
                (x + offset, height - 0.45 - drop * 4 * part * (1 - part), start + (end - start) * part)
                for part in np.linspace(0, 1, 12)
            ]
            painter.later((start + end) / 2 - 14, partial(painter.line, wire, 0.03, (48, 48, 50)))
    for lamp in lamps:
        foot = (lamp[0] / 0.8, 0.0, lamp[2])
        painter.later(
            lamp[2], partial(painter.line, [foot, (foot[0], lamp[1] - 0.6, foot[2]), lamp], 0.16, (130, 132, 134))
        )


def _place_signals(painter: Painter, street: Street) -> tuple[Corner, ...]:
    """Traffic lights for the traffic that comes towards the crossing from behind the camera."""
    if street.cross_z is None or not street.lanes:
        return ()
    z = street.cross_z + street.cross_half + 1.2
    x = -(street.half_width + 0.7)
    arm = (-(street.half_width * 0.45), 5.9, z)
    painter.later(z, partial(painter.line, [(x, 0, z), (x, 6.1, z), arm], 0.2, (110, 112, 60)))
    heads = ((arm[0], 5.3, z - 0.2), (x, 3.4, z - 0.2))
    for hx, hy, hz in heads:
        corners: list[Corner] = [
            (hx - 0.25, hy - 0.55, hz),
            (hx - 0.25, hy + 0.55, hz),
            (hx + 0.25, hy + 0.55, hz),
            (hx + 0.25, hy - 0.55, hz),
        ]
        painter.later(hz - 0.3, partial(painter.flat, corners, (28, 28, 28), facing=(0, 0, -1)))
    return heads


def _add_lamp_glow(picture: Bgr, lens: Lens, light: Light, lamps: list[Corner]) -> None:
    glow = Glow()
    if not lamps:
        return
    pixels, depths = lens.project(np.array(lamps, np.float32))
    ground, _ = lens.project(np.array([(lamp[0] * 0.6, 0.0, lamp[2]) for lamp in lamps], np.float32))
    for index, distance in enumerate(depths):
        if distance < 3:
            continue
        size = lens.focal_px / float(distance)
        x, y = (float(part) for part in pixels[index])
        glow.add(picture, x, y, width=5.5 * size, height=5.5 * size, colour=(70, 120, 150))
        glow.add(picture, x, y, width=1.2 * size, height=1.2 * size, colour=(160, 225, 250))
        if light.rain:
            glow.add(
                picture, x, float(ground[index, 1]) + 2.5 * size, width=1.2 * size, height=9 * size, colour=(40, 74, 92)
            )


def _in_crossing(street: Street, start: float, end: float) -> bool:
    if street.cross_z is None:
        return False
    reach = street.cross_half + street.pavement
    return end > street.cross_z - reach and start < street.cross_z + reach
