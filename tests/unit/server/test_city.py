"""What the server makes of CAP messages, counts of traffic and positions of units."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cap_messages import NOWCAST, NOWCAST_REFERENCE, cap_message
from tests.exchange import START
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Source
from tmcwall.domain.traffic_count import CountedPlace, TrafficCount
from tmcwall.domain.unit_position import UnitKind, UnitPosition
from tmcwall.intake.cap import parse_cap
from tmcwall.intake.webhook import Report
from tmcwall.server import cap_messages, city, readings
from tmcwall.server.cap_messages import WarningOutcome
from tmcwall.server.database import Database
from tmcwall.server.refusal import RequestRefused
from tmcwall.server.reports import Reception, receive
from tmcwall.sync.city import MOST_COUNTS, CountsReceipt

DURING = datetime(2025, 3, 28, 7, 30, tzinfo=UTC)
FIRST = "damkar.example,DMK-1,2025-03-28T14:00:00+07:00"
SECOND = "damkar.example,DMK-2,2025-03-28T14:10:00+07:00"
HOUR = TrafficCount(CountedPlace("KLK", "Kalikangkung", Position(-7, 110.3)), START, 60, 3000, 0.5, START)
CAR = UnitPosition("Patroli 12", UnitKind.CAR, Position(-7, 110.4), 8.0, START, "patroli")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database.open(f"sqlite:///{tmp_path / 'server.db'}")
    yield opened
    opened.close()


def warn(database: Database, body: bytes) -> WarningOutcome:
    with database.write() as session:
        return cap_messages.take_warning(session, Source.BMKG, parse_cap(body), body, now=DURING)


def warnings(database: Database, now: datetime = DURING) -> list[str]:
    with database.read() as session:
        return [one.description for one in cap_messages.warnings_not_over(session, now=now)]


def later(kind: str, identifier: str, sent: str, *, words: str) -> bytes:
    return (
        NOWCAST.decode()
        .replace("<msgType>Alert", f"<msgType>{kind}")
        .replace("2.49.0.1.360.0.2025.03.28.14.001", identifier)
        .replace("<sent>2025-03-28T14:00:00", f"<sent>2025-03-28T{sent}")
        .replace("Kalimat karangan untuk percobaan.", words)
        .replace("<code>contoh</code>", f"<code>contoh</code><references>{NOWCAST_REFERENCE}</references>")
        .encode()
    )


def test_a_warning_holds_until_its_end_and_counts_once(database: Database) -> None:
    assert [warn(database, NOWCAST), warn(database, NOWCAST)] == [WarningOutcome.WARNED, WarningOutcome.REPEATED]
    assert len(warnings(database)) == 1
    assert warnings(database, datetime(2025, 3, 28, 9, tzinfo=UTC)) == []


def test_an_update_replaces_the_warning_that_it_refers_to(database: Database) -> None:
    warn(database, NOWCAST)
    assert warn(database, later("Update", "N-2", "14:20:00", words="Meluas.")) is WarningOutcome.CHANGED
    assert warnings(database) == ["Meluas."]


def test_a_cancelled_warning_holds_no_more_even_if_an_older_message_of_it_comes_after(database: Database) -> None:
    warn(database, NOWCAST)
    assert warn(database, later("Cancel", "N-3", "14:30:00", words="Selesai.")) is WarningOutcome.CANCELLED
    with pytest.raises(RequestRefused):
        warn(database, later("Update", "N-2", "14:20:00", words="Meluas."))
    assert warnings(database) == []


def test_a_warning_whose_cancellation_came_first_does_not_come_to_life(database: Database) -> None:
    warn(database, later("Cancel", "N-3", "14:30:00", words="Selesai."))
    with pytest.raises(RequestRefused):
        warn(database, NOWCAST)
    assert warnings(database) == []


def report(database: Database, body: bytes) -> tuple[Report, Reception]:
    with database.write() as session:
        said = cap_messages.report_in_thread(session, Source.FIRE_BRIGADE, parse_cap(body))
        return said, receive(session, said, body, now=START)


def test_messages_that_refer_to_each_other_are_one_incident(database: Database) -> None:
    messages = [
        cap_message(),
        cap_message(identifier="DMK-2", msgType="Update", sent="2025-03-28T14:10:00+07:00", references=FIRST),
        cap_message(identifier="DMK-3", msgType="Cancel", sent="2025-03-28T14:20:00+07:00", references=SECOND),
    ]
    received = [report(database, message)[1] for message in messages]
    assert len({reception.incident_id for reception in received}) == 1
    assert [reception.outcome for reception in received] == ["opened", "changed", "changed"]


def test_the_same_message_twice_is_one_report(database: Database) -> None:
    assert [report(database, cap_message())[1].outcome for _ in range(2)] == ["opened", "repeated"]


def test_an_update_whose_alert_never_came_opens_the_incident_that_it_refers_to(database: Database) -> None:
    update = cap_message(identifier="DMK-2", msgType="Update", sent="2025-03-28T14:10:00+07:00", references=FIRST)
    said, reception = report(database, update)
    assert (said.external_id, reception.outcome) == ("DMK-1", "opened")


def take(database: Database, *counts: TrafficCount, now: datetime = START) -> CountsReceipt:
    with database.write() as session:
        return readings.take_counts(session, counts, by="dishub", now=now)


def known(database: Database, after: datetime | None = None) -> list[TrafficCount]:
    with database.read() as session:
        return list(readings.counts_since(session, after, now=START)[0])


def test_an_hour_that_comes_again_counts_once_and_a_later_word_holds(database: Database) -> None:
    corrected = replace(HOUR, vehicles=2900, sent_at=START + timedelta(minutes=5))
    receipts = [take(database, count) for count in (HOUR, HOUR, corrected, HOUR)]
    assert [(one.taken, one.repeated, one.older) for one in receipts] == [(1, 0, 0), (0, 1, 0), (1, 0, 0), (0, 0, 1)]
    assert known(database) == [corrected]


def test_a_workstation_is_given_what_came_since_it_asked(database: Database) -> None:
    take(database, HOUR)
    assert known(database, START - timedelta(seconds=1)) == [HOUR]
    assert known(database, START) == []


def test_many_counts_come_page_by_page_and_none_is_missed(database: Database) -> None:
    for body in range(5):
        rows = [replace(HOUR, place=CountedPlace(f"{body}-{number}")) for number in range(500)]
        take(database, *rows, now=START + timedelta(seconds=body))
    with database.read() as session:
        first, after, more = readings.counts_since(session, None, now=START)
        second, _, last = readings.counts_since(session, after, now=START)
    assert (len(first), more, last) == (MOST_COUNTS, True, False)
    assert len({count.place.id for count in first + second}) == 2500


def test_of_a_unit_the_newest_position_holds(database: Database) -> None:
    moved = replace(CAR, position=Position(-7.1, 110.5), at=START + timedelta(seconds=10))
    with database.write() as session:
        assert [readings.take_positions(session, [one]) for one in (CAR, moved, CAR)] == [1, 1, 0]
    with database.read() as session:
        assert readings.positions(session, now=START) == (moved,)
        assert readings.positions(session, now=START + timedelta(hours=9)) == ()


def test_what_nobody_looks_at_any_more_is_forgotten(database: Database) -> None:
    take(database, HOUR)
    warn(database, NOWCAST)
    with database.write() as session:
        city.forget_old(session, now=DURING + timedelta(days=400))
    assert known(database, datetime(2000, 1, 1, tzinfo=UTC)) == []
    assert warn(database, NOWCAST) is WarningOutcome.WARNED
