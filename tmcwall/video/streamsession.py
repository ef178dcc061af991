"""Which kind of session a camera's address asks for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tmcwall.domain.address import AddressRule
from tmcwall.domain.clock import Clock
from tmcwall.domain.source import Carriage, is_compat
from tmcwall.video.carriers import Carriers
from tmcwall.video.compatsession import CompatSession
from tmcwall.video.link import address_of
from tmcwall.video.lookup import Resolver
from tmcwall.video.reconnect import Bookmark, Timing
from tmcwall.video.segments import CameraClock
from tmcwall.video.session import Session, StreamFormat
from tmcwall.video.timeline import TimedUnit
from tmcwall.video.trust import Trust
from tmcwall.video.wire import StreamUrl


class StreamSession(Protocol):
    """One connection to one stream. `run` always ends with a Fault, or by cancellation."""

    clock_offset_ms: int | None
    camera_clock: CameraClock | None

    @property
    def frame_interval_s(self) -> float: ...

    @property
    def behind_s(self) -> float: ...

    async def open(self) -> None: ...

    async def run(self) -> None: ...

    async def close(self) -> None: ...


def session_of(
    source: StreamUrl,
    *,
    clock: Clock,
    timing: Timing,
    buffer: memoryview,
    opened: Callable[[StreamFormat], None],
    received: Callable[[TimedUnit], None],
    allow_basic: bool = True,
    rule: AddressRule | None = None,
    trust: Trust | None = None,
    small: bool = False,
    bookmark: Bookmark | None = None,
    camera: str = "",
    carriers: Carriers | None = None,
    resolver: Resolver | None = None,
) -> StreamSession:
    """RTSP, with what `carriers` know of `camera`, or by FFmpeg where it is marked `compat`; or HLS and FLV over HTTP:
    of several variants there a `small` one, and nothing before the bookmark.

    Raises Fault(NOT_A_CAMERA) for an address that is neither.
    """
    if is_web(source.url):
        # An engine that takes a lost one's place has no time for what few cameras need.
        from tmcwall.video.websession import WebSession  # noqa: PLC0415 - as above

        return WebSession(
            source,
            clock=clock,
            timing=timing,
            opened=opened,
            received=received,
            allow_basic=allow_basic,
            rule=rule,
            trust=trust,
            small=small,
            bookmark=bookmark,
            resolver=resolver,
        )
    if source.transport is Carriage.COMPAT or is_compat(source.url):
        return CompatSession(
            source,
            clock=clock,
            timing=timing,
            opened=opened,
            received=received,
            allow_basic=allow_basic,
            rule=rule,
            trust=trust,
            resolver=resolver,
        )
    return Session(
        source,
        clock=clock,
        timing=timing,
        buffer=buffer,
        opened=opened,
        received=received,
        allow_basic=allow_basic,
        rule=rule,
        trust=trust,
        camera=camera,
        carriers=carriers,
        resolver=resolver,
    )


def is_web(url: str) -> bool:
    """Whether a camera is reached over HTTP. Raises Fault(NOT_A_CAMERA)."""
    return address_of(url).scheme in {"http", "https"}
