"""The incident webhook's signature and schema."""

import json
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmcwall.db.rows import fields_of
from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Certainty, Drill, Incident, IncidentType, Severity, Source, Status
from tmcwall.domain.shape import check_complete, check_fields
from tmcwall.intake.webhook import (
    MessageType,
    SignatureFault,
    WebhookError,
    check_signature,
    claimed_source,
    parse_webhook,
    sign,
    sign_with_time,
    signature_version,
)

NOW = datetime(2025, 3, 28, 7, 3, 30, tzinfo=UTC)
SECRET = b"a secret of one source"


def body(**changes: object) -> bytes:
    content = {
        "schema": "tmcwall.incident/1",
        "id": "112-SMG-2025-031234",
        "source": "112",
        "msg_type": "alert",
        "seq": 1,
        "sent": "2025-03-28T14:03:22+07:00",
        "status": "actual",
        "type": "kecelakaan_lalu_lintas",
        "severity": "sedang",
        "certainty": "belum_terverifikasi",
        "location": {
            "lat": -7.5606, "lon": 110.8018, "accuracy_m": 50, "adm4": "33.72.01.1007", "rw": "3", "rt": "008",
            "text": "depan Stasiun Purwosari",
        },
        "reporter": {"name": "Budi", "phone": "+62 812 0000 0000", "consent": True},
        "callback": True,
        "text": "motor vs mobil",
        "refs": [],
        "attachments": [{"url": "https://files.example/1.jpg", "sha256": "0" * 64}],
    }  # fmt: skip
    return json.dumps({**content, **changes}).encode()


def check(content: bytes, **changes: object) -> SignatureFault | None:
    arguments = {"secret": SECRET, "signature": sign(content, SECRET), "timestamp": "1743145400", "now": NOW, **changes}
    return check_signature(content, **arguments)  # type: ignore[arg-type]  # the test names the fields


def problems(content: bytes) -> list[str]:
    with pytest.raises(WebhookError) as refused:
        parse_webhook(content)
    return [problem.field for problem in refused.value.problems]


def test_the_example_of_the_specification_becomes_an_incident() -> None:
    report = parse_webhook(body())
    incident = report.incident("i-1", received_at=NOW)
    assert report.kind is MessageType.ALERT
    assert (incident.source, incident.external_id, incident.sequence) == (Source.CALL_112, "112-SMG-2025-031234", 1)
    assert (incident.type, incident.severity) == (IncidentType.TRAFFIC_ACCIDENT, Severity.MODERATE)
    assert (incident.certainty, incident.status, incident.drill) == (Certainty.UNVERIFIED, Status.NEW, Drill.ACTUAL)
    assert incident.place.position == Position(-7.5606, 110.8018)
    assert (incident.place.adm4, incident.place.rw, incident.place.rt) == ("33.72.01.1007", "003", "008")
    assert incident.called_at == datetime(2025, 3, 28, 7, 3, 22, tzinfo=UTC)
    assert (incident.reporter_name, incident.reporter_phone) == ("Budi", "+62 812 0000 0000")


def test_a_reporter_without_consent_stays_unnamed() -> None:
    incident = parse_webhook(body(reporter={"name": "Budi", "phone": "+62812"})).incident("i-1", received_at=NOW)
    assert (incident.reporter_name, incident.reporter_phone) == ("", "")


def test_a_cancellation_that_arrives_first_opens_a_cancelled_incident() -> None:
    incident = parse_webhook(body(msg_type="cancel", seq=2)).incident("i-1", received_at=NOW)
    assert incident.status is Status.CANCELLED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"schema": "tmcwall.incident/2"}, "schema"),
        ({"id": "../../etc/passwd"}, "id"),
        ({"id": "x" * 200}, "id"),
        ({"source": "cnn"}, "source"),
        ({"seq": "1"}, "seq"),
        ({"seq": -1}, "seq"),
        ({"sent": "2025-03-28T14:03:22"}, "sent"),
        ({"type": "ufo"}, "type"),
        ({"location": {"lat": -7.5}}, "location"),
        ({"location": {}}, "location"),
        ({"location": {"lat": 91.0, "lon": 0.0}}, "location.lat"),
        ({"location": {"text": "x" * 300}}, "location.text"),
        ({"text": "x" * 5000}, "text"),
        ({"text": "\x1b[2J"}, "text"),
        ({"attachments": [{"url": "http://10.0.0.1/"}]}, "attachments.0.url"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, object], field: str) -> None:
    assert problems(body(**changes)) == [field]


