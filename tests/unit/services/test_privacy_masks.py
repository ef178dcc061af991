"""Privacy masks: set by who may quarantine, lifted by a supervisor, known to whatever shows a picture."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from tests.clocks import NOON, FakeClock
from tests.services_stage import BRIPKA_SARI, EXAMPLES, FakeDuty, InlineStore
from tmcwall.db import custody, operations
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.kinds import rights_needed
from tmcwall.domain.officer import Action, Role
from tmcwall.domain.operation import Entity, Json
from tmcwall.domain.privacy_mask import MOST_MASKS, check_room
from tmcwall.services.changes import Changes
from tmcwall.services.privacy_masks import PrivacyMasks

HOUSE = Box(0.1, 0.1, 0.2, 0.3)
SUPERVISOR = replace(BRIPKA_SARI, nrp="12340002", role=Role.SUPERVISOR)


@pytest.fixture
def masks(qapp, store: InlineStore, duty: FakeDuty, clock: FakeClock, changes: Changes) -> Iterator[PrivacyMasks]:
    masks = PrivacyMasks(store=store, duty=duty, clock=clock, changes=changes)
    masks.start()
    yield masks
    masks.stop()


def test_a_mask_covers_its_place_from_when_it_is_set_until_it_is_lifted(masks, duty, store, qtbot: QtBot) -> None:
    masks.add("CAM-1", HOUSE)
    qtbot.waitUntil(lambda: masks.boxes("CAM-1") == (HOUSE,))
    assert masks.boxes("CAM-2") == ()
    (mask,) = masks.of_camera("CAM-1")
    assert mask.set_by == BRIPKA_SARI.nrp
    duty.officer = SUPERVISOR
    masks.lift(mask)
    qtbot.waitUntil(lambda: masks.boxes("CAM-1") == ())
    rows = store.do(lambda session: custody.about(session, "camera/CAM-1"))
    assert [(row.action, row.facts["masks"]) for row in rows] == [
        (CustodyAction.MASKS_SET, 1), (CustodyAction.MASKS_SET, 0),
    ]  # fmt: skip


def test_who_sets_one_may_not_lift_it_without_the_right_to(masks, qtbot: QtBot) -> None:
    refusals: list[DomainError] = []
    masks.refused.connect(refusals.append)
    masks.add("CAM-1", HOUSE)
    qtbot.waitUntil(lambda: bool(masks.of_camera("CAM-1")))
    assert (masks.can_set, masks.can_lift) == (True, False)
    masks.lift(masks.of_camera("CAM-1")[0])
    assert [refusal.code for refusal in refusals] == [DomainCode.NOT_ALLOWED]
    assert masks.boxes("CAM-1") == (HOUSE,)


def test_one_that_another_workstation_has_set_covers_here(masks, store: InlineStore, qtbot: QtBot) -> None:
    other = EXAMPLES[Entity.PRIVACY_MASK]
    with qtbot.waitSignal(masks.changed):
        store.write(partial(operations.change, value=other, actor=BRIPKA_SARI.nrp, at=NOON))
    assert masks.boxes("CAM-1") == (other.box,)


def test_an_operation_that_lifts_one_needs_the_right_of_a_supervisor() -> None:
    fields: dict[str, Json] = {"id": "m1", "camera_id": "CAM-1", "lifted": False}
    assert rights_needed(Entity.PRIVACY_MASK, fields, {}) == {Action.QUARANTINE}
    assert Action.LIFT_QUARANTINE in rights_needed(Entity.PRIVACY_MASK, {"lifted": True}, fields)


def test_a_camera_takes_no_more_masks_than_a_tile_can_paint() -> None:
    check_room(MOST_MASKS - 1)
    with pytest.raises(DomainError):
        check_room(MOST_MASKS)
