"""The right dock: the incident queue, the selected incident, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Position
from tmcwall.domain.clock import Clock
from tmcwall.domain.incident import Certainty, Incident, IncidentNote, Status
from tmcwall.domain.kenita import cascades
from tmcwall.domain.officer import Action as Right
from tmcwall.domain.response_times import laps
from tmcwall.services.personal import Reporter, ReporterState
from tmcwall.texts import Translator
from tmcwall.texts import incidents as texts
from tmcwall.ui import theme
from tmcwall.ui.actions import ActionId, Actions, Scope
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.footage_list import FootageList
from tmcwall.ui.console.incident_detail import IncidentDetail
from tmcwall.ui.console.incident_form import IncidentForm
from tmcwall.ui.console.incident_handling import HandlingBar
from tmcwall.ui.console.incident_list import INCIDENT_ROLE, IncidentDelegate, IncidentListModel
from tmcwall.ui.console.incident_merging import MergeBar
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.services import CameraService, DutyService, IncidentService, PersonalService

_TICK_MS: Final = 1000
_FOOTAGE_HEIGHT: Final = 42 * theme.SPACE
_ROOM_FOR_FOOTAGE: Final = 140 * theme.SPACE
"""In a lower panel the short list of footage gives way to the queue; its window has the whole one."""
_LEAST_QUEUE: Final = 32 * theme.SPACE
"""One incident and the head of the next: that there is another one is seen at any size."""


class IncidentPanel(QWidget):
    """The queue with its clocks. The desk decides; this panel shows and asks."""

    incident_selected = Signal(str)
    nearest_requested = Signal(str)
    footage_requested = Signal(str)
    """What is left of its footage."""
    secure_requested = Signal(str)
    """Hold and ask for its footage at once."""
    cascade_requested = Signal(str)
    """How far a Kenita alarm has gone."""
    log_requested = Signal()

    def __init__(
        self,
        desk: IncidentService,
        cameras: CameraService,
        duty: DutyService,
        personal: PersonalService,
        *,
        actions: Actions,
        clock: Clock,
        region_name: RegionName,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._duty = duty
        self._personal = personal
        self._translate = translate
        self._chosen: str | None = None
        self._clock = clock
        self._model = IncidentListModel(
            calls=desk.calls, region_name=region_name, translate=translate, parent=self
        )  # fmt: skip
        self._view = QListView()
        self._view.setModel(self._model)
        self._view.setUniformItemSizes(True)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setMinimumHeight(_LEAST_QUEUE)
        self._view.setAccessibleName(translate(texts.QUEUE_TITLE))
        self._view.setAccessibleDescription(translate(texts.QUEUE_HELP))
        self._view.setItemDelegate(
            IncidentDelegate(
                targets=desk.targets, clock=clock, region_name=region_name, translate=translate, parent=self._view
            )
        )
        actions.install(self._view, Scope.INCIDENTS)
        self._count = plain_label("", soft=True)
        self._count.setWordWrap(True)
        self._new = QPushButton(translate(texts.NEW))
        self._new.clicked.connect(self.start_entry)
        self._empty = plain_label(translate(texts.QUEUE_EMPTY), soft=True)
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._detail = IncidentDetail(region_name=region_name, translate=translate)
        self.footage = FootageList(short=True, clock=clock, translate=translate)
        self.footage.setMaximumHeight(_FOOTAGE_HEIGHT)
        self._form = IncidentForm(cameras, region_name=region_name, translate=translate)
        self._bar = HandlingBar(translate)
        self._merging = MergeBar(translate)
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect(actions)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self._view.viewport().update)
        self._ticks.start()
        self._show_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.footage.setVisible(self.height() >= _ROOM_FOR_FOOTAGE)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._count, 1)
        head.addWidget(self._new)
        queue = QWidget()
        queue_layout = QVBoxLayout(queue)
        queue_layout.setContentsMargins(0, 0, 0, 0)
        queue_layout.setSpacing(2 * theme.SPACE)
        queue_layout.addLayout(head)
        queue_layout.addWidget(self._view, 1)
        queue_layout.addWidget(self._empty, 1)
        below = QWidget()
        self._below = below_layout = QVBoxLayout(below)
        below_layout.setContentsMargins(0, theme.SPACE, 0, 0)
        below_layout.setSpacing(2 * theme.SPACE)
        below_layout.addWidget(self._bar)
        below_layout.addWidget(self._merging)
        below_layout.addWidget(self._detail, 1)
        below_layout.addWidget(self.footage)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(queue)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        form = QScrollArea()
        form.setWidgetResizable(True)
        form.setFrameShape(QFrame.Shape.NoFrame)
        form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        form.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        form.setWidget(self._form)
        self._stack.addWidget(split)
        self._stack.addWidget(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE)
        layout.addWidget(self._stack)
        self.setFocusProxy(self._view)

    def _connect(self, actions: Actions) -> None:
        self._view.selectionModel().currentChanged.connect(self._on_current)
        self._view.doubleClicked.connect(self._on_nearest)
        self._bar.acknowledge_requested.connect(self._on_acknowledge)
        self._bar.verify_requested.connect(self._on_verify)
        self._bar.dispatch_requested.connect(self._on_dispatch)
        self._bar.arrive_requested.connect(self._on_arrive)
        self._bar.cascade_requested.connect(self._on_cascade)
        self._bar.nearest_requested.connect(self._on_nearest)
        self._merging.merge_requested.connect(self._on_merge)
        self._merging.split_requested.connect(self._on_split)
        self._bar.footage_requested.connect(self._on_footage)
        self._bar.note_written.connect(self._on_note)
        self._bar.close_requested.connect(self._on_close)
        self._form.submitted.connect(self._desk.report)
        self._form.cancelled.connect(self.end_entry)
        actions.triggered.connect(self._on_action)
        desk = self._desk
        desk.listed.connect(self._show_all)
        desk.arrived.connect(self._on_arrived)
        desk.changed.connect(self._show_all)
        desk.noted.connect(self._on_noted)
        desk.exported.connect(self._detail.tell_exported)
        self._detail.cap_chosen.connect(self._on_cap)
        self._duty.changed.connect(self._show_all)
        self._personal.changed.connect(self._on_personal)

    @property
    def selected(self) -> str | None:
        """Id of the selected incident."""
        return self._chosen

    def select(self, incident_id: str) -> None:
        index = self._model.row_of(incident_id)
        if index.isValid():
            self._view.setCurrentIndex(index)

    def add_below(self, widget: QWidget) -> None:
        """Between the buttons and what is known of the selected incident."""
        self._below.insertWidget(1, widget)

    @Slot()
    def start_entry(self) -> None:
        """Show the form for an incident that comes by word of mouth."""
        self._stack.setCurrentIndex(1)
        self._form.start()

    def start_entry_at(self, position: Position) -> None:
        """The same for a place that was chosen on a map."""
        self.start_entry()
        self._form.put_position(position)

    @Slot()
    def end_entry(self) -> None:
        self._stack.setCurrentIndex(0)
        self._view.setFocus()

    def refuse_entry(self, reason: str) -> bool:
        """The draft in the form was not taken; False if the form waits for nothing."""
        if not self._form.waiting:
            return False
        self._form.refuse(reason)
        return True

    @Slot()
    def _show_all(self) -> None:
        incidents = self._desk.open()
        chosen = self._chosen
        self._model.show(incidents)
        self._view.setVisible(bool(incidents))
        self._empty.setVisible(not incidents)
        new = sum(incident.status is Status.NEW for incident in incidents)
        self._count.setText(self._translate(texts.QUEUE_COUNT, open=len(incidents), new=new))
        index = self._model.row_of(chosen)
        if not index.isValid() and incidents:
            index = self._model.index(0)
        self._view.setCurrentIndex(index)
        self._show_chosen()

    def _show_chosen(self) -> None:
        incident = None if self._chosen is None else self._desk.get(self._chosen)
        notes = () if incident is None else self._desk.notes(incident.id)
        reporter = Reporter(ReporterState.OF_CASES) if incident is None else self._personal.reporter(incident)
        allowed = self._duty.can(Right.HANDLE_INCIDENTS)
        timed = () if incident is None else laps(incident, now=self._clock.utc(), targets=self._desk.targets)
        calls = () if incident is None else self._desk.calls(incident.id)
        self._detail.show_incident(
            incident, notes, calls=calls, laps=timed, on_duty=self._duty.officer, reporter=reporter
        )  # fmt: skip
        self._bar.show_incident(incident, allowed=allowed)
        likely = () if incident is None else self._desk.proposals(incident.id)
        self._merging.show_incident(incident, likely, calls[1:], self._desk.open(), allowed=allowed)
        self._new.setEnabled(allowed)

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        incident = index.data(INCIDENT_ROLE)
        self._chosen = incident.id if isinstance(incident, Incident) else None
        self._show_chosen()
        if self._chosen is not None:
            self.incident_selected.emit(self._chosen)
        else:
            self.footage.show_footage(None)

    @Slot(object)
    def _on_arrived(self, incident: Incident) -> None:
        self._show_all()
        if self._form.waiting:
            self._form.clear()
            self.end_entry()
            self.select(incident.id)

    @Slot(object)
    def _on_noted(self, note: IncidentNote) -> None:
        if note.incident_id == self._chosen:
            self._show_chosen()

    @Slot(str)
    def _on_personal(self, incident_id: str) -> None:
        if incident_id == self._chosen:
            self._show_chosen()

    @Slot(object)
    def _on_action(self, action: ActionId) -> None:
        handlers: Mapping[ActionId, Callable[[], object]] = {
            ActionId.NEW_INCIDENT: self.start_entry,
            ActionId.NEAREST: self._on_nearest,
            ActionId.ACKNOWLEDGE: self._on_acknowledge,
            ActionId.VERIFY: self._on_verify,
            ActionId.DISPATCH: self._on_dispatch,
            ActionId.ARRIVE: self._on_arrive,
            ActionId.INCIDENT_LOG: self.log_requested.emit,
            ActionId.CASCADE: self._on_cascade,
            ActionId.MERGE: self._merging.start,
            ActionId.NOTE: self._bar.start_note,
            ActionId.FOOTAGE: self._on_footage,
            ActionId.SECURE: self._on_secure,
            ActionId.CLOSE_INCIDENT: self._bar.start_close,
        }
        handler = handlers.get(action)
        if handler is not None:
            handler()

    @Slot()
    def _on_acknowledge(self) -> None:
        if self._chosen is not None:
            self._desk.acknowledge(self._chosen)

    @Slot()
    def _on_verify(self) -> None:
        if self._chosen is not None:
            self._desk.verify(self._chosen, Certainty.SEEN_ON_CAMERA)

    @Slot()
    def _on_dispatch(self) -> None:
        if self._chosen is not None:
            self._desk.dispatch(self._chosen)

    @Slot()
    def _on_arrive(self) -> None:
        if self._chosen is not None:
            self._desk.arrive(self._chosen)

    @Slot()
    def _on_cascade(self) -> None:
        incident = self._desk.get(self._chosen or "")
        if incident is not None and cascades(incident):
            self.cascade_requested.emit(incident.id)

    @Slot(str)
    def _on_merge(self, duplicate_id: str) -> None:
        duplicate, main = self._desk.get(duplicate_id), self._desk.get(self._chosen or "")
        if duplicate is not None and main is not None:
            say = self._translate
            self._desk.merge(
                duplicate.id,
                main.id,
                on_duplicate=say(texts.MERGED_NOTE, number=main.external_id),
                on_main=say(texts.MAIN_NOTE, number=duplicate.external_id),
            )

    @Slot(str)
    def _on_split(self, duplicate_id: str) -> None:
        duplicate, main = self._desk.get(duplicate_id), self._desk.get(self._chosen or "")
        if duplicate is not None and main is not None:
            say = self._translate
            self._desk.split(
                duplicate.id,
                on_duplicate=say(texts.SPLIT_NOTE, number=main.external_id),
                on_main=say(texts.SPLIT_MAIN_NOTE, number=duplicate.external_id),
            )

    @Slot()
    def _on_nearest(self) -> None:
        if self._chosen is not None:
            self.nearest_requested.emit(self._chosen)

    @Slot()
    def _on_footage(self) -> None:
        if self._chosen is not None:
            self.footage_requested.emit(self._chosen)

    @Slot()
    def _on_secure(self) -> None:
        if self._chosen is not None:
            self.secure_requested.emit(self._chosen)

    @Slot(object, str, str)
    def _on_cap(self, file: Path, headline: str, area: str) -> None:
        if self._chosen is not None:
            self._desk.export_cap(self._chosen, file, headline=headline, area=area)

    @Slot(str)
    def _on_note(self, text: str) -> None:
        if self._chosen is not None:
            self._desk.add_note(self._chosen, text)

    @Slot(object)
    def _on_close(self, certainty: Certainty) -> None:
        if self._chosen is not None:
            self._desk.close(self._chosen, certainty)
            self._view.setFocus()
