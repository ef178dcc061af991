"""A push as it is read: parsed, judged as far as it can be without the order, and its signatures checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError

from tmcwall.server.database import Database
from tmcwall.server.enrolment import keys_of
from tmcwall.server.prepared import Prepared, prepare
from tmcwall.server.refusal import RequestRefused
from tmcwall.sync.protocol import MAX_BATCH, Delegations, OperationMessage, RefusalCode
from tmcwall.sync.register import DeviceKey, is_signed

T = TypeVar("T")

LARGEST_OPERATION_BYTES: Final = 512 * 1024
"""As it comes: more than the fields of any operation that counts, also where JSON writes each sign with six bytes."""

_MOST_KNOWN: Final = 4096
"""Devices whose keys are remembered."""


class Outline(msgspec.Struct):
    """A push whose operations are still to be read."""

    operations: list[msgspec.Raw]
    delegations: msgspec.Raw = msgspec.Raw(b"{}")


_outline = msgspec.json.Decoder(Outline)
_delegations: TypeAdapter[Delegations] = TypeAdapter(Delegations)


@dataclass(frozen=True, slots=True)
class ReadPush:
    """`unsigned`: the numbers of those that none of these keys has signed."""

    operations: Sequence[Prepared]
    delegations: Mapping[str, str]
    keys: Sequence[DeviceKey]
    unsigned: AbstractSet[int]

    @property
    def device(self) -> str:
        """Whose operations they are: those of one device, or the push is refused."""
        return self.operations[0].message.device

    def part(self, first: int, size: int) -> ReadPush:
        return replace(self, operations=self.operations[first : first + size])

    def followed_by(self, other: ReadPush) -> ReadPush:
        return replace(self, operations=[*self.operations, *other.operations], unsigned=self.unsigned | other.unsigned)


def outline_of(body: bytes) -> Outline:
    """What is pushed, looked at first so that the work is bounded by what may be in it.

    Raises RequestRefused(TOO_LARGE) for an operation beyond `LARGEST_OPERATION_BYTES`, and RequestValidationError.
    """
    try:
        outline = _outline.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _invalid([{"loc": ("body",), "msg": str(error)}]) from None
    if not 1 <= len(outline.operations) <= MAX_BATCH:
        raise _invalid([{"loc": ("body", "operations"), "msg": f"1 to {MAX_BATCH} operations"}])
    if any(len(memoryview(raw)) > LARGEST_OPERATION_BYTES for raw in outline.operations):
        raise RequestRefused(RefusalCode.TOO_LARGE)
    return outline


def read_push(
    outline: Outline, *, device: str, keys: Sequence[DeviceKey], first: int = 0, size: int = MAX_BATCH
) -> ReadPush:
    """These of the operations that a device pushes, read and checked as far as they can be before the order.

    Raises RequestRefused(INVALID) for one that could not be kept as it came; and RequestValidationError.
    """
    delegations = _validated(_delegations.validate_json, bytes(outline.delegations), "delegations")
    raws = outline.operations[first : first + size]
    operations: list[Prepared] = []
    unsigned: set[int] = set()
    for place, raw in enumerate(raws, first):
        one = _operation(place, bytes(raw))
        operations.append(one)
        # At once: while one thread checks a signature, the interpreter reads an operation of the other half.
        if _lacks_signature(one.message, device=device, keys=keys):
            unsigned.add(one.message.number)
    return ReadPush(operations, delegations, keys, unsigned)


def check_signatures(push: ReadPush, *, device: str, keys: Sequence[DeviceKey]) -> ReadPush:
    """By these keys of the device. What another device has made is looked at by `server.bringing`."""
    messages = (one.message for one in push.operations)
    unsigned = {one.number for one in messages if _lacks_signature(one, device=device, keys=keys)}
    return replace(push, keys=keys, unsigned=unsigned)


def _lacks_signature(message: OperationMessage, *, device: str, keys: Sequence[DeviceKey]) -> bool:
    return message.device == device and not is_signed(message, keys)


def _operation(place: int, raw: bytes) -> Prepared:
    message = _validated(OperationMessage.model_validate_json, raw, "operations", place)
    return prepare(message, read_from=raw)


def _validated(read: Callable[[bytes], T], raw: bytes, *place: str | int) -> T:
    try:
        return read(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise _invalid([{**problem, "loc": ("body", *place, *problem["loc"])} for problem in problems]) from None


def _invalid(problems: Sequence[Mapping[str, object]]) -> RequestValidationError:
    return RequestValidationError(problems)


class KnownKeys:
    """The keys of devices as they were read the last time, in one process. From any thread.

    They may have changed since: whoever adds to the order compares them there with those of that moment.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, Sequence[DeviceKey]] = {}

    def of(self, device: str) -> Sequence[DeviceKey]:
        keys = self._known.get(device)
        if keys is None:
            with self._database.read() as session:
                keys = keys_of(session, device)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[device] = keys
        return keys

    def forget(self, device: str) -> None:
        self._known.pop(device, None)
