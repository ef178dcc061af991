"""A redacted copy: boxes cover what must not be seen, and it is watched to its end before it is given away.

The original is never touched. What a box covers is gone from the copy: its pictures are coded anew, out of pixels
that are one colour there, or squares too coarse to read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from tmcwall.domain.derived_copy import Box, CopyJob, Region
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.durable import disk_fault
from tmcwall.evidence.copy_file import Making
from tmcwall.evidence.derived_record import DerivedKind, DerivedRecord, Watched, read_record, write_record
from tmcwall.evidence.original_clip import OriginalClip
from tmcwall.evidence.viewing_copy import ClipFacts, make_copy

REDACTED_WORD: Final = "SALINAN DISAMARKAN"
_JOINED_WITHIN_S: Final = 0.25
"""Longer than a picture is shown; players tell where they are once for each."""
_FASTEST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is covered: regions from key to key, and masks all the time; those of the camera are added to them."""

    regions: tuple[Region, ...]
    masks: tuple[Box, ...] = ()


def make_redacted_copy(
    original: Path,
    target: Path,
    *,
    redaction: Redaction,
    facts: ClipFacts,
    officer: str,
    now: datetime,
    making: Making,
) -> DerivedRecord:
    """As `make_viewing_copy`, with what is covered. Nobody has watched it yet: see `release`.

    Raises DomainError(REDACTION_EMPTY) where nothing is to be covered, else as `write_copy`.
    """
    if not redaction.regions and not redaction.masks:
        raise DomainError(DomainCode.REDACTION_EMPTY)
    masks = tuple(dict.fromkeys((*facts.masks, *redaction.masks)))
    job = CopyJob(stamp=facts.stamp(REDACTED_WORD), regions=redaction.regions, masks=masks)
    return make_copy(
        original, target, kind=DerivedKind.REDACTED_COPY, job=job, facts=facts, officer=officer, now=now, making=making
    )


@dataclass(slots=True)
class Watching:
    """What somebody has seen of a copy while it was played, at twice its speed at most."""

    ends_at_s: float
    _seen: list[tuple[float, float]] = field(default_factory=list)

    def saw(self, position_s: float, *, speed: float) -> None:
        """The player is there now, and plays at that speed; it is called for each picture."""
        if not 0 < speed <= _FASTEST:
            return
        for index, (begin, end) in enumerate(self._seen):
            if begin - _JOINED_WITHIN_S <= position_s <= end + _JOINED_WITHIN_S:
                self._seen[index] = (min(begin, position_s), max(end, position_s))
                self._join()
                return
        self._seen.append((position_s, position_s))
        self._seen.sort()

    @property
    def is_complete(self) -> bool:
        return len(self._seen) == 1 and self._covers(*self._seen[0])

    @property
    def unseen_from_s(self) -> float:
        """Where the first part begins that nobody has seen; the end where there is none."""
        begin, end = min(self._seen, default=(self.ends_at_s, 0.0))
        return 0.0 if begin > _JOINED_WITHIN_S else min(end, self.ends_at_s)

    @property
    def seen_part(self) -> float:
        """0 to 1."""
        if self.is_complete:
            return 1.0
        return min(1.0, sum(end - begin for begin, end in self._seen) / max(self.ends_at_s, 1e-3))

    def _covers(self, begin: float, end: float) -> bool:
        return begin <= _JOINED_WITHIN_S and end >= self.ends_at_s - _JOINED_WITHIN_S

    def _join(self) -> None:
        joined: list[tuple[float, float]] = []
        for begin, end in sorted(self._seen):
            if joined and begin - joined[-1][1] <= _JOINED_WITHIN_S:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((begin, end))
        self._seen[:] = joined


def watching_of(copy: Path) -> Watching:
    """An empty one for a copy. Raises Fault(FILE_UNREADABLE)."""
    with OriginalClip(copy) as clip:
        return Watching(clip.ends_at_s())


def release(copy: Path, watching: Watching, *, officer: str, now: datetime) -> DerivedRecord:
    """Note in a redacted copy's record who has watched all of it: now it may be given away.

    Raises DomainError(COPY_NOT_WATCHED, COPY_CHANGED), Fault(FILE_UNREADABLE, FILE_UNWRITABLE, DISK_*).
    """
    record = read_record(copy)
    if not watching.is_complete:
        raise DomainError(DomainCode.COPY_NOT_WATCHED, copy.name)
    _check_unchanged(copy, record)
    released = replace(record, watched=Watched(officer, now))
    try:
        write_record(copy, released)
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=copy.parent) from error
    return released


def check_released(copies: Sequence[Path]) -> None:
    """That each may be given away: called by whoever puts copies into a package.

    Raises DomainError(COPY_NOT_WATCHED, COPY_CHANGED), Fault(FILE_UNREADABLE).
    """
    for copy in copies:
        record = read_record(copy)
        if record.kind is DerivedKind.REDACTED_COPY and record.watched is None:
            raise DomainError(DomainCode.COPY_NOT_WATCHED, copy.name)
        _check_unchanged(copy, record)


def _check_unchanged(copy: Path, record: DerivedRecord) -> None:
    try:
        with copy.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Fault(FaultCode.FILE_UNREADABLE, error.strerror or "", retryable=False) from error
    if digest != record.sha256:
        raise DomainError(DomainCode.COPY_CHANGED, copy.name)
