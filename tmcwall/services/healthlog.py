"""The health history of cameras: written down as it happens, read for the console and for evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot

from tmcwall.db import cameras as camera_rows
from tmcwall.db import health as health_rows
from tmcwall.db.store import Session
from tmcwall.domain.camera import Profile
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.health import TileStatus
from tmcwall.domain.history import (
    MONTH,
    ClockReading,
    CodecChange,
    Diary,
    HealthChange,
    ReaderChange,
    Steadiness,
    Uptimes,
    camera_state,
)
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.source import SessionKind
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol
from tmcwall.video.ipc.messages import StreamReport

log = get_logger(__name__)

_NEVER: Final = -(10**18)
_MOST_WAITING: Final = 5000


class Statuses(Protocol):
    """The part of `CameraBook` that is written down."""

    @property
    def statuses_changed(self) -> SignalInstance: ...

    def status(self, camera_id: str) -> TileStatus: ...


class Reports(Protocol):
    """The part of `VideoFeed` that tells of clocks and keeps references of views."""

    @property
    def stream_reported(self) -> SignalInstance: ...
    @property
    def view_forgotten(self) -> SignalInstance: ...

    def accept_view(self, camera_id: str) -> None: ...


class OnDuty(Protocol):
    """The part of `Duty` that is asked who accepts a view."""

    def demand(self, action: Action) -> Officer: ...


@dataclass(frozen=True, slots=True)
class Habits:
    """How often what is written. A test shortens these by constructor argument."""

    alive_s: float = 60.0
    """A sign of life, and new uptimes for the console."""
    clock_s: float = 3600.0
    """A clock is written down so often, and at once when it has changed by"""
    clock_step_ms: int = 500
    keep: timedelta = timedelta(days=400)
    expire_s: float = 6 * 3600.0


@dataclass(slots=True)
class _ClockOnFile:
    offset_ms: int | None
    written_ns: int


class HealthLog(QObject):
    """Writes down changes of state and of clocks once they have lasted, all of a second in one transaction."""

    uptimes_changed = Signal()
    told = Signal(str, object)
    """camera id; CameraHistory of the last thirty days"""
    view_accepted = Signal(str)
    """camera id: what it shows now is learnt as what it is to show"""
    refused = Signal(object)
    """Fault: the history cannot be written or read; DomainError: nobody may accept a view."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        cameras: Statuses,
        streams: Reports,
        duty: OnDuty,
        clock: Clock,
        steadiness: Steadiness | None = None,
        habits: Habits | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._cameras = cameras
        self._streams = streams
        self._duty = duty
        self._clock = clock
        self._steadiness = steadiness or Steadiness()
        self._habits = habits or Habits()
        self._futures = FutureDispatcher()
        self._diaries: dict[str, Diary] = {}
        self._clocks: dict[str, _ClockOnFile] = {}
        self._changes: list[HealthChange] = []
        self._readings: list[ClockReading] = []
        self._codec_changes: list[CodecChange] = []
        self._codecs: dict[tuple[str, Profile], str] = {}
        """With which codec each stream came last."""
        self._reader_changes: list[ReaderChange] = []
        self._readers: dict[tuple[str, Profile], SessionKind] = {}
        """In which way each stream was read last, where that was ever another than our own session."""
        self._uptimes: Mapping[str, Uptimes] = {}
        self._alive_ns = self._expired_ns = _NEVER
        self._running = self._in_trouble = False
        self._early: set[str] = set()
        """Cameras that changed before the end of the last run was written down."""
        self._second = QTimer(self, interval=1000)
        self._second.timeout.connect(self.tick)
        cameras.statuses_changed.connect(self._take_statuses)
        streams.stream_reported.connect(self._take_report)
        streams.view_forgotten.connect(self._note_view_taken)

    def start(self) -> None:
        """End what an earlier run left open, and begin."""
        self._futures.expect(self._store.write(_end_last_run), self._begin, self.refused.emit)
        self._futures.expect(self._store.read(camera_rows.accepted_views), self._accept_again, self.refused.emit)

    def stop(self) -> None:
        """Write down that from now on nothing is known. The store writes it before it closes."""
        self._second.stop()
        if self._running:
            self._running = False
            now = self._clock.utc()
            closed = (diary.close(at=now, now_s=self._now_s()) for diary in self._diaries.values())
            self._changes += [change for change in closed if change is not None]
            self._flush()
        self._futures.close()

    def uptimes(self, camera_id: str) -> Uptimes:
        """Of the last day and of the last thirty days, up to a minute old."""
        return self._uptimes.get(camera_id, Uptimes())

    def tell(self, camera_id: str) -> None:
        """Read a camera's last thirty days; `told` follows."""
        now = self._clock.utc()
        read = partial(health_rows.history, camera_id=camera_id, since=now - MONTH, until=now)
        self._futures.expect(self._store.read(read), partial(self.told.emit, camera_id), self.refused.emit)

    def accept_view(self, camera_id: str) -> None:
        """The officer on duty says that a camera that has moved looks where it is to look; `view_accepted` follows.

        It stands from then on, over restarts, until an engine has taken it.
        """
        try:
            officer = self._duty.demand(Action.ACCEPT_VIEW)
        except DomainError as error:
            self.refused.emit(error)
            return
        note = partial(camera_rows.note_view_accepted, camera_id=camera_id, by=officer, at=self._clock.utc())
        self._futures.expect(self._store.write(note), partial(self._view_noted, camera_id), self.refused.emit)

    def _view_noted(self, camera_id: str, _nothing: None) -> None:
        self._streams.accept_view(camera_id)
        self.view_accepted.emit(camera_id)

    def _accept_again(self, camera_ids: Sequence[str]) -> None:
        """What was accepted in an earlier run when no engine was there to take it."""
        for camera_id in camera_ids:
            self._streams.accept_view(camera_id)

    @Slot(str)
    def _note_view_taken(self, camera_id: str) -> None:
        note = partial(camera_rows.note_view_taken, camera_id=camera_id)
        self._futures.expect(self._store.write(note), self._nothing, self._ignore)

    def _nothing(self, _answer: None) -> None:
        """A camera whose view was taken needs nothing further."""

    @Slot()
    def tick(self) -> None:
        """Once a second: what has lasted is written down."""
        for camera_id in [key for key, diary in self._diaries.items() if not diary.idle]:
            self._note(camera_id)
        now_ns = self._clock.monotonic_ns()
        alive = now_ns - self._alive_ns >= self._habits.alive_s * 1e9
        if alive or (
            (self._changes or self._readings or self._codec_changes or self._reader_changes) and not self._in_trouble
        ):
            self._flush()
        if alive:
            self._alive_ns = now_ns
            read = partial(health_rows.uptimes, now=self._clock.utc())
            self._futures.expect(self._store.read(read), self._take_uptimes, self.refused.emit)
        if now_ns - self._expired_ns >= self._habits.expire_s * 1e9:
            self._expired_ns = now_ns
            expire = partial(health_rows.expire, before=self._clock.utc() - self._habits.keep)
            self._futures.expect(self._store.write(expire), self._expired, self._ignore)

    def _expired(self, dropped: int) -> None:
        if dropped:
            log.info("camera history shortened", rows=dropped)

    def _ignore(self, refusal: Refusal) -> None:
        """It is done another time; a store in trouble is told of elsewhere."""

    def _begin(self, last: _LastRun) -> None:
        self._codecs = dict(last.codecs)
        self._readers = dict(last.readers)
        self._running = True
        for camera_id in self._early:
            self._note(camera_id)
        self._early.clear()
        self._second.start()
        self.tick()

    def _take_uptimes(self, uptimes: Mapping[str, Uptimes]) -> None:
        self._uptimes = uptimes
        self.uptimes_changed.emit()

    @Slot(object)
    def _take_statuses(self, camera_ids: Iterable[str]) -> None:
        for camera_id in camera_ids:
            self._note(camera_id)

    @Slot(object)
    def _take_report(self, report: StreamReport) -> None:
        if report.connected or report.session is SessionKind.OWN_AGAIN:
            self._note_reader(report)
        if report.connected:
            self._note_clock(report)
            self._note_codec(report)

    def _note_codec(self, report: StreamReport) -> None:
        """The first one is written down, too: a camera may come back with another after the program's next start.

        A file under review is no camera, and has no diary.
        """
        profile = report.profile
        before = self._codecs.get((report.camera, profile), "")
        if not self._running or report.camera not in self._diaries or report.codec in {"", before}:
            return
        self._codecs[report.camera, profile] = report.codec
        self._codec_changes.append(CodecChange(report.camera, self._clock.utc(), profile, report.codec, before))
        if before:
            log.info("codec changed", camera=report.camera, profile=report.profile, before=before, codec=report.codec)

    def _note_reader(self, report: StreamReport) -> None:
        """Each way once, and our own session only where it comes after another that played."""
        profile = report.profile
        before = self._readers.get((report.camera, profile), SessionKind.OWN)
        if not self._running or report.camera not in self._diaries or report.session is before:
            return
        if (before, report.session) == (SessionKind.OWN_AGAIN, SessionKind.OWN):
            return
        self._readers[report.camera, profile] = report.session
        change = ReaderChange(report.camera, self._clock.utc(), profile, report.session, report.session_cause)
        self._reader_changes.append(change)

    def _note_clock(self, report: StreamReport) -> None:
        """A clock that is on file and now says nothing, on a stream that is connected, has fallen silent."""
        known = self._clocks.get(report.camera)
        offset_ms = report.clock_offset_ms
        if known is None and offset_ms is None:
            return
        now_ns = self._clock.monotonic_ns()
        if known is not None and now_ns - known.written_ns < self._habits.clock_s * 1e9:
            if offset_ms is None or known.offset_ms is None:
                return  # the first report of a connection is still to come
            if abs(offset_ms - known.offset_ms) < self._habits.clock_step_ms:
                return
        self._clocks[report.camera] = _ClockOnFile(offset_ms, now_ns)
        self._readings.append(ClockReading(report.camera, self._clock.utc(), offset_ms))

    def _note(self, camera_id: str) -> None:
        if not self._running:
            self._early.add(camera_id)
            return
        verdict = self._cameras.status(camera_id)
        diary = self._diaries.get(camera_id)
        if diary is None:
            diary = self._diaries[camera_id] = Diary(camera_id, rule=self._steadiness)
        change = diary.note(
            camera_state(verdict.state), cause=verdict.cause, at=self._clock.utc(), now_s=self._now_s()
        )  # fmt: skip
        if change is not None:
            self._changes.append(change)

    def _flush(self) -> None:
        changes, readings, codecs = tuple(self._changes), tuple(self._readings), tuple(self._codec_changes)
        readers = tuple(self._reader_changes)
        self._changes.clear()
        self._readings.clear()
        self._codec_changes.clear()
        self._reader_changes.clear()
        write = partial(
            health_rows.add, changes=changes, clocks=readings, codecs=codecs, readers=readers, at=self._clock.utc()
        )
        again = partial(self._not_written, changes, readings, codecs, readers)
        self._futures.expect(self._store.write(write), self._written, again)

    def _written(self, _nothing: None) -> None:
        self._in_trouble = False

    def _not_written(
        self,
        changes: Sequence[HealthChange],
        readings: Sequence[ClockReading],
        codecs: Sequence[CodecChange],
        readers: Sequence[ReaderChange],
        refusal: Refusal,
    ) -> None:
        """Tried again with the next sign of life, and told once."""
        self._changes[:0] = changes[-_MOST_WAITING:]
        self._readings[:0] = readings[-_MOST_WAITING:]
        self._codec_changes[:0] = codecs[-_MOST_WAITING:]
        self._reader_changes[:0] = readers[-_MOST_WAITING:]
        if not self._in_trouble:
            self._in_trouble = True
            self.refused.emit(refusal)

    def _now_s(self) -> float:
        return self._clock.monotonic_ns() / 1e9


@dataclass(frozen=True, slots=True)
class _LastRun:
    """What was known at its end, by camera id and profile."""

    codecs: Mapping[tuple[str, Profile], str]
    readers: Mapping[tuple[str, Profile], SessionKind]


def _end_last_run(session: Session) -> _LastRun:
    health_rows.end_last_run(session)
    return _LastRun(health_rows.last_codecs(session), health_rows.last_readers(session))