def test_every_wrong_field_is_named_and_no_value_is_repeated() -> None:
    with pytest.raises(WebhookError) as refused:
        parse_webhook(body(type="secret-value", severity="secret-value"))
    assert [problem.field for problem in refused.value.problems] == ["type", "severity"]
    assert "secret-value" not in str(refused.value.problems)


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{", b"\xff", b"[" * 30_000, b'{"source":"112"}'])
def test_what_is_no_report_is_refused_in_words(content: bytes) -> None:
    assert problems(content)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    claimed_source(content)
    with pytest.raises(WebhookError):
        parse_webhook(content)


def test_a_right_signature_in_time_is_believed() -> None:
    assert check(body()) is None
    assert check(body(), timestamp="2025-03-28T14:03:20+07:00") is None


@pytest.mark.parametrize("timestamp", ["1743145400000", "1743145400.250", " 1743145400 "])
def test_a_call_may_tell_its_time_in_parts_of_a_second(timestamp: str) -> None:
    assert check(body(), timestamp=timestamp) is None
    assert check(body(), timestamp=timestamp, now=NOW + timedelta(seconds=301)) is SignatureFault.SKEWED


def test_a_signature_of_version_2_covers_the_time() -> None:
    stamp = "1743145400"
    signature = sign_with_time(body(), SECRET, timestamp=stamp)
    assert check(body(), signature=signature, timestamp=stamp) is None
    assert check(body(), signature=signature, timestamp="1743145401") is SignatureFault.WRONG
    assert check(body(severity="kritis"), signature=signature, timestamp=stamp) is SignatureFault.WRONG
    assert [signature_version(given) for given in (signature, sign(body(), SECRET))] == [2, 1]


def test_a_signature_may_be_in_capitals() -> None:
    assert check(body(), signature=f" {sign(body(), SECRET).upper()}") is None


def test_a_body_may_begin_with_a_byte_order_mark() -> None:
    marked = b"\xef\xbb\xbf" + body()
    assert check(marked) is None
    assert claimed_source(marked) is Source.CALL_112
    assert parse_webhook(marked) == parse_webhook(body())


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"signature": None}, SignatureFault.MISSING),
        ({"timestamp": None}, SignatureFault.MISSING),
        ({"signature": "sha1=00"}, SignatureFault.MALFORMED),
        ({"signature": "sha256=" + "é" * 64}, SignatureFault.MALFORMED),
        ({"timestamp": "yesterday"}, SignatureFault.MALFORMED),
        ({"timestamp": "2025-03-28T14:03:20"}, SignatureFault.MALFORMED),
        ({"timestamp": "99999999999"}, SignatureFault.SKEWED),
        ({"signature": "sha256=" + "0" * 64}, SignatureFault.WRONG),
        ({"secret": b"another secret"}, SignatureFault.WRONG),
        ({"now": NOW + timedelta(seconds=301)}, SignatureFault.SKEWED),
        ({"now": NOW - timedelta(seconds=311)}, SignatureFault.SKEWED),
    ],
)
def test_a_call_is_not_believed(changes: dict[str, object], fault: SignatureFault) -> None:
    assert check(body(), **changes) is fault


def test_a_changed_body_is_not_believed() -> None:
    assert check(body(severity="kritis"), signature=sign(body(), SECRET)) is SignatureFault.WRONG


def test_the_source_whose_secret_counts_is_the_one_that_the_body_claims() -> None:
    assert claimed_source(body()) is Source.CALL_112
    assert claimed_source(b"[" * 100_000) is None


class NoFuture(datetime):
    """Time as Windows has it."""

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> Self:
        raise OSError(22, "Invalid argument")


def test_a_call_from_a_far_future_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check(body(), timestamp="99999999999") is SignatureFault.SKEWED
    monkeypatch.setattr("tmcwall.intake.webhook.datetime", NoFuture)
    assert check(body(), timestamp="99999999999") is SignatureFault.MALFORMED


@pytest.mark.parametrize(
    "sent",
    ["0001-01-01T00:00:00+07:00", "0001-01-01T00:00:00+14:00", "9999-12-31T22:00:00Z", "9999-12-31T23:59:59-07:00"],
)
def test_a_report_of_a_time_that_no_screen_could_show_is_refused(sent: str) -> None:
    assert problems(body(sent=sent)) == ["sent"]


@given(
    sent=st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    seq=st.integers(-1, 2**64),
    text=st.text(max_size=5000),
    identity=st.text(st.sampled_from("aZ09._:/-"), min_size=1, max_size=200),
    place=st.fixed_dictionaries(
        {"text": st.text(min_size=1, max_size=250)},
        optional={"lat": st.floats(), "lon": st.floats(), "accuracy_m": st.floats()},
    ),
)
def test_every_report_that_is_taken_makes_an_incident_that_every_workstation_can_show(
    sent: str, seq: int, text: str, identity: str, place: dict[str, object]
) -> None:
    try:
        report = parse_webhook(body(sent=sent, seq=seq, text=text, id=identity, location=place))
    except WebhookError:
        return
    made = fields_of(report.incident("i1", received_at=NOW))
    check_fields(Incident, made)
    check_complete(Incident, made)
