"""Sky and ground of a street: surfaces, markings, rails, and how lamps and rain change them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from tmcwall.sim.scenes.lens import Floats
from tmcwall.sim.scenes.light import shades
from tmcwall.sim.scenes.painter import Corner, Painter

_WHITE: Final = (222.0, 226.0, 228.0)
_YELLOW: Final = (40.0, 170.0, 215.0)


@dataclass(frozen=True, slots=True)
class Street:
    """The plan of a street along z. Metres."""

    half_width: float = 7.0
    lanes: int = 2
    """Each way; 0 = no markings."""
    pavement: float = 2.6
    cross_z: float | None = None
    """Middle of a crossing street."""
    cross_half: float = 6.5
    rail_x: float | None = None
    sides: Literal["shops", "houses", "market", "bank"] = "shops"
    concrete: bool = False
    grass: bool = False
    trees: bool = True
    stalls: bool = False
    """Parking spaces beside the street on the right."""
    start_m: float = 9.0
    """Where the first fronts stand."""
    tree_m: tuple[float, float] = (4.5, 7.5)
    """Height of the trees, from and to."""

    @property
    def grey(self) -> float:
        """The street's own brightness, 0..255."""
        return 152.0 if self.concrete else 97.0


def paint_sky(painter: Painter, chance: np.random.Generator) -> None:
    lens, light = painter.lens, painter.light
    down = np.linspace(0, 1, lens.height, dtype=np.float32)[:, None, None] ** 0.6
    sky = np.array(light.sky_top, np.float32) * (1 - down) + np.array(light.sky_low, np.float32) * down
    clouds = np.zeros((lens.height, lens.width), np.float32)
    for size in (6, 12, 24, 48):
        coarse = chance.normal(0, 6 / size, (size // 2, size)).astype(np.float32)
        clouds += cv2.resize(coarse, (lens.width, lens.height), interpolation=cv2.INTER_CUBIC)
    sky = sky + clouds[:, :, None] * (5 if light.lamps else 9)
    painter.picture[:] = np.clip(sky, 0, 255).astype(np.uint8)


def paint_ground(painter: Painter, street: Street, chance: np.random.Generator, lamps: list[Corner]) -> None:
    lens, light = painter.lens, painter.light
    x, z, below = lens.ground()
    grain = chance.normal(0, 1, (512, 512)).astype(np.float32)
    coarse = chance.normal(0, 1, (32, 32)).astype(np.float32)
    patches = np.asarray(cv2.resize(coarse, (512, 512), interpolation=cv2.INTER_CUBIC), np.float32)

    def sample(field: Floats, scale: float) -> Floats:
        return np.asarray(field[(z * scale).astype(np.int32) & 511, (x * scale).astype(np.int32) & 511], np.float32)

    rough = np.asarray(sample(grain, 18) * np.exp(-z / 25) * 4, np.float32)
    rough += sample(patches, 9) * 4 + sample(patches, 2) * 5
    colour = _ground_colours(street, x, z)
    colour += rough[:, :, None]
    shade = shades(np.array([(0, 1, 0)], np.float32), light)[0] * (0.72 if light.rain else 1.0)
    colour *= shade
    for lamp in lamps:
        reach = np.exp(-((x - lamp[0] * 0.55) ** 2 + (z - lamp[2]) ** 2) / 70.0)[:, :, None]
        colour += reach * np.array((26, 58, 78), np.float32)
    if light.grey:
        colour *= np.clip(1.9 * np.exp(-((x**2 + z**2) / 900.0)), 0.15, 1.9)[:, :, None]
    clear = np.exp(-z / light.haze_m)[:, :, None]
    colour = colour * clear + np.array(light.sky_low, np.float32) * (1 - clear)
    if light.rain:
        wet = np.clip(z / 90, 0, 0.45)[:, :, None]
        colour = colour * (1 - wet) + np.array(light.sky_low, np.float32) * wet
    painter.picture[below] = np.clip(colour[below], 0, 255).astype(np.uint8)


def _ground_colours(street: Street, x: Floats, z: Floats) -> Floats:
    """The colour of each place without light."""
    aside = np.abs(x)
    half = street.half_width
    earth = (92.0, 132.0, 118.0) if street.grass else (150.0, 158.0, 164.0)
    colour = np.empty((*x.shape, 3), np.float32)
    colour[:] = earth
    paved = (aside > half) & (aside < half + street.pavement)
    tile = ((x * 2).astype(np.int32) + (z * 2).astype(np.int32)) % 2 == 0
    colour[paved] = (150.0, 156.0, 166.0)
    colour[paved & tile] = (140.0, 147.0, 160.0)
    colour[paved & (aside > half + street.pavement * 0.45) & (aside < half + street.pavement * 0.6)] = (
        60.0,
        165.0,
        190.0,
    )
    crossing = np.zeros(x.shape, bool)
    if street.cross_z is not None:
        crossing = np.abs(z - street.cross_z) < street.cross_half
        kerb = np.abs(z - street.cross_z) < street.cross_half + street.pavement
        colour[kerb & (aside > half)] = (148.0, 154.0, 164.0)
    road = (aside < half) | crossing
    colour[road] = (street.grey + 1, street.grey - 1, street.grey)
    if street.stalls:
        lot = (x > half) & (x < half + 14)
        colour[lot] = (112.0, 112.0, 112.0)
        colour[lot & (np.abs(z % 2.7 - 1.35) > 1.29) & (x > half + 1.5) & (x < half + 6.5)] = _WHITE
    kerbstone = (np.abs(aside - half) < 0.16) & ~crossing & (street.lanes > 0)
    colour[kerbstone] = np.where(((z * 0.7).astype(np.int32) % 2 == 0)[kerbstone][:, None], _WHITE, (52.0, 52.0, 54.0))
    if street.lanes:
        _mark_lanes(colour, street, x, z, crossing)
    if street.rail_x is not None:
        _lay_rail(colour, x - street.rail_x, z)
    return colour


def _mark_lanes(colour: Floats, street: Street, x: Floats, z: Floats, crossing: npt.NDArray[np.bool_]) -> None:
    half, aside = street.half_width, np.abs(x)
    clear = ~crossing
    before = np.zeros(x.shape, bool)
    if street.cross_z is not None:
        gap = np.abs(z - street.cross_z) - street.cross_half
        zebra = (gap > 0.8) & (gap < 3.8) & (aside < half - 0.4) & ((x + 50) % 1.0 < 0.5)
        colour[zebra] = _WHITE
        stop = (gap > 4.8) & (gap < 5.25) & (aside < half - 0.3) & (aside > 0.2) & ((x < 0) == (z < street.cross_z))
        colour[stop] = _WHITE
        before = (gap > -0.01) & (gap < 5.3)
        box = crossing & (aside < half - 0.3) & ((((x + z) % 2.2) < 0.16) | (((x - z) % 2.2) < 0.16))
        colour[box] = _YELLOW
    lane = half / street.lanes
    for index in range(1, street.lanes):
        dashed = (np.abs(aside - index * lane) < 0.07) & (z % 7.0 < 3.2) & clear & ~before
        colour[dashed] = _WHITE
    double = (np.abs(aside - 0.16) < 0.07) & clear & ~before
    colour[double] = _YELLOW if street.lanes > 1 else _WHITE
    colour[(np.abs(aside - half + 0.5) < 0.06) & clear & ~before] = _WHITE


def _lay_rail(colour: Floats, offset: Floats, z: Floats) -> None:
    bed = np.abs(offset) < 1.5
    colour[bed] = (104.0, 112.0, 120.0)
    colour[bed & (np.abs(offset) < 1.1) & (z % 0.7 < 0.24)] = (84.0, 96.0, 110.0)
    colour[np.abs(np.abs(offset) - 0.55) < 0.06] = (188.0, 190.0, 192.0)
