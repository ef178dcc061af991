"""The ledger of repairs: what is wrong with cameras, who was told of it, what they answered, when it was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.mass_outage import OutageCause
from tmcwall.domain.shape import Id, Longest

LONGEST_NAME: Final = 200
LONGEST_WORDS: Final = 1000


class CauseClass(StrEnum):
    """Why a camera does not work, as far as is known."""

    POWER = "listrik"
    NETWORK = "jaringan"
    CAMERA = "kamera"
    RECORDER = "nvr"
    MOVED = "dipindah"
    UNPAID = "tak_dibayar"
    OTHER = "lain"


_LIKELY: Final = {
    OutageCause.SINGLE: CauseClass.CAMERA,
    OutageCause.RECORDER: CauseClass.RECORDER,
    OutageCause.NETWORK: CauseClass.NETWORK,
    OutageCause.AREA: CauseClass.POWER,
    OutageCause.OWNER: CauseClass.NETWORK,
    OutageCause.UPLINK: CauseClass.NETWORK,
}


def likely_cause(cause: OutageCause) -> CauseClass:
    """What an outage of that kind is most often repaired as."""
    return _LIKELY[cause]


@dataclass(frozen=True, slots=True)
class Repair:
    """One repair of one or more cameras. Two desks may work on one: it is synchronised."""

    id: Id
    camera_ids: tuple[Id, ...]
    cause: CauseClass
    down_since: datetime
    opened_by: Id
    opened_at: datetime
    words: Annotated[str, Longest(LONGEST_WORDS)] = ""
    """What is wrong, as the officer says it."""
    told: Annotated[str, Longest(LONGEST_NAME)] = ""
    """Who was told of it: an office, a person, a number of a ticket."""
    told_on: date | None = None
    answer: Annotated[str, Longest(LONGEST_WORDS)] = ""
    answered_on: date | None = None
    done_on: date | None = None
    done_words: Annotated[str, Longest(LONGEST_WORDS)] = ""
    """What was done."""
    withdrawn: bool = False

    @property
    def is_open(self) -> bool:
        return self.done_on is None and not self.withdrawn


def check_repair(repair: Repair) -> Repair:
    """With single spaces. Raises DomainError: FIELD_MISSING for one without cameras, FIELD_INVALID for a text."""
    if not repair.camera_ids:
        raise DomainError(DomainCode.FIELD_MISSING, "cameras")
    return replace(
        repair,
        camera_ids=tuple(dict.fromkeys(repair.camera_ids)),
        words=_bounded(repair.words, LONGEST_WORDS, "words"),
        told=_bounded(repair.told, LONGEST_NAME, "told"),
    )


def told(repair: Repair, *, whom: str, on: date) -> Repair:
    """Somebody was told. Raises DomainError(TRANSITION_REFUSED, FIELD_MISSING, FIELD_INVALID)."""
    return replace(_open(repair), told=_needed(whom, LONGEST_NAME, "told"), told_on=on)


def answered(repair: Repair, *, words: str, on: date) -> Repair:
    """What was answered. Raises DomainError(TRANSITION_REFUSED, FIELD_MISSING, FIELD_INVALID)."""
    return replace(_open(repair), answer=_needed(words, LONGEST_WORDS, "answer"), answered_on=on)


def done(repair: Repair, *, words: str, on: date) -> Repair:
    """It is repaired. Raises DomainError(TRANSITION_REFUSED, FIELD_INVALID)."""
    return replace(_open(repair), done_words=_bounded(words, LONGEST_WORDS, "done_words"), done_on=on)


def reclassified(repair: Repair, cause: CauseClass) -> Repair:
    """Another cause than was thought, also after the repair. Raises DomainError(TRANSITION_REFUSED)."""
    if repair.withdrawn:
        raise DomainError(DomainCode.TRANSITION_REFUSED, repair.id)
    return replace(repair, cause=cause)


def withdrawn(repair: Repair) -> Repair:
    """Nothing was wrong. Raises DomainError(TRANSITION_REFUSED)."""
    return replace(_open(repair), withdrawn=True)


def in_span(repairs: Iterable[Repair], camera_id: str, *, since: datetime, until: datetime) -> tuple[Repair, ...]:
    """Those of a camera that were open at some time of a span, but for the withdrawn, by when they began."""
    found = (
        one
        for one in repairs
        if not one.withdrawn
        and camera_id in one.camera_ids
        and one.opened_at < until
        and (one.done_on is None or one.done_on >= since.date())
    )
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.id)))


def _open(repair: Repair) -> Repair:
    if not repair.is_open:
        raise DomainError(DomainCode.TRANSITION_REFUSED, repair.id)
    return repair


def _needed(text: str, longest: int, field: str) -> str:
    words = _bounded(text, longest, field)
    if not words:
        raise DomainError(DomainCode.FIELD_MISSING, field)
    return words


def _bounded(text: str, longest: int, field: str) -> str:
    words = " ".join(text.split())
    if len(words) > longest or not words.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, field)
    return words
