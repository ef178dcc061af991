"""Ground points of cameras: set by who may, refused where they say nothing, the same at all workstations."""

import pytest

from tests.clocks import NOON
from tests.services_stage import BRIPKA_SARI, EXAMPLES, PURWOSARI
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.services.calibrations import Calibrations

POINTS = EXAMPLES[Entity.CAMERA_CALIBRATION].points


@pytest.fixture
def calibrations(store, changes, duty, clock, qtbot):
    calibrations = Calibrations(store=store, changes=changes, duty=duty, clock=clock)
    with qtbot.waitSignal(calibrations.changed):
        calibrations.start()
    yield calibrations
    calibrations.stop()


def test_points_that_are_set_project_and_say_who_has_set_them(calibrations, qtbot):
    with qtbot.waitSignals([calibrations.saved, calibrations.changed]):
        calibrations.put("CAM-1", POINTS)
    assert (calibrations.get("CAM-1").set_by, calibrations.get("CAM-1").set_at) == (BRIPKA_SARI.nrp, NOON)
    spot = calibrations.projection("CAM-1").spot(PURWOSARI)
    assert (spot.x, spot.y) == (pytest.approx(0.1), pytest.approx(0.9))


def test_points_on_a_line_are_refused(calibrations, qtbot):
    with qtbot.waitSignal(calibrations.refused) as refused:
        calibrations.put("CAM-1", [POINTS[0]] * 4)
    assert refused.args[0].code is DomainCode.CALIBRATION_DEGENERATE


def test_who_may_not_accept_a_view_sets_none(calibrations, duty, qtbot):
    duty.officer = Officer("12345678", "Budi", Role.INVESTIGATOR)
    with qtbot.waitSignal(calibrations.refused) as refused:
        calibrations.put("CAM-1", POINTS)
    assert refused.args[0].code is DomainCode.NOT_ALLOWED


def test_points_from_elsewhere_are_taken_and_may_be_taken_back(calibrations, store, qtbot):
    with qtbot.waitSignal(calibrations.changed):
        store.receive(EXAMPLES[Entity.CAMERA_CALIBRATION])
    assert calibrations.projection("CAM-1") is not None
    with qtbot.waitSignals([calibrations.saved, calibrations.changed]):
        calibrations.take_back("CAM-1")
    assert (calibrations.projection("CAM-1"), calibrations.get("CAM-1")) == (None, None)
