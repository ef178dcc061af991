"""Tagging: from a key press to a bookmark that is kept, and from there to a clip that is cut and hashed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import bookmarks as bookmark_rows
from tmcwall.db import cases as case_rows
from tmcwall.db import custody, operations
from tmcwall.db.store import Session
from tmcwall.domain.bookmark import (
    POST_ROLL_S,
    PRE_ROLL_S,
    Bookmark,
    Clip,
    ClipState,
    Range,
    check_range,
    range_around,
    range_between,
)
from tmcwall.domain.camera import Camera
from tmcwall.domain.case import Case, LpNumber, LpOutcome, case_id, parse_lp
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.custody import CustodyAction
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import KINDS, Topic, entities_of
from tmcwall.domain.lpseries import LARGEST_GAP, KnownNumbers
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.operation import Entity
from tmcwall.domain.sp2hp import KLASIK_RULES, Reminder, ReminderRules, next_reminder
from tmcwall.domain.station_zone import StationZone
from tmcwall.services.changes import Changes
from tmcwall.services.cutting import Cutter, Cutting, path_of
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, Refusal, StoreProtocol

LONGEST_NOTE: Final = 4_000
"""Characters."""
_RIGHT: Final = KINDS[Entity.BOOKMARK].right
_LISTED: Final = entities_of(Topic.BOOKMARKS)


@dataclass(frozen=True, slots=True)
class TagRequest:
    """What an officer wants kept. A side of the range that is None is pre-roll or post-roll around now.

    `lp` may be empty: a bookmark need not belong to a case yet.
    """

    camera_id: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    lp: str = ""
    forced_reason: str = ""
    """Why an LP number that the rules reject is kept as an old number."""
    note: str = ""
    incident_id: str | None = None


@dataclass(frozen=True, slots=True)
class BookmarkRow:
    """One line of the bookmark list. `reminder` is when the case's next SP2HP is due: an internal reminder."""

    bookmark: Bookmark
    clip: Clip | None = None
    case: Case | None = None
    reminder: Reminder | None = None


@dataclass(frozen=True, slots=True)
class Rolls:
    """Seconds of footage before and after a key press that a tag keeps."""

    before_s: float = PRE_ROLL_S
    after_s: float = POST_ROLL_S


class OnDuty(Protocol):
    """The part of `Duty` that other services use."""

    def can(self, action: Action, *, unit: str = "") -> bool:
        """Whether somebody is on duty who may do this to something of that unit."""
        ...

    def demand(self, action: Action, *, unit: str = "") -> Officer:
        """The officer on duty. Raises DomainError(NOT_ON_DUTY or NOT_ALLOWED)."""
        ...


class Book(Protocol):
    """The part of `CameraBook` that tagging uses."""

    def get(self, camera_id: str) -> Camera | None: ...
    def unit_of(self, camera_id: str) -> str: ...


