"""A pinhole camera on a mast. World: x right, y up, z ahead along the street; metres, the mast's foot is (x, 0, 0)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a camera hangs and where it looks. `yaw_deg` to the right, `pitch_deg` down, `fov_deg` horizontal."""

    height_m: float = 7.0
    pitch_deg: float = 16.0
    yaw_deg: float = 0.0
    fov_deg: float = 66.0
    x_m: float = 0.0


class Lens:
    """Maps between the world and a picture of `width` x `height` pixels."""

    def __init__(self, mount: Mount, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.focal_px = width / 2 / math.tan(math.radians(mount.fov_deg) / 2)
        self.place = np.array([mount.x_m, mount.height_m, 0.0], np.float32)
        yaw, pitch = math.radians(mount.yaw_deg), math.radians(mount.pitch_deg)
        right = (math.cos(yaw), 0.0, -math.sin(yaw))
        up = (math.sin(yaw) * math.sin(pitch), math.cos(pitch), math.cos(yaw) * math.sin(pitch))
        ahead = (math.sin(yaw) * math.cos(pitch), -math.sin(pitch), math.cos(yaw) * math.cos(pitch))
        self._axes = np.array([right, up, ahead], np.float32)

    def project(self, points: Floats) -> tuple[Floats, Floats]:
        """Pixels, shape (n, 2), and depths in metres, shape (n,), of points of shape (n, 3). Behind: depth below 0."""
        seen = (points - self.place) @ self._axes.T
        depth = seen[:, 2]
        scale = self.focal_px / np.maximum(depth, 0.05)
        pixels = np.stack((seen[:, 0] * scale + self.width / 2, self.height / 2 - seen[:, 1] * scale), axis=1)
        return pixels.astype(np.float32), depth.astype(np.float32)

    def polygon(self, corners: list[tuple[float, float, float]], *, near_m: float = 0.5) -> tuple[Floats, float] | None:
        """Pixels of a polygon cut at the near plane, and its mean depth; None if nothing is left."""
        seen = (np.array(corners, np.float32) - self.place) @ self._axes.T
        kept: list[Floats] = []
        for index, corner in enumerate(seen):
            before = seen[index - 1]
            if (corner[2] > near_m) != (before[2] > near_m):
                part = (near_m - before[2]) / (corner[2] - before[2])
                kept.append(before + part * (corner - before))
            if corner[2] > near_m:
                kept.append(corner)
        if len(kept) < 3:
            return None
        cut = np.array(kept, np.float32)
        scale = self.focal_px / cut[:, 2]
        pixels = np.stack((cut[:, 0] * scale + self.width / 2, self.height / 2 - cut[:, 1] * scale), axis=1)
        return pixels.astype(np.float32), float(cut[:, 2].mean())

    def ground(self) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """For each pixel the place (x, z) on the ground it shows, and whether it shows ground within 2 km."""
        column = (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.focal_px
        row = (self.height / 2 - np.arange(self.height, dtype=np.float32) - 0.5) / self.focal_px
        right, up, ahead = self._axes
        fall = -(row * up[1] + ahead[1])
        below = fall > self.place[1] / 2000.0
        reach = self.place[1] / np.where(below, fall, 1.0)
        x = self.place[0] + reach[:, None] * (column[None, :] * right[0] + row[:, None] * up[0] + ahead[0])
        z = reach[:, None] * (column[None, :] * right[2] + row[:, None] * up[2] + ahead[2])
        return x, z, np.broadcast_to(below[:, None], x.shape)
