"""One camera's last thirty days: uptime, clock, and every change of state."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Camera, Mount
from tmcwall.domain.clock import Clock
from tmcwall.domain.history import DAY, MONTH, CameraHistory, CodecChange, HealthChange, ReaderChange, uptime
from tmcwall.texts import Translator
from tmcwall.texts import health as texts
from tmcwall.texts.faults import short_cause
from tmcwall.texts.oddities import session_text
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text
from tmcwall.ui.console.parts import plain_label, rows_to_read
from tmcwall.ui.services import HealthService

_WIDTH: Final = 160 * theme.SPACE
_HEIGHT: Final = 120 * theme.SPACE


class CameraHistoryWindow(QDialog):
    """Reads the history when it is made; closed by `Esc`. It stands beside the video and never over a wall."""

    def __init__(
        self,
        camera: Camera,
        health: HealthService,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._camera = camera
        self._health = health
        self._clock = clock
        self._translate = translate
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate(texts.TITLE, name=camera.name))
        self.resize(_WIDTH, _HEIGHT)
        title = plain_label(camera.name)
        title.setFont(theme.font(strong=True))
        self._uptime = plain_label("")
        self._clock_line = plain_label("", soft=True)
        self._clock_line.setWordWrap(True)
        self._nothing = plain_label(translate(texts.NO_HISTORY), soft=True)
        self._nothing.setWordWrap(True)
        self._nothing.hide()
        self._table = self._build_table()
        self._buttons = QDialogButtonBox(self)
        close = self._buttons.addButton(translate(texts.CLOSE), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        self._accept = self._buttons.addButton(translate(texts.ACCEPT), QDialogButtonBox.ButtonRole.ActionRole)
        self._accept.setToolTip(translate(texts.ACCEPT_HELP))
        self._accept.setAutoDefault(False)  # Enter accepts nothing
        self._accept.clicked.connect(self._accept_view)
        turned = camera.mount is Mount.PTZ
        self._accept.setVisible(not turned)
        self._answer = plain_label("", soft=True)
        self._answer.setWordWrap(True)
        self._answer.setText(translate(texts.VIEW_UNCHECKED) if turned else "")
        self._answer.setVisible(turned)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * theme.SPACE)
        for widget in (title, self._uptime, self._clock_line, self._nothing):
            layout.addWidget(widget)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._answer)
        layout.addWidget(self._buttons)
        health.view_accepted.connect(self._tell_accepted)
        health.told.connect(self._show)
        health.tell(camera.id)

    def lines(self) -> list[tuple[str, str, str]]:
        """What the table says, from the newest change on."""
        rows = []
        for row in range(self._table.rowCount()):
            cells = [self._table.item(row, column) for column in range(3)]
            rows.append(tuple(cell.text() if cell is not None else "" for cell in cells))
        return [(when, state, why) for when, state, why in rows]

    def said(self) -> str:
        """Uptime and clock in words."""
        return f"{self._uptime.text()}\n{self._clock_line.text()}"

    @Slot(str, object)
    def _show(self, camera_id: str, history: CameraHistory) -> None:
        if camera_id != self._camera.id:
            return
        now = self._clock.utc()
        until = min(now, history.known_until or now)
        day = uptime(history.changes, since=now - DAY, until=until)
        month = uptime(history.changes, since=now - MONTH, until=until)
        self._uptime.setText(texts.uptime_text(day, month, self._translate))
        self._clock_line.setText(
            texts.clock_text(history.clocks[-1].offset_ms, self._translate) if history.clocks else ""
        )
        self._clock_line.setVisible(bool(history.clocks))
        self._nothing.setVisible(not history.changes)
        self._table.setVisible(bool(history.changes))
        told: list[HealthChange | CodecChange | ReaderChange] = [*history.changes, *history.readers]
        told += [change for change in history.codecs if change.before]
        told.sort(key=lambda change: change.at, reverse=True)
        self._table.setRowCount(len(told))
        for row, change in enumerate(told):
            for column, text in enumerate(self._row(change)):
                self._table.setItem(row, column, QTableWidgetItem(text))

    @Slot()
    def _accept_view(self) -> None:
        self._health.accept_view(self._camera.id)

    @Slot(str)
    def _tell_accepted(self, camera_id: str) -> None:
        if camera_id == self._camera.id:
            self._answer.setText(self._translate(texts.ACCEPTED))
            self._answer.show()

    def _row(self, change: HealthChange | CodecChange | ReaderChange) -> tuple[str, str, str]:
        say = self._translate
        if isinstance(change, CodecChange):
            return self._moment(change.at), texts.codec_text(change, say), say(texts.STREAMS[change.profile])
        if isinstance(change, ReaderChange):
            how = session_text(change.session, change.cause, say) or say(texts.READ_BY_US)
            return self._moment(change.at), how, say(texts.STREAMS[change.profile])
        remarks = [say(short_cause(change.cause))] if change.cause is not None else []
        if change.changes > 1:
            remarks.append(say(texts.CHANGES, count=change.changes))
        return self._moment(change.at), say(texts.STATES[change.state]), "; ".join(remarks)

    def _moment(self, at: datetime) -> str:
        return cell_moment_text(at, self._translate)

    def _build_table(self) -> QTableWidget:
        say = self._translate
        columns = [say(texts.WHEN, zone=say.zone), say(texts.STATE), say(texts.WHY)]
        table = rows_to_read(columns, name=say(texts.TITLE, name=self._camera.name), parent=self)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        return table
