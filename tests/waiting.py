"""Waiting for what happens in another thread, task or process. With a Qt event loop, `qtbot.waitUntil` does it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 120.0
"""Of a test, for what takes a second or two on a machine that has nothing else to do."""
_LOOK_EVERY_S = 0.01


def until(condition: Callable[[], T], *, meanwhile: Callable[[], object] | None = None) -> T:
    """What `condition` gives once that is true; `meanwhile` is called between looks, to keep an event loop going."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        if meanwhile is not None:
            meanwhile()
        time.sleep(_LOOK_EVERY_S)
    return found


async def until_in_loop(condition: Callable[[], T]) -> T:
    """The same, while the other tasks of the running loop go on."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := condition()):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(_LOOK_EVERY_S)
    return found
