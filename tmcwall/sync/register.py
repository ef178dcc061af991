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

    def is_for(self, number: int) -> bool:
        return self.first_number <= number and (self.last_number is None or number <= self.last_number)


class DeviceKeys(Message):
    """The whole register. Keys that have ended stay in it, for what they have signed."""

    keys: tuple[DeviceKey, ...]


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

    def answers_for(self, operation: Signed) -> bool:
        """Whether the operation is as its device has made it."""
        return is_signed(operation, self._by_device.get(operation.device, ()))
