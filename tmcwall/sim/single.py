"""One scene of the city as a file, for who wants every camera to show the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tmcwall.domain.camera import Profile
from tmcwall.sim.city import first_cameras
from tmcwall.sim.library import SceneLibrary

BENCH_SCENE: Final = "simpang-siang"
"""A junction by day: the busiest picture of the city."""


def scene_file(folder: Path, scene: str = BENCH_SCENE) -> Path:
    """The sub stream of a scene, drawn and coded where it is not there yet. Raises Fault(FILE_UNREADABLE)."""
    return asyncio.run(_coded(folder, scene))


async def _coded(folder: Path, scene: str) -> Path:
    library = SceneLibrary(folder)
    try:
        await library.loop(scene, Profile.SUB)
    finally:
        await library.close()
    return library.path(scene, Profile.SUB)


def stream_paths(count: int) -> Sequence[str]:
    """Where the sub streams of the first cameras are on their port. Raises DomainError(NUMBER_OUT_OF_RANGE)."""
    return [f"{camera.id}/{Profile.SUB.value}" for camera in first_cameras(count)]
