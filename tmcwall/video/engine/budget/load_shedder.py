"""How much of each stream is decoded: the level of shedding, kept from second to second, and every stream's plan."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final

from tmcwall.domain.clock import Clock
from tmcwall.video.engine.budget import workload
from tmcwall.video.engine.budget.decodings import Decodings, Place
from tmcwall.video.engine.budget.load_shedding import Load, Patience, SheddingState, adapt, admit, lighten
from tmcwall.video.engine.budget.measured_costs import ALL_PICTURES, MeasuredCosts
from tmcwall.video.engine.budget.plan import Demand, StreamPlan, plan_streams
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey

_FULL_SHARE: Final = 0.9
"""Of all processors; with more work pictures come late."""
_EASY_SHARE: Final = 0.85
"""Of what others leave, or of what is ours; the rest is idle, so that nobody waits."""
_OWN_SHARE: Final = 0.5
"""What is ours however busy other programs are: late pictures show where the system gives us less."""
_FASTEST_FPS: Final = 60.0
_SETTLED_SHARE: Final = 0.75
_MISJUDGED: Final = 0.3
"""Of what is expected to be our work: so much less it may turn out to be."""
_MUCH_LESS: Final = 0.75
"""Of the streams that could be seen a second ago: another layout, and no camera that fails."""
_BORNE: Final = 1.1
"""Of the work that is done now: so much more is let in, and late pictures show whether that was too much."""

log = logging.getLogger(__name__)


def _idle_share() -> float:
    import psutil  # noqa: PLC0415 - asked once a second, and an engine is to be there sooner than that

    return 1.0 - psutil.cpu_percent() / 100


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to share out."""

    cores: float = field(default_factory=lambda: os.cpu_count() or 1)
    idle: Callable[[], float] = _idle_share
    """The share of all cores that had nothing to do since it was last asked, 0 to 1."""


