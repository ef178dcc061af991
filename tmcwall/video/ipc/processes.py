"""How the engine and the decoders are started, and how they never outlive who started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tmcwall.domain.address import AddressRule

ENGINE_PROCESS: Final = "engine-process"
DECODER_PROCESS: Final = "decoder-process"
DEMUXER_PROCESS: Final = "demuxer-process"
"""First argument of the frozen program when it is to be one of these and not the desktop program."""

_PR_SET_PDEATHSIG: Final = 1


def engine_command(
    *,
    tile_memory: Sequence[int],
    recordings: Path,
    keep_s: float,
    keep_bytes: int,
    reserve_bytes: int | None = None,
    rule: AddressRule | None = None,
    ca_file: Path | None = None,
    logs: Path | None = None,
    hardware: bool = False,
) -> list[str]:
    """The engine's command line: numbers and folders only. `memories` are inherited descriptors, one a decoder.
    Cameras may stand where `rule` allows, anywhere without one. With `hardware` decoders look for a device.
    Without `logs` warnings and worse go to standard error.

    Its standard input takes `wire.Command`, its standard output gives `wire.Report`. On Linux the thread that starts
    it must live as long as the program: see `die_with_parent`.
    """
    rule = rule or AddressRule.anywhere()
    return [
        *_program("tmcwall.video.engine.process", ENGINE_PROCESS),
        "--memory",
        ",".join(map(str, tile_memory)),
        "--recordings",
        str(recordings),
        "--keep-seconds",
        f"{keep_s:g}",
        "--keep-bytes",
        str(keep_bytes),
        *(("--reserve-bytes", str(reserve_bytes)) if reserve_bytes is not None else ()),
        "--networks",
        ",".join(map(str, rule.networks)),
        *(("--loopback",) if rule.loopback else ()),
        *(("--ca-file", str(ca_file)) if ca_file is not None else ()),
        *(("--logs", str(logs)) if logs is not None else ()),
        *(("--hardware",) if hardware else ()),
    ]


def decoder_command(*, memory: int | None = None, fd_channel: int | None = None, hardware: bool = False) -> list[str]:
    """A decoder's command line: numbers of inherited descriptors.

    `memory` is its memory file, and `fd_channel` its end of a `FdSender`. Without `memory` that comes first through
    the channel, under the number 0. With a channel files come through it, each under the number of its stream.
    """
    command = _program("tmcwall.video.decode.process", DECODER_PROCESS)
    if memory is not None:
        command += ["--memory", str(memory)]
    if fd_channel is not None:
        command += ["--fd-channel", str(fd_channel)]
    if hardware:
        command.append("--hardware")
    return command


def demuxer_command() -> list[str]:
    """The demultiplexer's of a camera that is marked `#compat`: what it opens comes over its standard input."""
    return _program("tmcwall.video.sessions.compat_demuxer", DEMUXER_PROCESS)


def decoder_environment() -> dict[str, str]:
    """Ours, no threads of numpy's that would start before the decoder locks itself in, and one arena for all threads.

    With an arena for each thread glibc keeps the holes that streams leave when they end: measured over a thousand
    reopened streams 61 MiB and growing, instead of 55 and flat.
    """
    return {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}


def _program(module: str, frozen_name: str) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, frozen_name]
    return [sys.executable, "-m", module]


def die_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Have the system send this process a signal when its parent ends, even by `kill -9` (Linux).

    The system counts the parent's *thread* that started this process, not the process. End-of-file on standard input
    remains the ordinary way to end; this is for a child that does not come to read it.
    """
    if sys.platform != "linux":
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def lower_priority(by: int = 5) -> None:
    """Let the screen go first where processors are scarce, and finish a picture before the next stream's begins."""
    if hasattr(os, "nice"):
        os.nice(by)
    if sys.platform == "linux":
        with suppress(OSError):  # a system may keep it to itself; then threads interrupt each other as usual
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
