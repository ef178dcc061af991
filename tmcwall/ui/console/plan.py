"""The centre of the console: what is on which monitor, layouts, grids, reserved tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, SignalInstance, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.layout import MIXED_GRIDS, WallPlan, parse_grid
from tmcwall.domain.shared_layout import Page, page_of
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.ui import theme
from tmcwall.ui.console.layout_bar import LayoutBar
from tmcwall.ui.console.parts import ElidedLabel, plain_label
from tmcwall.ui.console.plan_canvas import FaceOf, PlanCanvas, TileFace
from tmcwall.ui.services import CameraService, DutyService, LayoutService
from tmcwall.ui.wall.monitors import Monitor

GRIDS: Final = (*(f"{side}x{side}" for side in range(1, 9)), *MIXED_GRIDS)
_CARD_WIDTH: Final = 100 * theme.SPACE
"""Pixels below which a monitor's plan is no longer readable."""
_LEAST_HEIGHT: Final = 36 * theme.SPACE
_NEW_WALL: Final = WallPlan("4x4")


class Monitors(Protocol):
    """The monitors of this workstation and the wall windows on them."""

    @property
    def changed(self) -> SignalInstance:
        """A monitor came or went, or a wall was opened or closed."""
        ...

    def monitors(self) -> Sequence[Monitor]: ...

    def open_wall(self, monitor_id: str) -> None: ...

    def close_wall(self, monitor_id: str) -> None: ...


