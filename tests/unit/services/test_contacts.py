"""The directory: the same at all workstations, persons only by right."""

from dataclasses import replace

import pytest

from tests.services_stage import EXAMPLES, camera
from tmcwall.db import contacts as contact_rows
from tmcwall.db import operations
from tmcwall.domain.contact import ContactRole
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.services.contacts import Contacts

DARMO = EXAMPLES[Entity.CONTACT]
DUTY_OFFICER = Officer("80010011", "Rina", Role.DUTY_OFFICER)


@pytest.fixture
def contacts(qapp, store, changes, duty, clock):
    duty.officer = DUTY_OFFICER
    contacts = Contacts(store=store, changes=changes, duty=duty, clock=clock)
    contacts.start()
    yield contacts
    contacts.stop()


def add(contacts, name="Bu Tri", phone="0271 000002"):
    contacts.add(ContactRole.KETUA_RW, name=name, phone=phone, adm4="33.72.01.1007", rw="005", rt=" ")


def test_a_contact_is_kept_as_an_operation_and_listed(contacts, store, qtbot):
    with qtbot.waitSignals([contacts.saved, contacts.changed]):
        add(contacts)
    (one,) = contacts.all()
    assert (one.contact_name, one.contact_phone, one.rt) == ("Bu Tri", "0271000002", None)
    (operation,) = store.do(lambda session: operations.pending(session, 10))
    assert (operation.entity, operation.actor) == (Entity.CONTACT, DUTY_OFFICER.nrp)


def test_what_another_workstation_has_written_is_listed_here(contacts, store, qtbot):
    with qtbot.waitSignal(contacts.changed):
        store.receive(DARMO)
    assert contacts.all() == (DARMO,)
    near = camera("CAM-1", adm4="33.72.01.1007", rw="005", rt="003")
    assert contacts.for_camera(near) == [DARMO]
    assert contacts.for_camera(replace(near, rt="004")) == []


@pytest.mark.parametrize(("role", "named"), [(Role.OPERATOR, True), (Role.AUDITOR, False), (None, False)])
def test_a_person_is_named_to_those_who_may_and_to_nobody_else(contacts, store, duty, qtbot, role, named):
    with qtbot.waitSignal(contacts.changed):
        store.receive(DARMO)
    duty.officer = Officer("80010012", "Tri", role) if role is not None else None
    with qtbot.waitSignal(contacts.changed):
        contacts.follow_duty()
    (one,) = contacts.all()
    assert bool(one.contact_name) is bool(one.contact_phone) is contacts.may_read is named
    assert one.place == DARMO.place


def test_a_contact_that_is_removed_takes_its_person_along(contacts, store, qtbot):
    with qtbot.waitSignal(contacts.changed):
        store.receive(DARMO)
    with qtbot.waitSignal(contacts.changed):
        contacts.remove(DARMO.id)
    assert contacts.all() == ()
    assert store.do(contact_rows.all_contacts) == ()
    (operation,) = store.do(lambda session: operations.pending(session, 10))
    assert operation.fields == {"contact_name": "", "contact_phone": "", "removed": True}


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda contacts: add(contacts, name=" "), DomainCode.FIELD_MISSING),
        (lambda contacts: add(contacts, phone="nanti"), DomainCode.FIELD_INVALID),
        (lambda contacts: contacts.remove("gone"), DomainCode.NOT_FOUND),
    ],
)
def test_what_cannot_be_is_refused(contacts, qtbot, act, code):
    with qtbot.waitSignal(contacts.refused) as refused:
        act(contacts)
    assert refused.args[0].code is code


def test_an_operator_reads_the_directory_and_does_not_write_it(contacts, duty, qtbot):
    duty.officer = replace(DUTY_OFFICER, role=Role.OPERATOR)
    assert (contacts.may_read, contacts.may_keep) == (True, False)
    for act in (add, lambda one: one.remove("p1")):
        with qtbot.waitSignal(contacts.refused) as refused:
            act(contacts)
        assert refused.args[0].code is DomainCode.NOT_ALLOWED
