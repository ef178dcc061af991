"""Work of seconds, in a thread of its own, one piece at a time and for the officer on duty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from tmcwall.domain.fault import DomainError
from tmcwall.domain.officer import Action, Officer
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, in_thread
from tmcwall.services.tagging import OnDuty

T = TypeVar("T")


class WorkOnDuty(QObject):
    """A service that does what whoever derives from it begins. What is asked while it is busy is not done."""

    refused = Signal(object)
    """Fault or DomainError."""
    busy_changed = Signal(bool)

    def __init__(self, *, duty: OnDuty, name: str, parent: QObject | None = None) -> None:
        """`name` is that of its threads."""
        super().__init__(parent)
        self._duty = duty
        self._name = name
        self._futures = FutureDispatcher()
        self._busy = False

    @property
    def busy(self) -> bool:
        return self._busy

    def start(self) -> None:
        """Nothing is done before somebody asks."""

    def stop(self) -> None:
        self._futures.close()

    def _begin(self, right: Action, work: Callable[..., T], take: Callable[[T], None]) -> None:
        """`work` is given the officer as `by`. `take`, or `refused`, follows."""
        officer = None if self._busy else self._entitled(right)
        if officer is not None:
            self._set_busy(busy=True)
            self._futures.expect(
                in_thread(partial(work, by=officer), name=self._name), partial(self._end, take), self._refuse
            )

    def _entitled(self, right: Action) -> Officer | None:
        """The officer on duty; None, and `refused`, if that one must not."""
        try:
            return self._duty.demand(right)
        except DomainError as error:
            self.refused.emit(error)
            return None

    def _end(self, take: Callable[[T], None], result: T) -> None:
        self._set_busy(busy=False)
        take(result)

    def _refuse(self, problem: Refusal) -> None:
        self._set_busy(busy=False)
        self.refused.emit(problem)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.busy_changed.emit(busy)
