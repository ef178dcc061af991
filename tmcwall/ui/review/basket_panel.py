"""The basket of the case under review: clips, spans and pictures, each with a note, and what of it was exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from tmcwall.domain.basket import LONGEST_NOTE, BasketItem
from tmcwall.domain.bookmark import Bookmark
from tmcwall.domain.fault import DomainError, Fault
from tmcwall.services.baskets import Choice
from tmcwall.services.tagging import BookmarkRow
from tmcwall.texts import Translator
from tmcwall.texts import basket as texts
from tmcwall.texts.faults import explain
from tmcwall.ui import theme
from tmcwall.ui.case_services import BasketService
from tmcwall.ui.console.moments import moment_text, time_text
from tmcwall.ui.console.officers import officer_text
from tmcwall.ui.console.parts import plain_label

_ITEM_ROLE: Final = Qt.ItemDataRole.UserRole + 1
_LINES: Final = 36 * theme.SPACE


class BasketPanel(QWidget):
    """In sight only for footage of a case, and for who may export its evidence."""

    def __init__(
        self,
        service: BasketService,
        moment: Callable[[], datetime | None],
        chosen: Callable[[], Sequence[Bookmark]],
        *,
        translate: Translator,
        parent: QWidget | None = None,
    ) -> None:
        """`moment` is that of the picture that is shown; `chosen` are the bookmarks whose footage it is of."""
        super().__init__(parent)
        self._service = service
        self._moment = moment
        self._chosen = chosen
        self._items: Sequence[BasketItem] = ()
        self._translate = say = translate
        self._row: BookmarkRow | None = None
        self._cameras: Mapping[str, str] = {}
        self._begins: datetime | None = None
        self._ends: datetime | None = None
        self.title = plain_label(say(texts.TITLE, count=0))
        self.title.setFont(theme.font(strong=True))
        self.title.setToolTip(say(texts.HELP))
        self.items = QListWidget()
        self.items.setAccessibleName(say(texts.TITLE, count=0))
        self.items.setMaximumHeight(_LINES)
        self.items.setWordWrap(True)
        self.note = QLineEdit()
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.setPlaceholderText(say(texts.NOTE))
        self.note.setAccessibleName(say(texts.NOTE))
        self._add = QPushButton(say(texts.ADD))
        self._add.setToolTip(say(texts.HELP))
        self._add.clicked.connect(self.add)
        self._snapshot = QPushButton(say(texts.ADD_SNAPSHOT))
        self._snapshot.clicked.connect(self.add_snapshot)
        self._remove = QPushButton(say(texts.REMOVE))
        self._remove.clicked.connect(self.remove)
        self.words = plain_label("", soft=True)
        self.words.setWordWrap(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE)
        buttons.addWidget(self._add, 1)
        buttons.addWidget(self._remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        for widget in (self.title, self.items, self.note):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        layout.addWidget(self._snapshot)
        layout.addWidget(self.words)
        service.changed.connect(self._on_changed)
        service.refused.connect(self._tell_refused)
        self.show_row(None)

    def name_cameras(self, cameras: Mapping[str, str]) -> None:
        """The names of the cameras of the case's bookmarks, by bookmark."""
        self._cameras = cameras
        self._fill(self._items)

    def show_row(self, row: BookmarkRow | None) -> None:
        before = self._row
        self._row = row
        self._begins = self._ends = None
        self.words.clear()
        case = row.case if row is not None else None
        self.setVisible(case is not None and self._service.can_fill(case.unit))
        if before is None or before.case is None or case is None or before.case.id != case.id:
            self._fill(())
        if case is not None:
            self._service.look(case.id)
        self._show_span()

    @Slot()
    def mark_start(self) -> None:
        """A span begins at the picture that is shown."""
        self._begins = self._moment()
        self._show_span()

    @Slot()
    def mark_end(self) -> None:
        self._ends = self._moment()
        self._show_span()

    @Slot()
    def add(self) -> None:
        """The span that is marked, else the whole clip."""
        begins, ends = self._begins, self._ends
        if begins is not None and ends is not None:
            self._put(Choice(starts_at=min(begins, ends), ends_at=max(begins, ends), note=self.note.text()))
        else:
            self._put(Choice(note=self.note.text()))

    @Slot()
    def add_snapshot(self) -> None:
        """The picture that is shown."""
        moment = self._moment()
        if moment is not None:
            self._put(Choice(starts_at=moment, ends_at=moment, note=self.note.text()))

    @Slot()
    def remove(self) -> None:
        """The item that is selected."""
        current = self.items.currentItem()
        if current is not None:
            self._service.remove(current.data(_ITEM_ROLE))

    def obey(self, event: QKeyEvent) -> bool:
        """Whether it is one of its keys: `[` and `]` mark a span, M puts it or the clip in, with Shift the picture."""
        match event.key():
            case Qt.Key.Key_M if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.add_snapshot()
            case Qt.Key.Key_M:
                self.add()
            case Qt.Key.Key_BracketLeft:
                self.mark_start()
            case Qt.Key.Key_BracketRight:
                self.mark_end()
            case _:
                return False
        return True

    def _put(self, choice: Choice) -> None:
        row = self._row
        if row is None or row.case is None or not self._service.can_fill(row.case.unit):
            return
        self.words.clear()
        for bookmark in self._chosen():
            self._service.add(bookmark, choice)
        self._begins = self._ends = None
        self.note.clear()
        self._show_span()

    @Slot(str, object)
    def _on_changed(self, case_id: str, items: Sequence[BasketItem]) -> None:
        if self._row is not None and self._row.case is not None and self._row.case.id == case_id:
            self._fill(items)

    def _fill(self, items: Sequence[BasketItem]) -> None:
        say, self._items = self._translate, items
        self.title.setText(say(texts.TITLE, count=len(items)))
        self.items.clear()
        for item in items:
            shown = QListWidgetItem("\n".join(self._lines(item)))
            shown.setData(_ITEM_ROLE, item)
            self.items.addItem(shown)
        self._remove.setEnabled(bool(items))

    def _lines(self, item: BasketItem) -> list[str]:
        say = self._translate
        start = time_text(item.starts_at, say) if item.starts_at is not None else ""
        end = time_text(item.ends_at, say) if item.ends_at is not None else ""
        lines = [
            self._cameras.get(item.bookmark_id, item.bookmark_id),
            say(texts.PARTS[item.part], start=start, end=end),
        ]
        if item.note:
            lines.append(item.note)
        if item.exported_at is not None:
            officer = officer_text(item.exported_by)
            time = moment_text(item.exported_at, say)
            lines.append(say(texts.EXPORTED, time=time, officer=officer, package=item.exported_package))
        return lines

    def _show_span(self) -> None:
        say, marked = self._translate, self._begins is not None and self._ends is not None
        self._add.setText(say(texts.ADD_SPAN if marked else texts.ADD))
        if self._begins is not None or self._ends is not None:
            start, end = (time_text(one, say) if one is not None else "…" for one in (self._begins, self._ends))
            self.words.setText(say(texts.SPAN, start=start, end=end))

    @Slot(object)
    def _tell_refused(self, problem: Fault | DomainError) -> None:
        self.words.setText(explain(problem, self._translate))