class PlanPanel(QWidget):
    """One card a monitor. Every change goes to `Layouts`, which remembers it at once and tells the walls."""

    tile_selected = Signal(str, int)
    """Wall and index."""
    told = Signal(str)
    undo_offered = Signal(str)
    """What was just taken away, in words; `undo` brings it back."""
    refused = Signal(str)

    def __init__(
        self,
        layouts: LayoutService,
        cameras: CameraService,
        monitors: Monitors,
        duty: DutyService,
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._layouts = layouts
        self._cameras = cameras
        self._monitors = monitors
        self._translate = translate
        self._cards: dict[str, MonitorCard] = {}
        self._selected: tuple[str, int] | None = None
        self._before: dict[str, WallPlan] = {}
        self._bar = LayoutBar(layouts, duty, translate=translate)
        self._bar.told.connect(self.told)
        self._bar.refused.connect(self.refused)
        self._board = QWidget()
        self._grid = QGridLayout(self._board)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3 * theme.SPACE)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._board)
        self._scroll.viewport().installEventFilter(self)
        self._hint = ElidedLabel(translate(texts.PLAN_HINT), soft=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._bar)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._hint)
        layouts.changed.connect(self._show)
        monitors.changed.connect(self._rebuild)
        cameras.cameras_changed.connect(self._repaint)
        cameras.statuses_changed.connect(self._repaint_for)
        self._rebuild()

    @property
    def selected(self) -> tuple[str, int] | None:
        """Wall and index of the selected tile."""
        return self._selected

    def selected_camera(self) -> str | None:
        if self._selected is None:
            return None
        wall, index = self._selected
        return self._plan(wall).cameras.get(index)

    def select(self, wall: str, index: int) -> None:
        """Follow a selection that was made elsewhere; a negative index selects nothing."""
        self._selected = (wall, index) if index >= 0 else None
        for name, card in self._cards.items():
            card.canvas.select(index if name == wall and index >= 0 else None)

    def pages(self, *, selected_only: bool = False) -> Sequence[Page]:
        """What the open walls show, the first first; or the wall with the selected tile, else the first."""
        walls = [monitor.identity for monitor in self._monitors.monitors() if monitor.open]
        if selected_only:
            chosen = self._selected[0] if self._selected is not None else None
            walls = [chosen] if chosen in walls else walls[:1]
        return [page_of(self._plan(wall)) for wall in walls]

    def focus(self) -> None:
        wall = self._selected[0] if self._selected else next(iter(self._cards), None)
        if wall in self._cards:
            self._cards[wall].canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def place(self, camera_id: str) -> bool:
        """Put a camera on the selected tile, else on the first empty one; False if there is no such tile."""
        spot = self._selected or self._first_empty()
        if spot is None:
            return False
        self._put(spot[0], {spot[1]: camera_id})
        self.select(*spot)
        return True

    def show_on_reserved(self, camera_ids: Sequence[str]) -> int:
        """Put cameras on the reserved tiles of the open walls, the first on the first; how many found a place.

        `undo` brings back what stood there.
        """
        left = list(camera_ids)
        before: dict[str, WallPlan] = {}
        for wall in [monitor.identity for monitor in self._monitors.monitors() if monitor.open]:
            plan = self._plan(wall)
            here, left = left[: len(plan.reserved)], left[len(plan.reserved) :]
            if here:
                before[wall] = plan
                spare: dict[int, str | None] = dict.fromkeys(plan.reserved)
                self._put(wall, {**spare, **dict(zip(plan.reserved, here, strict=False))})
        if before:
            self._before = before
        return len(camera_ids) - len(left)

    def start_save(self) -> None:
        self._bar.start_save()

    @Slot(str, object)
    def offer_undo(self, wall: str, before: WallPlan) -> None:
        """A tile was cleared on a wall, which showed `before`."""
        self._before = {wall: before}
        self.undo_offered.emit(self._translate(texts.TILE_CLEARED))

    def keep_for_undo(self, before: Mapping[str, WallPlan]) -> None:
        """What walls showed before they were filled: `undo` brings it back."""
        self._before = dict(before)

    @Slot()
    def undo(self) -> None:
        """Bring back the last thing that was taken away."""
        before, self._before = self._before, {}
        for wall, plan in before.items():
            self._layouts.put(wall, plan)

    @Slot()
    def _rebuild(self) -> None:
        for card in self._cards.values():
            card.setParent(None)
            card.deleteLater()
        self._cards = {}
        for place, monitor in enumerate(self._monitors.monitors()):
            card = MonitorCard(monitor, place + 1, face_of=self._face, translate=self._translate)
            card.grid_chosen.connect(self._choose_grid)
            card.open_requested.connect(self._monitors.open_wall)
            card.close_requested.connect(self._monitors.close_wall)
            self._connect_canvas(monitor.identity, card.canvas)
            self._cards[monitor.identity] = card
        if self._selected is not None and self._selected[0] not in self._cards:
            self._selected = None
        self._arrange()
        self._show()

    def _arrange(self) -> None:
        """As many cards side by side as stay readable, each as high as its monitor is, none higher than the panel."""
        room = self._scroll.viewport().size()
        columns = max(1, min(len(self._cards), room.width() // _CARD_WIDTH))
        gap = self._grid.spacing()
        width = (room.width() - (columns - 1) * gap) // columns
        for place, card in enumerate(self._cards.values()):
            self._grid.addWidget(card, place // columns, place % columns, Qt.AlignmentFlag.AlignTop)
            card.fit(width, most=room.height())
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._grid.setRowStretch(len(self._cards), 1)

    def _connect_canvas(self, wall: str, canvas: PlanCanvas) -> None:
        canvas.tile_selected.connect(lambda index: self._on_selected(wall, index))
        canvas.cameras_dropped.connect(lambda index, cameras: self._drop(wall, index, cameras))
        canvas.tile_swapped.connect(lambda source, index, onto: self.swap((source, index), (wall, onto)))
        canvas.clear_requested.connect(lambda index: self._clear(wall, index))
        canvas.reserve_toggled.connect(lambda index: self._toggle_reserve(wall, index))
        canvas.lock_toggled.connect(lambda index: self._toggle_lock(wall, index))

    @Slot()
    def _show(self) -> None:
        for wall, card in self._cards.items():
            card.show_plan(self._plan(wall))
        if self._selected is not None:
            self.select(*self._selected)

    @Slot()
    def _repaint(self) -> None:
        for card in self._cards.values():
            card.canvas.update()

    @Slot(object)
    def _repaint_for(self, camera_ids: frozenset[str]) -> None:
        for card in self._cards.values():
            if not camera_ids.isdisjoint(card.canvas.plan.cameras.values()):
                card.canvas.update()

    def _face(self, camera_id: str) -> TileFace:
        camera = self._cameras.get(camera_id)
        verdict = self._cameras.status(camera_id)
        if camera is None:
            return TileFace(camera_id, None, verdict, known=False)
        return TileFace(camera.name, camera.number, verdict)

    def _plan(self, wall: str) -> WallPlan:
        return self._layouts.current().walls.get(wall, _NEW_WALL)

    def _on_selected(self, wall: str, index: int) -> None:
        self.select(wall, index)
        self.tile_selected.emit(wall, index)

    def _first_empty(self) -> tuple[str, int] | None:
        for wall in self._cards:
            plan = self._plan(wall)
            for index in range(len(parse_grid(plan.grid).cells)):
                if index not in plan.cameras and index not in plan.reserved:
                    return wall, index
        return None

    def _put(self, wall: str, changes: Mapping[int, str | None]) -> None:
        plan = self._plan(wall)
        cameras = {**plan.cameras, **changes}
        kept = {index: camera for index, camera in cameras.items() if camera is not None}
        self._layouts.put(wall, replace(plan, cameras=kept))

    def _clear(self, wall: str, index: int) -> None:
        plan = self._plan(wall)
        if index in plan.cameras:
            self._put(wall, {index: None})
            self.offer_undo(wall, plan)

    def _drop(self, wall: str, index: int, cameras: Sequence[str]) -> None:
        """The first camera where it was dropped, the others on the next empty tiles of that wall."""
        plan = self._plan(wall)
        free = [
            other
            for other in range(len(parse_grid(plan.grid).cells))
            if other != index and other not in plan.cameras and other not in plan.reserved
        ]
        self._put(wall, dict(zip([index, *free], cameras, strict=False)))

    def swap(self, source: tuple[str, int], target: tuple[str, int]) -> None:
        """Exchange the cameras of two tiles, of one wall or of two."""
        if source == target:
            return
        (wall, index), (other_wall, other_index) = source, target
        camera, other = self._plan(wall).cameras.get(index), self._plan(other_wall).cameras.get(other_index)
        if wall == other_wall:
            self._put(wall, {index: other, other_index: camera})
        else:
            self._put(wall, {index: other})
            self._put(other_wall, {other_index: camera})

    def _toggle_reserve(self, wall: str, index: int) -> None:
        plan = self._plan(wall)
        reserved = set(plan.reserved) ^ {index}
        self._layouts.put(wall, replace(plan, reserved=tuple(sorted(reserved))))

    def _toggle_lock(self, wall: str, index: int) -> None:
        plan = self._plan(wall)
        locked = set(plan.locked) ^ {index}
        self._layouts.put(wall, replace(plan, locked=tuple(sorted(locked))))

    @Slot(str, str)
    def _choose_grid(self, wall: str, grid: str) -> None:
        """Cameras keep their order; what a smaller grid has no room for is left out."""
        plan = self._plan(wall)
        size = len(parse_grid(grid).cells)
        cameras = {index: camera for index, camera in plan.cameras.items() if index < size}
        reserved = tuple(index for index in plan.reserved if index < size)
        locked = tuple(index for index in plan.locked if index < size)
        self._layouts.put(wall, WallPlan(grid, cameras, reserved, locked))
        lost = len(plan.cameras) - len(cameras)
        if lost:
            self._before = {wall: plan}
            self.undo_offered.emit(self._translate(texts.GRID_TOO_SMALL, count=lost))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The cards follow the room there is for them, which changes after this panel's own size has."""
        if event.type() is QEvent.Type.Resize and watched is self._scroll.viewport():
            self._arrange()
        return super().eventFilter(watched, event)


class MonitorCard(QFrame):
    """A monitor: its name, its grid, whether a wall is open on it, and the plan of its tiles."""

    grid_chosen = Signal(str, str)
    open_requested = Signal(str)
    close_requested = Signal(str)

    def __init__(
        self,
        monitor: Monitor,
        number: int,
        *,
        face_of: FaceOf,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._monitor = monitor
        width, height = monitor.geometry.width(), monitor.geometry.height()
        self._aspect = width / height if height else 16 / 9
        say = translate
        self.canvas = PlanCanvas(monitor.identity, face_of=face_of, translate=translate)
        self.canvas.setAccessibleName(say(texts.PLAN_OF, number=number))
        self.canvas.setFixedHeight(_LEAST_HEIGHT)
        title = plain_label(say(texts.MONITOR, number=number))
        title.setFont(theme.font(strong=True))
        size = say(texts.MONITOR_SIZE, name=monitor.name, width=width, height=height)
        about = ElidedLabel(size if monitor.connected else say(texts.MONITOR_MISSING), soft=True)
        self._grid = QComboBox()
        self._grid.setAccessibleName(say(texts.GRID_OF, number=number))
        self._grid.setToolTip(say(texts.GRID))
        self._grid.addItems(GRIDS)
        self._grid.activated.connect(self._on_grid)
        self._switch = QPushButton(say(texts.WALL_CLOSE if monitor.open else texts.WALL_OPEN))
        self._switch.setAutoDefault(True)
        self._switch.setEnabled(monitor.connected)
        self._switch.clicked.connect(self._on_switch)
        head = QHBoxLayout()
        head.setSpacing(2 * theme.SPACE)
        head.addWidget(title)
        head.addWidget(about, 1)
        head.addWidget(self._grid)
        head.addWidget(self._switch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self.canvas, 1)

    def fit(self, width: int, *, most: int) -> None:
        """Give the tiles the height that a width in pixels asks for; the whole card at most `most`."""
        head = self.sizeHint().height() - self.canvas.minimumHeight()
        self.canvas.setFixedHeight(max(_LEAST_HEIGHT, min(round(width / self._aspect), most - head)))

    def show_plan(self, plan: WallPlan) -> None:
        with QSignalBlocker(self._grid):
            if self._grid.findText(plan.grid) < 0:
                self._grid.addItem(plan.grid)
            self._grid.setCurrentText(plan.grid)
        self.canvas.show_plan(plan, aspect=self._aspect)

    @Slot()
    def _on_grid(self) -> None:
        self.grid_chosen.emit(self._monitor.identity, self._grid.currentText())

    @Slot()
    def _on_switch(self) -> None:
        signal = self.close_requested if self._monitor.open else self.open_requested
        signal.emit(self._monitor.identity)
