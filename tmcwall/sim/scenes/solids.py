"""Plain solids that traffic is made of: boxes with tapered tops, put together to vehicles and people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tmcwall.sim.scenes.lens import Floats

Colour = tuple[int, int, int]
"""Blue, green, red."""

GLASS: Final[Colour] = (66, 56, 48)
RUBBER: Final[Colour] = (34, 34, 36)
SKIN: Final[Colour] = (90, 125, 175)
HEADLIGHT: Final[Colour] = (225, 245, 250)
TAILLIGHT: Final[Colour] = (40, 40, 200)
CORNERS: Final = 4
_ROUND: Final = ("back", "right", "front", "left")


@dataclass(frozen=True, slots=True)
class Solid:
    """A convex patch list: quads with outward winding, a colour and a normal each. z ahead, y up, origin on ground."""

    corners: Floats
    """Shape (faces, 4, 3)."""
    colours: Floats
    """Shape (faces, 3)."""
    normals: Floats
    """Shape (faces, 3)."""
    detail: npt.NDArray[np.bool_]
    """Shape (faces,): what need not be drawn from far."""
    lights: tuple[tuple[float, float, float, bool], ...] = ()
    """Places of lamps (x, y, z), and whether they shine ahead."""
    length_m: float = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """`taper` shortens the top: (front, back, each side), in metres."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]
    colour: Colour
    taper: tuple[float, float, float] = (0.0, 0.0, 0.0)
    glass: tuple[str, ...] = ()
    """Faces that have a window: front, back, left, right."""
    faces: tuple[str, ...] = ("back", "right", "front", "left", "top")
    """Faces that can be seen."""
    detail: bool = False


def build(boxes: list[Box], *, lights: tuple[tuple[float, float, float, bool], ...] = ()) -> Solid:
    """One solid of boxes; later boxes are painted over earlier ones."""
    quads: list[Floats] = []
    colours: list[Colour] = []
    detail: list[bool] = []
    for box in boxes:
        for name, quad in _faces(box).items():
            quads.append(quad)
            colours.append(box.colour)
            detail.append(box.detail)
            if name in box.glass:
                quads.append(_inset(quad))
                colours.append(GLASS)
                detail.append(True)
    corners = np.stack(quads)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    length = max(box.z[1] for box in boxes) - min(box.z[0] for box in boxes)
    return Solid(corners, np.array(colours, np.float32), normals.astype(np.float32), np.array(detail), lights, length)


def turned(solid: Solid, heading_deg: float) -> Solid:
    """Turned around the vertical; 0 looks along z, 90 along x."""
    angle = math.radians(heading_deg)
    turn = np.array(
        [[math.cos(angle), 0, math.sin(angle)], [0, 1, 0], [-math.sin(angle), 0, math.cos(angle)]], np.float32
    )
    lights = []
    for x, y, z, ahead in solid.lights:
        moved = turn @ np.array([x, y, z], np.float32)
        lights.append((float(moved[0]), y, float(moved[2]), ahead))
    return Solid(
        solid.corners @ turn.T, solid.colours, solid.normals @ turn.T, solid.detail, tuple(lights), solid.length_m
    )


def car(colour: Colour, *, tall: bool) -> Solid:
    """A saloon, or the taller family car that is the commonest here."""
    roof, bonnet = (1.72, 0.95) if tall else (1.45, 0.85)
    half, ends = 0.86, (-2.1, 2.1)
    wheels = [
        Box(
            (side - 0.1, side + 0.1),
            (0.0, 0.6),
            (z - 0.3, z + 0.3),
            RUBBER,
            (0.08, 0.08, 0.0),
            faces=_ROUND,
            detail=True,
        )
        for side in (-0.8, 0.8)
        for z in (-1.3, 1.3)
    ]
    cabin_back = ends[0] + (0.15 if tall else 0.7)
    return build(
        [
            *wheels,
            Box((-half, half), (0.28, bonnet), ends, colour, (0.12, 0.1, 0.03)),
            Box((-half + 0.04, half - 0.04), (bonnet, roof), (cabin_back, 1.15), colour, (0.75, 0.35, 0.14),
                ("front", "back", "left", "right")),
            *(_headlight(x, y=0.65, z=2.1) for x in (-0.6, 0.6)),
            *(_taillight(x, y=0.75, z=-2.1) for x in (-0.64, 0.64)),
        ],
        lights=((-0.6, 0.65, 2.1, True), (0.6, 0.65, 2.1, True), (-0.64, 0.75, -2.1, False), (0.64, 0.75, -2.1, False)),
    )  # fmt: skip


def bus(colour: Colour, *, stripe: Colour) -> Solid:
    wheels = [
        Box((side - 0.12, side + 0.12), (0, 0.9), (z - 0.5, z + 0.5), RUBBER, faces=_ROUND, detail=True)
        for side in (-1.1, 1.1)
        for z in (-3, 3)
    ]
    return build(
        [
            *wheels,
            Box((-1.2, 1.2), (0.35, 1.3), (-4.8, 4.8), stripe),
            Box((-1.2, 1.2), (1.3, 2.5), (-4.8, 4.8), GLASS, (0.15, 0, 0.04)),
            Box((-1.16, 1.16), (2.5, 3.1), (-4.7, 4.65), colour, (0.1, 0.1, 0.1)),
            *(_headlight(x, y=0.8, z=4.8) for x in (-0.8, 0.8)),
            *(_taillight(x, y=0.9, z=-4.8) for x in (-0.9, 0.9)),
        ],
        lights=((-0.8, 0.8, 4.8, True), (0.8, 0.8, 4.8, True), (-0.9, 0.9, -4.8, False), (0.9, 0.9, -4.8, False)),
    )


