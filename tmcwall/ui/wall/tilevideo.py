"""The window that says how the selected tile's video does, in words and in charts of the last ten minutes."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.log import get_logger
from tmcwall.texts import Translator
from tmcwall.texts import wall as texts
from tmcwall.ui import theme
from tmcwall.ui.actions import ActionId, is_key_of
from tmcwall.ui.console.parts import plain_label
from tmcwall.ui.wall.tile import WallTile

if TYPE_CHECKING:
    from tmcwall.ui.wall.charts import Charts

_EVERY_MS: Final = 1000
_LOADED_MS: Final = 50
_WIDTH: Final = 130 * theme.SPACE
_HEIGHT: Final = 150 * theme.SPACE
_MARGIN: Final = 3 * theme.SPACE
_CLOSING: Final = (ActionId.BACK, ActionId.ABOUT_TILE)

log = get_logger(__name__)


class TileVideoWindow(QWidget):
    """Lies over a wall without taking its keyboard; follows the selection; does nothing while it is hidden.

    The chart library takes 0.4 to 0.8 s to import (measured): that happens in a thread, the first time.
    """

    closed = Signal()

    def __init__(
        self, subject: Callable[[], WallTile | None], *, clock: Clock, translate: Translator, parent: QWidget
    ) -> None:
        """`subject` is the tile to be told about: the selected one of `parent`'s wall."""
        super().__init__(parent, Qt.WindowType.Tool)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._subject = subject
        self._clock = clock
        self._translate = translate
        self._charts: Charts | None = None
        self._loading: Future[object] | None = None
        self.setWindowTitle(translate(texts.CHARTS_NAME))
        self._name = plain_label("", title=True)
        self._name.setWordWrap(True)
        self._words = plain_label("")
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setWordWrap(True)
        self._place = plain_label(translate(texts.CHARTS_LOADING), soft=True)
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place.setWordWrap(True)
        self._column = layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._name)
        layout.addWidget(self._words)
        layout.addWidget(self._place, 1)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._loaded = QTimer(self, interval=_LOADED_MS)
        self._loaded.timeout.connect(self._take_charts)

    def open_beside(self, tile: QRect, wall: QRect) -> None:
        """On the half of the wall where the tile is not. Both in the units of the desktop."""
        width, height = min(_WIDTH, wall.width() // 2), min(_HEIGHT, wall.height() - 2 * _MARGIN)
        left = wall.right() - width - _MARGIN if tile.center().x() <= wall.center().x() else wall.left() + _MARGIN
        self.setGeometry(QRect(QPoint(left, wall.center().y() - height // 2), QRect(0, 0, width, height).size()))
        self.show()
        self.raise_()

    @property
    def words(self) -> str:
        return self._words.text()

    @property
    def charts(self) -> Charts | None:
        """None until the chart library is there."""
        return self._charts

    @Slot()
    def refresh(self) -> None:
        """Say and draw what is known now."""
        tile, now_ns = self._subject(), self._clock.monotonic_ns()
        if tile is None or tile.camera is None:
            self._say(self._name, self._translate(texts.CHARTS_NO_TILE))
            self._say(self._words, "")
            return
        self._say(self._name, self._translate(texts.CHARTS_TITLE, name=tile.camera.name))
        self._say(self._words, "\n".join(tile.about(now_ns, self._translate)))
        if self._charts is not None:
            self._charts.show_lines(tile.history.lines(now_ns))

    @staticmethod
    def _say(label: QLabel, text: str) -> None:
        if label.text() != text:
            label.setText(text)

    def _load(self) -> None:
        if self._loading is None:
            loader = ThreadPoolExecutor(1, thread_name_prefix="charts")
            self._loading = loader.submit(importlib.import_module, "tmcwall.ui.wall.charts")
            loader.shutdown(wait=False)
        self._loaded.start()

    @Slot()
    def _take_charts(self) -> None:
        if self._loading is None or not self._loading.done():
            return
        self._loaded.stop()
        if self._charts is not None:
            return
        error = self._loading.exception()
        if isinstance(error, ImportError):
            log.warning("no charts", cause=str(error))
            self._place.setText(self._translate(texts.CHARTS_MISSING))
            return
        module = self._loading.result()
        self._charts = module.Charts(self._translate)  # type: ignore[attr-defined]  # the module is imported by name
        self._column.replaceWidget(self._place, self._charts)
        self._place.hide()
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_key_of(event, *_CLOSING):
            self.close()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The keys that close it are its own while it has the keyboard: the wall below has them, too."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and is_key_of(event, *_CLOSING)
        ):
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._load()
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._loaded.stop()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
