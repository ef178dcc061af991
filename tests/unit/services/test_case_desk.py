"""What the running program answers to `tmcwall case` and `tmcwall evidence`, as it goes over the wire."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.evidence_packages import LP
from tests.evidence_station import INVESTIGATOR, PASSWORD, make_station
from tmcwall.commands.evidence import case_desk_of
from tmcwall.domain.clock import SystemClock
from tmcwall.services.cases import CaseSheet
from tmcwall.services.custody_report import CustodyQuestion, CustodyReport
from tmcwall.services.evidence_requests import (
    CaseListing,
    ExportDone,
    ExportEvidence,
    ListCases,
    ReportCustody,
    ShowCase,
    evidence_handlers,
)
from tmcwall.services.handover import Request
from tmcwall.workstation import open_workstation


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        (ListCases(), CaseListing),
        (ShowCase(LP), CaseSheet),
        (ReportCustody(INVESTIGATOR, PASSWORD, CustodyQuestion(lp=LP)), CustodyReport),
        (ExportEvidence(LP, "out", INVESTIGATOR, PASSWORD), ExportDone),
    ],
    ids=["list", "show", "custody", "export"],
)
def test_a_request_and_its_reply_are_the_same_behind_the_wire(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request_: Request, reply: type
) -> None:
    data = make_station(tmp_path / "data", clips=1)
    asked: Any = msgspec.json.decode(msgspec.json.encode(request_), type=type(request_))
    assert asked == request_
    monkeypatch.chdir(tmp_path)
    with open_workstation(data, clock=SystemClock()) as workstation:
        answer = evidence_handlers(case_desk_of(workstation))[type(asked)](asked)()
    assert msgspec.json.decode(msgspec.json.encode(answer), type=reply) == answer


def test_a_password_shows_in_no_request() -> None:
    exporting = ExportEvidence(LP, "out", INVESTIGATOR, PASSWORD, passphrase=PASSWORD)
    assert PASSWORD not in repr(exporting)
    assert PASSWORD not in repr(ReportCustody(INVESTIGATOR, PASSWORD, CustodyQuestion()))
