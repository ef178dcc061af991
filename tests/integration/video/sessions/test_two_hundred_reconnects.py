"""R33: what two hundred connections leave behind in the engine, its decoder and their memory is nothing."""

import os
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.integration.video.engine_process import EngineProcess, camera
from tests.integration.video.fake_camera import CameraThread, FakeCamera
from tests.waiting import until
from tmcwall.video.ipc.messages import EngineStarted, Record

QUICK_ENGINE = Path(__file__).parents[1] / "quick_engine.py"
CAMERAS, WARM_UP, ROUNDS = 10, 3, 20
GROWTH = 20 << 20
"""Bytes: an allocator is given time to settle, a leak of a picture or of a session's buffers is not."""


class Street:
    """Cameras that all break off together, and the processes that watch them."""

    def __init__(self, engine, cameras):
        self.engine = engine
        self.cameras = cameras
        self.process = psutil.Process(engine.process.pid)
        self.decoder = psutil.Process(engine.wait_for(EngineStarted).decoder_pids[0])

    def show_and_record(self):
        names = [f"camera-{number}" for number in range(len(self.cameras))]
        self.engine.set_cameras(
            *(camera(name, one.url, record="main") for name, one in zip(names, self.cameras, strict=True))
        )
        self.engine.send(Record(names))
        for tile, name in enumerate(names):
            self.engine.show(name, tile=tile, size=(160, 96))
        self._wait_for_pictures([0] * len(names))

    def break_off_all(self, *, times):
        """Each time until every camera has been asked again and its next pictures are decoded."""
        for _ in range(times):
            before = self.connections()
            for one in self.cameras:
                one.drop()
            until(lambda: all(one.connections > n for one, n in zip(self.cameras, before, strict=True)))
            self._wait_for_pictures(self._pictures())

    def used(self):
        """Descriptors and threads of both processes, and bytes of picture memory."""
        processes = (self.process, self.decoder)
        counts = [(process.num_fds(), process.num_threads()) for process in processes]
        return *counts, sum(os.fstat(memory).st_blocks for memory in self.engine.tile_memory)

    def settled(self):
        """What is used once nothing is on its way any more."""
        looks = []

        def same_ten_times():
            looks.append(self.used())
            return len(looks) >= 10 and all(look == looks[-1] for look in looks[-10:])

        until(same_ten_times)
        return looks[-1]

    def memory(self):
        return [process.memory_full_info().uss for process in (self.process, self.decoder)]

    def connections(self):
        return [one.connections for one in self.cameras]

    def _pictures(self):
        return [self.engine.pictures(tile) for tile in range(len(self.cameras))]

    def _wait_for_pictures(self, before):
        until(lambda: self._all_more(self._pictures(), before))

    @staticmethod
    def _all_more(now, before):
        return all(more > less for more, less in zip(now, before, strict=True))


@pytest.fixture
def street(small_film, tmp_path):
    def pictures(number):
        return small_film[number % len(small_film)]

    cameras = [FakeCamera(pictures=pictures) for _ in range(CAMERAS)]
    for one in cameras:
        one.interval_s = 0.02
    with ExitStack() as stack:
        stack.enter_context(CameraThread(*cameras))
        engine = stack.enter_context(EngineProcess(tmp_path / "recordings", program=QUICK_ENGINE))
        street = Street(engine, cameras)
        until(lambda: len(street.process.children()) == 2)  # the decoder in reserve, too
        yield street


def test_after_two_hundred_reconnects_descriptors_threads_and_memory_are_what_they_were(street):
    street.show_and_record()
    street.break_off_all(times=WARM_UP)
    used, memory = street.settled(), street.memory()
    street.break_off_all(times=ROUNDS)
    assert sum(street.connections()) > CAMERAS * ROUNDS
    until(lambda: street.used() == used)
    assert all(now - then < GROWTH for now, then in zip(street.memory(), memory, strict=True))
