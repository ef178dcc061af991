"""The map with its search above: in the console, and in windows of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, cast

from PySide6.QtCore import QModelIndex, QStringListModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.clock import Clock
from tmcwall.services.future_dispatcher import FutureDispatcher, in_thread
from tmcwall.texts import Translator
from tmcwall.texts import map as texts
from tmcwall.ui import theme
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.map.canvas import MapCanvas
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.picture import picture_of, save_picture
from tmcwall.ui.map.pictures import MapPictures, OpenedMap
from tmcwall.ui.map.search import Found, MapSearch

_SEARCH_PAUSE_MS: Final = 120

AddEntries = Callable[[QMenu], None]
"""Puts into the map's menu what is not the map's own: windows and monitors."""


class MapPanel(QWidget):
    """A map, what is searched on it, and what is wrong with its files. What is chosen on it is told by the canvas."""

    told = Signal(str)
    refused = Signal(str)

    def __init__(
        self,
        model: MapModel,
        pictures: MapPictures,
        search: MapSearch,
        *,
        clock: Clock,
        translate: Translator,
        add_entries: AddEntries,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._search = search
        self._station = pictures.station
        self._clock = clock
        self._translate = translate
        self._add_entries = add_entries
        self._found: Sequence[Found] = ()
        self._futures = FutureDispatcher()
        self.canvas = MapCanvas(model, pictures, translate=translate)
        self._field = QLineEdit()
        self._field.setPlaceholderText(translate(texts.SEARCH_PLACEHOLDER))
        self._field.setAccessibleName(translate(texts.SEARCH_NAME))
        self._field.setClearButtonEnabled(True)
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setWidget(self._field)
        self._offers = cast("QListView", self._completer.popup())  # the completer makes it where there is none
        self._completer.activated[QModelIndex].connect(self._choose)  # type: ignore[index]  # its stub knows one form
        self._pause = QTimer(self, singleShot=True, interval=_SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self._offer)
        self._field.textEdited.connect(self._pause.start)
        self._field.returnPressed.connect(self._go_to_first)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        button = QPushButton(translate(texts.MENU))
        button.setAccessibleName(translate(texts.MENU_NAME))
        button.setMenu(self._menu)
        self._problem = plain_label("", soft=True)
        self._problem.setWordWrap(True)
        self._problem.hide()
        head = QHBoxLayout()
        head.setSpacing(2 * theme.SPACE)
        head.addWidget(self._field, 1)
        head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, 2 * theme.SPACE)
        layout.setSpacing(2 * theme.SPACE)
        layout.addLayout(head)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._problem)
        self.setFocusProxy(self.canvas)
        pictures.opened.connect(self.show_problems)
        self.show_problems(pictures.map)

    def start_search(self) -> None:
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()

    def offered(self) -> Sequence[str]:
        """What the search offers below its field."""
        return self._words.stringList()

    @Slot(object)
    def show_problems(self, opened: OpenedMap) -> None:
        """A sentence for each file that is not shown, or not whole."""
        sentences = [
            self._translate(texts.PROBLEMS[one.refusal], file=one.file, count=one.count) for one in opened.problems
        ]
        self._problem.setText("\n".join(sentences))
        self._problem.setVisible(bool(sentences))

    @Slot()
    def _offer(self) -> None:
        self._found = self._search.find(self._field.text())
        self._words.setStringList([one.words for one in self._found])
        if self._found:
            self._completer.complete()
        else:
            self._offers.hide()

    @Slot()
    def _go_to_first(self) -> None:
        """Enter without choosing: the best of what was found."""
        self._pause.stop()
        text = self._field.text().strip()
        self._found = self._search.find(text)
        if self._found:
            self._go_to(self._found[0])
        elif text:
            self.refused.emit(self._translate(texts.SEARCH_NONE, text=text))

    @Slot(QModelIndex)
    def _choose(self, index: QModelIndex) -> None:
        if index.row() < len(self._found):
            self._go_to(self._found[index.row()])

    def _go_to(self, found: Found) -> None:
        self._offers.hide()
        if found.position is None:
            self.refused.emit(self._translate(texts.NO_POSITION, name=found.name))
            return
        self.canvas.fly_to(found.position, found.key)
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _fill_menu(self) -> None:
        say, menu = self._translate, self._menu
        menu.clear()
        menu.addAction(say(texts.FIT), self.canvas.fit)
        sectors = menu.addAction(say(texts.SECTORS))
        sectors.setCheckable(True)
        sectors.setChecked(self._model.sectors_shown)
        sectors.toggled.connect(lambda on: self._model.show_sectors(on=on))
        for layer in self._model.layers():
            entry = menu.addAction(layer.title)
            entry.setCheckable(True)
            entry.setChecked(self._model.is_on(layer.id))
            entry.toggled.connect(partial(_switch, self._model, layer.id))
        menu.addSeparator()
        menu.addAction(say(texts.SAVE_PICTURE), partial(self._save, say(texts.PNG_FILES), ".png"))
        menu.addAction(say(texts.SAVE_PDF), partial(self._save, say(texts.PDF_FILES), ".pdf"))
        menu.addSeparator()
        self._add_entries(menu)

    def _save(self, kind: str, ending: str) -> None:
        now = self._clock.utc()
        name = f"peta-{self._translate.zone.local(now):%Y%m%d-%H%M}{ending}"
        chosen, _kind = QFileDialog.getSaveFileName(self, self._translate(texts.TITLE), str(Path.home() / name), kind)
        if chosen:
            self.save(Path(chosen).with_suffix(ending), at=now)

    def save(self, file: Path, *, at: datetime) -> None:
        """As it is shown now; `told` or `refused` follows."""
        image: QImage = picture_of(self.canvas, at=at, station=self._station, translate=self._translate)
        written = in_thread(partial(save_picture, image, file), name="map-picture")
        self._futures.expect(written, partial(self._tell_saved, file))

    def _tell_saved(self, file: Path, written: bool) -> None:  # noqa: FBT001 - what the work answers
        text = texts.SAVED if written else texts.NOT_SAVED
        (self.told if written else self.refused).emit(self._translate(text, file=file))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._field.hasFocus():
            self._field.clear()
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if event.key() == Qt.Key.Key_Down and self._field.hasFocus():
            self._offer()
            return
        super().keyPressEvent(event)


def _switch(model: MapModel, layer_id: str, on: bool) -> None:  # noqa: FBT001 - a signal's argument
    model.switch(layer_id, on=on)
