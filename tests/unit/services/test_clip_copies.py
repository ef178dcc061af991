"""Stills and viewing copies from the console: with a record, in custody, and only for who may take footage along."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.evidence_packages import LP
from tests.evidence_station import INVESTIGATOR, OPERATOR, make_station
from tests.fake_copier import Copier
from tests.services_stage import FakeDuty
from tmcwall.db import bookmarks, custody, oversight
from tmcwall.domain.case import case_id, normalise_lp
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction, CustodyRow
from tmcwall.domain.fault import DomainCode, FaultCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.oversight import OversightAction
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.derived_record import read_record
from tmcwall.services.clip_copies import ClipCopies, released_copies
from tmcwall.services.tagging import BookmarkRow
from tmcwall.workstation import Workstation, open_workstation

SEEKER = Officer(INVESTIGATOR, "Sri Wahyuni", Role.INVESTIGATOR, "Aipda")


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(make_station(tmp_path / "data", clips=1), clock=SystemClock()) as workstation:
        yield workstation


def copies_for(station: Workstation, *, officer: Officer | None = SEEKER, copier: Copier | None = None) -> ClipCopies:
    return ClipCopies(
        store=station.store,
        duty=FakeDuty(officer),
        clips=station.paths.clips,
        copies=station.paths.copies,
        copier=copier or Copier(),
        zone=StationZone.WIB,
        clock=SystemClock(),
    )


def row_of(station: Workstation) -> BookmarkRow:
    (entry,) = station.store.read(partial(bookmarks.of_case, case_id=case_id(normalise_lp(LP)))).result()
    return BookmarkRow(entry.bookmark, entry.clip)


def rows_in_custody(station: Workstation) -> list[CustodyRow]:
    rows = station.store.read(partial(custody.about, object_name="clip/klip-0")).result()
    return [row for row in rows if row.action is CustodyAction.COPY_MADE]


def files_of(station: Workstation) -> list[Path]:
    return [path for path in station.paths.copies.rglob("*") if path.is_file()]


def test_a_still_lies_beside_its_record_and_is_in_custody(station: Workstation, qtbot: QtBot) -> None:
    copies = copies_for(station)
    with qtbot.waitSignal(copies.made) as made:
        copies.make_still(row_of(station), at_s=1.5)
        assert copies.busy
    path = made.args[0]
    assert path.name == "20250310T050001.500Z.png"
    record = read_record(path)
    assert (record.parent_sha256, record.made_by) == (row_of(station).clip.sha256, INVESTIGATOR)
    (row,) = rows_in_custody(station)
    assert (row.actor, row.facts["kind"]) == (INVESTIGATOR, "still")
    (watched,) = station.store.read(partial(oversight.pending, limit=9)).result()
    assert (watched.officer, watched.action, watched.camera, watched.detail) == (
        INVESTIGATOR, OversightAction.COPY_MADE, "CAM-1", "still",
    )  # fmt: skip
    assert row.facts["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert released_copies(path.parent) == (path,)
    assert not copies.busy


def test_a_viewing_copy_stays_on_the_workstation_and_is_in_custody(station: Workstation, qtbot: QtBot) -> None:
    copies = copies_for(station)
    with qtbot.waitSignal(copies.made) as made:
        copies.make_viewing_copy(row_of(station))
    path = made.args[0]
    assert path.name.endswith("_SALINAN.mp4")
    assert [row.facts["kind"] for row in rows_in_custody(station)] == ["viewing-copy"]
    assert released_copies(path.parent) == ()


@pytest.mark.parametrize("officer", [None, Officer(OPERATOR, "Budi", Role.OPERATOR)], ids=["nobody", "operator"])
def test_who_may_not_take_footage_along_makes_no_copy(station: Workstation, qtbot: QtBot, officer) -> None:
    copies = copies_for(station, officer=officer)
    with qtbot.waitSignal(copies.refused) as refused:
        copies.make_still(row_of(station), at_s=0.0)
    assert refused.args[0].code in {DomainCode.NOT_ON_DUTY, DomainCode.NOT_ALLOWED}
    assert files_of(station) == []


def test_a_clip_that_cannot_be_decoded_is_said_and_leaves_nothing(station: Workstation, qtbot: QtBot) -> None:
    copies = copies_for(station, copier=Copier(fails_after=1))
    with qtbot.waitSignal(copies.refused) as refused:
        copies.make_viewing_copy(row_of(station))
    assert refused.args[0].code is FaultCode.COPY_FAILED
    assert (files_of(station), rows_in_custody(station), copies.busy) == ([], [], False)


def test_of_a_clip_that_is_not_what_custody_has_no_copy_stays(station: Workstation, qtbot: QtBot) -> None:
    copies, row = copies_for(station), row_of(station)
    assert row.clip is not None
    with qtbot.waitSignal(copies.refused) as refused:
        copies.make_still(replace(row, clip=replace(row.clip, sha256="0" * 64)), at_s=0.0)
    assert refused.args[0].code is FaultCode.CLIP_ALTERED
    assert (files_of(station), rows_in_custody(station)) == ([], [])
