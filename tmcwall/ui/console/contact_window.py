"""The window of the directory: who is called about a neighbourhood or a camera."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Camera
from tmcwall.domain.contact import Contact, ContactRole
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.texts import Translator
from tmcwall.texts import console as console_texts
from tmcwall.texts import contacts as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read, text_line
from tmcwall.ui.services import CameraService, ContactService

_WIDTH: Final = 220 * theme.SPACE
_HEIGHT: Final = 130 * theme.SPACE


class ContactWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        contacts: ContactService,
        cameras: CameraService,
        *,
        region_name: RegionName,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._contacts = contacts
        self._cameras = cameras
        self._region_name = region_name
        self._translate = translate
        self._camera: Camera | None = None
        self._shown: Sequence[Contact] = ()
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._about = plain_label("")
        self._search = text_line(self._translate(texts.SEARCH), longest=64, parent=self)
        self._search.setPlaceholderText(translate(texts.SEARCH))
        self._search.textChanged.connect(self._show_all)
        self._all = quiet_button(self._translate(texts.ALL), self._forget_camera, parent=self)
        columns = [translate(text) for text in (texts.ROLE, texts.PLACE, texts.NAME, texts.PHONE)]
        self._table = rows_to_read(columns, name=translate(texts.TITLE), parent=self)
        self._table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self._table.itemSelectionChanged.connect(self._follow)
        self._none = plain_label(translate(texts.NONE))
        self._role = QComboBox(self)
        self._role.setAccessibleName(translate(texts.ROLE))
        for role, text in texts.ROLES.items():
            self._role.addItem(translate(text), role)
        self._name = text_line(self._translate(texts.NAME), longest=120, parent=self)
        self._phone = text_line(self._translate(texts.PHONE), longest=20, parent=self)
        self._adm4 = text_line(self._translate(texts.ADM4), longest=32, parent=self)
        self._rw = text_line(self._translate(texts.RW), longest=16, parent=self)
        self._rt = text_line(self._translate(texts.RT), longest=16, parent=self)
        self._camera_id = text_line(self._translate(texts.CAMERA), longest=128, parent=self)
        self._add = quiet_button(self._translate(texts.ADD), self._on_add, parent=self)
        self._remove = quiet_button(self._translate(texts.REMOVE), self._on_remove, parent=self)
        self._close = quiet_button(self._translate(texts.CLOSE), self.reject, parent=self)
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._form = QWidget(self)
        self._lay_out()
        contacts.changed.connect(self._show_all)
        contacts.saved.connect(self._tell_saved)
        contacts.refused.connect(self._tell)
        self._show_all()

    def lines(self) -> list[tuple[str, ...]]:
        """What the table says: role, place, name, telephone."""
        cells = [[self._table.item(row, column) for column in range(4)] for row in range(self._table.rowCount())]
        return [tuple(cell.text() if cell is not None else "" for cell in row) for row in cells]

    def show_camera(self, camera_id: str | None) -> None:
        """Those who answer for a camera; None: all."""
        self._camera = self._cameras.get(camera_id) if camera_id is not None else None
        self._search.clear()
        if self._camera is not None:
            for line, text in (
                (self._adm4, self._camera.adm4), (self._rw, self._camera.rw), (self._rt, self._camera.rt),
            ):  # fmt: skip
                line.setText(text or "")
        self._answer.clear()
        self._show_all()

    def select(self, row: int) -> None:
        self._table.selectRow(row)

    def fill(self, role: ContactRole, name: str, phone: str, **places: str) -> None:
        """As an officer would; `places`: adm4, rw, rt, camera_id."""
        self._role.setCurrentIndex(self._role.findData(role))
        self._name.setText(name)
        self._phone.setText(phone)
        lines = {"adm4": self._adm4, "rw": self._rw, "rt": self._rt, "camera_id": self._camera_id}
        for key, line in lines.items():
            line.setText(places.get(key, ""))

    def _lay_out(self) -> None:
        explanation = plain_label(self._translate(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        head = QHBoxLayout()
        head.addWidget(self._about)
        head.addWidget(self._search, 1)
        head.addWidget(self._all)
        form = QGridLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        fields = (
            (texts.ROLE, self._role), (texts.NAME, self._name), (texts.PHONE, self._phone), (texts.ADM4, self._adm4),
            (texts.RW, self._rw), (texts.RT, self._rt), (texts.CAMERA, self._camera_id),
        )  # fmt: skip
        for place, (text, control) in enumerate(fields):
            label = plain_label(self._translate(text), soft=True)
            label.setBuddy(control)
            row, column = 2 * (place // 4), place % 4
            form.addWidget(label, row, column)
            form.addWidget(control, row + 1, column)
        form.addWidget(self._add, 3, 3)
        bottom = QHBoxLayout()
        bottom.addWidget(self._remove)
        bottom.addWidget(self._answer, 1)
        bottom.addWidget(self._close)
        self._column = layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addLayout(head)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._none)
        layout.addWidget(self._form)
        layout.addLayout(bottom)

    def add_below(self, widget: QWidget) -> None:
        """Above the last row of buttons."""
        self._column.insertWidget(self._column.count() - 1, widget)

    @Slot()
    def _show_all(self) -> None:
        """What comes from other workstations is listed; what is being typed stays."""
        say, camera = self._translate, self._camera
        self._about.setText("" if camera is None else say(texts.SELECTED, camera=camera.name))
        self._about.setVisible(camera is not None)
        self._all.setVisible(camera is not None)
        selected = self._selected()
        found = self._contacts.all() if camera is None else self._contacts.for_camera(camera)
        words = self._search.text().casefold().split()
        self._shown = [
            one for one in found if all(word in " ".join(self._cells(one)).casefold() for word in words)
        ]  # fmt: skip
        self._none.setVisible(not self._shown)
        self._table.setRowCount(len(self._shown))
        for row, contact in enumerate(self._shown):
            for column, text in enumerate(self._cells(contact)):
                self._table.setItem(row, column, QTableWidgetItem(text))
            if selected is not None and contact.id == selected.id:
                self._table.selectRow(row)
        self._follow()

    def _cells(self, contact: Contact) -> tuple[str, str, str, str]:
        hidden = "" if self._contacts.may_read else self._translate(texts.HIDDEN)
        return (
            self._translate(texts.ROLES[contact.role]),
            self._place(contact),
            contact.contact_name or hidden,
            contact.contact_phone or hidden,
        )

    def _place(self, contact: Contact) -> str:
        if contact.camera_id is not None:
            camera = self._cameras.get(contact.camera_id)
            return camera.name if camera is not None else contact.camera_id
        say = self._translate
        parts = (
            say(console_texts.RT, number=contact.rt) if contact.rt else "",
            say(console_texts.RW, number=contact.rw) if contact.rw else "",
            (self._region_name(contact.adm4) or contact.adm4) if contact.adm4 else "",
        )
        return ", ".join(part for part in parts if part)

    def _selected(self) -> Contact | None:
        row = self._table.currentRow()
        return self._shown[row] if self._table.selectedItems() and 0 <= row < len(self._shown) else None

    @Slot()
    def _follow(self) -> None:
        self._form.setVisible(self._contacts.may_keep)
        self._remove.setVisible(self._contacts.may_keep)
        self._remove.setEnabled(self._selected() is not None)

    @Slot()
    def _forget_camera(self) -> None:
        self.show_camera(None)

    @Slot()
    def _on_add(self) -> None:
        self._contacts.add(
            self._role.currentData(),
            name=self._name.text(),
            phone=self._phone.text(),
            adm4=self._adm4.text(),
            rw=self._rw.text(),
            rt=self._rt.text(),
            camera_id=self._camera_id.text(),
        )

    @Slot()
    def _on_remove(self) -> None:
        contact = self._selected()
        if contact is not None:
            self._contacts.remove(contact.id)

    @Slot()
    def _tell_saved(self) -> None:
        self._answer.setText(self._translate(texts.SAVED))
        self._name.clear()
        self._phone.clear()

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))
