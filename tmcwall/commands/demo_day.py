"""The demo's day: what the city's partners report and which cameras go dark, played in step with a clock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import httpx2

from tmcwall.domain.clock import Clock
from tmcwall.intake.webhook import SIGNATURE_HEADER, SOURCE_HEADER, TIMESTAMP_HEADER, sign_with_time

_DARK_S: Final = 3600
"""Longer than any day is played; `clear` ends it."""


class Post(Protocol):
    """A call to the server: `route` stands under `/api/v1/webhooks/`."""

    @property
    def route(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def body(self) -> bytes: ...


class Step(Protocol):
    """What happens `at_s` seconds after the day began. `event` is a word of `texts.demo.DAY`."""

    @property
    def event(self) -> str: ...
    @property
    def at_s(self) -> float: ...
    @property
    def posts(self) -> Callable[[], Sequence[Post]]:
        """The calls as they are made now."""
        ...

    @property
    def dark(self) -> Sequence[str]:
        """Cameras that go dark."""
        ...

    @property
    def back(self) -> Sequence[str]:
        """Cameras that come back."""
        ...


class Stage(Protocol):
    """Where a day is played."""

    def post(self, post: Post) -> None: ...
    def order_city(self, line: str) -> None:
        """A line of what `tmcwall sim` takes from its standard input."""
        ...

    def tell(self, event: str, at_s: float) -> None: ...


def play(steps: Sequence[Step], stage: Stage, *, speed: float, clock: Clock, ended: threading.Event) -> bool:
    """Play the steps, `speed` times as fast as they happen; False if `ended` was set before the last."""
    began_ns = clock.monotonic_ns()
    for step in steps:
        gone_s = (clock.monotonic_ns() - began_ns) / 1e9
        if ended.wait(max(0.0, step.at_s / speed - gone_s)):
            return False
        stage.tell(step.event, step.at_s)
        for camera in step.dark:
            stage.order_city(f"fault {camera} drop:{_DARK_S}")
        for camera in step.back:
            stage.order_city(f"clear {camera}")
        for post in step.posts():
            stage.post(post)
    return True


def post_signed(
    server: str, route: str, body: bytes, *, source: str, secret: str, clock: Clock, content_type: str
) -> None:
    """Call a webhook of the server as a partner does. Raises httpx2.HTTPError."""
    stamp = str(int(clock.utc().timestamp()))
    headers = {
        TIMESTAMP_HEADER: stamp,
        SIGNATURE_HEADER: sign_with_time(body, secret.encode(), timestamp=stamp),
        SOURCE_HEADER: source,
        "Content-Type": content_type,
    }
    with httpx2.Client(timeout=10.0) as client:
        client.post(f"{server}/api/v1/webhooks/{route}", content=body, headers=headers).raise_for_status()
