"""How long incidents took, step by step, and what share of them met its target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tmcwall.domain.incident import Certainty, Drill, Incident, Source, Status


class ResponseStep(StrEnum):
    """In their order. The words stand in settings and in CSV."""

    ANSWERED = "answered"
    """An officer has taken it on."""
    VERIFIED = "verified"
    DISPATCHED = "dispatched"
    ON_SCENE = "on_scene"
    CLOSED = "closed"


class Since(StrEnum):
    CALL = "call"
    RECEIPT = "receipt"
    """By the dispatcher."""


@dataclass(frozen=True, slots=True)
class Target:
    """Within what time a step is to follow. `source` None: of all sources without a target of their own."""

    source: Source | None
    step: ResponseStep
    within: timedelta
    since: Since


PRESET_WORDS: Final = (
    "110 answered 10 call",
    "110 on_scene 600 call",
    "112 on_scene 600 receipt",
    "* on_scene 600 receipt",
)
"""110: answered within 10 s and on scene within 10 min of the call. 112 of Semarang: on scene within 10 min of the
dispatcher's receipt, which holds for the other sources, too."""


class Targets:
    """The targets that apply, by source and step."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._targets = {(target.source, target.step): target for target in targets}

    def of(self, source: Source, step: ResponseStep) -> Target | None:
        return self._targets.get((source, step)) or self._targets.get((None, step))


def target_from(words: str) -> Target:
    """From `source step seconds since`, such as `110 answered 10 call`; source `*` is all others. Raises ValueError."""
    source, step, seconds, since = words.split()
    within = int(seconds)
    if not 1 <= within <= 86_400:
        raise ValueError(words)
    return Target(
        None if source == "*" else Source(source), ResponseStep(step), timedelta(seconds=within), Since(since)
    )


PRESETS: Final = Targets(map(target_from, PRESET_WORDS))


@dataclass(frozen=True, slots=True)
class Lap:
    """One step of one incident: how long it took, or has taken until now, and its target."""

    step: ResponseStep
    at: datetime | None
    """None while it has not happened."""
    took: timedelta
    within: timedelta | None
    """None without a target."""

    @property
    def left(self) -> timedelta | None:
        """Of the target; negative when it has passed."""
        return None if self.within is None else self.within - self.took

    @property
    def late(self) -> bool:
        return self.within is not None and self.took > self.within


def laps(incident: Incident, *, now: datetime, targets: Targets) -> Sequence[Lap]:
    """All steps in order. A span that would run backwards, because two clocks disagree, is zero.

    Without a target a step is timed from the receipt. One that did not happen ends with the incident.
    """
    until = incident.closed_at or now
    found = []
    for step in ResponseStep:
        target = targets.of(incident.source, step)
        at = moment_of(incident, step)
        since = incident.called_at if target is not None and target.since is Since.CALL else incident.received_at
        took = max(timedelta(0), (at or until) - since)
        found.append(Lap(step, at, took, None if target is None else target.within))
    return tuple(found)


def moment_of(incident: Incident, step: ResponseStep) -> datetime | None:
    return {
        ResponseStep.ANSWERED: incident.acknowledged_at,
        ResponseStep.VERIFIED: incident.verified_at,
        ResponseStep.DISPATCHED: incident.dispatched_at,
        ResponseStep.ON_SCENE: incident.on_scene_at,
        ResponseStep.CLOSED: incident.closed_at,
    }[step]


@dataclass(frozen=True, slots=True)
class Share:
    """Of the incidents of one source on one day of the station: how many met the target of one step."""

    day: date
    source: Source
    step: ResponseStep
    within_s: int
    met: int
    late: int
    not_known: int
    """Closed without the step, or not there yet and still in time: they count for neither side."""

    @property
    def share(self) -> float | None:
        """0 to 1; None where nothing can be said."""
        judged = self.met + self.late
        return self.met / judged if judged else None


def shares(
    incidents: Iterable[Incident], *, now: datetime, targets: Targets, day_of: Callable[[datetime], date]
) -> Sequence[Share]:
    """By day of the call, source and step. Exercises, pranks, duplicates and what was taken back are left out."""
    met: Counter[_Key] = Counter()
    late: Counter[_Key] = Counter()
    open_: Counter[_Key] = Counter()
    within: dict[_Key, int] = {}
    for incident in filter(_counts, incidents):
        for lap in laps(incident, now=now, targets=targets):
            if lap.within is None:
                continue
            key = (day_of(incident.called_at), incident.source, lap.step)
            within[key] = int(lap.within.total_seconds())
            if lap.at is None and (incident.closed_at is not None or not lap.late):
                open_[key] += 1
            else:
                (late if lap.late else met)[key] += 1
    return tuple(
        Share(*key, within_s=within[key], met=met[key], late=late[key], not_known=open_[key])
        for key in sorted(
            within, key=lambda key: (key[0], list(Source).index(key[1]), list(ResponseStep).index(key[2]))
        )
    )


def csv_rows(found: Iterable[Share]) -> list[tuple[str, ...]]:
    """With a heading; the share in percent with one decimal, empty where nothing can be said."""
    rows: list[tuple[str, ...]] = [("day", "source", "step", "target_s", "met", "late", "not_known", "share_percent")]
    for one in found:
        share = "" if one.share is None else f"{100 * one.share:.1f}"
        counts = (str(number) for number in (one.within_s, one.met, one.late, one.not_known))
        rows.append((one.day.isoformat(), one.source.value, one.step.value, *counts, share))
    return rows


_Key = tuple[date, Source, ResponseStep]


def _counts(incident: Incident) -> bool:
    return (
        incident.drill is Drill.ACTUAL
        and incident.certainty not in {Certainty.PRANK, Certainty.DUPLICATE}
        and incident.duplicate_of is None
        and incident.status is not Status.CANCELLED
    )
