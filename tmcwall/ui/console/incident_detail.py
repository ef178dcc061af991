"""Everything that is known of the selected incident, with its notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QFormLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from tmcwall.domain.incident import Drill, Incident, IncidentNote, Source
from tmcwall.domain.officer import Officer
from tmcwall.domain.response_times import Lap
from tmcwall.services.personal import Reporter, ReporterState
from tmcwall.texts import Text, Translator
from tmcwall.texts import incidents as texts
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_clocks import clock_text
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.console.moments import long_moment_text, time_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.console.parts import plain_label, quiet_button

_REPORTER: Final[Mapping[ReporterState, Text]] = {
    ReporterState.OF_CASES: texts.REPORTER_OF_CASES,
    ReporterState.ASKED: texts.REPORTER_ASKED,
    ReporterState.AWAY: texts.REPORTER_AWAY,
    ReporterState.MISSING: texts.REPORTER_MISSING,
    ReporterState.ERASED: texts.REPORTER_ERASED,
}
_WRITTEN: Final[Mapping[ReporterState, Text]] = {
    ReporterState.AWAY: texts.REPORTER_AWAY_WRITTEN,
    ReporterState.MISSING: texts.REPORTER_MISSING_WRITTEN,
}
"""Where somebody at the station has written it down."""


def lap_text(lap: Lap, translate: Translator) -> str:
    """`▲ Tiba di lokasi 14.20.05 WIB (12.03), lewat target 02.03`: step, time, span, and what is late."""
    name = translate(texts.STEPS[lap.step])
    if lap.at is None:
        words = translate(texts.CLOCK_WAITING, step=name)
    else:
        at = time_text(lap.at, translate)
        words = translate(texts.CLOCK_DONE, step=name, at=at, took=clock_text(lap.took))
    if lap.late and lap.left is not None:
        words = f"▲ {words}, {translate(texts.OVERDUE, time=clock_text(lap.left))}"
    return words


class IncidentDetail(QScrollArea):
    """Read only; long texts wrap, outside texts are shown as they are."""

    cap_chosen = Signal(object, str, str)
    """Path, headline and place: the incident that is shown is to be written there as CAP."""

    def __init__(self, *, region_name: RegionName, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._region_name = region_name
        self._translate = translate
        self._shown: Incident | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(translate(texts.DETAIL_TITLE))
        self._page = QWidget()
        layout = QVBoxLayout(self._page)
        layout.setContentsMargins(0, 0, 2 * theme.SPACE, 0)
        layout.setSpacing(2 * theme.SPACE)
        self._none = plain_label(translate(texts.DETAIL_NONE), soft=True)
        self._none.setWordWrap(True)
        layout.addWidget(self._none)
        self._fields = QFormLayout()
        self._fields.setHorizontalSpacing(3 * theme.SPACE)
        self._fields.setVerticalSpacing(theme.SPACE)
        self._fields.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._values: dict[str, QLabel] = {}
        self._names: list[QLabel] = []
        for text in (
            texts.FIELD_TEXT,
            texts.FIELD_PLACE,
            texts.FIELD_CALLED,
            texts.FIELD_STATUS,
            texts.FIELD_CERTAINTY,
            texts.FIELD_CLOCKS,
            texts.FIELD_SOURCE,
            texts.FIELD_CALLS,
            texts.FIELD_REPORTER,
        ):
            self._add_field(text)
        layout.addLayout(self._fields)
        self._notes_title = plain_label(translate(texts.NOTES))
        self._notes_title.setFont(theme.font(strong=True))
        layout.addWidget(self._notes_title)
        self._notes = plain_label("")
        self._notes.setWordWrap(True)
        self._notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._notes)
        self._cap = quiet_button(translate(texts.EXPORT_CAP), self._choose_cap_file, parent=self._page)
        layout.addWidget(self._cap)
        self._cap_told = plain_label("", soft=True)
        self._cap_told.setWordWrap(True)
        layout.addWidget(self._cap_told)
        layout.addStretch(1)
        self.setWidget(self._page)

    def show_incident(
        self,
        incident: Incident | None,
        notes: Sequence[IncidentNote],
        *,
        on_duty: Officer | None,
        reporter: Reporter,
        calls: Sequence[Incident] = (),
        laps: Sequence[Lap] = (),
    ) -> None:
        """With nobody on duty the reporter's name and telephone stay hidden. `calls` has the incident itself, too."""
        self._none.setVisible(incident is None)
        for label in (*self._names, *self._values.values(), self._notes_title, self._notes, self._cap):
            label.setVisible(incident is not None)
        if incident is None or self._shown is None or incident.id != self._shown.id:
            self._cap_told.clear()
        self._shown = incident
        if incident is None:
            return
        say = self._translate
        status = say(texts.STATUSES[incident.status])
        if incident.acknowledged_by:
            status = say(texts.TAKEN_BY, status=status, officer=officer_text(incident.acknowledged_by, on_duty))
        values = {
            texts.FIELD_TEXT: incident.text or "–",
            texts.FIELD_PLACE: place_text(incident.place, region_name=self._region_name, translate=say),
            texts.FIELD_CALLED: long_moment_text(incident.called_at, say),
            texts.FIELD_STATUS: status,
            texts.FIELD_CERTAINTY: say(texts.CERTAINTIES[incident.certainty]),
            texts.FIELD_CLOCKS: "\n".join(lap_text(lap, say) for lap in laps),
            texts.FIELD_SOURCE: self._source(incident),
            texts.FIELD_CALLS: "\n".join(f"{time_text(one.called_at, say)}  {self._source(one)}" for one in calls),
            texts.FIELD_REPORTER: self._reporter(reporter, on_duty),
        }
        for text, value in values.items():
            self._values[text.id].setText(value)
        written = [
            f"{time_text(note.written_at, say)}  {officer_text(note.author, on_duty)}: {note.text}"
            for note in reversed(notes)
        ]
        self._notes.setText("\n".join(written) or say(texts.NOTES_NONE))

    def export_to(self, file: Path) -> None:
        """Write the incident that is shown as CAP."""
        if self._shown is not None:
            say = self._translate
            kind = say(texts.TYPES[self._shown.type])
            place = place_text(self._shown.place, region_name=self._region_name, translate=say)
            self.cap_chosen.emit(file, f"{kind}, {place}", place)

    @Slot(object)
    def tell_exported(self, file: Path) -> None:
        self._cap_told.setText(self._translate(texts.CAP_EXPORTED, file=file.name))

    @Slot()
    def _choose_cap_file(self) -> None:
        if self._shown is None:
            return
        badge = "" if self._shown.drill is Drill.ACTUAL else f"{self._translate(texts.DRILLS[self._shown.drill])}-"
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            self._translate(texts.EXPORT_CAP),
            f"{badge}{self._shown.id}.cap.xml",
            self._translate(texts.CAP_FILTER),
        )
        if chosen:
            self.export_to(Path(chosen))

    def _source(self, incident: Incident) -> str:
        """With the number the reporting system gave it; our own entries have none that a person would use."""
        source = self._translate(texts.SOURCES[incident.source])
        own = incident.source is Source.OPERATOR or not incident.external_id
        return source if own else f"{source}, {incident.external_id}"

    def _reporter(self, reporter: Reporter, on_duty: Officer | None) -> str:
        say = self._translate
        if on_duty is None:
            return say(texts.REPORTER_HIDDEN)
        if reporter.state is ReporterState.SHOWN:
            known = ", ".join(part for part in (reporter.name, reporter.phone) if part)
            return known or say(texts.REPORTER_UNKNOWN)
        if reporter.written_by and reporter.state in _WRITTEN:
            return say(_WRITTEN[reporter.state], officer=officer_text(reporter.written_by, on_duty))
        return say(_REPORTER[reporter.state])

    def _add_field(self, text: Text) -> None:
        name = plain_label(self._translate(text), soft=True)
        value = plain_label("")
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        name.setBuddy(value)
        self._fields.addRow(name, value)
        self._names.append(name)
        self._values[text.id] = value
