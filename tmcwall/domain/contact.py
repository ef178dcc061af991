"""The directory: who is called about a neighbourhood or a camera."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from tmcwall.domain.camera import Camera
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.shape import Id, Longest

_LONGEST_NAME: Final = 120
_PHONE: Final = re.compile(r"\+?[0-9]{3,15}")


class ContactRole(StrEnum):
    POLISI_RW = "polisi_rw"
    BHABINKAMTIBMAS = "bhabinkamtibmas"
    KETUA_RW = "ketua_rw"
    KETUA_RT = "ketua_rt"
    OWNER = "pemilik"
    """Of a camera."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Of a neighbourhood (`adm4`, `rw`, `rt`), or of one camera. Name and telephone are a person's."""

    id: Id
    role: ContactRole
    contact_name: Annotated[str, Longest(_LONGEST_NAME)]
    contact_phone: Annotated[str, Longest(20)]
    adm4: Annotated[str, Longest(32)] | None = None
    rw: Annotated[str, Longest(16)] | None = None
    rt: Annotated[str, Longest(16)] | None = None
    camera_id: Id | None = None
    removed: bool = False

    @property
    def place(self) -> str:
        """For whom may not see the person: what the contact is for."""
        if self.camera_id is not None:
            return self.camera_id
        parts = (self.adm4, f"RW {self.rw}" if self.rw else None, f"RT {self.rt}" if self.rt else None)
        return " ".join(part for part in parts if part)

    def answers_at(self, adm4: str | None, rw: str | None, rt: str | None) -> bool:
        """Whether it is the neighbourhood's: of that RT, of its RW, or of the whole kelurahan."""
        if self.camera_id is not None or self.adm4 is None or self.adm4 != adm4:
            return False
        return self.rw in {None, rw} and self.rt in {None, rt}

    def answers_for(self, camera: Camera) -> bool:
        """Whether the camera is this contact's, or stands in the neighbourhood: an RW answers for all of its RT."""
        if self.camera_id is not None:
            return self.camera_id == camera.id
        return self.answers_at(camera.adm4, camera.rw, camera.rt)


def checked(contact: Contact) -> Contact:
    """With single spaces in the name and only digits in the telephone.

    Raises DomainError: FIELD_MISSING and FIELD_INVALID, with the field's name.
    """
    name = " ".join(contact.contact_name.split())
    phone = "".join(character for character in contact.contact_phone if character not in " -.()/")
    if not name:
        raise DomainError(DomainCode.FIELD_MISSING, "contact_name")
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise DomainError(DomainCode.FIELD_INVALID, "contact_name")
    if not phone:
        raise DomainError(DomainCode.FIELD_MISSING, "contact_phone")
    if _PHONE.fullmatch(phone) is None:
        raise DomainError(DomainCode.FIELD_INVALID, "contact_phone")
    if not contact.place:
        raise DomainError(DomainCode.FIELD_MISSING, "place")
    return Contact(
        contact.id, contact.role, name, phone, contact.adm4, contact.rw, contact.rt, contact.camera_id, contact.removed
    )


_NEAREST_FIRST: Final = (
    ContactRole.OWNER,
    ContactRole.KETUA_RT,
    ContactRole.KETUA_RW,
    ContactRole.POLISI_RW,
    ContactRole.BHABINKAMTIBMAS,
)


def by_nearness(contact: Contact) -> tuple[int, str]:
    """To sort by: whoever is next to the camera comes first."""
    return _NEAREST_FIRST.index(contact.role), contact.contact_name
