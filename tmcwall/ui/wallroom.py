"""The walls as the services know them: layouts on monitors, markers on tiles, keys on windows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QRect, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QGuiApplication

from tmcwall.domain.clock import Clock
from tmcwall.domain.health import TileState
from tmcwall.domain.layout import WallPlan
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.incidentdesk import IncidentDesk
from tmcwall.services.layouts import Layouts, Sharing
from tmcwall.services.wallplaces import WallPlaces
from tmcwall.texts import Translator
from tmcwall.texts import wall as texts
from tmcwall.ui.actions import ActionId, Actions, Scope
from tmcwall.ui.case_services import MaskService
from tmcwall.ui.masking import MasksOf, no_masks
from tmcwall.ui.services import CameraService
from tmcwall.ui.wall.canvas import Painted
from tmcwall.ui.wall.model import Marker, TileCamera, marker_of
from tmcwall.ui.wall.monitors import Monitor
from tmcwall.ui.wall.walls import Walls
from tmcwall.ui.wall.window import WallWindow
from tmcwall.video.feed.video_feed import VideoFeed

FIRST_GRID: Final = "4x4"
_SAID_MS: Final = 3000
_USUAL_SHAPE: Final = QRect(0, 0, 16, 9)


class WallRoom(QObject):
    """Keeps walls, layouts, cameras and incidents in step. `ui.console.plan.Monitors` for the plan of the walls."""

    monitors_changed = Signal()
    selection_changed = Signal(str, int)
    """Wall and cell that the officer selected on a wall."""
    tile_cleared = Signal(str, object)
    """Wall, and its WallPlan before the officer cleared a tile on it."""

    def __init__(
        self,
        application: QGuiApplication,
        feed: VideoFeed,
        *,
        layouts: Layouts,
        places: WallPlaces,
        cameras: CameraBook,
        masks: MaskService,
        incidents: IncidentDesk,
        actions: Actions,
        clock: Clock,
        translate: Translator,
        chosen: Sequence[str] = (),
        reserved: int = 4,
        everywhere: bool = False,
        painted: Painted | None = None,
        parent: QObject | None = None,
    ) -> None:
        """`chosen` are the monitors that the settings name; `everywhere` puts a wall on each (kiosk)."""
        super().__init__(parent)
        self._layouts = layouts
        self._places = places
        self._cameras = cameras
        self._masks = masks
        self._incidents = incidents
        self._actions = actions
        self._chosen = frozenset(chosen)
        self._reserved = reserved
        self._everywhere = everywhere
        self._translate = translate
        self._feed = feed
        self._stood: dict[str, tuple[int, int]] = {}
        """Where monitors are, or were last."""
        self.walls = Walls(
            feed,
            application,
            clock=clock,
            translate=translate,
            camera_of=self._camera_of,
            painted=painted,
            parent=self,
        )
        self._unsay = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._unsay.timeout.connect(self._say_nothing)
        self._connect()

    # `ui.console.plan.Monitors`.

    @property
    def changed(self) -> SignalInstance:
        return self.monitors_changed

    def monitors(self) -> Sequence[Monitor]:
        """Those plugged in, then those that a wall waits for."""
        carrying, open_walls = self._carrying(), self.walls.windows()
        found = [replace(one, open=one.identity in open_walls) for one in self.walls.monitors()]
        absent = sorted(carrying - {one.identity for one in found})
        return [*found, *(Monitor(one, _short(one), _USUAL_SHAPE, connected=False) for one in absent)]

    def wall_order(self) -> Sequence[str]:
        """The monitors that carry a wall, from left to right as they stand, or stood before they were unplugged.

        Those that were not seen since the start come last.
        """
        self._stood |= {one.identity: (one.geometry.x(), one.geometry.y()) for one in self.walls.monitors()}
        carrying = self._carrying()
        seen = sorted(carrying & self._stood.keys(), key=lambda one: (self._stood[one], one))
        return [*seen, *sorted(carrying - self._stood.keys())]

    def replay_from(self, wall: str, cell: int, camera_id: str, from_s: float) -> bool:
        """A tile's recording from a moment on, in seconds since the epoch; False while it does not show the camera."""
        window = self.walls.windows().get(wall)
        return window is not None and window.canvas.replay_from(cell, camera_id, from_s)

    @property
    def ready(self) -> bool:
        """Whether it is known which walls there are and what stands on them."""
        return bool(self._layouts.current().id) and self._places.loaded

    def open_wall(self, monitor_id: str) -> None:
        if monitor_id not in self._layouts.current().walls and self._layouts.sharing() is Sharing.OWN:
            self._layouts.put(monitor_id, self._first_plan())
        self._places.show(monitor_id)

    def close_wall(self, monitor_id: str) -> None:
        self._places.hide(monitor_id)

    @Slot(str, int)
    def select(self, monitor_id: str, cell: int) -> None:
        """Follow a selection that was made in the plan of the walls."""
        self.walls.select(monitor_id, cell)

    @Slot(float)
    def tell_stall(self, seconds: float) -> None:
        """The screen stood still and moves again: what it showed meanwhile was not live."""
        self.walls.show_message(self._translate(texts.STOOD_STILL, seconds=round(seconds)))
        self._unsay.start()

    def close(self) -> None:
        """Take all windows down; layouts and placements stay as they are."""
        self._layouts.changed.disconnect(self._show)
        self._places.changed.disconnect(self._show)
        self.walls.close()

    def _connect(self) -> None:
        walls = self.walls
        self._layouts.changed.connect(self._show)
        self._places.changed.connect(self._show)
        self._cameras.cameras_changed.connect(self._take_cameras)
        self._masks.changed.connect(self.walls.refresh_cameras)
        for changed in (self._incidents.listed, self._incidents.arrived, self._incidents.changed):
            changed.connect(self._mark)
        walls.plan_changed.connect(self._layouts.put)
        walls.cleared.connect(self.tile_cleared)
        walls.judged.connect(self._cameras.judge_tiles)
        walls.window_opened.connect(self._install)
        walls.selection_changed.connect(self._tell_selection)
        walls.monitors_changed.connect(self._show)
        self._actions.triggered.connect(self._act)
        self._actions.dial_changed.connect(self._show_dial)
        self._actions.camera_dialled.connect(self._answer_dial)

    @Slot(object)
    def _install(self, window: WallWindow) -> None:
        self._actions.install(window, Scope.EVERYWHERE, Scope.WALL)

    @Slot()
    def _show(self) -> None:
        """Bring the windows in line with layouts, placements and monitors; record what the layout shows."""
        if not self.ready:
            return
        self.walls.recognise(self._places.known() | set(self._layouts.current().walls) | self._chosen)
        self._remember_places()
        carrying, order = self._carrying(), self.wall_order()
        self._layouts.use_order(order)
        for monitor in carrying - set(self._layouts.current().walls):
            self._layouts.put(monitor, self._layouts.page_for(monitor) or self._first_plan())
        layout = self._layouts.current()
        plans: Mapping[str, WallPlan] = {wall: plan for wall, plan in layout.walls.items() if wall in carrying}
        self.walls.show(plans)
        self._feed.record(sorted(self._layouts.shown()))
        self.monitors_changed.emit()

    def _remember_places(self) -> None:
        """Which monitor is the primary one changes with cables and drivers: what followed from it at first stays."""
        if self._everywhere or self._chosen:
            return
        carrying = self._carrying()
        for monitor in sorted(one.identity for one in self.walls.monitors()):
            if not self._places.decided(monitor):
                (self._places.show if monitor in carrying else self._places.hide)(monitor)

    def _carrying(self) -> frozenset[str]:
        """Monitors that carry a wall: as decided at the console, else as the settings say, else all but the primary."""
        plugged = {one.identity for one in self.walls.monitors()}
        if self._everywhere:
            return frozenset(plugged)
        undecided = {monitor for monitor in plugged | self._chosen if not self._places.decided(monitor)}
        usual = self._chosen or plugged - {self.walls.primary()}
        return self._places.shown() | (undecided & usual)

    def _first_plan(self) -> WallPlan:
        """An empty wall whose last cells are kept for incidents."""
        cells = 16
        return WallPlan(FIRST_GRID, reserved=tuple(range(cells - min(self._reserved, cells), cells)))

    @Slot()
    def _take_cameras(self) -> None:
        self.walls.refresh_cameras()
        self._incidents.place_markers()
        self._mark()

    @Slot()
    def _mark(self) -> None:
        """The markers of all cameras that see an open incident."""
        markers: defaultdict[str, list[Marker]] = defaultdict(list)
        for incident in self._incidents.open():
            for camera_id in self._incidents.seeing(incident.id):
                markers[camera_id].append(marker_of(incident))
        self.walls.mark(markers)

    @Slot(object)
    def _act(self, action: ActionId) -> None:
        if action is ActionId.GO_WALL:
            self.walls.come_forward()
        else:
            self.walls.act(action)

    @Slot(str)
    def _show_dial(self, digits: str) -> None:
        self._unsay.stop()
        self.walls.show_message(self._translate(texts.DIALLING, digits=digits) if digits else "")

    @Slot(int)
    def _answer_dial(self, number: int) -> None:
        """The console places the camera; a number that nobody has is said on the wall as well."""
        if self._cameras.by_number(number) is None:
            self.walls.show_message(self._translate(texts.NO_SUCH_NUMBER, digits=number))
            self._unsay.start()

    @Slot()
    def _say_nothing(self) -> None:
        self.walls.show_message("")

    @Slot(object)
    def _tell_selection(self, _camera_id: str | None) -> None:
        window = self.walls.active()
        if window is not None:
            self.selection_changed.emit(window.objectName(), window.canvas.selected)

    def _camera_of(self, camera_id: str) -> TileCamera:
        return tile_camera(camera_id, self._cameras, translate=self._translate, masks_of=self._masks.boxes)


def tile_camera(
    camera_id: str, cameras: CameraService, *, translate: Translator, masks_of: MasksOf = no_masks
) -> TileCamera:
    """What a tile knows of its camera."""
    camera = cameras.get(camera_id)
    unit = cameras.unit_of(camera_id) if camera is None else ""
    if unit:
        # Not its name, either: that says what the unit watches.
        reason = translate(texts.OF_ANOTHER_UNIT, unit=unit)
        return TileCamera(camera_id, reason, withheld=TileState.OFF, withheld_reason=reason)
    if camera is None:
        return TileCamera(camera_id, camera_id, known=False)
    lifecycle = cameras.lifecycle(camera_id)
    return TileCamera(
        camera.id,
        camera.name,
        number=camera.number,
        withheld=lifecycle.withheld,
        withheld_reason=lifecycle.reason,
        masks=tuple(masks_of(camera_id)),
    )


def _short(identity: str) -> str:
    """The model of a monitor that is not there, for people."""
    return identity.split("|")[1] or identity.rsplit("|", 1)[-1]
