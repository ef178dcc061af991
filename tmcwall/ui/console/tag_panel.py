"""The strip in which an officer completes a bookmark: range, case number, note, incident."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.case import LpNumber, LpOutcome
from tmcwall.domain.clock import Clock
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.health import TileState
from tmcwall.services.tagging import BookmarkRow, TagRequest
from tmcwall.texts import Text, Translator
from tmcwall.texts import incidents as incident_texts
from tmcwall.texts import review as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import TaggingService
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_list import place_text
from tmcwall.ui.console.moments import length_text, time_text
from tmcwall.ui.console.parts import Badge, ElidedLabel, plain_label
from tmcwall.ui.services import CameraService, IncidentService

_LONGEST_ROLL_S: Final = 600


class TagPanel(QFrame):
    """Opened by `B` or `]`, saved by Enter, left by Esc; "tersimpan" stands there only when the bookmark is stored.

    Not a dialog: it covers no video and keeps no other window from being used.
    """

    opened = Signal()
    closed = Signal()

    def __init__(
        self,
        tagging: TaggingService,
        cameras: CameraService,
        desk: IncidentService,
        *,
        clock: Clock,
        region_name: RegionName,
        translate: Translator,
        linger_ms: int = 4000,
        check_pause_ms: int = 150,
        parent: QWidget | None = None,
    ) -> None:
        """`linger_ms`: how long "tersimpan" stays before the panel closes itself."""
        super().__init__(parent)
        self._tagging = tagging
        self._cameras = cameras
        self._desk = desk
        self._clock = clock
        self._region_name = region_name
        self._translate = translate
        self._camera_id = ""
        self._marked_at = clock.utc()
        self._starts_at: datetime | None = None
        self._ends_at: datetime | None = None
        self._sent: TagRequest | None = None
        self._lp: LpNumber | None = None
        self.setObjectName("tag")
        self.setStyleSheet(
            f"#tag {{ background: {theme.SURFACE}; border: 1px solid {theme.ACCENT}; border-radius: {theme.SPACE}px; }}"
        )
        self._build()
        self._lay_out()
        self._linger = _single_shot(self, linger_ms)
        self._linger.timeout.connect(self.cancel)
        self._check_later = _single_shot(self, check_pause_ms)
        self._check_later.timeout.connect(self._check_lp)
        self._number.textChanged.connect(self._check_later.start)
        tagging.saved.connect(self._on_saved)
        tagging.refused.connect(self._on_refused)
        tagging.found.connect(self._on_found)
        self.hide()

    def start(self, camera_id: str, request: TagRequest | None = None) -> None:
        """Begin with the camera and with what `[` and `]` have marked; the key was pressed now."""
        self._camera_id = camera_id
        self._marked_at = self._clock.utc()
        self._starts_at = request.starts_at if request else None
        self._ends_at = request.ends_at if request else None
        self._sent = None
        self._linger.stop()
        camera = self._cameras.get(camera_id)
        self._camera.setText(camera.name if camera else camera_id)
        self._before.setValue(round(self._tagging.rolls.before_s))
        self._after.setValue(round(self._tagging.rolls.after_s))
        self._number.setText(request.lp if request else "")
        self._note.setText(request.note if request else "")
        self._old.setChecked(False)
        self._reason.clear()
        self._fill_incidents(camera_id, request.incident_id if request else None)
        self._show_range()
        self._check_lp()
        self._tell(TileState.OFF, "")
        self._set_editable(editable=True)
        self.show()
        self.opened.emit()
        self._number.setFocus()

    def request(self) -> TagRequest | Text:
        """What the fields say, or what is missing."""
        forced = self._rejected and self._old.isChecked()
        reason = self._reason.text().strip()
        if self._rejected and not forced:
            return texts.LP_REJECTED
        if forced and not reason:
            return texts.OLD_REASON_MISSING
        starts_at, ends_at = self._range()
        return TagRequest(
            camera_id=self._camera_id,
            starts_at=starts_at,
            ends_at=ends_at,
            lp=self._number.text().strip(),
            forced_reason=reason if forced else "",
            note=self._note.text().strip(),
            incident_id=self._incident.currentData() or None,
        )

    @property
    def message(self) -> str:
        """What the panel says of the saving."""
        return self._answer.text()

    @Slot()
    def save(self) -> None:
        if self._sent is not None:
            return
        self._check_lp()
        request = self.request()
        if isinstance(request, Text):
            reason = self._translate(request)
            self._tell(TileState.STALE, self._translate(texts.TAG_NOT_SAVED, reason=reason))
            (self._reason if self._old.isChecked() else self._number).setFocus()
            return
        self._sent = request
        self._tell(TileState.CONNECTING, self._translate(texts.TAG_SAVING))
        self._set_editable(editable=False)
        self._tagging.tag(request)

    @Slot()
    def cancel(self) -> None:
        self._linger.stop()
        self.hide()
        self.closed.emit()

    @property
    def _rejected(self) -> bool:
        return self._lp is not None and self._lp.outcome is LpOutcome.REJECTED

    def _build(self) -> None:
        say = self._translate
        self._camera = ElidedLabel(strong=True)
        self._range_label = plain_label("")
        self._before = _seconds(say(texts.TAG_PRE_ROLL), say(texts.TAG_SECONDS))
        self._after = _seconds(say(texts.TAG_POST_ROLL), say(texts.TAG_SECONDS))
        self._before.valueChanged.connect(self._show_range)
        self._after.valueChanged.connect(self._show_range)
        self._number = QLineEdit()
        self._number.setPlaceholderText(say(texts.TAG_LP_HINT))
        self._number.setAccessibleName(say(texts.TAG_LP))
        self._number.setMaxLength(160)
        self._verdict_shape = Badge()
        self._verdict = plain_label("", soft=True)
        self._verdict.setWordWrap(True)
        self._old = QCheckBox(say(texts.OLD_NUMBER))
        self._old.setToolTip(say(texts.OLD_NUMBER_HELP))
        self._old.toggled.connect(self._show_verdict)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(say(texts.OLD_REASON_HINT))
        self._reason.setAccessibleName(say(texts.OLD_REASON))
        self._reason.setMaxLength(200)
        self._note = QLineEdit()
        self._note.setPlaceholderText(say(texts.TAG_NOTE_HINT))
        self._note.setAccessibleName(say(texts.TAG_NOTE))
        self._note.setMaxLength(500)
        self._incident = QComboBox()
        self._incident.setAccessibleName(say(texts.TAG_INCIDENT))
        self._incident.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._save = QPushButton(say(texts.TAG_SAVE))
        self._save.setDefault(True)
        self._save.clicked.connect(self.save)
        self._cancel = QPushButton(say(texts.TAG_CANCEL))
        self._cancel.clicked.connect(self.cancel)
        self._answer_shape = Badge()
        self._answer = plain_label("")
        self._answer.setWordWrap(True)

    def _lay_out(self) -> None:
        say = self._translate
        head = QHBoxLayout()
        head.setSpacing(3 * theme.SPACE)
        title = ElidedLabel(say(texts.TAG_TITLE))
        title.setFont(theme.font(theme.TITLE, strong=True))
        head.addWidget(title)
        head.addWidget(self._camera, 1)
        ranges = QHBoxLayout()
        ranges.setSpacing(2 * theme.SPACE)
        ranges.addWidget(self._range_label, 1)
        for text, box in ((texts.TAG_PRE_ROLL, self._before), (texts.TAG_POST_ROLL, self._after)):
            label = plain_label(say(text), soft=True)
            label.setBuddy(box)
            ranges.addWidget(label)
            ranges.addWidget(box)
        verdict = QHBoxLayout()
        verdict.setSpacing(theme.SPACE)
        verdict.addWidget(self._verdict_shape)
        verdict.addWidget(self._verdict, 1)
        verdict.addWidget(self._old)
        verdict.addWidget(self._reason, 1)
        answer = QHBoxLayout()
        answer.setSpacing(theme.SPACE)
        answer.addWidget(self._answer_shape)
        answer.addWidget(self._answer, 1)
        answer.addWidget(self._save)
        answer.addSpacing(theme.SPACE)
        answer.addWidget(self._cancel)
        layout = QGridLayout(self)
        layout.setContentsMargins(3 * theme.SPACE, 2 * theme.SPACE, 3 * theme.SPACE, 3 * theme.SPACE)
        layout.setHorizontalSpacing(3 * theme.SPACE)
        layout.setVerticalSpacing(2 * theme.SPACE)
        layout.addLayout(head, 0, 0, 1, 4)
        layout.addWidget(plain_label(say(texts.TAG_RANGE), soft=True), 1, 0)
        layout.addLayout(ranges, 1, 1, 1, 3)
        rows = ((2, texts.TAG_LP, self._number), (4, texts.TAG_NOTE, self._note))
        for row, text, edit in rows:
            label = plain_label(say(text), soft=True)
            label.setBuddy(edit)
            layout.addWidget(label, row, 0)
            layout.addWidget(edit, row, 1, 1, 3 if edit is self._number else 1)
        layout.addLayout(verdict, 3, 1, 1, 3)
        label = plain_label(say(texts.TAG_INCIDENT), soft=True)
        label.setBuddy(self._incident)
        layout.addWidget(label, 4, 2)
        layout.addWidget(self._incident, 4, 3)
        layout.addLayout(answer, 5, 1, 1, 3)
        layout.setColumnStretch(1, 3)
        layout.setColumnStretch(3, 2)
        self.setSizePolicy(self.sizePolicy().horizontalPolicy(), self.sizePolicy().Policy.Maximum)

    def _fill_incidents(self, camera_id: str, chosen: str | None) -> None:
        """Those in the camera's view first; the first of them is offered."""
        seen = [incident.id for incident in self._desk.seen_by(camera_id)]
        incidents = sorted(self._desk.open(), key=lambda incident: incident.id not in seen)
        say = self._translate
        self._incident.clear()
        self._incident.addItem(say(texts.TAG_INCIDENT_NONE), "")
        for incident in incidents:
            kind = say(incident_texts.TYPES[incident.type])
            place = place_text(incident.place, region_name=self._region_name, translate=say)
            time = time_text(incident.called_at, say)
            self._incident.addItem(say(texts.TAG_INCIDENT_ROW, type=kind, place=place, time=time), incident.id)
        offered = chosen or next(iter(seen), "")
        self._incident.setCurrentIndex(max(0, self._incident.findData(offered)))

    def _range(self) -> tuple[datetime, datetime]:
        starts_at = self._starts_at or self._marked_at - timedelta(seconds=self._before.value())
        return starts_at, self._ends_at or self._marked_at + timedelta(seconds=self._after.value())

    @Slot()
    def _show_range(self) -> None:
        self._before.setEnabled(self._starts_at is None)
        self._after.setEnabled(self._ends_at is None)
        starts_at, ends_at = self._range()
        zone = self._translate.zone
        text = self._translate(
            texts.TAG_RANGE_TEXT,
            start=zone.time_of_day(starts_at),
            end=zone.time_of_day(ends_at),
            zone=zone,
            length=length_text(ends_at - starts_at),
        )
        self._range_label.setText(text)

    @Slot()
    def _check_lp(self) -> None:
        self._check_later.stop()
        raw = self._number.text().strip()
        self._lp = self._tagging.check_lp(raw) if raw else None
        if not self._rejected:
            with QSignalBlocker(self._old):
                self._old.setChecked(False)
        self._show_verdict()
        if self._lp is not None and self._lp.outcome is not LpOutcome.REJECTED:
            self._tagging.find(self._lp.normalised)

    @Slot()
    def _show_verdict(self) -> None:
        say, lp = self._translate, self._lp
        self._old.setVisible(self._rejected)
        self._reason.setVisible(self._rejected and self._old.isChecked())
        if lp is None:
            self._judge(TileState.OFF, say(texts.LP_EMPTY))
        elif lp.outcome is LpOutcome.VALID:
            self._judge(TileState.LIVE, say(texts.LP_VALID))
        elif lp.outcome is LpOutcome.WARNINGS:
            remarks = "; ".join(say(texts.LP_REMARKS[warning]) for warning in lp.warnings)
            self._judge(TileState.STALE, say(texts.LP_WARNINGS, warnings=remarks))
        elif self._old.isChecked():
            self._judge(TileState.STALE, say(texts.LP_FORCED))
        else:
            self._judge(TileState.LOST, say(texts.LP_REJECTED))

    def _judge(self, shape: TileState, text: str) -> None:
        self._verdict_shape.show_state(theme.STATES[shape], "")
        self._verdict.setText(text)

    @Slot(str, object)
    def _on_found(self, text: str, rows: Sequence[BookmarkRow]) -> None:
        """Whether the case exists already; asked only for a number that is not rejected."""
        lp = self._lp
        if lp is None or text != lp.normalised or lp.outcome is LpOutcome.REJECTED:
            return
        self._show_verdict()
        same = [row for row in rows if row.case is not None and row.case.lp_normalised == lp.normalised]
        more = self._translate(texts.TAG_CASE_FOUND, count=len(same)) if same else self._translate(texts.TAG_CASE_NEW)
        self._verdict.setText(f"{self._verdict.text()} {more}")

    @Slot(object)
    def _on_saved(self, bookmark: Bookmark) -> None:
        sent = self._sent
        if sent is None or bookmark.camera_id != sent.camera_id:
            return
        self._sent = None
        time = time_text(bookmark.starts_at, self._translate)
        text = self._translate(texts.TAG_SAVED, camera=bookmark.camera_name, time=time)
        self._tell(TileState.LIVE, text)
        self._linger.start()

    @Slot(object)
    def _on_refused(self, problem: Fault | DomainError) -> None:
        if self._sent is None:
            return
        self._sent = None
        reason = explain(problem, self._translate)
        self._tell(TileState.LOST, self._translate(texts.TAG_NOT_SAVED, reason=reason))
        self._set_editable(editable=True)
        self._number.setFocus()

    def _tell(self, shape: TileState, text: str) -> None:
        self._answer.setText(text)
        self._answer_shape.show_state(theme.STATES[shape], "")
        self._answer_shape.setVisible(bool(text))

    def _set_editable(self, *, editable: bool) -> None:
        for widget in (self._number, self._note, self._old, self._reason, self._incident, self._save):
            widget.setEnabled(editable)
        self._before.setEnabled(editable and self._starts_at is None)
        self._after.setEnabled(editable and self._ends_at is None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.save()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancel()
        else:
            super().keyPressEvent(event)


def _seconds(name: str, suffix: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, _LONGEST_ROLL_S)
    box.setSingleStep(5)
    box.setFixedWidth(18 * theme.SPACE)
    box.setSuffix(suffix)
    box.setAccessibleName(name)
    return box


def _single_shot(parent: QWidget, interval_ms: int) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    return timer
