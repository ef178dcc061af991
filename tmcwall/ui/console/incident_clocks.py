"""The clocks that run on an incident: since the call, to its acknowledgement, and against the target of ten minutes.

The target is that of the 112 service of Semarang: arrival within ten minutes of the dispatcher's receipt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.incident import Incident

TARGET: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class IncidentClocks:
    """What the clocks of one incident show at one moment."""

    since_call: timedelta
    acknowledgement: timedelta
    """From receipt to acknowledgement, still running while `waiting`."""
    waiting: bool
    arrival: timedelta | None
    """From receipt to arrival on the scene; None while nobody is there."""
    left: timedelta
    """Of the target; negative when it has passed."""

    @property
    def late(self) -> bool:
        return self.left < timedelta(0)


def clocks_of(incident: Incident, now: datetime, *, target: timedelta = TARGET) -> IncidentClocks:
    """The clocks of an incident. A clock that would run backwards, because two machines disagree, stands at zero."""
    zero = timedelta(0)
    end = incident.closed_at or now
    acknowledged = incident.acknowledged_at
    arrived = incident.on_scene_at
    return IncidentClocks(
        since_call=max(zero, end - incident.called_at),
        acknowledgement=max(zero, (acknowledged or end) - incident.received_at),
        waiting=acknowledged is None,
        arrival=None if arrived is None else max(zero, arrived - incident.received_at),
        left=target - max(zero, (arrived or end) - incident.received_at),
    )


def clock_text(span: timedelta) -> str:
    """`03.21` below an hour, else `1.03.21`: minutes and seconds as Indonesian writes them. The sign is left out."""
    seconds = abs(int(span.total_seconds()))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}.{minutes:02}.{seconds:02}" if hours else f"{minutes:02}.{seconds:02}"
