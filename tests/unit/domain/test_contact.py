"""Contacts: whom one answers for, and what is taken of what is typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tmcwall.domain.camera import Camera
from tmcwall.domain.contact import Contact, ContactRole, by_nearness, checked
from tmcwall.domain.fault import DomainCode, DomainError

RT = Contact("p1", ContactRole.KETUA_RT, "Pak Darmo", "0271 000-001", "33.72.01.1007", "005", "003")
RW = Contact("p2", ContactRole.KETUA_RW, "Bu Tri", "0271000002", "33.72.01.1007", "005")
POLICE = replace(RW, id="p3", role=ContactRole.POLISI_RW)
OWNER = Contact("p4", ContactRole.OWNER, "Toko Jaya", "0271000004", camera_id="CAM-1")
CAMERA = Camera("CAM-1", "Gapura", "rtsp://10.0.0.1/1", adm4="33.72.01.1007", rw="005", rt="003")


def test_a_contact_answers_for_its_neighbourhood_and_an_owner_for_the_camera() -> None:
    for contact in (RT, RW, OWNER):
        assert contact.answers_for(CAMERA)
    other = replace(CAMERA, id="CAM-2", rt="004")
    assert [one.id for one in (RT, RW, OWNER) if one.answers_for(other)] == ["p2"]
    assert not RW.answers_for(replace(CAMERA, adm4=None))


def test_whoever_is_next_to_the_camera_comes_first() -> None:
    assert [one.id for one in sorted((POLICE, RW, OWNER, RT), key=by_nearness)] == ["p4", "p1", "p2", "p3"]


def test_the_place_says_what_a_contact_is_for_and_no_person() -> None:
    assert (RT.place, RW.place, OWNER.place) == ("33.72.01.1007 RW 005 RT 003", "33.72.01.1007 RW 005", "CAM-1")


def test_what_is_typed_is_kept_with_single_spaces_and_a_telephone_that_can_be_dialled() -> None:
    made = checked(replace(RT, contact_name="  Pak   Darmo ", contact_phone="+62 (271) 000-001"))
    assert (made.contact_name, made.contact_phone) == ("Pak Darmo", "+62271000001")


@pytest.mark.parametrize(
    ("changes", "code", "detail"),
    [
        ({"contact_name": " "}, DomainCode.FIELD_MISSING, "contact_name"),
        ({"contact_name": "x" * 121}, DomainCode.FIELD_INVALID, "contact_name"),
        ({"contact_phone": ""}, DomainCode.FIELD_MISSING, "contact_phone"),
        ({"contact_phone": "nanti"}, DomainCode.FIELD_INVALID, "contact_phone"),
        ({"adm4": None, "rw": None, "rt": None}, DomainCode.FIELD_MISSING, "place"),
    ],
)
def test_a_contact_without_name_telephone_or_place_is_refused(changes, code, detail) -> None:
    with pytest.raises(DomainError) as refused:
        checked(replace(RT, **changes))
    assert (refused.value.code, refused.value.detail) == (code, detail)
