"""Planned outages: works on a road, a pole or a network, known before, with their times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from tmcwall.domain.camera import Standing
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.lifecycle import IN_USE, LONGEST_REASON, Decision, Lifecycle
from tmcwall.domain.shape import Id, Longest


@dataclass(frozen=True, slots=True)
class PlannedOutage:
    """These cameras are out of use from `starts_at` until before `ends_at`, and come back by themselves."""

    id: Id
    camera_ids: tuple[Id, ...]
    starts_at: datetime
    ends_at: datetime
    reason: Annotated[str, Longest(LONGEST_REASON)]
    planned_by: Id
    """Service number."""
    cancelled: bool = False

    def under_way(self, now: datetime) -> bool:
        return not self.cancelled and self.starts_at <= now < self.ends_at

    def is_over(self, now: datetime) -> bool:
        return self.cancelled or self.ends_at <= now


def check_outage(outage: PlannedOutage, *, now: datetime) -> None:
    """Raises DomainError: FIELD_MISSING for one without cameras or reason, FIELD_INVALID for times that cannot be."""
    if not outage.camera_ids:
        raise DomainError(DomainCode.FIELD_MISSING, "cameras")
    if not outage.reason:
        raise DomainError(DomainCode.FIELD_MISSING, "reason")
    if len(outage.reason) > LONGEST_REASON or not outage.reason.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "reason")
    if not outage.starts_at < outage.ends_at or outage.ends_at <= now:
        raise DomainError(DomainCode.FIELD_INVALID, "time")


def with_outages(
    lifecycles: Mapping[str, Lifecycle], outages: Iterable[PlannedOutage], *, now: datetime
) -> dict[str, Lifecycle]:
    """Of the cameras that are not simply in use, by id, with the outages that are under way.

    What was decided about a camera itself goes before: an outage says nothing of one that is in quarantine or out of
    use already.
    """
    found = dict(lifecycles)
    for outage in outages:
        if not outage.under_way(now):
            continue
        decision = Decision(outage.reason, outage.planned_by, outage.starts_at)
        for camera_id in outage.camera_ids:
            if found.get(camera_id, IN_USE).withheld is None:
                found[camera_id] = Lifecycle(Standing.SUSPENDED, decision)
    return found


def next_change(outages: Iterable[PlannedOutage], *, now: datetime) -> datetime | None:
    """When the next of them begins or ends; None: none will."""
    moments = (
        moment
        for one in outages
        if not one.cancelled
        for moment in (one.starts_at, one.ends_at)
        if moment > now
    )  # fmt: skip
    return min(moments, default=None)
