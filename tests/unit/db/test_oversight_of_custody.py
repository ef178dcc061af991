"""What custody says was taken out of the recordings stands in oversight as well, whoever wrote it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tmcwall.db import custody, operations, oversight
from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.chain import first_break
from tmcwall.domain.custody import CopyFacts, CustodyAction, ExportFacts, Facts, PackageFacts
from tmcwall.domain.oversight import OversightAction, OversightRow, digest
from tmcwall.sync.oversight import OversightMessage

NOW = datetime(2025, 3, 28, 7, 3, tzinfo=UTC)
NRP = "80010001"


@pytest.fixture
def station(session: Session) -> Session:
    """Three clips of two cameras."""
    for number, camera in enumerate(("CAM-2", "CAM-1", "CAM-2")):
        marked = Bookmark(f"b-{number}", camera, camera, NOW, NOW + timedelta(seconds=9), NOW, NRP)
        operations.change(session, marked, actor=NRP, at=NOW)
        operations.change(session, Clip(f"c-{number}", marked.id, ClipState.WAITING), actor=NRP, at=NOW)
    return session


def told(session: Session, action: CustodyAction, about: str, facts: Facts) -> list[OversightRow]:
    custody.append(session, actor=NRP, action=action, about=about, at=NOW, facts=facts)
    return list(oversight.pending(session, 99))


def test_an_export_of_evidence_is_a_row_for_each_camera_with_the_package_and_its_basis(station: Session) -> None:
    facts = PackageFacts("bukti-1", "Sprin Sita\n12/III/2025 " + "x" * 300, "", ("c-0", "c-1", "c-2"))
    rows = told(station, CustodyAction.EVIDENCE_EXPORTED, "case/x", facts)
    assert [(row.action, row.camera, row.detail) for row in rows] == [
        (OversightAction.EVIDENCE_EXPORTED, "CAM-1", "bukti-1"),
        (OversightAction.EVIDENCE_EXPORTED, "CAM-2", "bukti-1"),
    ]
    assert rows[0].reason.startswith("Sprin Sita 12/III/2025 xxx")
    assert first_break(rows, digest) is None
    assert [OversightMessage.of(row).row() for row in rows] == rows, "the server takes them"


def test_copies_say_of_which_kind_and_of_which_camera(station: Session) -> None:
    (row,) = told(station, CustodyAction.COPY_MADE, "clip/c-1", CopyFacts("still", "x.png", "0" * 64, "0" * 64))
    assert (row.action, row.camera, row.detail) == (OversightAction.COPY_MADE, "CAM-1", "still")


def test_the_release_of_a_redacted_copy_is_a_row_of_its_own(station: Session) -> None:
    facts = CopyFacts("redacted-copy", "x.mp4", "0" * 64, "0" * 64)
    (row,) = told(station, CustodyAction.COPY_RELEASED, "clip/c-2", facts)
    assert (row.action, row.camera, row.detail) == (OversightAction.COPY_RELEASED, "CAM-2", "redacted-copy")


def test_an_export_of_the_workstation_is_one_row_of_no_camera(station: Session) -> None:
    (row,) = told(station, CustodyAction.WORKSTATION_EXPORTED, "store", ExportFacts("pindah.tmc"))
    assert (row.action, row.camera) == (OversightAction.WORKSTATION_EXPORTED, "")


def test_footage_that_is_not_known_here_is_a_row_all_the_same(station: Session) -> None:
    (row,) = told(station, CustodyAction.COPY_MADE, "clip/gone", CopyFacts("still", "x.png", "0" * 64, "0" * 64))
    assert (row.officer, row.camera) == (NRP, "")


def test_an_export_that_failed_has_taken_nothing_out(station: Session) -> None:
    facts = PackageFacts("", "", "", ("c-0",), failure="disk_full")
    assert told(station, CustodyAction.EVIDENCE_EXPORT_FAILED, "case/x", facts) == []
