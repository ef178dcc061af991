"""A workstation that has nothing of the server's order takes over its state, instead of all operations before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import msgspec

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.server_state import (
    BEGINNING,
    SnapshotProgress,
    TakenEntity,
    UnreadOperation,
    WithdrawnOperation,
)
from tmcwall.domain.shape import FieldRefused
from tmcwall.log import get_logger
from tmcwall.sync.connection import Connection, check_reply, parse_reply
from tmcwall.sync.page_reading import read_withdrawals, taken
from tmcwall.sync.protocol import WithdrawalsPage
from tmcwall.sync.replica import Replica, SyncPosition
from tmcwall.sync.snapshot import SnapshotPage, read_entity, read_page

log = get_logger(__name__)


async def take_snapshot(
    connection: Connection, replica: Replica, *, token: str, tell: Callable[[SnapshotProgress], None]
) -> bool:
    """Goes on where a snapshot was interrupted, or begins one. False: the server gives none.

    Raises Fault; what has come until then stays, and the next call goes on. Ends early, or raises
    Refused(ORDER_DIFFERS), where the server's order has become another one, as its next page of operations says.
    """
    begun = replica.snapshot()
    while True:
        page = await _page(connection, token, begun)
        if page is None:
            return False
        if begun is not None and page.epoch != begun.epoch:
            return True
        if begun is None:
            begun = SnapshotProgress(page.place, page.epoch, page.known_sequence, page.known_hash, page.total)
            replica.begin_snapshot(begun, heads=page.heads)
        entities, unread = _read(page.entities)
        begun = replace(
            begun,
            known_sequence=page.known_sequence,
            known_hash=page.known_hash,
            taken=begun.taken + len(page.entities),
            after=page.next or begun.after,
        )
        replica.take_snapshot(begun, entities, unread=unread)
        tell(begun)
        if page.next is None:
            withdrawn, unread = await _withdrawals(connection, token, begun)
            if withdrawn is None:
                return True
            replica.finish_snapshot(begun, withdrawn=withdrawn, unread=unread)
            log.info("snapshot_taken", place=begun.place, entities=begun.taken)
            return True


def known_of(position: SyncPosition | SnapshotProgress) -> Mapping[str, int | str]:
    """By which the server can see whether its order is still the one that was read here."""
    if position.epoch is None or not position.known_sequence:
        return {}
    return {"epoch": str(position.epoch), "known": position.known_sequence, "known_hash": position.known_hash}


async def _page(connection: Connection, token: str, begun: SnapshotProgress | None) -> SnapshotPage | None:
    kind, entity_id = BEGINNING if begun is None else begun.after
    params = {"after_kind": kind, "after_id": entity_id, **({} if begun is None else known_of(begun))}
    reply = await connection.request("GET", "/snapshot", token=token, params=params)
    if reply.status_code in {404, 405}:
        return None  # an older server
    try:
        return read_page(check_reply(reply).content)
    except ValueError:
        raise Fault(FaultCode.SERVER_INCOMPATIBLE, "snapshot") from None


async def _withdrawals(
    connection: Connection, token: str, begun: SnapshotProgress
) -> tuple[list[WithdrawnOperation] | None, list[UnreadOperation]]:
    """All that was taken out of effect up to the state's place; None if the server's order is another one by now.

    The state says what an entity is, and not that the workstation shows one which is none any more.
    """
    withdrawn: list[WithdrawnOperation] = []
    unread: list[UnreadOperation] = []
    after = 0
    while True:
        reply = await connection.request("GET", "/withdrawals", token=token, params={"after": after})
        if reply.status_code in {404, 405}:
            return [], []  # an older server, which has all values
        page = parse_reply(reply, WithdrawalsPage)
        if page.epoch != begun.epoch:
            return None, []
        found, not_read = read_withdrawals(page.withdrawals)
        withdrawn += [one for one in found if one.server_sequence <= begun.place]
        unread += not_read
        if not page.more or page.through >= begun.place:
            return withdrawn, unread
        after = page.through


def _read(items: Iterable[msgspec.Raw]) -> tuple[list[TakenEntity], list[UnreadOperation]]:
    entities, unread = [], []
    for item in items:
        try:
            entities.append(taken(read_entity(item)))
        except ValueError as error:
            reason = f"shape: {error}" if isinstance(error, FieldRefused) else "entity"
            log.warning("entity_not_read", reason=reason)
            unread.append(UnreadOperation(0, bytes(item).decode(errors="replace"), reason))
    return entities, unread
