"""What nobody can read stops nobody, and an operation can be taken out of effect for all."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.clocks import FakeClock
from tests.entity_values import deep
from tests.exchange import CHEAP_HASHER, OFFICER, PASSWORD, START, bookmark, operations
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_quarantine import quarantine_add, quarantine_check, quarantine_list
from tmcwall.commands.server_users import user_add
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.operation import FIRST_HASH, Entity, Json, Operation
from tmcwall.server.accounts import add_user
from tmcwall.server.audit import AuditAction
from tmcwall.server.database import Database
from tmcwall.server.journal import Journal
from tmcwall.server.order import has_at, load_state, page
from tmcwall.server.quarantine import quarantined_operations, unreadable_operations
from tmcwall.server.tables import AuditRow, ConflictRow, OperationRow
from tmcwall.sync.protocol import Fate, OperationMessage, PullReply, PushReply


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    with opened.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


def push(database: Database, *pushed: Operation, device: str = "ws1") -> PushReply:
    messages = [OperationMessage.of(item) for item in pushed]
    with database.write() as session:
        return Journal(session, now=START).push(messages, device=device, officer=OFFICER)


def withdraw(database: Database, operation: Operation) -> None:
    with database.write() as session:
        Journal(session, now=START).withdraw(operation.id, reason="rusak", by="console")


def pull(database: Database, cursor: int = 0, limit: int = 200) -> PullReply:
    with database.read() as session:
        return page(session, cursor=cursor, limit=limit)


def note_of(database: Database, entity_id: str) -> Json:
    with database.read() as session:
        return load_state(session, Entity.BOOKMARK, entity_id).fields.get("note")


def spoil(database: Database, operation: Operation, **changes: object) -> None:
    """As if an earlier version had taken it."""
    message = OperationMessage.of(operation).model_copy(update=changes)
    text = message.model_dump_json()
    with database.write() as session:
        session.execute(
            update(OperationRow).where(OperationRow.operation_id == operation.id).values(message=text)
        )  # fmt: skip


def edit(before: Operation, *, note: str, number: int = 2, base: int = 1, device: str = "ws1") -> Operation:
    previous = before.hash if device == before.device else FIRST_HASH
    identity = UUID(int=number + (1000 if device == "ws1" else 2000))
    return replace(
        before, id=identity, device=device, number=number, base_revision=base, fields={"note": note},
        previous_hash=previous,
    )  # fmt: skip


@pytest.mark.parametrize("depth", [100, 199, 240])
def test_a_page_passes_over_what_an_earlier_version_took_and_nobody_can_read(database: Database, depth: int) -> None:
    first, poisoned, last = operations(3)
    push(database, first, poisoned, last)
    spoil(database, poisoned, fields={**bookmark("ws1-b2"), "note": deep(depth)})
    reply = pull(database)
    assert [item.operation.id for item in reply.operations] == [first.id, last.id]
    assert (reply.cursor, reply.more) == (3, False)
    assert pull(database, cursor=1, limit=1).cursor == 2


def test_what_is_in_effect_and_would_not_be_taken_today_is_found(database: Database) -> None:
    sound, deeper, late = operations(3)
    push(database, sound, deeper, late)
    spoil(database, deeper, fields={"note": deep(199)})
    spoil(database, late, fields={**bookmark("ws1-b3"), "starts_at": "9999-12-31T22:00:00Z"})
    with database.read() as session:
        found = [(one.operation_id, one.reason) for one in unreadable_operations(session)]
    assert found == [(deeper.id, "message"), (late.id, "shape: starts_at: range")]


def test_an_operation_that_was_taken_out_has_no_effect_and_the_others_keep_theirs(database: Database) -> None:
    made = operations(1)[0]
    second = edit(made, note="racun")
    third = replace(edit(second, note="x", number=3, base=2), fields={"case_id": "c1"})
    push(database, made, second, third)
    withdraw(database, second)
    assert note_of(database, "ws1-b1") == ""
    with database.read() as session:
        state = load_state(session, Entity.BOOKMARK, "ws1-b1")
    assert (state.fields["case_id"], state.revision) == ("c1", 4)


def test_every_workstation_learns_of_it_at_its_place_in_the_order(database: Database) -> None:
    made, other = operations(2)
    push(database, made, other)
    withdraw(database, made)
    reply = pull(database, cursor=2)
    (told,) = reply.withdrawals
    assert (told.server_sequence, told.operation_id, told.reason, reply.cursor) == (3, made.id, "rusak", 3)
    newcomer = pull(database)
    assert [item.operation.id for item in newcomer.operations] == [other.id]
    assert pull(database, cursor=0, limit=2).withdrawals == ()
    assert pull(database, cursor=2, limit=1).more


def test_a_page_says_what_stands_at_its_end_also_where_that_is_no_operation_with_effect(database: Database) -> None:
    first, second = operations(2)
    push(database, first, second)
    ends = [pull(database, cursor=0, limit=1)]
    withdraw(database, second)
    ends += [pull(database, cursor=0, limit=2), pull(database)]
    assert [(end.known_sequence, end.known_hash) for end in ends] == [
        (1, first.hash),
        (2, second.hash),
        (3, second.id.hex),
    ]
    with database.read() as session:
        assert all(has_at(session, end.known_sequence, end.known_hash) for end in ends)
        assert not has_at(session, 3, second.hash)
        assert not has_at(session, 4, second.id.hex)


def test_its_workstation_is_told_that_it_is_in_quarantine(database: Database) -> None:
    made = operations(1)[0]
    push(database, made)
    withdraw(database, made)
    (fate,) = push(database, made).fates
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "withdrawn")
    with database.read() as session:
        assert [row.operation_id for row in quarantined_operations(session, limit=10)] == [made.id]


def test_a_conflict_with_it_goes_and_one_between_others_stays(database: Database) -> None:
    made = operations(1)[0]
    push(database, made)
    push(database, edit(made, note="satu"))
    push(database, edit(made, note="dua", number=1, device="ws2"), device="ws2")
    third = edit(made, note="tiga", number=1, device="ws3")
    push(database, replace(third, id=UUID(int=5)), device="ws3")
    with database.read() as session:
        assert len(session.scalars(select(ConflictRow)).all()) == 2
    with database.write() as session:
        Journal(session, now=START).withdraw(UUID(int=2001), reason="rusak", by="console")
    with database.read() as session:
        (left,) = session.scalars(select(ConflictRow)).all()
    assert left.id == f"{UUID(int=5)}/note"
    assert note_of(database, "ws1-b1") == "tiga"


def test_an_entity_without_any_operation_left_can_be_made_again(database: Database) -> None:
    made = operations(1)[0]
    push(database, made)
    withdraw(database, made)
    again = replace(operations(1, device="ws2")[0], entity_id="ws1-b1", fields=bookmark("ws1-b1", note="baru"))
    assert push(database, again, device="ws2").fates[0].fate is Fate.APPLIED
    assert note_of(database, "ws1-b1") == "baru"


def test_only_what_is_in_effect_can_be_taken_out(database: Database) -> None:
    made = operations(1)[0]
    push(database, made)
    with pytest.raises(DomainError) as refused, database.write() as session:
        Journal(session, now=START).withdraw(UUID(int=404), reason="", by="console")
    assert refused.value.code is DomainCode.NOT_FOUND
    withdraw(database, made)
    with pytest.raises(DomainError) as refused:
        withdraw(database, made)
    assert refused.value.code is DomainCode.WITHOUT_EFFECT


def test_an_operation_is_taken_out_from_the_command_line_and_that_is_on_record(tmp_path: Path) -> None:
    options = ServerOptions(data_dir=tmp_path)
    user_add(options, OFFICER.nrp, role=OFFICER.role, password=PASSWORD)
    database = Database.open(options.database_url)
    made = operations(1)[0]
    push(database, made)
    assert quarantine_check(options) == ()
    taken_out = quarantine_add(options, made.id, reason="  diuji   lagi ", clock=FakeClock(START))
    assert quarantine_list(options, limit=9) == (taken_out,)
    assert taken_out.reason == "withdrawn 2025-03-28T07:00:00Z console: diuji lagi"
    with database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.OPERATION_WITHDRAWN)).one()
    assert (row.actor, row.about) == ("console", f"{made.id} bookmark/ws1-b1")
    assert pull(database).withdrawals[0].reason == "diuji lagi"
    database.close()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "dua\x1bbaris"])
def test_whoever_takes_an_operation_out_says_why(tmp_path: Path, reason: str) -> None:
    with pytest.raises(DomainError) as refused:
        quarantine_add(ServerOptions(data_dir=tmp_path), UUID(int=1), reason=reason)
    assert refused.value.code is DomainCode.FIELD_INVALID
