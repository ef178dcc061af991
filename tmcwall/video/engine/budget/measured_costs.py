"""What a picture takes by the reports of decoders, kept from second to second."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from tmcwall.domain.health import DecodePlan
from tmcwall.video.engine.budget import workload
from tmcwall.video.engine.budget.decodings import Decoding, Place
from tmcwall.video.ipc.messages import DecodedReport
from tmcwall.video.sessions.access_unit_source import StreamKey

ALL_PICTURES: Final = frozenset({DecodePlan.FULL, DecodePlan.NO_DEBLOCK})
_WHOLE_SECOND: Final = 0.5
"""Of the pictures that a second should bring: with fewer, those of another plan are among them."""
_KEPT: Final = 0.7
"""Of what was measured before, when a new measurement comes."""


class MeasuredCosts:
    """The processor time of a picture of every stream, and which streams give all their pictures now."""

    def __init__(self) -> None:
        self._measured: dict[StreamKey, workload.Measured] = {}
        """Of streams that gave all pictures."""
        self._key_frames: dict[StreamKey, workload.Measured] = {}
        """Of streams that give key frames: a first guess, where nothing better is known."""
        self._decoded: dict[Place, int] = {}
        """Pictures up to the last second."""
        self._flowing: set[Place] = set()

    def learn(self, decodings: Iterable[Decoding], *, fps: Callable[[StreamKey], float]) -> None:
        """Note what the last second's pictures took; forget streams that are gone. `fps` are to be expected of one."""
        measured, key_frames, decoded, flowing = {}, {}, {}, set()
        for decoding in decodings:
            key, report, plan = decoding.key, decoding.report, decoding.stream_plan.plan
            place = (key, decoding.decoder)
            before = self._measured.get(key)
            if before is not None:
                measured[key] = before
            if report is None:
                continue
            decoded[place] = report.frames_decoded
            pictures = report.frames_decoded - self._decoded.get(place, 0)
            if plan in ALL_PICTURES and pictures >= _WHOLE_SECOND * fps(key):
                flowing.add(place)
            if pictures <= 0 or not report.picture_us:
                continue
            if plan is DecodePlan.KEY_FRAMES:
                key_frames[key] = _measured(report, plan)
            elif place in flowing:
                measured[key] = _mean(before, _measured(report, plan))
        self._measured = measured
        self._key_frames = key_frames or self._key_frames
        self._decoded = decoded
        self._flowing = flowing

    def flows(self, place: Place) -> bool:
        """Whether it gave all pictures in the last second: after a change of plan it begins with its next key frame."""
        return place in self._flowing

    def pixel_s(self) -> float:
        """Processor time of a pixel where nothing was measured."""
        return workload.pixel_seconds(self._measured.values() or self._key_frames.values())

    def decode_s(self, key: StreamKey, *, pixels: int, pixel_s: float) -> float:
        """Processor time of a picture of that size; `pixel_s` as of a stream that was not measured at it."""
        known = self._measured.get(key)
        return known.decode_s if known is not None and known.pixels == pixels else pixels * pixel_s


def _measured(report: DecodedReport, plan: DecodePlan) -> workload.Measured:
    return workload.Measured(report.width * report.height, workload.decode_seconds(plan, report.picture_us / 1e6))


def _mean(before: workload.Measured | None, now: workload.Measured) -> workload.Measured:
    if before is None or before.pixels != now.pixels:
        return now
    return replace(now, decode_s=_KEPT * before.decode_s + (1 - _KEPT) * now.decode_s)
