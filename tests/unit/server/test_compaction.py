"""Old operations lose values that decide nothing any more; what is signed, chained or of a case stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from tests.enrolled import SERVER_KEY, enrol_at, signed
from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, bookmark, clip
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.server.accounts import add_user
from tmcwall.server.compaction import Compaction, plan
from tmcwall.server.compaction_tables import CompactionRow
from tmcwall.server.database import Database
from tmcwall.server.enrolment import sign_as_server
from tmcwall.server.journal import Journal
from tmcwall.server.order import compacted_through, load_state, message_of, page
from tmcwall.server.order_check import Break, check_order
from tmcwall.server.quarantine import quarantined_operations, unreadable_operations
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import OperationRow
from tmcwall.signatures import SigningKey
from tmcwall.sync.protocol import OperationMessage, RefusalCode

LATER = START + timedelta(days=100)


class Order:
    """A server's order, and a workstation that writes into it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._last_hash, self._number = FIRST_HASH, 0
        self._revisions: dict[str, int] = {}

    def write(
        self, entity_id: str, fields: dict[str, Json], *, kind: Entity = Entity.BOOKMARK, day: int = 0
    ) -> Operation:
        self._number += 1
        base = self._revisions.get(entity_id, 0)
        made = signed(
            Operation(
                uuid7(START), "ws1", self._number, NRP, START, kind, entity_id, base, fields, SCHEMA_VERSION,
                self._last_hash,
            )
        )  # fmt: skip
        self._last_hash, self._revisions[entity_id] = made.hash, base + 1
        with self.database.write() as session:
            journal = Journal(session, now=START + timedelta(days=day))
            journal.push([OperationMessage.of(made)], device="ws1", officer=OFFICER)
        return made

    def edit(self, entity_id: str, *notes: str, day: int = 0) -> list[Operation]:
        return [self.write(entity_id, {"note": note}, day=day) for note in notes]

    def compact(
        self, *, keep_days: int = 30, within_s: float = 10.0, key: SigningKey | None = SERVER_KEY
    ) -> Compaction:
        with self.database.read() as session:
            planned = plan(session, keep=timedelta(days=keep_days), now=LATER)
        compaction = Compaction(planned, now=LATER, signing_key=key)
        more = True
        while more:
            with self.database.write() as session:
                more = compaction.step(session, within_s=within_s)
        return compaction

    def compacted(self) -> set[str]:
        with self.database.read() as session:
            rows = session.scalars(select(OperationRow).where(OperationRow.compaction.is_not(None)))
            return {str(row.operation_id) for row in rows}

    def broken(self) -> list[Break]:
        with self.database.read() as session:
            return [one.what for one in check_order(session, signatures=True).broken]

    def withdraw(self, operation: Operation) -> None:
        with self.database.write() as session:
            Journal(session, now=LATER).withdraw(operation.id, reason="keliru", by="console")

    def note(self, entity_id: str) -> Json:
        with self.database.read() as session:
            return load_state(session, Entity.BOOKMARK, entity_id).fields.get("note")


@pytest.fixture
def order(tmp_path: Path) -> Iterator[Order]:
    database = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    with database.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
        sign_as_server(session, signing_key=SERVER_KEY, now=START)
    enrol_at(database, "ws1", now=START)
    yield Order(database)
    database.close()


def test_only_what_a_later_operation_says_anew_loses_its_values(order: Order) -> None:
    order.write("b1", bookmark("b1", note="satu"))
    second, third, _ = order.edit("b1", "dua", "tiga", "empat")
    order.write("b2", bookmark("b2"))
    assert order.compact().operations == 2
    assert order.compacted() == {str(second.id), str(third.id)}
    assert order.note("b1") == "empat"
    assert order.broken() == []


def test_what_is_younger_than_it_is_kept_is_left_and_so_is_all_that_came_after_it(order: Order) -> None:
    order.write("b1", bookmark("b1"))
    order.edit("b1", "dua", "tiga")
    order.edit("b1", "empat", day=90)
    order.edit("b1", "lima", "enam")
    assert order.compact().operations == 1


def test_counting_only_changes_nothing(order: Order) -> None:
    order.write("b1", bookmark("b1"))
    order.edit("b1", "dua", "tiga")
    assert order.compact(key=None).operations == 1
    assert order.compacted() == set()


