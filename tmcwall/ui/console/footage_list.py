"""The list of footage that dies, the most urgent on top, with a countdown in words."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem, QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.remaining_footage import RemainingFootage, Urgency, by_urgency
from tmcwall.services.remaining_footage import MatterFootage
from tmcwall.texts import Text, Translator
from tmcwall.texts import remaining_footage as texts
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text
from tmcwall.ui.console.parts import plain_label, rows_to_read

_MINUTE_MS: Final = 60_000
_SOON_S: Final = 3600.0
"""Below an hour the colour is that of an alarm."""
_SHORT: Final = (texts.CAMERA, texts.LEFT, texts.STATE)
_LONG: Final = (
    texts.CAMERA, texts.DISTANCE, texts.LOOKS, texts.KEEPER, texts.LEFT, texts.ENDS, texts.STATE,
)  # fmt: skip


class FootageList(QWidget):
    """It counts down once a minute, while it is seen."""

    def __init__(self, *, short: bool, clock: Clock, translate: Translator, parent: QWidget | None = None) -> None:
        """`short`: without distance, direction and the moment of the end, the keeper beside the camera."""
        super().__init__(parent)
        self._clock = clock
        self._translate = translate
        self._columns: tuple[Text, ...] = _SHORT if short else _LONG
        self._footage: MatterFootage | None = None
        self._none = plain_label(translate(texts.NONE), soft=True)
        self._none.setWordWrap(True)
        zone = translate.zone
        names = [translate(text, zone=zone) if text is texts.ENDS else translate(text) for text in self._columns]
        self._table = rows_to_read(names, name=translate(texts.TITLE), parent=self)
        header = self._table.horizontalHeader()
        stretch = QHeaderView.ResizeMode.Stretch
        header.setSectionResizeMode(stretch if short else QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(self._columns.index(texts.LEFT), stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._none)
        layout.addWidget(self._table)
        self._minute = QTimer(self, interval=_MINUTE_MS)
        self._minute.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._minute.timeout.connect(self.count_down)
        self.show_footage(None)

    @property
    def footage(self) -> MatterFootage | None:
        return self._footage

    def show_footage(self, footage: MatterFootage | None) -> None:
        self._footage = footage
        self.count_down()

    @Slot()
    def count_down(self) -> None:
        """Say again what is left now."""
        now = self._clock.utc()
        rows = by_urgency(self._footage.rows, now) if self._footage is not None else ()
        self._none.setVisible(self._footage is not None and not rows)
        self._table.setVisible(bool(rows))
        self._table.setRowCount(len(rows))
        for place, row in enumerate(rows):
            colour = QColor(colour_of(row, now))
            for column, text in enumerate(self._columns):
                item = QTableWidgetItem(self._text(row, text, now))
                item.setToolTip(item.text())
                if text in {texts.LEFT, texts.STATE}:
                    item.setForeground(colour)
                self._table.setItem(place, column, item)

    def _text(self, row: RemainingFootage, column: Text, now: datetime) -> str:
        say = self._translate
        match column:
            case texts.CAMERA:
                named = row.camera_name
                return named if texts.KEEPER in self._columns else f"{named}, {say(texts.KEEPERS[row.keeper])}"
            case texts.DISTANCE:
                return say(texts.METRES, distance=round(row.distance_m)) if row.distance_m is not None else "–"
            case texts.LOOKS:
                return say(texts.DIRECTIONS[row.looks])
            case texts.KEEPER:
                return say(texts.KEEPERS[row.keeper])
            case texts.LEFT:
                return texts.left_text(row, now, say)
            case texts.ENDS:
                return cell_moment_text(row.ends_at, say) if row.ends_at is not None else say(texts.NOT_KNOWN)
            case _:
                return texts.state_text(row, now, say)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.count_down()
        self._minute.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._minute.stop()


def colour_of(row: RemainingFootage, now: datetime) -> str:
    """The words beside it say the same: no colour stands alone."""
    left_s = row.left_s(now)
    match row.urgency(now):
        case Urgency.SAFE:
            return theme.GREEN
        case Urgency.GONE:
            return theme.GREY
        case Urgency.UNKNOWN | Urgency.REFUSED:
            return theme.YELLOW
        case Urgency.DYING:
            return theme.VERMILLION if left_s is not None and left_s < _SOON_S else theme.ORANGE
