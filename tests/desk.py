"""Services in memory that obey the signals of the real ones, and a city of cameras, incidents and bookmarks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject, QRect, Signal

from tmcwall.domain.bookmark import Bookmark, Clip, ClipState
from tmcwall.domain.camera import Camera, Owner, Position, Standing, View
from tmcwall.domain.case import Case, LpNumber, Stage, parse_lp
from tmcwall.domain.fault import DomainCode, DomainError, Fault
from tmcwall.domain.geo import Coverage
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.history import CameraHistory, Uptimes
from tmcwall.domain.incident import (
    Certainty,
    Drill,
    Incident,
    IncidentNote,
    IncidentType,
    Place,
    Severity,
    Source,
    Status,
    acknowledge,
)
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.lifecycle import IN_USE, Lifecycle
from tmcwall.domain.officer import Action, Officer, Role, may
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.domain.roster import Account
from tmcwall.domain.sp2hp import Preset, Reminder
from tmcwall.services.conflicts import OpenConflict
from tmcwall.services.incidentdesk import IncidentDraft
from tmcwall.services.synchronisation import SyncState
from tmcwall.services.tagging import BookmarkRow, Rolls, TagRequest
from tmcwall.ui.wall.monitors import Monitor

NOW = datetime(2025, 3, 28, 7, 14, 32, tzinfo=UTC)
"""28 Maret 2025 pukul 14.14.32 WIB."""


class StillClock:
    """A clock that tests put forward."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.ns = 1_000_000_000_000

    def utc(self) -> datetime:
        return self.now

    def monotonic_ns(self) -> int:
        return self.ns

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.ns += int(seconds * 1e9)


class FakeDuty(QObject):
    changed = Signal()
    signed_in = Signal(object)
    signed_out = Signal()
    sign_in_refused = Signal(object)

    def __init__(self, officer: Officer | None = None, *, first: bool = False) -> None:
        super().__init__()
        self._officer = officer
        self._first = first
        self._newcomer = False
        self.asked: list[tuple[str, ...]] = []
        self._busy = False

    @property
    def officer(self) -> Officer | None:
        return self._officer

    @property
    def needs_first_account(self) -> bool:
        return self._first

    @property
    def needs_new_password(self) -> bool:
        return self._newcomer

    @property
    def busy(self) -> bool:
        return self._busy

    def sign_in(self, nrp: str, password: str) -> None:
        self.asked.append(("sign_in", nrp, password))
        self._busy = True
        self.changed.emit()

    def create_first_account(self, nrp: str, name: str, password: str) -> None:
        self.asked.append(("first", nrp, name, password))

    def ask_new_password(self) -> None:
        self._newcomer, self._busy = True, False
        self.changed.emit()

    def choose_password(self, password: str) -> None:
        self.asked.append(("choose", password))

    def abandon_sign_in(self) -> None:
        self._newcomer = False
        self.changed.emit()

    def accept(self, officer: Officer) -> None:
        self._officer, self._busy, self._first, self._newcomer = officer, False, False, False
        self.changed.emit()
        self.signed_in.emit(officer)

    def refuse(self, problem: Fault | DomainError) -> None:
        self._busy = False
        self.changed.emit()
        self.sign_in_refused.emit(problem)

    def sign_out(self) -> None:
        self._officer = None
        self.changed.emit()
        self.signed_out.emit()

    def can(self, action: Action) -> bool:
        return self._officer is not None and may(self._officer.role, action)


