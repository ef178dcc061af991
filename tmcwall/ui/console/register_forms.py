"""What the register asks below its table: fields of cameras, whether to take a list in, why a camera is put away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tmcwall.cameras.importing import ImportReport
from tmcwall.cameras.listing import cells_of
from tmcwall.domain.camera import Camera, Owner, Standing
from tmcwall.domain.lifecycle import LONGEST_REASON
from tmcwall.services.camera_register import EDITABLE
from tmcwall.texts import Text, Translator
from tmcwall.texts import lifecycle as lifecycle_texts
from tmcwall.texts import register as texts
from tmcwall.texts.console import OWNERS
from tmcwall.texts.importing import report_lines
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label

_OF_ONE_CAMERA: Final = frozenset({"name", "url", "substream_url", "lat", "lon", "bearing_deg"})
"""No two cameras have the same."""
_MUST_BE_SAID: Final = frozenset({"record", "mount"})
_COLUMNS: Final = 3
_ROWS: Final = -(-len(EDITABLE) // _COLUMNS)


class _Form(QWidget):
    """A heading, what is asked, and two buttons; hidden but between being started and being closed, `Esc` closes it."""

    closed = Signal()

    def __init__(self, confirm: Text, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._title = plain_label("")
        self._title.setFont(theme.font(strong=True))
        self._title.setWordWrap(True)
        self._confirm = QPushButton(translate(confirm))
        self._confirm.setAutoDefault(True)
        cancel = QPushButton(translate(texts.CANCEL))
        cancel.setAutoDefault(True)
        cancel.clicked.connect(self.close_form)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2 * theme.SPACE)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._confirm)
        self._buttons.addWidget(cancel)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2 * theme.SPACE)
        self._column.addWidget(self._title)
        self.hide()

    @Slot()
    def close_form(self) -> None:
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
            return
        super().keyPressEvent(event)


class EditForm(_Form):
    """The fields of one camera, or those of many that are ticked, as lists of cameras write them."""

    save_requested = Signal(object, object)
    """Ids of cameras, and the cells that change by column."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(texts.SAVE, translate=translate, parent=parent)
        self._cameras: Sequence[Camera] = ()
        self._before: Mapping[str, str] = {}
        self._ticks: dict[str, QCheckBox] = {}
        """Of many cameras only the ticked fields change."""
        self._labels: dict[str, QLabel] = {}
        """In the place of the ticks where one camera is edited."""
        self._inputs: dict[str, QLineEdit | QComboBox] = {}
        fields = QWidget()
        grid = QGridLayout(fields)
        grid.setContentsMargins(0, 0, 2 * theme.SPACE, 0)
        grid.setHorizontalSpacing(2 * theme.SPACE)
        grid.setVerticalSpacing(theme.SPACE)
        for place, name in enumerate(EDITABLE):
            self._add(name, grid, row=place % _ROWS, column=2 * (place // _ROWS))
        for column in range(_COLUMNS):
            grid.setColumnStretch(2 * column + 1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(fields)
        self._hint = plain_label(translate(texts.LOGIN_HELP), soft=True)
        self._hint.setWordWrap(True)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._answer.hide()
        self._column.addWidget(area, 1)
        self._column.addWidget(self._hint)
        self._column.addWidget(self._answer)
        self._column.addLayout(self._buttons)
        self._confirm.clicked.connect(self._save)

    def start(self, cameras: Sequence[Camera]) -> None:
        """Show what is known of one camera, or ask which fields of many to change."""
        say, many = self._translate, len(cameras) > 1
        self._cameras = cameras
        self._before = {} if many else cells_of(cameras[0])
        title = say(texts.EDIT_MANY, count=len(cameras)) if many else say(texts.EDIT_ONE, camera=cameras[0].name)
        self._title.setText(title)
        self._hint.setVisible(not many)
        self.say("")
        for name in EDITABLE:
            offered = not (many and name in _OF_ONE_CAMERA)
            self._ticks[name].setChecked(not many)
            self._ticks[name].setEnabled(offered)
            self._ticks[name].setVisible(many)
            self._labels[name].setVisible(not many)
            self._inputs[name].setEnabled(not many)
            _put(self._inputs[name], self._before.get(name, ""))
        self.show()
        first = self._ticks["owner"] if many else self._inputs["name"]
        first.setFocus()

    def say(self, text: str) -> None:
        """Why the fields were not saved."""
        self._answer.setText(text)
        self._answer.setVisible(bool(text))

    def _add(self, name: str, grid: QGridLayout, *, row: int, column: int) -> None:
        say = self._translate
        field = say(texts.FIELDS[name])
        tick = QCheckBox(field)
        tick.setAccessibleName(say(texts.CHANGE_FIELD, field=field))
        entry = self._choices(name) or QLineEdit()
        entry.setAccessibleName(field)
        tick.toggled.connect(entry.setEnabled)
        if isinstance(entry, QLineEdit):
            entry.returnPressed.connect(self._save)
        label = plain_label(field)
        self._ticks[name], self._labels[name], self._inputs[name] = tick, label, entry
        for widget in (tick, label):
            grid.addWidget(widget, row, column)
        grid.addWidget(entry, row, column + 1)

    def _choices(self, name: str) -> QComboBox | None:
        say = self._translate
        owners: Mapping[str, Text] = {owner: OWNERS[owner] for owner in Owner}
        choices = owners if name == "owner" else texts.CHOICES.get(name)
        if choices is None:
            return None
        box = QComboBox()
        if name not in _MUST_BE_SAID:
            box.addItem(say(texts.NOT_SAID), "")
        for word, text in choices.items():
            box.addItem(say(text), str(word))
        return box

    @Slot()
    def _save(self) -> None:
        ticked = [name for name in EDITABLE if self._ticks[name].isChecked()]
        cells = {name: _given(self._inputs[name]) for name in ticked}
        changed = {name: cell for name, cell in cells.items() if self._before.get(name) != cell}
        if not changed:
            self.say(self._translate(texts.NOTHING_CHANGED))
            return
        self.save_requested.emit(tuple(camera.id for camera in self._cameras), changed)


class ListForm(_Form):
    """What a list of cameras would do, in the words of `tmcwall camera import`, and whether to take it in."""

    take_requested = Signal(object)
    """Path of the list."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(texts.TAKE_LIST, translate=translate, parent=parent)
        self._file = Path()
        self._lines = QPlainTextEdit()
        self._lines.setReadOnly(True)
        self._lines.setTabChangesFocus(True)
        self._column.addWidget(self._lines, 1)
        self._column.addLayout(self._buttons)
        self._confirm.clicked.connect(self._take)

    def start(self, file: Path, report: ImportReport) -> None:
        title = self._translate(texts.LIST_REPORT, file=file.name)
        self._file = file
        self._title.setText(title)
        self._lines.setAccessibleName(title)
        *lines, summary = report_lines(report, dry_run=True, say=self._translate)
        self._lines.setPlainText("\n".join([summary, *lines]))
        self._confirm.setEnabled(bool(report.added + report.changed + report.returned))
        self.show()
        (self._confirm if self._confirm.isEnabled() else self._lines).setFocus()

    @Slot()
    def _take(self) -> None:
        self.take_requested.emit(self._file)


class DecisionForm(_Form):
    """Asks for the reason of a decision about cameras, which is kept in the officer's name."""

    decided = Signal(object, object, str)
    """Ids of cameras, their new standing, the reason."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(texts.SAVE, translate=translate, parent=parent)
        self._cameras: Sequence[Camera] = ()
        self._standing = Standing.ENDED
        self._explanation = plain_label("", soft=True)
        self._explanation.setWordWrap(True)
        self._reason = QLineEdit()
        self._reason.setPlaceholderText(translate(lifecycle_texts.REASON_HINT))
        self._reason.setAccessibleName(translate(lifecycle_texts.REASON))
        self._reason.setMaxLength(LONGEST_REASON)
        self._reason.textChanged.connect(self._follow)
        self._reason.returnPressed.connect(self._decide)
        self._confirm.clicked.connect(self._decide)
        self._column.addWidget(self._explanation)
        self._column.addWidget(self._reason)
        self._column.addLayout(self._buttons)

    def start(self, cameras: Sequence[Camera], standing: Standing) -> None:
        say, form = self._translate, texts.DECISIONS[standing]
        self._cameras, self._standing = cameras, standing
        self._title.setText(say(form.title, cameras=cameras_text([camera.name for camera in cameras], say)))
        self._explanation.setText(say(form.explanation))
        self._confirm.setText(say(form.confirm))
        self._reason.clear()
        self._follow()
        self.show()
        self._reason.setFocus()

    @Slot()
    def _follow(self) -> None:
        self._confirm.setEnabled(bool(self._reason.text().strip()))

    @Slot()
    def _decide(self) -> None:
        reason = self._reason.text().strip()
        if reason:
            self.decided.emit(tuple(camera.id for camera in self._cameras), self._standing, reason)


def cameras_text(names: Sequence[str], say: Translator) -> str:
    """One by its name, several by their number."""
    return names[0] if len(names) == 1 else say(texts.SEVERAL, count=len(names))


def _put(entry: QLineEdit | QComboBox, cell: str) -> None:
    if isinstance(entry, QLineEdit):
        entry.setText(cell)
    else:
        entry.setCurrentIndex(max(0, entry.findData(cell)))


def _given(entry: QLineEdit | QComboBox) -> str:
    return entry.text().strip() if isinstance(entry, QLineEdit) else str(entry.currentData())
