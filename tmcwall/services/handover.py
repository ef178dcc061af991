"""Commands handed to the program that is running on the same data, which alone may change it then.

The program listens on a local socket (a named pipe on Windows) that only its own account of the system may open. One
connection carries one request and its reply, each JSON behind its length. A kind of request is one entry in a table:
its struct, and what handles it.
"""

from __future__ import annotations

import stat
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar, Union

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.log import get_logger
from tmcwall.paths import Paths
from tmcwall.services.future_dispatcher import FutureDispatcher, in_thread

log = get_logger(__name__)

T = TypeVar("T")

_LENGTH: Final = struct.Struct(">I")
_CONNECT_MS: Final = 2000
_TURN_MS: Final = 50


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True):
    """What a command asks of the running program. Each kind is a subclass, known by its name."""


Work = Callable[[], object]
"""Done in a thread of its own, where it may wait. What it gives is the reply; it may raise Fault and DomainError."""

Handlers = Mapping[type[Request], Callable[[Any], Work]]
"""What handles each kind of request. Called in the GUI thread, to look at who is on duty; raises DomainError to refuse.

`Any`: each takes the requests of its own kind, which a mapping cannot say.
"""


@dataclass(frozen=True, slots=True)
class EndpointLimits:
    """What a conversation may take."""

    request_bytes: int = 1024 * 1024
    reply_bytes: int = 128 * 1024 * 1024
    request_ms: int = 5000
    """From the connection to the whole request."""
    conversations: int = 8


class _Refusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Fault, or a DomainError where `fault` is false."""

    fault: bool
    code: str
    detail: str


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The reply itself, or why there is none."""

    refusal: _Refusal | None = None
    reply: msgspec.Raw = msgspec.Raw(b"null")


