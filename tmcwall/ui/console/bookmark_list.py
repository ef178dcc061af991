"""The model behind the list of bookmarks, and the words of its cells."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import IntEnum
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.clock import Clock
from tmcwall.domain.health import TileState
from tmcwall.domain.sp2hp import Reminder
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Text, Translator
from tmcwall.texts import review as texts
from tmcwall.ui import theme
from tmcwall.ui.console.moments import cell_moment_text, date_text, length_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.marks import state_icon
from tmcwall.ui.review.gaps import gaps_text, incomplete_text

Index = QModelIndex | QPersistentModelIndex

ROW_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""BookmarkRow."""

HASH_SHOWN: Final = 8
"""Hex digits of the SHA-256 in the list; the whole stands in the tool tip and in the review."""


class Column(IntEnum):
    LP = 0
    CAMERA = 1
    TIME = 2
    LENGTH = 3
    CLIP = 4
    HASH = 5
    REMINDER = 6
    OFFICER = 7


_TITLES: Final[dict[Column, Text]] = {
    Column.LP: texts.COLUMN_LP,
    Column.CAMERA: texts.COLUMN_CAMERA,
    Column.TIME: texts.COLUMN_TIME,
    Column.LENGTH: texts.COLUMN_LENGTH,
    Column.CLIP: texts.COLUMN_CLIP,
    Column.HASH: texts.COLUMN_HASH,
    Column.REMINDER: texts.COLUMN_REMINDER,
    Column.OFFICER: texts.COLUMN_OFFICER,
}
# The shapes are those of the tiles that mean the same: ready is live, failed is lost, the rest is on its way.
CLIP_SHAPES: Final[dict[ClipState | None, TileState]] = {
    ClipState.WAITING: TileState.CONNECTING,
    ClipState.CUTTING: TileState.CONNECTING,
    ClipState.READY: TileState.LIVE,
    ClipState.FAILED: TileState.LOST,
    None: TileState.OFF,
}


class BookmarkListModel(QAbstractTableModel):
    """Bookmarks as handed in, newest first."""

    def __init__(self, *, clock: Clock, translate: Translator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._translate = translate
        self._rows: list[BookmarkRow] = []
        self._icons = {shape: state_icon(shape, 3 * theme.SPACE) for shape in set(CLIP_SHAPES.values())}

    def show(self, rows: Sequence[BookmarkRow]) -> None:
        """Show these; the view keeps its selection while the same bookmarks stand in the same places."""
        if [row.bookmark.id for row in rows] == [row.bookmark.id for row in self._rows]:
            self._rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def row_of(self, bookmark_id: str | None) -> int | None:
        return next((place for place, row in enumerate(self._rows) if row.bookmark.id == bookmark_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._translate(_TITLES[Column(section)], zone=self._translate.zone)
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column is Column.CLIP:
            return self._clip_icon(row)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        return None

    def _text(self, row: BookmarkRow, column: Column) -> str:
        bookmark, clip, say = row.bookmark, row.clip, self._translate
        if column is Column.LP:
            return row.case.lp if row.case else say(texts.NO_CASE)
        if column is Column.CAMERA:
            return bookmark.camera_name
        if column is Column.TIME:
            if say.zone.date_of(bookmark.starts_at) == self._today():
                return say(texts.TODAY_AT, time=say.zone.time_of_day(bookmark.starts_at))
            return cell_moment_text(bookmark.starts_at, say)
        if column is Column.LENGTH:
            return length_text(bookmark.ends_at - bookmark.starts_at)
        if column is Column.CLIP:
            return incomplete_text(clip, say) or say(texts.CLIP_STATES[clip.state] if clip else texts.CLIP_NONE)
        if column is Column.HASH:
            return clip.sha256[:HASH_SHOWN] if clip and clip.sha256 else say(texts.HASH_PENDING)
        if column is Column.REMINDER:
            return reminder_text(row.reminder, say)
        return officer_text(bookmark.officer)

    def _clip_icon(self, row: BookmarkRow) -> QIcon:
        return self._icons[CLIP_SHAPES[row.clip.state if row.clip else None]]

    def _colour(self, row: BookmarkRow, column: Column) -> QColor | None:
        overdue = column is Column.REMINDER and row.reminder is not None and row.reminder.overdue
        if overdue or (column is Column.CLIP and row.clip is not None and row.clip.gaps):
            return QColor(theme.ORANGE)
        pending = column is Column.HASH and not (row.clip and row.clip.sha256)
        soft = pending or (column is Column.LP and row.case is None) or (column is Column.REMINDER and not row.reminder)
        return QColor(theme.TEXT_SOFT) if soft else None

    def _tip(self, row: BookmarkRow, column: Column) -> str | None:
        if column is Column.HASH and row.clip:
            return row.clip.sha256 or None
        if column is Column.CLIP and row.clip and row.clip.gaps:
            return gaps_text(row.bookmark, row.clip, self._translate)
        if column is Column.REMINDER:
            return self._translate(texts.REMINDER_HELP)
        return None

    def _today(self) -> date:
        return self._translate.zone.date_of(self._clock.utc())


def reminder_text(reminder: Reminder | None, translate: Translator) -> str:
    """When the next SP2HP is due. The heading beside it names it an internal reminder."""
    if reminder is None:
        return translate(texts.REMINDER_NONE)
    if reminder.days_left == 0:
        return translate(texts.REMINDER_TODAY)
    due = date_text(reminder.due, translate)
    if reminder.overdue:
        return translate(texts.REMINDER_LATE, date=due, days=-reminder.days_left)
    return due
