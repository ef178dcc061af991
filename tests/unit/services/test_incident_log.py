"""The log of incidents: everything that was called in, and its shares as CSV."""

from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.services_stage import incident
from tmcwall.domain.incident import Certainty, Status
from tmcwall.domain.response_times import PRESETS
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.incident_log import IncidentLog


@pytest.fixture
def log(store, clock, qtbot):
    log = IncidentLog(store=store, targets=PRESETS, zone=StationZone("WIB"), clock=clock)
    log.start()
    yield log
    log.stop()


def test_pranks_and_duplicates_stay_in_the_log(log, store, qtbot):
    store.receive(
        incident(id="prank", certainty=Certainty.PRANK, status=Status.CLOSED),
        incident(id="merged", duplicate_of="main"),
        incident(id="late", called_at=NOON + timedelta(hours=1)),
    )
    with qtbot.waitSignal(log.found) as found:
        log.look(NOON, NOON + timedelta(hours=1))
    assert {one.id for one in found.args[0]} == {"prank", "merged"}
    assert log.shares(found.args[0]) == ()


def test_shares_are_saved_as_csv_that_spreadsheets_read(log, tmp_path, qtbot):
    file = tmp_path / "waktu.csv"
    with qtbot.waitSignal(log.saved) as saved:
        log.save([incident(on_scene_at=NOON + timedelta(minutes=5))], file)
    assert saved.args[0] == file
    rows = file.read_text("utf-8-sig").splitlines()
    assert rows[1].split(";")[1:] == ["112", "on_scene", "600", "1", "0", "0", "100.0"]


def test_a_folder_that_takes_no_file_is_said(log, tmp_path, qtbot):
    (tmp_path / "file").touch()
    with qtbot.waitSignal(log.refused):
        log.save([incident()], tmp_path / "file" / "waktu.csv")
