"""One incident from many calls: which may be the same, which officers have merged, which alarms repeat.

Nothing is merged by itself. An officer merges by `Incident.duplicate_of`, and takes it back by clearing it. Two desks
may merge crosswise, each without having seen the other's: then the oldest of the circle is the main one for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.geo import distance_m
from tmcwall.domain.incident import OPEN_STATUSES, Certainty, Incident, Source, Status

WITHIN_M: Final = 150.0
WITHIN: Final = timedelta(minutes=10)
REPEATS_WITHIN: Final = timedelta(seconds=30)

Get = Callable[[str], Incident | None]


def may_be_same(one: Incident, other: Incident) -> bool:
    """Of one type, at most 150 m and 10 minutes apart, from any system; exercises only with exercises."""
    here, there = one.place.position, other.place.position
    return (
        one.id != other.id
        and one.type is other.type
        and one.drill is other.drill
        and here is not None
        and there is not None
        and abs(one.called_at - other.called_at) <= WITHIN
        and distance_m(here, there) <= WITHIN_M
    )


def proposals(incident: Incident, others: Iterable[Incident]) -> Sequence[Incident]:
    """What it may be the same as, the oldest first; pranks and false reports are proposed to nobody."""
    found = [other for other in others if may_be_same(incident, other) and other.certainty is not Certainty.PRANK]
    return sorted(found, key=_age)


def main_of(incident: Incident, get: Get) -> Incident:
    """What the officers have merged it into, over all steps; itself if into nothing that is known."""
    way = [incident]
    while (following := way[-1].duplicate_of) is not None:
        known = get(following)
        if known is None:
            break
        if known in way:
            return min(way[way.index(known) :], key=_age)
        way.append(known)
    return way[-1]


def merge(duplicate: Incident, main: Incident, get: Get) -> Incident:
    """The duplicate as it stands merged. Raises DomainError(TRANSITION_REFUSED) if they are one already."""
    target = main_of(main, get)
    if main_of(duplicate, get).id == target.id:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"merge {duplicate.id}")
    return replace(duplicate, duplicate_of=target.id)


def split(duplicate: Incident) -> Incident:
    """It stands for itself again. One that was closed as a duplicate is open again.

    Raises DomainError(TRANSITION_REFUSED) if it is merged into nothing.
    """
    if duplicate.duplicate_of is None:
        raise DomainError(DomainCode.TRANSITION_REFUSED, f"split {duplicate.id}")
    alone = replace(duplicate, duplicate_of=None)
    if alone.status is Status.CLOSED and alone.certainty is Certainty.DUPLICATE:
        status = Status.NEW if alone.acknowledged_at is None else Status.ACKNOWLEDGED
        alone = replace(alone, status=status, closed_at=None, certainty=Certainty.UNVERIFIED)
    return alone


def close_with_main(duplicate: Incident, *, at: datetime) -> Incident:
    """Its main incident is over."""
    return replace(duplicate, status=Status.CLOSED, closed_at=at, certainty=Certainty.DUPLICATE)


def repeats(incidents: Iterable[Incident]) -> Mapping[str, str]:
    """Open Kenita alarms that repeat an earlier one of the same RT and type within 30 s: their ids, with that one's.

    They are counted and not stacked; the first one stands for all. The next after 30 s is an alarm of its own.
    """
    first: dict[tuple[object, ...], Incident] = {}
    found: dict[str, str] = {}
    open_alarms = [one for one in incidents if one.source is Source.KENITA and one.status in OPEN_STATUSES]
    for one in sorted(open_alarms, key=_age):
        place = one.place
        whole = place.adm4 and place.rw and place.rt
        key = (one.type, one.drill, *((place.adm4, place.rw, place.rt) if whole else (place,)))
        before = first.get(key)
        if before is not None and one.received_at - before.received_at <= REPEATS_WITHIN:
            found[one.id] = before.id
        else:
            first[key] = one
    return found


def counted_with(incidents: Mapping[str, Incident]) -> Mapping[str, str]:
    """Open incidents that are not listed by themselves, each with the open one that it is counted with.

    What an officer has merged goes before what repeats. Whatever was said, one of each circle is left to be listed.
    """
    open_ones = [one for one in incidents.values() if one.status in OPEN_STATUSES]
    into: dict[str, str] = {}
    for one in open_ones:
        main = main_of(one, incidents.get)
        if main.id != one.id and main.status in OPEN_STATUSES:
            into[one.id] = main.id
    for repeat, first in repeats(open_ones).items():
        if repeat not in into and _root(first, into) != repeat:
            into[repeat] = first
    return {one: _root(one, into) for one in into}


def _root(incident_id: str, into: Mapping[str, str]) -> str:
    while incident_id in into:
        incident_id = into[incident_id]
    return incident_id


def _age(incident: Incident) -> tuple[datetime, str]:
    return incident.received_at, incident.id
