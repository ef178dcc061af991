"""The console: one window from which the officer runs the walls, the incidents and the bookmarks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QPushButton, QStatusBar, QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault, FaultCode
from tmcwall.domain.incident import Incident
from tmcwall.domain.officer import Officer
from tmcwall.domain.region import Regions
from tmcwall.domain.restoration import Restoration
from tmcwall.services.tagging import BookmarkRow, TagRequest
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import review as review_texts
from tmcwall.texts.faults import explain, restoration_sentence
from tmcwall.ui import theme
from tmcwall.ui.actions import LAYOUT_IDS, ActionId, Actions, Scope
from tmcwall.ui.console.bookmark_panel import BookmarkPanel
from tmcwall.ui.console.camera_panel import CameraPanel
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.docks import Docks
from tmcwall.ui.console.enrolment_panel import EnrolmentPanel
from tmcwall.ui.console.for_all import SharedWindows
from tmcwall.ui.console.incident_footage import IncidentFootage
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.console.incident_panel import IncidentPanel
from tmcwall.ui.console.keys import KeyList
from tmcwall.ui.console.map_desk import MapDesk
from tmcwall.ui.console.nearest import show_nearest
from tmcwall.ui.console.parts import Notice
from tmcwall.ui.console.plan import Monitors, PlanPanel
from tmcwall.ui.console.remembered import Remembered
from tmcwall.ui.console.side_windows import SideWindows, bring_up
from tmcwall.ui.console.sign_in import SignInPanel
from tmcwall.ui.console.status_line import StatusLine
from tmcwall.ui.console.tag_panel import TagPanel
from tmcwall.ui.map.pictures import MapPictures
from tmcwall.ui.review.window import OpenFootage
from tmcwall.ui.services import ConsoleServices

_RESIZED: Final = 50 * theme.SPACE


_AT_THE_CONSOLE: Final = frozenset({
    ActionId.SAVE_LAYOUT, ActionId.NEW_INCIDENT, ActionId.KEYS, ActionId.OFFICERS, ActionId.ABOUT, ActionId.GO_CAMERAS,
    ActionId.OVERSIGHT, ActionId.LETTERS, ActionId.CONTACTS, ActionId.OUTAGES, ActionId.WALL_ORDERS, ActionId.GO_PLAN,
    ActionId.GO_INCIDENTS, ActionId.GO_BOOKMARKS, ActionId.CAMERA_REGISTER, ActionId.CITY, ActionId.PATROL,
    ActionId.REPAIRS, ActionId.COVERAGE, ActionId.GO_MAP,
})  # fmt: skip
"""What these ask for is in the console: it comes before a wall that lies over it."""


ReplayedAt = Callable[[str], datetime | None]
"""When what the selected tile of a camera shows was recorded; None while it is live."""


class ConsoleWindow(QMainWindow):
    """Left the cameras, centre the plan of the walls, right the incidents, below the bookmarks and the status line."""

    tile_selected = Signal(str, int)
    """Wall and index: selected in the plan; a wall's own selection comes by `select_tile`."""
    quit_requested = Signal()

    def __init__(
        self,
        services: ConsoleServices,
        monitors: Monitors,
        *,
        actions: Actions,
        regions: Regions,
        open_file: OpenFootage,
        clock: Clock,
        translate: Translator,
        remembered: Remembered | None = None,
        map_pictures: MapPictures | None = None,
        replayed_at: ReplayedAt = lambda _camera_id: None,
        parent: QWidget | None = None,
    ) -> None:
        """`remembered` has the place of the window and its docks; without it they are where they are at first.

        `map_pictures` are started by the program. `replayed_at` says of the selected camera which
        moment is replayed on its tile: tags and marks refer to that.
        """
        super().__init__(parent)
        self._replayed_at = replayed_at
        self._services = services
        self._clock = clock
        self._remembered = remembered
        self._translate = translate
        self._closing = False
        self._shown = False
        self._arranged = QSize()
        self._arranging = QTimer(self)
        self._arranging.setSingleShot(True)
        self._arranging.setInterval(0)
        self._arranging.timeout.connect(self._arrange)
        region_name = region_names(regions)
        self._region_name = region_name
        self.setWindowTitle(translate(texts.TITLE))
        self.setWindowState(Qt.WindowState.WindowMaximized)
        self.cameras = CameraPanel(
            services.cameras,
            services.lifecycles,
            services.duty,
            region_name=region_name,
            translate=translate,
            uptimes=services.health.uptimes,
        )
        self.plan = PlanPanel(services.layouts, services.cameras, monitors, services.duty, translate=translate)
        self.incidents = IncidentPanel(
            services.incidents,
            services.cameras,
            services.duty,
            services.personal,
            actions=actions,
            clock=clock,
            region_name=region_name,
            translate=translate,
        )
        self.bookmarks = BookmarkPanel(services.tagging, clock=clock, translate=translate)
        self.tag = TagPanel(
            services.tagging,
            services.cameras,
            services.incidents,
            clock=clock,
            region_name=region_name,
            translate=translate,
        )
        self.enrolment = EnrolmentPanel(services.enrolment, translate=translate)
        self.sign_in = SignInPanel(services.duty, services.browser, translate=translate)
        self.status = StatusLine(
            services.sync, services.duty, services.conflicts, services.quarantine, clock=clock, translate=translate
        )  # fmt: skip
        self.beside = SideWindows(
            services, self, open_file=open_file, region_name=region_name, clock=clock, translate=translate
        )
        IncidentFootage(
            self.incidents, self.beside.footage, services.footage, services.incidents,
            region_name=region_name, translate=translate, parent=self,
        )  # fmt: skip
        self.beside.review.quit_requested.connect(self.quit_requested)
        self.beside.connect_cameras(self.cameras)
        self.shared = SharedWindows(
            services, self.plan, self.cameras, region_name=region_name, clock=clock, translate=translate, parent=self
        )
        self.map = MapDesk(
            services, self.cameras, self.plan, self.incidents, monitors, pictures=map_pictures, actions=actions,
            regions=regions, clock=clock, translate=translate, remembered=remembered, parent=self,
        )  # fmt: skip
        self.notice = Notice(translate)
        self.store_notice = Notice(translate, lasting=True)
        self._lay_out()
        self._sizes = remembered.restore(self) if remembered is not None else None
        self._docks.show()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(True)  # Enter presses the button with the focus, as in a dialog
        self.keys = KeyList(translate, self)
        actions.install(self, Scope.EVERYWHERE)
        self._connect(actions)

    def select_tile(self, wall: str, index: int) -> None:
        """Follow a selection that was made on a wall."""
        self.plan.select(wall, index)

    @Slot(str)
    def start_tag(self, camera_id: str, request: TagRequest | None = None) -> None:
        """Bring the console to the front with the tag panel for a camera."""
        bring_up(self)
        self.tag.start(camera_id, request)

    @Slot()
    def start_search(self) -> None:
        bring_up(self)
        self.map.start_search()

    @Slot(str)
    def show_nearest(self, incident_id: str) -> int:
        """Put the live cameras nearest to an incident on the reserved tiles, and say so; how many found a place."""
        incident = self._services.incidents.get(incident_id)
        if incident is None:
            return 0
        coverage = self._services.incidents.nearest(incident_id)
        shown = show_nearest(self.plan, coverage, incident.place, translate=self._translate)
        (self._offer_undo if shown.placed else self._complain)(shown.words)
        return shown.placed

    @Slot(object)
    def _show_patrol(self, camera_ids: tuple[str, ...]) -> None:
        self.beside.patrol.take_places(camera_ids[: self.plan.show_on_reserved(camera_ids)])

    @Slot(object)
    def tell_trouble(self, problem: Fault | DomainError) -> None:
        """What was refused or has failed, in words."""
        self._complain(explain(problem, self._translate))

    @Slot(object)
    def show_store(self, trouble: Fault | None) -> None:
        """Nothing can be stored for this reason, or all can again (None)."""
        if trouble is not None:
            reason = explain(trouble, self._translate)
            self.store_notice.tell(self._translate(texts.NOT_STORED, reason=reason), trouble=True)
        else:
            self.store_notice.hide()
            self.notice.tell(self._translate(texts.STORED_AGAIN))

    def tell_restored(self, restoration: Restoration) -> None:
        """The store was damaged, and another one is in use."""
        self._complain(restoration_sentence(restoration, self._translate))

    def show_recording(self, fault: FaultCode | None) -> None:
        """The rolling recording has stopped for this reason, or runs (None)."""
        self.status.show_recording(fault)
        if fault is None:
            self.notice.tell(self._translate(texts.RECORDING_RESUMED))

    def leave(self) -> None:
        """Close without asking back: the program ends."""
        if self._remembered is not None and self._shown and not self._closing:
            self._remembered.save(self, self._docks.sizes(self._sizes))
        self._closing = True
        self.map.close()
        self.beside.review.close()
        self.beside.evidence.close()
        self.close()

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(3 * theme.SPACE, 2 * theme.SPACE, 3 * theme.SPACE, 2 * theme.SPACE)
        column.setSpacing(2 * theme.SPACE)
        for widget in (
            self.enrolment,
            self.sign_in,
            self.store_notice,
            self.shared.outage_strip,
            self.shared.notices,
            self.notice,
        ):
            column.addWidget(widget)
        column.addWidget(self.plan, 1)
        column.addWidget(self.tag)
        self.setCentralWidget(centre)
        self._docks = Docks.around(
            self,
            cameras=self.map.tabs,
            incidents=self.incidents,
            bookmarks=self.bookmarks,
            translate=self._translate,
        )
        bar = QStatusBar()
        bar.setSizeGripEnabled(False)
        bar.addPermanentWidget(self.status, 1)
        self.setStatusBar(bar)

    def _connect(self, actions: Actions) -> None:
        services = self._services
        actions.triggered.connect(self._on_action)
        actions.camera_dialled.connect(self._on_dialled)
        actions.dial_changed.connect(self._on_dialling)
        for asking in (self.cameras, self.map):
            asking.camera_activated.connect(self._place)
        self.cameras.told.connect(self.notice.tell)
        self.plan.tile_selected.connect(self.tile_selected)
        for changing in (self.plan, self.map):
            changing.told.connect(self.notice.tell)
            changing.refused.connect(self._complain)
            changing.undo_offered.connect(self._offer_undo)
        self.notice.offer_taken.connect(self.plan.undo)
        self.beside.register.outage_requested.connect(self.shared.plan_outage)
        self.incidents.nearest_requested.connect(self.show_nearest)
        self.bookmarks.play_requested.connect(self._play)
        self.bookmarks.refused.connect(self._complain)
        self.beside.evidence.connect_button(self.bookmarks.evidence)
        self.beside.patrol.places_wanted.connect(self._show_patrol)
        self.status.sign_out_requested.connect(services.duty.sign_out)
        self.status.conflicts_requested.connect(self.beside.show_conflicts)
        self.status.quarantine_requested.connect(self.beside.show_quarantine)
        self.beside.connect_status(self.status)
        services.footage.requests.register_changed.connect(self._show_late_requests)
        self.tag.opened.connect(self._make_room)
        self.tag.closed.connect(self._give_room_back)
        services.duty.signed_in.connect(self._on_signed_in)
        services.duty.signed_out.connect(self._on_signed_out)
        services.incidents.arrived.connect(self._on_arrived)
        services.incidents.refused.connect(self._on_incident_refused)
        for refused in (services.layouts.refused, services.cameras.refused, services.lifecycles.refused):
            refused.connect(self.tell_trouble)

    @Slot()
    def _show_late_requests(self) -> None:
        late = self._services.footage.requests.late
        self.status.show_late_requests(late)
        self.beside.letters.show_late_requests(late)

    @Slot()
    def _arrange(self) -> None:
        """Share the room among the docks: at first, and when the window has become another one, such as maximised."""
        self._arranged = self.size()
        self._docks.share(self, self._sizes)

    @Slot(object)
    def _on_action(self, action: ActionId) -> None:
        if action in LAYOUT_IDS:
            self._select_layout(LAYOUT_IDS.index(action))
            return
        if action in _AT_THE_CONSOLE:
            bring_up(self)
        handlers = {
            ActionId.SAVE_LAYOUT: self.plan.start_save,
            ActionId.SEARCH: self.start_search,
            ActionId.TAG: self._tag_selected,
            ActionId.MARK_IN: self._mark_in,
            ActionId.MARK_OUT: self._mark_out,
            ActionId.SILENCE: self._services.alarm.silence,
            ActionId.KEYS: self.keys.toggle,
            ActionId.OFFICERS: self.beside.show_officers,
            ActionId.OVERSIGHT: self.beside.show_oversight,
            ActionId.LETTERS: self.beside.show_letters,
            ActionId.PATROL: self.beside.show_patrol,
            ActionId.REVIEW: self.beside.review.open_search,
            ActionId.ABOUT: self.beside.show_about,
            ActionId.CAMERA_REGISTER: self.beside.show_register,
            ActionId.GO_PLAN: self.plan.focus,
            ActionId.GO_INCIDENTS: self.incidents.setFocus,
            ActionId.GO_BOOKMARKS: self.bookmarks.setFocus,
            ActionId.SIGN_OUT: self._services.duty.sign_out,
            ActionId.QUIT: self.quit_requested.emit,
            **self.shared.handlers(),
            **self.map.handlers(),
        }
        handler = handlers.get(action)
        if handler is not None:
            handler()

    def _select_layout(self, place: int) -> None:
        names = self._services.layouts.names()
        if place < len(names):
            try:
                self._services.layouts.select(names[place])
            except DomainError as error:
                self.tell_trouble(error)

    def _tag_selected(self) -> None:
        camera_id = self._selected_camera()
        if camera_id is None:
            return
        moment = self._replayed_at(camera_id)
        self.start_tag(camera_id, self._services.tagging.begin(camera_id, moment=moment) if moment else None)

    def _mark_in(self) -> None:
        camera_id = self._selected_camera()
        if camera_id is not None:
            self._services.tagging.mark_in(camera_id, moment=self._replayed_at(camera_id))
            self.notice.tell(self._translate(review_texts.MARKED_IN, camera=self._name(camera_id)))

    def _mark_out(self) -> None:
        camera_id = self._selected_camera()
        if camera_id is None:
            return
        request = self._services.tagging.mark_out(camera_id, moment=self._replayed_at(camera_id))
        if request is None:
            self._complain(self._translate(review_texts.NO_MARK_IN))
        else:
            self.start_tag(camera_id, request)

    def _selected_camera(self) -> str | None:
        """Of the selected tile, else of the tree; says so when there is none."""
        camera_id = self.plan.selected_camera() or self.cameras.selected_camera()
        if camera_id is None:
            self._complain(self._translate(texts.NO_TILE_SELECTED))
        return camera_id

    def _name(self, camera_id: str) -> str:
        camera = self._services.cameras.get(camera_id)
        return camera.name if camera else camera_id

    @Slot(str)
    def _place(self, camera_id: str) -> None:
        if not self.plan.place(camera_id):
            self._complain(self._translate(texts.NO_TILE_SELECTED))

    @Slot(int)
    def _on_dialled(self, number: int) -> None:
        camera = self._services.cameras.by_number(number)
        if camera is None:
            self._complain(self._translate(texts.DIALLED_UNKNOWN, number=number))
        else:
            self._place(camera.id)

    @Slot(str)
    def _on_dialling(self, digits: str) -> None:
        if digits:
            self.notice.tell(self._translate(texts.DIALLING, number=digits))
        else:
            self.notice.hide()

    @Slot()
    def _make_room(self) -> None:
        self._docks.make_room(self)

    @Slot()
    def _give_room_back(self) -> None:
        self._docks.give_room_back()
        self._rest()

    def _rest(self) -> None:
        """The keyboard goes where work goes on: to the walls, or to the sign-in while nobody is on duty."""
        (self.plan.focus if self._services.duty.officer else self.sign_in.focus)()

    @Slot(object)
    def _play(self, row: BookmarkRow) -> None:
        self.beside.review.open_row(row)

    @Slot(object)
    def _on_signed_in(self, officer: Officer) -> None:
        name = f"{officer.rank} {officer.name}".strip()
        self.notice.tell(self._translate(texts.SIGNED_IN, officer=name))
        self.plan.focus()

    @Slot()
    def _on_signed_out(self) -> None:
        self.notice.tell(self._translate(texts.SIGNED_OUT))
        self.sign_in.focus()

    @Slot(object)
    def _on_arrived(self, incident: Incident) -> None:
        say = self._translate
        self.notice.tell(
            say(
                incident_texts.ARRIVED,
                type=say(incident_texts.TYPES[incident.type]),
                severity=say(incident_texts.SEVERITIES[incident.severity]),
                place=place_text(incident.place, region_name=self._region_name, translate=say),
            ),
            trouble=True,
        )

    @Slot(object)
    def _on_incident_refused(self, problem: Fault | DomainError) -> None:
        if not self.incidents.refuse_entry(explain(problem, self._translate)):
            self.tell_trouble(problem)

    @Slot(str)
    def _complain(self, text: str) -> None:
        self.notice.tell(text, trouble=True)

    @Slot(str)
    def _offer_undo(self, text: str) -> None:
        self.notice.tell(text, offer=self._translate(texts.UNDO))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.notice.isVisible():
            self.notice.hide()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.keys.hide()
        before, now = self._arranged, self.size()
        if max(abs(now.width() - before.width()), abs(now.height() - before.height())) > _RESIZED:
            self._arranging.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            self._rest()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The console is the way to everything: closing it ends the program, in order."""
        if self._closing:
            super().closeEvent(event)
            return
        event.ignore()
        self.quit_requested.emit()
