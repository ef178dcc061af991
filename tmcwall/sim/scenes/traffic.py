"""Traffic that loops: what drives and walks along straight lines, drawn over the stage picture by picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from tmcwall.sim.footage import Bgr
from tmcwall.sim.scenes import solids
from tmcwall.sim.scenes.lens import Floats, Lens
from tmcwall.sim.scenes.light import Glow, Light, shades
from tmcwall.sim.scenes.solids import Colour, Solid
from tmcwall.sim.scenes.stage import Stage

_NEAREST_M: Final = 3.0
_NEAR_PLANE_M: Final = 0.6
_FARTHEST_M: Final = 105.0
_DETAIL_PX: Final = 11.0
"""Pixels a metre below which wheels, windows and lamps are left out."""

_REFLECTED_WITHIN_M: Final = 45.0
_VARIED_WITHIN_M: Final = 30.0
"""Slow lines look different all along: they would repeat within sight. Their colours jump when the loop ends."""

_PAINTS: Final[tuple[Colour, ...]] = (
    (225, 228, 228), (225, 228, 228), (36, 36, 38), (150, 152, 154), (40, 40, 150), (120, 70, 40), (90, 92, 94),
    (60, 110, 150),
)  # fmt: skip
_SHIRTS: Final[tuple[Colour, ...]] = (
    (60, 60, 170), (150, 90, 40), (60, 130, 60), (205, 205, 208), (50, 50, 52), (60, 160, 200), (130, 70, 120),
    (170, 160, 60),
)  # fmt: skip
_HELMETS: Final[tuple[Colour, ...]] = ((40, 40, 42), (200, 202, 204), (50, 50, 160), (140, 80, 40))


@dataclass(frozen=True, slots=True)
class Flow:
    """A line of traffic from `start` to `end` (x, z in metres) at a steady speed, the same again every loop.

    Within one loop's way `window` is the part that is taken; `kinds` are spread over it in order.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    speed_mps: float
    kinds: tuple[str, ...]
    window: tuple[float, float] = (0.0, 1.0)
    spread_m: float = 0.3
    """How far each may be off the line."""


@dataclass(frozen=True, slots=True)
class Parked:
    kind: str
    place: tuple[float, float]
    heading_deg: float


def make(kind: str, chance: np.random.Generator) -> Solid:
    """A vehicle or person of a kind, in colours by chance."""
    paint = _PAINTS[int(chance.integers(len(_PAINTS)))]
    shirt = _SHIRTS[int(chance.integers(len(_SHIRTS)))]
    match kind:
        case "car":
            return solids.car(paint, tall=bool(chance.uniform() < 0.6))
        case "bus":
            return solids.bus((215, 217, 217), stripe=(150, 60, 30) if chance.uniform() < 0.5 else (40, 40, 180))
        case "truck":
            return solids.truck((60, 150, 200), (70, 120, 90) if chance.uniform() < 0.5 else (130, 126, 120))
        case "becak":
            return solids.becak(shirt)
        case "person":
            return solids.person(shirt, (70, 60, 55) if chance.uniform() < 0.5 else (110, 80, 60))
        case "parked-motor":
            return solids.motorcycle(paint)
        case _:
            pillion = _SHIRTS[int(chance.integers(len(_SHIRTS)))] if chance.uniform() < 0.3 else None
            helmet = _HELMETS[int(chance.integers(len(_HELMETS)))]
            return solids.motorcycle(paint, rider=(shirt, helmet), pillion=pillion)


