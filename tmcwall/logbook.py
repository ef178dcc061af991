"""The running log of a process: facts with ids, never a credential, never a storm.

A `LogBook` is opened once in a process, at its entry. It takes what `log.get_logger` says, whose message is a mapping,
and what comes through the standard `logging`. The engine opens one before it does anything for the officer, so that
this needs the standard library only.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import logging.handlers
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO, cast
from urllib.parse import quote

from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.source import redact
from tmcwall.private_files import append_private, make_private_folder

REDACTED: Final = "***"
LARGEST_FILE_BYTES: Final = 5 * 1024 * 1024
KEPT_FILES: Final = 5
"""Besides the one that is written: a process keeps 30 MiB of lines at most."""
LARGEST_CRASHES_BYTES: Final = 1024 * 1024
"""Of stacks that crashes of C code have left. What is larger is set aside at the next start, and one such file kept."""
LINES_A_MINUTE: Final = 10
"""Per cause (faults.md U16): the same event with the same cause."""

_SHORTEST_SECRET: Final = 4
"""Shorter ones would blot out half of every line; they are still hidden by key and in URLs."""

_SECRET_KEY: Final = re.compile(r"pass(word|wd|phrase)?$|^pwd$|token|secret|authorization|credential", re.IGNORECASE)
_SECRET_HEADER: Final = re.compile(r"\b(Authorization|Proxy-Authorization|Cookie)(\s*[:=]\s*)[^\r\n]+", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_NOT_IN_WORDS: Final = frozenset({"at", "level", "logger", "event", "exception"})

_CHATTY: Final = ("httpx2", "httpcore2", "alembic", "asyncio")
"""Libraries that tell every request at info; the addresses in it are nobody's news."""

_log = logging.getLogger(__name__)


class ConsoleFormat(StrEnum):
    TEXT = "text"
    """For people: warnings and worse."""
    JSON = "json"
    """For a program that collects logs."""


