"""The tiles of one wall, drawn small: which camera stands where and how it is doing; target and source of drags."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QToolTip, QWidget

from tmcwall.domain.health import TileState, TileStatus
from tmcwall.domain.layout import Cell, Grid, WallPlan, parse_grid
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts.states import STATES
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import cameras_in
from tmcwall.ui.marks import paint_shape
from tmcwall.ui.wall.model import CAMERA_MIME

TILE_MIME: Final = "application/x-tmcwall-tile"
"""`index` and the wall's id, in UTF-8 with a line break between: a tile that is dragged to be swapped."""

_GAP: Final = 2
_NUMBERED: Final = re.compile(r"\b(RT|RW|PTZ) ")
"""What is never parted from the number after it."""
_SHAPE: Final = 3 * theme.SPACE
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, slots=True)
class TileFace:
    """What a tile of the plan says of its camera."""

    name: str
    number: int | None
    verdict: TileStatus
    known: bool = True


FaceOf = Callable[[str], TileFace]


class PlanCanvas(QWidget):
    """Shows a WallPlan; asks for changes and lets others make them."""

    tile_selected = Signal(int)
    cameras_dropped = Signal(int, object)
    """Index of the first tile and tuple[str, ...] of camera ids."""
    tile_swapped = Signal(str, int, int)
    """Wall and index of the tile that was dragged, index of the tile it was dropped on here."""
    clear_requested = Signal(int)
    reserve_toggled = Signal(int)
    lock_toggled = Signal(int)

    def __init__(self, wall: str, *, face_of: FaceOf, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wall = wall
        self._face_of = face_of
        self._translate = translate
        self._grid: Grid = parse_grid("1x1")
        self._plan = WallPlan("1x1")
        self._aspect = 16 / 9
        self._selected: int | None = None
        self._target: int | None = None
        self._pressed_at: QPoint | None = None
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(40 * theme.SPACE)

    def show_plan(self, plan: WallPlan, *, aspect: float) -> None:
        """`aspect` is width by height of the monitor."""
        self._plan = plan
        self._grid = parse_grid(plan.grid, largest=16)
        self._aspect = aspect
        if self._selected is not None and self._selected >= len(self._grid.cells):
            self._selected = None
        self.update()

    @property
    def plan(self) -> WallPlan:
        return self._plan

    @property
    def selected(self) -> int | None:
        return self._selected

    def select(self, index: int | None) -> None:
        if index != self._selected:
            self._selected = index
            self.update()

    def tile_at(self, point: QPointF) -> int | None:
        boxes = (self._box(cell) for cell in self._grid.cells)
        return next((index for index, box in enumerate(boxes) if box.contains(point)), None)

    def tile_box(self, index: int) -> QRectF:
        """Where a tile is drawn, in the widget's own pixels."""
        return self._box(self._grid.cells[index])

    def sizeHint(self) -> QSize:
        return QSize(480, round(480 / self._aspect))

    def _frame(self) -> QRectF:
        """The monitor: as large as it fits, in its own proportions, at the top left."""
        width, height = float(self.width()), float(self.height())
        if width / height > self._aspect:
            width = height * self._aspect
        else:
            height = width / self._aspect
        return QRectF(0, 0, width, height)

    def _box(self, cell: Cell) -> QRectF:
        frame = self._frame()
        column, row = frame.width() / self._grid.columns, frame.height() / self._grid.rows
        left, top = round(frame.left() + cell.column * column), round(frame.top() + cell.row * row)
        right = round(frame.left() + (cell.column + cell.columns) * column)
        bottom = round(frame.top() + (cell.row + cell.rows) * row)
        return QRectF(left, top, right - left - _GAP, bottom - top - _GAP)

    def _paint_tile(self, painter: QPainter, index: int) -> None:
        box = self.tile_box(index)
        camera_id = self._plan.cameras.get(index)
        reserved = index in self._plan.reserved
        chosen, target = index == self._selected, index == self._target
        painter.fillRect(box, QColor(theme.ACCENT_DARK if target else theme.RAISED if camera_id else theme.SURFACE))
        if reserved:
            pen = QPen(QColor(theme.ACCENT), 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRect(box.adjusted(1.5, 1.5, -1.5, -1.5))
        inner = box.adjusted(theme.SPACE + 2, theme.SPACE, -theme.SPACE - 2, -theme.SPACE)
        if camera_id is None:
            self._paint_empty(painter, inner, reserved=reserved)
        else:
            self._paint_camera(painter, inner, self._face_of(camera_id))
        if index in self._plan.locked:
            _paint_lock(painter, inner)
        if chosen:
            painter.setPen(QPen(QColor(theme.ACCENT if self.hasFocus() else theme.TEXT), 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))

    def _paint_empty(self, painter: QPainter, box: QRectF, *, reserved: bool) -> None:
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(QColor(theme.TEXT_SOFT if reserved else theme.TEXT_FAINT))
        choices = (texts.EMPTY_RESERVED, texts.RESERVED) if reserved else (texts.EMPTY,)
        fitting = (text for text in map(self._translate, choices) if _fits(painter, text, box.width()))
        text = next(fitting, "R" if reserved else "")
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_camera(self, painter: QPainter, box: QRectF, face: TileFace) -> None:
        style = theme.STATES[face.verdict.state]
        painter.setFont(theme.font(theme.SMALL, strong=True))
        metrics = QFontMetrics(painter.font())
        line = metrics.height()
        if box.height() < line or box.width() < 5 * theme.SPACE:
            paint_shape(painter, style, _centred(box, min(_SHAPE, box.height(), box.width())))
            return
        name = face.name if face.known else self._translate(texts.CAMERA_GONE)
        rows = min(3, int(box.height() / line) - 1)
        if rows < 1:
            paint_shape(painter, style, QRectF(box.left(), box.top() + (line - _SHAPE) / 2, _SHAPE, _SHAPE))
            box = box.adjusted(_SHAPE + theme.SPACE, 0, 0, 0)
        painter.setPen(QColor(theme.TEXT))
        for row, text in enumerate(_wrapped(metrics, name, box.width(), rows=max(1, rows))):
            place = QRectF(box.left(), box.top() + row * line, box.width(), line)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if rows >= 1:
            self._paint_foot(painter, QRectF(box.left(), box.bottom() - line, box.width(), line), face)

    def _paint_foot(self, painter: QPainter, box: QRectF, face: TileFace) -> None:
        """Shape and, unless live, word of the state at the left; the number to dial at the right."""
        style = theme.STATES[face.verdict.state]
        painter.setFont(theme.font(theme.SMALL))
        metrics = QFontMetrics(painter.font())
        number = "" if face.number is None else str(face.number)
        paint_shape(painter, style, QRectF(box.left(), box.top() + (box.height() - _SHAPE) / 2, _SHAPE, _SHAPE))
        painter.setPen(QColor(theme.TEXT_SOFT))
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
        if face.verdict.state is TileState.LIVE:
            return
        room = box.adjusted(_SHAPE + theme.SPACE, 0, -metrics.horizontalAdvance(number) - theme.SPACE, 0)
        word = self._translate(STATES[face.verdict.state].word)
        painter.setPen(QColor(_readable(style.colour)))
        shown = metrics.elidedText(word, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _step(self, columns: int, rows: int) -> None:
        cells = self._grid.cells
        if self._selected is None:
            self._choose(0)
            return
        here = cells[self._selected]
        x = here.column - 1 if columns < 0 else here.column + here.columns if columns > 0 else here.column
        y = here.row - 1 if rows < 0 else here.row + here.rows if rows > 0 else here.row
        for index, cell in enumerate(cells):
            if cell.column <= x < cell.column + cell.columns and cell.row <= y < cell.row + cell.rows:
                self._choose(index)
                return

    def _choose(self, index: int) -> None:
        self.select(index)
        self.tile_selected.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self._frame(), QColor(theme.WALL))
        for index in range(len(self._grid.cells)):
            self._paint_tile(painter, index)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.tile_at(event.position())
        if index is not None:
            self._choose(index)
            self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None or self._selected is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        far = (event.position().toPoint() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far and self._selected in self._plan.cameras:
            self._pressed_at = None
            drag = QDrag(self)
            drag.setMimeData(tile_mime(self._wall, self._selected))
            drag.exec(Qt.DropAction.MoveAction)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._pressed_at = None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(CAMERA_MIME) or event.mimeData().hasFormat(TILE_MIME):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._target = self.tile_at(event.position())
        self.update()
        event.setAccepted(self._target is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._target = None
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        index, self._target = self.tile_at(event.position()), None
        self.update()
        if index is None:
            return
        tile = tile_in(event.mimeData())
        cameras = cameras_in(event.mimeData())
        if tile is not None:
            self.tile_swapped.emit(*tile, index)
        elif cameras:
            self.cameras_dropped.emit(index, tuple(cameras))
        self._choose(index)
        event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrow = _ARROWS.get(Qt.Key(event.key()))
        if arrow is not None:
            self._step(*arrow)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._selected is not None:
            self.clear_requested.emit(self._selected)
        elif event.key() == Qt.Key.Key_R and self._selected is not None:
            self.reserve_toggled.emit(self._selected)
        elif event.key() == Qt.Key.Key_K and self._selected is not None:
            self.lock_toggled.emit(self._selected)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._selected is None:
            self._choose(0)
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.tile_at(QPointF(event.pos()))
        if index is None:
            return
        say = self._translate
        menu = QMenu(self)
        reserve = menu.addAction(say(texts.UNRESERVE if index in self._plan.reserved else texts.RESERVE))
        reserve.triggered.connect(lambda: self.reserve_toggled.emit(index))
        lock = menu.addAction(say(texts.UNLOCK if index in self._plan.locked else texts.LOCK))
        lock.triggered.connect(lambda: self.lock_toggled.emit(index))
        clear = menu.addAction(say(texts.CLEAR))
        clear.setEnabled(index in self._plan.cameras)
        clear.triggered.connect(lambda: self.clear_requested.emit(index))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.tile_at(QPointF(event.pos()))
            camera_id = None if index is None else self._plan.cameras.get(index)
            if camera_id is None:
                QToolTip.hideText()
            else:
                face = self._face_of(camera_id)
                QToolTip.showText(event.globalPos(), _tip(face, self._translate), self)
            return True
        return super().event(event)


def tile_mime(wall: str, index: int) -> QMimeData:
    mime = QMimeData()
    mime.setData(TILE_MIME, f"{index}\n{wall}".encode())
    return mime


def tile_in(mime: QMimeData) -> tuple[str, int] | None:
    """Wall and index of a dragged tile."""
    if not mime.hasFormat(TILE_MIME):
        return None
    index, _, wall = bytes(mime.data(TILE_MIME).data()).decode(errors="replace").partition("\n")
    return (wall, int(index)) if index.isdigit() else None


def _tip(face: TileFace, translate: Translator) -> str:
    """One paragraph as plain text: Qt takes a tip that looks like markup for markup, so `<` never stands first."""
    state = STATES[face.verdict.state]
    name = face.name if face.known else translate(texts.CAMERA_GONE)
    return f"\u200b{name}\n{translate(state.word)}. {translate(state.meaning)}"


def _readable(colour: str) -> str:
    """A state's colour where it is light enough for small text on RAISED (4.5:1), else the soft text colour."""
    return theme.TEXT_SOFT if colour in (theme.GREEN, theme.VERMILLION) else colour


def _paint_lock(painter: QPainter, box: QRectF) -> None:
    """A padlock at the top right."""
    side = min(3 * theme.SPACE, box.height() / 2, box.width() / 4)
    left, top = box.right() - side, box.top()
    painter.setPen(QPen(QColor(theme.TEXT), 1.5))
    painter.drawArc(QRectF(left + side / 5, top, 3 * side / 5, side), 0, 180 * 16)
    painter.fillRect(QRectF(left, top + side / 2, side, side / 2), QColor(theme.TEXT))


def _centred(box: QRectF, side: float) -> QRectF:
    return QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)


def _fits(painter: QPainter, text: str, width: float) -> bool:
    return QFontMetrics(painter.font()).horizontalAdvance(text) <= width


def _wrapped(metrics: QFontMetrics, text: str, width: float, *, rows: int) -> list[str]:
    """The text in at most `rows` lines, broken between words, the last one cut with an ellipsis."""
    words = [word for word in _NUMBERED.sub("\\1\u00a0", text).split(" ") if word]
    lines: list[str] = []
    while words and len(lines) < rows - 1:
        line = words[0]
        taken = 1
        while taken < len(words) and metrics.horizontalAdvance(f"{line} {words[taken]}") <= width:
            line = f"{line} {words[taken]}"
            taken += 1
        lines.append(metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(width)))
        words = words[taken:]
    if words:
        lines.append(metrics.elidedText(" ".join(words), Qt.TextElideMode.ElideRight, int(width)))
    return lines
