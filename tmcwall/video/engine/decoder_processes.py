"""The decoder processes: started, watched, replaced at once when they die, hang or swell, ended in time."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.fd_passing import FdSender
from tmcwall.video.ipc.messages import (
    CONTROL,
    DECODER_REPORTS,
    SOFTWARE,
    DecodedReport,
    DecoderCommand,
    DecoderReady,
    OpenStream,
    Shutdown,
    StreamFault,
    ViewLearnt,
    pack,
)
from tmcwall.video.ipc.pipes import FrameReader, FrameWriter, widen_pipe
from tmcwall.video.ipc.processes import decoder_environment, own_bytes, start_process
from tmcwall.video.ipc.sandbox import Lock
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.reconnect import Timing

PIPE_BYTES: Final = 1024 * 1024
WAITING_BYTES: Final = 8 * 1024 * 1024
"""What may wait for a decoder that does not read; beyond it pictures are left out up to the next key frame."""
_LONGEST_PAUSE_S: Final = 10.0
"""Between two processes that do not even start."""
_LONGEST_PAUSE_READY_S: Final = 1.0
"""Between two that did: who brings them down is held after a few times."""
_SETTLED_S: Final = 60.0
_POLL_S: Final = 0.02
_STOOD_STILL: Final = 4
"""Rounds of the watch in one."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DecoderEvents:
    """Called when something happens to a decoder, with its number."""

    ready: Callable[[int], None]
    """A decoder, first or replaced, takes streams now; it knows of none."""
    lost: Callable[[int], None]
    """A decoder is gone; what it left in its memory is still there."""
    hung: Callable[[int], bool]
    """Whether one of its streams does not come out of a codec."""
    reported: Callable[[int, DecodedReport | ViewLearnt | StreamFault], None]


@dataclass(frozen=True, slots=True)
class Child:
    """A started decoder that has no memory yet."""

    process: subprocess.Popen[bytes]
    fd_channel: FdSender


class Reserve:
    """One decoder more than is needed, started and locked in, so that a lost one is replaced without delay."""

    def __init__(self, command: Callable[[int], Sequence[str]], *, refill_s: float = 4.0) -> None:
        """`command` gives the command line for the inherited end of a channel. A new one is started `refill_s` after it
        was asked for: those that are needed have their first pictures to decode then.
        """
        self._command = command
        self._refill_s = refill_s
        self._waiting: Child | None = None
        self._refill: asyncio.TimerHandle | None = None

    def take(self) -> Child:
        """The waiting decoder, or a new one where it is gone. Raises OSError."""
        waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.process.poll() is None:
            return waiting
        if waiting is not None:
            _close_pipes(waiting)
        return self._start()

    def refill(self) -> None:
        """Have one waiting again, where none is."""
        if self._waiting is None and self._refill is None:
            self._refill = asyncio.get_running_loop().call_later(self._refill_s, self._start_waiting)

    def renew(self) -> None:
        """Let the waiting one go: the next is started with the command line of now."""
        self._end_waiting()
        self.refill()

    def close(self) -> None:
        """End the waiting one."""
        if self._refill is not None:
            self._refill.cancel()
        self._end_waiting()

    def _end_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.process.kill()
            self._waiting.process.wait()  # it holds nothing, so that the system ends it at once
            _close_pipes(self._waiting)
            self._waiting = None

    def _start_waiting(self) -> None:
        self._refill = None
        try:
            self._waiting = self._start()
        except OSError as error:
            log.warning("no decoder in reserve: %s", error.strerror)

    def _start(self) -> Child:
        fd_channel = FdSender()
        process = start_process(
            self._command(fd_channel.inherited), inherited=[fd_channel.inherited], environment=decoder_environment()
        )
        fd_channel.started()
        return Child(process, fd_channel)


def _close_pipes(child: Child) -> None:
    child.fd_channel.close()
    for pipe in (child.process.stdin, child.process.stdout):
        if pipe is not None:
            pipe.close()


