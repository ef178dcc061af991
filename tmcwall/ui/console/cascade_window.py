"""The window of one Kenita alarm: how far its cascade has gone, whom to tell, who was told, and the cameras around."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

from PySide6.QtCore import QTime, QTimer, SignalInstance, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTableWidgetItem,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.contact import Contact
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.incident import Drill, Incident
from tmcwall.domain.kenita import LEVELS, Cascade, Level, Reach, cameras_of, contacts_of
from tmcwall.domain.station_zone import StationZone
from tmcwall.texts import Translator
from tmcwall.texts import contacts as contact_texts
from tmcwall.texts import incident_log as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_clocks import clock_text
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.console.moments import time_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.services import CameraService, ContactService, IncidentService

_WIDTH: Final = 220 * theme.SPACE
_HEIGHT: Final = 150 * theme.SPACE
_TICK_MS: Final = 1000


class CascadeService(Protocol):
    """The cascades, as `Cascades` keeps them."""

    @property
    def changed(self) -> SignalInstance: ...
    @property
    def refused(self) -> SignalInstance: ...

    def of(self, incident: Incident) -> Cascade: ...
    def notified(self, incident_id: str, level: Level, contact_id: str, *, at: datetime) -> None: ...
    def acknowledge(self, incident_id: str) -> None: ...
    def all_clear(self, incident_id: str) -> None: ...


PositionOf = Callable[[str, str, str], Position | None]
"""Of an RT, by adm4, rw and rt; None where it is not known."""


class CascadeWindow(QDialog):
    """Never comes up by itself. Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        cascades: CascadeService,
        incidents: IncidentService,
        contacts: ContactService,
        cameras: CameraService,
        *,
        position_of: PositionOf,
        show_on_reserved: Callable[[Sequence[str]], int],
        clock: Clock,
        region_name: RegionName,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._cascades = cascades
        self._incidents = incidents
        self._contacts = contacts
        self._cameras = cameras
        self._position_of = position_of
        self._show_on_reserved = show_on_reserved
        self._clock = clock
        self._region_name = region_name
        self._translate = say = translate
        self._incident_id: str | None = None
        self._lines: list[tuple[Level, Contact]] = []
        self._around: Sequence[tuple[Camera, Reach]] = ()
        self.setWindowTitle(say(texts.CASCADE_TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._what = plain_label("", title=True)
        self._what.setWordWrap(True)
        self._drill = plain_label("")
        self._drill.setWordWrap(True)
        self._drill.setFont(theme.font(strong=True))
        self._stand = plain_label("")
        self._stand.setWordWrap(True)
        self._answer = plain_label("", soft=True)
        self._answer.setWordWrap(True)
        columns = (texts.LEVEL, contact_texts.ROLE, contact_texts.PLACE, contact_texts.NAME, contact_texts.PHONE)
        self._table = rows_to_read(
            [*map(say, columns), say(texts.TOLD)], name=say(texts.CASCADE_TITLE), parent=self
        )  # fmt: skip
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.horizontalHeader().setStretchLastSection(True)
        self._list = rows_to_read([say(texts.CAMERA), say(texts.WHY)], name=say(texts.CAMERAS), parent=self)
        self._list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._time = QTimeEdit(self)
        self._time.setDisplayFormat("HH.mm.ss")
        self._time.setAccessibleName(say(texts.TOLD))
        self._tell = quiet_button(say(texts.TELL), self._on_tell, parent=self)
        self._acknowledge = quiet_button(say(texts.ANSWER), self._on_acknowledge, parent=self)
        self._clear = quiet_button(say(texts.ALL_CLEAR), self._on_clear, parent=self)
        self._show = quiet_button(say(texts.SHOW_CAMERAS), self._on_show, parent=self)
        self._lay_out()
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._tick)
        cascades.changed.connect(self._follow)
        cascades.refused.connect(self._complain)
        contacts.changed.connect(self._show_all)
        incidents.changed.connect(self._follow_incident)

    @Slot(str)
    def show_incident(self, incident_id: str) -> None:
        """That alarm from now on, with the time of now for who is told next."""
        self._incident_id = incident_id
        local = self._translate.zone.local(self._clock.utc())
        self._time.setTime(QTime(local.hour, local.minute, local.second))
        self._answer.clear()
        self._show_all()
        self._ticks.start()

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.CASCADE_HELP), soft=True)
        explanation.setWordWrap(True)
        telling = QHBoxLayout()
        label = plain_label(say(texts.TOLD), soft=True)
        label.setBuddy(self._time)
        for widget in (label, self._time, self._tell, self._acknowledge, self._clear):
            telling.addWidget(widget)
        telling.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self._show)
        foot.addWidget(self._answer, 1)
        foot.addWidget(quiet_button(say(texts.CLOSE), self.reject, parent=self))
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        for part in (self._what, self._drill, self._stand, explanation):
            layout.addWidget(part)
        layout.addWidget(self._table, 3)
        layout.addLayout(telling)
        layout.addWidget(plain_label(say(texts.CAMERAS), soft=True))
        layout.addWidget(self._list, 2)
        layout.addLayout(foot)

    @Slot()
    def _show_all(self) -> None:
        incident = self._incident()
        if incident is None:
            return
        say, place = self._translate, incident.place
        kind = say(incident_texts.TYPES[incident.type])
        self._what.setText(f"{kind}, {place_text(place, region_name=self._region_name, translate=say)}")
        is_drill = incident.drill is not Drill.ACTUAL
        self._drill.setVisible(is_drill)
        self._drill.setText(say(texts.CASCADE_DRILL, drill=say(incident_texts.DRILLS[incident.drill])))
        known = self._contacts.all()
        self._lines = [(level, one) for level in LEVELS for one in contacts_of(level, incident, known)]
        self._show_lines(incident)
        self._around = cameras_of(place, self._cameras.all(), position_of=self._position_of)
        self._list.setRowCount(len(self._around))
        for row, (camera, reach) in enumerate(self._around):
            for column, text in enumerate((camera.name, say(texts.REACHES[reach]))):
                self._list.setItem(row, column, QTableWidgetItem(text))
        self._show.setEnabled(bool(self._around))

    def _show_lines(self, incident: Incident) -> None:
        say, cascade = self._translate, self._cascades.of(incident)
        chosen = self._table.currentRow()
        self._table.setRowCount(len(self._lines))
        for row, (level, contact) in enumerate(self._lines):
            told = cascade.notified_at(contact.id)
            cells = (
                say(texts.LEVELS[level]),
                say(contact_texts.ROLES[contact.role]),
                contact.place,
                contact.contact_name,
                contact.contact_phone,
                "–" if told is None else time_text(told, say),
            )
            for column, text in enumerate(cells):
                self._table.setItem(row, column, QTableWidgetItem(text))
        untold = (row for row, (_, one) in enumerate(self._lines) if cascade.notified_at(one.id) is None)
        self._table.selectRow(chosen if chosen >= 0 else next(untold, 0))
        self._tell.setEnabled(bool(self._lines))
        self._acknowledge.setEnabled(cascade.acknowledged_at is None)
        self._clear.setEnabled(cascade.all_clear_at is None)
        self._show_stand(incident, cascade)

    def _show_stand(self, incident: Incident, cascade: Cascade) -> None:
        say = self._translate
        level = say(texts.LEVELS[cascade.level])
        sentences = []
        if cascade.acknowledged_at is not None:
            sentences.append(say(texts.CASCADE_ANSWERED, time=time_text(cascade.acknowledged_at, say), level=level))
        elif cascade.next_level is not None and cascade.next_in is not None:
            following = say(texts.LEVELS[cascade.next_level])
            sentences.append(say(texts.CASCADE_NEXT, level=level, next=following, time=clock_text(cascade.next_in)))
        elif cascade.all_clear_at is None:
            sentences.append(say(texts.CASCADE_LAST, level=level))
        if cascade.all_clear_at is not None:
            sentences.append(say(texts.CASCADE_CLEAR, time=time_text(cascade.all_clear_at, say)))
        count = len(self._incidents.calls(incident.id))
        if count > 1:
            sentences.append(say(texts.CASCADE_COUNT, count=count))
        if not (incident.place.rt and incident.place.rw):
            sentences.append(say(texts.CASCADE_NO_RT))
        self._stand.setText(" ".join(sentences))

    def _incident(self) -> Incident | None:
        return None if self._incident_id is None else self._incidents.get(self._incident_id)

    @Slot()
    def _tick(self) -> None:
        incident = self._incident()
        if not self.isVisible() or incident is None:
            self._ticks.stop()
            return
        self._show_stand(incident, self._cascades.of(incident))

    @Slot(str)
    def _follow(self, incident_id: str) -> None:
        incident = self._incident()
        if incident is not None and incident.id == incident_id:
            self._show_lines(incident)

    @Slot(object)
    def _follow_incident(self, incident: Incident) -> None:
        if incident.id == self._incident_id:
            self._show_all()

    @Slot()
    def _on_tell(self) -> None:
        row, incident = self._table.currentRow(), self._incident()
        if incident is None or not 0 <= row < len(self._lines):
            return
        level, contact = self._lines[row]
        entered = self._time.time()
        at = _moment_of_day(entered, now=self._clock.utc(), zone=self._translate.zone)
        self._cascades.notified(incident.id, level, contact.id, at=at)
        self._table.selectRow(min(row + 1, len(self._lines) - 1))

    @Slot()
    def _on_acknowledge(self) -> None:
        if self._incident_id is not None:
            self._cascades.acknowledge(self._incident_id)

    @Slot()
    def _on_clear(self) -> None:
        if self._incident_id is not None:
            self._cascades.all_clear(self._incident_id)

    @Slot()
    def _on_show(self) -> None:
        shown = self._show_on_reserved([camera.id for camera, _ in self._around])
        self._answer.setText(self._translate(texts.SHOWN, count=shown))

    @Slot(object)
    def _complain(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))


def _moment_of_day(entered: QTime, *, now: datetime, zone: StationZone) -> datetime:
    """The last time that the station's clocks showed this."""
    local = zone.local(now)
    moment = local.replace(hour=entered.hour(), minute=entered.minute(), second=entered.second(), microsecond=0)
    moment -= timedelta(days=1) if moment > local else timedelta(0)
    return moment.astimezone(now.tzinfo)
