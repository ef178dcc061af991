"""Commands handed to the running program over its local endpoint, and what else may come there."""

from __future__ import annotations

import socket
import stat
import struct
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.paths import Paths
from tmcwall.services.future_dispatcher import in_thread
from tmcwall.services.handover import Endpoint, EndpointLimits, Request, Work, hand_over


class Add(Request, frozen=True):
    first: int
    second: int


class Unknown(Request, frozen=True):
    """A command of another version asks this."""


THREADS: list[str] = []


def adding(request: Add) -> Work:
    if request.first == 0:
        raise DomainError(DomainCode.NOT_ON_DUTY)

    def work() -> int:
        THREADS.append(threading.current_thread().name)
        if request.second == 0:
            raise Fault(FaultCode.VAULT_UNAVAILABLE, "no key")
        if request.second < 0:
            raise ZeroDivisionError
        return request.first + request.second

    return work


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    paths = Paths.under(tmp_path)
    paths.state.mkdir(mode=0o700)
    return paths


@pytest.fixture
def endpoint(paths: Paths, qtbot: object) -> Iterator[Endpoint]:
    endpoint = Endpoint(paths, {Add: adding}, limits=EndpointLimits(request_bytes=100, request_ms=300, conversations=2))
    endpoint.start()
    yield endpoint
    endpoint.stop()


@pytest.fixture
def asked(paths: Paths, qtbot: object) -> Callable[[Request], Future[int | None]]:
    """Asks as a command would, while the program's loop runs here."""

    def ask(request: Request) -> Future[int | None]:
        future = in_thread(lambda: hand_over(paths, request, int), name="command")
        qtbot.waitUntil(future.done)
        return future

    return ask


def spoken_to(paths: Paths, *parts: bytes) -> socket.socket:
    raw = socket.socket(socket.AF_UNIX)
    raw.connect(paths.endpoint)
    raw.setblocking(False)
    for part in parts:
        raw.send(part)
    return raw


def is_closed(raw: socket.socket) -> bool:
    try:
        return raw.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_a_request_is_carried_out_in_a_thread_and_its_reply_comes_back(endpoint, asked):
    assert asked(Add(2, 3)).result() == 5
    assert THREADS.pop() == "handed-over"


def test_without_a_running_program_nothing_is_handed_over(paths):
    assert hand_over(paths, Add(2, 3), int) is None


def test_the_socket_that_a_killed_program_left_is_noticed_and_taken_over(paths, asked, request):
    left = socket.socket(socket.AF_UNIX)
    left.bind(paths.endpoint)
    left.close()
    assert hand_over(paths, Add(2, 3), int) is None
    request.getfixturevalue("endpoint")
    assert asked(Add(2, 3)).result() == 5


def test_only_the_account_of_the_program_may_open_the_socket(endpoint, paths):
    assert stat.S_IMODE(Path(paths.endpoint).stat().st_mode) == 0o600


def test_a_stopped_program_leaves_no_socket(endpoint, paths):
    endpoint.stop()
    assert not Path(paths.endpoint).exists()


@pytest.mark.parametrize("request_", [Add(0, 1), Add(1, 0)])
def test_a_refusal_is_raised_where_the_command_is(endpoint, asked, request_):
    with pytest.raises((DomainError, Fault)) as refused:
        asked(request_).result()
    assert refused.value.code in {DomainCode.NOT_ON_DUTY, FaultCode.VAULT_UNAVAILABLE}


def test_a_request_that_the_program_does_not_know_is_not_taken_for_carried_out(endpoint, asked):
    with pytest.raises(Fault, match="program_silent"):
        asked(Unknown()).result()


def test_a_bug_in_the_program_is_logged_there_and_the_command_is_told_that_nothing_is_known(endpoint, asked, caplog):
    with pytest.raises(Fault, match="program_silent"):
        asked(Add(1, -1)).result()


@pytest.mark.parametrize(
    "content",
    [
        struct.pack(">I", 101),
        struct.pack(">I", 2**32 - 1) + b"{}",
        struct.pack(">I", 2) + b"{}",
        struct.pack(">I", 2) + b"{}garbage",
        struct.pack(">I", 4) + b"\xff\xfe\x00\x01",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"x" * 200,
        struct.pack(">I", 5) + b"[[[[[",
    ],
)
def test_what_is_no_request_ends_its_connection_and_not_the_endpoint(endpoint, paths, asked, qtbot, content):
    raw = spoken_to(paths, content)
    qtbot.waitUntil(lambda: is_closed(raw))
    raw.close()
    assert asked(Add(2, 3)).result() == 5


def test_a_request_may_come_byte_by_byte(endpoint, paths, qtbot):
    content = b'{"type":"Add","first":2,"second":3}'
    raw = spoken_to(paths)
    for byte in struct.pack(">I", len(content)) + content:
        raw.send(bytes([byte]))
    received = bytearray()

    def is_answered() -> bool:
        try:
            received.extend(raw.recv(1000))
        except BlockingIOError:
            return False
        return received.endswith(b'"reply":5}')

    qtbot.waitUntil(is_answered)
    raw.close()


def test_who_does_not_finish_a_request_in_time_is_dropped(endpoint, paths, qtbot):
    raw = spoken_to(paths, struct.pack(">I", 20) + b"{")
    qtbot.waitUntil(lambda: is_closed(raw))
    raw.close()


def test_of_too_many_connections_the_last_ones_are_dropped(endpoint, paths, qtbot):
    several = [spoken_to(paths) for _ in range(3)]
    qtbot.waitUntil(lambda: is_closed(several[2]))
    for raw in several:
        raw.close()
