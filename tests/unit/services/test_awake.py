"""The display is held awake from start to stop, and a desktop that cannot do it does no harm."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from tmcwall.services.awake import keep_awake


class Desktop:
    def __init__(self, *, able: bool) -> None:
        self.able = able
        self.told: list[str] = []

    @contextmanager
    def lit(self) -> Iterator[Any]:
        self.told.append("held")
        yield SimpleNamespace(active=self.able, method="org.example" if self.able else None)
        self.told.append("let go")


def stopped() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def test_the_display_is_let_go_at_the_stop() -> None:
    desktop = Desktop(able=True)
    keep_awake(stopped(), lit=desktop.lit)
    assert desktop.told == ["held", "let go"]


def test_a_desktop_that_cannot_hold_it_is_said_in_the_log(caplog) -> None:
    keep_awake(stopped(), lit=Desktop(able=False).lit)
    assert "screen saver" in caplog.text
