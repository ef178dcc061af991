"""What custody says was taken out of the recordings is told to oversight, too: in one transaction, from every path.

So no window and no command can forget it: whoever writes the row of custody has written this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.db import oversight, tables
from tmcwall.domain.custody import CopyFacts, CustodyAction, Facts, PackageFacts
from tmcwall.domain.oversight import LONGEST_DETAIL, LONGEST_REASON, Entry, OversightAction

_TOLD: Final[Mapping[CustodyAction, OversightAction]] = {
    CustodyAction.EVIDENCE_EXPORTED: OversightAction.EVIDENCE_EXPORTED,
    CustodyAction.COPY_MADE: OversightAction.COPY_MADE,
    CustodyAction.COPY_RELEASED: OversightAction.COPY_RELEASED,
    CustodyAction.WORKSTATION_EXPORTED: OversightAction.WORKSTATION_EXPORTED,
}


def tell(session: Session, *, actor: str, action: CustodyAction, about: str, at: datetime, facts: Facts | None) -> None:
    """Rows for what custody has just been told: one for each camera whose footage it is."""
    told = _TOLD.get(action)
    if told is None:
        return
    detail = reason = ""
    clips: tuple[str, ...] = ()
    if isinstance(facts, PackageFacts):
        clips, detail, reason = facts.clips, facts.package, facts.legal_basis
    elif isinstance(facts, CopyFacts):
        clips, detail = (about.removeprefix("clip/"),), facts.kind
    cameras = _cameras_of(session, clips) if clips else ("",)
    oversight.append(
        session,
        (
            Entry(
                officer=actor,
                action=told,
                at=at,
                camera=camera,
                detail=_line(detail)[:LONGEST_DETAIL],
                reason=_line(reason)[:LONGEST_REASON],
            )
            for camera in cameras
        ),
    )


def _cameras_of(session: Session, clips: Iterable[str]) -> tuple[str, ...]:
    """Each once; an empty one where none of the clips is known here."""
    marked = select(tables.bookmarks.c.camera_id).join(
        tables.clips, tables.clips.c.bookmark_id == tables.bookmarks.c.id
    )
    found = session.scalars(marked.where(tables.clips.c.id.in_(tuple(clips))).distinct())
    return tuple(sorted(found)) or ("",)


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