class Endpoint(QObject):
    """The running program's side. Nothing waits in the GUI thread; what is no request ends its connection."""

    def __init__(
        self,
        paths: Paths,
        handlers: Handlers,
        *,
        limits: EndpointLimits = EndpointLimits(),
        parent: QObject | None = None,
    ) -> None:
        """The store's lock is held: whatever lies at the endpoint was left by a program that was killed."""
        super().__init__(parent)
        self._name = paths.endpoint
        self._handlers = handlers
        # Union[...] of a tuple: there is no other way to write a union of what is known only now.
        self._decoder = msgspec.json.Decoder(Union[tuple(handlers)])  # noqa: UP007
        self._limits = limits
        self._open: set[_Conversation] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._take)

    def start(self) -> None:
        """Listen. Without an endpoint the program works all the same: commands say then that it is running."""
        QLocalServer.removeServer(self._name)
        if not self._server.listen(self._name):
            log.warning("commands cannot be handed over", cause=self._server.errorString())
        elif _is_file(self._name):
            Path(self._name).chmod(0o600)  # Qt leaves it executable, too

    def stop(self) -> None:
        """Whoever waits for a reply finds the connection closed."""
        self._server.close()
        for conversation in tuple(self._open):
            conversation.end()

    @Slot()
    def _take(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            if len(self._open) >= self._limits.conversations:
                socket.abort()
                socket.deleteLater()
                continue
            conversation = _Conversation(socket, self._work, limits=self._limits, parent=self)
            self._open.add(conversation)
            conversation.ended.connect(self._forget)
            conversation.start()

    def _work(self, content: bytes) -> Work:
        """What a request asks for. Raises msgspec.DecodeError for what is none, DomainError for one that is refused."""
        request = self._decoder.decode(content)
        log.info("command handed over", request=type(request).__name__)
        return self._handlers[type(request)](request)

    @Slot()
    def _forget(self) -> None:
        conversation = self.sender()
        self._open.discard(conversation)
        conversation.deleteLater()


class _Conversation(QObject):
    """One connection: a request comes in parts, its work is done in a thread, the reply goes out."""

    ended = Signal()

    def __init__(
        self,
        socket: QLocalSocket,
        work: Callable[[bytes], Work],
        *,
        limits: EndpointLimits,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        socket.setParent(self)
        self._socket = socket
        self._work = work
        self._limits = limits
        self._received = bytearray()
        self._asked = self._over = False
        self._futures = FutureDispatcher()
        self._impatience = QTimer(self, interval=limits.request_ms)
        self._impatience.setSingleShot(True)
        self._impatience.timeout.connect(self.end)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self.end, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        self._impatience.start()
        self._read()

    @Slot()
    def end(self) -> None:
        if self._over:
            return
        self._over = True
        self._impatience.stop()
        self._futures.close()
        self._socket.abort()
        self.ended.emit()

    @Slot()
    def _read(self) -> None:
        room = self._limits.request_bytes + _LENGTH.size - len(self._received) + 1
        self._received += self._socket.read(room).data()
        if self._asked or self._over or len(self._received) < _LENGTH.size:
            return
        length = _LENGTH.unpack_from(self._received)[0]
        if length > self._limits.request_bytes or len(self._received) > _LENGTH.size + length:
            self._drop("too long")
        elif len(self._received) == _LENGTH.size + length:
            self._carry_out(bytes(self._received[_LENGTH.size :]))

    def _carry_out(self, content: bytes) -> None:
        self._asked = True
        self._impatience.stop()
        try:
            work = self._work(content)
        except msgspec.DecodeError:
            self._drop("not understood")
        except (DomainError, Fault) as refusal:
            self._send(_encoded(_refusing(refusal)))
        else:
            answering = partial(_answer, work, largest=self._limits.reply_bytes)
            self._futures.expect(in_thread(answering, name="handed-over"), self._send)

    def _send(self, content: bytes) -> None:
        self._socket.write(_LENGTH.pack(len(content)) + content)
        self._socket.disconnectFromServer()  # once all is written; `disconnected` follows

    def _drop(self, why: str) -> None:
        log.warning("a request of a command was dropped", cause=why)
        self.end()


def _answer(work: Work, *, largest: int) -> bytes:
    """In a thread of its own."""
    try:
        content = _encoded(_Envelope(reply=msgspec.Raw(msgspec.json.encode(work()))))
    except (DomainError, Fault) as refusal:
        return _encoded(_refusing(refusal))
    except Exception:
        log.exception("a command that was handed over ended by a bug")
        return _encoded(_refusing(_silent("a bug; see the log")))
    if len(content) > largest:
        return _encoded(_refusing(_silent("the reply is too long")))
    return content


def _encoded(envelope: _Envelope) -> bytes:
    return msgspec.json.encode(envelope)


def _refusing(problem: DomainError | Fault) -> _Envelope:
    return _Envelope(_Refusal(isinstance(problem, Fault), problem.code, problem.detail))


def hand_over(
    paths: Paths,
    request: Request,
    reply: type[T],
    *,
    timeout_s: float = 300.0,
    limits: EndpointLimits = EndpointLimits(),
) -> T | None:
    """The running program's reply to a request; None if no program runs on this data. Waits.

    Raises what the program refused with (DomainError, Fault), and Fault(PROGRAM_SILENT) for one that does not answer
    within the time, ends meanwhile, or does not know the request.
    """
    if not _may_be_open(paths.endpoint):
        return None
    socket = QLocalSocket()
    socket.connectToServer(paths.endpoint)
    if not socket.waitForConnected(_CONNECT_MS):
        return None
    try:
        content = msgspec.json.encode(request)
        socket.write(_LENGTH.pack(len(content)) + content)
        end = time.monotonic() + timeout_s
        length = _LENGTH.unpack(_received(socket, _LENGTH.size, end=end))[0]
        if length > limits.reply_bytes:
            raise _silent("the reply is too long")
        envelope = _decoded(_received(socket, length, end=end), _Envelope)
    finally:
        socket.abort()
    if envelope.refusal is not None:
        raise _problem(envelope.refusal)
    return _decoded(envelope.reply, reply)


def _may_be_open(endpoint: str) -> bool:
    """Whether anything is there to connect to. On Windows only connecting tells."""
    if not _is_file(endpoint):
        return True
    try:
        return stat.S_ISSOCK(Path(endpoint).stat().st_mode)
    except OSError:
        return False


def _is_file(endpoint: str) -> bool:
    """Pipes of Windows have a name and no path."""
    return Path(endpoint).is_absolute()


def _received(socket: QLocalSocket, size: int, *, end: float) -> bytes:
    """Exactly so many bytes, before that moment of the monotonic clock."""
    while socket.bytesAvailable() < size:
        # In short turns: Python sees Ctrl+C only between them, for Qt keeps the interpreter while it waits.
        if socket.waitForReadyRead(_TURN_MS):
            continue
        gone = socket.state() is not QLocalSocket.LocalSocketState.ConnectedState
        if (gone and socket.bytesAvailable() < size) or time.monotonic() > end:
            raise _silent(socket.errorString())
    return bytes(socket.read(size).data())


def _decoded(content: bytes | msgspec.Raw, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise _silent("the reply is of another version") from error


def _problem(refusal: _Refusal) -> DomainError | Fault:
    try:
        if refusal.fault:
            return Fault(FaultCode(refusal.code), refusal.detail)
        return DomainError(DomainCode(refusal.code), refusal.detail)
    except ValueError:
        return _silent(refusal.code)


def _silent(detail: str) -> Fault:
    return Fault(FaultCode.PROGRAM_SILENT, detail, retryable=False)
