"""The one key: what we recorded is held, the owners of the rest are asked, and it says what it did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.clocks import NOON
from tests.letters import CASE, LP
from tests.services_stage import EXAMPLES, FakeBook, camera
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import Entity
from tmcwall.domain.remaining_footage import Keeper, Looks, RemainingFootage, Secured
from tmcwall.services.remaining_footage import Matter, MatterFootage
from tmcwall.services.request_room import Asked
from tmcwall.services.securing import Securing
from tmcwall.services.tagging import Tagging

HOUR = timedelta(hours=1)
MATTER = Matter(Entity.INCIDENT, "INC-1")


class FakeRoom:
    """Asks as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.taken_back: list[Asked] = []
        self.outcome = Asked()

    def ask(self, case_id, rows, *, by):
        self.asked.append((case_id, [row.camera_id for row in rows]))
        return self.outcome

    def take_back(self, asked, *, reason, by):
        self.taken_back.append(asked)
        return len(asked.requests)


def row(camera_id: str, keeper: Keeper, *, secured: Secured = Secured.NOT, ends_at=NOON + HOUR) -> RemainingFootage:
    return RemainingFootage(camera_id, camera_id, None, Looks.TOWARDS, 5.0, NOON, keeper, ends_at, secured)


def officer(role: Role) -> Officer:
    return Officer("11112222", "Agus", role)


def footage(*rows: RemainingFootage, case=CASE) -> MatterFootage:
    return MatterFootage(MATTER, case, rows, NOON)


@pytest.fixture
def room() -> FakeRoom:
    return FakeRoom()


@pytest.fixture
def tagging(store, changes, feed, clock, duty, tmp_path):
    book = FakeBook(camera("CAM-1"), camera("CAM-2"))
    tagging = Tagging(
        store=store, changes=changes, cutter=feed, cameras=book, duty=duty, clock=clock, clips=tmp_path / "clips"
    )
    yield tagging
    tagging.stop()


@pytest.fixture
def securing(tagging, room, duty, clock):
    securing = Securing(
        tagging, room, duty=duty, clock=clock, before=timedelta(minutes=5), after=timedelta(minutes=1), undo_reason="x"
    )  # fmt: skip
    yield securing
    securing.stop()


def done(securing: Securing, qtbot, *rows: RemainingFootage, case=CASE):
    with qtbot.waitSignal(securing.secured) as told:
        securing.secure(footage(*rows, case=case))
    assert not securing.busy
    return told.args[0]


def test_what_we_recorded_is_tagged_around_the_moment_for_the_incident_and_its_case(securing, tagging, qtbot) -> None:
    outcome = done(securing, qtbot, row("CAM-1", Keeper.OURS), row("CAM-2", Keeper.OURS, secured=Secured.HELD))
    (kept,) = tagging.recent()
    bookmark = kept.bookmark
    assert (bookmark.camera_id, bookmark.incident_id, kept.case.lp) == ("CAM-1", "INC-1", LP)
    assert (bookmark.starts_at, bookmark.ends_at) == (NOON - timedelta(minutes=5), NOON + timedelta(minutes=1))
    assert (outcome.held, outcome.letters) == (1, 0)


def test_owners_are_asked_of_cameras_that_we_did_not_record(securing, room, duty, qtbot) -> None:
    duty.officer = officer(Role.HEAD)
    rows = (
        row("CAM-1", Keeper.OURS), row("CAM-1", Keeper.OWNER), row("CAM-2", Keeper.OURS, ends_at=NOON),
        row("CAM-2", Keeper.OWNER), row("CAM-3", Keeper.OWNER, ends_at=None),
        row("CAM-4", Keeper.OWNER, ends_at=NOON), row("CAM-5", Keeper.OWNER, secured=Secured.ASKED),
    )  # fmt: skip
    outcome = done(securing, qtbot, *rows)
    assert room.asked == [(CASE.id, ["CAM-2", "CAM-3"])]
    assert (outcome.held, outcome.gone) == (1, 1)


def test_without_a_case_nobody_is_asked_and_that_is_said(securing, room, duty, qtbot) -> None:
    duty.officer = officer(Role.HEAD)
    outcome = done(securing, qtbot, row("CAM-1", Keeper.OWNER), case=None)
    assert (room.asked, outcome.waiting_for_case) == ([], 1)


def test_whoever_may_not_edit_the_case_holds_and_leaves_the_letters_to_an_investigator(
    securing, room, duty, qtbot
) -> None:
    duty.officer = officer(Role.OPERATOR)
    outcome = done(securing, qtbot, row("CAM-1", Keeper.OURS), row("CAM-2", Keeper.OWNER))
    assert (outcome.held, outcome.waiting_for_investigator, room.asked) == (1, 1, [])


def test_what_could_not_be_tagged_is_said_with_its_reason(securing, qtbot) -> None:
    outcome = done(securing, qtbot, row("CAM-9", Keeper.OURS))
    assert (outcome.held, [one.code for one in outcome.refusals]) == (0, [DomainCode.NOT_FOUND])


def test_nobody_on_duty_secures_nothing(securing, duty, qtbot) -> None:
    duty.officer = None
    with qtbot.waitSignal(securing.refused) as told:
        securing.secure(footage(row("CAM-1", Keeper.OURS)))
    assert isinstance(told.args[0], DomainError)


def test_requests_are_taken_back_once(securing, room, duty, qtbot) -> None:
    duty.officer = officer(Role.HEAD)
    requests = (EXAMPLES[Entity.FOOTAGE_REQUEST],) * 2
    room.outcome = Asked(with_letter=requests, letters=("s1", "s2"))
    assert done(securing, qtbot, row("CAM-2", Keeper.OWNER)).can_be_undone
    with qtbot.waitSignal(securing.undone) as told:
        securing.undo()
    assert told.args == [2]
    securing.undo()
    assert len(room.taken_back) == 1
