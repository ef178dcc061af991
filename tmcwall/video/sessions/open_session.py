"""Which kind of session a camera's address asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import Carrier, TransportPreference, is_compat
from tmcwall.net.reach import address_of
from tmcwall.rtsp.auth import Scheme
from tmcwall.video.ipc.camera_clock import CameraClock
from tmcwall.video.ipc.messages import StreamUrl
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.compat_session import CompatSession
from tmcwall.video.sessions.context import SessionContext
from tmcwall.video.sessions.reconnect import ResumePoint
from tmcwall.video.sessions.rtsp_session import RtspSession
from tmcwall.video.sessions.stream_format import StreamFormat


class StreamSession(Protocol):
    """One connection to one stream. `run` always ends with a Fault, or by cancellation."""

    @property
    def clock_offset_ms(self) -> int | None: ...

    @property
    def camera_clock(self) -> CameraClock | None: ...

    @property
    def frame_interval_s(self) -> float: ...

    @property
    def behind_s(self) -> float: ...

    @property
    def oddities(self) -> Mapping[Oddity, int]: ...

    @property
    def carrier(self) -> Carrier: ...

    @property
    def login(self) -> Scheme | None: ...

    async def open(self) -> None: ...

    async def run(self) -> None: ...

    async def close(self) -> None: ...


def session_of(
    source: StreamUrl,
    context: SessionContext,
    *,
    opened: Callable[[StreamFormat], None],
    received: Callable[[TimedUnit], None],
    camera: str = "",
    small: bool = False,
    resume_point: ResumePoint | None = None,
    compat: bool = False,
) -> StreamSession:
    """RTSP, with what is known of how `camera` sends, or by FFmpeg where it is marked `compat` or that is asked for; or
    HLS and FLV over HTTP: of several variants there a `small` one, and nothing before the bookmark.

    Raises Fault(NOT_A_CAMERA) for an address that is neither.
    """
    if is_web(source.url):
        # An engine that takes a lost one's place has no time for what few cameras need.
        from tmcwall.video.sessions.web_session import WebSession  # noqa: PLC0415 - as above

        return WebSession(
            source,
            context,
            opened=opened,
            received=received,
            camera=camera,
            small=small,
            resume_point=resume_point,
        )
    if compat or source.transport is TransportPreference.COMPAT or is_compat(source.url):
        return CompatSession(source, context, opened=opened, received=received, camera=camera)
    return RtspSession(source, context, opened=opened, received=received, camera=camera)


def is_web(url: str) -> bool:
    """Whether a camera is reached over HTTP. Raises Fault(NOT_A_CAMERA)."""
    return address_of(url).scheme in {"http", "https"}
