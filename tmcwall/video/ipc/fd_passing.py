"""Open files handed from the engine to a decoder, which can open none itself."""

from __future__ import annotations

import os
import socket
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from tmcwall.domain.fault import Fault, FaultCode

_WORD_BYTES: Final = 4

if sys.platform == "win32":

    def _socket_pair() -> tuple[socket.socket, socket.socket]:
        """Handles would be duplicated into the decoder here, which is not written yet."""
        raise Fault(FaultCode.COMPONENT_MISSING, "handing files to a decoder on Windows", retryable=False)

    def _open(path: Path) -> int:
        return os.open(path, os.O_RDONLY | os.O_BINARY)

    def _send_fds(channel: socket.socket, word: bytes, fds: list[int]) -> None:
        """Never reached: there is no pair to send through."""

    def _receive_fd(channel: socket.socket) -> tuple[bytes, list[int]]:
        del channel
        return b"", []

else:

    def _socket_pair() -> tuple[socket.socket, socket.socket]:
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)

    def _open(path: Path) -> int:
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)

    def _send_fds(channel: socket.socket, word: bytes, fds: list[int]) -> None:
        socket.send_fds(channel, [word], fds)

    def _receive_fd(channel: socket.socket) -> tuple[bytes, list[int]]:
        word, fds, _, _ = socket.recv_fds(channel, _WORD_BYTES, 1)
        return word, fds


class FdSender:
    """The engine's end. Never waits: a file that a decoder does not take is missing there, and reported by it."""

    def __init__(self) -> None:
        """Raises OSError, and Fault(COMPONENT_MISSING) where no way is known (Windows)."""
        self._ours, self._theirs = _socket_pair()
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
            fd = _open(path)
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
            _send_fds(self._ours, number.to_bytes(_WORD_BYTES), fds)


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
                word, fds = _receive_fd(self._socket)
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