class DecoderProcess:
    """One decoder's place: at most one process at a time, replaced until the place is closed."""

    def __init__(
        self,
        number: int,
        reserve: Reserve,
        *,
        memory: int,
        most_bytes: int,
        clock: Clock,
        timing: Timing,
        events: DecoderEvents,
    ) -> None:
        """`memory` is the memory file; a process of more than `most_bytes` of its own is replaced."""
        self.number = number
        self.ready = False
        self.streams = 0
        """How many streams it has open: only then does it owe reports."""
        self.device: str | None = None
        """What it decodes with, as reported when it was ready; None before."""
        self._reserve = reserve
        self._memory = memory
        self._most_bytes = most_bytes
        self._clock = clock
        self._timing = timing
        self._events = events
        self._writer: FrameWriter | None = None
        self._child: Child | None = None
        self._gone = asyncio.Event()
        self._silent_s = 0.0
        self._closing = False

    @property
    def pid(self) -> int:
        """Of the process that is this decoder now; 0 between two."""
        return self._child.process.pid if self._child is not None else 0

    @property
    def behind(self) -> bool:
        """Whether it does not keep up: no access units should be written until it does."""
        return self._writer is None or self._writer.full

    def send(self, command: DecoderCommand) -> None:
        if self._writer is not None and self._child is not None:
            if isinstance(command, OpenStream) and command.path:
                self._child.fd_channel.hand_file(command.stream, Path(os.fsdecode(command.path)))
            self._writer.write([pack(command)])

    def write(self, buffers: list[bytes]) -> None:
        """One packed access unit."""
        if self._writer is not None:
            self._writer.write(buffers)

    def start(self) -> None:
        """Take a process for this place. Raises OSError."""
        child = self._child = self._reserve.take()
        child.fd_channel.hand(0, self._memory)
        process = child.process
        assert process.stdin is not None
        assert process.stdout is not None
        self._gone = asyncio.Event()
        self.ready = False
        self.streams = 0
        self.device = None
        self._silent_s = 0.0
        widen_pipe(process.stdin.fileno(), PIPE_BYTES)
        self._writer = FrameWriter(process.stdin.fileno(), limit=WAITING_BYTES, lost=self._gone.set)
        self._reader = FrameReader(process.stdout.fileno(), received=self._take, ended=self._pipe_ended)

    async def watch(self) -> None:
        """Replace the process whenever it is gone, hangs or swells. Ends with `close`."""
        pause_s = 0.0
        while True:
            started_ns = self._clock.monotonic_ns()
            await self._until_gone()
            if self._closing:
                return
            longest_s = _LONGEST_PAUSE_READY_S if self.ready else _LONGEST_PAUSE_S
            await self._end_process(grace_s=0.0)
            self._events.lost(self.number)
            lived_s = (self._clock.monotonic_ns() - started_ns) / NS
            pause_s = 0.0 if lived_s > _SETTLED_S else min(longest_s, pause_s * 2 + 0.25)
            log.warning("decoder %d lost after %.1f s, replaced in %.2f s", self.number, lived_s, pause_s)
            await asyncio.sleep(pause_s)
            self.start()

    async def close(self, *, grace_s: float) -> None:
        """Ask it to end, and kill it where it does not within the grace."""
        self._closing = True
        self.send(Shutdown())
        if self._writer is not None:
            self._writer.flush()
        await self._end_process(grace_s=grace_s)
        self._gone.set()

    async def _until_gone(self) -> None:
        """Wait until the pipe ends or the process has to be replaced."""
        looked_ns = self._clock.monotonic_ns()
        while not self._gone.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timing.watch_s):
                    await self._gone.wait()
            now_ns = self._clock.monotonic_ns()
            # Where we stood still ourselves, reports wait in the pipes, and marks may be old without a fault.
            stood_still = now_ns - looked_ns > _STOOD_STILL * self._timing.watch_s * NS
            self._silent_s += min((now_ns - looked_ns) / NS, 2 * self._timing.watch_s)
            looked_ns = now_ns
            reason = "" if stood_still else self._reason_to_replace()
            if reason and not self._closing and not self._gone.is_set():
                log.warning("decoder %d %s", self.number, reason)
                return

    def _reason_to_replace(self) -> str:
        """Why it is to be replaced, for the log; empty while all is well."""
        if not self.ready:
            return "did not start" if self._silent_s > self._timing.decoder_start_s else ""
        if not self.streams:
            self._silent_s = 0.0
        elif self._silent_s > self._timing.decoder_hung_s:
            return f"silent for {self._silent_s:.1f} s"
        elif self._events.hung(self.number):
            return "has a stream that hangs in a codec"
        own = own_bytes(self.pid)
        return f"has grown to {own >> 20} MiB" if own > self._most_bytes else ""

    async def _end_process(self, *, grace_s: float) -> None:
        child = self._child
        if child is None:
            return
        process = child.process
        self.ready = False
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace_s
        while process.poll() is None and loop.time() < deadline:  # noqa: ASYNC110 - a process has no event
            await asyncio.sleep(_POLL_S)
        process.kill()  # a stopped process, too
        while process.poll() is None:  # noqa: ASYNC110 - as above
            await asyncio.sleep(_POLL_S)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._reader.close()
        _close_pipes(child)
        self._child = None

    def _pipe_ended(self, fault: Fault | None) -> None:
        if fault is not None:
            log.error("decoder %d sent what it may not: %s", self.number, fault)
        self._gone.set()

    def _take(self, kind: int, body: bytes) -> None:
        """Every report is checked: a decoder handles bytes of cameras that are not trusted."""
        try:
            if kind != CONTROL:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"kind {kind}")
            report = DECODER_REPORTS.decode(body)
        except (Fault, msgspec.MsgspecError) as error:
            log.error("decoder %d sent what it may not: %s", self.number, error)  # noqa: TRY400 - no bug of ours
            self._gone.set()
            return
        self._silent_s = 0.0
        if isinstance(report, DecoderReady):
            if not self.ready:
                self.ready = True
                self.device = report.device
                self._note_locks(report.locks)
                if report.device != SOFTWARE:
                    log.info("decoder %d decodes with %s and may drive it", self.number, report.device)
                self._events.ready(self.number)
        else:
            self._events.reported(self.number, report)

    def _note_locks(self, locks: Sequence[str]) -> None:
        missing = sorted(set(Lock) - set(locks))
        if missing:
            log.warning("decoder %d runs without %s", self.number, ", ".join(missing))
