"""Light and weather of a scene, and what they do to a finished picture: noise, rain, lamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from tmcwall.sim.footage import Bgr
from tmcwall.sim.scenes.lens import Floats

_FIELDS: Final = 8
"""Noise and rain repeat after so many pictures in a shuffled order; the eye does not notice."""


@dataclass(frozen=True, slots=True)
class Light:
    """How a scene is lit. Colours are blue, green, red, 0..255; factors multiply the colours of things."""

    sky_top: tuple[int, int, int]
    sky_low: tuple[int, int, int]
    ambient: tuple[float, float, float]
    sun: tuple[float, float, float]
    """Factors for what faces the sun."""
    sun_from: tuple[float, float, float]
    """Direction towards the sun."""
    haze_m: float
    """Distance at which two thirds of a thing's colour is haze."""
    noise: float = 2.0
    """Standard deviation of the sensor's noise, in steps of 255."""
    lamps: bool = False
    rain: float = 0.0
    """0 none, 1 heavy."""
    grey: bool = False
    """Infrared: no colour."""


DAY: Final = Light((196, 150, 98), (228, 214, 196), (0.62, 0.60, 0.58), (0.42, 0.45, 0.48), (0.45, 0.8, -0.4), 420)
AFTERNOON: Final = Light(
    (170, 130, 110), (150, 190, 235), (0.52, 0.50, 0.54), (0.22, 0.38, 0.58), (0.85, 0.4, 0.2), 330
)
MORNING: Final = Light((205, 175, 140), (215, 222, 228), (0.66, 0.64, 0.62), (0.30, 0.36, 0.42), (-0.7, 0.5, -0.2), 260)
RAINY: Final = Light((150, 145, 140), (178, 176, 172), (0.60, 0.58, 0.56), (0.08, 0.08, 0.08), (0.0, 1.0, 0.0), 130,
                     noise=3.0, rain=0.8)  # fmt: skip
NIGHT: Final = Light((34, 22, 16), (58, 44, 38), (0.20, 0.17, 0.16), (0.03, 0.03, 0.03), (0.0, 1.0, 0.0), 300,
                     noise=5.0, lamps=True)  # fmt: skip
RAINY_NIGHT: Final = Light((30, 24, 20), (52, 46, 44), (0.19, 0.17, 0.16), (0.03, 0.03, 0.03), (0.0, 1.0, 0.0), 110,
                           noise=5.0, lamps=True, rain=0.6)  # fmt: skip
INFRARED: Final = Light((30, 30, 30), (44, 44, 44), (0.46, 0.46, 0.46), (0.34, 0.34, 0.34), (0.0, 0.4, -0.9), 55,
                        noise=5.0, lamps=True, grey=True)  # fmt: skip


def shades(normals: Floats, light: Light) -> Floats:
    """The factors, shape (n, 3), for faces with these normals."""
    towards = np.array(light.sun_from, np.float32)
    towards /= np.linalg.norm(towards)
    facing = np.maximum(normals @ towards, 0.0)[:, None]
    upward = (0.85 + 0.15 * normals[:, 1])[:, None]
    return np.asarray(
        np.array(light.ambient, np.float32) * upward + np.array(light.sun, np.float32) * facing, np.float32
    )


class Weather:
    """Adds the sensor's noise and the rain to pictures of one size, in place."""

    def __init__(self, light: Light, width: int, height: int, *, seed: int) -> None:
        self._light = light
        chance = np.random.default_rng(seed)
        self._order = chance.permutation(_FIELDS)
        self._noise = [_noise_field(chance, width, height, light.noise) for _ in range(_FIELDS)]
        self._rain = [_rain_field(chance, width, height, light.rain) for _ in range(_FIELDS if light.rain else 0)]

    def fall_on(self, picture: Bgr, number: int) -> None:
        index = int(self._order[number % _FIELDS])
        if self._rain:
            cv2.add(picture, self._rain[(number * 3) % _FIELDS], dst=picture)
        if self._light.grey:
            grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
            cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR, dst=picture)
        lighter, darker = self._noise[index]
        cv2.add(picture, lighter, dst=picture)
        cv2.subtract(picture, darker, dst=picture)


def glow_sprite(size: int = 64) -> Floats:
    """A soft round spot, 0..1, shape (size, size)."""
    axis = np.linspace(-1, 1, size, dtype=np.float32)
    radius = np.sqrt(axis[None, :] ** 2 + axis[:, None] ** 2)
    return np.asarray(np.clip(1 - radius, 0, 1) ** 2.2, np.float32)


class Glow:
    """Lamps and their reflections, added to a picture."""

    def __init__(self) -> None:
        self._sprite = glow_sprite()
        self._made: dict[tuple[int, int, tuple[int, int, int]], Bgr] = {}

    def add(
        self, picture: Bgr, x: float, y: float, *, width: float, height: float, colour: tuple[int, int, int]
    ) -> None:
        """A spot around (x, y); sizes in pixels, colour at the middle."""
        columns, rows = max(3, round(width / 2) * 2 + 1), max(3, round(height / 2) * 2 + 1)
        spot = self._made.get((columns, rows, colour))
        if spot is None:
            scaled = cv2.resize(self._sprite, (columns, rows), interpolation=cv2.INTER_AREA)
            spot = np.asarray(scaled[:, :, None] * np.array(colour, np.float32), np.uint8)
            self._made[columns, rows, colour] = spot
        left, top = round(x) - columns // 2, round(y) - rows // 2
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + columns, picture.shape[1]), min(top + rows, picture.shape[0])
        if x0 < x1 and y0 < y1:
            part = picture[y0:y1, x0:x1]
            picture[y0:y1, x0:x1] = cv2.add(part, spot[y0 - top : y1 - top, x0 - left : x1 - left])


def roughened(picture: Bgr, grain: Floats) -> Bgr:
    """The picture with a grey grain added, in place; shape of the grain (height, width), in steps of 255."""
    lighter, darker = _halves(grain)
    cv2.add(picture, lighter, dst=picture)
    cv2.subtract(picture, darker, dst=picture)
    return picture


def _noise_field(chance: np.random.Generator, width: int, height: int, deviation: float) -> tuple[Bgr, Bgr]:
    grain = chance.standard_normal((height, width), dtype=np.float32) * deviation
    if width > 1000:
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.7) * 1.6, np.float32)
    return _halves(np.asarray(grain, np.float32))


def _halves(grain: Floats) -> tuple[Bgr, Bgr]:
    """What to add and what to subtract, in three equal channels: bytes are added many times faster than floats."""
    parts = (cv2.convertScaleAbs(np.maximum(sign * grain, 0)) for sign in (1, -1))
    lighter, darker = (np.asarray(cv2.cvtColor(part, cv2.COLOR_GRAY2BGR), np.uint8) for part in parts)
    return lighter, darker


def _rain_field(chance: np.random.Generator, width: int, height: int, amount: float) -> Bgr:
    field: npt.NDArray[np.uint8] = np.zeros((height, width, 3), np.uint8)
    scale = height / 360
    for _ in range(round(420 * amount)):
        x, y = int(chance.integers(0, width)), int(chance.integers(-20, height))
        near = float(chance.uniform(0.3, 1.0))
        length = int(26 * near * scale)
        grey = int(70 * near * amount) + 12
        cv2.line(
            field, (x, y), (x - length // 5, y + length), (grey, grey, grey), max(1, round(near * scale)), cv2.LINE_AA
        )
    blurred = cv2.GaussianBlur(field, (0, 0), 0.6 * scale)
    return np.asarray(blurred, np.uint8)
