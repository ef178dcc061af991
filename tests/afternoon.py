"""A busy afternoon in Surakarta: its cameras, incidents, bookmarks and the officer on duty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.camera import Camera, Owner, Position, View
from tmcwall.domain.case import Case, Stage, parse_lp
from tmcwall.domain.health import TileState
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
)
from tmcwall.domain.officer import Officer, Role
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.domain.sp2hp import Preset, Reminder
from tmcwall.services.tagging import BookmarkRow

NOW = datetime(2025, 3, 28, 7, 14, 32, tzinfo=UTC)
"""28 Maret 2025 pukul 14.14.32 WIB."""

OFFICER = Officer("87654321", "Sari Wulandari", Role.OPERATOR, "Bripka")

_NAMES = {
    "33.72.01 Laweyan": "Pajang Laweyan Bumi Panularan Penumping Sriwedari Purwosari Sondakan Kerten",
    "33.72.02 Serengan": "Joyotakan Danukusuman Serengan Tipes Kratonan Jayengan Kemlayan",
    "33.72.03 Pasar Kliwon": "Joyosuran Semanggi Pasarkliwon Gajahan Baluwarti Kampungbaru",
    "33.72.04 Jebres": "Sudiroprajan Gandekan Sewu Pucangsawit Jagalan Tegalharjo",
    "33.72.05 Banjarsari": "Kadipiro Nusukan Gilingan Setabelan Kestalan Keprabon Timuran Manahan",
}
REGIONS = Regions(
    Kelurahan(f"{district[:8]}.{1000 + place}", district[9:], name, "Kota Surakarta")
    for district, names in _NAMES.items()
    for place, name in enumerate(names.split(), start=1)
)

_LANDMARKS = (
    "Simpang Gendengan Timur", "Simpang Purwosari PTZ", "Bundaran Gladak", "Pasar Gede Utara", "Stasiun Balapan",
    "Terminal Tirtonadi", "Flyover Manahan", "Simpang Panggung", "Jembatan Jurug", "Tugu Wisnu Utara",
)  # fmt: skip
_TURN = (
    *(TileState.LIVE,) * 14, TileState.STALE, TileState.LOST, TileState.LOST, TileState.FROZEN, TileState.REFUSED,
    TileState.OFF,
)  # fmt: skip


def make_cameras(count: int) -> list[Camera]:
    """Cameras over all of Surakarta: a tenth at junctions, the rest in RT and RW."""
    return list(_cameras(count))


@cache
def _cameras(count: int) -> tuple[Camera, ...]:
    regions = REGIONS.all()
    owners = tuple(Owner)
    cameras = []
    for number in range(1, count + 1):
        region = regions[number % len(regions)]
        junction = number % 10 == 0
        rw, rt = number // 7 % 6 + 1, number % 8 + 1
        landmark = _LANDMARKS[number // 10 % len(_LANDMARKS)]
        name = f"{landmark} {number // 100 + 1}" if junction else f"RT {rt:03}/RW {rw:03} {region.name}"
        cameras.append(
            Camera(
                id=f"CAM-{region.adm4}-{number:05}",
                name=name,
                url="rtsp://192.0.2.1/main",
                owner=owners[number % len(owners)],
                adm4=region.adm4,
                rw=None if junction else f"{rw:03}",
                rt=None if junction else f"{rt:03}",
                position=Position(-7.56 + number % 40 / 1000, 110.8 + number % 50 / 1000),
                view=View(number * 13 % 360, 70, 120),
                number=number,
            )
        )
    return tuple(cameras)


def make_states(cameras: Sequence[Camera]) -> dict[str, TileState]:
    return {camera.id: _TURN[place * 7 % len(_TURN)] for place, camera in enumerate(cameras)}


def make_incident(number: int, **changes: object) -> Incident:
    """One of the queue; `changes` replace its fields."""
    called_at = NOW - timedelta(seconds=95 * number + 40)
    incident = Incident(
        id=f"incident-{number}",
        source=Source.CALL_112,
        external_id=f"112-SKA-2025-{31230 + number:06}",
        sequence=1,
        type=IncidentType.TRAFFIC_ACCIDENT,
        severity=Severity.MODERATE,
        certainty=Certainty.UNVERIFIED,
        status=Status.NEW,
        drill=Drill.ACTUAL,
        place=Place(Position(-7.5606, 110.8018), 50, "33.72.01.1007", "003", "008", "depan Stasiun Purwosari"),
        text="Sepeda motor bertabrakan dengan mobil, satu lajur tertutup, ada korban luka ringan.",
        called_at=called_at,
        received_at=called_at + timedelta(seconds=12),
        reporter_name="Ibu Rahayu",
        reporter_phone="+62 800 000 001",
    )
    return replace(incident, **changes)  # type: ignore[arg-type]  # the caller names the fields


def make_incidents() -> list[Incident]:
    return [
        make_incident(1, type=IncidentType.FIRE, severity=Severity.CRITICAL, source=Source.FIRE_BRIGADE,
                      place=Place(Position(-7.557, 110.83), 30, "33.72.04.1004", "002", "005", "gudang kain"),
                      text="Asap tebal dari gudang kain, api terlihat dari jalan."),
        make_incident(2),
        make_incident(3, type=IncidentType.CRIME, severity=Severity.SEVERE, source=Source.LIBAS,
                      status=Status.ACKNOWLEDGED, acknowledged_at=NOW - timedelta(seconds=180),
                      acknowledged_by="Bripka Sari", certainty=Certainty.SEEN_ON_CAMERA,
                      place=Place(None, None, "33.72.05.1008", None, None, "parkir timur Stadion Manahan")),
        make_incident(4, type=IncidentType.FLOOD, severity=Severity.MODERATE, source=Source.POSPIN,
                      drill=Drill.EXERCISE, place=Place(None, None, "33.72.03.1002", "004", "002", "")),
        make_incident(8, type=IncidentType.CONGESTION, severity=Severity.MINOR, source=Source.DISHUB,
                      status=Status.DISPATCHED, acknowledged_at=NOW - timedelta(seconds=600),
                      place=Place(Position(-7.55, 110.82), 200, None, None, None, "Jalan Slamet Riyadi")),
        make_incident(11, type=IncidentType.FALLEN_TREE, severity=Severity.MINOR, source=Source.RADIO,
                      drill=Drill.TEST, status=Status.HANDLED, acknowledged_at=NOW - timedelta(seconds=900),
                      place=Place(None, None, None, None, None, "")),
    ]  # fmt: skip


_LPS = (
    "LP/B/123/III/2025/SPKT/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
    "LP/B/45/III/2025/SPKT/POLSEK LAWEYAN/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
    "LP/A/7/III/2025/SPKT.SATLANTAS/POLRESTA SURAKARTA/POLDA JAWA TENGAH",
    "LP/B/123/V/2019/JATENG/RESTA SKA",
)


def make_reminder(days_left: int) -> Reminder:
    due = date(2025, 3, 28) + timedelta(days=days_left)
    return Reminder(Preset.KLASIK, Stage.INQUIRY, 1, None, due, overdue=days_left < 0, days_left=days_left)


_REMINDERS = (make_reminder(3), make_reminder(0), make_reminder(-3), None)
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def make_row(number: int, cameras: Sequence[Camera], **changes: object) -> BookmarkRow:
    """A bookmark with its clip and case; every fifth has no case, the clips are in every state."""
    starts_at = NOW - timedelta(minutes=7 * number, seconds=13 * number)
    ends_at = starts_at + timedelta(seconds=45 + 5 * (number % 4))
    camera = cameras[number * 37 % len(cameras)]
    lp = _LPS[number % len(_LPS)]
    state = (ClipState.WAITING, ClipState.CUTTING, *(ClipState.READY,) * 5, ClipState.FAILED)[min(number, 7)]
    ready = state is ClipState.READY
    bookmark = Bookmark(
        id=f"bookmark-{number}", camera_id=camera.id, camera_name=camera.name, starts_at=starts_at, ends_at=ends_at,
        marked_at=ends_at - timedelta(seconds=15), officer="Bripka Sari Wulandari", note="motor putih lari ke timur",
    )  # fmt: skip
    clip = Clip(
        id=f"clip-{number}", bookmark_id=bookmark.id, state=state, path=f"{number}.mp4",
        sha256=SHA256 if ready else "", stream_sha256=SHA256[::-1] if ready else "", size_bytes=4_213_880,
        first_packet_at=starts_at + timedelta(seconds=0.6), last_packet_at=ends_at, packets=3120, packets_lost=2,
    )  # fmt: skip
    case = Case(f"case-{number % 4}", lp, parse_lp(lp).normalised, NOW, "Bripka Sari") if number % 5 != 4 else None
    row = BookmarkRow(bookmark, clip, case, _REMINDERS[number % 4] if case else None)
    return replace(row, **changes)  # type: ignore[arg-type]  # the caller names the fields