class Tagging(QObject):
    """Bookmarks and their clips on this workstation."""

    saved = Signal(object)
    """Bookmark: only after the commit."""
    refused = Signal(object)
    """Fault or DomainError."""
    clip_changed = Signal(object)
    """Clip."""
    marked = Signal(str, object)
    """Camera id, and the moment of its mark in (datetime) or None when it was taken back or used."""
    recent_changed = Signal()
    """`recent`, and what `find` answers, may be other rows than before."""
    found = Signal(str, object)
    """The text asked and Sequence[BookmarkRow]."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        changes: Changes,
        cutter: Cutter,
        cameras: Book,
        duty: OnDuty,
        clock: Clock,
        clips: Path,
        rolls: Rolls = Rolls(),
        rules: ReminderRules = KLASIK_RULES,
        zone: StationZone = StationZone.WIB,
        largest_gap: int = LARGEST_GAP,
        recent_rows: int = 200,
        parent: QObject | None = None,
    ) -> None:
        """`largest_gap`: a report number that leaps further over those known of its unit is warned of; 0: none."""
        super().__init__(parent)
        self._store = store
        self._cameras = cameras
        self._duty = duty
        self._clock = clock
        self._clips = clips
        self._rolls = rolls
        self._rules = rules
        self._zone = zone
        self._recent_rows = recent_rows
        self._futures = FutureDispatcher()
        self._numbers = KnownNumbers(largest_gap=largest_gap)
        self._marks: dict[str, datetime] = {}
        self._rows: dict[str, BookmarkRow] = {}
        """Newest first, by bookmark id."""
        self._files: dict[str, Path] = {}
        """Clips whose file is on this workstation, by bookmark id."""
        read_recent = partial(_read_recent, limit=recent_rows, clips=clips)
        self._refresh = Refresh(read_recent, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take_recent)
        self._refresh.refused.connect(self.refused)
        self._cutting = Cutting(store=store, cutter=cutter, clock=clock, clips=clips, zone=zone, parent=self)
        self._cutting.clip_changed.connect(self._take_clip)
        self._cutting.refused.connect(self.refused)
        self._clock_offset_ms: int | None = None
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        """Read the recent bookmarks and take up every clip that was not finished."""
        self._refresh.request()
        self._futures.expect(self._store.read(_known_numbers), self._numbers.add, self.refused.emit)
        self._cutting.start()

    def stop(self) -> None:
        self._cutting.stop()
        self._futures.close()

    def check_lp(self, raw: str) -> LpNumber:
        """How a case number would be taken, also beside those of other cases; never raises."""
        return self._numbers.check(parse_lp(raw))

    def begin(self, camera_id: str, *, incident_id: str | None = None, moment: datetime | None = None) -> TagRequest:
        """`B`: the range around this moment, for the officer to complete with case number and note and to `tag`.

        `moment` is where a replay stands that the officer looks at; without one it is now, here and for both marks.
        """
        around = range_around(
            moment or self._clock.utc(), pre_roll_s=self._rolls.before_s, post_roll_s=self._rolls.after_s
        )
        return TagRequest(camera_id, around.starts_at, around.ends_at, incident_id=incident_id)

    def mark_in(self, camera_id: str, *, moment: datetime | None = None) -> None:
        """`[`: the footage to be kept begins now, less the pre-roll."""
        self._marks[camera_id] = moment or self._clock.utc()
        self.marked.emit(camera_id, self._marks[camera_id])

    def mark_out(self, camera_id: str, *, moment: datetime | None = None) -> TagRequest | None:
        """`]`: a request from the mark in until now, rolls added, for the officer to complete; None without a mark in.

        The mark stays until the tag is saved or the mark is cleared, so that a dialog can be cancelled. A stretch that
        is too long is `refused`.
        """
        marked_at = self._marks.get(camera_id)
        if marked_at is None:
            return None
        try:
            marked = range_between(
                marked_at,
                moment or self._clock.utc(),
                pre_roll_s=self._rolls.before_s,
                post_roll_s=self._rolls.after_s,
            )
        except DomainError as error:
            self.refused.emit(error)
            return None
        return TagRequest(camera_id, marked.starts_at, marked.ends_at)

    @property
    def rolls(self) -> Rolls:
        """What is kept before and after a key press unless the officer says otherwise."""
        return self._rolls

    def clear_mark(self, camera_id: str) -> None:
        if self._marks.pop(camera_id, None) is not None:
            self.marked.emit(camera_id, None)

    def tag(self, request: TagRequest) -> None:
        """`saved` or `refused` follows."""
        self.tag_then(request, saved=lambda _bookmark: None, refused=self.refused.emit)

    def tag_then(
        self, request: TagRequest, *, saved: Callable[[Bookmark], None], refused: Callable[[Refusal], None]
    ) -> None:
        """`saved` is called after the signal of that name, or else `refused`, in place of its signal."""
        try:
            plan = self._plan(request)
        except DomainError as error:
            refused(error)
            return

        def take(entry: bookmark_rows.Entry) -> None:
            self._take_saved(entry)
            saved(entry.bookmark)

        self._futures.expect(self._store.write(partial(_save, plan=plan)), take, refused)

    def retry(self, bookmark_id: str) -> None:
        """Cut a failed clip again."""
        row = self._rows.get(bookmark_id)
        try:
            officer = self._duty.demand(_RIGHT)
        except DomainError as error:
            self.refused.emit(error)
            return
        if row is None or row.clip is None:
            self.refused.emit(DomainError(DomainCode.NOT_FOUND, f"bookmark {bookmark_id}"))
            return
        self._cutting.retry(row.bookmark, row.clip, actor=officer.nrp)

    def recent(self) -> Sequence[BookmarkRow]:
        """Newest first, at most as many as are read at the start; without those of other units."""
        return tuple(row for row in self._rows.values() if self._is_shown(row))

    def find(self, text: str) -> None:
        """By LP number, camera or note; answers with `found`."""

        def read(session: Session) -> _Read:
            return _with_files(bookmark_rows.find(session, text, limit=self._recent_rows), self._clips)

        self._futures.expect(self._store.read(read), partial(self._take_found, text), self.refused.emit)

    def clip_path(self, bookmark_id: str) -> Path | None:
        """The file of a clip that is ready on this workstation."""
        row = self._rows.get(bookmark_id)
        return None if row is not None and not self._is_shown(row) else self._files.get(bookmark_id)

    @Slot()
    def follow_duty(self) -> None:
        """Another officer sees other cases."""
        self.recent_changed.emit()

    @Slot(object)
    def take_clock_offset(self, offset_ms: int | None) -> None:
        """Server clock minus ours, as last measured; it is written into each bookmark."""
        self._clock_offset_ms = offset_ms

    def _plan(self, request: TagRequest) -> _Plan:
        officer = self._duty.demand(_RIGHT)
        camera = self._cameras.get(request.camera_id)
        if camera is None:
            raise DomainError(DomainCode.NOT_FOUND, f"camera {request.camera_id}")
        if len(request.note) > LONGEST_NOTE:
            raise DomainError(DomainCode.FIELD_INVALID, "note")
        now = self._clock.utc()
        around = range_around(now, pre_roll_s=self._rolls.before_s, post_roll_s=self._rolls.after_s)
        asked = Range(request.starts_at or around.starts_at, request.ends_at or around.ends_at)
        check_range(asked)
        case = _case_of(request, officer, now)
        bookmark = Bookmark(
            id=str(uuid7(now)),
            camera_id=camera.id,
            camera_name=camera.name,
            starts_at=asked.starts_at,
            ends_at=asked.ends_at,
            marked_at=now,
            officer=officer.nrp,
            note=request.note.strip(),
            case_id=case.id if case else None,
            incident_id=request.incident_id,
            clock_offset_ms=self._clock_offset_ms,
        )
        clip = Clip(id=str(uuid7(now)), bookmark_id=bookmark.id, state=ClipState.WAITING)
        return _Plan(bookmark, replace(clip, path=path_of(bookmark, clip, zone=self._zone)), case, officer, now)

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        """Read again what the list shows, and the numbers of cases that others have opened."""
        if notice.touches(_LISTED):
            self._refresh.request()
        opened = notice.ids(Entity.CASE)
        if opened:
            read = partial(_numbers_of, case_ids=opened)
            self._futures.expect(self._store.read(read), self._numbers.add, self.refused.emit)

    def _take_saved(self, saved: bookmark_rows.Entry) -> None:
        """At once, without reading: this is what the officer waits for."""
        self._refresh.outdate()
        if saved.case is not None:
            self._numbers.add([parse_lp(saved.case.lp)])
        older = islice(self._rows.items(), self._recent_rows - 1)
        self._rows = {saved.bookmark.id: self._row(saved), **dict(older)}
        self.saved.emit(saved.bookmark)
        if saved.clip is not None:
            self._cutting.take(saved.bookmark, saved.clip)
        self.clear_mark(saved.bookmark.camera_id)
        self.recent_changed.emit()

    @Slot(object)
    def _take_clip(self, clip: Clip) -> None:
        self._refresh.outdate()
        row = self._rows.get(clip.bookmark_id)
        if row is not None:
            self._rows[clip.bookmark_id] = replace(row, clip=clip)
        if clip.state is ClipState.READY:
            self._files[clip.bookmark_id] = self._clips / clip.path
        self.clip_changed.emit(clip)

    @Slot(object)
    def _take_recent(self, read: _Read) -> None:
        self._files.update(read.files)
        self._rows = {entry.bookmark.id: self._row(entry) for entry in read.entries}
        self.recent_changed.emit()

    def _take_found(self, text: str, read: _Read) -> None:
        self._files.update(read.files)
        rows = (self._row(entry) for entry in read.entries)
        self.found.emit(text, tuple(row for row in rows if self._is_shown(row)))

    def _is_shown(self, row: BookmarkRow) -> bool:
        """What belongs to no unit is shown also while nobody is on duty."""
        unit = (row.case.unit if row.case is not None else "") or self._cameras.unit_of(row.bookmark.camera_id)
        return not unit or self._duty.can(Action.VIEW, unit=unit)

    def _row(self, entry: bookmark_rows.Entry) -> BookmarkRow:
        # The store knows a clip that is being cut as one that waits.
        clip = self._cutting.clip(entry.clip.id) or entry.clip if entry.clip else None
        today = self._zone.date_of(self._clock.utc())
        return row_of(replace(entry, clip=clip), today=today, rules=self._rules, zone=self._zone)


def row_of(entry: bookmark_rows.Entry, *, today: date, rules: ReminderRules, zone: StationZone) -> BookmarkRow:
    case = entry.case
    reminder = next_reminder(case, today=today, rules=rules, zone=zone) if case else None
    return BookmarkRow(entry.bookmark, entry.clip, case, reminder)


def clip_files(entries: Sequence[bookmark_rows.Entry], clips: Path) -> Mapping[str, Path]:
    """By bookmark id: the clips whose file is here. Looks for them: for the store's thread."""
    return {
        entry.bookmark.id: clips / entry.clip.path
        for entry in entries
        if entry.clip is not None and entry.clip.state is ClipState.READY and (clips / entry.clip.path).is_file()
    }


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one transaction writes. `case` is written only if none of that number exists."""

    bookmark: Bookmark
    clip: Clip
    case: Case | None
    officer: Officer
    at: datetime


@dataclass(frozen=True, slots=True)
class _Read:
    entries: Sequence[bookmark_rows.Entry]
    files: Mapping[str, Path]
    """By bookmark id: the clips whose file is here."""


def _read_recent(session: Session, *, limit: int, clips: Path) -> _Read:
    return _with_files(bookmark_rows.recent(session, limit=limit), clips)


def _with_files(entries: Sequence[bookmark_rows.Entry], clips: Path) -> _Read:
    return _Read(entries, clip_files(entries, clips))


def _known_numbers(session: Session) -> Sequence[LpNumber]:
    return tuple(parse_lp(case.lp) for case in case_rows.all_cases(session))


def _numbers_of(session: Session, *, case_ids: Collection[str]) -> Sequence[LpNumber]:
    found = (case_rows.get(session, case_id) for case_id in case_ids)
    return tuple(parse_lp(case.lp) for case in found if case is not None)


def _case_of(request: TagRequest, officer: Officer, now: datetime) -> Case | None:
    """The case a request names. Raises DomainError(LP_REJECTED) unless a rejected number is forced with a reason."""
    if not request.lp.strip():
        return None
    number = parse_lp(request.lp)
    reason = request.forced_reason.strip()
    if number.outcome is LpOutcome.REJECTED and not reason:
        raise DomainError(DomainCode.LP_REJECTED, number.normalised)
    return Case(
        id=case_id(number.normalised),
        lp=number.raw.strip(),
        lp_normalised=number.normalised,
        opened_at=now,
        opened_by=officer.nrp,
        forced_reason=reason if number.outcome is LpOutcome.REJECTED else "",
    )


def _save(session: Session, *, plan: _Plan) -> bookmark_rows.Entry:
    """Case if it is new, bookmark and clip, with their operations and custody rows: all or nothing."""
    by = plan.officer.nrp
    case = plan.case
    if case is not None:
        known = case_rows.of_number(session, parse_lp(case.lp))
        if known is None:
            operations.change(session, case, actor=by, at=plan.at)
        if known is None and case.forced_reason:
            action, about = CustodyAction.LP_FORCED, f"case/{case.id}"
            custody.append(session, actor=by, action=action, about=about, at=plan.at, reason=case.forced_reason)
        case = known or case
    bookmark = replace(plan.bookmark, case_id=case.id if case is not None else None)
    operations.change(session, bookmark, actor=by, at=plan.at)
    operations.change(session, plan.clip, actor=by, at=plan.at)
    return bookmark_rows.Entry(bookmark, plan.clip, case)
