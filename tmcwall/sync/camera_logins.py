"""Logins of cameras on their way from desk to desk: what the server keeps of them, which it cannot open.

A *share* is made by one workstation for some cameras: their logins, sealed with a key of that share, and that key
sealed for each enrolled device (`tmcwall.sealed_boxes`). Bodies and replies of the routes under `/camera-logins`.
"""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from tmcwall.domain.operation import Json
from tmcwall.signatures import Purpose, SigningKey, verifies_content
from tmcwall.sync.protocol import DeviceName, Hash, Message, Name, Place, Signature
from tmcwall.sync.register import DeskName, Register

MAX_SHARED: Final = 100
"""Cameras in one share."""
MAX_BOXES: Final = 500
"""In one message: for so many devices, or so many shares."""
MAX_ROWS: Final = 200
"""In one page."""

Version = Annotated[int, Field(ge=1, lt=2**53)]
Sealed = Annotated[str, StringConstraints(min_length=1, max_length=8192, pattern=r"^[A-Za-z0-9+/=]+$")]
Box = Annotated[str, StringConstraints(min_length=1, max_length=160, pattern=r"^[A-Za-z0-9+/=]+$")]


class SharedLogin(Message):
    """The login of one camera, sealed with the key of its share."""

    camera: Name
    version: Version
    """Of what is shared of that camera; a workstation takes no version that is not above the one that it has."""
    share: UUID
    key_digest: Hash
    """Of the key of the share (`ShareKey.digest`)."""
    sealed: Sealed
    device: DeviceName
    """The workstation that has shared it."""
    signature: Signature
    """That workstation's, over all of the above."""

    @property
    def content(self) -> dict[str, Json]:
        return {
            "camera": self.camera,
            "version": self.version,
            "share": str(self.share),
            "key_digest": self.key_digest,
            "sealed": self.sealed,
            "device": self.device,
        }

    @property
    def about(self) -> str:
        """What the sealed login belongs to, and opens with only."""
        return f"{self.share}/{self.camera}/{self.version}"

    def is_signed(self, register: Register) -> bool:
        """By a key that its workstation has or had. With one that has ended nobody plants: see `KeyBox.is_signed`."""
        return any(
            verifies_content(key.public_key, Purpose.CAMERA_LOGIN, self.content, self.signature)
            for key in register.keys_of(self.device)
        )


class KeyBox(Message):
    """The key of a share, sealed for one device."""

    share: UUID
    key_digest: Hash
    device: DeviceName
    """Who can open it."""
    box: Box
    sealed_by: DeviceName
    """A workstation that has the key itself."""
    signature: Signature
    """That workstation's, over all of the above."""

    @property
    def content(self) -> dict[str, Json]:
        return {
            "share": str(self.share),
            "key_digest": self.key_digest,
            "device": self.device,
            "box": self.box,
            "sealed_by": self.sealed_by,
        }

    def is_signed(self, register: Register) -> bool:
        """By the key that its workstation has now: one that was revoked brings in nothing more."""
        held = register.held_keys().get(self.sealed_by, "")
        return bool(held) and verifies_content(held, Purpose.CAMERA_LOGIN, self.content, self.signature)


class LoginShare(Message):
    """Body of `POST camera-logins`: one share, whole."""

    logins: Annotated[tuple[SharedLogin, ...], Field(min_length=1, max_length=MAX_SHARED)]
    boxes: Annotated[tuple[KeyBox, ...], Field(min_length=1, max_length=MAX_BOXES)]


class LoginShareReceipt(Message):
    """Nothing is taken where some are `refused`: the server has these not, or a version that is not older."""

    refused: tuple[Name, ...] = ()


class KeyBoxes(Message):
    """Body of `POST camera-logins/boxes`."""

    boxes: Annotated[tuple[KeyBox, ...], Field(min_length=1, max_length=MAX_BOXES)]


class TakenShares(Message):
    """Body of `POST camera-logins/taken`: what became of the boxes of this device."""

    opened: Annotated[tuple[UUID, ...], Field(max_length=MAX_BOXES)] = ()
    unopened: Annotated[tuple[UUID, ...], Field(max_length=MAX_BOXES)] = ()
    """They are not what they are said to be: another workstation is to seal these keys again."""


class EndedLogins(Message):
    """Body of `POST camera-logins/ended`: the server forgets these logins; who has them keeps them."""

    cameras: Annotated[tuple[Name, ...], Field(min_length=1, max_length=MAX_SHARED)]


class MissingBox(Message):
    """A device that cannot open a share yet, although it is enrolled."""

    share: UUID
    device: DeviceName


class ExposedLogins(Message):
    """A workstation whose key has ended, and cameras whose present login it knows."""

    desk: DeskName
    cameras: tuple[Name, ...]


class LoginStanding(Message):
    """How far the sharing has come, over all workstations that are enrolled."""

    cameras: int = 0
    have: tuple[DeskName, ...] = ()
    """Workstations that have all of them."""
    waiting: tuple[DeskName, ...] = ()
    exposed: tuple[ExposedLogins, ...] = ()


class LoginPage(Message):
    """Reply of `GET camera-logins`: what this device can open and has not read. `up_to` goes into the next `after`."""

    logins: Annotated[tuple[SharedLogin, ...], Field(max_length=MAX_ROWS)] = ()
    ended: tuple[Name, ...] = ()
    """Cameras whose login is not shared any more."""
    boxes: tuple[KeyBox, ...] = ()
    """For this device: of the shares of `logins` and `missing`."""
    missing: Annotated[tuple[MissingBox, ...], Field(max_length=MAX_BOXES)] = ()
    """What this device could seal, for it has these keys."""
    up_to: Place = 0
    epoch: str = ""
    """Of the server's order: with another one the server was put back, and counts anew."""
    more: bool = False
    standing: LoginStanding = LoginStanding()


def signed_login(login: SharedLogin, key: SigningKey) -> SharedLogin:
    return login.model_copy(update={"signature": key.sign_content(Purpose.CAMERA_LOGIN, login.content)})


def signed_box(box: KeyBox, key: SigningKey) -> KeyBox:
    return box.model_copy(update={"signature": key.sign_content(Purpose.CAMERA_LOGIN, box.content)})
