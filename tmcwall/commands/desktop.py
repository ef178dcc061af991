"""The one place that wires the desktop program."""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from tmcwall.commands.desk_services import DeskServices
from tmcwall.domain.camera import Position
from tmcwall.domain.clock import SystemClock
from tmcwall.domain.oversight import View
from tmcwall.domain.station_zone import StationZone
from tmcwall.heap import TIDY_S, Heap, leave_alone_what_stays
from tmcwall.log import get_logger
from tmcwall.private_files import closing_to_others
from tmcwall.services.camerabook import CameraBook
from tmcwall.services.city import City
from tmcwall.services.watched_over import OversightServices
from tmcwall.stop_signals import STOP_SIGNALS
from tmcwall.texts import Language, Translator
from tmcwall.texts import ground_points as ground_texts
from tmcwall.ui import theme
from tmcwall.ui.actions import ActionId, Actions
from tmcwall.ui.case_services import EvidenceServices, RemainingServices
from tmcwall.ui.console.camera_tree import region_names
from tmcwall.ui.console.ground_window import GroundWindow
from tmcwall.ui.console.incident_place import IncidentPlace
from tmcwall.ui.console.incident_windows import IncidentWindows
from tmcwall.ui.console.insight import KeptInSight
from tmcwall.ui.console.place_import import PlaceImportBar
from tmcwall.ui.console.remembered import Remembered
from tmcwall.ui.console.window import ConsoleWindow
from tmcwall.ui.display import check_display
from tmcwall.ui.map.pictures import MapFiles, MapPictures
from tmcwall.ui.qt_words import install_qt_words
from tmcwall.ui.qtmessages import send_qt_messages_to_log
from tmcwall.ui.raised_walls import RaisedWalls
from tmcwall.ui.sent_walls import SentWalls
from tmcwall.ui.services import ConsoleServices
from tmcwall.ui.stallwatch import StallWatch
from tmcwall.ui.wall.canvas import Painted
from tmcwall.ui.wallroom import WallRoom
from tmcwall.video.ipc.messages import RecordingStopped
from tmcwall.workstation import Workstation, open_workstation

log = get_logger(__name__)

_STOP_S: Final = 3.0
"""From asking for the end to the end, whatever hangs."""
_VIDEO_STOP_MS: Final = 2800
_SIGNALS_MS: Final = 200
"""How often Python may look at signals while Qt waits."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What `tmcwall run` was asked."""

    data_dir: Path | None = None
    language: Language | None = None
    layout: str | None = None
    kiosk: bool = False


def run_desktop(options: RunOptions) -> int:
    """Show the wall until it is closed; the exit code. Raises Fault(NO_DISPLAY, SETTINGS_*, STORE_*)."""
    check_display()
    with open_workstation(options.data_dir, clock=SystemClock(), reads_suffice=True) as workstation:
        settings = workstation.settings
        language = options.language or Language(settings.language)
        translate = Translator(language, zone=StationZone(settings.time_zone))
        application = make_application(translate)
        desktop = Desktop(
            application, workstation, translate=translate, layout=options.layout, kiosk=options.kiosk
        )  # fmt: skip
        with closing_to_others(workstation.paths.private_places):
            run_until_closed(application, desktop)
        return 0


def make_application(translate: Translator) -> QApplication:
    """The one QApplication with theme, Qt's own words translated, and Qt's messages in our log."""
    send_qt_messages_to_log()
    application = QApplication(sys.argv[:1])
    application.setApplicationName("tmcwall")
    application.setQuitOnLastWindowClosed(False)
    install_qt_words(application, translate.language)
    theme.apply_theme(application)
    return application


def run_until_closed(application: QApplication, desktop: Desktop) -> None:
    """Start everything, let Qt run, stop everything; SIGINT and SIGTERM close the program."""
    awake = QTimer(interval=_SIGNALS_MS)
    awake.timeout.connect(_let_python_see_signals)
    awake.start()
    for number in STOP_SIGNALS:
        signal.signal(number, lambda _number, _frame: desktop.stop())
    desktop.stopped.connect(application.quit)
    desktop.start()
    application.exec()


