"""Where written places are, kept up to date with the lists and the cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from tmcwall.db import places as place_rows
from tmcwall.db.store import Session
from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.incident import Place
from tmcwall.domain.landmark import Landmark
from tmcwall.domain.neighbourhood import Neighbourhoods
from tmcwall.domain.operation import Entity
from tmcwall.domain.place_names import Finding, PlaceNames
from tmcwall.domain.region import Kelurahan, Regions
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refresh, StoreProtocol

_OURS = frozenset({Entity.NEIGHBOURHOOD, Entity.LANDMARK})


class Cameras(Protocol):
    """The part of `CameraBook` whose names are places, too."""

    @property
    def cameras_changed(self) -> SignalInstance: ...

    def all(self) -> Sequence[Camera]: ...


class PlaceBook(QObject):
    """Resolves written places to positions with their accuracy. It never guesses: see `PlaceNames`."""

    changed = Signal()
    """`find` may answer otherwise than before."""
    refused = Signal(object)
    """Fault."""

    def __init__(
        self,
        regions: Regions,
        *,
        store: StoreProtocol,
        changes: Changes,
        cameras: Cameras,
        area: Sequence[str] = (),
        parent: QObject | None = None,
    ) -> None:
        """`area`: codes of the towns or kecamatan that this station answers for; none: all."""
        super().__init__(parent)
        self._regions = regions
        self._cameras = cameras
        self._area = tuple(area)
        self._futures = FutureDispatcher()
        self._read = _Read(Neighbourhoods(), ())
        self._names: PlaceNames | None = None
        self._refresh = Refresh(_read, store=store, futures=self._futures, parent=self)
        self._refresh.refreshed.connect(self._take)
        self._refresh.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)
        cameras.cameras_changed.connect(self._outdate)

    def start(self) -> None:
        self._refresh.request()

    def stop(self) -> None:
        self._futures.close()

    @property
    def neighbourhoods(self) -> Neighbourhoods:
        return self._read.neighbourhoods

    @property
    def landmarks(self) -> Sequence[Landmark]:
        """By name, without those that were removed."""
        return [one for one in self._read.landmarks if not one.removed]

    def find(self, text: str) -> Finding:
        return self._known().find(text)

    def of_place(self, place: Place) -> Finding:
        return self._known().of_place(place)

    def position_of(self, adm4: str, rw: str | None, rt: str | None) -> Position | None:
        """The middle of an RT, else of its RW, else of its kelurahan."""
        found = self._read.neighbourhoods.position_of(adm4, rw, rt) if rw else None
        if found is not None:
            return found
        row = self._regions.by_code(adm4)
        return None if row is None else row.centre

    def settled(self, place: Place) -> Place:
        """With a position and its accuracy, where the place has none and its words mean exactly one; else as it is."""
        if place.position is not None:
            return place
        one = self.of_place(place).settled
        if one is None:
            return place
        return replace(
            place,
            position=one.position,
            accuracy_m=one.accuracy_m,
            adm4=place.adm4 or one.adm4,
            rw=place.rw or one.rw,
            rt=place.rt or one.rt,
        )

    def elsewhere(self, place: Place) -> Kelurahan | None:
        """The kelurahan of a place outside of what this station answers for; None: inside, or not known."""
        if not self._area:
            return None
        row = self._regions.by_code(place.adm4) if place.adm4 else None
        if row is None and place.position is not None:
            row = self._known().town_of(place.position)
        if row is None or any(row.adm4 == code or row.adm4.startswith(f"{code}.") for code in self._area):
            return None
        return row

    def _known(self) -> PlaceNames:
        if self._names is None:
            self._names = PlaceNames(
                self._regions,
                neighbourhoods=self._read.neighbourhoods,
                landmarks=self._read.landmarks,
                cameras=self._cameras.all(),
            )
        return self._names

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if notice.touches(_OURS) or self._refresh.failed:
            self._refresh.request()

    @Slot(object)
    def _take(self, read: _Read) -> None:
        self._read = read
        self._outdate()

    @Slot()
    def _outdate(self) -> None:
        self._names = None
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class _Read:
    neighbourhoods: Neighbourhoods
    landmarks: Sequence[Landmark]


def _read(session: Session) -> _Read:
    return _Read(place_rows.neighbourhoods(session), place_rows.landmarks(session))
