"""Operations of another device than the one that brings them: signed by that one, for officers who are proven.

So a workstation gives back to a restored server what it made under an identity that it has no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tmcwall.server.admission import admit, see_all
from tmcwall.server.audit import ADD_AUDIT
from tmcwall.server.delegation import delegates
from tmcwall.server.enrolment import keys_of
from tmcwall.server.journal import Journal, Push
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import DeviceRow
from tmcwall.server.taking import WaitingPush, notes
from tmcwall.sync.protocol import PushReply, RefusalCode
from tmcwall.sync.register import is_signed

if TYPE_CHECKING:
    from tmcwall.server.context import ServerContext  # which has the queue of these


def take_brought(context: ServerContext, push: WaitingPush) -> PushReply:
    """One push in a transaction of its own: there are few, so signatures are checked within it.

    A delegation counts that was given to either device. Nobody else's operation is stored without effect on the word
    of who brings it: the whole push is refused.

    Raises what `admit` and `Journal.take` do, and RequestRefused(FORBIDDEN) for what nobody answers for.
    """
    now, device = context.clock.utc(), push.read.device
    with context.database.write() as session:
        journal = Journal(session, now=now)
        admitted = admit(session, {push.asker.token_hash}, now=now)[push.asker.token_hash]
        if isinstance(admitted, RequestRefused):
            raise admitted
        officer, given = admitted.identity.officer, push.read.delegations
        proven = delegates(context.secret_box, given, device=device, now=now)
        proven |= delegates(context.secret_box, given, device=admitted.identity.device, now=now)
        keys = [key for key in keys_of(session, device) if key.public_key]  # what carries no signature proves nothing
        last_number = session.scalar(select(DeviceRow.last_number).where(DeviceRow.id == device)) or 0
        new = [one.message for one in push.read.operations if one.message.number > last_number]
        if not all(one.actor in proven | {officer.nrp} and is_signed(one, keys) for one in new):
            raise RequestRefused(RefusalCode.FORBIDDEN)

        def admit_quarantined(_: Push, size: int) -> None:
            context.quarantine.take(size, f"device {push.asker.device}", f"officer {officer.nrp}")

        before = journal.last_sequence
        brought = Push(push.read.operations, device, officer, proven)
        reply = journal.take(brought, admit_quarantined=admit_quarantined)
        journal.write([(ADD_AUDIT, notes(push, reply, before=before, now=now))])
        see_all(session, [admitted], now=now)
        newest = journal.last_sequence
    for fate in reply.fates:
        context.counters.operations.labels(fate.fate).inc()
    context.announcer.announce(newest)
    return reply
