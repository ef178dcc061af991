"""When an incident sounds, and how long."""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.domain.incident import OPEN_STATUSES, Certainty, Drill, Incident, IncidentType, Severity, Source


@dataclass(frozen=True, slots=True)
class Tone:
    """A chord of beeps, said again every `every_s` until `lasts_s` is over, somebody answers or silences it."""

    beeps: tuple[float, ...]
    """Hertz of each beep in turn."""
    beep_s: float
    every_s: float
    lasts_s: float


_TONES = {
    Severity.MINOR: Tone((660.0,), 0.18, 1.0, 0.5),
    Severity.MODERATE: Tone((660.0, 880.0), 0.18, 3.0, 5.0),
    Severity.SEVERE: Tone((880.0, 660.0, 880.0), 0.2, 3.0, 30.0),
    Severity.CRITICAL: Tone((988.0, 740.0, 988.0, 740.0), 0.22, 1.5, 60.0),
}


def tone_of(incident: Incident) -> Tone | None:
    """The tone of an incident that arrives, or None for one that stays quiet.

    Kenita sounds for crime only (domain R22); a guest report through PosPin is no alarm and comes as "lainnya"; tests
    of the line, pranks, duplicates and what is already over stay quiet. Exercises sound: that is what they are for.
    """
    if incident.status not in OPEN_STATUSES or incident.drill is Drill.TEST:
        return None
    if incident.certainty in {Certainty.PRANK, Certainty.DUPLICATE}:
        return None
    if incident.source is Source.KENITA and incident.type is not IncidentType.CRIME:
        return None
    if incident.source is Source.POSPIN and incident.type is IncidentType.OTHER:
        return None
    return _TONES[incident.severity]
