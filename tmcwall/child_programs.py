"""Other processes of this same program: started as a user would start them, and ended."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Final, Self

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.stop_signals import ask_to_end

_READY: Final = "ready "
_START_S: Final = 60.0
_STOP_S: Final = 3.0


def program(*words: str) -> list[str]:
    """The command line that runs this same program with other words."""
    own = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "tmcwall"]
    return [*own, *words]


class Child:
    """A process of ours that says `ready ...` when it serves. As a context it ends with the block.

    Its standard input stays open as long as this process lives: a child that ends with that is never left behind.
    """

    def __init__(self, words: Sequence[str], *, said: Callable[[str], None] = lambda _line: None) -> None:
        """`said` gets every other line, in a thread of this object."""
        self._said = said
        self._process = subprocess.Popen(
            program(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._name = words[0]
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name=f"child-{words[0]}", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_ready(self) -> str:
        """What follows `ready`. Raises Fault(COMPONENT_MISSING) if it ends or says nothing in time."""
        with contextlib.suppress(queue.Empty):
            line = self._lines.get(timeout=_START_S)
            if line:
                return line
        self.stop()
        raise Fault(FaultCode.COMPONENT_MISSING, f"{self._name} did not start ({self._process.returncode})")

    def tell(self, line: str) -> None:
        """Write a line to its standard input; nobody reads it if the process has ended."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def ask_to_stop(self) -> None:
        ask_to_end(self._process)

    def stop(self) -> None:
        """Ask, wait, then kill; returns when it has ended."""
        self.ask_to_stop()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(_READY):
                self._lines.put(line.removeprefix(_READY).strip())
            else:
                self._said(line.rstrip("\n"))
        self._lines.put("")
