"""A healthy camera of the city and one in trouble, beside each other on one decoder of a real engine."""

from itertools import count
from pathlib import Path
from typing import Self

import psutil

from tests.city_in_a_thread import SimServer
from tests.waiting import until
from tmcwall.domain.fault import FaultCode
from tmcwall.sim.library import ClipLibrary
from tmcwall.sim.server import SimCamera
from tmcwall.video.ipc.messages import DecoderRestarted, EngineStarted, StreamReport

from .engine_process import EngineProcess, camera

QUICK_ENGINE = Path(__file__).with_name("quick_engine.py")
HEALTHY, FAULTY = 0, 1
_SLOW = frozenset({FaultCode.NO_ANSWER, FaultCode.NO_MEDIA})


class Town:
    """`faulty` is the camera that may be given trouble: another one for each test of an engine."""

    def __init__(self, engine: EngineProcess, server, *, faulty: str = "faulty", generation: int = 2) -> None:
        self.engine = engine
        self.server = server
        self.faulty = faulty
        self._generation = generation
        self._healthy = camera("healthy", server.url("healthy"))
        engine.wait_for(EngineStarted)
        engine.set_cameras(self._healthy)
        engine.show("healthy", tile=HEALTHY)
        until(lambda: engine.pictures(HEALTHY) > 0)
        self._restarts = self._decoders_lost()
        self._began = self._since = len(engine.reports)
        self._connections = server.control.ledger("healthy").connections

    def show(self, **login) -> None:
        self.engine.set_cameras(self._healthy, camera(self.faulty, self.server.url(self.faulty), **login))
        self.show_too(FAULTY)

    def show_too(self, tile: int) -> None:
        """In one more tile."""
        self.engine.show(self.faulty, tile=tile, generation=self._generation)

    def give(self, trouble: str) -> None:
        self._since = len(self.engine.reports)
        self.server.control.fault(self.faulty, trouble)

    def clear(self) -> None:
        self.server.control.clear(self.faulty)

    @property
    def ledger(self):
        """What the faulty camera has been asked so far."""
        return self.server.control.ledger(self.faulty)

    def goes_on(self, tile=FAULTY, *, pictures=10) -> None:
        before = self.pictures(tile)
        until(lambda: self.pictures(tile) > before + pictures)

    def pictures(self, tile=FAULTY) -> int:
        """Of this town: an earlier one may have used the tile."""
        mine = tile == HEALTHY or int(self.engine.tiles[0][tile]["generation"]) == self._generation
        return self.engine.pictures(tile) if mine else 0

    def ages(self):
        return self.engine.tiles[0][FAULTY]

    def report(self, name="", *, where=lambda report: True) -> StreamReport:
        """The next report, of the faulty camera unless another is named."""
        name = name or self.faulty
        return self.engine.wait_for(
            StreamReport, where=lambda report: report.camera == name and where(report), since=len(self.engine.reports)
        )

    def fault(self, expected: FaultCode) -> FaultCode | None:
        """The first fault of the faulty camera since it was given trouble.

        With limits as short as the tests' a slow machine is a slow camera: that is passed over, unless it is expected.
        """
        passed_over = _SLOW - {expected}
        return self.engine.wait_for(
            StreamReport,
            where=lambda report: (
                report.camera == self.faulty and report.fault is not None and report.fault not in passed_over
            ),
            since=self._since,
        ).fault

    def faults(self) -> set[FaultCode]:
        """Of the faulty camera since it was given trouble."""
        return self._faults(self.faulty, since=self._since)

    def _faults(self, name: str, *, since: int) -> set[FaultCode]:
        reports = [one for one in self.engine.reports[since:] if isinstance(one, StreamReport)]
        return {one.fault for one in reports if one.camera == name and one.fault is not None}

    def leave(self) -> None:
        """The faulty camera is nobody's any more: what reads it in another way ends, too."""
        self.engine.set_cameras(self._healthy)

    def healthy_camera_noticed_nothing(self) -> None:
        """Nor was a decoder lost. A machine that stood still makes this camera a slow one, too: that is passed over."""
        self.goes_on(HEALTHY)
        assert self.report("healthy").packets_lost == 0
        faults = self._faults("healthy", since=self._began)
        assert faults <= _SLOW | {FaultCode.STREAM_STALLED}
        if not faults:
            assert self.server.control.ledger("healthy").connections == self._connections
        assert self._decoders_lost() == self._restarts

    def _decoders_lost(self) -> int:
        return sum(isinstance(report, DecoderRestarted) for report in self.engine.reports)


class Towns:
    """One engine and one city for the towns of a module, while the `with` block runs."""

    MOST = 200

    def __init__(self, clip: Path, recordings: Path) -> None:
        self.recordings = recordings
        self.engine = EngineProcess(recordings, program=QUICK_ENGINE)
        cameras = ["healthy", *(f"faulty-{number}" for number in range(2, self.MOST))]
        self._city = SimServer([SimCamera(camera, "clip") for camera in cameras], ClipLibrary(clip))
        self._generations = count(2)

    def __enter__(self) -> Self:
        self._city.__enter__()
        self.engine.__enter__()
        process = psutil.Process(self.engine.process.pid)
        until(lambda: len(process.children()) == 2)  # the decoder in reserve, too
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        self._city.stop()

    def next(self) -> Town:
        """A town with a faulty camera of its own."""
        generation = next(self._generations)
        return Town(self.engine, self._city, faulty=f"faulty-{generation}", generation=generation)
