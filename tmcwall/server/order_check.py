"""Whether the order is whole: a chain without a gap of each device, and compacted as the server has signed it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmcwall.domain.operation import FIRST_HASH
from tmcwall.server.compaction import Statement, read_skeleton, root_of
from tmcwall.server.compaction_tables import CompactionRow
from tmcwall.server.enrolment import keys_of
from tmcwall.server.order import message_of
from tmcwall.server.tables import OperationRow
from tmcwall.signatures import Purpose, verifies
from tmcwall.sync.protocol import SERVER_DEVICE
from tmcwall.sync.register import DeviceKey, is_signed

_ROWS_AT_ONCE: Final = 500


class Break(StrEnum):
    """What does not hold."""

    GAP = "gap"
    """A number is missing, or there twice."""
    PREVIOUS = "previous_hash"
    """It does not follow the operation before it."""
    HASH = "hash"
    """It is not what it was when it was taken."""
    SIGNATURE = "signature"
    """The device has not signed it; of a statement: the server has not."""
    UNREADABLE = "unreadable"
    CHAIN = "statement_chain"
    """A statement does not follow the one before it."""
    ROOT = "root"
    """What has no values is not what the statement says."""


@dataclass(frozen=True, slots=True)
class Broken:
    """`about`: a device and number, or `compaction` and the number of a statement."""

    about: str
    what: Break


@dataclass(frozen=True, slots=True)
class OrderCheck:
    """What was looked at, and what does not hold."""

    operations: int
    compacted: int
    """Of these: without values."""
    statements: int
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An operation as a link of its device's chain; a `sync.register.Signed`."""

    device: str
    number: int
    previous_hash: str
    hash: str
    """What its values hash to; of one without values what stands in the database, which the next one and its signature
    hold to."""
    signature: str


def link_of(row: OperationRow) -> Link | None:
    """None if nobody can read it."""
    if row.compaction is None:
        message = message_of(row)
        if message is None:
            return None
        return Link(message.device, message.number, message.previous_hash, message.hash, message.signature)
    try:
        skeleton = read_skeleton(row)
    except ValueError:
        return None
    return Link(row.device, row.number, skeleton.previous_hash, row.hash, skeleton.signature)


def check_order(session: Session, *, signatures: bool) -> OrderCheck:
    """Reads every operation. `signatures`: also those of the devices, which takes longest."""
    broken: list[Broken] = []
    taken: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    operations = 0
    before: Link | None = None
    keys: Sequence[DeviceKey] = ()
    rows = session.scalars(
        select(OperationRow)
        .order_by(OperationRow.device, OperationRow.number)
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in rows:
        operations += 1
        if row.compaction is not None:
            taken[row.compaction].append((row.server_sequence, row.hash))
        if before is None or before.device != row.device:
            before = Link(row.device, 0, "", FIRST_HASH, "")
            keys = keys_of(session, row.device) if signatures else ()
        link = link_of(row)
        what = Break.UNREADABLE if link is None else _break_of(link, row, before)
        if link is not None and what is None and signatures and not is_signed(link, keys):
            what = Break.SIGNATURE
        if what is not None:
            broken.append(Broken(f"{row.device} {row.number}", what))
        before = Link(row.device, row.number, "", row.hash, "")
    compacted = sum(map(len, taken.values()))
    statements = session.scalars(select(CompactionRow).order_by(CompactionRow.number)).all()
    broken += _broken_statements(session, statements, taken)
    return OrderCheck(operations, compacted, len(statements), tuple(broken))


def _break_of(link: Link, row: OperationRow, before: Link) -> Break | None:
    if link.number != before.number + 1:
        return Break.GAP
    if link.previous_hash != before.hash:
        return Break.PREVIOUS
    return Break.HASH if (link.device, link.number, link.hash) != (row.device, row.number, row.hash) else None


def _broken_statements(
    session: Session, statements: Sequence[CompactionRow], taken: Mapping[int, Sequence[tuple[int, str]]]
) -> Iterator[Broken]:
    server_keys = [key.public_key for key in keys_of(session, SERVER_DEVICE) if key.public_key]
    previous_hash = FIRST_HASH
    for number, row in enumerate(statements, start=1):
        about = f"compaction {row.number}"
        try:
            statement = msgspec.json.decode(row.statement, type=Statement)
        except ValueError:
            yield Broken(about, Break.UNREADABLE)
            continue
        places = sorted(taken.get(row.number, ()))
        if not any(verifies(key, Purpose.COMPACTION, row.statement, row.signature) for key in server_keys):
            yield Broken(about, Break.SIGNATURE)
        elif (row.number, statement.number, statement.previous_hash) != (number, number, previous_hash):
            yield Broken(about, Break.CHAIN)
        elif not _states(statement, places):
            yield Broken(about, Break.ROOT)
        previous_hash = hashlib.sha256(row.statement.encode()).hexdigest()
    for number in sorted(taken.keys() - {row.number for row in statements}):
        yield Broken(f"compaction {number}", Break.ROOT)


def _states(statement: Statement, places: Sequence[tuple[int, str]]) -> bool:
    first, last = (places[0][0], places[-1][0]) if places else (0, 0)
    stated = (statement.operations, statement.from_place, statement.through_place, statement.root)
    return stated == (len(places), first, last, root_of(places))
