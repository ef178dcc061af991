"""A tile's truth: which state its picture is in, from ages, faults and plan."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tmcwall.domain.fault import FaultCode


class TileState(StrEnum):
    """Nothing but LIVE may look live."""

    CONNECTING = "connecting"
    BUILDING = "building"
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


class DecodePlan(StrEnum):
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
    building_s: float = 60.0
    reduced_fps: float = 5.0


@dataclass(frozen=True, slots=True)
class TileObservation:
    """What is known of a tile's stream at one moment. Ages in seconds; None means it never happened."""

    age_packet_s: float | None = None
    age_frame_s: float | None = None
    age_change_s: float | None = None
    frame_interval_s: float = 0.04
    """Of the camera."""
    decoded_fps: float | None = None
    """Pictures a second that were decoded lately; None before that is known."""
    plan: DecodePlan = DecodePlan.FULL
    fault: FaultCode | None = None
    waits_for_key: bool = False
    """Whether its pictures come, and none that decoding can begin with."""
    black_s: float = 0.0
    """For how long it has shown nothing, dark or covered."""
    moved_s: float = 0.0
    """For how long it has shown another view than the camera's reference."""
    building_s: float | None = None
    """For how long pictures have been decoded of which none was whole: they are built up bit by bit."""
    overloaded: bool = False
    """Whether the machine does not keep up: its pictures come late, or are left out."""
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class TileStatus:
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


def judge(observation: TileObservation, limits: Limits) -> TileStatus:
    """The one rule for what a tile of a camera that is in use may say (`domain.lifecycle` knows which are).

    Order matters: what was asked for comes before what has gone wrong.
    """
    age = observation.age_frame_s
    if not observation.wanted:
        return TileStatus(TileState.OFF)
    if observation.plan is DecodePlan.PAUSED:
        return TileStatus(TileState.PAUSED, age)
    stale_after_s = max(limits.stale_s, limits.stale_intervals * observation.frame_interval_s)
    if observation.plan is DecodePlan.KEY_FRAMES and _arriving(observation, stale_after_s):
        stale_after_s = max(stale_after_s, limits.lost_s)
    if age is None or age > stale_after_s:
        return _without_fresh_picture(observation, limits, stale_after_s)
    if observation.black_s > limits.black_s:
        return TileStatus(TileState.BLACK, observation.black_s)
    if observation.age_change_s is not None and observation.age_change_s > limits.frozen_s:
        return TileStatus(TileState.FROZEN, observation.age_change_s)
    if observation.moved_s > limits.moved_s:
        return TileStatus(TileState.MOVED, observation.moved_s)
    slow = observation.decoded_fps is not None and observation.decoded_fps < limits.reduced_fps
    if slow or observation.plan is DecodePlan.KEY_FRAMES or observation.frame_interval_s > 1.0 / limits.reduced_fps:
        return TileStatus(TileState.REDUCED, age)
    return TileStatus(TileState.LIVE, age)


def _arriving(observation: TileObservation, stale_after_s: float) -> bool:
    """Whether the stream flows, so that it is we who leave pictures out.

    The engine says so only once a second: half as long again may pass.
    """
    return observation.age_packet_s is not None and observation.age_packet_s <= 1.5 * stale_after_s


def _without_fresh_picture(observation: TileObservation, limits: Limits, stale_after_s: float) -> TileStatus:
    age = observation.age_frame_s
    if observation.fault in _REFUSALS:
        return TileStatus(TileState.REFUSED, age, observation.fault)
    if observation.fault in _UNSUPPORTED:
        return TileStatus(TileState.UNSUPPORTED, age, observation.fault)
    if observation.fault is None and observation.building_s is not None:
        if observation.building_s <= limits.building_s:
            return TileStatus(TileState.BUILDING, age)
        return TileStatus(TileState.LOST, age, FaultCode.NO_KEY_FRAME)
    if observation.fault is FaultCode.CAMERA_PREPARING and age is None:
        return TileStatus(TileState.CONNECTING, None, observation.fault)
    if observation.waits_for_key and observation.fault is None:
        return TileStatus(TileState.CONNECTING, age, FaultCode.NO_KEY_FRAME)
    if age is None:
        return TileStatus(TileState.LOST if observation.fault else TileState.CONNECTING, None, observation.fault)
    lost = age > max(limits.lost_s, stale_after_s)
    cause = observation.fault
    if cause is None and observation.age_packet_s is not None and observation.age_packet_s < stale_after_s:
        cause = FaultCode.MACHINE_BUSY if observation.overloaded else FaultCode.DECODER_LOST
    return TileStatus(TileState.LOST if lost else TileState.STALE, age, cause)
