"""Taking in lists of RT, RW and landmarks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from PySide6.QtCore import QObject, Signal

from tmcwall.cameras.place_lists import PlaceProblem, PlaceRemark, counts, read_places
from tmcwall.db import places as place_rows
from tmcwall.db.rows import fields_of
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.landmark import Landmark
from tmcwall.domain.neighbourhood import Neighbourhood, with_listed
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.region import Regions
from tmcwall.domain.shape import FieldRefused, check_fields
from tmcwall.services.camera_register import account_of_the_system
from tmcwall.services.future_dispatcher import StoreProtocol, settled
from tmcwall.services.handover import Handlers, Request, Work
from tmcwall.services.tagging import OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty

T = TypeVar("T", Neighbourhood, Landmark)

_IN_A_TRANSACTION: Final = 100
"""RW or landmarks: an RW with boundaries is up to 64 KiB, and other writers wait meanwhile."""


class PlaceReport(msgspec.Struct, frozen=True):
    """What an import did, or would do."""

    rws: int
    """That the list names, of which"""
    added: int
    changed: int
    rts: int
    landmarks: int
    landmarks_added: int
    landmarks_changed: int
    remarks: tuple[PlaceRemark, ...] = ()

    @property
    def taken(self) -> int:
        return self.rws + self.landmarks


class ImportPlaces(Request, frozen=True):
    """Reply: `PlaceReport`. `file` is an absolute path: the program reads it itself."""

    file: str
    dry_run: bool = False


class PlaceRegister:
    """Every call waits: never in the GUI thread."""

    def __init__(self, regions: Callable[[], Regions], *, store: StoreProtocol, clock: Clock) -> None:
        self._regions = regions
        self._store = store
        self._clock = clock
        self._changing = threading.Lock()

    def import_list(self, file: Path, *, by: Officer, dry_run: bool = False) -> PlaceReport:
        """What the list does not name stays as it is.

        Raises DomainError(LIST_UNREADABLE, LIST_COLUMNS, NOT_ALLOWED) and Fault(STORE_*).
        """
        if not dry_run:
            demand(by, Action.KEEP_CONTACTS)
        read = read_places(file, regions=self._regions())
        with self._changing:
            known, landmarks = settled(self._store.read(_known))
            listed = [with_listed(known.get(one.id), one) for one in read.neighbourhoods]
            fitting = [one for one in listed if _fits(one)]
            changed = [one for one in fitting if known.get(one.id) != one]
            changed_landmarks = [one for one in read.landmarks if landmarks.get(one.id) != one]
            if not dry_run:
                self._write(changed, known, name=file.name, by=by)
                self._write(changed_landmarks, landmarks, name=file.name, by=by)
        too_large = [
            PlaceRemark(0, PlaceProblem.TOO_MANY_CORNERS, one.id) for one in listed if one not in fitting
        ]  # fmt: skip
        rws, rts = counts([one for one in read.neighbourhoods if all(one.id != left.detail for left in too_large)])
        added = sum(one.id not in known for one in changed)
        landmarks_added = sum(one.id not in landmarks for one in changed_landmarks)
        return PlaceReport(
            rws=rws,
            added=added,
            changed=len(changed) - added,
            rts=rts,
            landmarks=len(read.landmarks),
            landmarks_added=landmarks_added,
            landmarks_changed=len(changed_landmarks) - landmarks_added,
            remarks=(*read.remarks, *too_large),
        )

    def _write(self, changed: Sequence[T], known: dict[str, T], *, name: str, by: Officer) -> None:
        at = self._clock.utc()
        for start in range(0, len(changed), _IN_A_TRANSACTION):
            portion = changed[start : start + _IN_A_TRANSACTION]
            added = sum(one.id not in known for one in portion)
            unit = partial(place_rows.take_list, changed=portion, added=added, name=name, by=by, at=at)
            settled(self._store.write(unit))


class PlaceImports(WorkOnDuty):
    """The console's way to `PlaceRegister`: in a thread of its own, for the officer on duty."""

    imported = Signal(object)
    """PlaceReport."""

    def __init__(self, register: PlaceRegister, *, duty: OnDuty, parent: QObject | None = None) -> None:
        super().__init__(duty=duty, name="places", parent=parent)
        self._register = register

    def import_list(self, file: Path) -> None:
        """`imported` or `refused` follows; nothing while another import is under way."""
        self._begin(Action.KEEP_CONTACTS, partial(self._register.import_list, file), self.imported.emit)


def place_handlers(register: PlaceRegister) -> Handlers:
    """What commands may ask while the program runs. A technician's work, under the account of the system."""

    def importing(request: ImportPlaces) -> Work:
        by = account_of_the_system()
        return partial(register.import_list, Path(request.file), by=by, dry_run=request.dry_run)

    return {ImportPlaces: importing}


def _known(session: Session) -> tuple[dict[str, Neighbourhood], dict[str, Landmark]]:
    return (
        {one.id: one for one in place_rows.neighbourhoods(session).all()},
        {one.id: one for one in place_rows.landmarks(session)},
    )


def _fits(one: Neighbourhood) -> bool:
    """Whether an operation can hold it."""
    try:
        check_fields(Neighbourhood, fields_of(one))
    except FieldRefused:
        return False
    return True