def test_a_second_run_looks_only_at_what_came_since(order: Order) -> None:
    for entity_id in ("b1", "b2"):
        order.write(entity_id, bookmark(entity_id))
        order.edit(entity_id, "dua", "tiga")
    order.compact()
    order.edit("b2", "empat")
    again = order.compact()
    assert (again.entities, again.operations) == (1, 1)
    assert order.broken() == []


def test_a_run_in_steps_of_one_entity_does_the_same(order: Order) -> None:
    for entity_id in ("b1", "b2", "b3"):
        order.write(entity_id, bookmark(entity_id))
        order.edit(entity_id, "dua", "tiga")
    assert order.compact(within_s=0).operations == 3
    assert order.broken() == []


def test_what_belongs_or_has_belonged_to_a_case_stays_whole(order: Order) -> None:
    order.write("b1", bookmark("b1") | {"case_id": "lp-1", "incident_id": "i1"})
    order.write("c1", clip("c1", "b1", sha256="0" * 64, size_bytes=1), kind=Entity.CLIP)
    order.edit("b1", "dua", "tiga")
    for state in ("x.mp4", "y.mp4", "z.mp4"):
        order.write("c1", {"failure": state}, kind=Entity.CLIP)
    assert order.compact().operations == 0


def test_who_has_not_read_up_to_there_is_told_so_and_who_does_not_know_that_word_is_refused(order: Order) -> None:
    order.write("b1", bookmark("b1"))
    order.edit("b1", "dua", "tiga", "empat")
    order.compact()
    with order.database.read() as session:
        assert compacted_through(session) == 3
        assert (page(session, cursor=2, limit=9).compacted, page(session, cursor=2, limit=9).operations) == (3, ())
        assert [one.server_sequence for one in page(session, cursor=3, limit=9).operations] == [4]
        with pytest.raises(RequestRefused) as refused:
            page(session, cursor=0, limit=9, takes_state=False)
    assert refused.value.refusal.code is RefusalCode.COMPACTED


def test_what_was_compacted_is_still_known_when_it_comes_again(order: Order) -> None:
    order.write("b1", bookmark("b1"))
    second, _ = order.edit("b1", "dua", "tiga")
    order.compact()
    with order.database.write() as session:
        reply = Journal(session, now=LATER).push([OperationMessage.of(second)], device="ws1", officer=OFFICER)
    assert [one.fate for one in reply.fates] == ["duplicate"]


def test_what_lay_below_is_not_invented_when_an_old_operation_is_to_lose_its_effect(order: Order) -> None:
    order.write("b1", bookmark("b1"))
    second, third = order.edit("b1", "dua", "tiga")
    order.compact()
    with pytest.raises(DomainError) as refused:
        order.withdraw(third)
    assert refused.value.code is DomainCode.COMPACTED
    order.withdraw(second)
    assert order.note("b1") == "tiga"
    with order.database.read() as session:
        assert [message_of(row) for row in quarantined_operations(session, limit=9)] == [None]
        assert list(unreadable_operations(session)) == []


def test_what_came_since_loses_its_effect_as_ever(order: Order) -> None:
    order.write("b1", bookmark("b1"))
    order.edit("b1", "dua", "tiga")
    order.compact()
    newest = order.edit("b1", "empat", day=99)[0]
    order.withdraw(newest)
    assert order.note("b1") == "tiga"


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        (update(OperationRow).where(OperationRow.number == 2).values(hash="1" * 64), {Break.PREVIOUS, Break.ROOT}),
        (update(OperationRow).where(OperationRow.number == 2).values(message="{}"), {Break.UNREADABLE}),
        (update(OperationRow).where(OperationRow.number == 1).values(compaction=1), {Break.UNREADABLE, Break.ROOT}),
        (update(OperationRow).where(OperationRow.number == 4).values(number=9), {Break.HASH}),
        (delete(OperationRow).where(OperationRow.number == 2), {Break.GAP, Break.ROOT}),
        (update(CompactionRow).values(statement="{}"), {Break.UNREADABLE}),
        (update(CompactionRow).values(signature=""), {Break.SIGNATURE}),
        (update(CompactionRow).values(number=7), {Break.CHAIN, Break.ROOT}),
        (delete(CompactionRow), {Break.ROOT}),
    ],
)
def test_whoever_alters_what_is_left_is_found(order: Order, statement: object, seen: set[Break]) -> None:
    order.write("b1", bookmark("b1"))
    order.edit("b1", "dua", "tiga", "empat")
    order.compact()
    with order.database.write() as session:
        session.execute(statement)  # type: ignore[call-overload]  # an update or a delete
    assert seen <= set(order.broken())