class LoadShedder:
    """Gives plans whenever something else is asked for, and weighs once a second how the machine keeps up."""

    def __init__(
        self,
        decodings: Decodings,
        *,
        stream: Callable[[StreamKey], AccessUnitSource | None],
        machine: Machine,
        patience: Patience,
        clock: Clock,
    ) -> None:
        self._decodings = decodings
        self._stream = stream
        self._machine = machine
        self._patience = patience
        self._clock = clock
        self._shedding = SheddingState()
        self._plans: Mapping[Place, StreamPlan] = {}
        self._costs = MeasuredCosts()
        self._seen = 0
        """Streams that could be seen a second ago."""
        self._work = 0.0
        """What is expected to take of them what is decoded now, in cores."""
        self._others = 0.0
        """What other programs, and we in unexpected ways, take of the processors, in cores; below zero where we take
        less than expected."""

    def plan_streams(self) -> None:
        """Give every stream its plan; after each change of what is asked."""
        demands = self._demands()
        shedding = self._shedding
        if _seen(demands) < _MUCH_LESS * self._seen:
            shedding = lighten(shedding, borne=self._easy(demands, most=self._work))
        self._follow(
            admit(
                shedding,
                required=self._required(demands, borne=min(_BORNE * self._work, _FULL_SHARE * self._machine.cores)),
                starting=not self._settled(demands, share=0.5),
                patience=self._patience,
            )
        )
        self._allot(demands)

    @property
    def shedding(self) -> int:
        """How much is left out now: see `plan.plan_streams`."""
        return self._shedding.level

    def weigh(self) -> bool:
        """Leave more out where decoders fall behind, and less once there is room again; whether that changed."""
        self._costs.learn(self._decodings.channels(), fps=lambda key: _fps(self._stream(key)))
        demands = self._demands()
        self._seen = _seen(demands)
        cores = self._machine.cores
        busy = cores * (1.0 - self._machine.idle())
        self._work = workload.work(demands, self._plans)
        self._others = (self._others + max(-_MISJUDGED * self._work, busy - self._work)) / 2
        load = Load(
            lag_s=_of_most(self._decodings.lags_s()),
            required=self._required(demands),
            easy=self._easy(demands),
            settled=self._settled(demands, share=_SETTLED_SHARE) and self._in_force(demands),
        )
        before = self._shedding
        now_s = self._clock.monotonic_ns() / NS
        self._follow(adapt(before, load, now_s=now_s, patience=self._patience), load)
        if self._shedding.level == before.level:
            return False
        self._allot(demands)
        return True

    def _required(self, demands: Mapping[Place, Demand], *, borne: float = 0.0) -> int:
        """The lowest level for these demands. What is `borne` already, in cores, is no reason to leave more out."""
        cores = self._machine.cores
        room = max(borne, _OWN_SHARE * cores, _FULL_SHARE * cores - max(0.0, self._others))
        return workload.least_shedding(demands, room=room)

    def _easy(self, demands: Mapping[Place, Demand], *, most: float = inf) -> int:
        """The lowest level that leaves processors idle and takes at `most` so many of them."""
        cores = self._machine.cores
        room = _EASY_SHARE * max(_OWN_SHARE * cores, cores - self._others)
        return workload.least_shedding(demands, room=min(most, room))

    def _follow(self, shedding: SheddingState, load: Load | None = None) -> None:
        if shedding.level != self._shedding.level:
            log.info("load shedding %d after %d: %s, others take %.2f cores", shedding.level, self._shedding.level,
                     load or "asked for", self._others)  # fmt: skip
        self._shedding = shedding

    def _allot(self, demands: Mapping[Place, Demand]) -> None:
        self._plans = plan_streams(demands, shedding=self._shedding.level)
        self._decodings.allot(self._plans)

    def _demands(self) -> dict[Place, Demand]:
        """What the tiles ask, with what it takes."""
        asked = self._decodings.demands()
        streams = {key: self._stream(key) for key, _ in asked}
        sizes = {key: stream.state.width * stream.state.height for key, stream in streams.items() if stream is not None}
        usual = workload.usual_pixels(sizes.values())
        pixel_s = self._costs.pixel_s()
        return {
            place: replace(
                demand,
                fps=_fps(streams[place[0]]),
                picture_s=workload.picture_seconds(
                    decode_s=self._costs.decode_s(place[0], pixels=sizes.get(place[0]) or usual, pixel_s=pixel_s),
                    tile_pixels=demand.pixels,
                ),
            )
            for place, demand in asked.items()
        }

    def _settled(self, demands: Mapping[Place, Demand], *, share: float) -> bool:
        """Whether that share of the streams has come, or is known not to."""
        streams = [self._stream(key) for (key, _), demand in demands.items() if demand.visible]
        known = sum(stream is None or stream.state.connected or stream.state.fault is not None for stream in streams)
        return known >= share * len(streams)

    def _in_force(self, demands: Mapping[Place, Demand]) -> bool:
        """Whether most streams that may give all pictures do: after a change they begin with their next key frame."""
        full = [
            self._costs.flows(place)
            for place, given in self._plans.items()
            if given.plan in ALL_PICTURES and place in demands and demands[place].fps
        ]
        return sum(full) >= _SETTLED_SHARE * len(full)


def _seen(demands: Mapping[Place, Demand]) -> int:
    return sum(demand.visible for demand in demands.values())


def _fps(stream: AccessUnitSource | None) -> float:
    """Pictures a second that are to be expected; none where a camera does not answer."""
    if stream is None or (stream.state.fault is not None and not stream.state.connected):
        return 0.0
    return min(_FASTEST_FPS, 1.0 / max(stream.frame_interval_s, 1e-3))


def _of_most(lags_s: Sequence[float]) -> float:
    """What three quarters of the streams do not exceed: one that hangs alone is no lack of power."""
    return sorted(lags_s)[3 * (len(lags_s) - 1) // 4] if lags_s else 0.0
