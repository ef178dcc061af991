"""The decoder process: access units in by a pipe, pictures out by shared memory, a QThread a stream.

It is started by the engine (`tmcwall.video.ipc.processes`), locks itself in before it takes the first byte
(`tmcwall.video.ipc.sandbox`), holds FFmpeg's codecs and nothing worth stealing, and ends when the pipe does. The main
thread reads the pipe and hands on; it never decodes.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final

import av
import msgspec
from PySide6.QtCore import QThread

from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.heap import Heap
from tmcwall.video.decode.ffmpeg_options import check_options
from tmcwall.video.decode.file_player import PlayedFile
from tmcwall.video.decode.hardware import DeviceKind, FFmpegDevice, Hardware, candidates, works
from tmcwall.video.decode.picture_monitor import PictureMonitor
from tmcwall.video.decode.picture_monitor import prepare as prepare_to_watch
from tmcwall.video.decode.scaling import Scaler
from tmcwall.video.decode.scene_reference import SceneReference
from tmcwall.video.decode.stream_decoder import LiveStream, TilePainter
from tmcwall.video.ipc.access_units import unpack_access_unit
from tmcwall.video.ipc.cpu_clock import ThreadCpuClock
from tmcwall.video.ipc.fd_passing import FdReceiver
from tmcwall.video.ipc.messages import (
    ACCESS_UNIT,
    DECODER_COMMANDS,
    SOFTWARE,
    CloseStream,
    DecodedReport,
    DecoderReady,
    DecoderReport,
    ExpectView,
    OpenStream,
    SetOutputs,
    SetPlan,
    SetPlayback,
    Shutdown,
    StreamFault,
    ViewLearnt,
    pack,
)
from tmcwall.video.ipc.pipes import BlockingWriter, read_frames
from tmcwall.video.ipc.processes import die_with_parent, lower_priority
from tmcwall.video.ipc.sandbox import Lock, confine, confine_with_device
from tmcwall.video.ipc.shared_frames import Memory

_PIPE_IN: Final = 0
_PIPE_OUT: Final = 1
_ERRORS: Final = 2
_REPORT_EVERY_S: Final = 1.0
_REPORTS_PER_TIDYING: Final = 10


class StreamThread(QThread):
    """Runs one stream's loop."""

    def __init__(self, number: int, stream: LiveStream | PlayedFile) -> None:
        super().__init__()
        self.number = number
        self.stream = stream
        self._cpu_clock: ThreadCpuClock | None = None
        self._reported_ns = 0
        self._reported_pictures = 0

    def picture_us(self) -> int:
        """Processor time of a picture since this was last asked, the mean; 0 where there was none or nobody knows."""
        used_ns = self._cpu_clock.used_ns() if self._cpu_clock is not None else None
        if used_ns is None:
            return 0
        pictures = self.stream.counts.decoded
        spent_ns, made = used_ns - self._reported_ns, pictures - self._reported_pictures
        self._reported_ns, self._reported_pictures = used_ns, pictures
        return spent_ns // made // 1000 if made else 0

    def run(self) -> None:
        self._cpu_clock = ThreadCpuClock()
        try:
            self.stream.run()
        except Exception:  # noqa: BLE001 - the top of this thread: a bug in one stream must be loud and stay alone
            traceback.print_exc()


