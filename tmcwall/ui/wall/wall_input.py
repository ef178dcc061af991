"""What mouse, keys, and drag and drop ask of a wall's canvas. Which keys there are says `ui.actions`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QMimeData, QPoint, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from tmcwall.ui.actions import ActionId
from tmcwall.ui.wall.model import CAMERA_MIME
from tmcwall.ui.wall.tile import WallTile

if TYPE_CHECKING:
    from tmcwall.ui.wall.canvas import WallCanvas

_CELL_MIME: Final = "application/x-tmcwall-cell"
_STEPS: Final = {
    ActionId.MOVE_LEFT: (-1, 0),
    ActionId.MOVE_RIGHT: (1, 0),
    ActionId.MOVE_UP: (0, -1),
    ActionId.MOVE_DOWN: (0, 1),
}


class WallInput:
    """The input of one canvas, which gives its events here."""

    def __init__(self, canvas: WallCanvas) -> None:
        self._canvas = canvas
        self._pressed: QPoint | None = None

    # Mouse.

    def press(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
            self._canvas.select(self._canvas.cell_at(self._pressed))

    def move(self, event: QMouseEvent) -> None:
        """A press that is drawn away takes the tile along."""
        canvas, pressed = self._canvas, self._pressed
        if pressed is None or canvas.full_screen_cell >= 0 or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        if (event.position().toPoint() - pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        cell = canvas.cell_at(pressed)
        if cell >= 0 and canvas.tiles[cell].camera is not None:
            self._drag(canvas.tiles[cell])

    def release(self) -> None:
        self._pressed = None

    def double_click(self, event: QMouseEvent) -> None:
        """The tile over the whole wall, or back."""
        self._pressed = None
        canvas = self._canvas
        if not canvas.leave_full_screen():
            canvas.select(canvas.cell_at(event.position().toPoint()))
            canvas.enter_full_screen()

    # Keys.

    def act(self, action: ActionId) -> None:
        """What the key of a wall asks of its canvas; nothing for actions that are not a wall's."""
        canvas = self._canvas
        if action in _STEPS:
            canvas.move_selection(*_STEPS[action])
        elif action is ActionId.FULL_SCREEN:
            if not canvas.leave_full_screen():
                canvas.enter_full_screen()
        elif action is ActionId.PAUSE:
            canvas.toggle_pause()
        elif action is ActionId.REPLAY_BACK:
            canvas.replay_back()
        elif action is ActionId.REPLAY_FORWARD:
            canvas.replay_forward()
        elif action is ActionId.ABOUT_TILE:
            canvas.toggle_about()
        elif action is ActionId.BACK:
            canvas.go_back()
        elif action is ActionId.CLEAR_TILE and canvas.selected >= 0:
            canvas.clear_requested.emit(canvas.selected)

    # Drag and drop.

    def drag_enter(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(CAMERA_MIME) and self._canvas.full_screen_cell < 0:
            event.acceptProposedAction()

    def drag_move(self, event: QDragMoveEvent) -> None:
        self._canvas.mark_drop(self._canvas.cell_at(event.position().toPoint()))
        event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """A tile of this wall is swapped with the one below; a camera from anywhere else is asked for there."""
        canvas = self._canvas
        canvas.mark_drop(-1)
        cell = canvas.cell_at(event.position().toPoint())
        if cell < 0:
            return
        data = event.mimeData()
        if event.source() is canvas and data.hasFormat(_CELL_MIME):
            origin = int(bytes(data.data(_CELL_MIME).data()))
            if origin != cell:
                canvas.swap_requested.emit(origin, cell)
        else:
            camera_id = bytes(data.data(CAMERA_MIME).data()).decode(errors="replace")
            canvas.place_requested.emit(cell, camera_id)
        canvas.select(cell)
        event.acceptProposedAction()

    def _drag(self, tile: WallTile) -> None:
        assert tile.camera is not None
        data = QMimeData()
        data.setData(CAMERA_MIME, QByteArray(tile.camera.id.encode()))
        data.setData(_CELL_MIME, QByteArray(str(tile.cell).encode()))
        drag = QDrag(self._canvas)
        drag.setMimeData(data)
        drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction)
