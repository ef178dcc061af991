"""Where the city's loops come from: a given file, or scenes that child processes draw and code once."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sim.footage import read_footage, remove_abandoned
from tmcwall.sim.loop import Loop
from tmcwall.sim.standins import StandIns

SCENE_PROCESS: Final = "scene-process"
"""First argument of the frozen program when it is to draw and code a scene."""

EDITION: Final = 3
"""Goes up when scenes or their coding change, so that older files in the cache are not used."""


class ClipLibrary:
    """Every camera shows one file."""

    def __init__(self, clip: Path) -> None:
        self._loop = Loop(read_footage(clip))
        self.stand_ins = StandIns()

    async def loop(self, scene: str, profile: Profile) -> Loop:  # noqa: ARG002 - the same for all
        return self._loop


class SceneLibrary:
    """Scenes from a cache folder, coded by child processes: sub streams first, main streams when first asked for."""

    def __init__(
        self,
        folder: Path,
        *,
        command: Callable[[Profile], Sequence[str]] | None = None,
        at_once: int = 2,
        coded: Callable[[str, Profile], None] = lambda _scene, _profile: None,
    ) -> None:
        """`command` starts a child as `tmcwall.sim.encode` is one; `coded` hears of each scene that can be served."""
        make = command if command is not None else scene_command
        remove_abandoned(folder)
        self._folder = folder
        self._coded = coded
        self._loops: dict[tuple[str, Profile], asyncio.Task[Loop]] = {}
        self._coders = {Profile.SUB: _Coders(make(Profile.SUB), at_once), Profile.MAIN: _Coders(make(Profile.MAIN), 1)}
        self._subs: set[asyncio.Task[Loop]] = set()
        self.stand_ins = StandIns()

    def prepare(self, scenes: Sequence[str]) -> None:
        """Start coding the sub streams of these scenes, in that order."""
        for scene in dict.fromkeys(scenes):
            self._subs.add(self._task(scene, Profile.SUB))

    async def loop(self, scene: str, profile: Profile) -> Loop:
        return await asyncio.shield(self._task(scene, profile))

    def path(self, scene: str, profile: Profile) -> Path:
        """Where a scene is kept once it is coded."""
        return self._folder / f"{scene}-{profile.value}-{EDITION}.mp4"

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
        path = self.path(scene, profile)
        loop = await asyncio.to_thread(_kept, path)
        if loop is None:
            if profile is Profile.MAIN and self._subs:
                await asyncio.wait(self._subs)
            await self._coders[profile].code(scene, path)
            loop = await asyncio.to_thread(lambda: Loop(read_footage(path)))
        self._coded(scene, profile)
        return loop


def _kept(path: Path) -> Loop | None:
    """What the cache has; None also for a file that was cut short, which is coded again."""
    try:
        return Loop(read_footage(path)) if path.is_file() else None
    except Fault:
        return None


class _Coders:
    """At most so many child processes at once; each goes on with the next scene, and ends when there is none."""

    def __init__(self, command: Sequence[str], at_once: int) -> None:
        self._command = command
        self._turns = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._idle: list[asyncio.subprocess.Process] = []

    async def code(self, scene: str, path: Path) -> None:
        """Raises Fault(FILE_UNREADABLE) if the child fails."""
        self._waiting += 1
        async with self._turns:
            self._waiting -= 1
            child = self._idle.pop() if self._idle else await self._start()
            try:
                await _code(child, scene, path)
            except BaseException:
                if child.returncode is None:
                    child.kill()
                await child.wait()
                raise
            if self._waiting:
                self._idle.append(child)
            else:
                await self._end(child)

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)

    async def _end(self, child: asyncio.subprocess.Process) -> None:
        for done in [*self._idle, child]:
            assert done.stdin is not None
            done.stdin.close()
            await done.wait()
        self._idle.clear()


def scene_command(profile: Profile) -> list[str]:
    """The command line of a child process that draws and codes scenes."""
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable, SCENE_PROCESS] if frozen else [sys.executable, "-m", "tmcwall.sim.encode"]
    return [*program, profile.value]


async def _code(child: asyncio.subprocess.Process, scene: str, path: Path) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(f"{scene}\t{path}\n".encode())
        await child.stdin.drain()
        answer = await child.stdout.readline()
    except ConnectionError:
        answer = b""
    if answer != f"done {scene}\n".encode():
        raise Fault(FaultCode.FILE_UNREADABLE, f"scene {scene} was not coded")
