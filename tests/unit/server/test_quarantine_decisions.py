"""What waits for an officer who will not sign in there any more: accepted or dropped by IT, on record."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.exchange import CHEAP_HASHER, OFFICER, PASSWORD, START, bookmark
from tmcwall import cli
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_quarantine import quarantine_accept, quarantine_drop, quarantine_list
from tmcwall.commands.server_users import user_add
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Operation
from tmcwall.server.accounts import add_user, disable_user
from tmcwall.server.audit import AuditAction
from tmcwall.server.database import Database
from tmcwall.server.journal import Journal, is_waiting
from tmcwall.server.order import load_state, page
from tmcwall.server.tables import AuditRow
from tmcwall.sync.protocol import OperationMessage

GONE = Officer("80010002", "Wulan", Role.SUPERVISOR)
AUDITOR = Officer("80010009", "Auditor", Role.AUDITOR)
CLOCK = FakeClock(START)


@pytest.fixture
def options(tmp_path: Path) -> ServerOptions:
    options = ServerOptions(data_dir=tmp_path)
    user_add(options, OFFICER.nrp, role=OFFICER.role, password=PASSWORD)
    return options


@pytest.fixture
def database(options: ServerOptions) -> Iterator[Database]:
    opened = Database.open(options.database_url)
    with opened.write() as session:
        for officer in (GONE, AUDITOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


def brought(database: Database, actor: str) -> UUID:
    """A bookmark that `actor` is said to have made, brought by another officer."""
    made = Operation(
        UUID(int=1), "ws1", 1, actor, START, Entity.BOOKMARK, "e1", 2**31, bookmark("e1"), SCHEMA_VERSION, FIRST_HASH
    )
    with database.write() as session:
        Journal(session, now=START).push([OperationMessage.of(made)], device="ws1", officer=OFFICER)
    return made.id


def is_there(database: Database) -> bool:
    with database.read() as session:
        return bool(load_state(session, Entity.BOOKMARK, "e1").fields)


def test_what_is_accepted_has_its_effect_and_comes_to_every_workstation(options, database):
    operation = brought(database, GONE.nrp)
    with database.read() as session:
        place = page(session, cursor=0, limit=9).cursor
    accepted = quarantine_accept(options, operation, reason=" dari  meja lama ", clock=CLOCK)
    assert accepted.reason == ""
    assert is_there(database)
    assert quarantine_list(options, limit=9) == ()
    with database.read() as session:
        assert [one.operation.id for one in page(session, cursor=place, limit=9).operations] == [operation]
        row = session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.OPERATION_ACCEPTED)).one()
    assert (row.actor, row.about) == ("console", f"{operation} bookmark/e1: dari meja lama")


def test_it_is_accepted_also_where_the_account_was_disabled_since(options, database):
    with database.write() as session:
        disable_user(session, GONE.nrp, now=START)
    quarantine_accept(options, brought(database, GONE.nrp), reason="dari meja lama", clock=CLOCK)
    assert is_there(database)


def test_what_is_dropped_never_counts_even_if_the_officer_signs_in(options, database):
    operation = brought(database, GONE.nrp)
    dropped = quarantine_drop(options, operation, reason="bukan miliknya", clock=CLOCK)
    assert dropped.reason == "dropped"
    with database.read() as session:
        assert not is_waiting(session, device="ws1", after_place=0)
        assert session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.OPERATION_DROPPED)).one()
    with pytest.raises(DomainError):
        quarantine_accept(options, operation, reason="ternyata miliknya", clock=CLOCK)
    assert not is_there(database)


@pytest.mark.parametrize(("actor", "code"), [(AUDITOR.nrp, DomainCode.NOT_ALLOWED), ("89999999", DomainCode.NOT_FOUND)])
def test_nothing_is_accepted_for_who_may_not_or_has_no_account(options, database, actor, code):
    operation = brought(database, actor)
    with pytest.raises(DomainError) as refused:
        quarantine_accept(options, operation, reason="dari meja lama", clock=CLOCK)
    assert refused.value.code is code
    assert [one.reason for one in quarantine_list(options, limit=9)] == ["actor_unproven"]


def test_only_what_waits_is_decided_about(options, database):
    for decide in (quarantine_accept, quarantine_drop):
        with pytest.raises(DomainError) as refused:
            decide(options, UUID(int=77), reason="apa saja", clock=CLOCK)
        assert refused.value.code is DomainCode.NOT_FOUND


@pytest.mark.parametrize("word", ["accept", "drop"])
def test_both_are_commands(options, database, tmp_path, capsys, word):
    operation = brought(database, GONE.nrp)
    arguments = ["server", "quarantine", word, str(operation), "--reason", "dilihat", "--data-dir", str(tmp_path)]
    assert cli.main(arguments) == 0
    assert "bookmark/e1" in capsys.readouterr().out