class Redaction:
    """Takes credentials out of whatever is about to be written: URLs, telling keys, headers, and known secrets.

    `known` secrets are added while the program learns them (a vault that is opened, a token that arrives). Thread-safe.
    """

    def __init__(self) -> None:
        self._secrets: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def add(self, secrets: Iterable[str]) -> None:
        """Hide these values from now on, plain, percent-encoded and as JSON writes them."""
        spelled = {
            spelling
            for secret in secrets
            if len(secret) >= _SHORTEST_SECRET
            for spelling in (secret, quote(secret, safe=""), quote(secret), json.dumps(secret)[1:-1])
        }
        with self._lock:
            self._secrets = tuple(sorted(spelled.union(self._secrets), key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without any credential."""
        return without_telling_places(self.known(text))

    def known(self, text: str) -> str:
        """The text without the secrets that were added. A search for each: quicker than one pattern of thousands."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, REDACTED)
        return text


def redacted(value: object, clean: Callable[[str], str]) -> object:
    """A value of a log line with its texts cleaned and telling keys emptied; containers are copied."""
    match value:
        case str():
            return clean(value)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {
                str(key): REDACTED if _SECRET_KEY.search(str(key)) else redacted(item, clean)
                for key, item in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [redacted(item, clean) for item in value]
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case _:
            return clean(str(value))


def without_telling_places(text: str) -> str:
    """Without the credentials that URLs and headers carry."""
    if "://" in text or "=" in text:
        text = redact(text)
    return _SECRET_HEADER.sub(rf"\1\2{REDACTED}", text)


class RepeatLimit:
    """At most `lines` a minute with the same cause. What was held back is counted in the next line that passes."""

    def __init__(self, clock: Clock, *, lines: int = LINES_A_MINUTE, window_s: float = 60.0) -> None:
        self._clock = clock
        self._lines = lines
        self._window_ns = int(window_s * 1e9)
        self._windows: dict[tuple[object, ...], _Window] = {}
        self._lock = threading.Lock()

    def admit(self, cause: tuple[object, ...]) -> int | None:
        """How many lines of this cause were held back since the last that passed, or None to hold this one back."""
        now_ns = self._clock.monotonic_ns()
        with self._lock:
            window = self._windows.get(cause)
            if window is None or now_ns - window.opened_ns >= self._window_ns:
                held = window.held if window else 0
                if len(self._windows) > 1000:
                    self._forget_old(now_ns)
                self._windows[cause] = _Window(now_ns, passed=1)
                return held
            if window.passed < self._lines:
                window.passed += 1
                return 0
            window.held += 1
            return None

    def take_held(self) -> list[tuple[tuple[object, ...], int]]:
        """Causes with lines that were held back and not yet told, and how many; they count as told then."""
        with self._lock:
            told = [(cause, window.held) for cause, window in self._windows.items() if window.held]
            for window in self._windows.values():
                window.held = 0
        return told

    def _forget_old(self, now_ns: int) -> None:
        self._windows = {
            cause: window
            for cause, window in self._windows.items()
            if window.held or now_ns - window.opened_ns < self._window_ns
        }


@dataclass(slots=True)
class _Window:
    opened_ns: int
    passed: int
    held: int = 0


class LogBook(logging.Handler):
    """The running log of this process: one handler on the root logger, and the hooks for what nobody catches.

    Closing it takes the handler and every hook back out.
    """

    def __init__(
        self,
        folder: Path | None,
        *,
        process: str = "tmcwall",
        level: str = "info",
        console: TextIO | None = None,
        console_format: ConsoleFormat = ConsoleFormat.TEXT,
        redaction: Redaction | None = None,
        clock: Clock | None = None,
        largest_file_bytes: int = LARGEST_FILE_BYTES,
        lines_a_minute: int = LINES_A_MINUTE,
    ) -> None:
        """JSON lines go to `<folder>/<process>.jsonl`, crashes of C code to `<process>.crash.txt` there; None: nowhere.

        `console` gets warnings and worse in one short line each, never a traceback; or, as JSON, what the file gets.
        None for children, whose parent owns the terminal. Raises OSError if the folder cannot be written.
        """
        super().__init__(level.upper())
        self.redaction = redaction or Redaction()
        self._clock = clock or SystemClock()
        self._limit = RepeatLimit(self._clock, lines=lines_a_minute)
        self._outputs: list[logging.Handler] = [self._screen(console, console_format)] if console else []
        self._crashes: TextIO | None = None
        self.path: Path | None = None
        if folder is not None:
            make_private_folder(folder)
            self.path = folder / f"{process}.jsonl"
            self._outputs.insert(0, self._file(self.path, largest_file_bytes))
            self._crashes = _opened_crashes(folder / f"{process}.crash.txt")
        self._undo = ExitStack()
        self._attach(level.upper())

    def emit(self, record: logging.LogRecord) -> None:
        held = self._limit.admit(_cause(record))
        if held is None:
            return
        record.held_back = held
        self._write(record)

    def close(self) -> None:
        """Write what was held back and not yet told, and let go of everything."""
        for cause, held in self._limit.take_held():
            summary = logging.makeLogRecord({"name": __name__, "levelno": logging.INFO, "levelname": "INFO"})
            summary.msg, summary.held_back = "lines held back: %s", held
            summary.args = (" ".join(str(part) for part in cause if part),)
            self._write(summary)
        self._undo.close()
        for output in self._outputs:
            output.close()
        if self._crashes is not None:
            self._crashes.close()
        super().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _attach(self, level: str) -> None:
        root = logging.getLogger()
        self._undo.callback(root.setLevel, root.level)
        self._undo.callback(root.removeHandler, self)
        root.setLevel(level)
        root.addHandler(self)
        for name in _CHATTY:
            chatty = logging.getLogger(name)
            self._undo.callback(chatty.setLevel, chatty.level)
            chatty.setLevel(logging.WARNING)
        if self._crashes is not None:
            was_enabled = faulthandler.is_enabled()
            faulthandler.enable(self._crashes)
            self._undo.callback(faulthandler.enable if was_enabled else faulthandler.disable)
        self._undo.callback(setattr, sys, "excepthook", sys.excepthook)
        self._undo.callback(setattr, threading, "excepthook", threading.excepthook)
        self._undo.callback(setattr, sys, "unraisablehook", sys.unraisablehook)
        sys.excepthook = _log_uncaught
        threading.excepthook = _log_uncaught_in_thread
        sys.unraisablehook = _log_unraisable

    def _write(self, record: logging.LogRecord) -> None:
        for output in self._outputs:
            if record.levelno >= output.level:
                output.handle(record)

    def _file(self, path: Path, largest_bytes: int) -> logging.Handler:
        output = _QuietFile(path, maxBytes=largest_bytes, backupCount=KEPT_FILES, encoding="utf-8")
        output.setFormatter(_LineFormatter(self.redaction, self._clock, write=_as_json))
        return output

    def _screen(self, stream: TextIO, form: ConsoleFormat) -> logging.Handler:
        output = _QuietStream(stream)
        if form is ConsoleFormat.TEXT:
            output.setLevel(logging.WARNING)
        write = _as_words if form is ConsoleFormat.TEXT else _as_json
        output.setFormatter(_LineFormatter(self.redaction, self._clock, write=write))
        return output


class _QuietFile(logging.handlers.RotatingFileHandler):
    """A full disk costs log lines, never a traceback on the screen or the operation that wanted to log."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Nothing can be said where nothing can be written."""

    def close(self) -> None:
        """What a full disk did not take before it does not take now."""
        with suppress(OSError):
            super().close()

    def _open(self) -> TextIOWrapper:
        """Also at each turn of the files."""
        return append_private(Path(self.baseFilename))


class _QuietStream(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """A closed terminal is no fault of the program."""


class _LineFormatter(logging.Formatter):
    """A record as one line, which is looked over once more for secrets that are known."""

    def __init__(self, redaction: Redaction, clock: Clock, *, write: Callable[[dict[str, object]], str]) -> None:
        super().__init__()
        self._redaction = redaction
        self._clock = clock
        self._write = write

    def format(self, record: logging.LogRecord) -> str:
        """The time stands first; `exception` is the traceback, if there is one."""
        said = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        error = said.get("exc_info") or record.exc_info
        line: dict[str, object] = {
            "at": self._clock.utc().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": said.get("event"),
            **{name: value for name, value in said.items() if name != "exc_info"},
        }
        if held := getattr(record, "held_back", 0):
            line["held_back"] = held
        if error:
            line["exception"] = _trace(error)
        hidden = cast("dict[str, object]", redacted(line, self._redaction.text))  # a mapping comes back as one
        return self._redaction.known(self._write(hidden))


def _opened_crashes(path: Path) -> TextIO:
    if path.exists() and path.stat().st_size > LARGEST_CRASHES_BYTES:
        path.replace(path.with_suffix(".1.txt"))
    return append_private(path)


def _trace(error: object) -> str:
    """Of what the standard library takes as `exc_info`: True, an exception, or its three parts."""
    if isinstance(error, BaseException):
        return "".join(traceback.format_exception(error)).rstrip("\n")
    parts = error if isinstance(error, tuple) else sys.exc_info()
    return "".join(traceback.format_exception(*parts)).rstrip("\n")


def _cause(record: logging.LogRecord) -> tuple[object, ...]:
    """What counts as the same line: where it was said, the sentence, and its cause, not the camera it is about."""
    if isinstance(record.msg, dict):
        event = record.msg
        return (record.name, record.levelno, event.get("event"), event.get("cause"))
    return (record.name, record.levelno, str(record.msg))


def _as_json(line: dict[str, object]) -> str:
    """One line of ASCII: line feeds, terminal codes and bidirectional marks arrive escaped (faults.md A15)."""
    return json.dumps(line, ensure_ascii=True, separators=(",", ":"))


def _as_words(line: dict[str, object]) -> str:
    """Short, and never with a traceback."""
    fields = {name: value for name, value in line.items() if name not in _NOT_IN_WORDS}
    text = f"{line['level']}: {line['event']}" + "".join(f" {name}={value}" for name, value in fields.items())
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _log.critical({"event": "bug: uncaught exception", "kind": kind.__name__}, exc_info=(kind, error, trace))


def _log_uncaught_in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
        _log.critical(
            {
                "event": "bug: uncaught exception in a thread",
                "kind": hook.exc_type.__name__,
                "thread": hook.thread.name if hook.thread else "",
            },
            exc_info=(hook.exc_type, hook.exc_value, hook.exc_traceback),
        )


def _log_unraisable(hook: sys.UnraisableHookArgs) -> None:
    error = hook.exc_value
    _log.error(
        {
            "event": "bug: exception that could not be raised",
            "kind": hook.exc_type.__name__,
            "place": repr(hook.object),
        },
        exc_info=(hook.exc_type, error, hook.exc_traceback) if error is not None else None,
    )
