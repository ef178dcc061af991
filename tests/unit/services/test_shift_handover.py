"""The handover of a shift: the state of things, signed by both officers, kept as HTML and PDF, in custody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.clocks import NOON
from tests.evidence_packages import LP
from tests.evidence_station import INVESTIGATOR, OPERATOR, PASSWORD, make_station
from tests.services_stage import EXAMPLES, FakeDuty, camera, incident
from tmcwall.commands.shift_handover import shift_handover_of
from tmcwall.db import custody, operations
from tmcwall.domain.case import case_id, normalise_lp
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.incident import Drill
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.region import Regions
from tmcwall.domain.shift_report import ShiftReport
from tmcwall.services.shift_handover import KeptHandover, ShiftHandover
from tmcwall.workstation import Workstation, open_workstation

GIVES = Officer(OPERATOR, "Budi Santoso", Role.OPERATOR, "Bripda")
CAMERAS = (camera("CAM-1"), camera("CAM-2"))


class Seen:
    """What the screens know: two incidents, a dead camera and a locked tile."""

    def open(self):
        return [incident(), replace(incident(), id="i2", drill=Drill.EXERCISE, text="latihan <banjir>")]

    def all(self):
        return CAMERAS

    def status(self, camera_id: str) -> TileStatus:
        return TileStatus(TileState.LOST if camera_id == "CAM-1" else TileState.LIVE)

    def current(self) -> Layout:
        return Layout("l", "Utama", {"DP-1": WallPlan("2x2", {1: "CAM-2"}, locked=(1,))})


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(make_station(tmp_path / "data", clips=0), clock=SystemClock()) as workstation:
        yield workstation


@pytest.fixture
def handover(qapp, station: Workstation) -> Iterator[ShiftHandover]:
    seen = Seen()
    late = replace(EXAMPLES[Entity.FOOTAGE_REQUEST], id="r9", case_id=case_id(normalise_lp(LP)), due_on=NOON.date())
    station.store.write(partial(operations.change, value=late, actor=INVESTIGATOR, at=NOON)).result()
    outage = replace(EXAMPLES[Entity.PLANNED_OUTAGE], ends_at=SystemClock().utc() + timedelta(hours=1))
    station.store.write(partial(operations.change, value=outage, actor="11112222", at=NOON)).result()
    handover = shift_handover_of(
        station, duty=FakeDuty(GIVES), incidents=seen, cameras=seen, walls=seen, regions=Regions(())
    )
    handover.start()
    yield handover
    handover.stop()


def prepared(handover: ShiftHandover, qtbot: QtBot) -> tuple[ShiftReport, str]:
    with qtbot.waitSignal(handover.prepared) as told:
        handover.prepare()
    report, html = told.args
    return report, html.decode()


def signed(handover: ShiftHandover, qtbot: QtBot) -> KeptHandover:
    report, _ = prepared(handover, qtbot)
    with qtbot.waitSignal(handover.kept) as told:
        handover.sign(report, remark="lampu\nGendengan padam", nrp=INVESTIGATOR, password=PASSWORD)
    return told.args[0]


def test_the_report_tells_what_is_open_locked_dead_late_and_planned(handover, qtbot) -> None:
    report, html = prepared(handover, qtbot)
    assert [one.id for one in report.incidents] == [incident().id, "i2"]
    assert [one.name for one in report.dead] == ["Kamera CAM-1"]
    assert [(one.wall, one.cell) for one in report.locked] == [("DP-1", 1)]
    assert [one.reason for one in report.outages] == ["galian fiber"]
    for words in ("Kejadian terbuka (2)", "Kamera mati (1)", "Petak terkunci (1)", "Padam terencana (1)"):
        assert words in html
    assert "latihan &lt;banjir&gt;" in html, "what somebody wrote is words, and no page of its own"
    assert "[LATIHAN]" in html


def test_requests_and_letters_that_are_late_are_in_it(handover, qtbot, station) -> None:
    report, html = prepared(handover, qtbot)
    assert [one.asked_of for one in report.requests] == ["Kepala Dinas Perhubungan"]
    assert LP in html
    assert "SP2HP terlambat (1)" in html


def test_both_officers_are_named_in_both_files_and_custody_has_their_hashes(handover, qtbot, station) -> None:
    kept = signed(handover, qtbot)
    html, pdf = kept.html.read_bytes(), kept.pdf.read_bytes()
    assert pdf.startswith(b"%PDF")
    for words in ("Budi Santoso", f"NRP {OPERATOR}", "Sri Wahyuni", f"NRP {INVESTIGATOR}", "lampu Gendengan padam"):
        assert words in html.decode()
    (row,) = station.store.read(lambda session: custody.about(session, f"shift/{kept.html.stem}")).result()
    assert (row.action, row.actor) == (CustodyAction.SHIFT_HANDED_OVER, OPERATOR)
    assert (row.facts["taken_by"], row.facts["incidents"], row.facts["dead_cameras"]) == (INVESTIGATOR, 2, 1)
    assert row.facts["html_sha256"] == sha256(html).hexdigest()
    assert row.facts["pdf_sha256"] == sha256(pdf).hexdigest()
    assert kept.html.parent.parent == station.paths.handovers


def test_nothing_is_kept_with_a_wrong_password(handover, qtbot, station) -> None:
    report, _ = prepared(handover, qtbot)
    with qtbot.waitSignal(handover.refused) as told:
        handover.sign(report, remark="", nrp=INVESTIGATOR, password="salah")
    assert isinstance(told.args[0], Fault)
    assert told.args[0].code is FaultCode.SIGN_IN_REFUSED
    assert not station.paths.handovers.exists()


def test_nobody_takes_over_from_himself(handover, qtbot) -> None:
    report, _ = prepared(handover, qtbot)
    with qtbot.waitSignal(handover.refused) as told:
        handover.sign(report, remark="", nrp=OPERATOR, password=PASSWORD)
    assert isinstance(told.args[0], DomainError)
    assert told.args[0].code is DomainCode.NOT_ALLOWED
