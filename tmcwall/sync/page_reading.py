"""What a page brings, read item by item: what is wrong with one costs only that one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pydantic import JsonValue, ValidationError

from tmcwall.domain.kinds import KINDS, check_operation
from tmcwall.domain.operation import Entity
from tmcwall.domain.server_state import TakenEntity, UnreadOperation, WithdrawnOperation
from tmcwall.domain.shape import FieldRefused, check_fields
from tmcwall.sync.protocol import PulledOperation, Withdrawal
from tmcwall.sync.register import Register
from tmcwall.sync.replica import UNVERIFIED, OrderedOperation
from tmcwall.sync.snapshot import EntityMessage, entity_after


def read_operations(
    items: Iterable[JsonValue], register: Register
) -> tuple[list[OrderedOperation], list[UnreadOperation]]:
    """What everybody can keep and show, as its device has signed it.

    And the rest, which must neither have an effect nor hold up what follows.
    """
    operations, unread = [], []
    for item in items:
        try:
            pulled = PulledOperation.model_validate(item)
            if not register.answers_for(pulled.operation):
                raise _Unverified
            operation = pulled.operation.operation()
            check_operation(operation)
        except ValueError as error:
            unread.append(_unread(item, error))
        else:
            operations.append(OrderedOperation(pulled.server_sequence, pulled.fate, pulled.revision, operation))
    return operations, unread


def read_withdrawals(items: Iterable[JsonValue]) -> tuple[list[WithdrawnOperation], list[UnreadOperation]]:
    withdrawn, unread = [], []
    for item in items:
        try:
            read = Withdrawal.model_validate(item)
            after = entity_after(read)
            state = None if after is None else taken(after)
        except ValueError as error:
            unread.append(_unread(item, error))
        else:
            withdrawn.append(
                WithdrawnOperation(read.server_sequence, read.operation_id, read.revision, read.reason, state)
            )  # fmt: skip
    return withdrawn, unread


def taken(message: EntityMessage) -> TakenEntity:
    """Raises ValueError for what this version cannot read, or nobody could."""
    entity = Entity(message.kind)
    check_fields(KINDS[entity].shape, {name: version.value for name, version in message.versions.items()})
    return TakenEntity(entity, message.id, message.state(), message.found_conflicts(entity))


class _Unverified(ValueError):
    """Nobody answers for an operation."""


def _unread(item: JsonValue, error: ValueError) -> UnreadOperation:
    if isinstance(error, _Unverified):
        reason = UNVERIFIED
    elif isinstance(error, FieldRefused):
        reason = f"shape: {error}"
    elif isinstance(error, ValidationError):
        reason = "message"
    else:
        reason = "entity_unknown"
    place = item.get("server_sequence") if isinstance(item, dict) else None
    sequence = place if isinstance(place, int) and 0 <= place < 2**53 else 0
    try:
        text = json.dumps(item)
    except ValueError:  # Python writes no number of more than 4300 digits
        text = ""
    return UnreadOperation(sequence, text, reason)
