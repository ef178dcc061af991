"""Counts of traffic from a table (CSV), and as the body that the server takes."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from tmcwall.domain.station_zone import StationZone
from tmcwall.domain.traffic_count import TrafficCount
from tmcwall.intake.readings import MOST_ROWS, parse_counts
from tmcwall.intake.webhook import WebhookError

MOST_BYTES: Final = 8 * 1024 * 1024
_NEEDED: Final = ("place", "starts_at", "vehicles")
_NAMES: Final = {
    "lokasi": "place", "id_lokasi": "place", "titik": "place", "nama": "name", "nama_lokasi": "name",
    "mulai": "starts_at", "waktu": "starts_at", "jam": "starts_at", "time": "starts_at",
    "kendaraan": "vehicles", "jumlah": "vehicles", "volume": "vehicles",
    "kendaraan_per_jam": "vehicles_per_hour", "kend/jam": "vehicles_per_hour", "veh/h": "vehicles_per_hour",
    "periode": "period_minutes", "periode_menit": "period_minutes", "menit": "period_minutes",
    "vc_ratio": "vc", "v/c": "vc", "latitude": "lat", "lintang": "lat", "longitude": "lon", "bujur": "lon",
}  # fmt: skip
"""Columns that are taken under these names, too."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Line of the file (the header is 1), and what is wrong with it in words of the schema."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class CountTable:
    """What a file says: rows that are counts, and the others."""

    counts: tuple[TrafficCount, ...]
    problems: tuple[RowProblem, ...]


def read_counts(content: bytes, *, now: datetime, zone: StationZone = StationZone.WIB) -> CountTable:
    """Comma or semicolon; a time without an offset is the station's. A period that is not said is an hour.

    Nothing is read of a file that has not the columns `place`, `starts_at` and `vehicles` (or `vehicles_per_hour`):
    the problem stands at line 1. Of a place and period that is there twice, the first row stays.
    """
    if len(content) > MOST_BYTES:
        return CountTable((), (RowProblem(1, f"at most {MOST_BYTES} bytes"),))
    text = content.decode("utf-8-sig", errors="replace")
    header = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ",")
    names = {_name(column) for column in rows.fieldnames or ()}
    missing = [name for name in _NEEDED if name not in names]
    if missing == ["vehicles"] and "vehicles_per_hour" in names:
        missing = []
    if missing:
        return CountTable((), (RowProblem(1, f"missing columns: {', '.join(missing)}"),))
    counts: dict[tuple[str, datetime, int], TrafficCount] = {}
    problems: list[RowProblem] = []
    try:
        for row in rows:
            try:
                (count,) = parse_counts(_body([_cells(row, zone)], sent_at=now), now=now)
            except (WebhookError, ValueError) as error:
                problems.append(RowProblem(rows.line_num, _words(error)))
                continue
            key = (count.place.id, count.starts_at, count.period_min)
            if key in counts:
                problems.append(RowProblem(rows.line_num, "the same place and period twice"))
            else:
                counts[key] = count
    except csv.Error:
        problems.append(RowProblem(rows.line_num, "not a table"))
    return CountTable(tuple(counts.values()), tuple(problems))


def bodies(counts: Sequence[TrafficCount], *, sent_at: datetime) -> list[bytes]:
    """As `tmcwall.counts/1`, as many to a body as the server takes."""
    rows = [
        {
            "place": count.place.id,
            "name": count.place.name,
            "starts_at": count.starts_at.isoformat(),
            "period_minutes": count.period_min,
            "vehicles": count.vehicles,
            "vc": count.vc,
            "lat": None if count.place.position is None else count.place.position.lat,
            "lon": None if count.place.position is None else count.place.position.lon,
        }
        for count in counts
    ]
    return [_body(rows[start : start + MOST_ROWS], sent_at=sent_at) for start in range(0, len(rows), MOST_ROWS)]


def _body(rows: Sequence[Mapping[str, object]], *, sent_at: datetime) -> bytes:
    return msgspec.json.encode({"schema": "tmcwall.counts/1", "sent": sent_at.isoformat(), "counts": rows})


def _name(column: str | None) -> str:
    word = (column or "").strip().lower().replace(" ", "_")
    return _NAMES.get(word, word)


def _cells(row: Mapping[str, object], zone: StationZone) -> dict[str, object]:
    """Raises ValueError for a cell that is no number or no time."""
    cells = {_name(column): value.strip() for column, value in row.items() if isinstance(value, str)}
    found: dict[str, object] = {"place": cells.get("place", ""), "name": cells.get("name", "")}
    moment = datetime.fromisoformat(cells["starts_at"])
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone.local(datetime.fromisoformat("2025-01-01T00:00:00+00:00")).tzinfo)
    found["starts_at"] = moment.isoformat()
    found["period_minutes"] = int(cells.get("period_minutes") or 60)
    for name in ("vehicles", "vehicles_per_hour"):
        if cells.get(name):
            found[name] = int(cells[name].replace(".", ""))
    for name in ("vc", "lat", "lon"):
        if cells.get(name):
            found[name] = float(cells[name].replace(",", "."))
    return found


def _words(error: WebhookError | ValueError) -> str:
    if not isinstance(error, WebhookError):
        return "a cell is no number or no time"
    return "; ".join(
        f"{problem.field.removeprefix('counts.0').lstrip('.')} {problem.message}".strip() for problem in error.problems
    )