def truck(cab: Colour, load: Colour) -> Solid:
    wheels = [
        Box((side - 0.12, side + 0.12), (0, 0.8), (z - 0.4, z + 0.4), RUBBER, faces=_ROUND, detail=True)
        for side in (-0.9, 0.9)
        for z in (-1.8, 1.9)
    ]
    return build(
        [
            *wheels,
            Box((-0.95, 0.95), (0.5, 0.8), (-2.9, 2.6), (60, 60, 62)),
            Box((-1.05, 1.05), (0.8, 2.6), (-3.0, 1.1), load),
            Box((-0.95, 0.95), (0.6, 2.1), (1.2, 2.7), cab, (0.35, 0, 0.08), ("front", "left", "right")),
        ],
        lights=((-0.7, 0.8, 2.7, True), (0.7, 0.8, 2.7, True), (-0.8, 0.8, -3.0, False), (0.8, 0.8, -3.0, False)),
    )


def motorcycle(
    colour: Colour, *, rider: tuple[Colour, Colour] | None = None, pillion: Colour | None = None
) -> Solid:  # fmt: skip
    """`rider` is shirt and helmet; without one it is parked."""
    riders = [(0.05, *rider)] if rider is not None else []
    if pillion is not None:
        riders.append((-0.5, pillion, (60, 60, 60)))
    boxes = [
        Box((-0.07, 0.07), (0.0, 0.58), (-0.95, -0.4), RUBBER, (0.12, 0.12, 0.0)),
        Box((-0.07, 0.07), (0.0, 0.58), (0.4, 0.95), RUBBER, (0.12, 0.12, 0.0)),
        Box((-0.17, 0.17), (0.35, 0.82), (-0.85, 0.7), colour, (0.3, 0.05, 0.03)),
        Box((-0.33, 0.33), (0.92, 1.02), (0.42, 0.55), (50, 50, 52)),
    ]
    for z, cloth, cap in riders:
        boxes += [
            Box((-0.24, 0.24), (0.55, 0.9), (z - 0.2, z + 0.25), (70, 55, 50)),
            Box((-0.23, 0.23), (0.85, 1.4), (z - 0.17, z + 0.15), cloth, (0.02, 0.02, 0.04)),
            Box((-0.13, 0.13), (1.42, 1.7), (z - 0.14, z + 0.16), cap, (0.05, 0.05, 0.05)),
        ]
    return build(boxes, lights=((0.0, 0.85, 0.8, True), (0.0, 0.75, -0.9, False)))


def becak(hood: Colour) -> Solid:
    """A cycle rickshaw: the passenger sits in front."""
    return build([
        Box((-0.06, 0.06), (0, 0.62), (-1.2, -0.6), RUBBER),
        Box((-0.5, -0.42), (0, 0.62), (0.2, 0.8), RUBBER),
        Box((0.42, 0.5), (0, 0.62), (0.2, 0.8), RUBBER),
        Box((-0.45, 0.45), (0.35, 0.85), (0.0, 1.0), (40, 70, 170)),
        Box((-0.24, 0.24), (0.7, 1.3), (0.1, 0.45), (150, 120, 90)),
        Box((-0.46, 0.46), (1.5, 1.65), (-0.15, 0.8), hood),
        Box((-0.22, 0.22), (0.8, 1.4), (-0.85, -0.55), (120, 130, 150)),
        Box((-0.12, 0.12), (1.42, 1.66), (-0.82, -0.58), (60, 90, 120)),
    ])  # fmt: skip


def person(shirt: Colour, trousers: Colour) -> Solid:
    return build([
        Box((-0.17, 0.17), (0.0, 0.85), (-0.11, 0.11), trousers),
        Box((-0.24, 0.24), (0.8, 1.42), (-0.13, 0.13), shirt, (0.0, 0.0, 0.04)),
        Box((-0.11, 0.11), (1.44, 1.7), (-0.1, 0.1), SKIN, (0.03, 0.03, 0.03)),
        Box((-0.12, 0.12), (1.62, 1.74), (-0.13, 0.08), (30, 30, 32)),
    ])  # fmt: skip


def _headlight(x: float, *, y: float, z: float) -> Box:
    return Box((x - 0.16, x + 0.16), (y - 0.1, y + 0.1), (z - 0.05, z + 0.03), HEADLIGHT, faces=("front",), detail=True)


def _taillight(x: float, *, y: float, z: float) -> Box:
    return Box((x - 0.14, x + 0.14), (y - 0.1, y + 0.1), (z - 0.03, z + 0.05), TAILLIGHT, faces=("back",), detail=True)


def _faces(box: Box) -> dict[str, Floats]:
    (left, right), (low, high), (back, front) = box.x, box.y, box.z
    ahead, behind, aside = box.taper
    bottom = [(left, low, back), (right, low, back), (right, low, front), (left, low, front)]
    top = [
        (left + aside, high, back + behind),
        (right - aside, high, back + behind),
        (right - aside, high, front - ahead),
        (left + aside, high, front - ahead),
    ]
    quads = {
        "back": (top[0], top[1], bottom[1], bottom[0]),
        "right": (top[1], top[2], bottom[2], bottom[1]),
        "front": (top[2], top[3], bottom[3], bottom[2]),
        "left": (top[3], top[0], bottom[0], bottom[3]),
        "top": (top[3], top[2], top[1], top[0]),
    }
    return {name: np.array(quads[name], np.float32) for name in box.faces}


def _inset(quad: Floats) -> Floats:
    centre = quad.mean(axis=0)
    return np.asarray(centre + (quad - centre) * np.array([0.84, 0.78, 0.84], np.float32), np.float32)
