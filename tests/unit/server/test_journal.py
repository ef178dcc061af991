"""The server's order of operations, without network."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, bookmark, operations
from tests.services_stage import EXAMPLES
from tmcwall.db.rows import fields_of
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.kinds import KINDS
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.blobs import blob_folder
from tmcwall.server.database import Database, check_database_url
from tmcwall.server.journal import Journal
from tmcwall.server.order import load_state, page, version_of
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.tables import Base, ConflictRow, EntityRow
from tmcwall.sync.protocol import Fate, OperationMessage, PushReply, RefusalCode


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    with opened.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


def push(
    database: Database, *pushed: Operation | OperationMessage, device: str = "ws1", officer: Officer = OFFICER
) -> PushReply:
    messages = [item if isinstance(item, OperationMessage) else OperationMessage.of(item) for item in pushed]
    with database.write() as session:
        return Journal(session, now=START).push(messages, device=device, officer=officer)


def refusal(database: Database, *pushed: Operation, device: str = "ws1") -> RequestRefused:
    with pytest.raises(RequestRefused) as refused:
        push(database, *pushed, device=device)
    return refused.value


def fates(reply: PushReply) -> list[Fate]:
    return [fate.fate for fate in reply.fates]


def pulled(database: Database, cursor: int = 0, limit: int = 200) -> list[UUID]:
    with database.read() as session:
        return [item.operation.id for item in page(session, cursor=cursor, limit=limit).operations]


def changed(operation: Operation, base: int, number: int, previous: str, **fields: str) -> Operation:
    new_id = UUID(int=number + 1000 * base)
    return replace(operation, id=new_id, number=number, base_revision=base, fields=fields, previous_hash=previous)


def test_operations_are_applied_once_and_in_order(database: Database) -> None:
    made = operations(5)
    assert fates(push(database, *made)) == [Fate.APPLIED] * 5
    assert fates(push(database, *made)) == [Fate.DUPLICATE] * 5
    assert pulled(database) == [operation.id for operation in made]


def test_a_push_that_overlaps_adds_only_what_is_new(database: Database) -> None:
    made = operations(5)
    push(database, *made[:3])
    reply = push(database, *made[1:])
    assert fates(reply) == [Fate.DUPLICATE, Fate.DUPLICATE, Fate.APPLIED, Fate.APPLIED]
    assert reply.last_number == 5


def test_a_missing_number_is_asked_for_and_nothing_of_the_push_is_kept(database: Database) -> None:
    made = operations(5)
    refused = refusal(database, made[0], made[1], made[4])
    assert (refused.status, refused.refusal.code, refused.refusal.expected_number) == (409, RefusalCode.GAP, 3)
    assert pulled(database) == []


def test_a_copied_workstation_is_a_fork(database: Database) -> None:
    push(database, *operations(3))
    copied = operations(3)
    assert refusal(database, copied[2]).refusal.code is RefusalCode.FORK
    further = operations(1, first=4, previous_hash="1" * 64)
    assert refusal(database, *further).refusal.code is RefusalCode.FORK


def test_a_workstation_pushes_only_its_own_operations(database: Database) -> None:
    assert refusal(database, *operations(1, device="ws2")).refusal.code is RefusalCode.FORBIDDEN
    assert refusal(database, *operations(1, device="server"), device="server").refusal.code is RefusalCode.FORBIDDEN


def test_an_operation_of_a_newer_schema_waits_at_its_workstation(database: Database) -> None:
    newer = replace(operations(1)[0], schema_version=99)
    assert refusal(database, newer).refusal.code is RefusalCode.SCHEMA_NEWER


def test_a_poisoned_operation_is_kept_aside_and_the_queue_moves_on(database: Database) -> None:
    first = replace(operations(1)[0], fields={"id": "ws1-b1", "nonsense": 1})
    reply = push(database, first, *operations(2, first=2, previous_hash=first.hash))
    assert fates(reply) == [Fate.QUARANTINED, Fate.APPLIED, Fate.APPLIED]
    assert reply.fates[0].reason.startswith("shape")
    assert len(pulled(database)) == 2
    assert fates(push(database, first)) == [Fate.QUARANTINED]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"entity": "drone"}, "entity_unknown"),
        ({"fields": {"note": "x" * 70_000}}, "too_large"),
        ({"fields": bookmark("another")}, "id_differs"),
        ({"fields": {**bookmark("ws1-b1"), "starts_at": "yesterday"}}, "shape"),
    ],
)
def test_what_cannot_be_applied_says_why(database: Database, changes: dict[str, object], reason: str) -> None:
    message = OperationMessage.of(operations(1)[0]).model_copy(update=changes)
    reply = push(database, message)
    assert fates(reply) == [Fate.QUARANTINED]
    assert reply.fates[0].reason.split(":")[0] == reason


def test_an_officer_who_was_removed_meanwhile_has_no_effect_any_more(database: Database) -> None:
    with database.write() as session:
        disable_user(session, NRP, now=START)
    reply = push(database, *operations(1), officer=replace(OFFICER, nrp="80010002"))
    assert (reply.fates[0].fate, reply.fates[0].reason) == (Fate.QUARANTINED, "actor_revoked")


def test_an_auditor_changes_nothing(database: Database) -> None:
    auditor = Officer("80010009", "Auditor", Role.AUDITOR)
    with database.write() as session:
        add_user(session, auditor, PASSWORD, hasher=CHEAP_HASHER, now=START)
    reply = push(database, *operations(1, actor=auditor.nrp), officer=auditor)
    assert (reply.fates[0].fate, reply.fates[0].reason) == (Fate.QUARANTINED, "not_allowed")


@pytest.mark.parametrize("entity", Entity)
def test_every_kind_is_taken_from_whoever_may_write_it_and_found_under_its_parent(
    database: Database, entity: Entity
) -> None:
    value, parent = EXAMPLES[entity], KINDS[entity].parent
    made = Operation(
        UUID(int=1), "ws1", 1, NRP, START, entity, value.id, 0, fields_of(value), SCHEMA_VERSION, FIRST_HASH
    )
    auditor = Officer("80010007", "Auditor", Role.AUDITOR)
    foreign = replace(made, id=UUID(int=2), device="ws2", actor=auditor.nrp)
    assert push(database, foreign, device="ws2", officer=auditor).fates[0].reason == "not_allowed"
    head = replace(OFFICER, role=Role.HEAD)
    assert fates(push(database, made, officer=head)) == [Fate.APPLIED]
    with database.read() as session:
        row = session.get_one(EntityRow, (entity.value, value.id))
        assert row.parent_id == (getattr(value, parent.field) if parent is not None else "")


def test_two_officers_who_change_one_field_unseen_leave_a_conflict_and_both_values(database: Database) -> None:
    created = operations(1)[0]
    push(database, created)
    push(database, changed(created, 1, 2, created.hash, note="dari meja 1"))
    other = replace(changed(created, 1, 1, "0" * 64, note="dari meja 2"), device="ws2", id=UUID(int=77))
    reply = push(database, other, device="ws2")
    assert fates(reply) == [Fate.CONFLICT]
    with database.read() as session:
        assert load_state(session, Entity.BOOKMARK, created.entity_id).fields["note"] == "dari meja 2"
        conflict = session.scalars(select(ConflictRow)).one()
    assert conflict.field == "note"
    assert (version_of(conflict.kept).value, version_of(conflict.other).value) == ("dari meja 2", "dari meja 1")


def test_a_field_that_nobody_knows_has_no_effect(database: Database) -> None:
    made = replace(operations(1)[0], fields={**bookmark("ws1-b1"), "weather": "hujan"})
    (fate,) = push(database, made).fates
    assert (fate.fate, fate.reason) == (Fate.QUARANTINED, "shape: weather: unknown")
    assert pulled(database) == []


def test_pages_follow_each_other_and_end(database: Database) -> None:
    made = operations(5)
    push(database, *made)
    with database.read() as session:
        first = page(session, cursor=0, limit=3)
        second = page(session, cursor=first.cursor, limit=3)
        beyond = page(session, cursor=99, limit=3)
    assert (len(first.operations), first.more, len(second.operations), second.more) == (3, True, 2, False)
    assert beyond.cursor == 5


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.write() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Base.metadata) == []


def test_a_database_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'newer.db'}"
    opened = Database.open(url)
    with opened.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    opened.close()
    with pytest.raises(Fault) as refused:
        Database.open(url)
    assert refused.value.code is FaultCode.STORE_NEWER


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"holiday pictures" * 500)
    with pytest.raises(Fault) as refused:
        Database.open(f"sqlite:///{tmp_path / 'x.db'}")
    assert refused.value.code is FaultCode.STORE_CORRUPT
    with pytest.raises(Fault) as refused:
        Database.open(f"sqlite:///{tmp_path / 'absent' / 'x.db'}")
    assert refused.value.code is FaultCode.STORE_UNWRITABLE


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("postgresql+psycopg://tmc:sandi@db/tmc", DomainCode.DATABASE_URL_PASSWORD),
        ("postgresql+psycopg://db/tmc?password=sandi", DomainCode.DATABASE_URL_PASSWORD),
        ("mysql://db/tmc", DomainCode.DATABASE_URL),
        ("no url", DomainCode.DATABASE_URL),
    ],
)
def test_a_database_url_is_refused(url: str, code: DomainCode) -> None:
    with pytest.raises(DomainError) as refused:
        check_database_url(url)
    assert refused.value.code is code


def test_clips_lie_in_a_folder_and_not_in_a_store_that_is_not_built() -> None:
    assert blob_folder("/srv/clips") == blob_folder("file:///srv/clips") == Path("/srv/clips")
    assert blob_folder("file:///srv/clips%20of%20TMC") == Path("/srv/clips of TMC")
    with pytest.raises(DomainError) as refused:
        blob_folder("s3://bucket/clips")
    assert refused.value.code is DomainCode.BLOBS_URL
