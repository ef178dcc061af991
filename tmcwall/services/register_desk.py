"""The register of cameras for the screen: what is asked is done in a thread, and told when it is done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.cameras.importing import ImportReport
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera, Standing
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.region import Regions
from tmcwall.log import get_logger
from tmcwall.services.camera_register import CameraRegister, EditReport, Entry, StreamTest, read_entries
from tmcwall.services.camerabook import search_words
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, Refusal, StoreProtocol, in_thread
from tmcwall.services.tagging import OnDuty

log = get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """An entry of the register, and all words by which it is found, in small letters."""

    entry: Entry
    words: str


@dataclass(frozen=True, slots=True)
class StandingChange:
    """Cameras that were put out of use, into it, or removed: each with the standing that it had."""

    before: Mapping[str, Standing]
    after: Standing


@dataclass(frozen=True, slots=True)
class CameraTestProgress:
    """How far a test of many cameras is."""

    done: int
    total: int
    streams: Sequence[StreamTest] = ()
    """Of the camera that was tested last."""


def _log_not_hidden(refusal: Refusal) -> None:
    """The next start or import moves them; a vault that is out of reach is told by who opens the cameras."""
    log.warning("secrets of camera addresses stay where they are", code=refusal.code)


class RegisterDesk(QObject):
    """Every call returns at once; what it asks for follows as a signal, or `refused`. One change at a time.

    Lists and edits ask for IMPORT_CAMERAS, what puts cameras out of use or into it for CHANGE_STANDING.
    """

    rows_changed = Signal()
    """`rows` are others than before."""
    changed = Signal()
    """A change was committed here or by a command: the cameras are to be read again."""
    looked_at = Signal(object, object)
    """Path and ImportReport: what a list would do."""
    imported = Signal(object)
    """ImportReport."""
    edited = Signal(object)
    """EditReport."""
    standing_changed = Signal(object)
    """StandingChange."""
    exported = Signal(object, int)
    """Path, and how many cameras it lists."""
    tested = Signal(object)
    """CameraTestProgress; the first one before any camera was asked."""
    test_ended = Signal()
    """All are tested, or it was cancelled or refused."""
    busy_changed = Signal(bool)
    """A change or a list is being worked on."""
    refused = Signal(object)
    """Fault or DomainError."""

    _camera_tested = Signal(object)

    def __init__(
        self,
        register: CameraRegister,
        *,
        store: StoreProtocol,
        duty: OnDuty,
        regions: Regions,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._register = register
        self._duty = duty
        self._rows: tuple[RegisterRow, ...] = ()
        self._looked = self._busy = False
        self._stop_test: threading.Event | None = None
        self._progress = CameraTestProgress(0, 0)
        self._futures = FutureDispatcher()

        def read(session: Session) -> tuple[RegisterRow, ...]:
            """In the store's thread: the words of ten thousand cameras would hold up the screen."""
            return tuple(RegisterRow(entry, search_words(entry.camera, regions)) for entry in read_entries(session))

        self._reading = Refresh(read, store=store, futures=self._futures, parent=self)
        self._reading.refreshed.connect(self._take_rows)
        self._reading.refused.connect(self.refused)
        self._camera_tested.connect(self._take_tested)
        self.changed.connect(self.follow_changes)

    def start(self) -> None:
        """Secrets in addresses are moved into the vault; nothing else is read before somebody looks."""
        moving = in_thread(self._register.hide_secrets, name="camera-secrets")
        self._futures.expect(moving, self._tell_hidden, _log_not_hidden)

    def stop(self) -> None:
        self.cancel_test()
        self._futures.close()

    @property
    def rows(self) -> Sequence[RegisterRow]:
        """By number, those that were removed among them; empty before the first `refresh`.

        Without cameras of other units, unless the officer looks after the register: pictures are in none of it.
        """
        looks_after = self._duty.can(Action.IMPORT_CAMERAS)
        return tuple(row for row in self._rows if looks_after or self._is_shown(row.entry.camera))

    @property
    def busy(self) -> bool:
        return self._busy

    @property
    def testing(self) -> bool:
        return self._stop_test is not None

    @Slot()
    def refresh(self) -> None:
        """Read the register; `rows_changed` follows."""
        self._looked = True
        self._reading.request()

    @Slot()
    def follow_changes(self) -> None:
        """Cameras were changed elsewhere: read them again, if anybody has looked yet."""
        if self._looked:
            self.refresh()

    def look_at(self, file: Path) -> None:
        """What a list would do; `looked_at` follows."""
        self._do(Action.VIEW, lambda by: self._register.import_list(file, by=by, dry_run=True), self._tell_look(file))

    def import_list(self, file: Path) -> None:
        work = partial(self._register.import_list, file)
        self._do(Action.IMPORT_CAMERAS, lambda by: work(by=by), self._tell_imported)

    def edit(self, camera_ids: Collection[str], cells: Mapping[str, str]) -> None:
        """Give cameras these columns of a list, all or none."""
        work = partial(self._register.edit, tuple(camera_ids), dict(cells))
        self._do(Action.IMPORT_CAMERAS, lambda by: work(by=by), self._tell_edited)

    def put_standing(self, camera_ids: Collection[str], standing: Standing, *, reason: str) -> None:
        """Retire cameras, bring them back, or remove them."""
        change = StandingChange(self._standings(camera_ids), standing)
        put = self._register.remove if standing is Standing.REMOVED else partial(_put, self._register, standing)
        work = partial(put, tuple(camera_ids), reason=reason)
        self._do(Action.CHANGE_STANDING, lambda by: work(by=by), lambda _nothing: self._tell_standing(change))

    def undo(self, change: StandingChange, *, reason: str) -> None:
        """Every camera of a change gets the standing back that it had; a login that was forgotten stays so."""

        def put_back(by: Officer) -> None:
            for standing in set(change.before.values()):
                ids = [camera_id for camera_id, before in change.before.items() if before is standing]
                self._register.put_standing(ids, standing, reason=reason, by=by)

        self._do(Action.CHANGE_STANDING, put_back, lambda _nothing: self.changed.emit())

    def export(self, file: Path, camera_ids: Collection[str]) -> None:
        work = partial(self._register.export, file, tuple(camera_ids))
        self._do(Action.VIEW, lambda _by: work(), lambda count: self.exported.emit(file, count))

    def test(self, camera_ids: Sequence[str]) -> None:
        """Ask cameras, a few at once; those whose logins may not be used are left out. `tested` follows for each."""
        if self._stop_test is not None:
            return
        known = {row.entry.camera.id: row.entry.lifecycle for row in self._rows}
        asked = tuple(one for one in camera_ids if one in known and known[one].may_log_in)
        if not asked:
            self.refused.emit(DomainError(DomainCode.CAMERA_OUT_OF_USE))
            return
        stop = self._stop_test = threading.Event()
        self._progress = CameraTestProgress(0, len(asked))
        self.tested.emit(self._progress)
        work = partial(self._register.test, asked, on_tested=self._camera_tested.emit, stop=stop)
        self._futures.expect(in_thread(work, name="camera-test"), self._end_test, self._refuse_test)

    @Slot()
    def cancel_test(self) -> None:
        """`test_ended` follows."""
        if self._stop_test is not None:
            self._stop_test.set()

    def _is_shown(self, camera: Camera) -> bool:
        return not camera.unit or self._duty.can(Action.VIEW, unit=camera.unit)

    def _do(self, action: Action, work: Callable[[Officer], T], then: Callable[[T], None]) -> None:
        if self._busy:
            return
        try:
            by = self._duty.demand(action)
        except DomainError as error:
            self.refused.emit(error)
            return
        self._set_busy(busy=True)
        self._futures.expect(
            in_thread(partial(work, by), name="camera-register"), partial(self._take, then), self._refuse
        )

    def _take(self, then: Callable[[T], None], result: T) -> None:
        self._set_busy(busy=False)
        then(result)

    def _refuse(self, refusal: Refusal) -> None:
        self._set_busy(busy=False)
        self.refused.emit(refusal)
        self.changed.emit()  # a removal whose logins could not be forgotten is one all the same

    def _tell_hidden(self, cameras: int) -> None:
        if cameras:
            self.changed.emit()

    def _tell_look(self, file: Path) -> Callable[[ImportReport], None]:
        return lambda report: self.looked_at.emit(file, report)

    def _tell_imported(self, report: ImportReport) -> None:
        self.imported.emit(report)
        self.changed.emit()

    def _tell_edited(self, report: EditReport) -> None:
        self.edited.emit(report)
        if report.changed:
            self.changed.emit()

    def _tell_standing(self, change: StandingChange) -> None:
        self.standing_changed.emit(change)
        self.changed.emit()

    def _standings(self, camera_ids: Collection[str]) -> dict[str, Standing]:
        wanted = set(camera_ids)
        return {
            row.entry.camera.id: row.entry.lifecycle.standing for row in self._rows if row.entry.camera.id in wanted
        }

    @Slot(object)
    def _take_rows(self, rows: tuple[RegisterRow, ...]) -> None:
        self._rows = rows
        self.rows_changed.emit()

    @Slot(object)
    def _take_tested(self, streams: Sequence[StreamTest]) -> None:
        if self._stop_test is not None:
            self._progress = CameraTestProgress(self._progress.done + 1, self._progress.total, streams)
            self.tested.emit(self._progress)

    def _end_test(self, _nothing: None) -> None:
        self._stop_test = None
        self.test_ended.emit()

    def _refuse_test(self, refusal: Refusal) -> None:
        self._end_test(None)
        self.refused.emit(refusal)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit(busy)


def _put(
    register: CameraRegister, standing: Standing, camera_ids: Collection[str], *, reason: str, by: Officer
) -> None:
    register.put_standing(camera_ids, standing, reason=reason, by=by)
