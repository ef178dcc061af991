"""Logging: facts with ids, at the level of their effect, never a credential, never a storm.

Modules take `get_logger(__name__)` (libraries come through the standard `logging`). The event is a fixed sentence; what
varies goes into fields. A `LogBook` is opened once in a process, at its entry.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import logging.handlers
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TextIO, cast
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.domain.source import redact

REDACTED: Final = "***"
LARGEST_FILE_BYTES: Final = 5 * 1024 * 1024
KEPT_FILES: Final = 5
LINES_A_MINUTE: Final = 10
"""Per cause (faults.md U16): the same event with the same cause."""

_SHORTEST_SECRET: Final = 4
"""Shorter ones would blot out half of every line; they are still hidden by key and in URLs."""

_SECRET_KEY: Final = re.compile(r"pass(word|wd|phrase)?$|^pwd$|token|secret|authorization|credential", re.IGNORECASE)
_SECRET_HEADER: Final = re.compile(r"\b(Authorization|Proxy-Authorization|Cookie)(\s*[:=]\s*)[^\r\n]+", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

_CHATTY: Final = ("httpx2", "httpcore2", "alembic", "asyncio")
"""Libraries that tell every request at info; the addresses in it are nobody's news."""


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
        return _without_telling_places(self.known(text))

    def known(self, text: str) -> str:
        """The text without the secrets that were added. A search for each: quicker than one pattern of thousands."""
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, REDACTED)
        return text


def _redacted(value: object, clean: Callable[[str], str]) -> object:
    """A value of a log line with its texts cleaned and telling keys emptied; containers are copied."""
    match value:
        case str():
            return clean(value)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {
                str(key): REDACTED if _SECRET_KEY.search(str(key)) else _redacted(item, clean)
                for key, item in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [_redacted(item, clean) for item in value]
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case _:
            return clean(str(value))


def _without_telling_places(text: str) -> str:
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
        folder: Path,
        *,
        process: str = "tmcwall",
        level: str = "info",
        console: TextIO | None = None,
        redaction: Redaction | None = None,
        clock: Clock | None = None,
        largest_file_bytes: int = LARGEST_FILE_BYTES,
        lines_a_minute: int = LINES_A_MINUTE,
    ) -> None:
        """JSON lines go to `<folder>/<process>.jsonl`, crashes of C code to `<process>.crash.txt` there.

        `console` gets warnings and worse in one short line each, never a traceback; None for children, whose parent
        owns the terminal. Raises OSError if the folder cannot be written.
        """
        super().__init__(level.upper())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.redaction = redaction or Redaction()
        self.path = folder / f"{process}.jsonl"
        self._clock = clock or SystemClock()
        self._limit = RepeatLimit(self._clock, lines=lines_a_minute)
        self._outputs = [self._file(largest_file_bytes), *([self._screen(console)] if console else [])]
        self._crashes = (folder / f"{process}.crash.txt").open("a", encoding="utf-8")
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

    def _file(self, largest_bytes: int) -> logging.Handler:
        output = _QuietFile(self.path, maxBytes=largest_bytes, backupCount=KEPT_FILES, encoding="utf-8")
        output.setFormatter(self._formatter(structlog.processors.format_exc_info, self._hide, _as_json))
        return output

    def _screen(self, stream: TextIO) -> logging.Handler:
        output = _QuietStream(stream)
        output.setLevel(logging.WARNING)
        output.setFormatter(self._formatter(_without_traceback, self._hide, _as_line))
        return output

    def _formatter(self, *last: Processor) -> logging.Formatter:
        return _RedactedFormatter(
            self.redaction,
            processors=[
                self._stamp,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                _count_held,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *last,
            ],
        )

    def _stamp(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["at"] = self._clock.utc().isoformat(timespec="milliseconds")
        return event

    def _hide(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return cast("EventDict", _redacted(event, self.redaction.text))  # a mapping comes back as one


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log.warning("camera lost", camera=camera_id, cause=fault.code)`.

    Needs no set-up before: until a LogBook runs, the standard library shows warnings and worse on stderr.
    """
    return cast(  # structlog gives Any: the class is the one named here
        "structlog.stdlib.BoundLogger",
        structlog.wrap_logger(
            logging.getLogger(name),
            processors=[
                structlog.stdlib.filter_by_level,
                structlog.contextvars.merge_contextvars,
                _hide,
                structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
            ],
            wrapper_class=structlog.stdlib.BoundLogger,
            context_class=dict,
            cache_logger_on_first_use=False,
        ),
    )


class _QuietFile(logging.handlers.RotatingFileHandler):
    """A full disk costs log lines, never a traceback on the screen or the operation that wanted to log."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """Nothing can be said where nothing can be written."""


class _QuietStream(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library's name
        """A closed terminal is no fault of the program."""


class _RedactedFormatter(structlog.stdlib.ProcessorFormatter):
    """Looks once more over the finished line for secrets that are known."""

    def __init__(self, redaction: Redaction, *, processors: list[Processor]) -> None:
        super().__init__(processors=processors)
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Every line comes through here last, whatever the processors made of it."""
        return self._redaction.known(super().format(record))


def _cause(record: logging.LogRecord) -> tuple[object, ...]:
    """What counts as the same line: where it was said, the sentence, and its cause, not the camera it is about."""
    if isinstance(record.msg, dict):
        event = record.msg
        return (record.name, record.levelno, event.get("event"), event.get("cause"))
    return (record.name, record.levelno, str(record.msg))


def _hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return cast("EventDict", _redacted(event, _without_telling_places))  # a mapping comes back as one


def _count_held(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    held = getattr(event["_record"], "held_back", 0)
    if held:
        event["held_back"] = held
    return event


def _without_traceback(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    return event


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """One line of ASCII: line feeds, terminal codes and bidirectional marks arrive escaped (faults.md A15)."""
    first = {key: event.pop(key) for key in ("at", "level", "logger", "event") if key in event}
    return json.dumps({**first, **event}, ensure_ascii=True, separators=(",", ":"))


def _as_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    fields = {key: value for key, value in event.items() if key not in {"at", "level", "logger", "event"}}
    text = f"{event['level']}: {event['event']}" + "".join(f" {key}={value}" for key, value in fields.items())
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        get_logger(__name__).critical("bug: uncaught exception", kind=kind.__name__, exc_info=(kind, error, trace))


def _log_uncaught_in_thread(hook: threading.ExceptHookArgs) -> None:
    if hook.exc_value is not None and not issubclass(hook.exc_type, SystemExit):
        get_logger(__name__).critical(
            "bug: uncaught exception in a thread",
            kind=hook.exc_type.__name__,
            thread=hook.thread.name if hook.thread else "",
            exc_info=(hook.exc_type, hook.exc_value, hook.exc_traceback),
        )


def _log_unraisable(hook: sys.UnraisableHookArgs) -> None:
    error = hook.exc_value
    get_logger(__name__).error(
        "bug: exception that could not be raised",
        kind=hook.exc_type.__name__,
        place=repr(hook.object),
        exc_info=(hook.exc_type, error, hook.exc_traceback) if error is not None else None,
    )
