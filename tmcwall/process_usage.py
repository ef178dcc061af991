"""What the program's processes take: this one, the engine's, and all that the engine has started."""

from __future__ import annotations

import sys
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
        ui=_cpu_s(psutil.Process().pid),
        engine=_cpu_s(engine),
        decode=sum(map(_cpu_s, _children(engine))) + _cpu_of_ended_children_s(engine),
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


def _cpu_s(pid: int | None) -> float:
    try:
        times = psutil.Process(pid).cpu_times() if pid is not None else None
    except psutil.Error:
        return 0.0
    return times.user + times.system if times is not None else 0.0


def _cpu_of_ended_children_s(pid: int | None) -> float:
    if pid is None or sys.platform != "linux":
        return 0.0
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.children_user + times.children_system)


def _memory_mib(pid: int | None) -> float:
    if pid is None:
        return 0.0
    try:
        process = psutil.Process(pid)
        used: int = process.memory_full_info().pss if sys.platform == "linux" else process.memory_info().rss
    except psutil.Error:
        return 0.0
    return used / (1 << 20)