class Traffic:
    """All that moves in a scene, or is parked. `loop_s` seconds after any moment everything looks the same."""

    def __init__(
        self, flows: tuple[Flow, ...], parked: tuple[Parked, ...], *, lens: Lens, light: Light,
        ground: float, loop_s: float, seed: int,
    ) -> None:  # fmt: skip
        """`ground` is the grey of the street; shadows are darker than that."""
        self._lens = lens
        self._ground = np.full(3, ground * 0.6, np.float32)
        self._light = light
        self._glow = Glow()
        chance = np.random.default_rng(seed)
        self._solids: list[Solid] = []
        self._rows: list[tuple[float, float, float, float, float, float, float, float]] = []
        for flow in flows:
            self._add_flow(flow, loop_s, chance)
        for thing in parked:
            solid = solids.turned(make(thing.kind, chance), thing.heading_deg)
            self._add(solid, thing.place, (0.0, 0.0), base=0.0, speed=0.0, way=1.0, length=1.0)
        self._finish()

    def draw(self, picture: Bgr, stage: Stage, time_s: float) -> None:
        """Paint everything as it stands at that time."""
        table = self._table
        gone = (table[:, 4] + table[:, 5] * time_s) % table[:, 6]
        places = table[:, 0:2] + table[:, 2:4] * gone[:, None]
        spots = np.stack((places[:, 0], np.full(len(places), 0.5, np.float32), places[:, 1]), axis=1)
        pixels, depths = self._lens.project(spots)
        margin = 6 * self._lens.focal_px / np.maximum(depths, 1)
        seen = (gone <= table[:, 7]) & (depths > _NEAREST_M) & (depths < _FARTHEST_M)
        seen &= (pixels[:, 0] > -margin) & (pixels[:, 0] < self._lens.width + margin)
        sharp = self._lens.focal_px / np.maximum(depths, 1) > _DETAIL_PX
        faces = np.flatnonzero(seen[self._owner] & (sharp[self._owner] | ~self._detail))
        offset = np.zeros((len(places), 3), np.float32)
        offset[:, 0], offset[:, 2] = places[:, 0], places[:, 1]
        corners = self._corners[faces] + offset[self._owner[faces]][:, None, :]
        towards = np.einsum("ij,ij->i", self._normals[faces], self._lens.place - corners[:, 0]) > 0
        faces, corners = faces[towards], corners[towards]
        flat, face_depths = self._lens.project(corners.reshape(-1, 3))
        near = face_depths.reshape(-1, solids.CORNERS).min(axis=1) > _NEAR_PLANE_M
        faces, flat = faces[near], flat.reshape(-1, solids.CORNERS, 2)[near]
        if not len(faces):
            return
        owners = self._owner[faces]
        shown, first = np.unique(owners, return_index=True)
        last = [*first[1:].tolist(), len(faces)]
        boxes = self._boxes(flat, first)
        points = np.round(flat * 16).astype(np.int32)
        paints = self._paints(self._colours[faces], depths[owners])
        for index in np.argsort(-depths[shown]).tolist():
            left, top, right, bottom = boxes[index]
            if left < right and top < bottom:
                hidden = stage.depth[top:bottom, left:right] < depths[shown[index]]
                part = picture[top:bottom, left:right]
                before = part.copy() if hidden.any() else None
                for face in range(int(first[index]), last[index]):
                    cv2.fillConvexPoly(picture, points[face], paints[face], cv2.LINE_AA, 4)
                if before is not None:
                    part[hidden] = before[hidden]
            if self._light.lamps and not self._light.grey:
                self._draw_lamps(picture, stage, int(shown[index]), places[shown[index]])

    def _paints(self, colours: Floats, depths: Floats) -> list[list[float]]:
        """The colours behind the haze."""
        clear = np.exp(-depths / self._light.haze_m)[:, None]
        hazed = colours * clear + np.array(self._light.sky_low, np.float32) * (1 - clear)
        paints: list[list[float]] = np.clip(hazed, 0, 255).tolist()
        return paints

    def _boxes(self, flat: Floats, first: npt.NDArray[np.int64]) -> list[list[int]]:
        """Left, top, right and bottom of each thing, within the picture."""
        low = np.minimum.reduceat(flat.min(axis=1), first, axis=0) - 1
        high = np.maximum.reduceat(flat.max(axis=1), first, axis=0) + 2
        limit = np.array([self._lens.width, self._lens.height], np.float32)
        edges = np.concatenate((np.clip(low, 0, limit), np.clip(high, 0, limit)), axis=1)
        boxes: list[list[int]] = edges.astype(np.int32).tolist()
        return boxes

    def _draw_lamps(self, picture: Bgr, stage: Stage, index: int, place: Floats) -> None:
        lamps = self._solids[index].lights
        if not lamps:
            return
        spots = np.array([(x + place[0], y, z + place[1]) for x, y, z, _ in lamps], np.float32)
        pixels, depths = self._lens.project(spots)
        away = np.array([self._table[index, 2], self._table[index, 3]])
        coming = float(away @ place) < 0
        for (pixel_x, pixel_y), depth, (_, _, _, ahead) in zip(pixels.tolist(), depths.tolist(), lamps, strict=True):
            if depth < _NEAREST_M or ahead != coming or self._is_hidden(stage, pixel_x, pixel_y, depth):
                continue
            size = self._lens.focal_px / depth
            colour = (120, 150, 160) if ahead else (20, 20, 130)
            spread = 2.2 if ahead else 0.9
            self._glow.add(picture, pixel_x, pixel_y, width=spread * size, height=spread * size, colour=colour)
            self._glow.add(
                picture,
                pixel_x,
                pixel_y,
                width=0.5 * size,
                height=0.5 * size,
                colour=(190, 190, 200) if ahead else (60, 60, 220),
            )
            if depth > _REFLECTED_WITHIN_M:
                continue
            drop = 0.7 * size
            tall = (4.5 if self._light.rain else 1.6) * size
            self._glow.add(
                picture,
                pixel_x,
                pixel_y + drop + tall / 3,
                width=0.9 * size,
                height=tall,
                colour=(colour[0] // 3, colour[1] // 3, colour[2] // 3),
            )

    def _is_hidden(self, stage: Stage, x: float, y: float, depth: float) -> bool:
        inside = 0 <= x < self._lens.width and 0 <= y < self._lens.height
        return inside and bool(stage.depth[int(y), int(x)] < depth)

    def _add_flow(self, flow: Flow, loop_s: float, chance: np.random.Generator) -> None:
        span_x, span_z = flow.end[0] - flow.start[0], flow.end[1] - flow.start[1]
        length = math.hypot(span_x, span_z)
        ahead = (span_x / length, span_z / length)
        heading = math.degrees(math.atan2(ahead[0], ahead[1]))
        step = flow.speed_mps * loop_s
        rounds = max(1, math.ceil(length / step))
        begin, stop = flow.window
        varied = step < _VARIED_WITHIN_M
        for index, kind in enumerate(flow.kinds):
            solid = solids.turned(make(kind, chance), heading)
            part = begin + (stop - begin) * (index + float(chance.uniform(0.25, 0.5))) / len(flow.kinds)
            aside = float(chance.uniform(-flow.spread_m, flow.spread_m))
            place = (flow.start[0] + ahead[1] * aside, flow.start[1] - ahead[0] * aside)
            for number in range(rounds):
                if varied:
                    solid = solids.turned(make(kind, chance), heading)
                self._add(
                    solid,
                    place,
                    ahead,
                    base=(part + number) * step,
                    speed=flow.speed_mps,
                    way=rounds * step,
                    length=length,
                )

    def _add(
        self,
        solid: Solid,
        place: tuple[float, float],
        ahead: tuple[float, float],
        *,
        base: float,
        speed: float,
        way: float,
        length: float,
    ) -> None:
        self._solids.append(solid)
        self._rows.append((*place, *ahead, base, speed, way, length))

    def _finish(self) -> None:
        """Lay all faces into arrays, each thing's shadow first."""
        self._table = np.array(self._rows, np.float32).reshape(-1, 8)
        corners, colours, normals, owners, detail = [], [], [], [], []
        upward = np.array([(0, 1, 0)], np.float32)
        for index, solid in enumerate(self._solids):
            shadow = self._shadow(solid)
            corners += [shadow[None], solid.corners]
            shade = shades(solid.normals, self._light)
            bright = solid.colours * shade
            if self._light.lamps and not self._light.grey:
                lamp = np.isin(solid.colours.sum(axis=1), (sum(solids.HEADLIGHT), sum(solids.TAILLIGHT)))
                bright[lamp] = solid.colours[lamp]
            dark = shades(upward, self._light) * self._ground
            colours += [dark, bright]
            normals += [upward, solid.normals]
            owners += [index] * (1 + len(solid.corners))
            detail += [np.zeros(1, bool), solid.detail]
        self._corners = np.concatenate(corners).astype(np.float32)
        self._colours = np.concatenate(colours).astype(np.float32)
        self._normals = np.concatenate(normals).astype(np.float32)
        self._owner = np.array(owners, np.int32)
        self._detail = np.concatenate(detail)

    def _shadow(self, solid: Solid) -> Floats:
        """A dark quad on the ground, pushed away from the sun."""
        low = solid.corners.reshape(-1, 3).min(axis=0)
        high = solid.corners.reshape(-1, 3).max(axis=0)
        sun_x, sun_y, sun_z = self._light.sun_from
        push = min(0.35, 0.2 * high[1]) / max(sun_y, 0.3)
        dx, dz = (-sun_x * push, -sun_z * push) if sum(self._light.sun) > 0.3 else (0.0, 0.0)
        x0, x1 = low[0] + min(dx, 0) - 0.06, high[0] + max(dx, 0) + 0.06
        z0, z1 = low[2] + min(dz, 0) - 0.06, high[2] + max(dz, 0) + 0.06
        quad = np.array([(x0, 0.01, z0), (x0, 0.01, z1), (x1, 0.01, z1), (x1, 0.01, z0)], np.float32)
        return quad if np.cross(quad[1] - quad[0], quad[2] - quad[0])[1] > 0 else np.ascontiguousarray(quad[::-1])
