"""How much of each stream is decoded: the budget's relief, kept and given to every stream."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from tmcwall.domain.clock import Clock
from tmcwall.video import budget
from tmcwall.video.routing import Routing
from tmcwall.video.timeline import NS

log = logging.getLogger(__name__)


class Rationing:
    """Weighs once a second how the machine keeps up."""

    def __init__(self, routing: Routing, *, idle: Callable[[], float], patience: budget.Patience, clock: Clock) -> None:
        """`idle` gives the share of all cores that had nothing to do since it was last asked."""
        self._routing = routing
        self._idle = idle
        self._patience = patience
        self._clock = clock
        self._relief = budget.Relief()

    def ration(self) -> None:
        """Give every stream its plan; after each change of what is asked."""
        self._routing.allot(budget.ration(self._routing.demands(), relief=self._relief.level))

    def weigh(self) -> None:
        """Leave more out where decoders fall behind, and less once there is room again."""
        before = self._relief.level
        load = budget.Load(lag_s=_of_most(self._routing.lags_s()), idle=self._idle())
        now_s = self._clock.monotonic_ns() / NS
        self._relief = budget.adapt(self._relief, load, now_s=now_s, patience=self._patience)
        if self._relief.level != before:
            log.info("relief %d after %d: pictures %.2f s late, %.0f %% idle", self._relief.level, before,
                     load.lag_s, load.idle * 100)  # fmt: skip
            self.ration()


def _of_most(lags_s: Sequence[float]) -> float:
    """What three quarters of the streams do not exceed: one that hangs alone is no lack of power."""
    return sorted(lags_s)[3 * (len(lags_s) - 1) // 4] if lags_s else 0.0
