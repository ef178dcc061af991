"""The register of public keys: whose signature an operation must carry, as the server says and signs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Final, Protocol

from pydantic import Field, StringConstraints

from tmcwall.domain.operation import Json
from tmcwall.signatures import Purpose, verifies, verifies_content
from tmcwall.sync.protocol import SERVER_DEVICE, DeviceName, Message, PublicKey, Signature

DeskName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Number = Annotated[int, Field(ge=1, lt=2**53)]


MAX_ENDED: Final = 100
"""Statements that are brought in one message."""


class DeviceKey(Message):
    """The server's statement that a key signs the operations of a device from one number to another."""

    device: DeviceName
    name: DeskName
    """Of the desk, as IT calls it."""
    public_key: PublicKey = ""
    """Empty: these operations are from before devices were enrolled, and carry no signature."""
    first_number: Number
    last_number: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    """None: and all that follow. Less than the first: the key ended before it had signed any."""
    signature: Signature
    """The server's, over all the others."""

    @property
    def content(self) -> dict[str, Json]:
        """What the server signs."""
        return {
            "device": self.device,
            "name": self.name,
            "public_key": self.public_key,
            "first_number": self.first_number,
            "last_number": self.last_number,
        }

    @property
    def statement(self) -> tuple[str, str, int]:
        """What it is about, whether the key has ended or not."""
        return self.device, self.public_key, self.first_number

    @property
    def has_ended(self) -> bool:
        return self.last_number is not None and bool(self.public_key)

    def is_for(self, number: int) -> bool:
        return self.first_number <= number and (self.last_number is None or number <= self.last_number)


class DeviceKeys(Message):
    """The whole register. Keys that have ended stay in it, for what they have signed."""

    keys: tuple[DeviceKey, ...]


class EndedKeys(Message):
    """Statements of the server that keys have ended, for one that was put back and knows nothing of it."""

    keys: Annotated[tuple[DeviceKey, ...], Field(max_length=MAX_ENDED)]


class Signed(Protocol):
    """An operation, or its message."""

    @property
    def device(self) -> str: ...
    @property
    def number(self) -> int: ...
    @property
    def hash(self) -> str: ...
    @property
    def signature(self) -> str: ...


def is_signed(operation: Signed, keys: Iterable[DeviceKey]) -> bool:
    """Whether one of these keys, which are of the operation's device, answers for it."""
    return any(
        not key.public_key or verifies(key.public_key, Purpose.OPERATION, operation.hash, operation.signature)
        for key in keys
        if key.is_for(operation.number)
    )


class Register:
    """What the server of one key has said about devices. Statements that it has not signed are left out."""

    def __init__(self, server_key: str, keys: Sequence[DeviceKey] = ()) -> None:
        self._server_key: Final = server_key
        by_device: defaultdict[str, list[DeviceKey]] = defaultdict(list)
        for key in keys:
            if verifies_content(server_key, Purpose.DEVICE_KEY, key.content, key.signature):
                by_device[key.device].append(key)
        self._by_device: Mapping[str, Sequence[DeviceKey]] = dict(by_device)

    @property
    def server_key(self) -> str:
        return self._server_key

    @property
    def desks(self) -> Mapping[str, str]:
        """The names of the workstations whose keys hold, by device; not the server itself."""
        return {
            device: key.name
            for device, keys in self._by_device.items()
            for key in keys
            if key.last_number is None and key.public_key and device != SERVER_DEVICE
        }

    def keys_of(self, device: str) -> Sequence[DeviceKey]:
        """All that a device has had, also those that have ended; nothing from before devices were enrolled."""
        return [key for key in self._by_device.get(device, ()) if key.public_key]

    def held_keys(self) -> Mapping[str, str]:
        """The public keys that workstations have now, by device; not the server's own."""
        return {
            device: key.public_key for device in self.desks for key in self.keys_of(device) if key.last_number is None
        }

    def with_ends(self, said: Sequence[DeviceKey]) -> tuple[DeviceKey, ...]:
        """What the server says now, but for keys that it has said before to have ended: those stay so.

        A database that was put back has forgotten that, and whoever writes there may put an old row back.
        """
        ended = {key.statement: key for key in self._ended()}
        told = {key.statement for key in said}
        open_or_ended = (key if key.has_ended else ended.get(key.statement, key) for key in said)
        return (*open_or_ended, *(key for statement, key in ended.items() if statement not in told))

    def forgotten_ends(self, said: Iterable[DeviceKey]) -> tuple[DeviceKey, ...]:
        """Keys that the server says to hold, and has said before to have ended."""
        held = {key.statement for key in said if not key.has_ended}
        return tuple(key for key in self._ended() if key.statement in held)

    def _ended(self) -> Iterable[DeviceKey]:
        return (key for keys in self._by_device.values() for key in keys if key.has_ended)

    def answers_for(self, operation: Signed) -> bool:
        """Whether the operation is as its device has made it."""
        return is_signed(operation, self._by_device.get(operation.device, ()))
