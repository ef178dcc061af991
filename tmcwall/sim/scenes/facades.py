"""Fronts of shops and houses, trees: flat pictures that the set puts into perspective."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from tmcwall.sim.footage import Bgr
from tmcwall.sim.scenes.light import roughened
from tmcwall.sim.scenes.solids import Colour

PIXELS_PER_METRE: Final = 40
STOREY_M: Final = 3.3

_WALLS: Final[tuple[Colour, ...]] = (
    (196, 208, 214), (178, 200, 212), (205, 205, 200), (170, 190, 205), (188, 204, 190), (210, 198, 184),
    (168, 176, 196), (220, 222, 222), (150, 178, 206),
)  # fmt: skip
_SIGNS: Final[tuple[tuple[Colour, Colour], ...]] = (
    ((40, 40, 190), (245, 245, 245)), ((150, 80, 20), (245, 245, 245)), ((40, 130, 40), (240, 245, 245)),
    ((30, 190, 235), (30, 30, 30)), ((120, 40, 110), (240, 240, 240)), ((235, 235, 235), (40, 40, 180)),
)  # fmt: skip
_WORDS: Final = ("TOKO BATIK", "WARUNG SOTO", "APOTEK", "BENGKEL", "FOTOKOPI", "SATE KERE", "TOKO BUKU", "OPTIK",
                 "TAHU KUPAT", "PULSA", "LAUNDRY", "TOKO ROTI", "BAKSO", "SERABI")  # fmt: skip
_DOORS: Final[tuple[Colour, ...]] = ((120, 118, 112), (90, 105, 120), (140, 120, 80), (70, 80, 92))


def shop_front(chance: np.random.Generator, width_m: float, storeys: int) -> tuple[Bgr, Bgr]:
    """A shophouse and what of it shines at night."""
    width, height = round(width_m * PIXELS_PER_METRE), round(storeys * STOREY_M * PIXELS_PER_METRE)
    front = _plastered(chance, width, height, _pick(chance, _WALLS))
    shine = np.zeros_like(front)
    storey = round(STOREY_M * PIXELS_PER_METRE)
    for level in range(1, storeys):
        base = height - level * storey
        cv2.rectangle(front, (0, base - 6), (width, base), (150, 155, 158), -1)
        count = int(chance.integers(2, 4))
        for index in range(count):
            left = int(width * (index + 0.22) / count)
            right = int(width * (index + 0.78) / count)
            _window(chance, front, shine, left, base - int(storey * 0.78), right, base - int(storey * 0.22))
    _ground_floor(chance, front, shine, height, storey)
    cv2.rectangle(front, (0, 0), (width - 1, 5), (135, 140, 145), -1)
    return front, shine


def house_front(chance: np.random.Generator, width_m: float) -> tuple[Bgr, Bgr]:
    """One storey: a door and two windows over a skirting."""
    width, height = round(width_m * PIXELS_PER_METRE), round(3.0 * PIXELS_PER_METRE)
    front = _plastered(chance, width, height, _pick(chance, _WALLS))
    shine = np.zeros_like(front)
    cv2.rectangle(front, (0, height - 18), (width, height), (110, 118, 128), -1)
    middle = width // 2
    cv2.rectangle(front, (middle - 18, height - 84), (middle + 18, height), (50, 72, 96), -1)
    cv2.rectangle(front, (middle - 18, height - 84), (middle + 18, height), (40, 52, 66), 2)
    for left in (middle - 92, middle + 44):
        if left > 2 and left + 48 < width:
            _window(chance, front, shine, left, height - 82, left + 48, height - 36)
    return front, shine


def blank_wall(chance: np.random.Generator, width_m: float, height_m: float) -> Bgr:
    width, height = round(width_m * PIXELS_PER_METRE), round(height_m * PIXELS_PER_METRE)
    wall = _plastered(chance, width, height, _pick(chance, _WALLS))
    cv2.rectangle(wall, (0, height - 20), (width, height), (120, 126, 132), -1)
    dark = np.zeros_like(wall)
    for top in range(20, height - 70, round(STOREY_M * PIXELS_PER_METRE)):
        for left in range(50 + int(chance.integers(0, 30)), width - 60, 130):
            _window(chance, wall, dark, left, top + 16, left + 40, top + 62)
    pipe = width - 14
    cv2.line(wall, (pipe, 0), (pipe, height), (150, 152, 156), 5)
    return wall


def tree(chance: np.random.Generator, size: int = 256) -> tuple[Bgr, Bgr]:
    """A tree on black and its mask, both (size, size, 3): the trunk's foot is at the middle of the lower edge."""
    picture = np.zeros((size, size, 3), np.uint8)
    mask = np.zeros((size, size, 3), np.uint8)
    for image, colour in ((picture, (52, 72, 92)), (mask, (255, 255, 255))):
        cv2.line(image, (size // 2, size - 1), (size // 2 + size // 40, size // 2), colour, size // 24, cv2.LINE_AA)
    hue = np.array([chance.integers(28, 52), chance.integers(88, 122), chance.integers(48, 86)], np.float32)
    for step in range(170):
        depth = step / 170
        angle, reach = chance.uniform(0, 2 * np.pi), chance.uniform(0, 1) ** 0.6
        x = size / 2 + np.cos(angle) * reach * size * 0.36
        y = size * 0.36 + np.sin(angle) * reach * size * 0.28
        lit = 0.45 + 0.55 * depth - 0.5 * (y / size - 0.36) + chance.uniform(-0.08, 0.08)
        leaf = tuple(float(part) for part in np.clip(hue * lit, 0, 255))
        radius = int(size * chance.uniform(0.028, 0.07))
        cv2.circle(picture, (int(x), int(y)), radius, leaf, -1, cv2.LINE_AA)
        cv2.circle(mask, (int(x), int(y)), radius, (255, 255, 255), -1, cv2.LINE_AA)
    return picture, mask


def _ground_floor(chance: np.random.Generator, front: Bgr, shine: Bgr, height: int, storey: int) -> None:
    width = front.shape[1]
    top = height - int(storey * 0.68)
    if chance.uniform() < 0.45:
        door = _pick(chance, _DOORS)
        cv2.rectangle(front, (8, top), (width - 8, height), door, -1)
        for row in range(top, height, 7):
            cv2.line(front, (8, row), (width - 8, row), tuple(int(part * 0.82) for part in door), 1)
    else:
        cv2.rectangle(front, (8, top), (width - 8, height - 6), (74, 66, 58), -1)
        inside = (int(chance.integers(70, 110)), int(chance.integers(120, 165)), int(chance.integers(150, 190)))
        cv2.rectangle(shine, (12, top + 6), (width - 12, height - 8), inside, -1)
        for _ in range(14):
            x, y = int(chance.integers(14, width - 30)), int(chance.integers(top + 10, height - 24))
            cv2.rectangle(front, (x, y), (x + 16, y + 12), tuple(int(part) for part in chance.integers(60, 200, 3)), -1)
        cv2.line(front, (width // 2, top), (width // 2, height), (130, 130, 130), 3)
    ground, letters = _SIGNS[int(chance.integers(len(_SIGNS)))]
    sign_top, sign_bottom = height - int(storey * 0.98), height - int(storey * 0.74)
    cv2.rectangle(front, (4, sign_top), (width - 4, sign_bottom), ground, -1)
    cv2.rectangle(shine, (4, sign_top), (width - 4, sign_bottom), tuple(int(part * 0.7) for part in ground), -1)
    word = _WORDS[int(chance.integers(len(_WORDS)))]
    scale = min((width - 24) / (len(word) * 20.0), 1.0)
    for image in (front, shine):
        cv2.putText(image, word, (14, sign_bottom - 8), cv2.FONT_HERSHEY_DUPLEX, scale, letters, 2, cv2.LINE_AA)
    if chance.uniform() < 0.6:
        stripe = _pick(chance, ((60, 60, 190), (170, 110, 50), (60, 140, 60)))
        for index, left in enumerate(range(0, width, 22)):
            colour = stripe if index % 2 else (225, 228, 228)
            cv2.rectangle(front, (left, sign_bottom), (left + 22, sign_bottom + 16), colour, -1)


def _window(
    chance: np.random.Generator, front: Bgr, shine: Bgr, left: int, top: int, right: int, bottom: int
) -> None:  # fmt: skip
    cv2.rectangle(front, (left - 3, top - 3), (right + 3, bottom + 3), (215, 218, 220), -1)
    glass = int(chance.integers(60, 105))
    cv2.rectangle(front, (left, top), (right, bottom), (glass + 14, glass, glass - 14), -1)
    cv2.line(front, ((left + right) // 2, top), ((left + right) // 2, bottom), (205, 208, 210), 2)
    if chance.uniform() < 0.4:
        warm = chance.uniform(0.5, 1.0)
        cv2.rectangle(shine, (left, top), (right, bottom), (int(70 * warm), int(150 * warm), int(200 * warm)), -1)


def _plastered(chance: np.random.Generator, width: int, height: int, colour: Colour) -> Bgr:
    """A wall with stains and a little dirt towards the ground."""
    coarse = chance.normal(0, 5, (max(2, height // 24), max(2, width // 24))).astype(np.float32)
    stains = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    wall = np.empty((height, width, 3), np.uint8)
    wall[:] = colour
    return roughened(wall, stains + np.linspace(4, -12, height, dtype=np.float32)[:, None])


def _pick(chance: np.random.Generator, choices: tuple[Colour, ...]) -> Colour:
    return choices[int(chance.integers(len(choices)))]
