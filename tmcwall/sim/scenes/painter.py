"""Paints flat pieces of the set into perspective, with a depth for each pixel and what shines at night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from tmcwall.sim.footage import Bgr
from tmcwall.sim.scenes.lens import Floats, Lens
from tmcwall.sim.scenes.light import Light, shades
from tmcwall.sim.scenes.solids import Colour

FAR_M: Final = 1000.0
"""The depth of ground and sky: nothing that moves is behind them."""

Corner = tuple[float, float, float]


class Painter:
    """Paints in order from far to near."""

    def __init__(self, lens: Lens, light: Light) -> None:
        self.lens = lens
        self.light = light
        self.picture: Bgr = np.zeros((lens.height, lens.width, 3), np.uint8)
        self.shine: Bgr = np.zeros_like(self.picture)
        self.depth: Floats = np.full((lens.height, lens.width), FAR_M, np.float32)
        self._pieces: list[tuple[float, Callable[[], None]]] = []

    def later(self, distance_m: float, paint: Callable[[], None]) -> None:
        self._pieces.append((distance_m, paint))

    def paint_all(self) -> None:
        for _, paint in sorted(self._pieces, key=lambda piece: -piece[0]):
            paint()

    def front(
        self, corners: tuple[Corner, Corner, Corner, Corner], image: Bgr, shine: Bgr | None, *, facing: Corner
    ) -> None:
        """Put an image on a wall: corners top left, top right, bottom right, bottom left of the image."""
        pixels, depths = self.lens.project(np.array(corners, np.float32))
        if float(depths.min()) < 1.5:
            return
        left, top = np.floor(pixels.min(axis=0)).astype(int) - 1
        right, bottom = np.ceil(pixels.max(axis=0)).astype(int) + 1
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, self.lens.width), min(bottom, self.lens.height)
        if left >= right or top >= bottom:
            return
        height, width = image.shape[:2]
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, pixels - np.array([left, top], np.float32))
        size = (int(right - left), int(bottom - top))
        outline = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillConvexPoly(outline, np.round((pixels - [left, top]) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
        distance = float(depths.mean())
        shade = shades(np.array([facing], np.float32), self.light)[0]
        self._blend(self.picture, self._lit(image, shade, distance), matrix, size, (left, top), outline)
        if self.light.lamps:
            glowing = np.zeros_like(image) if shine is None else shine
            self._blend(self.shine, glowing, matrix, size, (left, top), outline)
        part = self.depth[top:bottom, left:right]
        part[outline > 127] = distance

    def flat(self, corners: list[Corner], colour: Colour, *, facing: Corner) -> None:
        """One polygon of one colour."""
        cut = self.lens.polygon(corners)
        if cut is None:
            return
        pixels, distance = cut
        shade = shades(np.array([facing], np.float32), self.light)[0]
        lit = self._hazed(np.array([[colour]], np.float32) * shade, distance)[0, 0]
        points = np.round(np.clip(pixels, -8000, 8000) * 16).astype(np.int32)
        cv2.fillPoly(self.picture, [points], tuple(float(part) for part in lit), cv2.LINE_AA, 4)
        cv2.fillPoly(self.shine, [points], (0, 0, 0), cv2.LINE_AA, 4)
        cv2.fillPoly(self.depth, [points], distance, cv2.LINE_8, 4)

    def sprite(self, foot: Corner, height_m: float, picture: Bgr, mask: Bgr) -> None:
        """An upright picture that always faces the camera."""
        pixels, depths = self.lens.project(np.array([foot, (foot[0], foot[1] + height_m, foot[2])], np.float32))
        distance = float(depths[0])
        size = round(float(pixels[0, 1] - pixels[1, 1]))
        if distance < 2 or not 3 <= size <= 4 * self.lens.height:
            return
        left, top = round(float(pixels[0, 0]) - size / 2), round(float(pixels[1, 1]))
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + size, self.lens.width), min(top + size, self.lens.height)
        if x0 >= x1 or y0 >= y1:
            return
        inside = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        alpha = np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA)[inside], np.float32) / 255
        shade = shades(np.array([(0, 0.6, -0.8)], np.float32), self.light)[0] * 1.1
        body = np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)[inside], np.uint8)
        lit = self._lit(body, shade, distance)
        part = self.picture[y0:y1, x0:x1]
        part[:] = np.clip(part * (1 - alpha) + lit * alpha, 0, 255).astype(np.uint8)
        self.shine[y0:y1, x0:x1] = (self.shine[y0:y1, x0:x1] * (1 - alpha)).astype(np.uint8)
        self.depth[y0:y1, x0:x1][alpha[:, :, 0] > 0.5] = distance

    def line(self, points: list[Corner], thickness_m: float, colour: Colour) -> None:
        pixels, depths = self.lens.project(np.array(points, np.float32))
        lit = np.array(colour, np.float32) * shades(np.array([(0, 0.3, -0.9)], np.float32), self.light)[0]
        for index in range(len(points) - 1):
            distance = float(depths[index : index + 2].mean())
            if float(depths[index : index + 2].min()) < 1:
                continue
            start, end = (
                tuple(int(part) for part in np.clip(point * 16, -80_000, 80_000)) for point in pixels[index : index + 2]
            )
            width = max(1, round(thickness_m * self.lens.focal_px / distance))
            shown = self._hazed(lit[None, None, :], distance)[0, 0]
            cv2.line(self.picture, start, end, tuple(float(part) for part in shown), width, cv2.LINE_AA, 4)

    def _lit(self, image: Bgr, shade: Floats, distance_m: float) -> Bgr:
        """The image in this light and haze."""
        steps = np.arange(256, dtype=np.float32)[:, None] * shade
        table = np.clip(self._hazed(steps, distance_m), 0, 255).astype(np.uint8)
        return np.asarray(cv2.LUT(image, table.reshape(1, 256, 3)), np.uint8)

    def _hazed(self, colours: Floats, distance_m: float) -> Floats:
        clear = float(np.exp(-distance_m / self.light.haze_m))
        return np.asarray(colours * clear + np.array(self.light.sky_low, np.float32) * (1 - clear), np.float32)

    def _blend(
        self,
        target: Bgr,
        image: Bgr,
        matrix: npt.NDArray[np.floating | np.integer],
        size: tuple[int, int],
        at: tuple[int, int],
        outline: npt.NDArray[np.uint8],
    ) -> None:
        laid = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        alpha = outline[:, :, None].astype(np.float32) / 255
        part = target[at[1] : at[1] + size[1], at[0] : at[0] + size[0]]
        part[:] = (part * (1 - alpha) + laid * alpha).astype(np.uint8)
