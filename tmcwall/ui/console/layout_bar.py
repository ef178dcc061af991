"""The bar over the plan: named layouts are chosen, saved and deleted here."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from tmcwall.domain.fault import DomainError
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.parts import ElidedLabel, plain_label
from tmcwall.ui.console.sharing_button import SharingButton
from tmcwall.ui.services import DutyService, LayoutService

_NARROW_BAR: Final = 170 * theme.SPACE


class LayoutBar(QWidget):
    """Choose, save and delete named layouts. The name is asked for in the bar itself, not in a box over the screen."""

    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self, layouts: LayoutService, duty: DutyService, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._layouts = layouts
        self._translate = translate
        self._saving = False
        say = translate
        title = ElidedLabel(say(texts.PLAN))
        title.setFont(theme.font(theme.TITLE, strong=True))
        label = self._label = plain_label(say(texts.LAYOUT), soft=True)
        self._names = QComboBox()
        self._names.setAccessibleName(say(texts.LAYOUT))
        self._names.setMinimumWidth(36 * theme.SPACE)
        self._names.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._names.activated.connect(self._on_chosen)
        self._save_as = QPushButton(say(texts.LAYOUT_SAVE_AS))
        self._save_as.clicked.connect(self.start_save)
        self._delete = QPushButton(say(texts.LAYOUT_DELETE))
        self._delete.setToolTip(say(texts.LAYOUT_DELETE_HELP))
        self._delete.setAccessibleName(say(texts.LAYOUT_DELETE_HELP))
        self._delete.clicked.connect(self._on_delete)
        self._sharing = SharingButton(layouts, translate=translate)
        self._sharing.share_requested.connect(self._on_share)
        self._name = _NameEdit()
        self._name.setPlaceholderText(say(texts.LAYOUT_NAME))
        self._name.setAccessibleName(say(texts.LAYOUT_NAME))
        self._name.setMaxLength(60)
        self._name.returnPressed.connect(self._on_save)
        self._name.cancelled.connect(self._end_save)
        self._save = QPushButton(say(texts.LAYOUT_SAVE))
        self._save.clicked.connect(self._on_save)
        self._cancel = QPushButton(say(texts.LAYOUT_CANCEL))
        self._cancel.clicked.connect(self._end_save)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(title)
        layout.addStretch(1)
        layout.addWidget(label)
        label.setBuddy(self._names)
        for widget in (
            self._names, self._sharing, self._save_as, self._delete, self._name, self._save, self._cancel,
        ):  # fmt: skip
            layout.addWidget(widget)
        layouts.changed.connect(self._show)
        duty.changed.connect(self._show)
        self._end_save()
        self._show()

    @Slot()
    def start_save(self) -> None:
        self._switch(saving=True)
        self._name.setText(self._layouts.current().name)
        self._name.selectAll()
        self._name.setFocus()

    @Slot()
    def _end_save(self) -> None:
        self._switch(saving=False)

    def _switch(self, *, saving: bool) -> None:
        asking: tuple[QWidget, ...] = (self._name, self._save, self._cancel)
        choosing: tuple[QWidget, ...] = (self._names, self._save_as, self._delete)
        for widget in (*asking, *choosing):
            widget.setVisible(saving == (widget in asking))
        self._saving = saving
        self._sharing.refresh(hidden=self._saving)

    @Slot()
    def _show(self) -> None:
        names = [f"F{number}  {name}" if number <= 12 else name for number, name in self._numbered()]
        with QSignalBlocker(self._names):
            self._names.clear()
            self._names.addItems(names)
            current = self._layouts.current().name
            self._names.setCurrentIndex(next((n - 1 for n, name in self._numbered() if name == current), -1))
        self._delete.setEnabled(len(names) > 1)
        self._sharing.refresh(hidden=self._saving)

    def _numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self._layouts.names(), start=1))

    @Slot(int)
    def _on_chosen(self, place: int) -> None:
        try:
            self._layouts.select(self._layouts.names()[place])
        except DomainError as error:
            self.refused.emit(explain(error, self._translate))

    @Slot()
    def _on_save(self) -> None:
        name = self._name.text().strip()
        if name:
            self._layouts.save_as(name)
            self._end_save()
            self.told.emit(self._translate(texts.LAYOUT_SAVED, name=name))

    @Slot()
    def _on_share(self) -> None:
        self._layouts.share()
        self.told.emit(self._translate(texts.LAYOUT_SHARED, name=self._layouts.current().name))

    @Slot()
    def _on_delete(self) -> None:
        name = self._layouts.current().name
        self._layouts.delete(name)
        self.told.emit(self._translate(texts.LAYOUT_DELETED, name=name))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._label.setVisible(self.width() > _NARROW_BAR)


class _NameEdit(QLineEdit):
    """A line that Esc leaves."""

    cancelled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
            return
        super().keyPressEvent(event)
