"""What reports of outside systems make of the incidents."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.exchange import CHEAP_HASHER, NRP, OFFICER, PASSWORD, START, report_body
from tmcwall.domain.fault import DomainCode, DomainError, Fault
from tmcwall.domain.ids import uuid7
from tmcwall.domain.incident import Source
from tmcwall.domain.operation import FIRST_HASH, SCHEMA_VERSION, Entity, Json, Operation
from tmcwall.intake.webhook import parse_webhook
from tmcwall.server.accounts import add_user
from tmcwall.server.database import Database
from tmcwall.server.journal import Journal
from tmcwall.server.order import load_state, page
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.reports import Outcome, Reception, add_source, receive, rotate_source, secrets_of
from tmcwall.server.secret_box import SecretBox
from tmcwall.sync.protocol import OperationMessage, RefusalCode


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    with opened.write() as session:
        add_user(session, OFFICER, PASSWORD, hasher=CHEAP_HASHER, now=START)
    yield opened
    opened.close()


def report(database: Database, **changes: object) -> Reception:
    body = report_body(**changes)
    with database.write() as session:
        return receive(session, parse_webhook(body), body, now=START)


def incident(database: Database, incident_id: str) -> dict[str, Json]:
    with database.read() as session:
        return load_state(session, Entity.INCIDENT, incident_id).fields


def officer_changes(database: Database, incident_id: str, **fields: Json) -> None:
    with database.write() as session:
        base = load_state(session, Entity.INCIDENT, incident_id).revision
        made = Operation(
            uuid7(START), "ws1", 1, NRP, START, Entity.INCIDENT, incident_id, base, fields, SCHEMA_VERSION, FIRST_HASH
        )
        Journal(session, now=START).push([OperationMessage.of(made)], device="ws1", officer=OFFICER)


def count(database: Database) -> int:
    with database.read() as session:
        return len(page(session, cursor=0, limit=200).operations)


def test_a_report_opens_an_incident_that_workstations_pull(database: Database) -> None:
    reception = report(database)
    assert reception.outcome is Outcome.OPENED
    with database.read() as session:
        operation = page(session, cursor=0, limit=10).operations[0].operation
    assert (operation.device, operation.actor, operation.entity_id) == ("server", "112", reception.incident_id)
    assert incident(database, reception.incident_id)["status"] == "baru"


def test_the_same_report_twice_is_one_incident(database: Database) -> None:
    first = report(database)
    assert report(database) == Reception(first.incident_id, Outcome.REPEATED)
    assert count(database) == 1


def test_an_older_report_never_overwrites_a_newer_one(database: Database) -> None:
    opened = report(database, seq=3, severity="berat")
    with pytest.raises(RequestRefused) as refused:
        report(database, seq=2, severity="ringan")
    assert (refused.value.status, refused.value.refusal.code) == (409, RefusalCode.SEQUENCE_OLD)
    assert incident(database, opened.incident_id)["severity"] == "berat"


def test_the_same_number_with_other_content_is_refused(database: Database) -> None:
    report(database)
    with pytest.raises(RequestRefused):
        report(database, text="sesuatu yang lain")


def test_the_same_id_of_another_source_is_another_incident(database: Database) -> None:
    assert report(database).incident_id != report(database, source="libas").incident_id


def test_an_update_changes_what_the_source_changed_and_not_what_officers_did(database: Database) -> None:
    opened = report(database)
    officer_changes(database, opened.incident_id, certainty="terverifikasi_cctv", status="diverifikasi")
    assert report(database, msg_type="update", seq=2, severity="berat").outcome is Outcome.CHANGED
    now = incident(database, opened.incident_id)
    assert (now["severity"], now["certainty"], now["status"]) == ("berat", "terverifikasi_cctv", "diverifikasi")
    assert now["sequence"] == 2


def test_a_cancellation_closes_an_open_incident(database: Database) -> None:
    opened = report(database)
    report(database, msg_type="cancel", seq=2)
    assert incident(database, opened.incident_id)["status"] == "dibatalkan"
    assert incident(database, opened.incident_id)["closed_at"] is not None


def test_a_cancellation_leaves_what_officers_have_closed(database: Database) -> None:
    opened = report(database)
    officer_changes(database, opened.incident_id, status="ditutup", closed_at=START.isoformat())
    report(database, msg_type="cancel", seq=2)
    assert incident(database, opened.incident_id)["status"] == "ditutup"


def test_an_exercise_stays_one(database: Database) -> None:
    assert incident(database, report(database, status="exercise").incident_id)["drill"] == "exercise"


def test_a_webhook_secret_is_not_in_the_database_file(database: Database, tmp_path: Path) -> None:
    secret = b"sandi-tanam-yang-dicari"
    secret_box = SecretBox.from_file(tmp_path / "keys" / "server.key")
    with database.write() as session:
        add_source(session, Source.LIBAS, secret, secret_box=secret_box, now=START)
    with database.read() as session:
        again = SecretBox.from_file(tmp_path / "keys" / "server.key")
        assert secrets_of(session, Source.LIBAS, secret_box=again, now=START) == (secret,)
        assert secrets_of(session, Source.KENITA, secret_box=secret_box, now=START) == ()
        with pytest.raises(Fault):
            secrets_of(session, Source.LIBAS, secret_box=SecretBox.from_file(tmp_path / "another.key"), now=START)
    database.close()
    assert all(secret not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_a_short_webhook_secret_is_refused(database: Database, tmp_path: Path) -> None:
    with database.write() as session, pytest.raises(DomainError):
        add_source(session, Source.LIBAS, b"short", secret_box=SecretBox.from_file(tmp_path / "k"), now=START)


def test_after_a_rotation_both_secrets_count_until_the_overlap_ends(database: Database, tmp_path: Path) -> None:
    first, second = b"rahasia-yang-pertama", b"rahasia-yang-kedua-"
    secret_box = SecretBox.from_file(tmp_path / "server.key")
    with database.write() as session:
        add_source(session, Source.LIBAS, first, secret_box=secret_box, now=START)
        rotate_source(
            session, Source.LIBAS, second, secret_box=secret_box, now=START, overlap=timedelta(hours=1)
        )  # fmt: skip
        before_the_end, at_the_end = START + timedelta(minutes=59), START + timedelta(hours=1)
        assert secrets_of(session, Source.LIBAS, secret_box=secret_box, now=before_the_end) == (second, first)
        assert secrets_of(session, Source.LIBAS, secret_box=secret_box, now=at_the_end) == (second,)


def test_a_source_that_may_not_report_has_no_secret_to_rotate(database: Database, tmp_path: Path) -> None:
    with database.write() as session, pytest.raises(DomainError) as refused:
        rotate_source(
            session,
            Source.LIBAS,
            b"rahasia-yang-pertama",
            secret_box=SecretBox.from_file(tmp_path / "server.key"),
            now=START,
            overlap=timedelta(hours=1),
        )
    assert refused.value.code is DomainCode.NOT_FOUND
