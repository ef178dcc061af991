"""Privacy masks of cameras, the same at all workstations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import custody, operations, tables
from tmcwall.db.rows import value_from_row
from tmcwall.domain.custody import CustodyAction, MaskFacts
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.privacy_mask import PrivacyMask, check_room

_table = tables.privacy_masks


def all_masks(session: Session) -> Mapping[str, tuple[PrivacyMask, ...]]:
    """By camera, as they were set; of the cameras that have any."""
    found: dict[str, tuple[PrivacyMask, ...]] = {}
    for row in session.execute(
        select(_table).where(~_table.c.lifted).order_by(_table.c.set_at, _table.c.id)
    ).mappings():
        mask = value_from_row(row, PrivacyMask, _table)
        found[mask.camera_id] = (*found.get(mask.camera_id, ()), mask)
    return found


def of_camera(session: Session, camera_id: str) -> tuple[Box, ...]:
    """What is covered now."""
    wanted = select(_table).where(_table.c.camera_id == camera_id, ~_table.c.lifted)
    found = session.execute(wanted.order_by(_table.c.set_at, _table.c.id)).mappings()
    return tuple(value_from_row(row, PrivacyMask, _table).box for row in found)


def put(session: Session, mask: PrivacyMask, *, actor: str, at: datetime) -> None:
    """Raises DomainError(NOT_ALLOWED), FIELD_INVALID for a camera that has too many."""
    check_room(len(of_camera(session, mask.camera_id)))
    _write(session, mask, actor=actor, at=at)


def lift(session: Session, mask_id: str, *, actor: str, at: datetime) -> PrivacyMask:
    """It covers nothing any more, and stays on record. Raises DomainError(NOT_ALLOWED, NOT_FOUND)."""
    row = session.execute(select(_table).where(_table.c.id == mask_id, ~_table.c.lifted)).mappings().first()
    if row is None:
        raise DomainError(DomainCode.NOT_FOUND, f"mask {mask_id}")
    lifted = replace(value_from_row(row, PrivacyMask, _table), lifted=True)
    _write(session, lifted, actor=actor, at=at)
    return lifted


def _write(session: Session, mask: PrivacyMask, *, actor: str, at: datetime) -> None:
    """Custody has how many the camera has from then on."""
    operations.change_all(session, [mask], actor=actor, at=at)
    facts = MaskFacts(len(of_camera(session, mask.camera_id)))
    about = f"camera/{mask.camera_id}"
    custody.append(session, actor=actor, action=CustodyAction.MASKS_SET, about=about, at=at, facts=facts)
