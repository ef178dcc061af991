"""The service that asks for a code when this workstation is not known to the server."""

from __future__ import annotations

import pytest

from tests.enrolled import device
from tests.services_stage import BRIPKA_SARI, FakeDuty
from tmcwall.domain.fault import DomainCode, Fault, FaultCode
from tmcwall.services.enrolment import Enrolment
from tmcwall.services.synchronisation import SyncState

CODE = "K7QD-2MRT-9XWC-ADFG-3467"


class FakeIdentity:
    def __init__(self, *, missing: FaultCode | None = FaultCode.DEVICE_NOT_ENROLLED) -> None:
        self.missing = missing
        self.given: list[tuple[str, str]] = []
        self.refusal: Fault | None = None

    def current(self):
        if self.missing is not None:
            raise Fault(self.missing, retryable=False)
        return device("ws1")

    def enrol(self, typed, *, by="tmcwall"):
        if self.refusal is not None:
            raise self.refusal
        self.given.append((typed, by))
        return device("ws1")


def state_of(enrolment):
    return enrolment.needed, enrolment.busy


@pytest.fixture
def enrolment_of(qapp):
    made = []

    def make(identity, duty=None):
        enrolment = Enrolment(identity, duty=duty or FakeDuty())
        made.append(enrolment)
        return enrolment

    yield make
    for enrolment in made:
        enrolment.stop()


def test_without_a_key_a_code_is_asked_for_and_a_right_one_ends_that(enrolment_of, qtbot):
    identity = FakeIdentity()
    enrolment = enrolment_of(identity)
    with qtbot.waitSignal(enrolment.changed):
        enrolment.start()
    assert state_of(enrolment) == (FaultCode.DEVICE_NOT_ENROLLED, False)
    with qtbot.waitSignal(enrolment.enrolled):
        enrolment.enrol(CODE)
    assert state_of(enrolment) == (None, False)
    assert identity.given == [(CODE, BRIPKA_SARI.nrp)]


def test_nobody_need_be_on_duty_to_enter_a_code(enrolment_of, qtbot):
    identity = FakeIdentity()
    enrolment = enrolment_of(identity, FakeDuty(None))
    with qtbot.waitSignal(enrolment.enrolled):
        enrolment.enrol(CODE)
    assert identity.given == [(CODE, "tmcwall")]


def test_a_code_that_is_none_is_refused_before_the_server_is_asked(enrolment_of, qtbot):
    enrolment = enrolment_of(FakeIdentity())
    with qtbot.waitSignal(enrolment.refused) as refused:
        enrolment.enrol("K7QD")
    assert refused.args[0].code is DomainCode.ENROLMENT_CODE
    assert not enrolment.busy


def test_a_code_that_the_server_refuses_is_said_and_may_be_tried_again(enrolment_of, qtbot):
    identity = FakeIdentity()
    identity.refusal = Fault(FaultCode.ENROLMENT_REFUSED, retryable=False)
    enrolment = enrolment_of(identity)
    with qtbot.waitSignal(enrolment.refused) as refused:
        enrolment.enrol(CODE)
    assert (refused.args[0].code, enrolment.busy) == (FaultCode.ENROLMENT_REFUSED, False)


@pytest.mark.parametrize("code", [FaultCode.DEVICE_REVOKED, FaultCode.SERVER_KEY_CHANGED])
def test_what_the_server_says_of_this_workstation_is_noticed(enrolment_of, qtbot, code):
    enrolment = enrolment_of(FakeIdentity(missing=None))
    enrolment.start()
    enrolment.take_refusal(Fault(FaultCode.SIGN_IN_REFUSED))
    assert enrolment.needed is None
    with qtbot.waitSignal(enrolment.changed):
        enrolment.take_sync_state(SyncState(configured=True, fault=Fault(code, retryable=False)))
    assert enrolment.needed is code


def test_without_a_server_nothing_is_asked_for(enrolment_of):
    enrolment = enrolment_of(None)
    enrolment.start()
    enrolment.enrol(CODE)
    assert (enrolment.needed, enrolment.busy) == (None, False)


def test_a_key_that_is_out_of_reach_for_now_is_said_and_no_code_asked_for(enrolment_of, qtbot):
    enrolment = enrolment_of(FakeIdentity(missing=FaultCode.VAULT_UNAVAILABLE))
    with qtbot.waitSignal(enrolment.key_out_of_reach):
        enrolment.start()
    assert enrolment.needed is None
