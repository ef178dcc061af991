"""Privacy masks: places in the picture of a camera that nobody sees, on no workstation. Recordings stay whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Id

MOST_MASKS: Final = 32
"""Of one camera: a tile paints all of them with every picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyMask:
    """One place; it is never altered, only lifted: whoever wants another one sets it first."""

    id: Id
    camera_id: Id
    box: Box
    set_by: Id
    """Service number."""
    set_at: datetime
    lifted: bool = False


def check_room(masks: int) -> None:
    """Whether a camera with so many takes one more. Raises DomainError(FIELD_INVALID)."""
    if masks >= MOST_MASKS:
        raise DomainError(DomainCode.FIELD_INVALID, "masks")