class Desktop(DeskServices):
    """All of one workstation's program: services, walls and console, started and stopped together."""

    stopped = Signal()

    def __init__(
        self,
        application: QApplication,
        workstation: Workstation,
        *,
        translate: Translator,
        layout: str | None = None,
        kiosk: bool = False,
        painted: Painted | None = None,
    ) -> None:
        super().__init__(workstation, translate=translate, layout=layout)
        settings, clock = workstation.settings, workstation.clock
        self._stopping, self._finished, self._end_ns = False, False, 0
        self._heap = Heap()
        self._tidying = QTimer(self, interval=round(TIDY_S * 1000))
        self._tidying.timeout.connect(self._tidy)
        self._stalls = StallWatch(workstation.paths.logs, clock=clock, parent=self)
        self.actions = Actions(translate, parent=self)
        self.room = WallRoom(
            application,
            self.feed,
            layouts=self.layouts,
            places=self.places,
            cameras=self.cameras,
            masks=self.footage.masks,
            incidents=self.incidents,
            actions=self.actions,
            clock=clock,
            translate=translate,
            chosen=settings.walls,
            reserved=settings.reserved_tiles,
            everywhere=kiosk,
            painted=painted,
            calibrations=self.place.calibrations,
            parent=self,
        )
        self.sent_walls = SentWalls(
            self.for_all.wall_orders, self.layouts, self.incidents, self.room, translate=translate, parent=self
        )  # fmt: skip
        self.watched_over = OversightServices.of(
            store=workstation.store,
            cameras=self.cameras,
            duty=self.duty,
            seen=self._seen,
            server_url=settings.server_url,
            clock=clock,
            parent=self,
        )
        self._services.add(*self.watched_over.in_order())
        self.console = self._console() if not kiosk else None
        self._connect()

    def start(self) -> None:
        """Start video, read the store, show the windows."""
        self.feed.start()
        self._services.start()
        self.endpoint.start()
        self._stalls.start()
        self._tidying.start()
        if self.console is not None:
            self.console.show()
            if self._workstation.settings_fault is not None:
                self.console.tell_trouble(self._workstation.settings_fault)
            if self._workstation.restored is not None:
                self.console.tell_restored(self._workstation.restored)

    @Slot()
    def stop(self) -> None:
        """Stop everything at once; `stopped` follows within 3 s, whatever hangs."""
        if self._stopping:
            return
        self._stopping = True
        self._end_ns = self._workstation.clock.monotonic_ns() + round(_STOP_S * 1e9)
        self._stalls.stop()
        self._tidying.stop()
        self.room.close()
        if self.console is not None:
            self.console.leave()
        self.endpoint.stop()
        self._services.stop()
        self.feed.stopped.connect(self._finish)
        QTimer.singleShot(_VIDEO_STOP_MS, self, self._finish)
        self.feed.stop()

    def _console(self) -> ConsoleWindow:
        settings = self._workstation.settings
        files = MapFiles(settings.map_tiles, settings.map_layers, settings.map_attribution, settings.letter_place)
        pictures = MapPictures(files, self.regions.all(), parent=self)
        self._services.add(pictures)
        services = ConsoleServices(
            duty=self.duty,
            browser=self.browser,
            cameras=self.cameras,
            incidents=self.incidents,
            tagging=self.tagging,
            case_units=self.case_units,
            copies=self.evidence.copies,
            evidence=EvidenceServices(
                export=self.evidence.export, check=self.evidence.check, redaction=self.evidence.redaction
            ),
            letters=self.letters,
            search=self.footage.search,
            tracks=self.footage.tracks,
            holds=self.footage.holds,
            baskets=self.footage.baskets,
            annotations=self.footage.annotations,
            masks=self.footage.masks,
            open_live=self.feed.open_tile,
            handover=self.handover,
            layouts=self.layouts,
            sync=self.sync,
            alarm=self.alarm,
            health=self.health,
            lifecycles=self.lifecycles,
            conflicts=self.conflicts,
            personal=self.personal,
            quarantine=self.quarantine,
            register=self.register,
            officers=self.officers,
            enrolment=self.enrolment,
            oversight=self.watched_over.oversight,
            oversight_search=self.watched_over.search,
            outages=self.for_all.outages,
            contacts=self.for_all.contacts,
            wall_orders=self.for_all.wall_orders,
            patrol=self.watched_over.patrol,
            city=self._city(),
            footage=RemainingServices(
                remaining=self.owned_footage.remaining,
                securing=self.owned_footage.securing,
                requests=self.owned_footage.requests,
            ),
            upkeep=self.upkeep.for_screens(),
            logins=self.for_all.logins,
        )
        return ConsoleWindow(
            services,
            self.room,
            actions=self.actions,
            regions=self.regions,
            open_file=self.feed.open_file,
            clock=self._workstation.clock,
            translate=self._translate,
            replayed_at=self.room.walls.replayed_at,
            map_pictures=pictures,
            remembered=Remembered(self._workstation.paths.state / "console.ini"),
        )

    def _city(self) -> City:
        """For the console only: walls of a kiosk show none of it."""
        settings = self._workstation.settings
        city = City(
            server_url=settings.server_url,
            gates=settings.gates(),
            store=self._workstation.store,
            duty=self.duty,
            clock=self._workstation.clock,
            nearest=self.cameras.nearest,
            links=settings.links(),
            zone=self._translate.zone,
            parent=self,
        )
        self._services.add(city)
        self.duty.token_changed.connect(city.use_token)
        return city

    def _connect(self) -> None:
        self._connect_places()
        self._connect_incident_windows()
        self.duty.token_changed.connect(self.watched_over.search.use_token)
        self.duty.changed.connect(self._show_cameras)
        self._stalls.stalled.connect(self.room.tell_stall)
        self.cameras.cameras_changed.connect(leave_alone_what_stays, Qt.ConnectionType.SingleShotConnection)
        self.feed.recording_stopped.connect(self._tell_recording_stopped)
        self.feed.recording_resumed.connect(self._tell_recording_resumed)
        if self.console is not None:
            KeptInSight(self.console, self.room)
            self.room.selection_changed.connect(self.console.select_tile)
            self.room.tile_cleared.connect(self.console.plan.offer_undo)
            self.console.tile_selected.connect(self.room.select)
            self.places.refused.connect(self.console.tell_trouble)
            self.sent_walls.told.connect(self.console.shared.tell_order)
            self.health.refused.connect(self.console.tell_trouble)
            self.enrolment.key_out_of_reach.connect(self.console.tell_trouble)
            self.storing.changed.connect(self.console.show_store)
            self.console.quit_requested.connect(self.stop)
        else:
            self.actions.triggered.connect(self._quit_without_console)

    def _connect_places(self) -> None:
        place = self.place
        RaisedWalls(place.raised, self.layouts, self.room, clock=self._workstation.clock, parent=self)
        self.health.view_accepted.connect(place.calibrations.forget_moved)
        if self.console is None:
            return
        IncidentPlace(
            self.console.incidents,
            place.incidents,
            places=place.places,
            raised=place.raised,
            blind_spots=place.blind_spots,
            contacts=self.for_all.contacts,
            translate=self._translate,
            parent=self.console,
        )
        ground = GroundWindow(
            place.calibrations,
            self.footage.masks,
            self.feed.open_tile,
            clock=self._workstation.clock,
            translate=self._translate,
            parent=self.console,
        )
        self.console.cameras.add_to_menu(ground_texts.OPEN, partial(_open_camera, ground, self.cameras))
        self.console.shared.contacts.add_below(
            PlaceImportBar(place.imports, place.places, translate=self._translate, parent=self.console)
        )
        for refused in (place.blind_spots.refused, place.places.refused):
            refused.connect(self.console.tell_trouble)

    def _connect_incident_windows(self) -> None:
        if self.console is None:
            return
        places = self.place.places

        def rt_position(adm4: str, rw: str, rt: str) -> Position | None:
            """None, and not the middle of the kelurahan, where the RT is not known: exits are within 300 m."""
            return places.neighbourhoods.position_of(adm4, rw, rt)

        IncidentWindows(
            self.console.incidents,
            self.incident_records.log,
            self.incident_records.cascades,
            self.incidents,
            self.for_all.contacts,
            self.cameras,
            position_of=rt_position,
            show_on_reserved=self.console.plan.show_on_reserved,
            clock=self._workstation.clock,
            region_name=region_names(self.regions),
            translate=self._translate,
            parent=self.console,
        )

    def _seen(self) -> frozenset[View]:
        reviewed = frozenset() if self.console is None else self.console.beside.review.views()
        return self.room.walls.views() | reviewed

    @Slot()
    def _show_cameras(self) -> None:
        if self.duty.officer is not None:
            self.cameras.show_to(self.duty.officer)

    @Slot(object)
    def _tell_recording_stopped(self, report: RecordingStopped) -> None:
        log.warning("recording stopped", cause=report.fault, detail=report.detail)
        if self.console is not None:
            self.console.show_recording(report.fault)

    @Slot()
    def _tell_recording_resumed(self) -> None:
        if self.console is not None:
            self.console.show_recording(None)

    @Slot(object)
    def _quit_without_console(self, action: ActionId) -> None:
        if action is ActionId.QUIT:
            self.stop()

    @Slot()
    def _tidy(self) -> None:
        self._heap.give_back()

    @Slot()
    def _finish(self) -> None:
        """Once: when the video has stopped, or takes too long to."""
        if self._finished:
            return
        self._finished = True
        self._services.join(end_ns=self._end_ns, clock=self._workstation.clock)
        self.stopped.emit()


def _open_camera(window: GroundWindow, cameras: CameraBook, camera_id: str) -> None:
    camera = cameras.get(camera_id)
    if camera is not None:
        window.open_camera(camera)


def _let_python_see_signals() -> None:
    """Qt's event loop is C++: signal handlers run when some Python code does."""
