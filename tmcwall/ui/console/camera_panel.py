"""The left dock: search, counts by state, the camera tree, and what can be done about a camera of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.camera import Camera
from tmcwall.domain.health import TileStatus
from tmcwall.domain.history import Uptimes
from tmcwall.domain.officer import Action
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.texts import health as health_texts
from tmcwall.texts import lifecycle as lifecycle_texts
from tmcwall.texts import masks as mask_texts
from tmcwall.texts.states import STATES
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import CameraTreeModel, Count, RegionName, Role, summary
from tmcwall.ui.console.lifecycle_form import Change, LifecycleForm
from tmcwall.ui.console.parts import StateCounts, plain_label
from tmcwall.ui.marks import paint_shape
from tmcwall.ui.services import CameraService, DutyService, LifecycleService

_SEARCH_PAUSE_MS: Final = 120
_OPEN_UP_TO: Final = 60
"""A search with no more finds than this shows them all opened."""
_ROW: Final = 7 * theme.SPACE
_LEAST_WIDTH: Final = 64 * theme.SPACE
_SHAPE: Final = 3 * theme.SPACE + 2

_MENU: Final = {
    Change.QUARANTINE: lifecycle_texts.QUARANTINE,
    Change.LIFT: lifecycle_texts.LIFT,
    Change.STANDING: lifecycle_texts.CHANGE_STANDING,
}
_RIGHTS: Final = {
    Change.QUARANTINE: Action.QUARANTINE,
    Change.LIFT: Action.LIFT_QUARANTINE,
    Change.STANDING: Action.CHANGE_STANDING,
}


class CameraPanel(QWidget):
    """All cameras by region. Activating a camera asks for it on the selected tile; dragging takes it to any."""

    camera_activated = Signal(str)
    history_requested = Signal(str)
    masks_requested = Signal(str)
    told = Signal(str)
    """What was decided about a camera."""

    def __init__(
        self,
        cameras: CameraService,
        lifecycles: LifecycleService,
        duty: DutyService,
        *,
        region_name: RegionName,
        translate: Translator,
        uptimes: Callable[[str], Uptimes] = lambda _camera_id: Uptimes(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._cameras = cameras
        self._translate = translate
        self._model = CameraTreeModel(
            status=cameras.status,
            region_name=region_name,
            translate=translate,
            uptimes=uptimes,
            lifecycle=cameras.lifecycle,
            parent=self,
        )
        self._duty = duty
        self._search = QLineEdit()
        self._search.setPlaceholderText(translate(texts.SEARCH_PLACEHOLDER))
        self._search.setAccessibleName(translate(texts.SEARCH_NAME))
        self._search.setClearButtonEnabled(True)
        self._counts = StateCounts(translate)
        self._nothing = plain_label("", soft=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._view = _build_view(self._model, translate, self)
        self._form = LifecycleForm(lifecycles, translate=translate)
        self._form.decided.connect(self.told)
        self._form.closed.connect(self._view.setFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._search)
        layout.addWidget(self._counts)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._nothing, 1)
        layout.addWidget(self._form)
        self.setMinimumWidth(_LEAST_WIDTH)
        QWidget.setTabOrder(self._search, self._view)
        self.setFocusProxy(self._view)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_PAUSE_MS)
        self._timer.timeout.connect(self._reload)
        self._search.textChanged.connect(self._timer.start)
        self._search.returnPressed.connect(self._take_first)
        self._view.activated.connect(self._activate)
        self._menu = QMenu(self)
        self._menu.addAction(translate(health_texts.OPEN), self._ask_history)
        self._menu.addAction(translate(mask_texts.OPEN), self._ask_masks)
        self._menu.addSeparator()
        self._changes = {change: self._menu.addAction(translate(text)) for change, text in _MENU.items()}
        self._menu.triggered.connect(self._start_change)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._view.customContextMenuRequested.connect(self._show_menu)
        cameras.cameras_changed.connect(self._take_cameras)
        cameras.statuses_changed.connect(self._refresh)
        self._reload()

    def start_search(self) -> None:
        """What `/` does."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def selected_camera(self) -> str | None:
        camera = self._view.currentIndex().data(Role.CAMERA)
        return camera.id if isinstance(camera, Camera) else None

    def reveal(self, camera_id: str) -> None:
        """Open the tree at a camera and select it."""
        index = self._model.index_of(camera_id)
        if index.isValid():
            self._view.scrollTo(index)
            self._view.setCurrentIndex(index)

    @Slot()
    def _take_cameras(self) -> None:
        """The tree is made anew: the selection stays."""
        selected = self.selected_camera()
        self._reload()
        if selected is not None:
            self.reveal(selected)

    @Slot()
    def _reload(self) -> None:
        self._timer.stop()
        text = self._search.text().strip()
        found = self._cameras.search(text) if text else self._cameras.all()
        self._model.show(found)
        if text and len(found) <= _OPEN_UP_TO:
            self._view.expandAll()
        elif self._model.rowCount() == 1:
            self._view.expand(self._model.index(0, 0))
        self._view.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.setText(
            self._translate(texts.SEARCH_NONE, text=text) if text else self._translate(texts.CAMERAS_NONE)
        )
        self._show_counts()

    @Slot(object)
    def _refresh(self, camera_ids: frozenset[str]) -> None:
        self._model.refresh(camera_ids)
        self._show_counts()

    def _show_counts(self) -> None:
        self._counts.show_counts(*summary(self._cameras.counts()))

    @Slot()
    def _take_first(self) -> None:
        self._reload()
        index = self._model.index(0, 0)
        while index.isValid() and index.data(Role.CAMERA) is None:
            self._view.expand(index)
            index = self._model.index(0, 0, index)
        if index.isValid():
            self._view.setCurrentIndex(index)
            self._view.setFocus()

    @Slot(QModelIndex)
    def _activate(self, index: QModelIndex) -> None:
        camera = index.data(Role.CAMERA)
        if isinstance(camera, Camera):
            self.camera_activated.emit(camera.id)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        """By the mouse or by the Menu key. What the officer on duty may not do is there, but cannot be chosen."""
        camera_id = self.selected_camera()
        if camera_id is None:
            return
        quarantined = self._cameras.lifecycle(camera_id).quarantine is not None
        self._changes[Change.QUARANTINE].setVisible(not quarantined)
        self._changes[Change.LIFT].setVisible(quarantined)
        for change, entry in self._changes.items():
            entry.setEnabled(self._duty.can(_RIGHTS[change]))
        self._menu.popup(self._view.viewport().mapToGlobal(place))

    @Slot(QAction)
    def _start_change(self, chosen: QAction) -> None:
        camera = self._cameras.get(self.selected_camera() or "")
        for change, entry in self._changes.items():
            if entry is chosen and camera is not None:
                self._form.start(camera, self._cameras.lifecycle(camera.id), change)

    @Slot()
    def _ask_history(self) -> None:
        camera_id = self.selected_camera()
        if camera_id is not None:
            self.history_requested.emit(camera_id)

    @Slot()
    def _ask_masks(self) -> None:
        camera_id = self.selected_camera()
        if camera_id is not None:
            self.masks_requested.emit(camera_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self._search.text() or self._search.hasFocus()):
            self._search.clear()
            self._view.setFocus()
            return
        if event.key() == Qt.Key.Key_Down and self._search.hasFocus():
            self._take_first()
            return
        super().keyPressEvent(event)


