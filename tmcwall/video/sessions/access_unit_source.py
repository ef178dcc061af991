"""The access units of a stream, wherever they come from, for all who want them: with the newest GOP at hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tmcwall.domain.camera import Profile
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.domain.source import SessionKind, Way
from tmcwall.rtsp.codecs import JPEG, size_of
from tmcwall.video.ipc.messages import LARGEST_HEIGHT, LARGEST_WIDTH
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.compat_history import Choice

LARGEST_GOP_BYTES: Final = 16 * 1024 * 1024


class StreamKey(NamedTuple):
    """Which stream of which camera."""

    camera: str
    profile: Profile


@dataclass(slots=True)
class StreamState:
    """What is known of a stream right now; counters run over all connections."""

    connected: bool = False
    fault: FaultCode | None = None
    detail: str = ""
    retry_at_ns: int | None = None
    codec: str = ""
    width: int = 0
    height: int = 0
    frames_received: int = 0
    packets_lost: int = 0
    reconnects: int = 0
    session: Choice = field(default=Choice(SessionKind.OWN))
    """Who reads the stream, or tries to."""
    way: Way = Way.DIRECT
    """Where it comes from, or is asked for."""
    relay_fault: FaultCode | None = None
    """Why a stream that is to come from the relay does not."""
    waits_for_key_since_s: float | None = None
    """UTC, in seconds since the epoch; None unless pictures come and no key picture yet."""


class AccessUnitSource:
    """The access units of a stream for all who want them, with the newest GOP at hand."""

    def __init__(self, key: StreamKey) -> None:
        self.key = key
        self.state = StreamState()
        self._sinks: tuple[Callable[[TimedUnit], None], ...] = ()
        self._gop: list[TimedUnit] = []
        self._gop_bytes = 0
        self._next_gop: int | None = None
        """Where in it the next one begins, which replaces it when its picture is whole."""
        self._parameters = b""

    @property
    def gop(self) -> Sequence[TimedUnit]:
        """The units since the last key frame, that one first; empty before the first and for a GOP without end.

        Where pictures are built up bit by bit, since the last one after which one is whole by now.
        """
        return self._gop

    @property
    def frame_interval_s(self) -> float:
        return 0.04

    @property
    def behind_s(self) -> float:
        """The delay that is added on purpose, in seconds: how far pictures run behind the source's newest."""
        return 0.0

    @property
    def key_interval_s(self) -> float | None:
        """How far apart key pictures are usually; None as long as that is not known."""
        return None

    @property
    def clock_offset_ms(self) -> int | None:
        return None

    @property
    def position_s(self) -> float | None:
        """For a recording that is shown: where in time it is, in seconds since the epoch."""
        return None

    @property
    def oddities(self) -> Counter[Oddity]:
        """What the camera did that no specification allows, over all connections."""
        return Counter()

    def retry_in_s(self) -> float | None:
        """Seconds to the next attempt; None while connected or held."""
        return None

    def add_sink(self, sink: Callable[[TimedUnit], None]) -> None:
        self._sinks = (*self._sinks, sink)

    def remove_sink(self, sink: Callable[[TimedUnit], None]) -> None:
        self._sinks = tuple(known for known in self._sinks if known is not sink)

    def reopen(self) -> None:
        """Begin anew what rests on a connection."""

    async def close(self) -> None:
        """No more comes of it."""
        raise NotImplementedError

    def _take(self, unit: TimedUnit) -> None:
        """One access unit. Runs for every picture of every camera. Raises Fault(PICTURE_TOO_LARGE)."""
        state = self.state
        state.frames_received += not unit.continues
        state.packets_lost += unit.lost
        if unit.key:
            self._take_key(unit)
        elif self._gop:
            if unit.continues:
                begun = self._gop[-1]
                self._gop[-1] = begun._replace(payload=begun.payload + unit.payload, lost=begun.lost + unit.lost)
            else:
                self._gop.append(unit)
            self._gop_bytes += len(unit.payload)
            if self._next_gop is not None:
                self._move_to_next_gop(self._next_gop)
            if self._gop_bytes > LARGEST_GOP_BYTES:
                self._forget_gop()
        else:
            self._take_without_key()
        for sink in self._sinks:
            sink(unit)

    def _take_without_key(self) -> None:
        """A picture that refers to none that is known."""

    def _take_key(self, unit: TimedUnit) -> None:
        self._measure(unit.payload)
        if unit.until_whole and self._gop and self._gop_bytes <= LARGEST_GOP_BYTES // 2:
            if self._next_gop is None:
                self._next_gop = len(self._gop)
            self._gop.append(unit)
            self._gop_bytes += len(unit.payload)
            return
        self._gop = [unit]
        self._gop_bytes = len(unit.payload)
        self._next_gop = None

    def _move_to_next_gop(self, begins: int) -> None:
        """Once its picture is whole."""
        if len(self._gop) - begins <= self._gop[begins].until_whole:
            return
        self._gop = self._gop[begins:]
        self._gop_bytes = sum(len(unit.payload) for unit in self._gop)
        later = (index for index, unit in enumerate(self._gop) if index and unit.key)
        self._next_gop = next(later, None)

    def _forget_gop(self) -> None:
        self._gop = []
        self._next_gop = None

    def _measure(self, payload: bytes) -> None:
        """The picture's size, where the parameter sets have changed. FFmpeg is not asked to make room for any size."""
        codec, opening = self.state.codec, payload[:64]
        if opening == self._parameters and codec != JPEG:
            return
        size = size_of(codec, payload)
        if size is not None:
            width, height = size
            if width > LARGEST_WIDTH or height > LARGEST_HEIGHT:
                raise Fault(FaultCode.PICTURE_TOO_LARGE, f"{width}x{height}")
            self.state.width, self.state.height = size
        self._parameters = opening
