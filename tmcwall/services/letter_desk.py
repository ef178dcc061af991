"""Letters for the screen: what is asked is done in a thread, and told when it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.letter import Letter, LetterFile
from tmcwall.domain.officer import Action, Officer
from tmcwall.domain.operation import Entity
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import Refresh, StoreProtocol
from tmcwall.services.letter_reading import Register
from tmcwall.services.letter_room import CaseFacts, LetterOrder, LetterRoom
from tmcwall.services.tagging import OnDuty
from tmcwall.services.work_on_duty import WorkOnDuty

T = TypeVar("T")

_RIGHT: Final = Action.EDIT_CASE
_LISTED: Final = frozenset({Entity.CASE, Entity.BOOKMARK, Entity.CLIP})


class LetterDesk(WorkOnDuty):
    """One change at a time, for the officer on duty, who must be allowed to edit the case.

    Reporters' names are in `register`: it is empty for whoever may not edit cases, and knows no case of other units.
    LetterRefused and NamesRefused in `refused` say what a draft lacks.
    """

    register_changed = Signal()
    drafted = Signal(object)
    """Letter: its files are in their place."""
    changed = Signal(object)
    """Letter: issued, received, cancelled, or with its signed PDF."""
    case_changed = Signal(str)
    """Case id."""

    def __init__(
        self,
        room: LetterRoom,
        *,
        store: StoreProtocol,
        changes: Changes,
        duty: OnDuty,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(duty=duty, name="letters", parent=parent)
        self._room = room
        self._register = Register()
        self._looked = False
        self._reading = Refresh(room.register, store=store, futures=self._futures, parent=self)
        self._reading.refreshed.connect(self._take_register)
        self._reading.refused.connect(self.refused)
        changes.committed.connect(self._take_notice)

    def start(self) -> None:
        """Nothing is read before somebody looks."""

    @property
    def register(self) -> Register:
        """As far as the officer on duty may see it."""
        seen = [each for each in self._register.cases if self._duty.can(_RIGHT, unit=each.case.unit)]
        ids = {each.case.id for each in seen}
        letters = tuple(letter for letter in self._register.letters if letter.case_id in ids)
        return Register(letters, tuple(seen), self._register.next_sequence)

    @Slot()
    def refresh(self) -> None:
        """Read the register; `register_changed` follows."""
        self._looked = True
        self._reading.request()

    @Slot()
    def follow_duty(self) -> None:
        """Another officer sees other cases."""
        self.register_changed.emit()

    def draft(self, order: LetterOrder) -> None:
        """`drafted` or `refused` follows."""
        self._do(partial(self._room.draft, order), self._take_draft)

    def issue(self, letter_id: str, day: date) -> None:
        """`changed` or `refused` follows, as for the next ones."""
        self._do(partial(self._room.issue, letter_id, day), self._take_change)

    def receive(self, letter_id: str, *, received_by: str, day: date) -> None:
        self._do(partial(self._room.receive, letter_id, received_by=received_by, day=day), self._take_change)

    def cancel(self, letter_id: str, *, reason: str) -> None:
        self._do(partial(self._room.cancel, letter_id, reason=reason), self._take_change)

    def attach_signed(self, letter_id: str, file: Path) -> None:
        self._do(partial(self._room.attach_signed, letter_id, file), self._take_change)

    def put_case(self, case_id: str, facts: CaseFacts) -> None:
        """`case_changed` or `refused` follows."""
        self._do(partial(self._put_case, case_id, facts), self._take_case)

    def path_of(self, file: LetterFile) -> Path:
        """Where a file of a letter lies."""
        return self._room.path_of(file)

    def _put_case(self, case_id: str, facts: CaseFacts, *, by: Officer) -> str:
        self._room.put_case(case_id, facts, by=by)
        return case_id

    def _do(self, work: Callable[..., T], take: Callable[[T], None]) -> None:
        self._begin(_RIGHT, work, partial(self._take, take))

    def _take(self, take: Callable[[T], None], result: T) -> None:
        take(result)
        self.refresh()

    def _take_draft(self, letter: Letter) -> None:
        self.drafted.emit(letter)

    def _take_change(self, letter: Letter) -> None:
        self.changed.emit(letter)

    def _take_case(self, case_id: str) -> None:
        self.case_changed.emit(case_id)

    @Slot(object)
    def _take_register(self, register: Register) -> None:
        self._register = register
        self.register_changed.emit()

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if self._looked and notice.touches(_LISTED):
            self._reading.request()
