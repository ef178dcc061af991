"""The bottom dock: bookmarks, newest first, found by LP number, played by double click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.bookmark import ClipState
from tmcwall.domain.clock import Clock
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.ui import theme
from tmcwall.ui.case_services import TaggingService
from tmcwall.ui.console.bookmark_list import ROW_ROLE, BookmarkListModel, Column
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.evidence.windows import EvidenceButton

_LEAST_NEEDED: Final = (Column.OFFICER, Column.LENGTH, Column.HASH)
"""These go, the first one first, until the number of a case can be read."""

_CASE_NUMBER: Final = "LP/B/0000/VIII/2026/SPKT"
"""As much of a number as tells one case from another."""


class BookmarkPanel(QWidget):
    """The list; asks for playback and tells the services what to find."""

    play_requested = Signal(object)
    """BookmarkRow whose clip is ready."""
    refused = Signal(str)

    def __init__(
        self,
        tagging: TaggingService,
        *,
        clock: Clock,
        translate: Translator,
        search_pause_ms: int = 200,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tagging = tagging
        self._translate = translate
        self._model = BookmarkListModel(clock=clock, translate=translate, parent=self)
        self._search = QLineEdit()
        self._search.setPlaceholderText(translate(texts.SEARCH_PLACEHOLDER))
        self._search.setAccessibleName(translate(texts.SEARCH_NAME))
        self._search.setClearButtonEnabled(True)
        self._search.setMaximumWidth(90 * theme.SPACE)
        self._count = plain_label("", soft=True)
        self._play = QPushButton(translate(texts.PLAY))
        self._play.clicked.connect(self._on_play)
        self.evidence = EvidenceButton(translate=translate)
        self._view = QTableView()
        self._view.setModel(self._model)
        _set_up(self._view, translate)
        self._none = plain_label("", soft=True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        head = QHBoxLayout()
        head.setSpacing(3 * theme.SPACE)
        head.addWidget(self._search, 1)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self.evidence)
        head.addWidget(self._play)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE)
        layout.setSpacing(2 * theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self._view, 1)
        layout.addWidget(self._none, 1)
        self.setFocusProxy(self._view)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(search_pause_ms)
        self._timer.timeout.connect(self._reload)
        self._search.textChanged.connect(self._timer.start)
        self._search.returnPressed.connect(self._reload)
        self._view.activated.connect(self._on_play)
        self._view.selectionModel().currentRowChanged.connect(self._on_current)
        tagging.recent_changed.connect(self._reload)
        tagging.clip_changed.connect(self._reload)
        tagging.found.connect(self._on_found)
        self._reload()

    def start_search(self) -> None:
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def selected_row(self) -> BookmarkRow | None:
        row = self._view.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, BookmarkRow) else None

    @Slot()
    def _reload(self) -> None:
        self._timer.stop()
        text = self._search.text().strip()
        if text:
            self._tagging.find(text)
        else:
            self._count.clear()
            self._show(self._tagging.recent(), self._translate(texts.BOOKMARKS_NONE))

    @Slot(str, object)
    def _on_found(self, text: str, rows: Sequence[BookmarkRow]) -> None:
        if text == self._search.text().strip():
            self._count.setText(self._translate(texts.FOUND, count=len(rows)))
            self._show(rows, self._translate(texts.SEARCH_NONE, text=text))

    def _show(self, rows: Sequence[BookmarkRow], none: str) -> None:
        chosen = self.selected_row()
        self._model.show(rows)
        place = self._model.row_of(chosen.bookmark.id) if chosen else None
        if place is not None:
            self._view.setCurrentIndex(self._model.index(place, 0))
        self._view.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self._none.setText(none)
        self._share_width()
        self._on_current()

    def _share_width(self) -> None:
        """Hide columns until the case number has room."""
        view = self._view
        wanted = {column: _wanted_width(view, column) for column in Column}
        wanted[Column.LP] = view.fontMetrics().horizontalAdvance(_CASE_NUMBER) + 4 * theme.SPACE
        wanted[Column.CAMERA] = view.columnWidth(Column.CAMERA)
        lacking = sum(wanted.values()) - view.viewport().width()
        for column in _LEAST_NEEDED:
            view.setColumnHidden(column, lacking > 0)
            if lacking > 0:
                lacking -= wanted[column]

    @Slot()
    def _on_current(self) -> None:
        row = self.selected_row()
        self.evidence.show_row(row)
        self._play.setEnabled(row is not None and row.clip is not None and row.clip.state is ClipState.READY)

    @Slot()
    @Slot(QModelIndex)
    def _on_play(self) -> None:
        row = self.selected_row()
        if row is None:
            return
        if row.clip is None or row.clip.state is not ClipState.READY:
            state = texts.CLIP_STATES[row.clip.state] if row.clip else texts.CLIP_NONE
            self.refused.emit(self._translate(texts.PLAY_NOT_READY, state=self._translate(state)))
            return
        self.play_requested.emit(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self._search.text() or self._search.hasFocus()):
            self._search.clear()
            self._view.setFocus()
            return
        super().keyPressEvent(event)


def _wanted_width(view: QTableView, column: Column) -> int:
    return max(view.sizeHintForColumn(column), view.horizontalHeader().sectionSizeHint(column))


def _set_up(view: QTableView, translate: Translator) -> None:
    view.setAccessibleName(translate(texts.BOOKMARKS_NAME))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setTextElideMode(Qt.TextElideMode.ElideRight)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(8 * theme.SPACE)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setSectionResizeMode(Column.LP, QHeaderView.ResizeMode.Stretch)
    header.setMinimumSectionSize(12 * theme.SPACE)
    for column in Column:
        if column not in (Column.LP, Column.CAMERA):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    view.setColumnWidth(Column.CAMERA, 44 * theme.SPACE)
