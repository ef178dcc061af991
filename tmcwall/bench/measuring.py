"""The processes that are measured: a wall of given streams, and the baseline."""

from __future__ import annotations

import math
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psutil

from tmcwall import __version__
from tmcwall.bench.decode_baseline import BASELINE_PROCESS, DecodeBaseline
from tmcwall.bench.result import Machine
from tmcwall.child_programs import program
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.machine import memory_gib, processor_name, system_name, usable_cores
from tmcwall.process_usage import cpu_s_of
from tmcwall.ui.wall.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Measure:
    """How long, and how large each tile is in pixels. `priority` is the number of a camera, from 1."""

    width: int
    height: int
    seconds: float
    warmup_s: float
    priority: str = ""
    on_screen: bool = False


def side_of(tiles: int) -> int:
    """Columns and rows of the smallest square grid."""
    return max(1, math.ceil(math.sqrt(tiles)))


def size_of(tiles: int, measure: Measure) -> str:
    """Pixels of the wall, `WxH`."""
    side = side_of(tiles)
    return f"{side * measure.width}x{side * measure.height}"


def show_wall(urls: Sequence[str], measure: Measure) -> Statistics:
    """`tmcwall view` of these streams; waits for it. Raises Fault(COMPONENT_MISSING) if it does not end well."""
    side = side_of(len(urls))
    environment = os.environ if measure.on_screen else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with tempfile.TemporaryDirectory(prefix="tmcwall-bench-") as folder:
        stats = Path(folder) / "stats.json"
        words = ["view", *urls, "--grid", f"{side}x{side}", "--size", size_of(len(urls), measure)]
        words += ["--warmup", str(measure.warmup_s), "--seconds", str(measure.seconds), "--stats", str(stats)]
        if measure.priority:
            words += ["--priority", measure.priority]
        ended = subprocess.run(program(*words), env=environment, check=False)
        if ended.returncode != 0:
            raise Fault(FaultCode.COMPONENT_MISSING, f"view ended with {ended.returncode}", retryable=False)
        return msgspec.json.decode(stats.read_bytes(), type=Statistics)


def measure_baseline(urls: Sequence[str], *, seconds: float) -> DecodeBaseline:
    """Waits. Raises Fault(COMPONENT_MISSING) if nothing was decoded."""
    ended = subprocess.run(program(BASELINE_PROCESS, str(seconds), *urls), stdout=subprocess.PIPE, check=False)
    if ended.returncode == 0:
        baseline = msgspec.json.decode(ended.stdout, type=DecodeBaseline)
        if baseline.pictures:
            return baseline
    raise Fault(FaultCode.COMPONENT_MISSING, "the cameras could not be decoded", retryable=False)


class Busy:
    """How busy the processors are beside a wall that is measured, from here to `shares`."""

    def __init__(self, cameras: int, *, cores: int) -> None:
        """`cameras` is the process of the synthetic cameras."""
        self._cameras = cameras
        self._cores = cores
        self._began_ns = time.monotonic_ns()
        self._before = self._seconds()

    def shares(self) -> tuple[float, float]:
        """Of all cores, 0..1: what the cameras took, and what programs took that have nothing to do with this."""
        lasted_s = (time.monotonic_ns() - self._began_ns) / 1e9
        cameras_s, children_s, all_s = (
            now - then for now, then in zip(self._seconds(), self._before, strict=True)
        )  # fmt: skip
        whole_s = lasted_s * self._cores
        return cameras_s / whole_s, max(0.0, all_s - cameras_s - children_s) / whole_s

    def _seconds(self) -> tuple[float, float, float]:
        """Of the cameras, of our children that have ended, of everything."""
        children, everything = os.times(), psutil.cpu_times()
        busy = everything.user + everything.system + getattr(everything, "nice", 0.0)
        return cpu_s_of(self._cameras), children.children_user + children.children_system, busy


def this_machine() -> Machine:
    return Machine(
        cores=usable_cores(),
        processor=processor_name(),
        memory_gib=round(memory_gib()[0], 1),
        system=system_name(),
        version=__version__,
    )
