"""A scene picture by picture, with its title and the number of the picture burnt in."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from tmcwall.sim.footage import Bgr
from tmcwall.sim.scenes.catalogue import Scene
from tmcwall.sim.scenes.lens import Lens
from tmcwall.sim.scenes.light import Glow, Weather
from tmcwall.sim.scenes.stage import Stage, build_stage
from tmcwall.sim.scenes.traffic import Traffic


def pictures(scene: Scene, width: int, height: int, *, count: int, frame_rate: int) -> Iterator[Bgr]:
    """`count` pictures that loop without a jump."""
    loop_s = count / frame_rate
    lens = Lens(scene.mount, width, height)
    stage = _smooth_stage(scene, width, height)
    traffic = Traffic(
        scene.flows,
        scene.parked,
        lens=lens,
        light=scene.light,
        ground=scene.street.grey,
        loop_s=loop_s,
        seed=scene.seed,
    )
    weather = Weather(scene.light, width, height, seed=scene.seed)
    glow = Glow()
    for number in range(count):
        picture = stage.picture.copy()
        traffic.draw(picture, stage, number / frame_rate)
        _show_signals(picture, stage, lens, glow, green=number < 0.46 * count)
        weather.fall_on(picture, number)
        _burn_in(picture, scene.title, number)
        yield picture


def _smooth_stage(scene: Scene, width: int, height: int) -> Stage:
    """The stage drawn larger and scaled down, so that its edges are smooth."""
    factor = 1.5
    large = Lens(scene.mount, round(width * factor), round(height * factor))
    stage = build_stage(scene.street, large, scene.light, seed=scene.seed)
    picture = cv2.resize(stage.picture, (width, height), interpolation=cv2.INTER_AREA)
    depth = cv2.resize(stage.depth, (width, height), interpolation=cv2.INTER_NEAREST)
    return Stage(np.asarray(picture, np.uint8), np.asarray(depth, np.float32), stage.signal_lamps)


def _show_signals(picture: Bgr, stage: Stage, lens: Lens, glow: Glow, *, green: bool) -> None:
    for place in stage.signal_lamps:
        x, y, z = place
        pixels, depths = lens.project(np.array([(x, y - 0.32 if green else y + 0.32, z)], np.float32))
        size = lens.focal_px / float(depths[0])
        spot = (round(float(pixels[0, 0]) * 16), round(float(pixels[0, 1]) * 16))
        colour = (110, 220, 60) if green else (50, 50, 235)
        cv2.circle(picture, spot, max(16, round(0.17 * size * 16)), colour, -1, cv2.LINE_AA, 4)
        dim = (colour[0] // 3, colour[1] // 3, colour[2] // 3)
        glow.add(picture, spot[0] / 16, spot[1] / 16, width=1.6 * size, height=1.6 * size, colour=dim)


def _burn_in(picture: Bgr, title: str, number: int) -> None:
    height, width = picture.shape[:2]
    scale = height / 360 * 0.5
    right = f"#{number:04}"
    for text, x in ((f"SINTETIS  {title}", round(0.018 * width)), (right, width - round(54 * scale / 0.5))):
        y = height - round(0.035 * height)
        step = max(1, round(height / 360))
        for dx, dy in ((-step, 0), (step, 0), (0, -step), (0, step)):
            cv2.putText(picture, text, (x + dx, y + dy), cv2.FONT_HERSHEY_DUPLEX, scale, (0, 0, 0), step, cv2.LINE_AA)
        cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, scale, (240, 240, 240), step, cv2.LINE_AA)
