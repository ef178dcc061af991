"""The chain of custody: who did what to which object, when and why, as rows that carry each other's hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tmcwall.domain.operation import FIRST_HASH


class CustodyAction(StrEnum):
    CREATED = "created"
    CHANGED = "changed"
    RECEIVED = "received"
    """Another device's change, taken over by synchronisation."""
    CLIP_CUT = "clip_cut"
    CLIP_FAILED = "clip_failed"
    PLAYED = "played"
    EXPORTED = "exported"
    HOLD_RELEASED = "hold_released"
    LP_FORCED = "lp_forced"
    QUARANTINED = "quarantined"
    QUARANTINE_LIFTED = "quarantine_lifted"
    STANDING_CHANGED = "standing_changed"
    VIEW_ACCEPTED = "view_accepted"
    CONFLICT_SETTLED = "conflict_settled"
    """Somebody has looked at both values of a conflict; `reason` is its id."""
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    STORE_RESTORED = "store_restored"
    DEVICE_RENEWED = "device_renewed"


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """One link. `object` names what it is about: `bookmark/<id>`, `clip/<id>`, `camera/<id>`."""

    seq: int
    prev_hash: str
    actor: str
    action: CustodyAction
    object: str
    time: datetime
    reason: str
    hash: str


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where a chain stops to hold: the number of the first row that is altered, missing or out of place."""

    seq: int


def next_row(
    previous: CustodyRow | None, *, actor: str, action: CustodyAction, about: str, time: datetime, reason: str = ""
) -> CustodyRow:
    """The row that follows `previous`, or the first one."""
    seq = 1 if previous is None else previous.seq + 1
    prev_hash = FIRST_HASH if previous is None else previous.hash
    digest = _digest(seq, prev_hash, actor, action, about, time, reason)
    return CustodyRow(seq, prev_hash, actor, action, about, time, reason, digest)


def verify_chain(rows: Iterable[CustodyRow], *, head: str | None = None) -> ChainBreak | None:
    """The first break in a whole chain, or None. Rows cut off at the end show only against a known `head` hash."""
    previous_hash, seq = FIRST_HASH, 0
    for row in rows:
        seq += 1
        right = _digest(row.seq, row.prev_hash, row.actor, row.action, row.object, row.time, row.reason)
        if row.seq != seq or row.prev_hash != previous_hash or row.hash != right:
            return ChainBreak(seq)
        previous_hash = row.hash
    if head is not None and head != previous_hash:
        return ChainBreak(seq + 1)
    return None


def _digest(
    seq: int, prev_hash: str, actor: str, action: CustodyAction, about: str, time: datetime, reason: str
) -> str:
    content = [seq, prev_hash, actor, action.value, about, time.isoformat(), reason]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
