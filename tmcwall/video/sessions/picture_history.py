"""How often a camera sends pictures, and among them key pictures; and how long one may therefore be waited for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tmcwall.domain.fault import FaultCode
from tmcwall.video.ipc.messages import StreamUrl

_INTERVALS: Final = 3.5
"""A stream that sends nothing for so many of its own intervals has stopped."""
_KEY_INTERVALS: Final = 2.5
LONGEST_SILENCE_S: Final = 60.0
"""However slow a camera is, or as long as nothing is known of it but that its session lives."""
_SILENCES: Final = frozenset({FaultCode.STREAM_STALLED, FaultCode.NO_MEDIA})


@dataclass(frozen=True, slots=True)
class PictureRhythm:
    """What is known of one stream, in seconds; None as long as it is not."""

    picture_s: float | None = None
    """From one picture to the next."""
    key_s: float | None = None
    """From one key picture to the next."""
    patience_s: float = 0.0
    """After a silence that was taken for the end of a stream whose interval nobody knew: it may have been too short."""

    def silence_s(self, least_s: float, interval_s: float) -> float:
        """After how long without a picture a stream has stopped; `interval_s` is that of this connection so far."""
        own_s = _INTERVALS * max(interval_s, self.picture_s or 0.0)
        return max(least_s, min(max(own_s, self.patience_s), LONGEST_SILENCE_S))

    def key_wait_s(self, least_s: float) -> float:
        """How long a key picture is waited for while others come."""
        return max(least_s, _KEY_INTERVALS * (self.key_s or 0.0))


class PictureHistory:
    """For all streams of an engine, as long as it runs; each stream of a camera has its own."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], PictureRhythm] = {}

    def rhythm(self, camera: str, source: StreamUrl) -> PictureRhythm:
        return self._known.get((camera, source.url), PictureRhythm())

    def measured(
        self, camera: str, source: StreamUrl, *, picture_s: float | None = None, key_s: float | None = None
    ) -> None:
        """What a connection has shown; None where it has not."""
        known = self.rhythm(camera, source)
        if picture_s is not None:
            known = replace(known, picture_s=picture_s, patience_s=0.0)
        if key_s is not None:
            known = replace(known, key_s=key_s)
        self._known[camera, source.url] = known

    def ended(self, camera: str, source: StreamUrl, fault: FaultCode, *, least_s: float) -> None:
        """A connection ended with that fault. The next one is given twice as long where only the interval of a stream
        that nobody knows could tell whether it had stopped.
        """
        known = self.rhythm(camera, source)
        if fault in _SILENCES and known.picture_s is None:
            patience_s = min(2 * known.silence_s(least_s, 0.0), LONGEST_SILENCE_S)
            self._known[camera, source.url] = replace(known, patience_s=patience_s)
