"""One key: what we recorded around an incident is held, and the owners of the other cameras are asked by letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.clock import Clock
from tmcwall.domain.letter import LetterItem
from tmcwall.domain.officer import Action
from tmcwall.domain.operation import Entity
from tmcwall.domain.remaining_footage import Keeper, RemainingFootage, Urgency
from tmcwall.services.future_dispatcher import Refusal, in_thread
from tmcwall.services.remaining_footage import MatterFootage
from tmcwall.services.request_room import Asked, RequestRoom
from tmcwall.services.tagging import OnDuty, Tagging, TagRequest
from tmcwall.services.work_on_duty import WorkOnDuty


@dataclass(frozen=True, slots=True)
class SecuringDone:
    """What one press did. `waiting_for_case`: owners' cameras that no letter can ask for, for it names no LP."""

    held: int = 0
    letters: int = 0
    without_letter: int = 0
    lacking: tuple[LetterItem, ...] = ()
    names: tuple[str, ...] = ()
    waiting_for_case: int = 0
    waiting_for_investigator: int = 0
    """Owners' cameras that somebody has to ask for who may edit the case."""
    gone: int = 0
    refusals: tuple[Refusal, ...] = ()
    """Why some of it was not done."""

    @property
    def can_be_undone(self) -> bool:
        """What was asked; what is held stays held, for too much of it does no harm."""
        return bool(self.letters or self.without_letter)


class Securing(WorkOnDuty):
    """One press at a time."""

    secured = Signal(object)
    """SecuringDone."""
    undone = Signal(int)
    """How many requests were taken back."""

    def __init__(
        self,
        tagging: Tagging,
        room: RequestRoom,
        *,
        duty: OnDuty,
        clock: Clock,
        before: timedelta,
        after: timedelta,
        undo_reason: str,
        parent: QObject | None = None,
    ) -> None:
        """`before` and `after` of the moment are held; `undo_reason` stands in the register of letters taken back."""
        super().__init__(duty=duty, name="requests", parent=parent)
        self._tagging = tagging
        self._room = room
        self._clock = clock
        self._before, self._after = before, after
        self._undo_reason = undo_reason
        self._done = SecuringDone()
        self._waiting = 0
        self._last = Asked()

    def secure(self, footage: MatterFootage) -> None:
        """All that can still be secured of it; `secured` or `refused` follows."""
        officer = None if self._busy else self._entitled(Action.TAG)
        if officer is None:
            return
        now, case = self._clock.utc(), footage.case
        open_rows = [row for row in footage.rows if row.can_be_secured(now)]
        ours = [row for row in open_rows if row.keeper is Keeper.OURS]
        held = {
            row.camera_id for row in footage.rows if row.keeper is Keeper.OURS and row.urgency(now) is not Urgency.GONE
        }
        owners = [row for row in open_rows if row.keeper is Keeper.OWNER and row.camera_id not in held]
        gone = {row.camera_id for row in footage.rows if row.urgency(now) is Urgency.GONE} - held
        self._done = SecuringDone(gone=len(gone - {row.camera_id for row in owners}))
        self._last = Asked()
        self._set_busy(busy=True)
        self._waiting = len(ours) + 1
        for row in ours:
            self._tagging.tag_then(
                self._tag_of(row, footage), saved=self._count_held, refused=self._count_refusal
            )  # fmt: skip
        if owners and case is None:
            self._done = replace(self._done, waiting_for_case=len(owners))
        elif owners and not self._duty.can(Action.EDIT_CASE, unit=case.unit if case is not None else ""):
            self._done = replace(self._done, waiting_for_investigator=len(owners))
        elif owners and case is not None:
            work = partial(self._room.ask, case.id, owners, by=officer)
            self._futures.expect(in_thread(work, name="requests"), self._take_asked, self._count_refusal)
            return
        self._count_down()

    def undo(self) -> None:
        """Take the last requests back; `undone` or `refused` follows. What is held stays held."""
        if self._last.requests:
            work = partial(self._room.take_back, self._last, reason=self._undo_reason)
            self._begin(Action.EDIT_CASE, work, self._take_undone)

    def _tag_of(self, row: RemainingFootage, footage: MatterFootage) -> TagRequest:
        return TagRequest(
            row.camera_id,
            row.moment - self._before,
            row.moment + self._after,
            lp=footage.case.lp if footage.case is not None else "",
            forced_reason=footage.case.forced_reason if footage.case is not None else "",
            incident_id=footage.matter.id if footage.matter.entity is Entity.INCIDENT else None,
        )

    def _count_held(self, _bookmark: Bookmark) -> None:
        self._done = replace(self._done, held=self._done.held + 1)
        self._count_down()

    def _count_refusal(self, refusal: Refusal) -> None:
        self._done = replace(self._done, refusals=(*self._done.refusals, refusal))
        self._count_down()

    def _take_asked(self, asked: Asked) -> None:
        self._last = asked
        self._done = replace(
            self._done,
            letters=len(asked.with_letter),
            without_letter=len(asked.without_letter),
            lacking=asked.lacking,
            names=asked.names,
        )
        self._count_down()

    def _count_down(self) -> None:
        self._waiting -= 1
        if not self._waiting:
            self._set_busy(busy=False)
            self.secured.emit(self._done)

    def _take_undone(self, count: int) -> None:
        self._last = Asked()
        self.undone.emit(count)
