"""The basket of a case: what of its footage an investigator has chosen for the evidence package, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Id, Longest

LONGEST_NOTE: Final = 500
"""Characters."""


class BasketPart(StrEnum):
    """What of a clip was chosen."""

    CLIP = "clip"
    """All of it."""
    SPAN = "span"
    SNAPSHOT = "snapshot"
    """The picture of one moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketItem:
    """The original goes into the package whole: a span says what of it is meant, a snapshot adds a still."""

    id: Id
    case_id: Id
    bookmark_id: Id
    part: BasketPart
    added_by: Id
    """Service number."""
    added_at: datetime
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    """Of a span; of a snapshot both are its moment."""
    note: Annotated[str, Longest(LONGEST_NOTE)] = ""
    """What it is there to show; it stands in the record of the package."""
    removed: bool = False
    exported_at: datetime | None = None
    exported_by: str = ""
    exported_package: str = ""
    """The last package that it went into."""


def check_item(item: BasketItem) -> None:
    """Raises DomainError: RANGE_EMPTY for a span without length, FIELD_INVALID for a note that is too long."""
    if len(item.note) > LONGEST_NOTE or not item.note.replace("\n", " ").isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "note")
    if item.part is BasketPart.CLIP:
        return
    if item.starts_at is None or item.ends_at is None:
        raise DomainError(DomainCode.FIELD_MISSING, "time")
    if item.part is BasketPart.SPAN and not item.starts_at < item.ends_at:
        raise DomainError(DomainCode.RANGE_EMPTY)
