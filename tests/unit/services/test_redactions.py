"""Redacted copies from the console: made of what was drawn, released after they were watched, and in custody."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.clocks import NOON
from tests.evidence_packages import LP
from tests.evidence_station import INVESTIGATOR, OPERATOR, make_station
from tests.fake_copier import Copier
from tests.services_stage import FakeDuty
from tmcwall.db import bookmarks, custody, privacy_masks
from tmcwall.domain.case import case_id, normalise_lp
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.derived_copy import Box, KeyBox, Region
from tmcwall.domain.fault import DomainCode
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.derived_record import read_record
from tmcwall.evidence.redaction import Redaction
from tmcwall.services.clip_copies import released_copies
from tmcwall.services.copy_files import CopyFiles
from tmcwall.services.redactions import MadeRedaction, Redactions
from tmcwall.services.tagging import BookmarkRow
from tmcwall.workstation import Workstation, open_workstation

SEEKER = Officer(INVESTIGATOR, "Sri Wahyuni", Role.INVESTIGATOR, "Aipda")
BOX, MASK = Box(0.1, 0.2, 0.3, 0.2), Box(0.0, 0.0, 0.2, 0.1)
REDACTION = Redaction((Region((KeyBox(0.0, BOX), KeyBox(4.0, BOX))),), (MASK,))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    with open_workstation(make_station(tmp_path / "data", clips=1), clock=SystemClock()) as workstation:
        yield workstation


def redactions_of(station: Workstation, officer: Officer = SEEKER) -> Redactions:
    files = CopyFiles(station.store, station.paths.clips, station.paths.copies, StationZone.WIB)
    return Redactions(files, duty=FakeDuty(officer), copier=Copier(), clock=SystemClock())


@pytest.fixture
def redactions(qapp, station: Workstation) -> Iterator[Redactions]:
    redactions = redactions_of(station)
    yield redactions
    redactions.stop()
    assert redactions.join(10)


def row_of(station: Workstation) -> BookmarkRow:
    (entry,) = station.store.read(partial(bookmarks.of_case, case_id=case_id(normalise_lp(LP)))).result()
    return BookmarkRow(entry.bookmark, entry.clip)


def actions_about(station: Workstation, about: str) -> list[CustodyAction]:
    return [row.action for row in station.store.read(partial(custody.about, object_name=about)).result()]


def made_of(redactions: Redactions, station: Workstation, qtbot) -> MadeRedaction:
    with qtbot.waitSignal(redactions.made) as told:
        redactions.make(row_of(station), REDACTION)
        assert redactions.busy
    return told.args[0]


def watch(made: MadeRedaction) -> None:
    for tick in range(round(made.watching.ends_at_s / 0.2) + 1):
        made.watching.saw(tick * 0.2, speed=1.0)


def test_a_redacted_copy_has_its_parents_hash_and_what_covers_it_and_leaves_the_original(station, redactions, qtbot):
    original = station.paths.clips / row_of(station).clip.path
    before = original.read_bytes()
    made = made_of(redactions, station, qtbot)
    record = read_record(made.path)
    assert record.parent_sha256 == row_of(station).clip.sha256
    assert (record.regions, record.masks) == (REDACTION.regions, REDACTION.masks)
    assert original.read_bytes() == before
    assert actions_about(station, "clip/klip-0")[-1] is CustodyAction.COPY_MADE


def test_a_copy_goes_into_packages_after_it_was_watched_to_its_end_and_not_before(station, redactions, qtbot):
    made = made_of(redactions, station, qtbot)
    with qtbot.waitSignal(redactions.refused) as refused:
        redactions.release(made)
    assert refused.args[0].code is DomainCode.COPY_NOT_WATCHED
    assert released_copies(made.path.parent) == ()
    watch(made)
    with qtbot.waitSignal(redactions.released):
        redactions.release(made)
    assert released_copies(made.path.parent) == (made.path,)
    assert read_record(made.path).watched.by == INVESTIGATOR
    assert actions_about(station, "clip/klip-0")[-1] is CustodyAction.COPY_RELEASED


def test_what_the_masks_of_a_camera_cover_is_covered_in_every_copy_of_it(station, redactions, qtbot):
    own = PrivacyMask(id="m1", camera_id="CAM-1", box=Box(0.5, 0.5, 0.25, 0.25), set_by=OPERATOR, set_at=NOON)
    station.store.write(partial(privacy_masks.put, mask=own, actor=OPERATOR, at=NOON)).result()
    with qtbot.waitSignal(redactions.masks_known) as told:
        redactions.find_masks("CAM-1")
    assert told.args == ["CAM-1", (own.box,)]
    made = made_of(redactions, station, qtbot)
    assert read_record(made.path).masks == (own.box, MASK)


def test_a_mask_that_is_drawn_for_a_copy_is_not_one_of_the_camera(station, redactions, qtbot):
    made_of(redactions, station, qtbot)
    assert station.store.read(partial(privacy_masks.of_camera, camera_id="CAM-1")).result() == ()
    second = made_of(redactions, station, qtbot)
    assert second.path.name.endswith("_DISAMARKAN_02.mp4")


def test_a_copy_that_covers_nothing_is_refused(station, redactions, qtbot):
    with qtbot.waitSignal(redactions.refused) as told:
        redactions.make(row_of(station), Redaction(()))
    assert told.args[0].code is DomainCode.REDACTION_EMPTY


def test_who_may_not_take_evidence_along_makes_none(qapp, station, qtbot):
    redactions = redactions_of(station, Officer(OPERATOR, "Sari", Role.OPERATOR))
    with qtbot.waitSignal(redactions.refused) as told:
        redactions.make(row_of(station), REDACTION)
    assert told.args[0].code is DomainCode.NOT_ALLOWED
    redactions.stop()
