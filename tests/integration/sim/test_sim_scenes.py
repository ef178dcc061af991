"""Scenes are coded by child processes and kept; a child that fails is a camera that says 503."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.video.watched import Watched
from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.sim.library import SceneLibrary
from tmcwall.sim.server import CameraServer, SimCamera

CODER = """
import sys
from pathlib import Path
from tmcwall.sim.footage import write_footage
from tmcwall.sim.scenes.catalogue import scene_named
from tmcwall.sim.scenes.film import pictures
for line in sys.stdin:
    name, _, path = line.rstrip("\\n").partition("\\t")
    film = pictures(scene_named(name), 160, 90, count=10, frame_rate=10)
    write_footage(Path(path), film, frame_rate=10, gop=10, bit_rate=100_000, preset="ultrafast")
    print("done", name, flush=True)
"""

HELD = CODER.replace("for line", "import time\nwhile not Path(sys.argv[2]).exists():\n    time.sleep(0.01)\nfor line")
"""Codes nothing before that file is there."""

IDLE = "import time; time.sleep(600)"


def small(profile: Profile) -> list[str]:
    return [sys.executable, "-c", CODER, profile.value]


def test_scenes_are_coded_once_and_read_from_the_cache_after_that(tmp_path: Path):
    heard: list[tuple[str, Profile]] = []

    async def serve_twice() -> None:
        library = SceneLibrary(tmp_path, command=small, coded=lambda scene, profile: heard.append((scene, profile)))
        library.prepare(["kampung-siang", "kampung-malam", "kampung-siang"])
        main = await library.loop("kampung-siang", Profile.MAIN)
        assert len(main) == 10
        await library.close()
        cached = SceneLibrary(tmp_path, command=lambda _profile: [sys.executable, "-c", "raise SystemExit(1)"])
        assert len(await cached.loop("kampung-malam", Profile.SUB)) == 10
        await cached.close()

    asyncio.run(serve_twice())
    assert len(list(tmp_path.iterdir())) == 3
    assert heard[-1] == ("kampung-siang", Profile.MAIN)


def test_a_coder_that_fails_is_a_fault_and_is_tried_again(tmp_path: Path):
    async def fail() -> list[FaultCode]:
        library = SceneLibrary(tmp_path, command=lambda _profile: [sys.executable, "-c", "raise SystemExit(1)"])
        codes = []
        for _ in range(2):
            with pytest.raises(Fault) as caught:
                await library.loop("kampung-siang", Profile.SUB)
            codes.append(caught.value.code)
        await library.close()
        return codes

    assert asyncio.run(fail()) == [FaultCode.FILE_UNREADABLE] * 2


def test_a_camera_whose_scene_is_being_coded_says_so_and_plays_as_soon_as_it_is_there(tmp_path: Path):
    let_go = tmp_path / "let-go"

    async def watch() -> list[FaultCode]:
        library = SceneLibrary(
            tmp_path / "city", command=lambda profile: [sys.executable, "-c", HELD, profile.value, str(let_go)]
        )
        server = CameraServer([SimCamera("c1", "kampung-siang")], library, clock=SystemClock())
        await server.start()
        watched = Watched(server.url("c1", Profile.SUB))
        await watched.until(lambda: watched.faults)
        let_go.touch()
        await watched.until(lambda: watched.units)
        await watched.stream.close()
        await server.close()
        await library.close()
        return watched.faults

    assert set(asyncio.run(watch())) == {FaultCode.CAMERA_PREPARING}


def test_closing_ends_a_coder_at_work(tmp_path: Path):
    async def close_early() -> None:
        library = SceneLibrary(tmp_path, command=lambda _profile: [sys.executable, "-c", IDLE])
        library.prepare(["kampung-siang"])
        await asyncio.sleep(0)
        await library.close()

    asyncio.run(close_early())
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_cut_short_is_coded_again(tmp_path: Path):
    async def serve() -> int:
        library = SceneLibrary(tmp_path, command=small)
        path = library.path("kampung-siang", Profile.SUB)
        await library.loop("kampung-siang", Profile.SUB)
        await library.close()
        path.write_bytes(path.read_bytes()[:-200])
        again = SceneLibrary(tmp_path, command=small)
        pictures = len(await again.loop("kampung-siang", Profile.SUB))
        await again.close()
        return pictures

    assert asyncio.run(serve()) == 10


def test_what_a_killed_coder_left_half_made_is_removed_and_that_of_a_living_one_stays(tmp_path: Path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".kampung-siang-sub-3.mp4.{ended.pid}"
    in_work = tmp_path / f".kampung-malam-sub-3.mp4.{os.getpid()}"
    left.touch()
    in_work.touch()

    SceneLibrary(tmp_path, command=small)

    assert list(tmp_path.iterdir()) == [in_work]
