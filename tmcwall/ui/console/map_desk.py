"""The map in the console: beside the list of cameras, in windows of its own, and what is asked for on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QMenu, QTabWidget, QWidget

from tmcwall.domain.camera import Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import Place
from tmcwall.domain.layout import WallPlan, parse_grid
from tmcwall.domain.officer import Action as Right
from tmcwall.domain.region import Regions
from tmcwall.texts import Translator
from tmcwall.texts import map as texts
from tmcwall.ui.actions import ActionId, Actions, Scope
from tmcwall.ui.console.camera_panel import CameraPanel
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.nearest import show_nearest
from tmcwall.ui.console.plan import Monitors, PlanPanel
from tmcwall.ui.console.remembered import Remembered
from tmcwall.ui.console.side_windows import bring_up
from tmcwall.ui.map.canvas import Pointed
from tmcwall.ui.map.city_layers import city_layers
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.panel import AddEntries, MapPanel
from tmcwall.ui.map.pictures import MapFiles, MapPictures
from tmcwall.ui.map.search import MapSearch
from tmcwall.ui.map.spots import SpotKey, SpotKind
from tmcwall.ui.map.window import MapWindow
from tmcwall.ui.map.windows import MapWindows
from tmcwall.ui.services import ConsoleServices

_AGING_MS: Final = 30_000
"""Positions of units grow old, and warnings end, without anybody saying so."""
_MAPS: Final = "maps"
"""Under which the monitors are remembered that have a map."""


class MapDesk(QObject):
    """Connects maps with cameras, walls and incidents. `tabs` is what stands at the left of the console."""

    camera_activated = Signal(str)
    """It is wanted on a tile."""
    told = Signal(str)
    refused = Signal(str)
    undo_offered = Signal(str)

    def __init__(
        self,
        services: ConsoleServices,
        cameras: CameraPanel,
        plan: PlanPanel,
        incidents: IncidentPanel,
        monitors: Monitors,
        *,
        pictures: MapPictures | None,
        actions: Actions,
        regions: Regions,
        clock: Clock,
        translate: Translator,
        remembered: Remembered | None,
        parent: QWidget,
    ) -> None:
        """Without `pictures` it makes its own, which nobody starts: the map has neither streets nor tiles."""
        super().__init__(parent)
        self._services = services
        self._cameras = cameras
        self._plan = plan
        self._incidents = incidents
        self._monitors = monitors
        self._pictures = pictures or MapPictures(MapFiles(), regions.all(), self)
        self._actions = actions
        self._clock = clock
        self._translate = translate
        self._remembered = remembered
        self.model = MapModel(services.cameras, services.incidents, self)
        self._search = MapSearch(
            self.model, services.cameras, regions, region_name=region_names(regions), translate=translate
        )  # fmt: skip
        self.windows = MapWindows(monitors, self._make_panel, translate=translate, parent=self)
        self.panel = self._make_panel(self.windows.add_entries)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(cameras, translate(texts.TAB_CAMERAS))
        self.tabs.addTab(self.panel, translate(texts.TAB_MAP))
        self.windows.opened.connect(self._install)
        services.city.changed.connect(self._show_city)
        self._aging = QTimer(self, interval=_AGING_MS)
        self._aging.timeout.connect(self._show_city)
        self._aging.start()
        self._show_city()
        if remembered is not None:
            self.windows.restore(remembered.words(_MAPS))
            self.windows.changed.connect(self._remember)

    def handlers(self) -> Mapping[ActionId, Callable[[], None]]:
        return {
            ActionId.GO_CAMERAS: self._go_to_cameras,
            ActionId.GO_MAP: self._go_to_map,
            ActionId.MAP_WINDOW: self._show_window,
        }

    def start_search(self) -> None:
        """What `/` does: in the map while that is in front, else in the list of cameras."""
        if self.tabs.currentWidget() is self.panel:
            self.panel.start_search()
        else:
            self._cameras.start_search()

    @Slot()
    def _show_city(self) -> None:
        for layer in city_layers(self._services.city, now=self._clock.utc(), translate=self._translate):
            self.model.put_layer(layer)

    def close(self) -> None:
        """The windows; the program ends."""
        self._aging.stop()
        self.windows.close()

    def _go_to_cameras(self) -> None:
        self.tabs.setCurrentWidget(self._cameras)
        self._cameras.setFocus()

    def _go_to_map(self) -> None:
        self.tabs.setCurrentWidget(self.panel)
        self.panel.canvas.setFocus()

    def _show_window(self) -> None:
        self.windows.show_beside()

    def _make_panel(self, add_entries: AddEntries) -> MapPanel:
        panel = MapPanel(
            self.model,
            self._pictures,
            self._search,
            clock=self._clock,
            translate=self._translate,
            add_entries=add_entries,
        )
        panel.told.connect(self.told)
        panel.refused.connect(self.refused)
        canvas = panel.canvas
        canvas.camera_activated.connect(self.camera_activated)
        canvas.incident_activated.connect(self._open_incident)
        canvas.selected.connect(self._follow_selection)
        canvas.menu_requested.connect(partial(self._show_menu, panel))
        canvas.band_drawn.connect(partial(self._show_band_menu, panel))
        return panel

    @Slot(object)
    def _install(self, window: MapWindow) -> None:
        self._actions.install(window, Scope.EVERYWHERE)

    @Slot()
    def _remember(self) -> None:
        if self._remembered is not None:
            self._remembered.keep_words(_MAPS, self.windows.on_monitors())

    @Slot(object)
    def _follow_selection(self, key: SpotKey | None) -> None:
        """What is chosen on a map is chosen in the console's lists, too."""
        if key is not None and key.kind is SpotKind.CAMERA:
            self._cameras.reveal(key.id)
        elif key is not None and key.kind is SpotKind.INCIDENT:
            self._incidents.select(key.id)

    @Slot(str)
    def _open_incident(self, incident_id: str) -> None:
        self._incidents.select(incident_id)
        self._incidents.setFocus()
        bring_up(self._incidents.window())

    def _show_menu(self, panel: MapPanel, pointed: Pointed) -> None:
        """Of a place, and of what stands there."""
        say, menu = self._translate, QMenu(panel)
        key = pointed.key
        camera = self._services.cameras.get(key.id) if key is not None and key.kind is SpotKind.CAMERA else None
        if camera is not None:
            entry = say(texts.TO_TILE, camera=camera.name)
            menu.addAction(entry, partial(self.camera_activated.emit, camera.id))
        if key is not None and key.kind is SpotKind.INCIDENT:
            menu.addAction(say(texts.SHOW_INCIDENT), partial(self._open_incident, key.id))
        here = menu.addAction(say(texts.INCIDENT_HERE), partial(self._report_at, pointed.position))
        here.setEnabled(self._services.duty.can(Right.HANDLE_INCIDENTS))
        menu.addAction(say(texts.NEAREST_HERE), partial(self._show_nearest, pointed.position))
        menu.addSeparator()
        menu.addAction(say(texts.ZOOM_HERE), partial(panel.canvas.fly_to, pointed.position, key))
        _pop_up(menu, pointed.at)

    def _show_band_menu(self, panel: MapPanel, camera_ids: Sequence[str], at: QPoint) -> None:
        if not camera_ids:
            self.refused.emit(self._translate(texts.BAND_NONE))
            return
        menu = QMenu(panel)
        count = len(camera_ids)
        menu.addAction(self._translate(texts.BAND_TO_EMPTY, count=count), partial(self.show_on_empty, camera_ids))
        menu.addAction(self._translate(texts.BAND_FILL, count=count), partial(self.fill_wall, camera_ids))
        _pop_up(menu, at)

    def _report_at(self, position: Position) -> None:
        bring_up(self._incidents.window())
        self._incidents.start_entry_at(position)

    def _show_nearest(self, position: Position) -> None:
        coverage = self._services.cameras.nearest(position)
        shown = show_nearest(self._plan, coverage, Place(position), translate=self._translate)
        (self.undo_offered if shown.placed else self.refused).emit(shown.words)

    def show_on_empty(self, camera_ids: Sequence[str]) -> None:
        """On the empty tiles of the open walls; reserved ones stay as they are."""
        before: dict[str, WallPlan] = {}
        left = list(camera_ids)
        for wall in self._open_walls():
            plan = self._plan_of(wall)
            free = [cell for cell in _cells(plan) if cell not in plan.cameras and cell not in plan.reserved]
            left = self._put(wall, plan, free, left, before)
        self._tell_placed(before, placed=len(camera_ids) - len(left), left=len(left))

    def fill_wall(self, camera_ids: Sequence[str]) -> None:
        """Over all of the wall with the selected tile, else of the first; locked and reserved tiles stay."""
        before: dict[str, WallPlan] = {}
        left = list(camera_ids)
        walls = self._open_walls()
        chosen = self._plan.selected[0] if self._plan.selected is not None else ""
        for wall in [chosen] if chosen in walls else walls[:1]:
            plan = self._plan_of(wall)
            free = [cell for cell in _cells(plan) if cell not in plan.locked and cell not in plan.reserved]
            kept = {cell: camera for cell, camera in plan.cameras.items() if cell not in free}
            left = self._put(wall, replace(plan, cameras=kept), free, left, before)
            before = {wall: plan} if before else before
        self._tell_placed(before, placed=len(camera_ids) - len(left), left=len(left))

    def _put(
        self, wall: str, plan: WallPlan, free: Sequence[int], left: Sequence[str], before: dict[str, WallPlan]
    ) -> list[str]:
        """As many as there is room for; the others."""
        here = list(left[: len(free)])
        if here:
            before[wall] = plan
            cameras = {**plan.cameras, **dict(zip(free, here, strict=False))}
            self._services.layouts.put(wall, replace(plan, cameras=cameras))
        return list(left[len(here) :])

    def _tell_placed(self, before: Mapping[str, WallPlan], *, placed: int, left: int) -> None:
        if not placed:
            self.refused.emit(self._translate(texts.BAND_NO_TILES))
            return
        self._plan.keep_for_undo(before)
        text = texts.BAND_PART if left else texts.BAND_PLACED
        self.undo_offered.emit(self._translate(text, count=placed, left=left))

    def _open_walls(self) -> list[str]:
        return [monitor.identity for monitor in self._monitors.monitors() if monitor.open]

    def _plan_of(self, wall: str) -> WallPlan:
        return self._services.layouts.current().walls.get(wall, WallPlan("4x4"))


def _cells(plan: WallPlan) -> range:
    return range(len(parse_grid(plan.grid).cells))


def _pop_up(menu: QMenu, at: QPoint) -> None:
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(at)
