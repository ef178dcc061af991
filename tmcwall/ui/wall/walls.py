"""All walls of a workstation: which monitor has one, what it shows, and which one the officer works on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError
from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.domain.oversight import View
from tmcwall.texts import Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.wall.canvas import Painted
from tmcwall.ui.wall.model import Marker, TileCamera, WallModel
from tmcwall.ui.wall.monitors import Monitor, MonitorWatch
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed

CameraOf = Callable[[str], TileCamera]
"""The camera of an id as its caption names it; for one that is gone, a TileCamera with `known` False."""


class Walls(QObject):
    """Opens a wall window on each monitor that has a plan, hides it while the monitor is away, and brings it back."""

    window_opened = Signal(object)
    """WallWindow: install the program's actions on it."""
    plan_changed = Signal(str, object)
    """Monitor identity and WallPlan: the officer has changed what a wall shows; to be remembered."""
    cleared = Signal(str, object)
    """Monitor identity, and the WallPlan before a tile was cleared."""
    judged = Signal(object)
    """Mapping[str, Verdict]: how the cameras of one wall are doing, once a second."""
    selection_changed = Signal(object)
    """Camera id under the selection of the wall the officer works on, or None."""
    monitors_changed = Signal()

    def __init__(
        self,
        feed: VideoFeed,
        application: QGuiApplication,
        *,
        clock: Clock,
        translate: Translator,
        camera_of: CameraOf,
        painted: Painted | None = None,
        settle_ms: int = 500,
        keep_ms: int = 60_000,
        parent: QObject | None = None,
    ) -> None:
        """`keep_ms`: so long the wall of a monitor that is gone keeps its streams, unseen and not decoded."""
        super().__init__(parent)
        self._feed = feed
        self._clock = clock
        self._translate = translate
        self._camera_of = camera_of
        self._painted = painted
        self._plans: dict[str, WallPlan] = {}
        self._windows: dict[str, WallWindow] = {}
        self._active = ""
        self._markers: Mapping[str, Sequence[Marker]] = {}
        self._banners: Mapping[str, str] = {}
        self._watch = MonitorWatch(application, settle_ms=settle_ms, parent=self)
        self._watch.changed.connect(self._arrange)
        self._watch.changed.connect(self.monitors_changed)
        self._watch.removed.connect(self._monitor_removed)
        self._forget = QTimer(self, singleShot=True, interval=keep_ms)
        self._forget.timeout.connect(self._close_absent)

    # What is shown.

    def monitors(self) -> Sequence[Monitor]:
        """The monitors there are now."""
        return self._watch.monitors()

    def windows(self) -> Mapping[str, WallWindow]:
        """The open walls by monitor identity, not those whose monitor is gone."""
        return {identity: window for identity, window in self._windows.items() if not window.isHidden()}

    def primary(self) -> str | None:
        """Identity of the primary monitor."""
        return next(iter(self._watch.screens()), None)

    def recognise(self, known: Collection[str]) -> None:
        """The identities that layouts and placements speak of: a monitor in another socket is still the same."""
        self._watch.recognise(known)

    def plans(self) -> Mapping[str, WallPlan]:
        """What each wall shows or will show when its monitor is there, by monitor identity."""
        return dict(self._plans)

    def show(self, plans: Mapping[str, WallPlan]) -> None:
        """Have exactly these walls. A plan for a monitor that is not there waits for it."""
        self._plans = dict(plans)
        self._arrange()

    def put(self, identity: str, plan: WallPlan) -> None:
        """Change what one wall shows, on the officer's behalf: `plan_changed` follows."""
        self._plans[identity] = plan
        self._arrange()
        self.plan_changed.emit(identity, plan)

    def remove(self, identity: str) -> None:
        """Take the wall off a monitor."""
        self._plans.pop(identity, None)
        self._arrange()

    def mark(self, markers: Mapping[str, Sequence[Marker]]) -> None:
        """The incident markers of all cameras, by camera id."""
        self._markers = dict(markers)
        for window in self._windows.values():
            window.model.mark(markers)

    def refresh_cameras(self) -> None:
        """The list of cameras has changed: names, numbers, which are known and which may be shown."""
        self._arrange()

    def show_banners(self, banners: Mapping[str, str]) -> None:
        """A line below the tiles of a wall, by monitor identity, for as long as what it says holds."""
        self._banners = dict(banners)
        for identity, window in self._windows.items():
            window.show_banner(banners.get(identity, ""))

    def close(self) -> None:
        """Close all windows; their tiles are given back to the feed."""
        self._plans = {}
        self._arrange()

    # What the officer does on the wall that is worked on.

    def active(self) -> WallWindow | None:
        """The wall with the focus, else the one worked on last, else the first."""
        focused, windows = QApplication.activeWindow(), self.windows()
        for identity, window in windows.items():
            if window is focused:
                self._active = identity
        return windows.get(self._active) or next(iter(windows.values()), None)

    def selected_camera(self) -> str | None:
        """The camera of the selected tile of the active wall."""
        window = self.active()
        return window.selected_camera if window is not None else None

    def place(self, camera_id: str) -> None:
        """Put a camera into the selected tile of the active wall, else into its first empty one."""
        window = self.active()
        if window is None:
            return
        cell = window.canvas.selected
        if cell < 0:
            empty = (index for index in range(len(window.model.grid.cells)) if index not in window.model.cells)
            cell = next(empty, 0)
            window.canvas.select(cell)
        self._place(window, cell, camera_id)

    def select(self, identity: str, cell: int) -> None:
        """Select a tile of one wall, which is worked on from now on; nothing is selected on the others."""
        window = self._windows.get(identity)
        if window is not None:
            self._active = identity
            window.canvas.select(cell)

    def act(self, action: ActionId) -> None:
        """What the key of a wall asks, on the active wall."""
        window = self.active()
        if window is not None:
            window.canvas.act(action)

    def replayed_at(self, camera_id: str) -> datetime | None:
        """Where that camera's selected tile shows a recording: when that was. None while it is live."""
        window = self.active()
        return window.canvas.replayed_at(camera_id) if window is not None else None

    def views(self) -> frozenset[View]:
        """What can be seen on all walls now, and how."""
        return frozenset().union(*(window.canvas.views() for window in self.windows().values()))

    def come_forward(self) -> None:
        """Bring the wall that is worked on before whatever lies over it."""
        window = self.active()
        if window is not None:
            window.raise_()
            window.activateWindow()

    def show_message(self, text: str) -> None:
        """A large notice on the active wall, such as the digits being dialled; empty takes it away."""
        window = self.active()
        if window is not None:
            window.canvas.show_message(text)

    # Inside.

    @Slot()
    def _arrange(self) -> None:
        """Bring windows in line with plans and monitors."""
        screens = self._watch.screens()
        for identity in list(self._windows):
            if identity not in self._plans:
                self._close(identity)
            elif identity not in screens:
                self._monitor_removed(identity)
        for identity, plan in self._plans.items():
            screen = screens.get(identity)
            if screen is None:
                continue
            window = self._windows.get(identity)
            if window is None:
                window = self._open(identity, screen.name() or screen.model())
                self._show_plan(window, plan)
                window.show_on(screen)
                self.window_opened.emit(window)
            else:
                self._show_plan(window, plan)
                if window.screen() is not screen or window.geometry() != screen.geometry() or window.isHidden():
                    window.show_on(screen)

    def _open(self, identity: str, name: str) -> WallWindow:
        model = WallModel()
        model.mark(self._markers)
        window = WallWindow(
            name,
            model,
            self._feed,
            clock=self._clock,
            translate=self._translate,
            painted=self._painted,
        )
        model.setParent(window)
        window.setObjectName(identity)
        window.place_requested.connect(self._dropped)
        window.swap_requested.connect(self._swapped)
        window.clear_requested.connect(self._cleared)
        window.selection_changed.connect(self._selected)
        window.judged.connect(self.judged)
        window.show_banner(self._banners.get(identity, ""))
        self._windows[identity] = window
        return window

    def _show_plan(self, window: WallWindow, plan: WallPlan) -> None:
        try:
            grid = parse_grid(plan.grid)
        except DomainError:
            grid = parse_grid("4x4")  # a grid of a newer program: the cameras that fit are shown
        cells = {cell: self._camera_of(camera_id) for cell, camera_id in plan.cameras.items()}
        model = window.model
        kept = {cell: camera for cell, camera in cells.items() if 0 <= cell < len(grid.cells)}
        shown = (model.grid, dict(model.cells), model.reserved, model.locked)
        if shown != (grid, kept, frozenset(plan.reserved), frozenset(plan.locked)):
            model.show(grid, kept, reserved=plan.reserved, locked=plan.locked)

    def _place(self, window: WallWindow, cell: int, camera_id: str) -> None:
        window.model.put(cell, self._camera_of(camera_id))
        self._changed(window)

    def _changed(self, window: WallWindow) -> None:
        identity, plan = window.objectName(), window.model.plan()
        self._plans[identity] = plan
        self.plan_changed.emit(identity, plan)

    def _sender(self) -> WallWindow | None:
        sender = self.sender()
        return sender if isinstance(sender, WallWindow) else None

    @Slot(int, str)
    def _dropped(self, cell: int, camera_id: str) -> None:
        window = self._sender()
        if window is not None:
            self._place(window, cell, camera_id)

    @Slot(int, int)
    def _swapped(self, one: int, other: int) -> None:
        window = self._sender()
        if window is not None:
            window.model.swap(one, other)
            self._changed(window)

    @Slot(int)
    def _cleared(self, cell: int) -> None:
        window = self._sender()
        if window is not None:
            identity = window.objectName()
            before = self._plans[identity]
            window.model.put(cell, None)
            self._changed(window)
            if cell in before.cameras:
                self.cleared.emit(identity, before)

    @Slot(int)
    def _selected(self, cell: int) -> None:
        window = self._sender()
        if window is None or (cell < 0 and window.objectName() != self._active):
            return
        self._active = window.objectName()
        for other in self._windows.values():
            if other is not window:
                other.canvas.select(-1)
        self.selection_changed.emit(window.selected_camera)

    @Slot(str)
    def _monitor_removed(self, identity: str) -> None:
        window = self._windows.get(identity)
        if window is not None and not window.isHidden():
            window.hide()
            self._forget.start()

    @Slot()
    def _close_absent(self) -> None:
        screens = self._watch.screens()
        for identity in [one for one in self._windows if one not in screens]:
            self._close(identity)

    def _close(self, identity: str) -> None:
        window = self._windows.pop(identity)
        window.close()
        window.deleteLater()
