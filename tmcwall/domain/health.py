"""A tile's truth: which state its picture is in, from ages, faults and plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tmcwall.domain.fault import FaultCode


class TileState(StrEnum):
    """Nothing but LIVE may look live."""

    CONNECTING = "connecting"
    LIVE = "live"
    REDUCED = "reduced"
    STALE = "stale"
    LOST = "lost"
    FROZEN = "frozen"
    BLACK = "black"
    MOVED = "moved"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"
    QUARANTINED = "quarantined"
    OUTAGE = "outage"
    PAUSED = "paused"
    OFF = "off"


class Plan(StrEnum):
    """How much of a stream is decoded."""

    FULL = "full"
    NO_DEBLOCK = "no-deblock"
    KEY_FRAMES = "key-frames"
    PAUSED = "paused"


class PlanReason(StrEnum):
    """Why a stream has its plan."""

    SEEN = "seen"
    """It is visible, and the machine can afford all of it."""
    HIDDEN = "hidden"
    """No tile of it can be seen."""
    BUSY = "busy"
    """The machine cannot decode everything, and other tiles come first."""


@dataclass(frozen=True, slots=True)
class Limits:
    """When a picture stops being live. Tests shorten these by constructor argument."""

    stale_s: float = 2.0
    stale_intervals: float = 3.0
    lost_s: float = 8.0
    frozen_s: float = 10.0
    black_s: float = 20.0
    moved_s: float = 20.0
    reduced_fps: float = 5.0


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a tile's stream at one moment. Ages in seconds; None means it never happened."""

    age_packet_s: float | None = None
    age_frame_s: float | None = None
    age_change_s: float | None = None
    frame_interval_s: float = 0.04
    """Of the camera."""
    decoded_fps: float | None = None
    """Pictures a second that were decoded lately; None before that is known."""
    plan: Plan = Plan.FULL
    fault: FaultCode | None = None
    black_s: float = 0.0
    """For how long it has shown nothing, dark or covered."""
    moved_s: float = 0.0
    """For how long it has shown another view than the camera's reference."""
    overloaded: bool = False
    """Whether the machine does not keep up: its pictures come late, or are left out."""
    quarantined: bool = False
    outage: bool = False
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state of a tile with the age of its picture and the cause of its trouble, if any."""

    state: TileState
    age_s: float | None = None
    cause: FaultCode | None = None


_REFUSALS = frozenset({
    FaultCode.UNAUTHORIZED, FaultCode.BASIC_AUTH_REFUSED, FaultCode.CREDENTIAL_TOO_LONG, FaultCode.ADDRESS_FORBIDDEN,
    FaultCode.REDIRECT_REFUSED, FaultCode.TLS_UNTRUSTED, FaultCode.CAMERA_BUSY, FaultCode.STREAM_NOT_FOUND,
    FaultCode.TRANSPORT_REFUSED,
})  # fmt: skip
_UNSUPPORTED = frozenset({
    FaultCode.CODEC_UNSUPPORTED, FaultCode.NO_VIDEO, FaultCode.NOT_A_CAMERA, FaultCode.PICTURE_TOO_LARGE,
    FaultCode.FILE_UNREADABLE, FaultCode.DECODER_CRASHED,
})  # fmt: skip


def judge(signs: Signs, limits: Limits) -> Verdict:
    """The one rule for what a tile may say. Order matters: what forbids looking comes before what has gone wrong."""
    age = signs.age_frame_s
    if not signs.wanted:
        return Verdict(TileState.OFF)
    if signs.quarantined:
        return Verdict(TileState.QUARANTINED)
    if signs.outage:
        return Verdict(TileState.OUTAGE, age)
    if signs.plan is Plan.PAUSED:
        return Verdict(TileState.PAUSED, age)
    stale_after_s = max(limits.stale_s, limits.stale_intervals * signs.frame_interval_s)
    if signs.plan is Plan.KEY_FRAMES and _arriving(signs, stale_after_s):
        stale_after_s = max(stale_after_s, limits.lost_s)
    if age is None or age > stale_after_s:
        return _without_fresh_picture(signs, limits, stale_after_s)
    if signs.black_s > limits.black_s:
        return Verdict(TileState.BLACK, signs.black_s)
    if signs.age_change_s is not None and signs.age_change_s > limits.frozen_s:
        return Verdict(TileState.FROZEN, signs.age_change_s)
    if signs.moved_s > limits.moved_s:
        return Verdict(TileState.MOVED, signs.moved_s)
    slow = signs.decoded_fps is not None and signs.decoded_fps < limits.reduced_fps
    if slow or signs.plan is Plan.KEY_FRAMES or signs.frame_interval_s > 1.0 / limits.reduced_fps:
        return Verdict(TileState.REDUCED, age)
    return Verdict(TileState.LIVE, age)


def _arriving(signs: Signs, stale_after_s: float) -> bool:
    """Whether the stream flows, so that it is we who leave pictures out.

    The engine says so only once a second: half as long again may pass.
    """
    return signs.age_packet_s is not None and signs.age_packet_s <= 1.5 * stale_after_s


def _without_fresh_picture(signs: Signs, limits: Limits, stale_after_s: float) -> Verdict:
    age = signs.age_frame_s
    if signs.fault in _REFUSALS:
        return Verdict(TileState.REFUSED, age, signs.fault)
    if signs.fault in _UNSUPPORTED:
        return Verdict(TileState.UNSUPPORTED, age, signs.fault)
    if age is None:
        return Verdict(TileState.LOST if signs.fault else TileState.CONNECTING, None, signs.fault)
    lost = age > max(limits.lost_s, stale_after_s)
    cause = signs.fault
    if cause is None and signs.age_packet_s is not None and signs.age_packet_s < stale_after_s:
        cause = FaultCode.MACHINE_BUSY if signs.overloaded else FaultCode.DECODER_LOST
    return Verdict(TileState.LOST if lost else TileState.STALE, age, cause)
