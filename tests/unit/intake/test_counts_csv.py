"""Counts of traffic from a table."""

from datetime import UTC, datetime

from tmcwall.domain.station_zone import StationZone
from tmcwall.intake.counts_csv import MOST_BYTES, bodies, read_counts
from tmcwall.intake.readings import MOST_ROWS, parse_counts

NOW = datetime(2025, 3, 28, 12, 3, tzinfo=UTC)


def lines_of(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in read_counts(text.encode(), now=NOW).problems]


def test_semicolons_indonesian_names_and_the_clock_of_the_station() -> None:
    text = "Lokasi;Nama Lokasi;Mulai;Kendaraan;V/C\nKLK;Kalikangkung;2025-03-28 18:00;3.012;0,82\n"
    (count,) = read_counts("\ufeff".encode() + text.encode(), now=NOW).counts
    assert (count.place.name, count.vehicles, count.vc, count.period_min) == ("Kalikangkung", 3012, 0.82, 60)
    assert count.starts_at == datetime(2025, 3, 28, 11, tzinfo=UTC)
    eastern = read_counts(text.encode(), now=NOW, zone=StationZone.WIT).counts
    assert eastern[0].starts_at == datetime(2025, 3, 28, 9, tzinfo=UTC)


def test_each_wrong_row_is_named_by_its_line_and_the_others_come_in() -> None:
    text = (
        "place,starts_at,vehicles,period_minutes\nA,2025-03-28T18:00+07:00,10,60\nA,2025-03-28T18:00+07:00,11,60\n"
        "B,2025-03-28T18:00+07:00,x,60\nC,2025-03-28T18:15+07:00,6000,15\nD,2025-03-28T19:00+07:00,1,60\n"
    )
    assert [line for line, _ in lines_of(text)] == [3, 4, 5, 6]
    assert "another unit" in lines_of(text)[2][1]
    assert len(read_counts(text.encode(), now=NOW).counts) == 1


def test_a_file_without_the_needed_columns_is_not_read() -> None:
    assert lines_of("a,b\n1,2\n") == [(1, "missing columns: place, starts_at, vehicles")]
    assert lines_of("") == [(1, "missing columns: place, starts_at, vehicles")]
    assert lines_of("place,starts_at,veh/h\n") == []


def test_many_rows_go_in_bodies_that_the_server_takes() -> None:
    rows = "".join(f"P{number},2025-03-28T18:00+07:00,1\n" for number in range(MOST_ROWS + 1))
    counts = read_counts(f"place,starts_at,vehicles\n{rows}".encode(), now=NOW).counts
    sent = [parse_counts(body, now=NOW) for body in bodies(counts, sent_at=NOW)]
    assert [len(part) for part in sent] == [MOST_ROWS, 1]
    assert sent[0] + sent[1] == counts


def test_a_file_that_is_too_large_or_no_table_is_not_read() -> None:
    assert [problem.line for problem in read_counts(b" " * (MOST_BYTES + 1), now=NOW).problems] == [1]
    torn = b'place,starts_at,vehicles\n"' + b"x" * 140_000 + b'",a,1\n'
    assert [problem.message for problem in read_counts(torn, now=NOW).problems] == ["not a table"]
