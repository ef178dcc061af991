"""The clocks that run on an incident, as the queue shows them: since the call, its acknowledgement, and the arrival."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tmcwall.domain.incident import Incident
from tmcwall.domain.response_times import PRESETS, ResponseStep, Targets, laps


@dataclass(frozen=True, slots=True)
class IncidentClocks:
    """What the clocks of one incident show at one moment."""

    since_call: timedelta
    acknowledgement: timedelta
    """From receipt to acknowledgement, still running while `waiting`; from the call where the target runs from it."""
    waiting: bool
    acknowledged_late: bool
    arrival: timedelta | None
    """From where the target runs to arrival on the scene; None while nobody is there."""
    left: timedelta | None
    """Of the target; negative when it has passed, None without a target."""

    @property
    def late(self) -> bool:
        return self.left is not None and self.left < timedelta(0)


def clocks_of(incident: Incident, now: datetime, *, targets: Targets = PRESETS) -> IncidentClocks:
    """The clocks of an incident. A clock that would run backwards, because two machines disagree, stands at zero."""
    by_step = {lap.step: lap for lap in laps(incident, now=now, targets=targets)}
    answered, on_scene = by_step[ResponseStep.ANSWERED], by_step[ResponseStep.ON_SCENE]
    return IncidentClocks(
        since_call=max(timedelta(0), (incident.closed_at or now) - incident.called_at),
        acknowledgement=answered.took,
        waiting=answered.at is None,
        acknowledged_late=answered.late,
        arrival=None if on_scene.at is None else on_scene.took,
        left=on_scene.left,
    )


def clock_text(span: timedelta) -> str:
    """`03.21` below an hour, else `1.03.21`: minutes and seconds as Indonesian writes them. The sign is left out."""
    seconds = abs(int(span.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}.{minutes:02}.{seconds:02}" if hours else f"{minutes:02}.{seconds:02}"
