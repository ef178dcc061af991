"""The annotations of the footage under review, listed beside the picture: drawn, altered and removed here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.annotation import LONGEST_TEXT, Annotation
from tmcwall.domain.derived_copy import DrawnShape
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.services.annotations import Drawn
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import annotation as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import AnnotationService
from tmcwall.ui.console.moments import time_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.review.annotation_canvas import AnnotationCanvas, Stroke
from tmcwall.ui.review.player import ClipPlayer

_ITEM_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_LINES: Final = 36 * theme.SPACE
_LASTS_S: Final = 2.0
_LONGEST_S: Final = 600.0
_KEYS: Final = {
    Qt.Key.Key_B: DrawnShape.BOX,
    Qt.Key.Key_A: DrawnShape.ARROW,
    Qt.Key.Key_T: DrawnShape.TEXT,
}


class AnnotationPanel(QWidget):
    """Whoever may see the footage sees them; only who made one alters or removes it."""

    def __init__(
        self, service: AnnotationService, player: ClipPlayer, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._player = player
        self._translate = say = translate
        self._row: BookmarkRow | None = None
        self._all: Sequence[Annotation] = ()
        self._altered: Annotation | None = None
        screen = player.screen_of_clip
        self.canvas = AnnotationCanvas(screen.box, screen)
        over = QVBoxLayout(screen)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self.canvas)
        self.title = plain_label(say(texts.TITLE, count=0))
        self.title.setFont(theme.font(strong=True))
        self.title.setToolTip(say(texts.HELP))
        self.items = QListWidget()
        self.items.setAccessibleName(say(texts.TITLE, count=0))
        self.items.setMaximumHeight(_LINES)
        self.items.setWordWrap(True)
        self.text, self.lasts = self._fields()
        self._shapes = {shape: QPushButton(say(text)) for shape, text in texts.DRAW.items()}
        for shape, button in self._shapes.items():
            button.setToolTip(say(texts.HELP))
            button.clicked.connect(lambda _checked=False, shape=shape: self.draw(shape))
        self._alter = QPushButton(say(texts.ALTER))
        self._alter.clicked.connect(self.alter)
        self._remove = QPushButton(say(texts.REMOVE))
        self._remove.clicked.connect(self.remove)
        self.words = plain_label("", soft=True)
        self.words.setWordWrap(True)
        self._lay_out()
        self.items.currentItemChanged.connect(self._show_state)
        self.items.itemActivated.connect(self._go_to)
        self.canvas.drawn.connect(self._keep)
        self.canvas.given_up.connect(self._forget)
        service.changed.connect(self._on_changed)
        service.refused.connect(self._tell_refused)
        self.show_row(None)

    def _fields(self) -> tuple[QLineEdit, QDoubleSpinBox]:
        say, text, lasts = self._translate, QLineEdit(), QDoubleSpinBox()
        text.setMaxLength(LONGEST_TEXT)
        text.setPlaceholderText(say(texts.WORDS))
        text.setAccessibleName(say(texts.WORDS))
        lasts.setDecimals(1)
        lasts.setRange(0.0, _LONGEST_S)
        lasts.setValue(_LASTS_S)
        lasts.setSpecialValueText(say(texts.LASTS_PICTURE))
        lasts.setSuffix(say(texts.LASTS_SUFFIX))
        lasts.setAccessibleName(say(texts.LASTS))
        lasts.setToolTip(say(texts.LASTS))
        return text, lasts

    def _lay_out(self) -> None:
        buttons = QGridLayout()
        buttons.setSpacing(theme.SPACE)
        for column, button in enumerate(self._shapes.values()):
            buttons.addWidget(button, 0, 2 * column, 1, 2)
        buttons.addWidget(self._alter, 1, 0, 1, 3)
        buttons.addWidget(self._remove, 1, 3, 1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        for widget in (self.title, self.items, self.text, self.lasts):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self.words)

    def show_row(self, row: BookmarkRow | None) -> None:
        """Of whose footage; what was being drawn is given up."""
        self.canvas.give_up()
        before = self._row.bookmark.id if self._row is not None else None
        self._row = row
        self.words.clear()
        if row is None or row.bookmark.id != before:
            self._fill(())
        if row is not None:
            self._service.look(row.bookmark.id)
        self._show_state()

    def show_moment(self, moment: datetime | None) -> None:
        """Those of the picture that is shown are over it."""
        chosen = self._chosen()
        altered = self._altered.id if self._altered is not None else ""
        seen = tuple(
            one for one in self._all if moment is not None and one.shown_at(moment) and one.id != altered
        ) if self._player.has_picture else ()  # fmt: skip
        self.canvas.show_annotations(seen, chosen.id if chosen is not None else "")

    @Slot()
    def draw(self, shape: DrawnShape) -> None:
        """The picture stands; the new one is kept when it is drawn."""
        if not self._may_draw():
            return
        self._altered = None
        words = " ".join(self.text.text().split())
        if shape is DrawnShape.TEXT and not words:
            self.words.setText(self._translate(texts.WORDS_NEEDED))
            self.text.setFocus()
            return
        self._begin(Stroke(shape, text=words))

    @Slot()
    def alter(self) -> None:
        """The one that is selected, if it is the officer's own: its place, its words and how long it is shown."""
        chosen = self._chosen()
        if chosen is None or not self._service.is_own(chosen) or not self._may_draw():
            return
        self._altered = chosen
        self._player.go_to(chosen.starts_at)
        self.text.setText(chosen.text)
        self.lasts.setValue((chosen.ends_at - chosen.starts_at).total_seconds())
        self._begin(Stroke(chosen.shape, chosen.x, chosen.y, chosen.to_x, chosen.to_y, chosen.text))

    @Slot()
    def remove(self) -> None:
        """The one that is selected, if it is the officer's own."""
        chosen = self._chosen()
        if chosen is not None and self._service.is_own(chosen):
            self.words.clear()
            self._service.remove(chosen)

    def obey(self, event: QKeyEvent) -> bool:
        """Whether it is one of its keys: B, A and T draw, E alters and Del removes what is selected."""
        key = Qt.Key(event.key())
        if key in _KEYS and not event.modifiers():
            self.draw(_KEYS[key])
        elif key == Qt.Key.Key_E:
            self.alter()
        elif key == Qt.Key.Key_Delete:
            self.remove()
        else:
            return False
        return True

    def _begin(self, stroke: Stroke) -> None:
        if self._player.moment is None or not self._player.has_picture:
            self._altered = None
            self.words.setText(self._translate(texts.NO_PICTURE))
            return
        self._player.pause()
        self.words.setText(self._translate(texts.DRAWING))
        self.canvas.begin(stroke)

    @Slot(object)
    def _keep(self, stroke: Stroke) -> None:
        row, altered = self._row, self._altered
        starts_at = altered.starts_at if altered is not None else self._player.moment
        self._altered = None
        if row is None or starts_at is None:
            return
        is_point = stroke.shape is DrawnShape.TEXT
        drawn = Drawn(
            shape=stroke.shape,
            x=stroke.x,
            y=stroke.y,
            to_x=stroke.x if is_point else stroke.to_x,
            to_y=stroke.y if is_point else stroke.to_y,
            starts_at=starts_at,
            lasts_s=self.lasts.value(),
            text=self.text.text(),
        )
        self._forget()
        if altered is not None:
            self._service.alter(altered, drawn)
        else:
            self._service.add(row.bookmark.id, drawn)
        self.text.clear()

    @Slot()
    def _forget(self) -> None:
        self._altered = None
        self.words.clear()
        self._player.setFocus()

    def _may_draw(self) -> bool:
        row = self._row
        return row is not None and self._service.can_draw(row.case.unit if row.case is not None else "")

    def _chosen(self) -> Annotation | None:
        item: QListWidgetItem | None = self.items.currentItem()
        found = item.data(_ITEM_ROLE) if item is not None else None
        return found if isinstance(found, Annotation) else None

    @Slot(QListWidgetItem)
    def _go_to(self, item: QListWidgetItem) -> None:
        self._player.go_to(item.data(_ITEM_ROLE).starts_at)

    @Slot(str, object)
    def _on_changed(self, bookmark_id: str, found: Sequence[Annotation]) -> None:
        if self._row is not None and self._row.bookmark.id == bookmark_id:
            self._fill(tuple(found))

    def _fill(self, found: Sequence[Annotation]) -> None:
        say, chosen = self._translate, self._chosen()
        self._all = found
        self.title.setText(say(texts.TITLE, count=len(found)))
        self.items.clear()
        for one in found:
            parts = [time_text(one.starts_at, say), say(texts.SHAPES[one.shape]), one.text]
            line = QListWidgetItem(f"{' · '.join(part for part in parts if part)}\n{officer_text(one.made_by)}")
            line.setData(_ITEM_ROLE, one)
            self.items.addItem(line)
            if chosen is not None and one.id == chosen.id:
                self.items.setCurrentItem(line)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        chosen = self._chosen()
        own = chosen is not None and self._service.is_own(chosen)
        self._alter.setEnabled(own)
        self._remove.setEnabled(own)
        may = self._may_draw()
        for widget in (*self._shapes.values(), self.text, self.lasts):
            widget.setEnabled(may)
        self.items.setVisible(bool(self._all))

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))
