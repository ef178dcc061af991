"""Annotations of footage, for the officer on duty: what is shown where, by whom, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import annotations as annotation_rows
from tmcwall.db.store import Session
from tmcwall.db.units import unit_of
from tmcwall.domain.annotation import Annotation
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.derived_copy import DrawnShape
from tmcwall.domain.fault import DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.tagging import OnDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What an officer has drawn over a picture, and how long it is to be seen; 0: with that picture only."""

    shape: DrawnShape
    x: float
    y: float
    to_x: float
    to_y: float
    starts_at: datetime
    lasts_s: float = 0.0
    text: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(seconds=self.lasts_s)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())


class Annotations(QObject):
    """Synchronised: they are seen at every workstation, and altered by who made them."""

    changed = Signal(str, object)
    """Bookmark id, and a sequence of Annotation: all that its footage has."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, changes: Changes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._looked_at: str | None = None
        self._futures = FutureDispatcher()
        changes.committed.connect(self._on_committed)

    def start(self) -> None:
        """Nothing is read before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def can_draw(self, unit: str) -> bool:
        """Whether who is on duty may annotate footage of that unit."""
        return self._duty.can(Action.TAG) and self._duty.can(Action.VIEW, unit=unit)

    def is_own(self, annotation: Annotation) -> bool:
        """Whether who is on duty has made it, and so may alter and remove it."""
        return self._duty.can(Action.TAG) and self._duty.demand(Action.TAG).nrp == annotation.made_by

    def look(self, bookmark_id: str) -> None:
        """`changed` or `refused` follows, and `changed` whenever something of it does."""
        self._looked_at = bookmark_id
        self._read(bookmark_id)

    def add(self, bookmark_id: str, drawn: Drawn) -> None:
        """`changed` or `refused` follows."""
        now = self._clock.utc()
        made = Annotation(
            id=str(uuid7(now)),
            bookmark_id=bookmark_id,
            shape=drawn.shape,
            starts_at=drawn.starts_at,
            ends_at=drawn.ends_at,
            x=drawn.x,
            y=drawn.y,
            to_x=drawn.to_x,
            to_y=drawn.to_y,
            text=drawn.words,
            made_by="",
            made_at=now,
        )
        self._write(partial(_add, annotation=made, at=now), bookmark_id)

    def alter(self, annotation: Annotation, drawn: Drawn) -> None:
        """`changed` or `refused` follows; refused to whoever has not made it."""
        altered = replace(
            annotation,
            starts_at=drawn.starts_at,
            ends_at=drawn.ends_at,
            x=drawn.x,
            y=drawn.y,
            to_x=drawn.to_x,
            to_y=drawn.to_y,
            text=drawn.words,
        )
        self._write(partial(_alter, annotation=altered, at=self._clock.utc()), annotation.bookmark_id)

    def remove(self, annotation: Annotation) -> None:
        """`changed` or `refused` follows, as for `alter`."""
        self._write(partial(_remove, annotation=annotation, at=self._clock.utc()), annotation.bookmark_id)

    def _write(self, unit: partial[Sequence[Annotation]], bookmark_id: str) -> None:
        try:
            officer = self._duty.demand(Action.TAG)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return
        writing = self._store.write(partial(unit, officer=officer))
        self._futures.expect(writing, partial(self.changed.emit, bookmark_id), self.refused.emit)

    def _read(self, bookmark_id: str) -> None:
        reading = self._store.read(partial(annotation_rows.of_bookmarks, bookmark_ids=[bookmark_id]))
        self._futures.expect(reading, partial(self.changed.emit, bookmark_id), self.refused.emit)

    @Slot(object)
    def _on_committed(self, notice: ChangeNotice) -> None:
        if self._looked_at is not None and notice.ids(Entity.ANNOTATION):
            self._read(self._looked_at)


def _add(session: Session, *, annotation: Annotation, officer: Officer, at: datetime) -> Sequence[Annotation]:
    _demand(session, annotation.bookmark_id, officer)
    annotation_rows.add(session, replace(annotation, made_by=officer.nrp), actor=officer.nrp, at=at)
    return annotation_rows.of_bookmarks(session, [annotation.bookmark_id])


def _alter(session: Session, *, annotation: Annotation, officer: Officer, at: datetime) -> Sequence[Annotation]:
    _demand(session, annotation.bookmark_id, officer)
    annotation_rows.alter(session, annotation, actor=officer.nrp, at=at)
    return annotation_rows.of_bookmarks(session, [annotation.bookmark_id])


def _remove(session: Session, *, annotation: Annotation, officer: Officer, at: datetime) -> Sequence[Annotation]:
    _demand(session, annotation.bookmark_id, officer)
    annotation_rows.remove(session, annotation.id, actor=officer.nrp, at=at)
    return annotation_rows.of_bookmarks(session, [annotation.bookmark_id])


def _demand(session: Session, bookmark_id: str, officer: Officer) -> None:
    """Whoever may see the case may write on its footage."""
    demand(officer, Action.VIEW, unit=unit_of(session, Entity.BOOKMARK, bookmark_id))
