"""What is always covered in redacted copies of a camera."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tmcwall.db import custody, tables
from tmcwall.domain.custody import CustodyAction, MaskFacts
from tmcwall.domain.derived_copy import Box

_table = tables.privacy_masks


def of_camera(session: Session, camera_id: str) -> tuple[Box, ...]:
    found = session.scalar(select(_table.c.boxes).where(_table.c.camera_id == camera_id))
    return () if found is None else msgspec.convert(found, tuple[Box, ...])


def put(session: Session, camera_id: str, boxes: Sequence[Box], *, actor: str, at: datetime) -> None:
    """Instead of those that were there; custody has it where they differ."""
    if tuple(boxes) == of_camera(session, camera_id):
        return
    session.execute(delete(_table).where(_table.c.camera_id == camera_id))
    session.execute(insert(_table).values(camera_id=camera_id, boxes=msgspec.to_builtins(list(boxes))))
    facts = MaskFacts(len(boxes))
    about = f"camera/{camera_id}"
    custody.append(session, actor=actor, action=CustodyAction.MASKS_SET, about=about, at=at, facts=facts)
