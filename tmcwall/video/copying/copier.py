"""Drives the process that makes copies: `domain.derived_copy.PictureCopier`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing, suppress
from subprocess import Popen, TimeoutExpired
from typing import Final

import msgspec
import structlog

from tmcwall.domain.derived_copy import PNG, CodedPicture, CopiedPictures, CopyJob
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.codecs import H264
from tmcwall.video.copying.protocol import (
    ANSWERS,
    CODECS,
    STILL,
    Boxes,
    CopyFault,
    CopyMessage,
    Made,
    Make,
    NoMore,
    Track,
    pack,
)
from tmcwall.video.ipc.access_units import AccessUnit, pack_access_unit, unpack_access_unit
from tmcwall.video.ipc.messages import ACCESS_UNIT
from tmcwall.video.ipc.pipes import BlockingWriter, read_frames
from tmcwall.video.ipc.processes import copier_command, decoder_environment, start_process
from tmcwall.video.ipc.sandbox import Lock

_log = structlog.get_logger(__name__)
_NS: Final = 1_000_000_000
_LOOKED_EVERY_S: Final = 0.1
_SILENT_S: Final = 60.0
"""Without a step in either direction: it hangs in a codec."""
_ENDS_S: Final = 5.0


class BoxedCopier:
    """Each call starts a process of its own, which ends with it, also when its caller does not read to the end."""

    def __init__(self, *, silent_s: float = _SILENT_S) -> None:
        self._silent_s = silent_s

    def __call__(
        self, job: CopyJob, pictures: Callable[[], Iterable[CodedPicture]], *, cancelled: Callable[[], bool]
    ) -> Generator[CodedPicture | CopiedPictures, None, None]:
        """As the protocol says. Raises Fault(COPY_FAILED, DECODER_LOST), and what `pictures` raises."""
        boxes: list[Boxes] = []
        if job.regions:
            tracking = _Run(Track(job=job), (), pictures(), cancelled=cancelled, silent_s=self._silent_s)
            boxes = [message for message in tracking.answers() if isinstance(message, Boxes)]
        making = _Run(Make(job=job), boxes, pictures(), cancelled=cancelled, silent_s=self._silent_s)
        with closing(making.answers()) as answers:
            yield from filter(None, map(_copied, answers))


def _copied(answer: AccessUnit | Boxes | Made) -> CodedPicture | CopiedPictures | None:
    if isinstance(answer, AccessUnit):
        codec = PNG if answer.stream == STILL else H264
        return CodedPicture(codec, answer.schedule_ns / _NS, answer.key, answer.payload)
    if isinstance(answer, Made):
        return CopiedPictures(answer.width, answer.height, answer.pictures, answer.undecodable)
    return None


def _note_locks(locks: Sequence[str]) -> None:
    missing = sorted(set(Lock) - set(locks))
    if missing:
        _log.warning("copier is not locked in whole", missing=missing)


class _Run:
    """One process with one job: a thread feeds it, another kills it where it hangs or is not wanted any more."""

    def __init__(
        self,
        command: CopyMessage,
        boxes: Iterable[Boxes],
        pictures: Iterable[CodedPicture],
        *,
        cancelled: Callable[[], bool],
        silent_s: float,
    ) -> None:
        self._command = command
        self._boxes = boxes
        self._pictures = pictures
        self._cancelled = cancelled
        self._silent_s = silent_s
        self._error: Exception | None = None
        self._was_cancelled = False
        self._ended = threading.Event()
        self._steps = 0

    def answers(self) -> Generator[AccessUnit | Boxes | Made, None, None]:
        """What it says, up to `Made`. Raises Fault."""
        try:
            process = start_process(copier_command(), environment=decoder_environment())
        except OSError as error:
            raise Fault(FaultCode.DECODER_LOST, error.strerror or "no copier") from error
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=self._feed, args=(process,), name="copy-feeder")
        watch = threading.Thread(target=self._watch, args=(process,), name="copy-watch")
        feeder.start()
        watch.start()
        is_made = False
        try:
            for kind, body in read_frames(process.stdout.fileno()):
                self._steps += 1
                answer = unpack_access_unit(body) if kind == ACCESS_UNIT else ANSWERS.decode(body)
                if isinstance(answer, CopyFault):
                    raise Fault(answer.fault, answer.detail, retryable=False)
                if isinstance(answer, Made):
                    is_made = True
                    _note_locks(answer.locks)
                yield answer
        except msgspec.MsgspecError as error:
            raise Fault(FaultCode.PROTOCOL_BROKEN, str(error), retryable=False) from error
        finally:
            self._end(process, feeder, watch, kill=not is_made)
        if self._was_cancelled:
            raise Fault(FaultCode.COPY_FAILED, "cancelled", retryable=False)
        if self._error is not None:
            raise self._error
        if not is_made:
            raise Fault(FaultCode.COPY_FAILED, "the process that made it has ended")

    def _feed(self, process: Popen[bytes]) -> None:
        assert process.stdin is not None
        out = BlockingWriter(process.stdin.fileno())
        try:
            out.write(pack(self._command))
            for message in self._boxes:
                out.write(pack(message))
            for picture in self._pictures:
                stream, at_ns = CODECS.index(picture.codec), round(picture.at_s * _NS)
                unit = AccessUnit(stream, picture.key, False, at_ns, 0, picture.payload)
                out.write(b"".join(pack_access_unit(unit)))
                self._steps += 1
            out.write(pack(NoMore()))
        except OSError:
            pass  # it has ended: its own pipe says so, too
        except Exception as error:  # noqa: BLE001 - the top of this thread: raised by who reads the answers
            self._error = error
            process.kill()

    def _watch(self, process: Popen[bytes]) -> None:
        steps, since = self._steps, time.monotonic()
        while not self._ended.wait(_LOOKED_EVERY_S):
            if self._steps != steps:
                steps, since = self._steps, time.monotonic()
            self._was_cancelled |= self._cancelled()
            if self._was_cancelled or time.monotonic() - since > self._silent_s:
                process.kill()
                return

    def _end(self, process: Popen[bytes], feeder: threading.Thread, watch: threading.Thread, *, kill: bool) -> None:
        self._ended.set()
        if kill:
            process.kill()
        try:
            process.wait(_ENDS_S)
        except TimeoutExpired:
            process.kill()
            process.wait()
        feeder.join()
        watch.join()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
