"""Which unit's a case is, and who may say so."""

from dataclasses import replace

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, LP, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import cases, custody, officers, operations
from tmcwall.domain.case import Case, case_id
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.roster import Origin
from tmcwall.services.case_units import CaseUnits

CASE = Case(case_id(LP), LP, LP, NOON, BRIPKA_SARI.nrp)
OF_LANTAS = Officer("80010021", "Tono", Role.INVESTIGATOR, units=("Lantas",))


@pytest.fixture
def units(store, duty, clock):
    store.do(lambda session: operations.change(session, CASE, actor=BRIPKA_SARI.nrp, at=NOON))
    duty.officer = OF_LANTAS
    units = CaseUnits(store=store, duty=duty, clock=clock)
    yield units
    units.stop()


def refusal(units, qtbot, unit):
    with qtbot.waitSignal(units.refused) as refused:
        units.put(CASE.id, unit)
    return refused.args[0].code


def test_who_edits_cases_says_whose_it_is_and_custody_has_it(units, store, qtbot):
    with qtbot.waitSignal(units.changed) as changed:
        units.put(CASE.id, "  Lantas ")
    assert changed.args[0].unit == "Lantas"
    kept = store.do(lambda session: cases.get(session, CASE.id))
    assert kept == replace(CASE, unit="Lantas")
    rows = store.do(lambda session: custody.about(session, f"case/{CASE.id}"))
    assert (rows[-1].action, rows[-1].actor) == (CustodyAction.CHANGED, OF_LANTAS.nrp)
    assert units.may_change(kept)


def test_a_case_of_another_unit_is_given_to_nobody_by_others(units, store, duty, qtbot):
    store.do(lambda session: operations.change(session, replace(CASE, unit="Reskrim"), actor=OF_LANTAS.nrp, at=NOON))
    assert refusal(units, qtbot, "Lantas") is DomainCode.NOT_ALLOWED
    assert not units.may_change(replace(CASE, unit="Reskrim"))
    duty.officer = replace(OF_LANTAS, role=Role.OPERATOR)
    assert refusal(units, qtbot, "Lantas") is DomainCode.NOT_ALLOWED


def test_a_unit_that_is_no_name_is_refused(units, qtbot):
    assert refusal(units, qtbot, "x" * 65) is DomainCode.FIELD_INVALID
    assert refusal(units, qtbot, "a\x07b") is DomainCode.FIELD_INVALID


def test_a_case_that_is_gone_is_not_found(units, qtbot):
    with qtbot.waitSignal(units.refused) as refused:
        units.put("no-such-case", "Lantas")
    assert refused.args[0].code is DomainCode.NOT_FOUND


def test_units_that_are_named_anywhere_here_are_offered(units, store, qtbot):
    def name(session):
        officers.put(session, OF_LANTAS, officers.make_verifier("x" * 12), origin=Origin.SERVER, at=NOON)
        camera_rows.put(session, [replace(camera("CAM-1"), unit="Polsek Laweyan"), camera("CAM-2")])

    store.do(name)
    with qtbot.waitSignal(units.known_changed):
        units.start()
    assert list(units.known) == ["Lantas", "Polsek Laweyan"]


def test_the_store_judges_a_change_by_the_unit_as_the_server_does(units, store):
    """Whatever screen asks for it: an officer whose account is known here changes no case of another unit."""

    def change(session):
        officers.put(session, OF_LANTAS, officers.make_verifier("x" * 12), origin=Origin.SERVER, at=NOON)
        operations.change(session, replace(CASE, unit="Reskrim"), actor=OF_LANTAS.nrp, at=NOON)
        operations.change(session, replace(CASE, unit="Lantas"), actor=OF_LANTAS.nrp, at=NOON)

    with pytest.raises(DomainError) as refused:
        store.do(change)
    assert refused.value.code is DomainCode.NOT_ALLOWED
