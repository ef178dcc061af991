"""Where the city's loops come from: a given file, or scenes that child processes draw and code once."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sim.footage import Bgr, read_footage, write_footage
from tmcwall.sim.loop import Loop

SCENE_PROCESS: Final = "scene-process"
"""First argument of the frozen program when it is to draw and code a scene."""

EDITION: Final = 1
"""Goes up when scenes or their coding change, so that older files in the cache are not used."""


class _BlackLoops:
    """Black loops by size and rate, coded when first asked for."""

    def __init__(self) -> None:
        self._loops: dict[tuple[int, int, int], asyncio.Task[Loop]] = {}

    async def like(self, loop: Loop) -> Loop:
        footage = loop.footage
        kind = (footage.width, footage.height, round(footage.frame_rate))
        if kind not in self._loops:
            self._loops[kind] = asyncio.get_running_loop().create_task(asyncio.to_thread(_black_loop, *kind))
        return await asyncio.shield(self._loops[kind])


class ClipLibrary:
    """Every camera shows one file."""

    def __init__(self, clip: Path) -> None:
        self._loop = Loop(read_footage(clip))
        self._black = _BlackLoops()

    async def loop(self, scene: str, profile: Profile) -> Loop:  # noqa: ARG002 - the same for all
        return self._loop

    async def black(self, like: Loop) -> Loop:
        return await self._black.like(like)


class SceneLibrary:
    """Scenes from a cache folder, coded by child processes: sub streams first, main streams when first asked for."""

    def __init__(
        self,
        folder: Path,
        *,
        command: Callable[[str, Profile, Path], Sequence[str]] | None = None,
        at_once: int = 2,
        coded: Callable[[str, Profile], None] = lambda _scene, _profile: None,
    ) -> None:
        self._folder = folder
        self._command = command if command is not None else scene_command
        self._coded = coded
        self._loops: dict[tuple[str, Profile], asyncio.Task[Loop]] = {}
        self._turns = {Profile.SUB: asyncio.Semaphore(at_once), Profile.MAIN: asyncio.Semaphore(1)}
        self._subs: set[asyncio.Task[Loop]] = set()
        self._black = _BlackLoops()

    def prepare(self, scenes: Sequence[str]) -> None:
        """Start coding the sub streams of these scenes, in that order."""
        for scene in dict.fromkeys(scenes):
            self._subs.add(self._task(scene, Profile.SUB))

    async def loop(self, scene: str, profile: Profile) -> Loop:
        return await asyncio.shield(self._task(scene, profile))

    async def black(self, like: Loop) -> Loop:
        return await self._black.like(like)

    async def close(self) -> None:
        """Stop all coding and wait for the child processes."""
        tasks = list(self._loops.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _task(self, scene: str, profile: Profile) -> asyncio.Task[Loop]:
        known = self._loops.get((scene, profile))
        if known is None or (known.done() and (known.cancelled() or known.exception() is not None)):
            known = asyncio.get_running_loop().create_task(self._load(scene, profile))
            self._loops[scene, profile] = known
        return known

    async def _load(self, scene: str, profile: Profile) -> Loop:
        path = self._folder / f"{scene}-{profile.value}-{EDITION}.mp4"
        if not path.is_file():
            if profile is Profile.MAIN and self._subs:
                await asyncio.wait(self._subs)
            async with self._turns[profile]:
                await _run(self._command(scene, profile, path))
        loop = await asyncio.to_thread(lambda: Loop(read_footage(path)))
        self._coded(scene, profile)
        return loop


def scene_command(scene: str, profile: Profile, path: Path) -> list[str]:
    """The command line of a child process that draws and codes one scene."""
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable, SCENE_PROCESS] if frozen else [sys.executable, "-m", "tmcwall.sim.encode"]
    return [*program, scene, profile.value, str(path)]


async def _run(command: Sequence[str]) -> None:
    child = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if code != 0:
        raise Fault(FaultCode.FILE_UNREADABLE, f"scene process ended with {code}")


def _black_loop(width: int, height: int, frame_rate: int) -> Loop:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "black.mp4"
        write_footage(
            path,
            _covered_lens(width, height, count=frame_rate),
            frame_rate=frame_rate,
            gop=frame_rate,
            bit_rate=500_000,
            preset="ultrafast",
        )
        return Loop(read_footage(path))


def _covered_lens(width: int, height: int, *, count: int) -> Iterator[Bgr]:
    """Black with the faint noise of a sensor, so that it is dark but not frozen."""
    noise = np.random.default_rng(0)
    for _ in range(count):
        small = noise.integers(0, 7, (height // 8, width // 8, 1), dtype=np.uint8)
        picture = small.repeat(3, axis=2).repeat(8, axis=0).repeat(8, axis=1)
        yield np.ascontiguousarray(_fitted(picture, width, height))


def _fitted(picture: Bgr, width: int, height: int) -> Bgr:
    rows, columns = picture.shape[:2]
    return np.pad(picture, ((0, height - rows), (0, width - columns), (0, 0)))
