"""The decoder processes: started, watched, replaced when they die or hang, ended in time."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.chute import Chute
from tmcwall.video.pipes import FrameReader, FrameWriter, widen_pipe
from tmcwall.video.processes import decoder_environment
from tmcwall.video.reconnect import Timing
from tmcwall.video.sandbox import Lock
from tmcwall.video.timeline import NS
from tmcwall.video.wire import (
    CONTROL,
    DECODER_REPORTS,
    DecodedReport,
    DecoderCommand,
    DecoderReady,
    OpenStream,
    Shutdown,
    StreamFault,
    pack,
)

PIPE_BYTES: Final = 1024 * 1024
WAITING_BYTES: Final = 8 * 1024 * 1024
"""What may wait for a decoder that does not read; beyond it pictures are left out up to the next key frame."""
_LONGEST_PAUSE_S: Final = 10.0
_POLL_S: Final = 0.02

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DecoderEvents:
    """What the engine hears of its decoders, by their number."""

    ready: Callable[[int], None]
    """A decoder, first or replaced, takes streams now; it knows of none."""
    lost: Callable[[int], None]
    reported: Callable[[int, DecodedReport | StreamFault], None]


class DecoderProcess:
    """One decoder's place: at most one process at a time, replaced until the place is closed."""

    def __init__(
        self,
        number: int,
        command: Callable[[int], Sequence[str]],
        *,
        memory: int,
        clock: Clock,
        timing: Timing,
        events: DecoderEvents,
    ) -> None:
        """`command` gives the command line for the inherited end of a chute; `memory` is the memory file."""
        self.number = number
        self.ready = False
        self.streams = 0
        """How many streams it has open: only then does it owe reports."""
        self._command = command
        self._memory = memory
        self._clock = clock
        self._timing = timing
        self._events = events
        self._writer: FrameWriter | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._gone = asyncio.Event()
        self._heard_ns = 0
        self._closing = False

    @property
    def pid(self) -> int:
        """Of the process that is this decoder now; 0 between two."""
        return self._process.pid if self._process is not None else 0

    @property
    def behind(self) -> bool:
        """Whether it does not keep up: no access units should be written until it does."""
        return self._writer is None or self._writer.full

    def tell(self, command: DecoderCommand) -> None:
        if self._writer is not None:
            if isinstance(command, OpenStream) and command.url:
                self._chute.hand_file(command.stream, Path(command.url))
            self._writer.write([pack(command)])

    def write(self, buffers: list[bytes]) -> None:
        """One packed access unit."""
        if self._writer is not None:
            self._writer.write(buffers)

    def start(self) -> None:
        """Start the process. Raises OSError."""
        chute = Chute()
        process = subprocess.Popen(
            self._command(chute.inherited),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(chute.inherited,),
            env=decoder_environment(),
            bufsize=0,
            # Keyboard interrupts go to the desktop program, which ends us in order.
            process_group=0,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        chute.started()
        chute.hand(0, self._memory)
        self._chute = chute
        self._process = process
        self._gone = asyncio.Event()
        self.ready = False
        self.streams = 0
        self._heard_ns = self._clock.monotonic_ns()
        widen_pipe(process.stdin.fileno(), PIPE_BYTES)
        self._writer = FrameWriter(process.stdin.fileno(), limit=WAITING_BYTES, lost=self._gone.set)
        self._reader = FrameReader(process.stdout.fileno(), received=self._take, ended=self._pipe_ended)

    async def watch(self) -> None:
        """Replace the process whenever it is gone or hangs. Ends with `close`."""
        pause_s = 0.0
        while True:
            started_ns = self._clock.monotonic_ns()
            await self._until_gone()
            if self._closing:
                return
            await self._end_process(grace_s=0.0)
            self._events.lost(self.number)
            lived_s = (self._clock.monotonic_ns() - started_ns) / NS
            pause_s = 0.0 if lived_s > 60 else min(_LONGEST_PAUSE_S, pause_s * 2 + 0.25)
            log.warning("decoder %d lost after %.1f s, replaced in %.2f s", self.number, lived_s, pause_s)
            await asyncio.sleep(pause_s if lived_s < 60 else 0.0)
            self.start()

    async def close(self, *, grace_s: float) -> None:
        """Ask it to end, and kill it where it does not within the grace."""
        self._closing = True
        self.tell(Shutdown())
        if self._writer is not None:
            self._writer.flush()
        await self._end_process(grace_s=grace_s)
        self._gone.set()

    async def _until_gone(self) -> None:
        """Wait until the pipe ends or the process has owed a report for too long."""
        while not self._gone.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timing.watch_s):
                    await self._gone.wait()
            silent_s = (self._clock.monotonic_ns() - self._heard_ns) / NS
            if not self.ready:
                limit_s = self._timing.decoder_start_s
            elif self.streams:
                limit_s = self._timing.decoder_hung_s
            else:
                self._heard_ns = self._clock.monotonic_ns()
                continue
            if silent_s > limit_s and not self._closing:
                log.warning("decoder %d silent for %.1f s", self.number, silent_s)
                return

    async def _end_process(self, *, grace_s: float) -> None:
        process = self._process
        if process is None:
            return
        self.ready = False
        loop = asyncio.get_running_loop()
        deadline = loop.time() + grace_s
        while process.poll() is None and loop.time() < deadline:  # noqa: ASYNC110 - a process has no event
            await asyncio.sleep(_POLL_S)
        if process.poll() is None:
            # A stopped process is killed all the same.
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        while process.poll() is None:  # noqa: ASYNC110 - as above
            await asyncio.sleep(_POLL_S)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._reader.close()
        self._chute.close()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        self._process = None

    def _pipe_ended(self, fault: Fault | None) -> None:
        if fault is not None:
            log.error("decoder %d sent what it may not: %s", self.number, fault)
        self._gone.set()

    def _take(self, kind: int, body: bytes) -> None:
        """Nothing a decoder says is believed unchecked: it handles bytes of strangers."""
        try:
            if kind != CONTROL:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"kind {kind}")
            report = DECODER_REPORTS.decode(body)
        except (Fault, msgspec.MsgspecError) as error:
            log.error("decoder %d sent what it may not: %s", self.number, error)  # noqa: TRY400 - no bug of ours
            self._gone.set()
            return
        self._heard_ns = self._clock.monotonic_ns()
        if isinstance(report, DecoderReady):
            if not self.ready:
                self.ready = True
                self._note_locks(report.locks)
                self._events.ready(self.number)
        else:
            self._events.reported(self.number, report)

    def _note_locks(self, locks: Sequence[str]) -> None:
        missing = sorted(set(Lock) - set(locks))
        if missing:
            log.warning("decoder %d runs without %s", self.number, ", ".join(missing))