class FakeCameraBook(QObject):
    cameras_changed = Signal()
    statuses_changed = Signal(object)
    refused = Signal(object)

    def __init__(self, cameras: Iterable[Camera] = (), states: Mapping[str, TileState] | None = None) -> None:
        super().__init__()
        self.cameras = {camera.id: camera for camera in cameras}
        self.states = dict(states or {})
        self.lifecycles: dict[str, Lifecycle] = {}

    def all(self) -> Sequence[Camera]:
        return tuple(self.cameras.values())

    def get(self, camera_id: str) -> Camera | None:
        return self.cameras.get(camera_id)

    def by_number(self, number: int) -> Camera | None:
        return next((camera for camera in self.cameras.values() if camera.number == number), None)

    def search(self, text: str) -> Sequence[Camera]:
        words = text.casefold().split()
        return tuple(
            camera
            for camera in self.cameras.values()
            if all(word in f"{camera.id} {camera.name} {camera.number}".casefold() for word in words)
        )

    def lifecycle(self, camera_id: str) -> Lifecycle:
        return self.lifecycles.get(camera_id, IN_USE)

    def status(self, camera_id: str) -> TileStatus:
        return TileStatus(self.states.get(camera_id, TileState.OFF), 3.0)

    def counts(self) -> Mapping[TileState, int]:
        counts: dict[TileState, int] = {}
        for camera_id in self.cameras:
            state = self.states.get(camera_id, TileState.OFF)
            counts[state] = counts.get(state, 0) + 1
        return counts

    def put_state(self, state: TileState, *camera_ids: str) -> None:
        self.states.update(dict.fromkeys(camera_ids, state))
        self.statuses_changed.emit(frozenset(camera_ids))


class FakeIncidentDesk(QObject):
    listed = Signal()
    arrived = Signal(object)
    changed = Signal(object)
    noted = Signal(object)
    refused = Signal(object)

    def __init__(self, incidents: Iterable[Incident] = (), coverage: Coverage | None = None) -> None:
        super().__init__()
        self.incidents = {incident.id: incident for incident in incidents}
        self.coverage = coverage or Coverage(None, ())
        self.written: dict[str, list[IncidentNote]] = {}
        self.asked: list[tuple[object, ...]] = []

    def open(self) -> Sequence[Incident]:
        return tuple(incident for incident in self.incidents.values() if incident.closed_at is None)

    def get(self, incident_id: str) -> Incident | None:
        return self.incidents.get(incident_id)

    def notes(self, incident_id: str) -> Sequence[IncidentNote]:
        return tuple(self.written.get(incident_id, ()))

    def seen_by(self, camera_id: str) -> Sequence[Incident]:
        return ()

    def nearest(self, incident_id: str) -> Coverage:
        return self.coverage

    def report(self, draft: IncidentDraft) -> None:
        self.asked.append(("report", draft))

    def acknowledge(self, incident_id: str) -> None:
        self.asked.append(("acknowledge", incident_id))
        self.put(acknowledge(self.incidents[incident_id], at=NOW, by=OFFICER.nrp))

    def add_note(self, incident_id: str, text: str) -> None:
        note = IncidentNote(f"n{len(self.asked)}", incident_id, NOW, OFFICER.nrp, text)
        self.asked.append(("note", incident_id, text))
        self.written.setdefault(incident_id, []).append(note)
        self.noted.emit(note)

    def close(self, incident_id: str, certainty: Certainty) -> None:
        self.asked.append(("close", incident_id, certainty))
        self.put(replace(self.incidents[incident_id], closed_at=NOW, certainty=certainty, status=Status.CLOSED))

    def put(self, incident: Incident) -> None:
        new = incident.id not in self.incidents
        self.incidents = {incident.id: incident, **self.incidents} if new else {**self.incidents, incident.id: incident}
        (self.arrived if new else self.changed).emit(incident)


class FakeTagging(QObject):
    saved = Signal(object)
    refused = Signal(object)
    clip_changed = Signal(object)
    marked = Signal(str, object)
    recent_changed = Signal()
    found = Signal(str, object)
    rolls = Rolls(30.0, 15.0)

    def __init__(self, rows: Iterable[BookmarkRow] = (), paths: Mapping[str, Path] | None = None) -> None:
        super().__init__()
        self.rows = list(rows)
        self.paths = dict(paths or {})
        self.requests: list[TagRequest] = []
        self.marks: dict[str, datetime] = {}

    def check_lp(self, raw: str) -> LpNumber:
        return parse_lp(raw)

    def tag(self, request: TagRequest) -> None:
        self.requests.append(request)

    def begin(self, camera_id: str, *, moment: datetime | None = None) -> TagRequest:
        around = moment or NOW
        return TagRequest(camera_id, around - timedelta(seconds=30), around + timedelta(seconds=30))

    def mark_in(self, camera_id: str, *, moment: datetime | None = None) -> None:
        self.marks[camera_id] = moment or NOW
        self.marked.emit(camera_id, self.marks[camera_id])

    def mark_out(self, camera_id: str, *, moment: datetime | None = None) -> TagRequest | None:
        start = self.marks.pop(camera_id, None)
        return None if start is None else TagRequest(camera_id, start, (moment or NOW) + timedelta(seconds=20))

    def recent(self) -> Sequence[BookmarkRow]:
        return tuple(self.rows)

    def find(self, text: str) -> None:
        key = text.casefold()
        rows = [
            row
            for row in self.rows
            if key in f"{row.case.lp_normalised if row.case else ''} {row.bookmark.camera_name}".casefold()
        ]
        self.found.emit(text, rows)

    def clip_path(self, bookmark_id: str) -> Path | None:
        return self.paths.get(bookmark_id)


