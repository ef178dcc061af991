"""A workstation that has nothing of the server's order takes over its state, instead of all operations before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import msgspec

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.operation import Entity
from tmcwall.domain.server_state import BEGINNING, SnapshotProgress, TakenEntity, UnreadOperation
from tmcwall.domain.shape import FieldRefused, check_fields
from tmcwall.log import get_logger
from tmcwall.sync.connection import Connection, check_reply
from tmcwall.sync.replica import Replica
from tmcwall.sync.snapshot import EntityMessage, SnapshotPage, read_entity, read_page

log = get_logger(__name__)


async def take_snapshot(
    connection: Connection, replica: Replica, *, token: str, tell: Callable[[SnapshotProgress], None]
) -> bool:
    """Goes on where a snapshot was interrupted, or begins one. False: the server gives none.

    Raises Fault; what has come until then stays, and the next call goes on.
    """
    begun = replica.snapshot()
    while True:
        page = await _page(connection, token, begun.after if begun is not None else BEGINNING)
        if page is None:
            return False
        if begun is not None and page.epoch != begun.epoch:
            log.warning("snapshot_begun_again", epoch=str(page.epoch))
            replica.abandon_snapshot()
            begun = None
            continue
        if begun is None:
            begun = SnapshotProgress(page.place, page.epoch, page.known_sequence, page.known_hash, page.total)
            replica.begin_snapshot(begun, heads=page.heads)
        entities, unread = _read(page.entities)
        begun = replace(begun, taken=begun.taken + len(page.entities), after=page.next or begun.after)
        replica.take_snapshot(begun, entities, unread=unread)
        tell(begun)
        if page.next is None:
            replica.finish_snapshot(begun)
            log.info("snapshot_taken", place=begun.place, entities=begun.taken)
            return True


def taken(message: EntityMessage) -> TakenEntity:
    """Raises ValueError for what this version cannot read, or nobody could."""
    entity = Entity(message.kind)
    check_fields(KINDS[entity].shape, {name: version.value for name, version in message.versions.items()})
    return TakenEntity(entity, message.id, message.state(), message.found_conflicts(entity))


async def _page(connection: Connection, token: str, after: tuple[str, str]) -> SnapshotPage | None:
    params = {"after_kind": after[0], "after_id": after[1]}
    reply = await connection.request("GET", "/snapshot", token=token, params=params)
    if reply.status_code in {404, 405}:
        return None  # an older server
    try:
        return read_page(check_reply(reply).content)
    except ValueError:
        raise Fault(FaultCode.SERVER_INCOMPATIBLE, "snapshot") from None


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
