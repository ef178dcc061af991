"""Oversight: who watched which camera, when and why, as rows that carry each other's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from tmcwall.domain.camera import Owner
from tmcwall.domain.operation import FIRST_HASH, canonical_hash

NOBODY: Final = "-"
"""The officer of what was shown while nobody was on duty: a wall goes on."""

REASON_OWNERS: Final = frozenset({Owner.BANK, Owner.PRIVATE})
"""Whose cameras are watched for a reason only, given once a shift."""

LONGEST_REASON: Final = 200
LONGEST_DETAIL: Final = 200


class OversightAction(StrEnum):
    VIEW_STARTED = "view_started"
    VIEW_STOPPED = "view_stopped"
    WATCHING = "watching"
    """Each minute, for all that an officer watches: after a crash no view seems to have lasted longer than that."""
    CAMERA_SEEN = "camera_seen"
    """The camera stood live before an officer for as long as it takes to look (`domain.patrol`)."""
    REASON_GIVEN = "reason_given"
    """For watching cameras of `REASON_OWNERS` in this shift."""
    EVIDENCE_EXPORTED = "evidence_exported"
    """Footage of the camera left in a package of evidence, whose name is the detail; the reason is its legal basis."""
    COPY_MADE = "copy_made"
    """A still or another copy of a clip; the detail says of which kind."""
    COPY_RELEASED = "copy_released"
    """A redacted copy was watched to its end and may leave the station."""
    PICTURE_TAKEN = "picture_taken"
    """A picture of the camera was saved while it was tested."""
    WORKSTATION_EXPORTED = "workstation_exported"
    """The whole store left in an export of the workstation."""


class Place(StrEnum):
    """How a camera is watched."""

    TILE = "tile"
    FULL_SCREEN = "full_screen"
    REPLAY = "replay"
    """Its recording, in a tile."""
    CLIP = "clip"
    """A clip of it, in the review."""


@dataclass(frozen=True, slots=True, order=True)
class View:
    camera: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a row shall say."""

    officer: str
    action: OversightAction
    at: datetime
    camera: str = ""
    """Empty for what is about none, or about all."""
    detail: str = ""
    """The place; of WATCHING how many views, and the hash of which (`watched`)."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OversightRow:
    """One link of a workstation's chain."""

    seq: int
    prev_hash: str
    officer: str
    action: OversightAction
    camera: str
    at: datetime
    detail: str
    reason: str
    hash: str


def next_row(previous: tuple[int, str] | None, entry: Entry) -> OversightRow:
    """The row that follows the one with that number and hash, or the first one."""
    seq, prev_hash = (0, FIRST_HASH) if previous is None else previous
    row = OversightRow(
        seq + 1, prev_hash, entry.officer, entry.action, entry.camera, entry.at, entry.detail, entry.reason, hash=""
    )
    return replace(row, hash=digest(row))


def digest(row: OversightRow) -> str:
    """Hex SHA-256 over the row's content, as canonical JSON."""
    return canonical_hash(
        {
            "seq": row.seq,
            "prev_hash": row.prev_hash,
            "officer": row.officer,
            "action": row.action.value,
            "camera": row.camera,
            "at": row.at.isoformat(),
            "detail": row.detail,
            "reason": row.reason,
        }
    )


def watched(views: AbstractSet[View]) -> str:
    """How many views there are, and which: the same for the same set, as the rows before it add up to."""
    text = "\n".join(f"{view.place} {view.camera}" for view in sorted(views))
    return f"{len(views)} {hashlib.sha256(text.encode()).hexdigest()[:16]}"