class FakeLayouts(QObject):
    changed = Signal()
    refused = Signal(object)

    def __init__(self, *layouts: Layout) -> None:
        super().__init__()
        self.layouts = {layout.name: layout for layout in layouts or (Layout("l1", "Utama"),)}
        self.name = next(iter(self.layouts))

    def names(self) -> Sequence[str]:
        return tuple(self.layouts)

    def current(self) -> Layout:
        return self.layouts[self.name]

    def select(self, name: str) -> None:
        if name not in self.layouts:
            raise DomainError(DomainCode.LAYOUT_UNKNOWN, name)
        self.name = name
        self.changed.emit()

    def put(self, wall: str, plan: WallPlan) -> None:
        layout = self.current()
        self.layouts[self.name] = replace(layout, walls={**layout.walls, wall: plan})
        self.changed.emit()

    def save_as(self, name: str) -> None:
        self.layouts[name] = replace(self.current(), name=name)
        self.name = name
        self.changed.emit()

    def delete(self, name: str) -> None:
        if len(self.layouts) == 1:
            self.refused.emit(DomainError(DomainCode.NOT_ALLOWED, name))
            return
        del self.layouts[name]
        self.name = next(iter(self.layouts))
        self.changed.emit()


class FakeSynchronisation(QObject):
    state_changed = Signal(object)

    def __init__(self, state: SyncState | None = None) -> None:
        super().__init__()
        self._state = state or SyncState(configured=True, online=True, last_success_at=NOW)

    @property
    def state(self) -> SyncState:
        return self._state

    def put(self, state: SyncState) -> None:
        self._state = state
        self.state_changed.emit(state)


class FakeAlarm(QObject):
    sounding_changed = Signal(bool)
    silenced = 0

    def silence(self) -> None:
        self.silenced += 1


class FakeHealth(QObject):
    """Histories as a test gives them."""

    told = Signal(str, object)
    view_accepted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.histories: dict[str, CameraHistory] = {}
        self.found: dict[str, Uptimes] = {}
        self.accepted: list[str] = []

    def uptimes(self, camera_id: str) -> Uptimes:
        return self.found.get(camera_id, Uptimes())

    def tell(self, camera_id: str) -> None:
        self.told.emit(camera_id, self.histories.get(camera_id, CameraHistory((), (), None)))

    def accept_view(self, camera_id: str) -> None:
        self.accepted.append(camera_id)
        self.view_accepted.emit(camera_id)


class FakeLifecycles(QObject):
    """Commits every decision at once, or refuses it."""

    changed = Signal(str)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ...]] = []
        self.refusal: DomainError | None = None

    def quarantine(self, camera_id: str, *, reason: str) -> None:
        self._decide("quarantine", camera_id, reason)

    def lift_quarantine(self, camera_id: str, *, reason: str) -> None:
        self._decide("lift", camera_id, reason)

    def put_standing(self, camera_id: str, standing: Standing, *, reason: str) -> None:
        self._decide(standing, camera_id, reason)

    def _decide(self, *asked: str) -> None:
        self.asked.append(asked)
        if self.refusal is not None:
            self.refused.emit(self.refusal)
        else:
            self.changed.emit(asked[1])


