"""The desktop program's line to the engine process: starts it again when it dies, writes commands, reads reports."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Final

import msgspec
from PySide6.QtCore import QElapsedTimer, QObject, Qt, QThread, QTimer, Signal, Slot

from tmcwall.domain.fault import Fault
from tmcwall.log import get_logger
from tmcwall.video.feed.camera_list import CameraList, WantedCameras
from tmcwall.video.ipc.messages import REPORTS, Message, Report, Shutdown, pack
from tmcwall.video.ipc.pipes import read_frames
from tmcwall.video.ipc.processes import start_process

log = get_logger(__name__)

_KILL_AFTER_S: Final = 1.0
"""From the end of the engine's output to its end as a process."""
_LONGEST_RESTART_MS: Final = 5_000


class _Reader(QThread):
    """Reads the engine's reports until it ends, and collects its exit status."""

    received = Signal(object)

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self._process = process

    def run(self) -> None:
        assert self._process.stdout is not None
        with suppress(OSError, Fault, msgspec.MsgspecError):  # a malformed report counts as the engine's death
            for _, body in read_frames(self._process.stdout.fileno()):
                report: Report = REPORTS.decode(body)
                self.received.emit(report)
        self._process.stdout.close()
        try:
            self._process.wait(_KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Writer(QThread):
    """Packs and writes commands in order, waiting where the pipe is full, so that the GUI thread never does."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self._process = process
        self._cameras = CameraList()
        self.queue: SimpleQueue[Message | WantedCameras | None] = SimpleQueue()

    def run(self) -> None:
        assert self._process.stdin is not None
        fd = self._process.stdin.fileno()
        with suppress(OSError):  # the engine has gone; the listener reports it
            while (command := self.queue.get()) is not None:
                messages = self._cameras.change_to(command) if isinstance(command, WantedCameras) else [command]
                for message in messages:
                    self._write(fd, message)
        with suppress(OSError):
            self._process.stdin.close()

    @staticmethod
    def _write(fd: int, message: Message) -> None:
        try:
            rest = memoryview(pack(message))
        except Fault as fault:  # it would end the engine, and each one after it
            log.exception("command not sent to the engine", command=type(message).__name__, cause=fault.code)
            return
        while rest:
            rest = rest[os.write(fd, rest) :]


class EngineLink(QObject):
    """One engine process at a time. GUI thread only; never waits."""

    received = Signal(object)
    """messages.Report"""
    lost = Signal()
    """It ended without having been asked to; a new one is started at once, later if it keeps ending."""
    started = Signal()
    """A process runs and takes commands; nothing of an earlier one is known to it."""
    stopped = Signal()

    def __init__(
        self,
        command: Callable[[], Sequence[str]],
        *,
        inherited: Sequence[int],
        restart_s: float = 0.2,
        settled_s: float = 10.0,
        stop_s: float = 2.5,
        parent: QObject | None = None,
    ) -> None:
        """`command` is called at every start; `inherited` are the descriptors the engine keeps open.

        An engine that ran for `settled_s` is replaced at once, one that ends sooner after `restart_s`, and each further
        one that does after twice as long.
        """
        super().__init__(parent)
        self._command = command
        self._inherited = tuple(inherited)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: _Reader | None = None
        self._writer: _Writer | None = None
        self._stopping = False
        self._restart_ms = int(restart_s * 1000)
        self._settled_ms = int(settled_s * 1000)
        self._quick_ends = 0
        self._lived = QElapsedTimer()
        self._restart = QTimer(self, singleShot=True)
        self._restart.timeout.connect(self.start)
        self._kill = QTimer(self, singleShot=True, interval=int(stop_s * 1000))
        self._kill.timeout.connect(self._kill_now)

    @property
    def pid(self) -> int | None:
        """Of the running engine."""
        return self._process.pid if self._process else None

    @Slot()
    def start(self) -> None:
        """Start the engine, from the thread that lives as long as the program (see `processes.die_with_parent`)."""
        self._stopping = False
        self._lived.start()
        process = start_process(self._command(), inherited=self._inherited, interruptible=True)
        self._process = process
        self._reader = _Reader(process)
        self._reader.received.connect(self._on_message, Qt.ConnectionType.QueuedConnection)
        self._reader.finished.connect(self._ended, Qt.ConnectionType.QueuedConnection)
        self._writer = _Writer(process)
        self._reader.start()
        self._writer.start()
        self.started.emit()

    def send(self, message: Message) -> None:
        """Hand a command over; dropped while no engine runs, for `started` asks for everything again."""
        self._put(message)

    def send_cameras(self, wanted: WantedCameras) -> None:
        """Hand all cameras over, of which the engine is sent what it does not know; dropped as by `send`."""
        self._put(wanted)

    def kill(self) -> None:
        """End an engine that does not answer any more; `lost` follows."""
        if not self._stopping:
            self._kill_now()

    def stop(self) -> None:
        """Ask the engine to end, and kill it after `stop_s`; `stopped` follows."""
        self._restart.stop()
        if self._process is None:
            self.stopped.emit()
            return
        if not self._stopping:
            self._stopping = True
            self.send(Shutdown())
            assert self._writer is not None
            self._writer.queue.put(None)
            self._kill.start()

    def _put(self, command: Message | WantedCameras) -> None:
        if self._writer is not None:
            self._writer.queue.put(command)

    @Slot(object)
    def _on_message(self, report: Report) -> None:
        if not self._stopping:
            self.received.emit(report)

    @Slot()
    def _ended(self) -> None:
        if self._reader is None or self._writer is None:
            return
        self._kill.stop()
        self._writer.queue.put(None)
        self._writer.wait()  # its pipe has no reader any more, so it cannot be waiting
        self._reader.wait()
        self._process = self._reader = self._writer = None
        if self._stopping:
            self.stopped.emit()
        else:
            self._quick_ends = 0 if self._lived.hasExpired(self._settled_ms) else self._quick_ends + 1
            delay_ms = self._restart_ms << min(self._quick_ends - 1, 10) if self._quick_ends else 0
            self._restart.start(min(_LONGEST_RESTART_MS, delay_ms))
            self.lost.emit()

    @Slot()
    def _kill_now(self) -> None:
        if self._process is not None:
            self._process.kill()
