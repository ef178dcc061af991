"""The decoder process: access units in by a pipe, pictures out by shared memory, a QThread a stream.

It is started by the engine (`tmcwall.video.processes`), holds FFmpeg's codecs and nothing worth stealing, and ends when
the pipe does. The main thread reads the pipe and hands on; it never decodes.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import av
import msgspec
from PySide6.QtCore import QThread

from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.frames import Memory
from tmcwall.video.pictures import LiveStream, TilePainter
from tmcwall.video.pipes import BlockingWriter, read_frames
from tmcwall.video.playback import PlayedFile
from tmcwall.video.processes import die_with_parent, lower_priority
from tmcwall.video.wire import (
    ACCESS_UNIT,
    DECODER_COMMANDS,
    CloseStream,
    DecodedReport,
    DecoderReady,
    DecoderReport,
    OpenStream,
    SetOutputs,
    SetPlan,
    SetPlayback,
    Shutdown,
    StreamFault,
    pack,
    unpack_access_unit,
)

_PIPE_IN: Final = 0
_PIPE_OUT: Final = 1
_REPORT_EVERY_S: Final = 1.0


class StreamThread(QThread):
    """Runs one stream's loop."""

    def __init__(self, number: int, stream: LiveStream | PlayedFile) -> None:
        super().__init__()
        self.number = number
        self.stream = stream

    def run(self) -> None:
        try:
            self.stream.run()
        except Exception:  # noqa: BLE001 - the top of this thread: a bug in one stream must be loud and stay alone
            traceback.print_exc()


class Decoder:
    """Keeps the streams; obeys one command at a time, from the thread that reads the pipe."""

    def __init__(self, memory: Memory, *, clock: Clock, out: BlockingWriter) -> None:
        self._memory = memory
        self._clock = clock
        self._out = out
        self._threads: dict[int, StreamThread] = {}
        self._closing: list[StreamThread] = []
        self._lock = threading.Lock()

    def run(self, pipe: int) -> None:
        """Obey until Shutdown or the end of the pipe. Raises Fault(PROTOCOL_BROKEN)."""
        self.report(DecoderReady(pid=os.getpid()))
        threads = self._threads
        for kind, body in read_frames(pipe):
            if kind == ACCESS_UNIT:
                unit = unpack_access_unit(body)
                thread = threads.get(unit.stream)
                if thread is not None:
                    thread.stream.offer(unit)
            elif not self._obey(body):
                return

    def report_counts(self) -> None:
        """One DecodedReport a stream; from the reporting thread."""
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            stream = thread.stream
            counts = stream.counts
            played = stream if isinstance(stream, PlayedFile) else None
            self.report(
                DecodedReport(
                    stream=thread.number,
                    frames_decoded=counts.decoded,
                    errors=counts.errors,
                    width=counts.width,
                    height=counts.height,
                    position_s=played.position_s if played else None,
                    duration_s=played.duration_s if played else None,
                )
            )

    def report(self, message: DecoderReport) -> None:
        with suppress(OSError):  # the engine has gone: the end of the other pipe says so, too
            self._out.write(pack(message))

    def _obey(self, body: bytes) -> bool:
        try:
            command = DECODER_COMMANDS.decode(body)
        except msgspec.MsgspecError as error:
            raise Fault(FaultCode.PROTOCOL_BROKEN, str(error), retryable=False) from error
        match command:
            case Shutdown():
                return False
            case OpenStream():
                self._open(command)
            case CloseStream(stream=number):
                self._close(number)
            case SetOutputs(stream=number, outputs=outputs) if number in self._threads:
                self._threads[number].stream.set_outputs(outputs)
            case SetPlan(stream=number, plan=plan) if number in self._threads:
                self._threads[number].stream.set_plan(plan)
            case SetPlayback(stream=number) if number in self._threads:
                stream = self._threads[number].stream
                if isinstance(stream, PlayedFile):
                    stream.set_playback(command)
            case _:
                pass  # for a stream that has ended meanwhile
        return True

    def _open(self, command: OpenStream) -> None:
        number = command.stream
        self._close(number)

        def failed(fault: Fault) -> None:
            self.report(StreamFault(stream=number, fault=fault.code, detail=fault.detail))

        painter = TilePainter(self._memory, self._clock)
        try:
            stream = (
                PlayedFile(url=command.url, painter=painter, clock=self._clock, failed=failed)
                if command.url
                else LiveStream(codec=command.codec, painter=painter, clock=self._clock, failed=failed)
            )
            painter.set_outputs(command.outputs)
        except Fault as fault:
            failed(fault)
            return
        thread = StreamThread(number, stream)
        with self._lock:
            self._threads[number] = thread
        thread.start()

    def _close(self, number: int) -> None:
        with self._lock:
            thread = self._threads.pop(number, None)
        self._closing = [closing for closing in self._closing if not closing.isFinished()]
        if thread is not None:
            thread.stream.close()
            self._closing.append(thread)


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m tmcwall.video.decoder --memory FD`; see `processes.decoder_command`."""
    parser = argparse.ArgumentParser(prog="tmcwall decoder-process")
    parser.add_argument("--memory", type=int, required=True)
    options = parser.parse_args(arguments)
    die_with_parent()
    lower_priority()
    av.logging.set_level(None)
    decoder = Decoder(Memory(options.memory), clock=SystemClock(), out=BlockingWriter(_PIPE_OUT))
    stop = threading.Event()

    def report_until_stopped() -> None:
        while not stop.wait(_REPORT_EVERY_S):
            decoder.report_counts()

    reporter = threading.Thread(target=report_until_stopped, name="reports", daemon=True)
    reporter.start()
    try:
        decoder.run(_PIPE_IN)
    except Fault as fault:
        print(f"decoder: {fault}", file=sys.stderr)  # noqa: T201 - the engine owns the log
    stop.set()
    sys.stderr.flush()
    # At once: nothing is to be saved, a codec may hang, and tiles that are not let go keep their ages for the next one.
    os._exit(0)


if __name__ == "__main__":
    main()
