"""The review window: the clips of one case, the player, and what is known of the clip that plays."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from tmcwall.domain.bookmark import Clip, ClipState
from tmcwall.domain.clock import Clock
from tmcwall.domain.oversight import Place, View
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import review as texts
from tmcwall.ui import theme
from tmcwall.ui.console.bookmark_list import CLIP_SHAPES
from tmcwall.ui.console.moments import moment_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.marks import state_icon
from tmcwall.ui.review.case_unit import CaseUnitPanel
from tmcwall.ui.review.copy_bar import CopyBar
from tmcwall.ui.review.information import InformationPanel
from tmcwall.ui.review.player import ClipPlayer, OpenFile
from tmcwall.ui.services import CaseUnitService, CopyService, TaggingService

_ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class ReviewWindow(QWidget):
    """Opened from the bookmark list; not modal, one for the program, showing one case at a time."""

    closed = Signal()

    def __init__(
        self,
        tagging: TaggingService,
        copies: CopyService,
        case_units: CaseUnitService,
        open_file: OpenFile,
        *,
        clock: Clock,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._tagging = tagging
        self._translate = translate
        self._case: str | None = None
        self._shown: BookmarkRow | None = None
        self.setWindowTitle(translate(texts.REVIEW_TITLE))
        self._title = plain_label("", title=True)
        self._list = QListWidget()
        self._list.setAccessibleName(translate(texts.CASE_CLIPS))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(self._on_current)
        self.player = ClipPlayer(open_file, clock=clock, translate=translate)
        self.copies = CopyBar(copies, self.player.position_s, translate=translate)
        self.information = InformationPanel(translate=translate)
        self.case_unit = CaseUnitPanel(case_units, translate=translate)
        clips = plain_label(translate(texts.CASE_CLIPS))
        clips.setFont(theme.font(strong=True))
        left = QVBoxLayout()
        left.setSpacing(2 * theme.SPACE)
        left.addWidget(clips)
        left.addWidget(self._list, 1)
        middle = QVBoxLayout()
        middle.setSpacing(2 * theme.SPACE)
        middle.addWidget(self.player, 1)
        middle.addWidget(self.copies)
        row = QHBoxLayout()
        row.setSpacing(4 * theme.SPACE)
        row.addLayout(left, 2)
        row.addLayout(middle, 6)
        right = QVBoxLayout()
        right.setSpacing(2 * theme.SPACE)
        right.addWidget(self.information, 1)
        right.addWidget(self.case_unit)
        row.addLayout(right, 2)
        layout = QVBoxLayout(self)
        margin = 4 * theme.SPACE
        layout.setContentsMargins(margin, 3 * theme.SPACE, margin, margin)
        layout.setSpacing(3 * theme.SPACE)
        layout.addWidget(self._title)
        layout.addLayout(row, 1)
        self.resize(1280, 720)
        tagging.found.connect(self._on_found)
        tagging.clip_changed.connect(self._on_clip_changed)

    def open_row(self, row: BookmarkRow) -> None:
        """Play this bookmark's clip and list the other clips of its case."""
        self._case = row.case.lp_normalised if row.case else None
        self._title.setText(row.case.lp if row.case else self._translate(texts.CASE_NONE))
        self._fill([row], row.bookmark.id)
        self.show()
        self._play(row)
        if self._case is not None:
            self._tagging.find(self._case)
        self.raise_()
        self.activateWindow()
        self.player.setFocus()

    @property
    def listed(self) -> list[str]:
        """Ids of the bookmarks in the list, as they stand."""
        return [self._list.item(place).data(_ROW_ROLE).bookmark.id for place in range(self._list.count())]

    def views(self) -> frozenset[View]:
        """Whose footage can be seen here now."""
        shown = self._shown
        if shown is None or not self.isVisible() or self.isMinimized() or not self.player.has_picture:
            return frozenset()
        return frozenset({View(shown.bookmark.camera_id, Place.CLIP)})

    def _fill(self, rows: Sequence[BookmarkRow], chosen: str) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for row in rows:
            state = row.clip.state if row.clip else None
            word = self._translate(texts.CLIP_STATES[state] if state else texts.CLIP_NONE)
            when = moment_text(row.bookmark.starts_at, self._translate)
            item = QListWidgetItem(state_icon(CLIP_SHAPES[state]), f"{row.bookmark.camera_name}\n{when}\n{word}")
            item.setData(_ROW_ROLE, row)
            self._list.addItem(item)
            if row.bookmark.id == chosen:
                self._list.setCurrentItem(item)
        self._list.blockSignals(False)

    def _play(self, row: BookmarkRow) -> None:
        self._shown = row
        self.information.show_row(row)
        self.case_unit.show_case(row.case)
        self.player.close_clip()
        path = self._tagging.clip_path(row.bookmark.id)
        state = row.clip.state if row.clip else None
        self.copies.show_row(row if path is not None else None)
        if row.clip is None or state is not ClipState.READY:
            word = self._translate(texts.CLIP_STATES[state] if state else texts.CLIP_NONE)
            self.player.show_message(self._translate(texts.PLAY_NOT_READY, state=word))
        elif path is None:
            self.player.show_message(self._translate(texts.PLAY_MISSING))
        else:
            self.player.open_clip(path, row.clip)

    @Slot(QListWidgetItem)
    def _on_current(self, item: QListWidgetItem | None) -> None:
        row = item.data(_ROW_ROLE) if item is not None else None
        if isinstance(row, BookmarkRow) and row is not self._shown:
            self._play(row)

    @Slot(str, object)
    def _on_found(self, text: str, rows: Sequence[BookmarkRow]) -> None:
        shown = self._shown
        if shown is None or not self.isVisible() or text != self._case:
            return
        same = [row for row in rows if row.case is not None and row.case.lp_normalised == self._case]
        if any(row.bookmark.id == shown.bookmark.id for row in same):
            self._fill(same, shown.bookmark.id)

    @Slot(object)
    def _on_clip_changed(self, clip: Clip) -> None:
        if self._case is not None and self.isVisible() and clip.bookmark_id in self.listed:
            self._tagging.find(self._case)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        if event.key() == Qt.Key.Key_S:
            self.copies.take_still()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.player.close_clip()
        self._shown = None
        super().closeEvent(event)
        self.closed.emit()
