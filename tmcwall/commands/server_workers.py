"""`tmcwall server run --workers N`: one parent that owns the port, and N processes that answer on it.

A worker is started as the engine is: this same program in another word. What it has to know comes over its standard
input, which stays open as long as the parent lives: with the parent's end the worker ends, too.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Final

from prometheus_client.multiprocess import mark_process_dead

from tmcwall.child_programs import program
from tmcwall.commands.server import ServerOptions, open_log
from tmcwall.commands.server_run import address_of, check_protection, say_line, serve
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.listening import handed_to, inherited_by_children, taken_over
from tmcwall.log import get_logger
from tmcwall.private_files import closing_to_others
from tmcwall.server.connections import listen
from tmcwall.server.counters import COUNTED_IN
from tmcwall.server.database import Database, check_database_url, database_exists
from tmcwall.server.signing_key import open_signing_key
from tmcwall.server.upkeep import open_secrets
from tmcwall.service_manager import ServiceManager
from tmcwall.stop_signals import ask_to_end, ignore_hang_up, stop_noticed

log = get_logger(__name__)

WORKER_PROCESS: Final = "server-worker"

_LOOK_S: Final = 0.1
_STOP_S: Final = 2.8
"""For all workers together, which take 2 s for requests under way."""
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 30.0
"""Before a worker that has ended is started again, doubled each time."""
_STEADY_S: Final = 60.0
"""A worker that has lived so long has no wait behind it."""
_ACCEPTED_AT_ONCE: Final = 4
_LENGTH: Final = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class _Orders:
    """What a worker is told."""

    options: ServerOptions
    number: int
    listener: int | bytes
    """A descriptor that it has inherited; on Windows the shared socket."""


def run_workers(options: ServerOptions, workers: int, *, say: Callable[[str], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT. Says `ready http://HOST:PORT` once all of them answer.

    Raises DomainError(DATABASE_NOT_SHARED) for a database of one process, and as `commands.server_run.run`.
    """
    if check_database_url(options.database_url).drivername == "sqlite":
        raise DomainError(DomainCode.DATABASE_NOT_SHARED)
    database_exists(options.database_url)  # what is another program's is refused before anything of it is changed
    listener = listen(options.host, options.port)
    manager = ServiceManager.from_environment()
    with (
        closing(listener),
        closing_to_others(options.private_places),
        tempfile.TemporaryDirectory(prefix="tmcwall-counts-") as counts,
    ):
        check_protection(options, listener)
        # Migrated, with its keys: what is wrong is said once, here.
        settings = options.settings()
        with closing(Database.open(settings.database)) as database:
            secret_box = open_secrets(database, settings.key_file)
            open_signing_key(database, secret_box, settings.key_file, now=SystemClock().utc())
        crew = [_Worker(options, number, listener, counts) for number in range(1, workers + 1)]
        log.info("started", process="server", workers=workers, address=address_of(options, listener))

        def say_ready() -> None:
            (say or say_line)(f"ready {address_of(options, listener)}")
            manager.ready()

        ignore_hang_up()  # workers see a new certificate by themselves
        with stop_noticed() as is_asked:
            try:
                _look_after(crew, is_asked, manager, on_ready=say_ready)
            finally:
                manager.stopping()
                _end(crew)


def work(words: Sequence[str]) -> int:
    """A worker's whole life. It takes no words: see `_Orders`."""
    del words
    orders = _read_orders()
    options = orders.options
    log_book = open_log(options, console=sys.stderr, process=f"server-{orders.number}")
    with log_book, closing(taken_over(orders.listener)) as listener:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
        serve(
            options,
            listener,
            on_ready=lambda: say_line("ready"),
            manager=ServiceManager(),  # which hears from the parent
            accepted_at_once=_ACCEPTED_AT_ONCE,
        )
    return 0


class _Worker:
    """A place in the crew: a process, or the wait until there is another."""

    def __init__(self, options: ServerOptions, number: int, listener: socket.socket, counts: str) -> None:
        """`counts`: the folder in which all workers count for `/metrics`."""
        self._options = options
        self._number = number
        self._listener = listener
        self._counts = counts
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._ready = threading.Event()
        self._wait_s = _FIRST_WAIT_S
        self._began_s = 0.0
        self._start_at_s = 0.0

    @property
    def is_ready(self) -> bool:
        return self._ready.is_set()

    def look_after(self) -> None:
        now_s = time.monotonic()
        if self._process is None:
            if now_s >= self._start_at_s:
                self._start()
        elif self._process.poll() is not None:
            if now_s - self._began_s >= _STEADY_S:
                self._wait_s = _FIRST_WAIT_S
            log.error("worker_ended", worker=self._number, code=self._process.returncode, again_s=self._wait_s)
            self._clear()
            self._start_at_s = now_s + self._wait_s
            self._wait_s = min(2 * self._wait_s, _LONGEST_WAIT_S)

    def ask_to_end(self) -> None:
        if self._process is not None:
            ask_to_end(self._process)

    def end(self, *, within_s: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(max(within_s, 0))
        except subprocess.TimeoutExpired:
            log.warning("worker_killed", worker=self._number)
            self._process.kill()
            self._process.wait()
        self._clear()

    def _start(self) -> None:
        self._began_s = time.monotonic()
        self._process = subprocess.Popen(
            program(WORKER_PROCESS),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=inherited_by_children(self._listener),
            env=os.environ | {COUNTED_IN: self._counts},
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="worker-ready", daemon=True)
        self._reader.start()
        content = pickle.dumps(_Orders(self._options, self._number, handed_to(self._listener, self._process.pid)))
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended already, which is noticed
            self._process.stdin.write(_LENGTH.pack(len(content)) + content)
            self._process.stdin.flush()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == b"ready":
                self._ready.set()

    def _close_input(self) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def _clear(self) -> None:
        assert self._process is not None
        assert self._reader is not None
        self._close_input()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        mark_process_dead(self._process.pid, self._counts)
        self._process = None


def _look_after(
    crew: Sequence[_Worker], is_asked: Callable[[], bool], manager: ServiceManager, *, on_ready: Callable[[], None]
) -> None:
    said, alive_at_s = False, 0.0
    while not is_asked():
        for worker in crew:
            worker.look_after()
        if not said and all(worker.is_ready for worker in crew):
            said = True
            on_ready()
        if manager.alive_every_s is not None and time.monotonic() >= alive_at_s:
            manager.alive()
            alive_at_s = time.monotonic() + manager.alive_every_s
        time.sleep(_LOOK_S)


def _end(crew: Sequence[_Worker]) -> None:
    ends_at_s = time.monotonic() + _STOP_S
    for worker in crew:
        worker.ask_to_end()
    for worker in crew:
        worker.end(within_s=ends_at_s - time.monotonic())


def _read_orders() -> _Orders:
    (length,) = _LENGTH.unpack(_read_exactly(_LENGTH.size))
    orders = pickle.loads(_read_exactly(length))  # noqa: S301 - from our own parent
    assert isinstance(orders, _Orders)
    return orders


def _read_exactly(length: int) -> bytes:
    content = b""
    while len(content) < length:
        part = os.read(sys.stdin.fileno(), length - len(content))
        if not part:
            raise EOFError("the parent has ended")
        content += part
    return content


def _end_with_parent() -> None:
    """Nothing more comes over the standard input; its end is the parent's, or the parent asks to end by it."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    signal.raise_signal(signal.SIGTERM)
