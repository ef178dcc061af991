"""Cameras put out of use and into use again by the officer on duty."""

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, camera
from tmcwall.db import cameras as camera_rows
from tmcwall.db import custody
from tmcwall.domain.camera import Standing
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, Fault, FaultCode
from tmcwall.domain.lifecycle import Decision, Lifecycle
from tmcwall.domain.officer import Officer, Role
from tmcwall.services.lifecycles import Lifecycles

SUPERVISOR = Officer("123456789", "Sri", Role.SUPERVISOR, "AKP")


@pytest.fixture
def lifecycles(store, duty, clock, qtbot):
    store.do(lambda session: camera_rows.put(session, [camera("CAM-1")]))
    service = Lifecycles(store=store, duty=duty, clock=clock)
    yield service
    service.stop()


def test_a_quarantine_is_committed_with_its_reason_and_in_custody(lifecycles, store, qtbot):
    with qtbot.waitSignal(lifecycles.changed) as changed:
        lifecycles.quarantine("CAM-1", reason=" melihat rumah ")
    assert changed.args == ["CAM-1"]
    decided = Decision("melihat rumah", BRIPKA_SARI.nrp, NOON)
    assert store.do(camera_rows.lifecycles) == {"CAM-1": Lifecycle(quarantine=decided)}
    (row,) = store.do(lambda session: custody.about(session, "camera/CAM-1"))
    assert (row.action, row.actor, row.reason) == (CustodyAction.QUARANTINED, BRIPKA_SARI.nrp, "melihat rumah")


def test_a_planned_outage_and_its_end_are_changes_of_standing(lifecycles, duty, store, qtbot):
    duty.officer = SUPERVISOR
    for standing in (Standing.SUSPENDED, Standing.ACTIVE):
        with qtbot.waitSignal(lifecycles.changed):
            lifecycles.put_standing("CAM-1", standing, reason="pindah jaringan")
    assert store.do(camera_rows.lifecycles)["CAM-1"].withheld is None
    rows = store.do(lambda session: custody.about(session, "camera/CAM-1"))
    assert [row.facts for row in rows] == [
        {"before": "aktif", "after": "ditangguhkan"},
        {"before": "ditangguhkan", "after": "aktif"},
    ]


@pytest.mark.parametrize("decide", [Lifecycles.lift_quarantine, None])
def test_who_may_not_decide_is_refused_and_nothing_is_written(lifecycles, store, qtbot, decide):
    with qtbot.waitSignal(lifecycles.refused) as refused:
        if decide is None:
            lifecycles.put_standing("CAM-1", Standing.ENDED, reason="izin dicabut")
        else:
            decide(lifecycles, "CAM-1", reason="sudah dipindah")
    assert refused.args[0].code is DomainCode.NOT_ALLOWED
    assert store.do(lambda session: custody.about(session, "camera/CAM-1")) == ()


def test_a_decision_that_could_not_be_saved_is_said_and_not_shown_as_made(lifecycles, store, qtbot):
    store.failing = Fault(FaultCode.DISK_FULL)
    with qtbot.assertNotEmitted(lifecycles.changed), qtbot.waitSignal(lifecycles.refused) as refused:
        lifecycles.quarantine("CAM-1", reason="melihat rumah")
    assert refused.args[0].code is FaultCode.DISK_FULL
