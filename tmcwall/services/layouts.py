"""Named layouts: which camera stands in which cell of which wall."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from tmcwall.db import layouts as layout_rows
from tmcwall.db import shared_layouts
from tmcwall.db.store import Session
from tmcwall.domain.changes import ChangeNotice
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainCode, DomainError
from tmcwall.domain.ids import uuid7
from tmcwall.domain.kinds import Topic, entities_of
from tmcwall.domain.layout import Layout, WallPlan
from tmcwall.domain.officer import Action
from tmcwall.domain.shared_layout import LONGEST_NAME, SharedLayout, differs, followed, page_of, plan_of, with_locked
from tmcwall.services.changes import Changes
from tmcwall.services.future_dispatcher import FutureDispatcher, Refusal, StoreProtocol
from tmcwall.services.tagging import OnDuty
from tmcwall.services.wall_overlay import WallOverlay


class Sharing(Enum):
    """How the current layout stands to what all workstations have."""

    OWN = "own"
    """It is this workstation's only."""
    SAME = "same"
    """All have it as it is here."""
    DIFFERENT = "different"
    """All have it, and here something was changed that the others do not have."""


class Layouts(QObject):
    """The layouts of this workstation, one of them current. What a wall shows is part of the current one at once.

    A layout that is shared is one of all workstations. What an officer changes of it on his walls stays here until it
    is shared again; what others share is followed by every wall on which nothing was changed.
    """

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
        changes: Changes | None = None,
        duty: OnDuty | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`first_name` is the name of the empty layout a new workstation begins with; `wanted` is `run --layout`.

        Without `changes` and `duty` nothing is shared.
        """
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
        self._duty = duty
        self._shared: dict[str, SharedLayout] = {}
        """By id; those that were taken back are among them."""
        self._order: Sequence[str] = ()
        self._overlay = WallOverlay()
        if changes is not None:
            changes.committed.connect(self._take_notice)

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
        """As it is seen: with what lies over its walls."""
        return replace(self._current, walls=self._overlay.seen(self._current.walls))

    def arranged(self) -> Mapping[str, WallPlan]:
        """What the officer has arranged on the walls of the current layout, without what lies over it."""
        return self._current.walls

    def shown(self) -> frozenset[str]:
        """The cameras of the current layout, on whichever wall: those that are recorded."""
        return frozenset(camera for plan in self.current().walls.values() for camera in plan.cameras.values())

    def lay_over(self, laid: Mapping[str, WallPlan]) -> None:
        """Have the walls show these plans over their own. What is put on such a wall goes into what is beneath, too."""
        if self._overlay.lay(laid):
            self.changed.emit()

    def edited(self, wall: str) -> AbstractSet[int]:
        """The cells of a wall that were changed here since something lies over it."""
        return self._overlay.edited(wall)

    def use_order(self, walls: Sequence[str]) -> None:
        """The walls of this workstation, the first first: which of them has which page of a shared layout."""
        self._order = tuple(walls)

    def page_for(self, wall: str) -> WallPlan | None:
        """What the current layout, being a shared one, has for a wall on which nothing was arranged yet."""
        shared = self._shared_now(self._current.id)
        place = self._order.index(wall) if wall in self._order else -1
        if shared is None or not 0 <= place < len(shared.pages):
            return None
        return plan_of(shared.pages[place])

    def sharing(self) -> Sharing:
        shared = self._shared_now(self._current.id)
        if shared is None:
            return Sharing.OWN
        changed = differs(self._current.walls, shared, order=self._order)
        return Sharing.DIFFERENT if changed else Sharing.SAME

    def may_share(self) -> bool:
        return self._duty is not None and self._duty.can(Action.SHARE_LAYOUTS)

    def share(self) -> None:
        """The current layout, as it is arranged here, becomes what all workstations have under its name."""
        layout = self._current
        pages = [page_of(layout.walls[wall]) for wall in self._order if wall in layout.walls]
        before = self._shared_now(layout.id)
        if before is not None:
            pages += before.pages[len(pages) :]  # for workstations with more walls than this one
        name = before.name if before is not None else layout.name  # here it may have a number behind it
        self._share(SharedLayout(layout.id, name, tuple(pages)))

    def take_shared(self) -> None:
        """The current layout becomes again what all workstations have."""
        shared = self._shared_now(self._current.id)
        if shared is None:
            return
        for place, wall in enumerate(self._order):
            if wall in self._current.walls and place < len(shared.pages):
                self._put_own(
                    self._current, {wall: with_locked(plan_of(shared.pages[place]), self._current.walls[wall])}
                )
        self.changed.emit()

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
        if not self._loaded or self.current().walls.get(wall) == plan:
            return
        own = self._overlay.put(wall, plan, own=self._current.walls.get(wall, plan))
        self._put_own(self._current, {wall: own})
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
        """The last layout stays: refused with NOT_ALLOWED. Deleting the current one makes the first one current.

        A shared one is taken back from all workstations, for which the officer needs the right to share.
        """
        layout = self._layouts.get(name)
        if layout is None or len(self._layouts) == 1:
            code = DomainCode.LAYOUT_UNKNOWN if layout is None else DomainCode.NOT_ALLOWED
            self.refused.emit(DomainError(code, name))
            return
        shared = self._shared_now(layout.id)
        if shared is not None and not self._share(replace(shared, shared=False)):
            return
        del self._layouts[name]
        self._unwritten = {key: plan for key, plan in self._unwritten.items() if key[0] != layout.id}
        if self._current.id == layout.id:
            self._current = next(iter(self._layouts.values()))
        self._write(partial(_remove_and_select, gone=layout.id, current=self._current.id))
        self.changed.emit()

    def _take(self, read: _Kept) -> None:
        self._layouts = {layout.name: layout for layout in read.layouts}
        self._shared = {one.id: one for one in read.shared}
        if not self._layouts:
            first = Layout(str(uuid7(self._clock.utc())), self._first_name)
            self._layouts[first.name] = first
            self._write(partial(_put_and_select, layout=first))
        self._current = read.current or next(iter(self._layouts.values()))
        self._loaded = True
        self._add_shared(self._shared.values())
        if self._wanted is not None and self._wanted not in self._layouts:
            self.refused.emit(DomainError(DomainCode.LAYOUT_UNKNOWN, self._wanted))
        else:
            self._current = self._layouts.get(self._wanted or "", self._current)
        self.changed.emit()

    def _put_own(self, layout: Layout, walls: Mapping[str, WallPlan]) -> None:
        after = replace(layout, walls={**layout.walls, **walls})
        self._layouts[after.name] = after
        if after.id == self._current.id:
            self._current = after
        for wall, plan in walls.items():
            self._unwritten[after.id, wall] = plan
        self._write_next()

    def _shared_now(self, layout_id: str) -> SharedLayout | None:
        shared = self._shared.get(layout_id)
        return shared if shared is not None and shared.shared else None

    def _share(self, layout: SharedLayout) -> bool:
        """Whether the officer on duty may."""
        try:
            if self._duty is None:
                raise DomainError(DomainCode.NOT_ALLOWED, Action.SHARE_LAYOUTS)
            officer = self._duty.demand(Action.SHARE_LAYOUTS)
        except DomainError as error:
            self.refused.emit(error)
            return False
        self._write(partial(shared_layouts.put, layout=layout, by=officer, at=self._clock.utc()))
        return True

    @Slot(object)
    def _take_notice(self, notice: ChangeNotice) -> None:
        if self._loaded and notice.touches(entities_of(Topic.LAYOUTS)):
            self._futures.expect(self._store.read(shared_layouts.all_shared), self._follow, self.refused.emit)

    def _follow(self, read: Sequence[SharedLayout]) -> None:
        """What others share, on the walls that show what they did; a layout that is new here is listed."""
        before, self._shared = self._shared, {one.id: one for one in read}
        for layout in tuple(self._layouts.values()):
            old, new = before.get(layout.id), self._shared_now(layout.id)
            if old is not None and new is not None and old != new:
                walls = followed(layout.walls, old, new, order=self._order)
                self._put_own(layout, {wall: plan for wall, plan in walls.items() if plan != layout.walls[wall]})
        self._add_shared(read)
        self.changed.emit()

    def _add_shared(self, shared: Iterable[SharedLayout]) -> None:
        """A layout of its own for each that is not here yet: this workstation's walls and what is changed on them."""
        known = {layout.id for layout in self._layouts.values()}
        for one in shared:
            if one.shared and one.id not in known:
                layout = Layout(one.id, _free_name(one.name, self._layouts))
                self._layouts[layout.name] = layout
                self._write(partial(layout_rows.put, layout=layout))

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
    shared: Sequence[SharedLayout]


def _read(session: Session) -> _Kept:
    return _Kept(
        layout_rows.all_layouts(session), layout_rows.current(session), shared_layouts.all_shared(session)
    )  # fmt: skip


def _free_name(name: str, taken: Mapping[str, Layout]) -> str:
    """That name, or it with a number where another layout here has it."""
    words = " ".join(name.split()) or "?"
    number = 2
    free = words
    while free in taken:
        free = f"{words} ({number})"
        number += 1
    return free


def _put_and_select(session: Session, *, layout: Layout) -> None:
    layout_rows.put(session, layout)
    layout_rows.select_layout(session, layout.id)


def _remove_and_select(session: Session, *, gone: str, current: str) -> None:
    layout_rows.remove(session, gone)
    layout_rows.select_layout(session, current)


def _done(_nothing: None) -> None:
    """The screen has shown it already."""
