"""What is reported of a stream to the desktop program: the state of its session, and its decoders' reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.domain.health import DecodePlan, PlanReason
from tmcwall.video.engine.budget.plan import StreamPlan
from tmcwall.video.engine.stream_routing import Channel
from tmcwall.video.ipc.messages import SOFTWARE, OddityCount, StreamReport
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey

_LATE_S: Final = 0.5
"""From arrival to picture: no network and no camera explains that."""

_LEFT_OUT: Final = StreamPlan(DecodePlan.KEY_FRAMES, PlanReason.BUSY)


def stream_report(
    stream: AccessUnitSource, channels: Sequence[Channel], *, clock: Clock, recording: bool, turns: bool = False
) -> StreamReport:
    """Of a stream; `channels` are its decodings. Its own fault comes before a decoder's."""
    state = stream.state
    fault, detail = state.fault, state.detail
    broken = _broken(channels)
    if fault is None and broken is not None:
        fault, detail = broken.fault, broken.detail
    stream_plan = channels[0].stream_plan if channels else StreamPlan()
    return StreamReport(
        camera=stream.key.camera,
        profile=stream.key.profile,
        connected=state.connected,
        fault=fault,
        detail=detail,
        retry_in_s=stream.retry_in_s(),
        codec=state.codec,
        width=state.width,
        height=state.height,
        frames_received=state.frames_received,
        reconnects=state.reconnects,
        packets_lost=state.packets_lost,
        frame_interval_s=stream.frame_interval_s,
        behind_s=stream.behind_s,
        waits_for_key_since_s=state.waits_for_key_since_s or _channel_waits_since_s(channels, clock),
        key_interval_s=stream.key_interval_s,
        recording=recording,
        plan=stream_plan.plan,
        plan_reason=stream_plan.reason,
        overloaded=stream_plan == _LEFT_OUT or any(map(_is_late, channels)),
        clock_offset_ms=stream.clock_offset_ms,
        position_s=stream.position_s,
        device=_device(channels),
        fell_back=any(channel.report is not None and channel.report.fell_back for channel in channels),
        view_checked=not turns,
        session=state.session.kind,
        session_cause=state.session.cause,
        way=state.way,
        relay_fault=state.relay_fault,
        oddities=tuple(OddityCount(oddity, count) for oddity, count in stream.oddities.most_common()),
    )


def file_report(key: StreamKey, channels: Sequence[Channel]) -> StreamReport:
    """A file is read by its decoder: all that is known of it is in the decoder's reports."""
    broken = _broken(channels)
    report = next((channel.report for channel in channels if channel.report is not None), None)
    return StreamReport(
        camera=key.camera,
        profile=key.profile,
        connected=report is not None and broken is None,
        fault=broken.fault if broken is not None else None,
        detail=broken.detail if broken is not None else "",
        width=report.width if report is not None else 0,
        height=report.height if report is not None else 0,
        frames_received=report.frames_decoded if report is not None else 0,
        position_s=report.position_s if report is not None else None,
        duration_s=report.duration_s if report is not None else None,
        device=_device(channels),
        fell_back=any(channel.report is not None and channel.report.fell_back for channel in channels),
    )


def _channel_waits_since_s(channels: Sequence[Channel], clock: Clock) -> float | None:
    """Since when a decoder waits that was opened in the middle of a GOP too long to be sent again."""
    since_ns = min((channel.waits_for_key_ns for channel in channels if channel.waits_for_key_ns), default=0)
    return clock.utc().timestamp() - (clock.monotonic_ns() - since_ns) / NS if since_ns else None


def _device(channels: Sequence[Channel]) -> str:
    """What decodes the stream; software as long as no decoder has reported."""
    return next((channel.report.device for channel in channels if channel.report is not None), SOFTWARE)


def _is_late(channel: Channel) -> bool:
    return channel.report is not None and channel.report.lag_s > _LATE_S


def _broken(channels: Sequence[Channel]) -> Channel | None:
    return next((channel for channel in channels if channel.fault is not None), None)
