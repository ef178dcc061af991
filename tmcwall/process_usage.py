"""What the program's processes take: this one, the engine's, and all that the engine has started."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

import msgspec
import psutil


class Shares(msgspec.Struct, frozen=True):
    """Seconds of processor time, or MiB of memory, by process.

    `decode` is what the engine has started: decoders, the one in reserve, and demultiplexers of odd cameras.
    """

    ui: float
    engine: float
    decode: float
    total: float

    @classmethod
    def of(cls, *, ui: float, engine: float, decode: float) -> Shares:
        return cls(round(ui, 3), round(engine, 3), round(decode, 3), round(ui + engine + decode, 3))

    def since(self, before: Shares) -> Shares:
        return Shares.of(ui=self.ui - before.ui, engine=self.engine - before.engine, decode=self.decode - before.decode)


def cpu_s(engine: int | None) -> Shares:
    """Since each process began. What the engine's children have taken that have ended is in it, on Linux."""
    return Shares.of(
        ui=cpu_s_of(psutil.Process().pid),
        engine=cpu_s_of(engine),
        decode=sum(map(cpu_s_of, _children(engine))) + _cpu_of_ended_children_s(engine),
    )


def memory_mib(engine: int | None) -> Shares:
    """PSS where the system has it, so that shared memory is counted once; else the resident size."""
    return Shares.of(
        ui=_memory_mib(psutil.Process().pid),
        engine=_memory_mib(engine),
        decode=sum(map(_memory_mib, _children(engine))),
    )


def _children(pid: int | None) -> Iterable[int]:
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)] if pid is not None else ()
    except psutil.Error:
        return ()


def running_s() -> float:
    """For how long this process has been running, by the time of day."""
    return time.time() - psutil.Process().create_time()


def cpu_s_of(pid: int | None) -> float:
    """Processor seconds of one process so far; 0 for none, and for one that has gone."""
    return _spent_s(pid)[0]


def _cpu_of_ended_children_s(pid: int | None) -> float:
    return _spent_s(pid)[1]


def _spent_s(pid: int | None) -> tuple[float, float]:
    try:
        return _cpu_times_s(psutil.Process(pid)) if pid is not None else (0.0, 0.0)
    except psutil.Error:
        return 0.0, 0.0


def _memory_mib(pid: int | None) -> float:
    try:
        return _own_bytes(psutil.Process(pid)) / (1 << 20) if pid is not None else 0.0
    except psutil.Error:
        return 0.0


if sys.platform == "linux":

    def _cpu_times_s(process: psutil.Process) -> tuple[float, float]:
        """Of the process, and of its children that have ended."""
        times = process.cpu_times()
        return times.user + times.system, times.children_user + times.children_system

    def _own_bytes(process: psutil.Process) -> int:
        return process.memory_full_info().pss

else:

    def _cpu_times_s(process: psutil.Process) -> tuple[float, float]:
        """Of the process; of children that have ended nothing is known here."""
        times = process.cpu_times()
        return times.user + times.system, 0.0

    def _own_bytes(process: psutil.Process) -> int:
        return process.memory_info().rss
