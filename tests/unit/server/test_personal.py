"""Values behind commitments at the server: taken once, kept apart by entity, erased for good."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.clocks import FakeClock
from tests.exchange import CHEAP_HASHER, OFFICER, PASSWORD, START, bookmark, operations, report_body
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_reporters import erase_reporter
from tmcwall.domain.commitment import Opening, commitments_in
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.operation import FIRST_HASH, Entity, Json, Operation
from tmcwall.intake.webhook import parse_webhook
from tmcwall.server import personal
from tmcwall.server.accounts import add_user
from tmcwall.server.audit import AuditAction
from tmcwall.server.database import Database
from tmcwall.server.journal import Journal
from tmcwall.server.order import load_state
from tmcwall.server.reports import receive
from tmcwall.server.tables import AuditRow, OperationRow, ReportRow
from tmcwall.sync.protocol import OperationMessage, PushReply

PHONE, NAME = "+62 800 000 001", "Ibu Rahayu"
SUPERVISOR = Officer("80020009", "Sri", Role.SUPERVISOR)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    with opened.write() as session:
        for officer in (OFFICER, SUPERVISOR):
            add_user(session, officer, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


def report(database: Database, *, phone: str = PHONE, sequence: int = 1) -> str:
    reporter = {"name": NAME, "phone": phone, "consent": True}
    body = report_body(reporter=reporter, seq=sequence)
    with database.write() as session:
        return receive(session, parse_webhook(body), body, now=START).incident_id


def fields(database: Database, incident_id: str) -> dict[str, Json]:
    with database.read() as session:
        return load_state(session, Entity.INCIDENT, incident_id).fields


def values(database: Database, incident_id: str) -> dict[str, str]:
    with database.read() as session:
        found = personal.openings_of(
            session, Entity.INCIDENT, incident_id, commitments_in(fields(database, incident_id))
        )  # fmt: skip
    return {one.field: one.value for one in found}


def push(database: Database, *pushed: Operation) -> PushReply:
    with database.write() as session:
        messages = [OperationMessage.of(one) for one in pushed]
        return Journal(session, now=START).push(messages, device="ws1", officer=OFFICER)


def opening(incident_id: str = "i1", *, salt: bytes = bytes(16), value: str = PHONE) -> Opening:
    return Opening(Entity.INCIDENT, incident_id, "reporter_phone", salt, value)


def take(database: Database, *openings: Opening) -> personal.Taken:
    with database.write() as session:
        return personal.take(session, openings, device="ws1", by=OFFICER.nrp, now=START)


def erase(database: Database, tmp_path: Path, incident_id: str, **said: str) -> personal.Erased:
    options = ServerOptions(data_dir=tmp_path, database=f"sqlite:///{tmp_path / 'server.db'}")
    return erase_reporter(options, incident_id, clock=FakeClock(START), **said)


def test_a_report_from_outside_leaves_no_byte_of_its_reporter_in_the_order(database: Database) -> None:
    incident_id = report(database)
    assert values(database, incident_id) == {"reporter_name": NAME, "reporter_phone": PHONE}
    with database.read() as session:
        kept = [*session.scalars(select(OperationRow.message)), *session.scalars(select(ReportRow.fields))]
    assert not any(word in text for text in kept for word in (PHONE, NAME))


def test_a_source_that_repeats_its_reporter_changes_no_commitment(database: Database) -> None:
    incident_id = report(database)
    before = fields(database, incident_id)
    report(database, sequence=2)
    after = fields(database, incident_id)
    assert after["reporter_phone"] == before["reporter_phone"]
    assert after["reporter_name"] == before["reporter_name"]


def test_a_source_that_says_another_number_has_another_commitment(database: Database) -> None:
    incident_id = report(database)
    before = fields(database, incident_id)
    report(database, phone="+62 800 000 002", sequence=2)
    assert fields(database, incident_id)["reporter_phone"] != before["reporter_phone"]
    assert values(database, incident_id)["reporter_phone"] == "+62 800 000 002"


def test_a_number_in_clear_has_no_effect_and_holds_up_nothing(database: Database) -> None:
    first, second = operations(2)
    clear = replace(
        first, entity=Entity.INCIDENT, entity_id="i1", fields={"reporter_phone": PHONE}, previous_hash=FIRST_HASH
    )
    fates = push(database, clear, replace(second, previous_hash=clear.hash)).fates
    assert [f"{one.fate} {one.reason}".strip() for one in fates] == [
        "quarantined shape: reporter_phone: clear", "applied",
    ]  # fmt: skip


def test_a_commitment_whose_value_is_nowhere_holds_up_nothing(database: Database) -> None:
    incident_id = report(database)
    first, second = operations(2)
    named: dict[str, Json] = {"reporter_phone": opening(incident_id).commitment}
    bare = replace(first, entity=Entity.INCIDENT, entity_id=incident_id, fields=named, base_revision=1)
    assert [one.fate for one in push(database, bare, replace(second, previous_hash=bare.hash)).fates] == ["applied"] * 2
    assert values(database, incident_id) == {"reporter_name": NAME}


def test_values_are_taken_once(database: Database) -> None:
    assert take(database, opening()) == personal.Taken(1, 0)
    assert take(database, opening()) == personal.Taken(1, 0)
    with database.read() as session:
        assert personal.new_bytes(session, [opening(), opening(salt=b"1" * 16)]) == len(PHONE)


def test_a_value_is_given_for_its_own_incident_only(database: Database) -> None:
    take(database, opening("i1"))
    with database.read() as session:
        asked = [opening("i1").commitment]
        assert personal.openings_of(session, Entity.INCIDENT, "i2", asked) == ()
        assert personal.openings_of(session, Entity.INCIDENT, "i1", asked) == (opening("i1"),)


def test_what_is_erased_is_gone_and_stays_gone(database: Database, tmp_path: Path) -> None:
    incident_id = report(database)
    before = fields(database, incident_id)
    assert erase(database, tmp_path, incident_id) == personal.Erased(values=2, in_clear=0)
    assert take(database, opening(incident_id)) == personal.Taken(0, 1)
    report(database, phone="+62 800 000 003", sequence=2)
    assert values(database, incident_id) == {}
    assert fields(database, incident_id)["reporter_phone"] == before["reporter_phone"]
    with database.read() as session:
        rows, up_to = personal.erasures(session, after=0, limit=10)
        assert ([row.entity_id for row in rows], up_to) == ([incident_id], 1)
        assert personal.erasures(session, after=1, limit=10) == ([], 1)
        audited = session.scalars(select(AuditRow).where(AuditRow.action == AuditAction.REPORTER_ERASED)).one()
    assert incident_id in audited.about


def test_what_an_earlier_version_has_said_in_clear_is_counted(database: Database, tmp_path: Path) -> None:
    incident_id = report(database)
    old = replace(
        operations(1)[0], entity=Entity.INCIDENT, entity_id=incident_id, fields={"reporter_phone": PHONE},
        schema_version=3, base_revision=1,
    )  # fmt: skip
    assert push(database, old).fates[0].fate == "applied"
    assert erase(database, tmp_path, incident_id).in_clear == 1


def test_a_case_that_needs_the_reporter_asks_for_a_supervisors_reason(database: Database, tmp_path: Path) -> None:
    incident_id = report(database)
    held = replace(operations(1)[0], fields=bookmark("ws1-b1") | {"incident_id": incident_id, "held": True})
    assert push(database, held).fates[0].fate == "applied"
    for said in ({}, {"reason": "diminta pelapor"}, {"supervisor": SUPERVISOR.nrp}):
        with pytest.raises(DomainError) as refused:
            erase(database, tmp_path, incident_id, **said)
        assert refused.value.code is DomainCode.REPORTER_NEEDED
    with pytest.raises(DomainError) as nobody:
        erase(database, tmp_path, incident_id, reason="diminta", supervisor=OFFICER.nrp)
    assert nobody.value.code is DomainCode.NOT_ALLOWED
    assert erase(database, tmp_path, incident_id, reason="diminta", supervisor=SUPERVISOR.nrp).values == 2


def test_an_incident_that_is_not_there_is_not_erased(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refused:
        erase(database, tmp_path, "nowhere")
    assert refused.value.code is DomainCode.NOT_FOUND
