"""The directory of contacts, as the console shows it."""

from dataclasses import replace

import pytest

from tests.desk import Desk
from tests.services_stage import EXAMPLES
from tests.ui.onscreen import button, controls, field, words
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.operation import Entity
from tmcwall.texts import Translator
from tmcwall.texts.faults import explain
from tmcwall.ui.console.contact_window import ContactWindow

SAY = Translator()
DARMO = EXAMPLES[Entity.CONTACT]


@pytest.fixture
def window(desk: Desk, qtbot):
    window = ContactWindow(
        desk.contacts, desk.cameras, region_name={"33.72.01.1007": "Purwosari"}.get, translate=SAY
    )  # fmt: skip
    qtbot.addWidget(window)
    window.show()
    return window


def show(window, desk, *contacts):
    desk.contacts.contacts = list(contacts)
    desk.contacts.changed.emit()


def test_a_contact_is_listed_with_role_place_name_and_telephone(window, desk):
    show(window, desk, DARMO)
    assert window.lines() == [("Ketua RT", "RT 003, RW 005, Purwosari", "Pak Darmo", "0271000001")]


def test_whoever_may_not_see_persons_sees_what_there_is_and_no_person(window, desk):
    desk.contacts.may_read = desk.contacts.may_keep = False
    show(window, desk, DARMO)
    assert window.lines() == [("Ketua RT", "RT 003, RW 005, Purwosari", "(tidak ditampilkan)", "(tidak ditampilkan)")]
    assert "Tambah" not in controls(window)


def test_for_a_camera_those_are_listed_who_answer_for_it(window, desk):
    camera = next(one for one in desk.cameras.all() if one.rt)
    near = replace(DARMO, id="p2", adm4=camera.adm4, rw=camera.rw, rt=camera.rt)
    show(window, desk, DARMO, near)
    window.show_camera(camera.id)
    assert len(window.lines()) == 1
    assert f"Kontak untuk {camera.name}" in words(window)
    assert field(window, "RT").text() == camera.rt
    button(window, "Tampilkan semua").click()
    assert len(window.lines()) == 2


def test_an_owner_is_known_by_the_name_of_the_camera(window, desk):
    camera = desk.cameras.all()[0]
    owner = Contact("p4", ContactRole.OWNER, "Toko Jaya", "0271000004", camera_id=camera.id)
    show(window, desk, owner, replace(owner, id="p5", camera_id="CAM-GONE"))
    assert [place for _role, place, _name, _phone in window.lines()] == [camera.name, "CAM-GONE"]


def test_words_find_a_contact(window, desk):
    show(window, desk, DARMO, replace(DARMO, id="p2", contact_name="Bu Tri"))
    field(window, "Cari wilayah, kamera, nama").setText("tri purwo")
    assert [name for _role, _place, name, _phone in window.lines()] == ["Bu Tri"]


def test_a_contact_is_added_and_removed(window, desk):
    window.fill(ContactRole.KETUA_RW, "Bu Tri", "0271 000002", adm4="33.72.01.1007", rw="005")
    button(window, "Tambah").click()
    assert [one.contact_name for one in desk.contacts.contacts] == ["Bu Tri"]
    assert "Kontak disimpan." in words(window)
    window.select(0)
    button(window, "Hapus").click()
    assert desk.contacts.contacts == []


def test_a_refusal_is_said_and_what_was_typed_stays(window, desk):
    window.fill(ContactRole.KETUA_RW, "Bu Tri", "nanti", rw="005")
    refused = DomainError(DomainCode.FIELD_INVALID, "contact_phone")
    desk.contacts.refused.emit(refused)
    assert field(window, "Nama").text() == "Bu Tri"
    assert explain(refused, SAY) in words(window)
