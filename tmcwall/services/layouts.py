"""Named layouts: which camera stands in which cell of which wall."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from tmcwall.db import layouts as layout_rows
from tmcwall.db.store import Session
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol

LONGEST_NAME: Final = 60
"""Characters."""


class Layouts(QObject):
    """The layouts of this workstation, one of them current. What a wall shows is part of the current one at once."""

    changed = Signal()
    """The names or the current layout have changed; comes once after `start`."""
    refused = Signal(object)
    """Fault or DomainError."""

    def __init__(
        self,
        *,
        store: StoreProtocol,
        clock: Clock,
        first_name: str,
        wanted: str | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`first_name` is the name of the empty layout a new workstation begins with; `wanted` is `run --layout`."""
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._first_name = first_name
        self._wanted = wanted
        self._futures = FutureDispatcher()
        self._layouts: dict[str, Layout] = {}
        """By name, in the order they were made."""
        self._current = Layout(id="", name=first_name)
        self._unwritten: dict[tuple[str, str], WallPlan] = {}
        """By layout and wall: what is to be written when the write under way is done; dragging writes its end only."""
        self._writing = self._loaded = False

    def start(self) -> None:
        """Read the layouts; `changed` follows."""
        self._futures.expect(self._store.read(_read), self._take, self.refused.emit)

    def stop(self) -> None:
        """What was put is written: the store ends after this and writes what it was handed."""
        self._futures.close()
        for (layout_id, wall), plan in self._unwritten.items():
            self._store.write(partial(layout_rows.put_wall, layout_id=layout_id, wall=wall, plan=plan))
        self._unwritten.clear()

    def names(self) -> Sequence[str]:
        """In the order of `F1` to `F12`."""
        return tuple(self._layouts)

    def current(self) -> Layout:
        return self._current

    def shown(self) -> frozenset[str]:
        """The cameras of the current layout, on whichever wall: those that are recorded."""
        return frozenset(camera for plan in self._current.walls.values() for camera in plan.cameras.values())

    def select(self, name: str) -> None:
        """Raises DomainError(LAYOUT_UNKNOWN)."""
        layout = self._layouts.get(name)
        if layout is None:
            raise DomainError(DomainCode.LAYOUT_UNKNOWN, name)
        if layout.id != self._current.id:
            self._current = layout
            self._write(partial(layout_rows.select_layout, layout_id=layout.id))
            self.changed.emit()

    def put(self, wall: str, plan: WallPlan) -> None:
        """What a wall shows now; remembered at once."""
        if not self._loaded or self._current.walls.get(wall) == plan:
            return
        layout = replace(self._current, walls={**self._current.walls, wall: plan})
        self._layouts[layout.name] = self._current = layout
        self._unwritten[layout.id, wall] = plan
        self._write_next()
        self.changed.emit()

    def save_as(self, name: str) -> None:
        """Keep the current arrangement under a name, over one of that name if there is, and make it current."""
        words = " ".join(name.split())
        if not words or len(words) > LONGEST_NAME or not words.isprintable():
            self.refused.emit(DomainError(DomainCode.FIELD_INVALID, "name"))
            return
        known = self._layouts.get(words)
        layout_id = known.id if known else str(uuid7(self._clock.utc()))
        layout = Layout(layout_id, words, self._current.walls)
        self._layouts[words] = self._current = layout
        self._write(partial(_put_and_select, layout=layout))
        self.changed.emit()

    def delete(self, name: str) -> None:
        """The last layout stays: refused with NOT_ALLOWED. Deleting the current one makes the first one current."""
        layout = self._layouts.get(name)
        if layout is None or len(self._layouts) == 1:
            code = DomainCode.LAYOUT_UNKNOWN if layout is None else DomainCode.NOT_ALLOWED
            self.refused.emit(DomainError(code, name))
            return
        del self._layouts[name]
        self._unwritten = {key: plan for key, plan in self._unwritten.items() if key[0] != layout.id}
        if self._current.id == layout.id:
            self._current = next(iter(self._layouts.values()))
        self._write(partial(_remove_and_select, gone=layout.id, current=self._current.id))
        self.changed.emit()

    def _take(self, read: _Kept) -> None:
        self._layouts = {layout.name: layout for layout in read.layouts}
        if not self._layouts:
            first = Layout(str(uuid7(self._clock.utc())), self._first_name)
            self._layouts[first.name] = first
            self._write(partial(_put_and_select, layout=first))
        self._current = read.current or next(iter(self._layouts.values()))
        self._loaded = True
        if self._wanted is not None and self._wanted not in self._layouts:
            self.refused.emit(DomainError(DomainCode.LAYOUT_UNKNOWN, self._wanted))
        else:
            self._current = self._layouts.get(self._wanted or "", self._current)
        self.changed.emit()

    def _write_next(self) -> None:
        if self._unwritten and not self._writing:
            layout_id, wall = key = next(iter(self._unwritten))
            plan = self._unwritten.pop(key)
            self._writing = True
            unit = partial(layout_rows.put_wall, layout_id=layout_id, wall=wall, plan=plan)
            self._futures.expect(self._store.write(unit), self._written, self._not_written)

    def _written(self, _nothing: None) -> None:
        self._writing = False
        self._write_next()

    def _not_written(self, refusal: Refusal) -> None:
        self._writing = False
        self.refused.emit(refusal)

    def _write(self, unit: Callable[[Session], None]) -> None:
        self._futures.expect(self._store.write(unit), _done, self.refused.emit)


@dataclass(frozen=True, slots=True)
class _Kept:
    layouts: Sequence[Layout]
    current: Layout | None
    """The one that was current last."""


def _read(session: Session) -> _Kept:
    return _Kept(layout_rows.all_layouts(session), layout_rows.current(session))


def _put_and_select(session: Session, *, layout: Layout) -> None:
    layout_rows.put(session, layout)
    layout_rows.select_layout(session, layout.id)


def _remove_and_select(session: Session, *, gone: str, current: str) -> None:
    layout_rows.remove(session, gone)
    layout_rows.select_layout(session, current)


def _done(_nothing: None) -> None:
    """The screen has shown it already."""