class Decoder:
    """Keeps the streams; obeys one command at a time, from the thread that reads the pipe."""

    def __init__(
        self,
        *,
        memory: Callable[[], Memory],
        open_file: Callable[[OpenStream], BinaryIO],
        clock: Clock,
        out: BlockingWriter,
        hardware: Hardware | None = None,
    ) -> None:
        """`memory` is asked when a stream is opened; `open_file` raises Fault(FILE_UNREADABLE)."""
        self._memory = memory
        self._open_file = open_file
        self._clock = clock
        self._out = out
        self._hardware = hardware
        self._threads: dict[int, StreamThread] = {}
        self._closing: list[StreamThread] = []
        self._lock = threading.Lock()

    def run(self, pipe: int) -> None:
        """Obey until Shutdown or the end of the pipe. Raises Fault(PROTOCOL_BROKEN)."""
        threads = self._threads
        for kind, body in read_frames(pipe):
            if kind == ACCESS_UNIT:
                unit = unpack_access_unit(body)
                thread = threads.get(unit.stream)
                if thread is not None:
                    thread.stream.offer(unit)
            elif not self._handle(body):
                return

    def report_counts(self) -> None:
        """One DecodedReport a stream; from the reporting thread."""
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            stream = thread.stream
            counts = stream.counts
            lag_ns, timed = counts.lag_ns, counts.timed
            counts.lag_ns = counts.timed = 0
            played = stream if isinstance(stream, PlayedFile) else None
            device = stream.device if isinstance(stream, LiveStream) else None
            self.report(
                DecodedReport(
                    stream=thread.number,
                    frames_decoded=counts.decoded,
                    errors=counts.errors,
                    width=counts.width,
                    height=counts.height,
                    device=device.name if device else SOFTWARE,
                    fell_back=device.fell_back if device and counts.decoded else False,
                    skipped=counts.skipped,
                    lag_s=lag_ns / max(1, timed) / 1e9,
                    picture_us=thread.picture_us(),
                    position_s=played.position_s if played else None,
                    duration_s=played.duration_s if played else None,
                )
            )

    def report(self, message: DecoderReport) -> None:
        with suppress(OSError):  # the engine has gone: the end of the other pipe says so, too
            self._out.write(pack(message))

    def _handle(self, body: bytes) -> bool:
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
            case ExpectView(stream=number, view=view) if number in self._threads:
                stream = self._threads[number].stream
                if isinstance(stream, LiveStream):
                    stream.expect_view(_reference(view))
            case _:
                pass  # for a stream that has ended meanwhile
        return True

    def _open(self, command: OpenStream) -> None:
        number = command.stream
        self._close(number)

        def failed(fault: Fault) -> None:
            self.report(StreamFault(stream=number, fault=fault.code, detail=fault.detail))

        def learnt(reference: SceneReference) -> None:
            self.report(ViewLearnt(stream=number, view=reference.pack()))

        try:
            watch = PictureMonitor(view_checked=command.view_checked)
            painter = TilePainter(self._memory(), self._clock, watch=watch, learnt=learnt)
            stream = (
                PlayedFile(file=self._open_file(command), painter=painter, clock=self._clock, failed=failed)
                if command.path
                else LiveStream(
                    codec=command.codec, painter=painter, clock=self._clock, failed=failed, hardware=self._hardware
                )
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


def _reference(view: bytes) -> SceneReference | None:
    """What was kept; a file that is damaged, or of another version, is as good as none."""
    try:
        return SceneReference.unpack(view) if view else None
    except Fault:
        return None


def lock_in(*, keep: Sequence[int], open_device: OpenDevice | None = None) -> frozenset[Lock]:
    """Load what is loaded late, and then open nothing any more: see `sandbox`. Raises Fault(COMPONENT_MISSING)."""
    Scaler(64, 64).close()
    prepare_to_watch()
    check_options()
    for module in pkgutil.walk_packages(av.__path__, "av."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # a part of PyAV that this build leaves out
                importlib.import_module(module.name)
    kept = {_PIPE_IN, _PIPE_OUT, _ERRORS, *keep}
    if open_device is None:
        return confine(keep=kept)
    return confine_with_device(open_device, files=open_device.files, keep=kept)


class OpenDevice:
    """Finds the first device that gives a picture; called once, behind the first lock."""

    def __init__(self, kinds: Iterable[DeviceKind]) -> None:
        self._kinds = list(kinds)
        self.files = [path for kind in self._kinds for path in kind.present()]
        self._found: FFmpegDevice | None = None

    def __call__(self) -> bool:
        self._found = next(filter(works, map(FFmpegDevice, self._kinds)), None)
        return self._found is not None

    @property
    def working(self) -> FFmpegDevice | None:
        """The device, if it still gives a picture now that everything is locked."""
        return self._found if self._found is not None and works(self._found) else None


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m tmcwall.video.decode.process ...`; see `processes.decoder_command`."""
    parser = argparse.ArgumentParser(prog="tmcwall decoder-process")
    parser.add_argument("--memory", type=int)
    parser.add_argument("--fd-channel", type=int)
    parser.add_argument("--hardware", action="store_true")
    options = parser.parse_args(arguments)
    die_with_parent()
    lower_priority()
    av.logging.set_level(None)
    inherited = [fd for fd in (options.memory, options.fd_channel) if fd is not None]
    fd_channel = FdReceiver(options.fd_channel) if options.fd_channel is not None else None
    kinds = list(candidates()) if options.hardware else []
    open_device = OpenDevice(kinds) if kinds else None
    try:
        locks = lock_in(keep=inherited, open_device=open_device)
    except Fault as fault:
        print(f"decoder: {fault}", file=sys.stderr)  # noqa: T201 - the engine owns the log
        return 3
    device = open_device.working if open_device is not None else None
    clock = SystemClock()

    @cache
    def memory() -> Memory:
        if options.memory is None and fd_channel is not None:
            return Memory(fd_channel.take(0))
        return Memory(options.memory)

    def open_file(command: OpenStream) -> BinaryIO:
        try:
            if fd_channel is not None:
                return fd_channel.take_file(command.stream)
            return Path(os.fsdecode(command.path)).open("rb")
        except OSError as error:
            raise Fault(FaultCode.FILE_UNREADABLE, type(error).__name__, retryable=False) from error

    decoder = Decoder(
        memory=memory,
        open_file=open_file,
        clock=clock,
        out=BlockingWriter(_PIPE_OUT),
        hardware=Hardware(device, clock=clock),
    )
    decoder.report(
        DecoderReady(
            pid=os.getpid(),
            locks=sorted(str(lock) for lock in locks),
            device=device.name if device is not None else SOFTWARE,
        )
    )
    stop = threading.Event()

    def report_until_stopped() -> None:
        heap = Heap()
        for number in count(1):
            if stop.wait(_REPORT_EVERY_S):
                return
            decoder.report_counts()
            if number % _REPORTS_PER_TIDYING == 0:
                heap.give_back()

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
    sys.exit(main())
