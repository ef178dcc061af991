"""Open files handed from the engine to a decoder, which can open none itself."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from tmcwall.domain.fault import Fault, FaultCode

_WORD_BYTES: Final = 4


class FdSender:
    """The engine's end. Never waits: what a decoder does not take is missing there, and it says so."""

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._ours.setblocking(False)

    @property
    def inherited(self) -> int:
        """The descriptor that the decoder inherits; open until `started`."""
        return self._theirs.fileno()

    def started(self) -> None:
        """The decoder has inherited its end."""
        self._theirs.close()

    def hand(self, number: int, fd: int) -> None:
        """Give an open file under that number; it stays open here."""
        self._send(number, [fd])

    def hand_file(self, number: int, path: Path) -> None:
        """Open a file for reading and give it; nothing but the number where that fails."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            self._send(number, [])
            return
        try:
            self._send(number, [fd] if stat.S_ISREG(os.fstat(fd).st_mode) else [])
        finally:
            os.close(fd)

    def close(self) -> None:
        self._ours.close()
        self._theirs.close()

    def _send(self, number: int, fds: list[int]) -> None:
        with suppress(OSError):
            socket.send_fds(self._ours, [number.to_bytes(_WORD_BYTES)], fds)


class FdReceiver:
    """The decoder's end. For one thread."""

    def __init__(self, fd: int, *, limit_s: float = 5.0) -> None:
        self.fd = fd
        self._socket = socket.socket(fileno=fd)
        self._socket.settimeout(limit_s)

    def take(self, number: int) -> int:
        """The open file of that number; those before it are closed. Raises Fault(FILE_UNREADABLE) if there is none."""
        while True:
            try:
                word, fds, _, _ = socket.recv_fds(self._socket, _WORD_BYTES, 1)
            except OSError as error:
                raise Fault(FaultCode.FILE_UNREADABLE, "not handed over", retryable=False) from error
            if len(word) == _WORD_BYTES and int.from_bytes(word) == number and fds:
                return fds[0]
            for fd in fds:
                os.close(fd)
            if len(word) < _WORD_BYTES or int.from_bytes(word) >= number:
                raise Fault(FaultCode.FILE_UNREADABLE, "cannot be opened", retryable=False)

    def take_file(self, number: int) -> BinaryIO:
        """As `take`, as a file of bytes. Raises Fault(FILE_UNREADABLE)."""
        return os.fdopen(self.take(number), "rb")

    def close(self) -> None:
        self._socket.close()
