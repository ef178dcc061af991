"""How the engine and the decoders are started, and how they never outlive who started them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from tmcwall.domain.address import AddressRule
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.priority import give_way

if sys.platform == "linux":
    import ctypes
    import signal

ENGINE_PROCESS: Final = "engine-process"
DECODER_PROCESS: Final = "decoder-process"
DEMUXER_PROCESS: Final = "demuxer-process"
COPIER_PROCESS: Final = "copier-process"
"""First argument of the frozen program when it is to be one of these and not the desktop program."""

_STEPS_BELOW_THE_SCREEN: Final = 5


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
    """The engine's command line: numbers and folders only. `tile_memory` are inherited descriptors, one a decoder.
    Cameras may stand where `rule` allows, anywhere without one. With `hardware` decoders look for a device.
    Without `logs` warnings and worse go to standard error.

    Its standard input takes `messages.Command`, its standard output gives `messages.Report`. On Linux the thread that
    starts it must live as long as the program: see `die_with_parent`.
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


def copier_command() -> list[str]:
    """The one's that makes copies of clips: pictures come and go over its pipes."""
    return _program("tmcwall.video.copying.process", COPIER_PROCESS)


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


if sys.platform == "win32":

    def start_process(
        command: Sequence[str],
        *,
        inherited: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        interruptible: bool = False,
    ) -> subprocess.Popen[bytes]:
        """As on other systems, without inherited descriptors: handles would have to take their place.

        Raises OSError, and Fault(COMPONENT_MISSING) where something is to be inherited.
        """
        if inherited:
            raise Fault(FaultCode.COMPONENT_MISSING, "inherited descriptors on Windows", retryable=False)
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            bufsize=0,
            creationflags=subprocess.CREATE_NO_WINDOW | (0 if interruptible else subprocess.CREATE_NEW_PROCESS_GROUP),
        )

else:

    def start_process(
        command: Sequence[str],
        *,
        inherited: Sequence[int] = (),
        environment: Mapping[str, str] | None = None,
        interruptible: bool = False,
    ) -> subprocess.Popen[bytes]:
        """A process of ours between two pipes that are not buffered, with those descriptors open under their numbers.

        Keyboard interrupts go to the desktop program, which ends the others in order, and to what is `interruptible`.
        Raises OSError.
        """
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=inherited,
            env=environment,
            bufsize=0,
            process_group=None if interruptible else 0,
        )


def lower_priority() -> None:
    """Let the screen go first where processors are scarce, and finish a picture before the next stream's begins."""
    give_way(_STEPS_BELOW_THE_SCREEN)
    if sys.platform == "linux":
        with suppress(OSError):  # a system may keep it to itself; then threads interrupt each other as usual
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


if sys.platform == "linux":
    _PR_SET_PDEATHSIG: Final = 1

    def die_with_parent(*, in_order: bool = False) -> None:
        """Have the system kill this process, or ask it to end `in_order`, when its parent ends, even by `kill -9`.

        The system counts the parent's *thread* that started this process, not the process. End-of-file on standard
        input remains the ordinary way to end; this is for a child that does not come to read it.
        """
        number = signal.SIGTERM if in_order else signal.SIGKILL
        parent = os.getppid()
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    def own_bytes(pid: int) -> int:
        """Memory of a process that it shares with no other, in bytes; 0 where the system does not say."""
        try:
            status = Path(f"/proc/{pid}/status").read_bytes()
        except OSError:
            return 0
        _, found, rest = status.partition(b"RssAnon:")
        return int(rest.split(maxsplit=1)[0]) << 10 if found else 0

else:

    def die_with_parent(*, in_order: bool = False) -> None:
        """Nothing but end-of-file on standard input ends a child here when its parent is killed."""

    def own_bytes(pid: int) -> int:
        """Unknown here, so that no process is replaced for what it has grown to."""
        del pid
        return 0
