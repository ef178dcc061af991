"""What Qt has running or open that a test should have ended: threads, timers and windows."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

_made: list[weakref.ref[QObject]] = []


def watch_qt() -> None:
    """From now on every QThread and QTimer that Python makes is noted."""
    for kind in (QThread, QTimer):
        kind.__init__ = _noting(kind.__init__)  # type: ignore[method-assign]  # there is no other way to see them all


def windows() -> set[int]:
    """The top-level widgets there are now."""
    return {id(widget) for widget in _top_level()}


def left_since(windows_before: set[int], *, given_ms: int = 30_000) -> list[str]:
    """What was made since the last look and still runs or stands there, in words.

    A thread that is about to end is given that long for it.
    """
    _delete_what_is_due()
    noted = [one for made in _made if (one := made()) is not None and isValid(one)]
    _made.clear()
    threads = [one for one in noted if isinstance(one, QThread) and not one.wait(given_ms)]
    timers = [one for one in noted if isinstance(one, QTimer) and one.isActive()]
    if timers or windows() - windows_before:
        del noted
        gc.collect()  # what only a circle of references keeps is nobody's
        _delete_what_is_due()
    open_windows = [widget for widget in _top_level() if id(widget) not in windows_before]
    return [
        *(f"thread {type(thread).__name__} {thread.objectName()}" for thread in threads),
        *(f"timer of {timer.parent()!r}, every {timer.interval()} ms" for timer in timers if isValid(timer)),
        *(f"window {type(widget).__name__} {widget.objectName()}" for widget in open_windows),
    ]


def _noting(init: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: QObject, *arguments: Any, **named: Any) -> None:  # noqa: N807 - it stands in its place
        init(self, *arguments, **named)
        _made.append(weakref.ref(self))

    return __init__


def _top_level() -> list[QWidget]:
    """Without those that belong to another widget, such as the list of a choice."""
    if not isinstance(QCoreApplication.instance(), QApplication):
        return []
    return [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]


def _delete_what_is_due() -> None:
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