def _build_view(model: CameraTreeModel, translate: Translator, parent: QWidget) -> QTreeView:
    view = QTreeView(parent)
    view.setModel(model)
    view.setHeaderHidden(True)
    view.setUniformRowHeights(True)
    view.setIndentation(4 * theme.SPACE)
    view.setDragEnabled(True)
    view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAccessibleName(translate(texts.TREE_NAME))
    view.setItemDelegate(CameraDelegate(translate, view))
    return view


class CameraDelegate(QStyledItemDelegate):
    """A row: shape, name, and at the right the word of the state, or `live/total` on a branch."""

    def __init__(self, translate: Translator, parent: QWidget) -> None:
        super().__init__(parent)
        self._translate = translate

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: ARG002 - Qt's signature
        return QSize(0, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        box = option.rect
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(theme.ACCENT_DARK if selected else theme.RAISED))
        verdict, count = index.data(Role.VERDICT), index.data(Role.COUNT)
        inner = box.adjusted(theme.SPACE, 0, -2 * theme.SPACE, 0)
        name = str(index.data(Qt.ItemDataRole.DisplayRole))
        if isinstance(verdict, TileStatus):
            style = theme.STATES[verdict.state]
            top = inner.top() + (inner.height() - _SHAPE) / 2
            paint_shape(painter, style, QRectF(inner.left(), top, _SHAPE, _SHAPE))
            inner.setLeft(inner.left() + _SHAPE + 2 * theme.SPACE)
            word = self._translate(STATES[verdict.state].word)
            camera = index.data(Role.CAMERA)
            if isinstance(camera, Camera) and camera.number is not None:
                name = f"{camera.number}  {name}"
            _paint_row(painter, inner, name, word, strong=False, soft=selected)
        elif isinstance(count, Count):
            word = self._translate(texts.LIVE_OF, live=count.live, total=count.total)
            _paint_row(painter, inner, name, word, strong=True, soft=selected)
        painter.restore()


def _paint_row(painter: QPainter, box: QRect, name: str, word: str, *, strong: bool, soft: bool) -> None:
    """The name at the left, cut with an ellipsis before the word at the right."""
    painter.setFont(theme.font(theme.SMALL))
    metrics = QFontMetrics(painter.font())
    word_width = metrics.horizontalAdvance(word)
    painter.setPen(QColor(theme.TEXT if soft else theme.TEXT_SOFT))
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, word)
    painter.setFont(theme.font(theme.BODY, strong=strong))
    painter.setPen(QColor(theme.TEXT))
    room = box.adjusted(0, 0, -word_width - 2 * theme.SPACE, 0)
    shown = QFontMetrics(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
