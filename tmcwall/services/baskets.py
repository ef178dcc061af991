"""The basket of a case, for the officer on duty: what goes into its evidence package, with a note for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from tmcwall.db import baskets, cases
from tmcwall.db.store import Session
from tmcwall.domain.basket import BasketItem, BasketPart
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.officer import Action, Officer, demand
from tmcwall.services.future_dispatcher import FutureDispatcher, StoreProtocol
from tmcwall.services.tagging import OnDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of a clip is to be put in: all of it without times, the picture of one moment where both are the same."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""

    @property
    def part(self) -> BasketPart:
        if self.starts_at is None:
            return BasketPart.CLIP
        return BasketPart.SNAPSHOT if self.starts_at == self.ends_at else BasketPart.SPAN


class Want(Protocol):
    """`BasketClips.want`."""

    def __call__(self, case_id: str, *, officer: str) -> None: ...


def _nobody(case_id: str, *, officer: str) -> None:
    """Where no server is."""


class Baskets(QObject):
    """Synchronised: another workstation's investigator sees the same basket, and may build the package."""

    changed = Signal(str, object)
    """Case id, and a sequence of BasketItem: all that is in its basket."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self, *, store: StoreProtocol, duty: OnDuty, clock: Clock, want: Want = _nobody, parent: QObject | None = None
    ) -> None:
        """`want` is told of each case whose basket somebody who may export looks at: its clips are needed here."""
        super().__init__(parent)
        self._store = store
        self._duty = duty
        self._clock = clock
        self._want = want
        self._futures = FutureDispatcher()

    def start(self) -> None:
        """Nothing is read before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def can_fill(self, unit: str) -> bool:
        """Whether who is on duty may choose for a case of that unit."""
        return self._duty.can(Action.EXPORT_EVIDENCE, unit=unit)

    def look(self, case_id: str) -> None:
        """`changed` or `refused` follows."""
        if self._duty.can(Action.EXPORT_EVIDENCE):
            self._want(case_id, officer=self._duty.demand(Action.EXPORT_EVIDENCE).nrp)
        unit = partial(baskets.of_case, case_id=case_id)
        self._futures.expect(self._store.read(unit), partial(self._tell, case_id), self.refused.emit)

    def add(self, bookmark: Bookmark, choice: Choice) -> None:
        """`changed` or `refused` follows; CASE_UNKNOWN for footage of no case."""
        try:
            officer = self._duty.demand(Action.EXPORT_EVIDENCE)
            if bookmark.case_id is None:
                raise DomainError(DomainCode.CASE_UNKNOWN, bookmark.id)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return
        now = self._clock.utc()
        item = BasketItem(
            id=str(uuid7(now)),
            case_id=bookmark.case_id,
            bookmark_id=bookmark.id,
            part=choice.part,
            added_by=officer.nrp,
            added_at=now,
            starts_at=choice.starts_at,
            ends_at=choice.ends_at,
            note=" ".join(choice.note.split()),
        )
        self._write(partial(_add, item=item, officer=officer, at=now), item.case_id)

    def remove(self, item: BasketItem) -> None:
        """`changed` or `refused` follows."""
        try:
            officer = self._duty.demand(Action.EXPORT_EVIDENCE)
        except DomainError as refusal:
            self.refused.emit(refusal)
            return
        self._write(partial(_remove, item=item, officer=officer, at=self._clock.utc()), item.case_id)

    def _write(self, unit: partial[Sequence[BasketItem]], case_id: str) -> None:
        self._futures.expect(self._store.write(unit), partial(self._tell, case_id), self.refused.emit)

    def _tell(self, case_id: str, items: Sequence[BasketItem]) -> None:
        self.changed.emit(case_id, items)


def _add(session: Session, *, item: BasketItem, officer: Officer, at: datetime) -> Sequence[BasketItem]:
    _demand(session, item.case_id, officer)
    known = baskets.of_case(session, item.case_id)
    if not any(_chosen(one) == _chosen(item) for one in known):
        baskets.put(session, item, actor=officer.nrp, at=at)
    return baskets.of_case(session, item.case_id)


def _remove(session: Session, *, item: BasketItem, officer: Officer, at: datetime) -> Sequence[BasketItem]:
    _demand(session, item.case_id, officer)
    baskets.remove(session, item.id, actor=officer.nrp, at=at)
    return baskets.of_case(session, item.case_id)


def _demand(session: Session, case_id: str, officer: Officer) -> None:
    case = cases.get(session, case_id)
    if case is None:
        raise DomainError(DomainCode.CASE_UNKNOWN, case_id)
    demand(officer, Action.EXPORT_EVIDENCE, unit=case.unit)


def _chosen(item: BasketItem) -> tuple[object, ...]:
    return item.bookmark_id, item.part, item.starts_at, item.ends_at, item.note
