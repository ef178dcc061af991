"""Services in memory that fulfil what the screens ask of them, and note what they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from tests.afternoon import NOW, OFFICER
from tmcwall.domain.annotation import Annotation
from tmcwall.domain.basket import BasketItem
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.camera import Camera, Position, Standing
from tmcwall.domain.case import Case, LpNumber, parse_lp
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.coverage import CoverageReport
from tmcwall.domain.derived_copy import Box
from tmcwall.domain.fault import DomainCode, DomainError, Fault, FaultCode
from tmcwall.domain.footage_request import RequestAnswer
from tmcwall.domain.footage_timeline import Span
from tmcwall.domain.geo import Coverage
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.history import CameraHistory, Uptimes
from tmcwall.domain.incident import (
    Certainty,
    Incident,
    IncidentNote,
    Status,
    acknowledge,
)
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.letter import LetterFile
from tmcwall.domain.lifecycle import IN_USE, Lifecycle
from tmcwall.domain.lpseries import KnownNumbers
from tmcwall.domain.mass_outage import OutageEvent
from tmcwall.domain.merge import Conflict
from tmcwall.domain.officer import Action, Officer, Role, may
from tmcwall.domain.outage import PlannedOutage
from tmcwall.domain.patrol import PatrolLine
from tmcwall.domain.privacy_mask import PrivacyMask
from tmcwall.domain.region import Regions
from tmcwall.domain.repair import CauseClass, Repair
from tmcwall.domain.response_times import PRESETS
from tmcwall.domain.roster import Account
from tmcwall.domain.same_incident import proposals
from tmcwall.domain.search import Search, read_search
from tmcwall.domain.shared_layout import Page
from tmcwall.domain.shift_report import ShiftReport
from tmcwall.domain.station_zone import StationZone
from tmcwall.evidence.redaction import Redaction
from tmcwall.services.annotations import Drawn
from tmcwall.services.baskets import Choice
from tmcwall.services.camera_register import Entry
from tmcwall.services.camerabook import search_words
from tmcwall.services.case_evidence import EvidenceOrder
from tmcwall.services.conflicts import OpenConflict
from tmcwall.services.footage_search import FoundFootage
from tmcwall.services.incidentdesk import IncidentDraft
from tmcwall.services.layouts import Sharing
from tmcwall.services.letter_reading import Register as LetterRegister
from tmcwall.services.letter_room import CaseFacts, LetterOrder
from tmcwall.services.personal import Reporter, ReporterState
from tmcwall.services.quarantine import KeptOperation
from tmcwall.services.redactions import MadeRedaction
from tmcwall.services.register_desk import CameraTestProgress, RegisterRow, StandingChange
from tmcwall.services.remaining_footage import Matter, MatterFootage
from tmcwall.services.request_room import RequestLine
from tmcwall.services.synchronisation import SyncState
from tmcwall.services.tagging import BookmarkRow, Rolls, TagRequest
from tmcwall.services.wall_orders import ListedOrder, OtherDesk
from tmcwall.sync.oversight_search import Wanted
from tmcwall.ui.wall.monitors import Monitor


class FakeDuty(QObject):
    changed = Signal()
    signed_in = Signal(object)
    signed_out = Signal()
    sign_in_refused = Signal(object)

    def __init__(self, officer: Officer | None = None, *, first: bool = False) -> None:
        super().__init__()
        self._officer = officer
        self.needs_first_account = first
        self.needs_new_password = False
        self.asked: list[tuple[str, ...]] = []
        self.busy = False

    @property
    def officer(self) -> Officer | None:
        return self._officer

    def sign_in(self, nrp: str, password: str) -> None:
        self.asked.append(("sign_in", nrp, password))
        self.busy = True
        self.changed.emit()

    def create_first_account(self, nrp: str, name: str, password: str) -> None:
        self.asked.append(("first", nrp, name, password))

    def ask_new_password(self) -> None:
        self.needs_new_password, self.busy = True, False
        self.changed.emit()

    def choose_password(self, password: str) -> None:
        self.asked.append(("choose", password))

    def abandon_sign_in(self) -> None:
        self.needs_new_password = False
        self.changed.emit()

    def accept(self, officer: Officer) -> None:
        self._officer, self.busy, self.needs_first_account, self.needs_new_password = officer, False, False, False
        self.changed.emit()
        self.signed_in.emit(officer)

    def refuse(self, problem: Fault | DomainError) -> None:
        self.busy = False
        self.changed.emit()
        self.sign_in_refused.emit(problem)

    def sign_out(self) -> None:
        self._officer = None
        self.changed.emit()
        self.signed_out.emit()

    def can(self, action: Action) -> bool:
        return self._officer is not None and may(self._officer.role, action)


class FakeBrowserSignIn(QObject):
    changed = Signal()
    browser_wanted = Signal(str)
    refused = Signal(object)

    def __init__(self, provider: str = "") -> None:
        super().__init__()
        self.provider = provider
        self.waiting = False

    def sign_in(self) -> None:
        self.waiting = True
        self.changed.emit()

    def give_up(self) -> None:
        self.waiting = False
        self.changed.emit()


class FakeCaseUnits(QObject):
    changed = Signal(object)
    refused = Signal(object)
    known_changed = Signal()

    def __init__(self, *own: str, may: bool = True) -> None:
        super().__init__()
        self.known = ("Lantas", "Reskrim")
        self._own, self._may = own, may
        self.asked: list[tuple[str, str]] = []

    def look(self) -> None:
        self.known_changed.emit()

    def may_change(self, case: Case) -> bool:
        return self._may

    def sees(self, unit: str) -> bool:
        return unit in self._own

    def put(self, case_id: str, unit: str) -> None:
        self.asked.append((case_id, unit))


class FakeEnrolment(QObject):
    changed = Signal()
    enrolled = Signal()
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.needed: FaultCode | None = None
        self.busy = False
        self.asked: list[str] = []

    def enrol(self, typed: str) -> None:
        self.asked.append(typed)

    def need(self, why: FaultCode) -> None:
        self.needed = why
        self.changed.emit()

    def accept(self) -> None:
        self.needed = None
        self.changed.emit()
        self.enrolled.emit()


class FakeCameraBook(QObject):
    cameras_changed = Signal()
    statuses_changed = Signal(object)
    refused = Signal(object)

    def __init__(self, cameras: Iterable[Camera] = (), states: Mapping[str, TileState] | None = None) -> None:
        super().__init__()
        self.cameras = {camera.id: camera for camera in cameras}
        self.states = dict(states or {})
        self.hidden: dict[str, Camera] = {}
        self.lifecycles: dict[str, Lifecycle] = {}
        self.planned: list[PlannedOutage] = []
        self.coverage = Coverage(None, ())
        self.asked_near: list[Position] = []

    def outages(self) -> Sequence[PlannedOutage]:
        return self.planned

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

    def unit_of(self, camera_id: str) -> str:
        camera = self.cameras.get(camera_id) or self.hidden.get(camera_id)
        return "" if camera is None else camera.unit

    def nearest(self, position: Position, *, count: int = 4) -> Coverage:
        self.asked_near.append(position)
        return self.coverage

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


class FakeOutageEvents(QObject):
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.going_on: Sequence[OutageEvent] = ()

    def events(self) -> Sequence[OutageEvent]:
        return self.going_on

    def put(self, *events: OutageEvent) -> None:
        self.going_on = events
        self.changed.emit()


class FakeRepairs(QObject):
    """Notes what it is asked."""

    ledger_changed = Signal()
    changed = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.kept: Sequence[Repair] = ()
        self.asked: list[tuple[object, ...]] = []

    def all(self) -> Sequence[Repair]:
        return self.kept

    def put(self, *repairs: Repair) -> None:
        self.kept = repairs
        self.ledger_changed.emit()

    def begin(
        self,
        camera_ids: Sequence[str],
        *,
        cause: CauseClass,
        down_since: datetime,
        words: str,
        told_to: str = "",
        told_on: date | None = None,
    ) -> None:
        self.asked.append(("begin", tuple(camera_ids), cause, down_since, words, told_to, told_on))

    def tell(self, repair_id: str, whom: str, *, on: date) -> None:
        self.asked.append(("tell", repair_id, whom, on))

    def answer(self, repair_id: str, words: str, *, on: date) -> None:
        self.asked.append(("answer", repair_id, words, on))

    def finish(self, repair_id: str, words: str, *, on: date) -> None:
        self.asked.append(("finish", repair_id, words, on))

    def reclassify(self, repair_id: str, cause: CauseClass) -> None:
        self.asked.append(("reclassify", repair_id, cause))

    def withdraw(self, repair_id: str) -> None:
        self.asked.append(("withdraw", repair_id))


class FakeOwnerReports(QObject):
    made = Signal(object, object, int)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[date, Path]] = []

    def make(self, month: date, folder: Path) -> None:
        self.asked.append((month, folder))


class FakeCoverage(QObject):
    reported = Signal(object)
    exported = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []

    def towns(self) -> Mapping[str, str]:
        return {"33.72": "Kota Surakarta", "33.74": "Kota Semarang"}

    def report(self, town: str) -> None:
        self.asked.append(town)

    def export(self, report: CoverageReport, folder: Path) -> None:
        self.asked.append((report, folder))


class FakeDossiers(QObject):
    told = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, ...]] = []

    def tell(self, camera_id: str) -> None:
        self.asked.append(("tell", camera_id))

    def put_agreement(self, camera_id: str, number: str, *, on: date, file: Path) -> None:
        self.asked.append(("agreement", camera_id, number, on, file))

    def judge(self, camera_id: str, picture: Path, *, public_only: bool, words: str) -> None:
        self.asked.append(("judge", camera_id, picture, public_only, words))


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


class FakeIncidentDesk(QObject):
    targets = PRESETS
    listed = Signal()
    arrived = Signal(object)
    changed = Signal(object)
    noted = Signal(object)
    exported = Signal(object)
    refused = Signal(object)

    def __init__(self, incidents: Iterable[Incident] = (), coverage: Coverage | None = None) -> None:
        super().__init__()
        self.incidents = {incident.id: incident for incident in incidents}
        self.coverage = coverage or Coverage(None, ())
        self.written: dict[str, list[IncidentNote]] = {}
        self.reported: list[IncidentDraft] = []
        self.asked: list[tuple[object, ...]] = []

    def open(self) -> Sequence[Incident]:
        alone = (one for one in self.incidents.values() if one.duplicate_of is None)
        return tuple(incident for incident in alone if incident.closed_at is None)

    def get(self, incident_id: str) -> Incident | None:
        return self.incidents.get(incident_id)

    def notes(self, incident_id: str) -> Sequence[IncidentNote]:
        return tuple(self.written.get(incident_id, ()))

    def seen_by(self, camera_id: str) -> Sequence[Incident]:
        return ()

    def nearest(self, incident_id: str) -> Coverage:
        return self.coverage

    def calls(self, incident_id: str) -> Sequence[Incident]:
        merged = [one for one in self.incidents.values() if one.duplicate_of == incident_id]
        return (self.incidents[incident_id], *merged)

    def proposals(self, incident_id: str) -> Sequence[Incident]:
        return proposals(self.incidents[incident_id], self.open())

    def merge(self, duplicate_id: str, main_id: str, *, on_duplicate: str, on_main: str) -> None:
        self.asked.append(("merge", duplicate_id, main_id, on_duplicate, on_main))
        self.put(replace(self.incidents[duplicate_id], duplicate_of=main_id))

    def split(self, duplicate_id: str, *, on_duplicate: str, on_main: str) -> None:
        self.asked.append(("split", duplicate_id, on_duplicate, on_main))
        self.put(replace(self.incidents[duplicate_id], duplicate_of=None))

    def verify(self, incident_id: str, certainty: Certainty) -> None:
        self.asked.append(("verify", incident_id, certainty))

    def dispatch(self, incident_id: str) -> None:
        self.asked.append(("dispatch", incident_id))

    def arrive(self, incident_id: str) -> None:
        self.asked.append(("arrive", incident_id))

    def export_cap(self, incident_id: str, file: Path, *, headline: str, area: str) -> None:
        self.asked.append(("cap", incident_id, file.name, headline, area))

    def report(self, draft: IncidentDraft) -> None:
        self.reported.append(draft)

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
        self.known_numbers = KnownNumbers()

    def check_lp(self, raw: str) -> LpNumber:
        return self.known_numbers.check(parse_lp(raw))

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


class FakeCopies(QObject):
    """Notes what it is asked; a test says what comes of it."""

    made = Signal(object)
    refused = Signal(object)
    busy_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.stills: list[tuple[str, float]] = []
        self.viewing_copies: list[str] = []

    def make_still(self, row: BookmarkRow, *, at_s: float) -> None:
        self.stills.append((row.bookmark.id, at_s))
        self.put_busy(busy=True)

    def make_viewing_copy(self, row: BookmarkRow, *, annotated: bool = False) -> None:
        self.viewing_copies.append(row.bookmark.id)
        self.annotated = annotated
        self.put_busy(busy=True)

    def put_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()


class FakeExport(QObject):
    """Notes what it is asked; a test says what comes of it."""

    previewed = Signal(object)
    sticks_found = Signal(object)
    progressed = Signal(int)
    exported = Signal(object)
    refused = Signal(object)
    busy_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.looked: list[str] = []
        self.searches = 0
        self.orders: list[tuple[EvidenceOrder, Path]] = []
        self.cancelled = 0

    def look(self, lp: str) -> None:
        self.looked.append(lp)

    def find_sticks(self) -> None:
        self.searches += 1

    def export(self, order: EvidenceOrder, out: Path) -> None:
        self.orders.append((order, out))
        self.put_busy(busy=True)

    def cancel(self) -> None:
        self.cancelled += 1

    def put_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()


class FakeCheck(QObject):
    """Notes what it is asked; a test says what comes of it."""

    checked = Signal(object)
    progressed = Signal(int)
    refused = Signal(object)
    busy_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.places: list[Path] = []
        self.cancelled = 0

    def check(self, place: Path) -> None:
        self.places.append(place)
        self.put_busy(busy=True)

    def cancel(self) -> None:
        self.cancelled += 1

    def put_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()


class FakeRedactions(QObject):
    """Notes what it is asked; a test says what comes of it."""

    masks_known = Signal(str, object)
    progressed = Signal(int)
    made = Signal(object)
    released = Signal(object)
    refused = Signal(object)
    busy_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.cameras: list[str] = []
        self.wanted: list[Redaction] = []
        self.to_release: list[MadeRedaction] = []
        self.cancelled = 0

    def find_masks(self, camera_id: str) -> None:
        self.cameras.append(camera_id)

    def make(self, row: BookmarkRow, redaction: Redaction) -> None:
        self.wanted.append(redaction)
        self.put_busy(busy=True)

    def release(self, made: MadeRedaction) -> None:
        self.to_release.append(made)

    def cancel(self) -> None:
        self.cancelled += 1

    def put_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self.busy_changed.emit()


class FakeLetters(QObject):
    """Notes what it is asked; a test says what comes of it."""

    register_changed = Signal()
    drafted = Signal(object)
    changed = Signal(object)
    case_changed = Signal(str)
    refused = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.register = LetterRegister()
        self.refreshed = 0
        self.orders: list[LetterOrder] = []
        self.asked: list[tuple[object, ...]] = []

    def put_register(self, register: LetterRegister) -> None:
        self.register = register
        self.register_changed.emit()

    def refresh(self) -> None:
        self.refreshed += 1

    def draft(self, order: LetterOrder) -> None:
        self.orders.append(order)

    def issue(self, letter_id: str, day: date) -> None:
        self.asked.append(("issue", letter_id, day))

    def receive(self, letter_id: str, *, received_by: str, day: date) -> None:
        self.asked.append(("receive", letter_id, received_by, day))

    def cancel(self, letter_id: str, *, reason: str) -> None:
        self.asked.append(("cancel", letter_id, reason))

    def attach_signed(self, letter_id: str, file: Path) -> None:
        self.asked.append(("attach", letter_id, file))

    def put_case(self, case_id: str, facts: CaseFacts) -> None:
        self.asked.append(("case", case_id, facts))

    def path_of(self, file: LetterFile) -> Path:
        return Path("/letters") / file.path


class FakeRemaining(QObject):
    """Notes what is looked at; a test says what is left of it."""

    footage_read = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.looked: dict[str, Matter] = {}

    def look(self, viewer: str, matter: Matter | None) -> None:
        if matter is None:
            self.looked.pop(viewer, None)
        else:
            self.looked[viewer] = matter


class FakeSecuring(QObject):
    """Notes what it is asked; a test says what comes of it."""

    secured = Signal(object)
    undone = Signal(int)
    refused = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.asked: list[MatterFootage] = []
        self.undos = 0

    def secure(self, footage: MatterFootage) -> None:
        self.asked.append(footage)

    def undo(self) -> None:
        self.undos += 1


class FakeRequests(QObject):
    """A register that a test fills; notes what it is asked."""

    register_changed = Signal()
    changed = Signal(object)
    refused = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.lines: Sequence[RequestLine] = ()
        self.late = 0
        self.asked: list[tuple[object, ...]] = []

    def put(self, *lines: RequestLine, late: int = 0) -> None:
        self.lines, self.late = lines, late
        self.register_changed.emit()

    def answer(self, request_id: str, answer: RequestAnswer, *, on: date, words: str) -> None:
        self.asked.append(("answer", request_id, answer, on, words))

    def receive_letter(self, request_id: str, *, received_by: str, on: date) -> None:
        self.asked.append(("receive", request_id, received_by, on))

    def hand_over(self, request_id: str, files: Sequence[Path], *, record: str, on: date) -> None:
        self.asked.append(("hand over", request_id, tuple(files), record, on))

    def withdraw(self, request_id: str) -> None:
        self.asked.append(("withdraw", request_id))


class FakeSearch(QObject):
    """Notes what it is asked; a test says what is found."""

    found = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Search] = []
        self.more = 0

    def read_line(self, line: str) -> Search:
        return read_search(line)

    def ask(self, asked: Search) -> int:
        self.asked.append(asked)
        return len(self.asked)

    def ask_more(self) -> None:
        self.more += 1

    def find(
        self, *rows: BookmarkRow, generation: int | None = None, more: bool = False, files: Mapping[str, Path] = {}
    ) -> None:
        number = len(self.asked) if generation is None else generation
        self.found.emit(FoundFootage(number, Search(), rows, files, more=more))


class FakeHolds(QObject):
    released = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.allowed = False
        self.asked: list[tuple[str, str]] = []

    def can_release(self, unit: str) -> bool:
        return self.allowed

    def release(self, bookmark_id: str, *, reason: str) -> None:
        self.asked.append((bookmark_id, reason))


class FakeBaskets(QObject):
    """Of one case."""

    changed = Signal(str, object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.allowed = True
        self.looked: list[str] = []
        self.added: list[tuple[str, Choice]] = []
        self.removed: list[BasketItem] = []

    def can_fill(self, unit: str) -> bool:
        return self.allowed

    def look(self, case_id: str) -> None:
        self.looked.append(case_id)

    def add(self, bookmark: Bookmark, choice: Choice) -> None:
        self.added.append((bookmark.id, choice))

    def remove(self, item: BasketItem) -> None:
        self.removed.append(item)


class FakeAnnotations(QObject):
    """Of one officer, who may draw."""

    changed = Signal(str, object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.allowed = True
        self.officer = "87654321"
        self.looked: list[str] = []
        self.added: list[tuple[str, Drawn]] = []
        self.altered: list[tuple[str, Drawn]] = []
        self.removed: list[str] = []

    def can_draw(self, unit: str) -> bool:
        return self.allowed

    def is_own(self, annotation: Annotation) -> bool:
        return annotation.made_by == self.officer

    def look(self, bookmark_id: str) -> None:
        self.looked.append(bookmark_id)

    def add(self, bookmark_id: str, drawn: Drawn) -> None:
        self.added.append((bookmark_id, drawn))

    def alter(self, annotation: Annotation, drawn: Drawn) -> None:
        self.altered.append((annotation.id, drawn))

    def remove(self, annotation: Annotation) -> None:
        self.removed.append(annotation.id)


class FakeHandover(QObject):
    """Notes what it is asked; a test says what comes of it."""

    prepared = Signal(object, object)
    kept = Signal(object)
    refused = Signal(object)
    busy_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        self.prepared_times = 0
        self.signed: list[tuple[str, str, str]] = []

    def prepare(self) -> None:
        self.prepared_times += 1

    def sign(self, report: ShiftReport, *, remark: str, nrp: str, password: str) -> None:
        self.signed.append((remark, nrp, password))


class FakeMasks(QObject):
    """Of no camera, until a test says otherwise."""

    changed = Signal()
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.can_set = self.can_lift = True
        self.masks: dict[str, tuple[PrivacyMask, ...]] = {}
        self.added: list[tuple[str, Box]] = []
        self.lifted: list[str] = []

    def boxes(self, camera_id: str) -> Sequence[Box]:
        return tuple(mask.box for mask in self.of_camera(camera_id))

    def of_camera(self, camera_id: str) -> Sequence[PrivacyMask]:
        return self.masks.get(camera_id, ())

    def add(self, camera_id: str, box: Box) -> None:
        self.added.append((camera_id, box))

    def lift(self, mask: PrivacyMask) -> None:
        self.lifted.append(mask.id)

    def put(self, *masks: PrivacyMask) -> None:
        """As if they had been set anywhere."""
        for mask in masks:
            self.masks[mask.camera_id] = (*self.of_camera(mask.camera_id), mask)
        self.changed.emit()


class FakeTracks(QObject):
    tracks_read = Signal(object, object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Sequence[tuple[str, str]], Span]] = []

    def ask_tracks(self, cameras: Sequence[tuple[str, str]], shown: Span) -> None:
        self.asked.append((cameras, shown))


class FakeLayouts(QObject):
    changed = Signal()
    refused = Signal(object)

    def __init__(self, *layouts: Layout) -> None:
        super().__init__()
        self.layouts = {layout.name: layout for layout in layouts or (Layout("l1", "Utama"),)}
        self.name = next(iter(self.layouts))
        self.shared = Sharing.OWN
        self.allowed = False

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

    def sharing(self) -> Sharing:
        return self.shared

    def may_share(self) -> bool:
        return self.allowed

    def share(self) -> None:
        self.shared = Sharing.SAME
        self.changed.emit()

    def take_shared(self) -> None:
        self.shared = Sharing.SAME
        self.changed.emit()

    def delete(self, name: str) -> None:
        if len(self.layouts) == 1:
            self.refused.emit(DomainError(DomainCode.NOT_ALLOWED, name))
            return
        del self.layouts[name]
        self.name = next(iter(self.layouts))
        self.changed.emit()


class FakeOutages(QObject):
    planned = Signal()
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[object, ...]] = []

    def plan(self, camera_ids: Sequence[str], *, starts_at: datetime, ends_at: datetime, reason: str) -> None:
        self.asked.append((tuple(camera_ids), starts_at, ends_at, reason))

    def cancel(self, outage_id: str) -> None:
        self.asked.append((outage_id,))


class FakeContacts(QObject):
    changed = Signal()
    saved = Signal()
    refused = Signal(object)

    def __init__(self, *contacts: Contact) -> None:
        super().__init__()
        self.contacts = list(contacts)
        self.may_read = self.may_keep = True

    def all(self) -> Sequence[Contact]:
        if self.may_read:
            return tuple(self.contacts)
        return tuple(replace(one, contact_name="", contact_phone="") for one in self.contacts)

    def for_camera(self, camera: Camera) -> Sequence[Contact]:
        return [one for one in self.all() if one.answers_for(camera)]

    def add(
        self,
        role: ContactRole,
        *,
        name: str,
        phone: str,
        adm4: str = "",
        rw: str = "",
        rt: str = "",
        camera_id: str = "",
    ) -> None:
        made = Contact(f"k{len(self.contacts)}", role, name, phone, adm4 or None, rw or None, rt or None)
        self.contacts.append(replace(made, camera_id=camera_id or None))
        self.saved.emit()
        self.changed.emit()

    def remove(self, contact_id: str) -> None:
        self.contacts = [one for one in self.contacts if one.id != contact_id]
        self.changed.emit()


class FakeWallOrders(QObject):
    changed = Signal()
    refused = Signal(object)

    def __init__(self, *orders: ListedOrder) -> None:
        super().__init__()
        self.orders = list(orders)
        self.others = [OtherDesk("dev-2", "Meja 2"), OtherDesk("dev-3", "Meja 3")]
        self.asked: list[tuple[object, ...]] = []

    def refresh(self) -> None:
        self.changed.emit()

    def desks(self) -> Sequence[OtherDesk]:
        return self.others

    def listed(self) -> Sequence[ListedOrder]:
        return self.orders

    def shown(self) -> Sequence[ListedOrder]:
        return ()

    def send(
        self,
        desk: str,
        *,
        lasts: timedelta,
        pages: Sequence[Page] = (),
        camera_id: str | None = None,
        first_wall: int = 1,
    ) -> None:
        self.asked.append((desk, lasts, tuple(pages), camera_id, first_wall))

    def take_back(self, order_id: str) -> None:
        self.asked.append(("take back", order_id))

    def dismiss(self, order_id: str) -> None:
        self.asked.append(("dismiss", order_id))


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


class FakeRegisterDesk(QObject):
    """The register in memory: notes what it is asked, and commits decisions at once unless it refuses."""

    rows_changed = Signal()
    changed = Signal()
    looked_at = Signal(object, object)
    imported = Signal(object)
    edited = Signal(object)
    standing_changed = Signal(object)
    exported = Signal(object, int)
    tested = Signal(object)
    test_ended = Signal()
    busy_changed = Signal(bool)
    refused = Signal(object)

    def __init__(self, cameras: Iterable[Camera] = (), regions: Regions | None = None) -> None:
        super().__init__()
        self.entries = {camera.id: Entry(camera, IN_USE) for camera in cameras}
        self.regions = regions
        self.asked: list[tuple[object, ...]] = []
        self.refusal: DomainError | None = None
        self.busy = self.testing = False
        self.rows: Sequence[RegisterRow] = ()

    def refresh(self) -> None:
        entries = self.entries.values()
        self.rows = tuple(RegisterRow(entry, search_words(entry.camera, self.regions)) for entry in entries)
        self.rows_changed.emit()

    def look_at(self, file: Path) -> None:
        self.asked.append(("look_at", file))

    def import_list(self, file: Path) -> None:
        self.asked.append(("import", file))

    def edit(self, camera_ids: Sequence[str], cells: Mapping[str, str]) -> None:
        self.asked.append(("edit", tuple(camera_ids), dict(cells)))

    def put_standing(self, camera_ids: Sequence[str], standing: Standing, *, reason: str) -> None:
        self.asked.append((standing, tuple(camera_ids), reason))
        if self.refusal is not None:
            self.refused.emit(self.refusal)
            return
        before = {camera_id: self.entries[camera_id].lifecycle.standing for camera_id in camera_ids}
        self._put(dict.fromkeys(camera_ids, standing))
        self.standing_changed.emit(StandingChange(before, standing))

    def undo(self, change: StandingChange, *, reason: str) -> None:
        self.asked.append(("undo", change, reason))
        self._put(change.before)

    def export(self, file: Path, camera_ids: Sequence[str]) -> None:
        self.asked.append(("export", file, tuple(camera_ids)))

    def test(self, camera_ids: Sequence[str]) -> None:
        self.asked.append(("test", tuple(camera_ids)))
        self.testing = True
        self.tested.emit(CameraTestProgress(0, len(camera_ids)))

    def cancel_test(self) -> None:
        self.asked.append(("cancel",))
        self.testing = False
        self.test_ended.emit()

    def _put(self, standings: Mapping[str, Standing]) -> None:
        for camera_id, standing in standings.items():
            self.entries[camera_id] = Entry(self.entries[camera_id].camera, Lifecycle(standing))
        self.refresh()


class FakeOversight(QObject):
    """Asks for a reason when a test says so; notes what it is given."""

    reason_needed = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []

    def give_reason(self, text: str) -> bool:
        if not text.strip():
            self.refused.emit(DomainError(DomainCode.FIELD_INVALID, "reason"))
            return False
        self.reasons.append(text)
        return True


class FakePatrol(QObject):
    """Lines as a test gives them; steps when it is told; notes what it is asked."""

    changed = Signal()
    tour_stepped = Signal(object)
    exported = Signal(object)
    refused = Signal(object)

    def __init__(self, lines: Sequence[PatrolLine] = ()) -> None:
        super().__init__()
        self.known = tuple(lines)
        self.next: tuple[str, ...] = ()
        self.touring = self.paused = False
        self.asked: list[tuple[object, ...]] = []
        self.placed: tuple[str, ...] | None = None

    def lines(self, within: timedelta) -> Sequence[PatrolLine]:
        self.asked.append(("lines", within))
        return self.known

    def begin_tour(self, dwell_s: int) -> None:
        self.asked.append(("begin", dwell_s))
        self.touring = True
        self.step()

    def pause_tour(self) -> None:
        self.paused = not self.paused
        self.changed.emit()

    def end_tour(self) -> None:
        self.touring = False
        self.changed.emit()

    def step(self) -> None:
        self.tour_stepped.emit(self.next)
        self.changed.emit()

    def take_places(self, camera_ids: Sequence[str]) -> None:
        self.placed = tuple(camera_ids)

    def export(self, to: Path, *, within: timedelta, zone: StationZone) -> None:
        self.asked.append(("export", to, within, zone))
        self.exported.emit(to)


class FakeOversightSearch(QObject):
    """Notes what it is asked."""

    found = Signal(object)
    exported = Signal(object)
    refused = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Wanted, str]] = []
        self.exports: list[tuple[Wanted, Path]] = []

    def search(self, wanted: Wanted, *, before: str = "") -> None:
        self.asked.append((wanted, before))

    def export(self, wanted: Wanted, to: Path) -> None:
        self.exports.append((wanted, to))


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


class FakePersonal(QObject):
    """Who has reported incidents, as a test says; else what stands there, for whoever may read it."""

    changed = Signal(str)

    def __init__(self, duty: FakeDuty) -> None:
        super().__init__()
        self._duty = duty
        self.reporters: dict[str, Reporter] = {}
        self.equal: bool | None = None

    def reporter(self, incident: Incident) -> Reporter:
        if incident.id in self.reporters:
            return self.reporters[incident.id]
        if not self._duty.can(Action.READ_REPORTER):
            return Reporter(ReporterState.OF_CASES)
        return Reporter(ReporterState.SHOWN, incident.reporter_name, incident.reporter_phone)

    def put(self, incident_id: str, reporter: Reporter) -> None:
        self.reporters[incident_id] = reporter
        self.changed.emit(incident_id)

    def same(self, conflict: Conflict) -> bool | None:
        return self.equal


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


class FakeQuarantine(QObject):
    """Operations without effect as a test gives them."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.found: list[KeptOperation] = []

    def kept(self) -> Sequence[KeptOperation]:
        return tuple(self.found)

    def put(self, *found: KeptOperation) -> None:
        self.found = list(found)
        self.changed.emit()


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
