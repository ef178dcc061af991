"""Pushes that wait are taken in one transaction: each with an answer of its own, and none costs another its effect."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from tmcwall.log import get_logger
from tmcwall.server.admission import Admitted, admit, see_all, terms_of
from tmcwall.server.audit import ADD_AUDIT, AuditAction, audit_row
from tmcwall.server.delegation import delegates
from tmcwall.server.journal import Journal, Push
from tmcwall.server.reading import ReadPush
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.rights import Identity
from tmcwall.sync.protocol import Fate, PushReply, RefusalCode

if TYPE_CHECKING:
    from tmcwall.server.context import ServerContext  # which has the queue of these

log = get_logger(__name__)

LONGEST_S: Final = 0.1
"""After so long within one transaction those that are left come next: a report may be waiting."""
_NOTED: Final[Mapping[Fate, AuditAction]] = {
    Fate.QUARANTINED: AuditAction.QUARANTINED,
    Fate.CONFLICT: AuditAction.CONFLICT,
}


class KeysChanged(Exception):
    """The device has other keys than those by which its signatures were checked: they are to be checked again."""


@dataclass(frozen=True, slots=True)
class WaitingPush:
    """A push that waits for the order, and who brings it."""

    read: ReadPush
    asker: Identity
    address: str


Outcome = PushReply | Exception
"""RequestRefused or KeysChanged."""


def take_pushes(
    context: ServerContext, pushes: Sequence[WaitingPush], *, within_s: float = LONGEST_S
) -> Sequence[Outcome]:
    """What became of each, after the commit; of fewer than these if they take longer. No two are of one device.

    Raises DBAPIError, and nothing is kept.
    """
    try:
        taken = _Taking(context, pushes, within_s=within_s)
        with context.database.write() as session:
            taken.run(session)
    except RequestRefused as refused:
        # Only of one who brings an operation under another's id: that is known when all are written.
        if len(pushes) == 1:
            return [refused]
        return [outcome for push in pushes for outcome in take_pushes(context, [push], within_s=within_s)]
    for reply in taken.outcomes:
        for fate in reply.fates if isinstance(reply, PushReply) else ():
            context.counters.operations.labels(fate.fate).inc()
    context.announcer.announce(taken.newest)
    return taken.outcomes


class _Taking:
    """One transaction."""

    def __init__(self, context: ServerContext, pushes: Sequence[WaitingPush], *, within_s: float) -> None:
        self._context = context
        self._pushes = pushes
        self._within_s = within_s
        self._now = context.clock.utc()
        self.outcomes: list[Outcome] = []
        self.newest = 0
        """The last place in the order."""

    def run(self, session: Session) -> None:
        """Raises RequestRefused(FORK) if an id is taken already: then nothing of all is kept."""
        until_s = time.monotonic() + self._within_s
        journal = Journal(session, now=self._now)
        journal.hold({push.asker.device for push in self._pushes})
        # Looked at now: a body may take minutes, and the right to it be withdrawn meanwhile.
        admitted = admit(session, {push.asker.token_hash for push in self._pushes}, now=self._now)
        judged = [self._judged(push, admitted[push.asker.token_hash]) for push in self._pushes]
        journal.find([one for one in judged if isinstance(one, Push)])
        rows: list[Mapping[str, object]] = []
        for push, one in zip(self._pushes, judged, strict=True):
            before = journal.last_sequence
            outcome = self._taken(journal, one)
            self.outcomes.append(outcome)
            if isinstance(outcome, PushReply):
                rows += notes(push, outcome, before=before, now=self._now)
            if time.monotonic() > until_s:
                break
        journal.write([(ADD_AUDIT, rows)])
        self.newest = journal.last_sequence
        see_all(session, (one for one in admitted.values() if isinstance(one, Admitted)), now=self._now)

    def _judged(self, push: WaitingPush, admitted: Admitted | RequestRefused) -> Push | Exception:
        if isinstance(admitted, RequestRefused):
            return admitted
        if terms_of(push.read.keys) != admitted.keys:
            return KeysChanged()
        device = admitted.identity.device
        proven = delegates(self._context.secret_box, push.read.delegations, device=device, now=self._now)
        return Push(push.read.operations, device, admitted.identity.officer, proven, push.read.unsigned)

    def _taken(self, journal: Journal, push: Push | Exception) -> Outcome:
        if isinstance(push, Exception):
            return push
        try:
            return journal.take(push, admit_quarantined=self._admit_quarantined)
        except RequestRefused as refused:
            if refused.refusal.code is RefusalCode.SIGNATURE_REFUSED:
                log.warning("operation_not_signed", device=push.device)
            return refused

    def _admit_quarantined(self, push: Push, size: int) -> None:
        """Raises RequestRefused(TOO_MANY)."""
        self._context.quarantine.take(size, f"device {push.device}", f"officer {push.officer.nrp}")


def notes(push: WaitingPush, reply: PushReply, *, before: int, now: datetime) -> list[Mapping[str, object]]:
    """One row for what is new, and one for each operation that has no effect or disagrees with another."""
    device = push.read.device
    new = [fate for fate in reply.fates if fate.server_sequence > before]
    noted = [
        (_NOTED[fate.fate], f"{device} {fate.number} {fate.id}", fate.reason or "ok")
        for fate in new
        if fate.fate in _NOTED
    ]
    if new:
        noted.insert(0, (AuditAction.PUSH, f"{device} {new[0].number}..{new[-1].number}", "ok"))
    return [
        audit_row(action, at=now, actor=push.asker.officer.nrp, about=about, address=push.address, outcome=outcome)
        for action, about, outcome in noted
    ]