class FakeConflicts(QObject):
    """Conflicts as a test gives them."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[OpenConflict] = []
        self.refusal: DomainError | None = None

    def open(self) -> Sequence[OpenConflict]:
        return tuple(self.found)

    def put(self, *found: OpenConflict) -> None:
        self.found = list(found)
        self.changed.emit()

    def settle(self, conflict_id: str) -> None:
        if self.refusal is not None:
            self.refused.emit(self.refusal)
        else:
            self.put(*(one for one in self.found if one.conflict.id != conflict_id))


class FakeOfficers(QObject):
    """Accounts as a test gives them; notes what it is asked."""

    changed = Signal()
    account_changed = Signal(object)
    password_issued = Signal(object)
    password_changed = Signal()
    refused = Signal(object)

    def __init__(self, *accounts: Account) -> None:
        super().__init__()
        self.accounts = list(accounts)
        self.kept_at_server = False
        self.asked: list[tuple[str, ...]] = []

    def all(self) -> Sequence[Account]:
        return tuple(self.accounts)

    def put(self, *accounts: Account) -> None:
        self.accounts = list(accounts)
        self.changed.emit()

    def add(self, nrp: str, *, rank: str, name: str, role: Role) -> None:
        self.asked.append(("add", nrp, rank, name, role))

    def put_role(self, nrp: str, role: Role) -> None:
        self.asked.append(("role", nrp, role))

    def disable(self, nrp: str) -> None:
        self.asked.append(("disable", nrp))

    def enable(self, nrp: str) -> None:
        self.asked.append(("enable", nrp))

    def reset_password(self, nrp: str) -> None:
        self.asked.append(("reset", nrp))

    def change_own_password(self, before: str, after: str) -> None:
        self.asked.append(("own", before, after))


class FakeMonitors(QObject):
    changed = Signal()

    def __init__(self, *monitors: Monitor) -> None:
        super().__init__()
        self.all = list(monitors)

    def monitors(self) -> Sequence[Monitor]:
        return self.all

    def open_wall(self, monitor_id: str) -> None:
        self._put(monitor_id, is_open=True)

    def close_wall(self, monitor_id: str) -> None:
        self._put(monitor_id, is_open=False)

    def _put(self, monitor_id: str, *, is_open: bool) -> None:
        self.all = [replace(one, open=is_open) if one.identity == monitor_id else one for one in self.all]
        self.changed.emit()


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
    return cameras


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


OFFICER = Officer("87654321", "Sari Wulandari", Role.OPERATOR, "Bripka")


@dataclass
class Desk:
    """All services of a workstation in use."""

    duty: FakeDuty
    cameras: FakeCameraBook
    incidents: FakeIncidentDesk
    tagging: FakeTagging
    layouts: FakeLayouts
    sync: FakeSynchronisation
    alarm: FakeAlarm
    health: FakeHealth
    lifecycles: FakeLifecycles
    conflicts: FakeConflicts
    officers: FakeOfficers
    monitors: FakeMonitors
    clock: StillClock = field(default_factory=StillClock)


def make_desk(*, cameras: int = 500, officer: Officer | None = OFFICER) -> Desk:
    """A busy afternoon: two monitors, six incidents, twelve bookmarks."""
    city = make_cameras(cameras)
    first = {place: city[(place * 31 + 9) % len(city)].id for place in range(16) if place not in (11, 12, 13, 14, 15)}
    second = {place: city[(place * 57 + 20) % len(city)].id for place in range(6)}
    main = Layout("l1", "Utama", {
        "DP-1": WallPlan("4x4", first, (12, 13, 14, 15)), "DP-2": WallPlan("1+5", second),
    })  # fmt: skip
    return Desk(
        duty=FakeDuty(officer),
        cameras=FakeCameraBook(city, make_states(city)),
        incidents=FakeIncidentDesk(make_incidents(), Coverage(300.0, tuple(city[:3]))),
        tagging=FakeTagging([make_row(number, city) for number in range(12)]),
        layouts=FakeLayouts(main, Layout("l2", "Arus mudik"), Layout("l3", "Malam")),
        sync=FakeSynchronisation(SyncState(configured=True, online=False, pending=3, last_success_at=NOW)),
        alarm=FakeAlarm(),
        health=FakeHealth(),
        lifecycles=FakeLifecycles(),
        conflicts=FakeConflicts(),
        officers=FakeOfficers(),
        monitors=FakeMonitors(
            Monitor("DP-1", "DELL P2723QE", QRect(0, 0, 3840, 2160), open=True),
            Monitor("DP-2", "LG 27UL500", QRect(3840, 0, 2560, 1440)),
        ),
    )
