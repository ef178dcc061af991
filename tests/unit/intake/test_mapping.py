"""A partner's own JSON becomes a report by data."""

import json
from datetime import UTC, datetime

import pytest

from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Drill, IncidentType, Severity, Source
from tmcwall.domain.operation import Json
from tmcwall.intake.mapping import parse_mapped, read_mapping, try_mapping
from tmcwall.intake.webhook import MessageType, WebhookError

RULES: dict[str, dict[str, Json]] = {
    "id": {"path": "tiket.nomor"},
    "sent": {"path": "tiket.waktu", "time": "%d/%m/%Y %H:%M:%S", "zone": "WIB"},
    "status": {"path": "latihan", "table": {"True": "exercise", "False": "actual"}},
    "type": {"path": "kategori", "table": {"LAKA": "kecelakaan_lalu_lintas"}, "default": "lainnya"},
    "severity": {"value": "berat"},
    "location.lat": {"path": "titik[0].lat_e6", "scale": 0.000001},
    "location.lon": {"path": "titik[0].lon"},
    "text": {"path": "uraian"},
}
MESSAGE: dict[str, Json] = {
    "tiket": {"nomor": 31234, "waktu": "28/03/2025 14:03:22"},
    "latihan": False,
    "kategori": "LAKA",
    "titik": [{"lat_e6": -7560600, "lon": "110,8018"}],
    "uraian": "motor vs mobil",
}


def mapping(**changes: dict[str, Json] | None) -> bytes:
    rules = {name: rule for name, rule in (RULES | changes).items() if rule is not None}
    return json.dumps({"schema": "tmcwall.mapping/1", "fields": rules}).encode()


def tried(message: Json = None, **changes: dict[str, Json] | None):
    body = json.dumps(MESSAGE if message is None else message).encode()
    return try_mapping(read_mapping(mapping(**changes)), body, source=Source.CALL_110)


def test_a_message_of_a_form_of_its_own_becomes_a_report() -> None:
    report = tried().report
    assert report is not None
    assert (report.source, report.external_id, report.kind) == (Source.CALL_110, "31234", MessageType.ALERT)
    assert (report.type, report.severity, report.drill) == (
        IncidentType.TRAFFIC_ACCIDENT, Severity.SEVERE, Drill.ACTUAL,
    )  # fmt: skip
    assert report.sent_at == datetime(2025, 3, 28, 7, 3, 22, tzinfo=UTC)
    assert report.sequence == int(report.sent_at.timestamp())
    assert report.place.position is not None
    assert report.place.position == pytest.approx(Position(-7.5606, 110.8018)) or (
        round(report.place.position.lat, 4), round(report.place.position.lon, 4)
    ) == (-7.5606, 110.8018)  # fmt: skip


def test_a_word_that_the_table_does_not_know_takes_the_default_or_is_told() -> None:
    strange = MESSAGE | {"kategori": "X9"}
    report = tried(strange).report
    assert report is not None
    assert report.type is IncidentType.OTHER
    without = tried(strange, type={"path": "kategori", "table": {"LAKA": "kecelakaan_lalu_lintas"}})
    assert [(one.field, "table" in one.message) for one in without.problems] == [("type", True)]


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (MESSAGE | {"tiket": {"nomor": 1, "waktu": "kemarin"}}, "sent"),
        (MESSAGE | {"titik": [{"lat_e6": "utara", "lon": 110.8}]}, "location.lat"),
        (MESSAGE | {"uraian": {"isi": "x"}}, "text"),
        ([], ""),
        (MESSAGE | {"tiket": {"waktu": "28/03/2025 14:03:22"}}, "id"),
        (MESSAGE | {"titik": [{"lat_e6": -97560600, "lon": 110.8}]}, "location.lat"),
    ],
)
def test_what_does_not_fit_is_named_by_our_field_and_never_by_its_value(message: Json, field: str) -> None:
    trial = tried(message)
    assert trial.report is None
    assert field == "" or field in {one.field for one in trial.problems}
    assert "utara" not in str(trial.problems)


def test_what_was_found_is_told_even_where_something_is_missing() -> None:
    trial = tried(MESSAGE | {"tiket": {"nomor": 7, "waktu": "kemarin"}})
    assert trial.found["id"] == "7"
    assert trial.found["type"] == "kecelakaan_lalu_lintas"


@pytest.mark.parametrize(
    ("form", "raw"), [("iso", "2025-03-28T14:03:22+07:00"), ("iso", "2025-03-28T14:03:22"), ("unix", 1743145402)]
)
def test_times_are_written_in_several_ways(form: str, raw: Json) -> None:
    report = tried(MESSAGE | {"t": raw}, sent={"path": "t", "time": form}).report
    assert report is not None
    assert report.sent_at == datetime(2025, 3, 28, 7, 3, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule",
    [
        {"path": "a..b"},
        {"path": "__import__('os')["},
        {},
        {"path": "a", "value": "b"},
        {"path": "a", "time": "%B %Y"},
        {"path": "a", "code": "x"},
        {"path": "a", "scale": 0},
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule: dict[str, Json]) -> None:
    with pytest.raises(WebhookError):
        read_mapping(mapping(id=rule))


def test_a_field_that_a_report_does_not_have_is_refused() -> None:
    with pytest.raises(WebhookError):
        read_mapping(mapping(nama={"value": "x"}))


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b'{"a": NaN', b" " * 70_000])
def test_what_is_no_json_or_too_large_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookError):
        parse_mapped(read_mapping(mapping()), body, source=Source.CALL_110)


def test_a_mapping_that_is_too_large_is_refused() -> None:
    with pytest.raises(WebhookError):
        read_mapping(b" " * 70_000)


def test_yes_and_no_are_understood_and_what_is_not_there_is_left_out() -> None:
    rules: dict[str, dict[str, Json] | None] = {
        "reporter.name": {"path": "nama"},
        "reporter.consent": {"path": "setuju"},
        "callback": {"value": True},
        "seq": {"path": "urut", "default": 3},
        "location.text": {"path": "titik[7].nama"},
    }
    report = tried(
        MESSAGE | {"nama": "Ibu Rahayu", "setuju": "ya"},
        **rules,
    ).report
    assert report is not None
    assert (report.reporter_name, report.sequence, report.place.text) == ("Ibu Rahayu", 3, "")
    assert tried(MESSAGE | {"urut": "4"}, seq={"path": "urut"}).report.sequence == 4
