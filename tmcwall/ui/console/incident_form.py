"""The form for an incident that an officer enters by hand."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Camera, Position
from tmcwall.domain.incident import IncidentType, Place, Severity, Source
from tmcwall.services.incidentdesk import IncidentDraft
from tmcwall.texts import Text, Translator
from tmcwall.texts import incidents as texts
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.services import CameraService

_POSITION: Final = re.compile(r"\s*(-?\d{1,2}(?:\.\d+)?)\s*[,; ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")


def read_position(text: str) -> Position | None:
    """Latitude and longitude in degrees as typed, `-7.5606, 110.8018`; None if it is not two such numbers."""
    match = _POSITION.fullmatch(text)
    if match is None:
        return None
    position = Position(float(match[1]), float(match[2]))
    return position if abs(position.lat) <= 90 and abs(position.lon) <= 180 else None


class IncidentForm(QWidget):
    """Type, severity, place in any of four ways, the rest optional. Says in words what is missing, at the bottom."""

    submitted = Signal(object)
    """IncidentDraft."""
    cancelled = Signal()

    def __init__(
        self, cameras: CameraService, *, region_name: RegionName, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self._region_name = region_name
        self._translate = translate
        self._waiting = False
        say = translate
        self._type = _choice([(say(texts.TYPES[kind]), kind) for kind in IncidentType])
        self._severity = _choice([(say(texts.SEVERITIES[severity]), severity) for severity in Severity])
        self._source = _choice([(say(texts.SOURCES[source]), source) for source in Source])
        self._place = _line(hint=say(texts.FORM_PLACE_HINT), longest=200)
        self._camera = _search_choice()
        self._region = _search_choice()
        self._rt, self._rw = _line(longest=3), _line(longest=3)
        self._position = _line(hint=say(texts.FORM_POSITION_HINT), longest=60)
        self._phone = _line(longest=20)
        self._text = _line(longest=500)
        self._problem = plain_label("")
        self._problem.setWordWrap(True)
        self._save = QPushButton(say(texts.FORM_SAVE))
        self._save.setDefault(True)
        self._save.clicked.connect(self._submit)
        cancel = QPushButton(say(texts.FORM_CANCEL))
        cancel.clicked.connect(self.cancelled)
        for edit in (self._place, self._rt, self._rw, self._position, self._phone, self._text):
            edit.returnPressed.connect(self._submit)
        fields = QFormLayout()
        fields.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        fields.setVerticalSpacing(theme.SPACE)
        self._add(fields, texts.FORM_TYPE, self._type)
        self._add(fields, texts.FORM_SEVERITY, self._severity)
        self._add(fields, texts.FORM_PLACE, self._place)
        self._add(fields, texts.FORM_CAMERA, self._camera)
        self._add(fields, texts.FORM_REGION, self._region)
        fields.addRow(self._pair((texts.FORM_RT, self._rt), (texts.FORM_RW, self._rw)))
        self._add(fields, texts.FORM_POSITION, self._position)
        self._add(fields, texts.FORM_TEXT, self._text)
        self._add(fields, texts.FORM_SOURCE, self._source)
        self._add(fields, texts.FORM_PHONE, self._phone)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * theme.SPACE)
        buttons.addWidget(self._save, 1)
        buttons.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.SPACE, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(plain_label(say(texts.FORM_TITLE), title=True))
        layout.addLayout(fields)
        layout.addWidget(self._problem)
        layout.addLayout(buttons)
        layout.addStretch(1)
        self.clear()

    @property
    def waiting(self) -> bool:
        """A draft was handed in and is not answered yet."""
        return self._waiting

    def start(self) -> None:
        """Fill the choices anew and begin with the type."""
        say = self._translate
        cameras = [(_camera_label(camera), camera.id) for camera in self._cameras.all()]
        _fill(self._camera, [(say(texts.FORM_CAMERA_NONE), ""), *cameras])
        codes = sorted({camera.adm4 for camera in self._cameras.all() if camera.adm4})
        regions = sorted((self._region_label(code), code) for code in codes)
        _fill(self._region, [(say(texts.FORM_REGION_NONE), ""), *regions])
        self._type.setFocus()

    def put_position(self, position: Position) -> None:
        """A metre or less from where it was chosen."""
        self._position.setText(f"{position.lat:.5f}, {position.lon:.5f}")

    def clear(self) -> None:
        self._waiting = False
        self._problem.clear()
        self._problem.hide()
        for edit in (self._place, self._rt, self._rw, self._position, self._phone, self._text):
            edit.clear()
        self._type.setCurrentIndex(0)
        self._severity.setCurrentIndex(self._severity.findData(Severity.MODERATE))
        self._source.setCurrentIndex(self._source.findData(Source.OPERATOR))
        for choice in (self._camera, self._region):
            choice.setCurrentIndex(0)

    def refuse(self, reason: str) -> None:
        """The draft was not taken: say why and keep what was typed."""
        self._waiting = False
        self._tell(reason)

    def draft(self) -> IncidentDraft | Text:
        """What the fields say, or what is wrong with them."""
        place = self._read_place()
        if isinstance(place, Text):
            return place
        return IncidentDraft(
            type=IncidentType(self._type.currentData()),
            severity=Severity(self._severity.currentData()),
            place=place,
            text=self._text.text().strip(),
            source=Source(self._source.currentData()),
            reporter_phone=self._phone.text().strip(),
        )

    def _read_place(self) -> Place | Text:
        position = None
        if self._position.text().strip():
            position = read_position(self._position.text())
            if position is None:
                return texts.FORM_BAD_POSITION
        camera = self._cameras.get(_chosen(self._camera))
        adm4 = _chosen(self._region) or None
        rt, rw = self._rt.text().strip(), self._rw.text().strip()
        if any(number and not (number.isdecimal() and 1 <= int(number) <= 999) for number in (rt, rw)):
            return texts.FORM_BAD_RT
        words = self._place.text().strip()
        if camera is not None:
            position = position or camera.position
            adm4 = adm4 or camera.adm4
            rt, rw = rt or camera.rt or "", rw or camera.rw or ""
            words = words or camera.name
        if not (words or position or adm4):
            return texts.FORM_NO_PLACE
        return Place(
            position=position,
            adm4=adm4,
            rw=rw.zfill(3) if rw else None,
            rt=rt.zfill(3) if rt else None,
            text=words,
        )

    @Slot()
    def _submit(self) -> None:
        if self._waiting:
            return
        draft = self.draft()
        if isinstance(draft, Text):
            self._tell(self._translate(draft))
            return
        self._waiting = True
        self._tell(self._translate(texts.FORM_SENT))
        self.submitted.emit(draft)

    def _tell(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()

    def _add(self, fields: QFormLayout, text: Text, widget: QWidget) -> None:
        label = plain_label(self._translate(text), soft=True)
        label.setBuddy(widget)
        widget.setAccessibleName(self._translate(text))
        fields.addRow(label, widget)

    def _pair(self, *entries: tuple[Text, QLineEdit]) -> QWidget:
        """Two short fields on one line."""
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.SPACE)
        for text, edit in entries:
            label: QLabel = plain_label(self._translate(text), soft=True)
            label.setBuddy(edit)
            edit.setAccessibleName(self._translate(text))
            row.addWidget(label)
            row.addWidget(edit, 1)
        return box

    def _region_label(self, code: str) -> str:
        """Kelurahan names repeat, so the kecamatan always stands beside them."""
        district = code.rpartition(".")[0]
        return f"{self._region_name(code) or code}, {self._region_name(district) or district}"

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)


def _camera_label(camera: Camera) -> str:
    return camera.name if camera.number is None else f"{camera.number} {camera.name}"


def _line(*, hint: str = "", longest: int) -> QLineEdit:
    edit = QLineEdit()
    edit.setPlaceholderText(hint)
    edit.setMaxLength(longest)
    return edit


def _choice(items: list[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for text, value in items:
        box.addItem(text, value)
    return box


def _search_choice() -> QComboBox:
    """A choice among very many: typing any part of a name finds it."""
    box = _choice([])
    box.setEditable(True)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    box.setCompleter(completer)
    return box


def _fill(box: QComboBox, items: list[tuple[str, str]]) -> None:
    chosen = _chosen(box)
    box.clear()
    for text, value in items:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _chosen(box: QComboBox) -> str:
    """The value whose text stands in the box; empty if what was typed is none of them."""
    place = box.findText(box.currentText(), Qt.MatchFlag.MatchFixedString)
    return "" if place < 0 else str(box.itemData(place) or "")
