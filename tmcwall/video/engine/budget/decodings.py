"""What the budget needs to know of the streams that are being decoded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tmcwall.video.engine.budget.plan import Demand, StreamPlan
from tmcwall.video.ipc.messages import DecodedReport
from tmcwall.video.sessions.access_unit_source import StreamKey

Place = tuple[StreamKey, int]
"""A stream on a decoder."""


class Decoding(Protocol):
    """One stream on one decoder."""

    @property
    def key(self) -> StreamKey: ...
    @property
    def decoder(self) -> int: ...
    @property
    def stream_plan(self) -> StreamPlan: ...
    @property
    def report(self) -> DecodedReport | None:
        """The decoder's last one."""


class Decodings(Protocol):
    """All of them, and the tiles that they are for."""

    def channels(self) -> Iterable[Decoding]: ...
    def demands(self) -> Mapping[Place, Demand]:
        """What the tiles ask of every stream; not of files."""

    def lags_s(self) -> Sequence[float]:
        """How late the pictures of every stream are that is decoded now."""

    def allot(self, plans: Mapping[Place, StreamPlan]) -> None:
        """Give every stream its plan from now on."""
