"""Frames on a pipe (see `ipc.messages`): parsed from bytes, read and written by a thread or by asyncio."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.messages import ACCESS_UNIT, CONTROL, FRAME, LARGEST_BODY

Buffer = bytes | bytearray | memoryview

if sys.platform == "win32":

    def _never_wait(fd: int) -> None:
        """Loops of asyncio wait for no pipe here: it takes a thread each way, which is not written yet."""
        del fd
        raise Fault(FaultCode.COMPONENT_MISSING, "pipes on an event loop on Windows", retryable=False)

    def _write_parts(fd: int, parts: Sequence[Buffer]) -> int:
        return os.write(fd, b"".join(parts))

else:

    def _never_wait(fd: int) -> None:
        os.set_blocking(fd, False)

    def _write_parts(fd: int, parts: Sequence[Buffer]) -> int:
        return os.writev(fd, parts)


if sys.platform == "linux":
    import fcntl

    def widen_pipe(fd: int, wanted: int) -> None:
        """Ask for a pipe of that many bytes."""
        with suppress(OSError):
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, wanted)

else:

    def widen_pipe(fd: int, wanted: int) -> None:
        """A program cannot ask for that here."""


READ_BYTES: Final = 256 * 1024
_KINDS: Final = (CONTROL, ACCESS_UNIT)
_MOST_BUFFERS: Final = 512
"""Buffers of one `writev`; the system allows 1024."""


class FrameParser:
    """Bytes in, whole frames out. Keeps at most one unfinished frame."""

    def __init__(self, *, largest: int = LARGEST_BODY) -> None:
        self._largest = largest
        self._buffer = bytearray()

    def feed(self, data: Buffer) -> list[tuple[int, bytes]]:
        """The frames that are whole now, as (kind, body). Raises Fault(PROTOCOL_BROKEN); then it is of no more use."""
        buffer = self._buffer
        buffer += data
        frames: list[tuple[int, bytes]] = []
        start = 0
        size = len(buffer)
        while size - start >= FRAME.size:
            length, kind = FRAME.unpack_from(buffer, start)
            if length > self._largest or kind not in _KINDS:
                raise Fault(FaultCode.PROTOCOL_BROKEN, f"frame of {length} bytes, kind {kind}", retryable=False)
            end = start + FRAME.size + length
            if size < end:
                break
            frames.append((kind, bytes(memoryview(buffer)[start + FRAME.size : end])))
            start = end
        if start:
            del buffer[:start]
        return frames


def read_frames(fd: int, *, largest: int = LARGEST_BODY) -> Iterator[tuple[int, bytes]]:
    """Frames of a pipe for a thread that waits for them; ends at end-of-file. Raises Fault(PROTOCOL_BROKEN)."""
    parser = FrameParser(largest=largest)
    while data := os.read(fd, READ_BYTES):
        yield from parser.feed(data)


class BlockingWriter:
    """Writes frames whole, from any thread; waits while the pipe is full. Raises BrokenPipeError once no one reads."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def write(self, frame: Buffer) -> None:
        rest = memoryview(frame).cast("B")
        with self._lock:
            while rest:
                rest = rest[os.write(self._fd, rest) :]


class FrameReader:
    """Frames of a pipe on an asyncio loop. `ended` is called once, with the fault if the frames were malformed."""

    def __init__(
        self, fd: int, *, received: Callable[[int, bytes], None], ended: Callable[[Fault | None], None]
    ) -> None:
        self._fd = fd
        self._received = received
        self._ended = ended
        self._parser = FrameParser()
        self._loop = asyncio.get_running_loop()
        _never_wait(fd)
        self._loop.add_reader(fd, self._read)

    def close(self) -> None:
        """Stop reading; the descriptor stays the caller's."""
        self._loop.remove_reader(self._fd)

    def _read(self) -> None:
        try:
            data = os.read(self._fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._ended(None)
            return
        try:
            frames = self._parser.feed(data)
        except Fault as fault:
            self.close()
            self._ended(fault)
            return
        for kind, body in frames:
            self._received(kind, body)


class FrameWriter:
    """Frames into a pipe from an asyncio loop, never waiting: what the pipe does not take is kept up to `limit` bytes.

    `lost` is called once when no one reads any more; from then on everything written is dropped.
    """

    def __init__(self, fd: int, *, limit: int, lost: Callable[[], None]) -> None:
        self._fd = fd
        self._limit = limit
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._fresh: list[Buffer] = []
        self._kept: deque[memoryview] = deque()
        self._kept_bytes = 0
        self._scheduled = False
        self._closed = False
        _never_wait(fd)

    @property
    def full(self) -> bool:
        """Whether the reader is so far behind that nothing but control messages should be written."""
        return self._kept_bytes > self._limit

    def write(self, buffers: Sequence[Buffer]) -> None:
        """Write one frame, given in parts, together with all others of this turn of the loop."""
        if self._closed:
            return
        self._fresh.extend(buffers)
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def close(self) -> None:
        """Write no more; the descriptor stays the caller's."""
        if self._kept:
            self._loop.remove_writer(self._fd)
        self._closed = True
        self._fresh.clear()
        self._kept.clear()
        self._kept_bytes = 0

    def flush(self) -> None:
        """Hand everything to the pipe now, as far as it takes it."""
        if not self._closed:
            self._flush()

    def _flush(self) -> None:
        self._scheduled = False
        fresh, self._fresh = self._fresh, []
        if self._kept:
            self._keep(fresh, 0)
            return
        while fresh:
            batch, fresh = fresh[:_MOST_BUFFERS], fresh[_MOST_BUFFERS:]
            size = sum(map(_size, batch))
            written = self._write_now(batch)
            if written is None:
                return
            if written < size:
                self._keep([*batch, *fresh], written)
                self._loop.add_writer(self._fd, self._drain)
                return

    def _write_now(self, buffers: Sequence[Buffer]) -> int | None:
        try:
            return _write_parts(self._fd, buffers)
        except BlockingIOError:
            return 0
        except OSError:
            self.close()
            self._lost()
            return None

    def _keep(self, buffers: Sequence[Buffer], skip: int) -> None:
        for buffer in buffers:
            view = memoryview(buffer).cast("B")
            if skip >= len(view):
                skip -= len(view)
                continue
            self._kept.append(view[skip:])
            self._kept_bytes += len(view) - skip
            skip = 0

    def _drain(self) -> None:
        batch = [self._kept[index] for index in range(min(len(self._kept), _MOST_BUFFERS))]
        written = self._write_now(batch)
        if written is None:
            return
        self._kept_bytes -= written
        while self._kept and written >= len(self._kept[0]):
            written -= len(self._kept.popleft())
        if written:
            self._kept[0] = self._kept[0][written:]
        if not self._kept:
            self._loop.remove_writer(self._fd)


def _size(buffer: Buffer) -> int:
    return len(buffer) if isinstance(buffer, bytes) else memoryview(buffer).nbytes
