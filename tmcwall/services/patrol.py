"""Proof that officers have seen the cameras, and a tour over those that were unseen the longest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tmcwall.db import oversight as rows
from tmcwall.domain.camera import Camera
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import FaultCode
from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.officer import Officer
from tmcwall.domain.oversight import Entry, OversightAction, Place, View
from tmcwall.domain.patrol import Looks, PatrolLine, Seen, patrol_lines
from tmcwall.domain.station_zone import StationZone
from tmcwall.durable import disk_fault, replace_file
from tmcwall.log import get_logger
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol, in_thread
from tmcwall.spreadsheet_csv import spreadsheet_csv

log = get_logger(__name__)

_LOOK_MS: Final = 1000
_REMEMBERED: Final = timedelta(days=7)
_PLACES: Final = frozenset({Place.TILE, Place.FULL_SCREEN})
_MOST_PLACES: Final = 16
"""Reserved tiles that there may be."""


class Cameras(Protocol):
    """The part of `CameraBook` that knows the cameras and how they stand."""

    def all(self) -> Sequence[Camera]: ...
    def status(self, camera_id: str) -> TileStatus: ...
    def is_working(self, camera: Camera) -> bool: ...


class OnDuty(Protocol):
    """The part of `Duty` that says who looks."""

    @property
    def officer(self) -> Officer | None: ...


class Patrol(QObject):
    """Which cameras officers of this workstation have seen live, and a tour over the others."""

    changed = Signal()
    """What has been seen, or the tour."""
    tour_stepped = Signal(object)
    """tuple[str, ...]: the cameras to look at now, the longest unseen first; more than there may be places for."""
    exported = Signal(object)
    """Path of a list."""
    refused = Signal(object)
    """Fault: the list could not be saved."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        cameras: Cameras,
        duty: OnDuty,
        seen: Callable[[], AbstractSet[View]],
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        """`seen`: what can be seen on the walls now."""
        super().__init__(parent)
        self._store = store
        self._cameras = cameras
        self._duty = duty
        self._on_walls = seen
        self._clock = clock
        self._futures = FutureDispatcher()
        self._looks = Looks()
        self._seen: dict[str, Seen] = {}
        self._toured: dict[str, int] = {}
        """When (monotonic) the tour put a camera on a tile: one that stayed dark does not come again at once."""
        self._looking = QTimer(self, interval=_LOOK_MS)
        self._looking.timeout.connect(self.look)
        self._dwelling = QTimer(self)
        self._dwelling.timeout.connect(self.step)
        self._touring = False

    def start(self) -> None:
        self._looking.start()
        since = self._clock.utc() - _REMEMBERED
        self._futures.expect(self._store.read(partial(rows.last_seen, since=since)), self._take, _not_read)

    def stop(self) -> None:
        self._looking.stop()
        self._dwelling.stop()
        self._futures.close()

    @property
    def touring(self) -> bool:
        """Whether a tour is on its way, be it paused."""
        return self._touring

    @property
    def paused(self) -> bool:
        return self._touring and not self._dwelling.isActive()

    def lines(self, within: timedelta) -> Sequence[PatrolLine]:
        """All cameras, the longest unseen first."""
        return patrol_lines(self._cameras.all(), self._seen, now=self._clock.utc(), within=within)

    def begin_tour(self, dwell_s: int) -> None:
        """Show the longest unseen cameras, `dwell_s` seconds each; `tour_stepped` follows at once."""
        self._touring = True
        self._toured.clear()
        self._dwelling.start(dwell_s * 1000)
        self.step()

    def pause_tour(self) -> None:
        """Stay with what is shown, or go on."""
        if self.paused:
            self._dwelling.start()
        else:
            self._dwelling.stop()
        self.changed.emit()

    def end_tour(self) -> None:
        self._touring = False
        self._dwelling.stop()
        self.changed.emit()

    @Slot()
    def step(self) -> None:
        """On to the next cameras."""
        if not self._touring:
            return
        waiting = [line.camera for line in self.lines(_REMEMBERED) if self._cameras.is_working(line.camera)]
        waiting.sort(key=lambda camera: self._toured.get(camera.id, 0))
        self.tour_stepped.emit(tuple(camera.id for camera in waiting[:_MOST_PLACES]))
        self.changed.emit()

    def take_places(self, camera_ids: Sequence[str]) -> None:
        """These found a tile."""
        self._toured |= dict.fromkeys(camera_ids, self._clock.monotonic_ns())

    def export(self, to: Path, *, within: timedelta, zone: StationZone) -> None:
        """Save the whole list; `exported` or `refused` follows."""
        lines = self.lines(within)
        work = partial(_save, to, lines, zone)
        self._futures.expect(in_thread(work, name="patrol-list"), lambda _: self.exported.emit(to), self.refused.emit)

    @Slot()
    def look(self) -> None:
        """Once a second: which cameras stand live before the officer on duty."""
        officer = self._duty.officer
        live = frozenset(
            view.camera
            for view in (self._on_walls() if officer is not None else ())
            if view.place in _PLACES and self._cameras.status(view.camera).state is TileState.LIVE
        )
        proven = self._looks.look(live, now_ns=self._clock.monotonic_ns())
        if officer is None or not proven:
            return
        at = self._clock.utc()
        entries = [
            Entry(officer=officer.nrp, action=OversightAction.CAMERA_SEEN, at=at, camera=camera) for camera in proven
        ]
        seen = {camera: Seen(at, officer.nrp) for camera in proven}
        write = self._store.write(partial(rows.append, entries=entries))
        self._futures.expect(write, lambda _: self._keep(seen), _not_written)

    def _take(self, seen: Mapping[str, Seen]) -> None:
        self._seen = {**seen, **self._seen}
        self.changed.emit()

    def _keep(self, seen: Mapping[str, Seen]) -> None:
        """What is proven in the store."""
        self._seen |= seen
        self.changed.emit()


def _save(to: Path, lines: Sequence[PatrolLine], zone: StationZone) -> None:
    def cells(line: PatrolLine) -> tuple[str, ...]:
        if line.seen is None:
            return line.camera.id, line.camera.name, "", "", "ya"
        local = f"{zone.date_of(line.seen.at):%Y-%m-%d} {zone.time_of_day(line.seen.at)} {zone}"
        return line.camera.id, line.camera.name, local, line.seen.officer, "ya" if line.overdue else "tidak"

    header = ("id", "nama", "terakhir dilihat", "nrp", "terlambat")
    try:
        replace_file(to, spreadsheet_csv(header, *map(cells, lines)))
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE, folder=to.parent) from error


def _not_written(refusal: Refusal) -> None:
    log.warning("patrol_not_written", code=refusal.code)


def _not_read(refusal: Refusal) -> None:
    log.warning("patrol_not_read", code=refusal.code)
