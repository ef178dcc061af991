"""Rights are judged by whose token it is, or by who has signed in at that workstation; never by a name in a message."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, bookmark, clip
from tests.services_stage import EXAMPLES
from tmcwall.db.rows import fields_of
from tmcwall.domain.case import Stage
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.database import Database
from tmcwall.server.delegation import GOOD_FOR, delegate, delegates
from tmcwall.server.journal import Journal, Vouched, is_waiting, vouch
from tmcwall.server.order import load_state, page
from tmcwall.server.secret_box import SecretBox
from tmcwall.sync.protocol import Fate, OperationFate, OperationMessage

SUPERVISOR = Officer("80010002", "Wulan", Role.SUPERVISOR)
INVESTIGATOR = Officer("80010003", "Joko", Role.INVESTIGATOR)
AUDITOR = Officer("80010009", "Auditor", Role.AUDITOR)
BOX = SecretBox(bytes(32))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    with opened.write() as session:
        for officer in (OFFICER, SUPERVISOR, INVESTIGATOR, AUDITOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


class Desk:
    """A workstation with its chain of operations."""

    def __init__(self, database: Database, device: str = "ws1") -> None:
        self._database = database
        self._device = device
        self._number, self._hash = 0, FIRST_HASH

    def push(
        self,
        entity: Entity,
        fields: dict[str, Json],
        *,
        entity_id: str = "e1",
        actor: Officer = OFFICER,
        by: Officer | None = None,
        delegates: frozenset[str] = frozenset(),
    ) -> OperationFate:
        """Made by `actor`, brought with the token of `by`, who is the same unless given."""
        self._number += 1
        made = Operation(
            UUID(int=self._number + 1000 * int(self._device[2:])), self._device, self._number, actor.nrp, START, entity,
            entity_id, 2**31, fields, SCHEMA_VERSION, self._hash,
        )  # fmt: skip
        self._hash = made.hash
        with self._database.write() as session:
            journal = Journal(session, now=START)
            reply = journal.push(
                [OperationMessage.of(made)], device=self._device, officer=by or actor, delegates=delegates
            )
        return reply.fates[0]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def fields_at(database: Database, entity: Entity, entity_id: str = "e1") -> dict[str, Json]:
    with database.read() as session:
        return load_state(session, entity, entity_id).fields


def case() -> dict[str, Json]:
    return {**fields_of(EXAMPLES[Entity.CASE]), "id": "e1"}


@pytest.mark.parametrize("bringer", [AUDITOR, OFFICER])
def test_nobody_acts_in_the_name_of_another(desk: Desk, database: Database, bringer: Officer) -> None:
    fate = desk.push(Entity.BOOKMARK, bookmark("e1"), actor=SUPERVISOR, by=bringer)
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "actor_unproven")
    assert fields_at(database, Entity.BOOKMARK) == {}


def test_an_actor_whom_the_server_does_not_know_has_no_effect(desk: Desk) -> None:
    stranger = Officer("89999999", "Siapa", Role.SUPERVISOR)
    fate = desk.push(Entity.BOOKMARK, bookmark("e1"), actor=stranger, by=SUPERVISOR, delegates=frozenset({"89999999"}))
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "actor_unproven")


def test_the_next_shift_brings_what_an_officer_made_who_has_signed_in_there(desk: Desk, database: Database) -> None:
    fate = desk.push(Entity.BOOKMARK, bookmark("e1"), by=SUPERVISOR, delegates=frozenset({NRP}))
    assert fate.fate is Fate.APPLIED
    assert fields_at(database, Entity.BOOKMARK)["id"] == "e1"


def test_whoever_brings_it_lends_no_right_to_it(desk: Desk) -> None:
    fate = desk.push(Entity.BOOKMARK, bookmark("e1"), actor=AUDITOR, by=SUPERVISOR, delegates=frozenset({AUDITOR.nrp}))
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "not_allowed")


def test_what_waited_for_its_officer_has_its_effect_when_he_signs_in_there(desk: Desk, database: Database) -> None:
    desk.push(Entity.BOOKMARK, bookmark("e1"), by=SUPERVISOR)
    edited = desk.push(Entity.BOOKMARK, {"note": "dari perwira"}, actor=SUPERVISOR)
    assert edited.reason == "shape: id: missing"
    with database.write() as session:
        vouch(session, AUDITOR, device="ws1", after_place=0, limit=50, now=START)
    assert fields_at(database, Entity.BOOKMARK) == {}
    with database.write() as session:
        assert vouch(session, OFFICER, device="ws1", after_place=0, limit=50, now=START) == Vouched(2, 4)
    assert fields_at(database, Entity.BOOKMARK)["note"] == "dari perwira"
    with database.read() as session:
        reply = page(session, cursor=2, limit=10)
        assert not is_waiting(session, device="ws1", after_place=0)
    assert [(item.server_sequence, item.revision, item.operation.number) for item in reply.operations] == [
        (3, 1, 1),
        (4, 2, 2),
    ]


def test_what_waits_has_its_effect_in_several_transactions_in_the_order_in_which_it_was_made(
    desk: Desk, database: Database
) -> None:
    for note in ("satu", "dua", "tiga"):
        desk.push(Entity.BOOKMARK, bookmark("e1") | {"note": note}, by=SUPERVISOR)
    places, place = [], 0
    with database.write() as session:
        while is_waiting(session, device="ws1", after_place=place):
            place = vouch(session, OFFICER, device="ws1", after_place=place, limit=2, now=START).last_place
            places.append(place)
    assert (places, fields_at(database, Entity.BOOKMARK)["note"]) == ([2, 3], "tiga")


def test_what_waited_for_its_entity_has_its_effect_though_nobody_signs_in_at_its_device_any_more(
    desk: Desk, database: Database
) -> None:
    edited = desk.push(Entity.BOOKMARK, {"note": "dari identitas lama"}, actor=SUPERVISOR)
    assert edited.reason == "shape: id: missing"
    with database.read() as session:
        assert not is_waiting(session, device="ws2", after_place=0)
    Desk(database, "ws2").push(Entity.BOOKMARK, bookmark("e1"))
    with database.write() as session:
        vouch(session, OFFICER, device="ws2", after_place=0, limit=50, now=START)
    assert fields_at(database, Entity.BOOKMARK)["note"] == "dari identitas lama"


def test_what_waited_for_its_entity_is_judged_by_what_its_maker_may_then_and_only_once(
    desk: Desk, database: Database
) -> None:
    edited = desk.push(Entity.BOOKMARK, {"note": "dari yang dinonaktifkan"}, actor=OFFICER)
    assert edited.reason == "shape: id: missing"
    Desk(database, "ws2").push(Entity.BOOKMARK, bookmark("e1"), actor=SUPERVISOR)
    with database.write() as session:
        disable_user(session, NRP, now=START)
    with database.write() as session:
        assert is_waiting(session, device="ws2", after_place=0)
        vouch(session, SUPERVISOR, device="ws2", after_place=0, limit=50, now=START)
        assert not is_waiting(session, device="ws2", after_place=0)
    assert fields_at(database, Entity.BOOKMARK)["note"] == ""


def test_signing_in_at_another_workstation_gives_nothing_its_effect(desk: Desk, database: Database) -> None:
    desk.push(Entity.BOOKMARK, bookmark("e1"), by=SUPERVISOR)
    with database.write() as session:
        assert not is_waiting(session, device="ws2", after_place=0)
        vouch(session, OFFICER, device="ws2", after_place=0, limit=50, now=START)
    assert fields_at(database, Entity.BOOKMARK) == {}


def test_an_officer_who_was_disabled_meanwhile_is_not_vouched_for(desk: Desk, database: Database) -> None:
    with database.write() as session:
        disable_user(session, NRP, now=START)
    fate = desk.push(Entity.BOOKMARK, bookmark("e1"), by=SUPERVISOR, delegates=frozenset({NRP}))
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "actor_revoked")


def test_a_delegation_is_the_servers_and_for_one_officer_and_for_a_time() -> None:
    given = delegate(BOX, NRP, device="ws1", now=START)
    late = START + GOOD_FOR + timedelta(seconds=1)
    assert delegates(BOX, {NRP: given}, device="ws1", now=START + GOOD_FOR) == {NRP}
    assert delegates(BOX, {NRP: given}, device="ws1", now=late) == frozenset()
    assert delegates(BOX, {SUPERVISOR.nrp: given}, device="ws1", now=START) == frozenset()
    assert delegates(SecretBox(bytes([1]) * 32), {NRP: given}, device="ws1", now=START) == frozenset()


def test_a_delegation_that_was_copied_to_another_device_is_none() -> None:
    given = delegate(BOX, NRP, device="ws1", now=START)
    assert delegates(BOX, {NRP: given}, device="ws2", now=START) == frozenset()


@pytest.mark.parametrize("given", ["", "x", "€", "AAAA", "A" * 512])
def test_what_is_no_delegation_is_none(given: str) -> None:
    assert delegates(BOX, {NRP: given}, device="ws1", now=START) == frozenset()


@pytest.mark.parametrize(
    ("entity", "create", "fields"),
    [
        (Entity.CASE, case, {"stage": Stage.CLOSED.value}),
        (Entity.CASE, case, {"difficulty": "sulit"}),
        (Entity.CASE, case, {"investigation_started": "2025-03-28"}),
    ],
)
def test_what_an_investigator_decides_an_operator_does_not(
    desk: Desk, entity: Entity, create: Callable[[], dict[str, Json]], fields: dict[str, Json]
) -> None:
    assert desk.push(entity, create()).fate is Fate.APPLIED
    fate = desk.push(entity, fields)
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "not_allowed")
    assert desk.push(entity, fields, actor=INVESTIGATOR).fate is Fate.APPLIED
    assert desk.push(entity, fields).fate is Fate.APPLIED


def test_what_is_held_is_released_by_a_supervisor_only(desk: Desk) -> None:
    assert desk.push(Entity.BOOKMARK, bookmark("e1")).fate is Fate.APPLIED
    for actor in (OFFICER, INVESTIGATOR):
        fate = desk.push(Entity.BOOKMARK, {"held": False}, actor=actor)
        assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "not_allowed")
    assert desk.push(Entity.BOOKMARK, {"held": False}, actor=SUPERVISOR).fate is Fate.APPLIED


def test_an_operator_opens_a_case_only_as_a_new_one(desk: Desk) -> None:
    fate = desk.push(Entity.CASE, {**case(), "stage": Stage.CLOSED.value})
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "not_allowed")


@pytest.mark.parametrize("fields", [{"sha256": "f" * 64}, {"state": "waiting"}, {"size_bytes": 7}, {"path": "x.mp4"}])
@pytest.mark.parametrize("officer", [OFFICER, SUPERVISOR])
def test_nobody_changes_what_a_clip_is_once_it_was_cut(desk: Desk, officer: Officer, fields: dict[str, Json]) -> None:
    ready = clip("e1", "b1", sha256="a" * 64, size_bytes=3)
    desk.push(Entity.CLIP, {**ready, "state": "waiting", "sha256": "", "size_bytes": 0, "path": ""})
    assert desk.push(Entity.CLIP, {"state": "failed"}).fate is Fate.APPLIED
    assert desk.push(Entity.CLIP, ready).fate is Fate.APPLIED
    fate = desk.push(Entity.CLIP, fields, actor=officer)
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, f"completed: {next(iter(fields))}")
    assert desk.push(Entity.CLIP, ready).fate is Fate.APPLIED
