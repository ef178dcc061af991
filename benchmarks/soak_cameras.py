"""The cameras of `soak.py`: they break off, change their picture's size, lose packets, stall, and wrap their clocks.

usage: soak_cameras.py FOLDER COUNT [calm]. Calm cameras only show what is to be seen. Says `ready PORT`, then every
five seconds a line of JSON with what it has done so far. Each session begins so that its sequence and its timestamps
go round within seconds. Ends with its parent.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import numpy as np

from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.rtsp.transport import Transport
from tmcwall.sim.faults import Order, Trouble
from tmcwall.sim.footage import Bgr, read_footage, write_footage
from tmcwall.sim.loop import Loop
from tmcwall.sim.server import CameraServer, SimCamera
from tmcwall.sim.session import Session
from tmcwall.sim.standins import StandIns
from tmcwall.video.ipc.processes import die_with_parent

RATE, SECONDS = 25, 4
SIZES = {Profile.SUB: ((320, 180), (256, 144)), Profile.MAIN: ((640, 360), (480, 272))}
RECONNECT_S = 2.4
"""500 in 20 minutes."""
RESIZE_S = 7.0
LOSE_S, LOSING_S = 11.0, 3.0
STALL_S, STALLED_S = 60.0, 4.0
REFUSED_EVERY, REFUSED_S = 8, 3.0
"""Each of so many breaks is followed by seconds in which the camera refuses connections."""
WRAP_S = 3.0
SAY_S = 5.0
_TICKS = 90_000


def moving(width: int, height: int) -> Iterator[Bgr]:
    """A bright block that wanders over a ramp with the noise of a sensor."""
    ramp = np.tile(np.linspace(30, 190, width, dtype=np.int16)[None, :, None], (height, 1, 3))
    chance = np.random.default_rng(width)
    side = height // 4
    for number in range(RATE * SECONDS):
        picture = ramp + chance.integers(-5, 6, (height, width, 1), dtype=np.int16)
        left = number * (width - side) // (RATE * SECONDS)
        picture[side : 2 * side, left : left + side] = (60, 190, 230)
        yield picture.astype(np.uint8)


class Sizes:
    """Two loops for each profile; each camera shows one or the other (`sim.server.Library`; scene = camera)."""

    def __init__(self, folder: Path) -> None:
        self._loops = {profile: tuple(_loop(folder, *size) for size in sizes) for profile, sizes in SIZES.items()}
        self._shown: Counter[str] = Counter()
        self.stand_ins = StandIns()

    async def loop(self, scene: str, profile: Profile) -> Loop:
        return self.now(scene, profile)

    def now(self, scene: str, profile: Profile) -> Loop:
        return self._loops[profile][self._shown[scene] % 2]

    def change(self, scene: str) -> None:
        self._shown[scene] += 1

    def other(self, loop: Loop) -> Loop:
        pair = next(pair for pair in self._loops.values() if loop in pair)
        return pair[1 - pair.index(loop)]


def _loop(folder: Path, width: int, height: int) -> Loop:
    path = folder / f"soak-{width}x{height}.mp4"
    write_footage(path, moving(width, height), frame_rate=RATE, gop=RATE, bit_rate=300_000, preset="veryfast")
    return Loop(read_footage(path))


class AgeingServer(CameraServer):
    """Cameras that have been on for as long as their numbers last."""

    def open_session(self, *arguments, **options) -> tuple[Session, Transport]:
        session, granted = super().open_session(*arguments, **options)
        now = session._number_at(asyncio.get_running_loop().time())  # noqa: SLF001 - no camera is asked for its age
        session._sequence = 65_536 - round(WRAP_S * RATE)  # noqa: SLF001
        first = round(2**32 - _TICKS * (now / RATE + 1.5 * WRAP_S))
        session._first_timestamp = first % 2**32  # noqa: SLF001
        return session, granted

    def sessions(self) -> list[Session]:
        return [one.session for one in self._connections if one.session is not None]

    def break_off(self, camera: str, *, kindly: bool) -> int:
        """How many connections of the camera ended."""
        connections = [
            one for one in self._connections if one.session is not None and one.session.post.camera == camera
        ]
        for connection in connections:
            (connection.close if kindly else connection.abort)()
        return len(connections)


class Ordeal:
    """What happens to the cameras, one after the other."""

    def __init__(self, server: AgeingServer, sizes: Sizes, ids: list[str]) -> None:
        self._server, self._sizes, self._ids = server, sizes, ids
        self.done: Counter[str] = Counter()
        self._wrapped: set[str] = set()

    async def run(self, *, calm: bool) -> None:
        troubles = () if calm else (self._break, self._resize, self._lose, self._stall)
        async with asyncio.TaskGroup() as tasks:
            for work in (*troubles, self._count, self._say):
                tasks.create_task(work())

    async def _break(self) -> None:
        for number, camera in enumerate(cycle(self._ids)):
            await asyncio.sleep(RECONNECT_S)
            self.done["broken"] += self._server.break_off(camera, kindly=number % 2 == 0)
            if number % REFUSED_EVERY == 0:
                self._server.handle(Order(camera, Trouble.DROP, REFUSED_S))
                self.done["refused"] += 1

    async def _resize(self) -> None:
        for camera in cycle(self._ids[3:] + self._ids[:3]):
            await asyncio.sleep(RESIZE_S)
            self._sizes.change(camera)
            for session in self._server.sessions():
                if session.post.camera == camera:
                    session._loop = self._sizes.other(session._loop)  # noqa: SLF001 - the next key frame has another size
                    session._waits_for_key = True  # noqa: SLF001
                    self.done["resized"] += 1

    async def _lose(self) -> None:
        for camera in cycle(self._ids[7:] + self._ids[:7]):
            await asyncio.sleep(LOSE_S)
            self._server.handle(Order(camera, Trouble.LOSS, LOSING_S, amount=5.0))
            self.done["lossy"] += 1

    async def _stall(self) -> None:
        for camera in cycle(self._ids[11:] + self._ids[:11]):
            await asyncio.sleep(STALL_S)
            self._server.handle(Order(camera, Trouble.STALL, STALLED_S))
            self.done["stalled"] += 1

    async def _count(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            running = {session.id: session for session in self._server.sessions()}
            round_now = {key for key, session in running.items() if session._last_timestamp >= 2**32}  # noqa: SLF001
            self.done["wrapped"] += len(round_now - self._wrapped)
            self._wrapped = round_now

    async def _say(self) -> None:
        while True:
            await asyncio.sleep(SAY_S)
            print(json.dumps(self.done), flush=True)


async def main() -> None:
    die_with_parent()
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    ids = [f"SOAK-{number:02d}" for number in range(1, count + 1)]
    sizes = Sizes(folder)
    server = AgeingServer([SimCamera(camera, camera) for camera in ids], sizes, clock=SystemClock())
    await server.start()
    print(f"ready {server.port}", flush=True)
    try:
        await Ordeal(server, sizes, ids).run(calm="calm" in sys.argv[3:])
    finally:
        await server.close()


if __name__ == "__main__":
    asyncio.run(main())
