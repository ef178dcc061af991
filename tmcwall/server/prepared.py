"""An operation as it came, with all that can be said of it before anybody holds the lock of the order.

Whatever needs the operation alone belongs here, and nothing that needs the database: reading, hashing, the text that is
kept, the check of its shape. It is done in the thread of the request, beside those of others.
"""

from __future__ import annotations

from dataclasses import dataclass

from tmcwall.domain.kinds import check_operation
from tmcwall.domain.operation import Operation
from tmcwall.domain.shape import FieldProblem, FieldRefused
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import OperationMessage, RefusalCode


@dataclass(frozen=True, slots=True)
class Prepared:
    """`operation` is None for a kind that this version does not know; `reason` says why it can have no effect."""

    message: OperationMessage
    hash: str
    text: str
    """Its JSON, as it is kept for good."""
    operation: Operation | None
    reason: str = ""


def prepare(message: OperationMessage, *, read_from: bytes = b"") -> Prepared:
    """`read_from`: the JSON that the message was read from.

    Raises RequestRefused(INVALID) for what could not be kept as it came.
    """
    try:
        digest, text = message.hash, message.stored_text(read_from=read_from)
    except ValueError:
        raise RequestRefused(RefusalCode.INVALID) from None
    try:
        operation = message.operation()
    except ValueError:
        return Prepared(message, digest, text, None, "entity_unknown")
    return Prepared(message, digest, text, operation, _reason_against(operation, canonical=message.canonical_fields))


def _reason_against(operation: Operation, *, canonical: str) -> str:
    """Empty where there is none."""
    try:
        check_operation(operation, canonical=canonical)
    except FieldRefused as refused:
        return "too_large" if refused.problem is FieldProblem.LARGE else f"shape: {refused}"
    return ""
