"""How server processes on one PostgreSQL tell each other that the order goes on.

NOTIFY is a hint only: "the newest place is N". It goes out after the commit, on a connection of its own, for it takes a
lock that all commits of the database wait for; and of many in short succession the newest only. One connection of each
process listens, and asks for the newest place itself every second, so that a hint that is lost costs a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Final

import psycopg

from tmcwall.log import get_logger
from tmcwall.server.database import Database

log = get_logger(__name__)

_CHANNEL: Final = "tmcwall_order"
_POLL_S: Final = 1.0
_LOOK_S: Final = 0.2
"""How long listening goes on before it is looked whether to stop."""
_BETWEEN_S: Final = 0.02
"""Hints of one process. Each is a commit, and work for every process that listens."""
_AGAIN_S: Final = 1.0
"""After a connection was lost."""
_STOP_S: Final = 1.0


class Hints:
    """Two threads, from `start` to `stop`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = threading.Condition()
        self._newest = 0
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, heard: Callable[[int], None]) -> None:
        """`heard` is called with each place that is told of, from a thread; the same place may come again."""
        # Daemons: one may be waiting for a database that does not answer when the process has to end.
        self._threads = [
            threading.Thread(target=self._talk, name="hints-told", daemon=True),
            threading.Thread(target=self._listen, args=(heard,), name="hints-heard", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def tell(self, sequence: int) -> None:
        """After the commit; from any thread. Waits for nothing."""
        with self._changed:
            if sequence > self._newest:
                self._newest = sequence
                self._changed.notify()

    def stop(self) -> None:
        self._stopping.set()
        with self._changed:
            self._changed.notify()
        for thread in self._threads:
            thread.join(_STOP_S)

    def _talk(self) -> None:
        told = 0
        while not self._stopping.is_set():
            try:
                with closing(self._database.connect_apart()) as connection:
                    while (newest := self._next(told)) is not None:
                        connection.execute("SELECT pg_notify(%s, %s)", (_CHANNEL, str(newest)))
                        told = newest
                        self._stopping.wait(_BETWEEN_S)
            except psycopg.Error as error:
                # What was not told is found by those who ask every second.
                self._wait_after(error, "hints_not_told")

    def _next(self, told: int) -> int | None:
        """The newest place once it is beyond that one; None to stop."""
        with self._changed:
            self._changed.wait_for(lambda: self._newest > told or self._stopping.is_set())
            return None if self._stopping.is_set() else self._newest

    def _listen(self, heard: Callable[[int], None]) -> None:
        while not self._stopping.is_set():
            try:
                with closing(self._database.connect_apart()) as connection:
                    connection.execute(f"LISTEN {_CHANNEL}")
                    self._hear(connection, heard)
            except psycopg.Error as error:
                self._wait_after(error, "hints_not_heard")

    def _hear(self, connection: psycopg.Connection, heard: Callable[[int], None]) -> None:
        ask_at_s = 0.0
        while not self._stopping.is_set():
            if time.monotonic() >= ask_at_s:
                row = connection.execute("SELECT last_sequence FROM operation_order").fetchone()
                if row is not None:
                    heard(row[0])
                ask_at_s = time.monotonic() + _POLL_S
            for hint in connection.notifies(timeout=_LOOK_S, stop_after=1):
                if hint.payload.isdecimal():
                    heard(int(hint.payload))

    def _wait_after(self, error: psycopg.Error, event: str) -> None:
        if not self._stopping.is_set():
            log.warning(event, error=type(error).__name__)
        self._stopping.wait(_AGAIN_S)
