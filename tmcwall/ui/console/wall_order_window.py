"""The window in which something is sent to the walls of another workstation, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from PySide6.QtCore import Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QSpinBox,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.fault import DomainError, Fault
from tmcwall.domain.officer import Action
from tmcwall.domain.shared_layout import Page
from tmcwall.domain.wall_order import OrderOutcome
from tmcwall.services.wall_orders import ListedOrder
from tmcwall.texts import Text, Translator
from tmcwall.texts import wall_orders as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.console.moments import time_text
from tmcwall.ui.console.parts import plain_label, quiet_button, rows_to_read
from tmcwall.ui.services import CameraService, DutyService, WallOrderService

_WIDTH: Final = 210 * theme.SPACE
_HEIGHT: Final = 110 * theme.SPACE
_NEVER_CUT: Final = (2, 3, 4)
"""Columns: sent, until, outcome."""
_MINUTES: Final = (15, 30, 60, 120, 240)


class Plan(Protocol):
    """The part of the plan of the walls that is sent."""

    def pages(self, *, selected_only: bool = False) -> Sequence[Page]: ...
    def selected_camera(self) -> str | None: ...


class WallOrderWindow(QDialog):
    """Closed by `Esc`; it stands beside the video and never over a wall."""

    def __init__(
        self,
        orders: WallOrderService,
        cameras: CameraService,
        duty: DutyService,
        plan: Plan,
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._orders = orders
        self._cameras = cameras
        self._duty = duty
        self._plan = plan
        self._translate = translate
        self._shown: Sequence[ListedOrder] = ()
        self.setWindowTitle(translate(texts.TITLE))
        self.resize(_WIDTH, _HEIGHT)
        self._desk = self._choice(texts.DESK)
        self._what = self._choice(texts.WHAT)
        for text in (texts.LAYOUT, texts.PAGE, texts.CAMERA):
            self._what.addItem(translate(text), text)
        self._wall = QSpinBox(self)
        self._wall.setRange(1, 16)
        self._wall.setAccessibleName(translate(texts.WALL))
        self._lasts = self._choice(texts.DURATION)
        for minutes in _MINUTES:
            self._lasts.addItem(translate(texts.MINUTES, count=minutes), minutes)
        self._send = quiet_button(self._translate(texts.SEND), self._on_send, parent=self)
        self._take_back = quiet_button(self._translate(texts.TAKE_BACK), self._on_take_back, parent=self)
        self._close = quiet_button(self._translate(texts.CLOSE), self.reject, parent=self)
        columns = [translate(text) for text in (texts.TO, texts.WHAT, texts.SENT, texts.ENDS, texts.OUTCOME)]
        self._table = rows_to_read(columns, name=translate(texts.TITLE), parent=self)
        header = self._table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in _NEVER_CUT:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._table.itemSelectionChanged.connect(self._follow)
        self._none = plain_label(translate(texts.NONE))
        self._answer = plain_label("")
        self._answer.setWordWrap(True)
        self._lay_out()
        orders.changed.connect(self._show_all)
        orders.refused.connect(self._tell)
        duty.changed.connect(self._follow)
        self._show_all()

    def lines(self) -> list[tuple[str, ...]]:
        """What the table says: to which workstation, what, when it was sent, until when, what became of it."""
        cells = [[self._table.item(row, column) for column in range(5)] for row in range(self._table.rowCount())]
        return [tuple(cell.text() if cell is not None else "" for cell in row) for row in cells]

    def choose(self, what: Text, *, desk: str, wall: int = 1) -> None:
        """As an officer would; `desk` is the name of a workstation."""
        self._desk.setCurrentIndex(self._desk.findText(desk))
        self._what.setCurrentIndex(self._what.findData(what))
        self._wall.setValue(wall)

    def select(self, row: int) -> None:
        self._table.selectRow(row)

    def _lay_out(self) -> None:
        say = self._translate
        explanation = plain_label(say(texts.EXPLANATION), soft=True)
        explanation.setWordWrap(True)
        form = QGridLayout()
        fields = (
            (texts.DESK, self._desk), (texts.WHAT, self._what), (texts.WALL, self._wall),
            (texts.DURATION, self._lasts),
        )  # fmt: skip
        for column, (text, control) in enumerate(fields):
            label = plain_label(say(text), soft=True)
            label.setBuddy(control)
            form.addWidget(label, 0, column)
            form.addWidget(control, 1, column)
        form.addWidget(self._send, 1, len(fields))
        bottom = QHBoxLayout()
        bottom.addWidget(self._take_back)
        bottom.addWidget(self._answer, 1)
        bottom.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(explanation)
        layout.addLayout(form)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._none)
        layout.addLayout(bottom)

    def _choice(self, name: Text) -> QComboBox:
        choice = QComboBox(self)
        choice.setAccessibleName(self._translate(name))
        return choice

    @Slot()
    def _show_all(self) -> None:
        chosen, selected = self._desk.currentData(), self._selected()
        self._desk.clear()
        for desk in self._orders.desks():
            self._desk.addItem(desk.name, desk.device)
        self._desk.setCurrentIndex(max(0, self._desk.findData(chosen)) if self._desk.count() else -1)
        if not self._desk.count():
            self._answer.setText(self._translate(texts.NO_DESK))
        elif self._answer.text() == self._translate(texts.NO_DESK):
            self._answer.clear()
        self._shown = self._orders.listed()
        self._none.setVisible(not self._shown)
        self._table.setRowCount(len(self._shown))
        for row, one in enumerate(self._shown):
            for column, text in enumerate(self._cells(one)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._table.setItem(row, column, item)
            if selected is not None and one.sent.order.id == selected.sent.order.id:
                self._table.selectRow(row)
        self._follow()

    def _cells(self, one: ListedOrder) -> tuple[str, ...]:
        say, order = self._translate, one.sent.order
        if order.camera_id is not None:
            camera = self._cameras.get(order.camera_id)
            what = camera.name if camera is not None else order.camera_id
        else:
            what = f"{say(texts.WALL)} {order.first_wall}" + (f"-{last}" if (last := self._last(one)) else "")
        outcome = say(texts.OUTCOMES[order.outcome])
        if order.taken_back:
            outcome = say(texts.TAKEN_BACK)
        elif not one.under_way and order.outcome in {OrderOutcome.SENT, OrderOutcome.SHOWN, OrderOutcome.IN_PART}:
            outcome = f"{outcome}, {say(texts.OVER)}"
        return one.to_desk, what, time_text(order.sent_at, say), time_text(order.end, say), outcome

    def _last(self, one: ListedOrder) -> int:
        """Of several walls the last one; 0: it is one."""
        pages = len(one.sent.order.pages)
        return one.sent.order.first_wall + pages - 1 if pages > 1 else 0

    def _selected(self) -> ListedOrder | None:
        row = self._table.currentRow()
        return self._shown[row] if self._table.selectedItems() and 0 <= row < len(self._shown) else None

    @Slot()
    def _follow(self) -> None:
        allowed, selected = self._duty.can(Action.SEND_TO_WALLS), self._selected()
        self._send.setEnabled(allowed and self._desk.count() > 0)
        self._take_back.setEnabled(allowed and selected is not None and selected.under_way)

    @Slot()
    def _on_send(self) -> None:
        what, lasts = self._what.currentData(), timedelta(minutes=self._lasts.currentData())
        desk, wall = self._desk.currentData(), self._wall.value()
        self._answer.clear()
        if what is texts.CAMERA:
            camera_id = self._plan.selected_camera()
            if camera_id is None:
                self._answer.setText(self._translate(texts.NOTHING_SELECTED))
                return
            self._orders.send(desk, lasts=lasts, camera_id=camera_id, first_wall=wall)
        else:
            pages = self._plan.pages(selected_only=what is texts.PAGE)
            self._orders.send(desk, lasts=lasts, pages=pages, first_wall=wall)

    @Slot()
    def _on_take_back(self) -> None:
        selected = self._selected()
        if selected is not None:
            self._orders.take_back(selected.sent.order.id)

    @Slot(object)
    def _tell(self, problem: Fault | DomainError) -> None:
        self._answer.setText(explain(problem, self._translate))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._orders.refresh()
