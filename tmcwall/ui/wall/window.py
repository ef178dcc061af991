"""One borderless window a monitor, with one canvas and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QHideEvent, QScreen
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.texts import Translator
from tmcwall.texts import wall as texts
from tmcwall.ui import theme
from tmcwall.ui.actions import Actions, Scope
from tmcwall.ui.wall.canvas import Painted, WallCanvas
from tmcwall.ui.wall.model import WallModel
from tmcwall.ui.wall.tilevideo import TileVideoWindow
from tmcwall.video.feed.video_feed import VideoFeed


class WallWindow(QWidget):
    """Shows a `WallModel` on one monitor. It asks for everything that changes more than what it shows."""

    place_requested = Signal(int, str)
    """Cell and camera id that was dropped on it."""
    swap_requested = Signal(int, int)
    clear_requested = Signal(int)
    selection_changed = Signal(int)
    """The cell, or -1."""
    judged = Signal(object)
    """Mapping[str, Verdict] of the cameras shown, once a second."""
    closed = Signal()

    def __init__(
        self,
        name: str,
        model: WallModel,
        feed: VideoFeed,
        *,
        clock: Clock,
        translate: Translator,
        priority: frozenset[str] = frozenset(),
        painted: Painted | None = None,
    ) -> None:
        """`name` is the monitor's, for the title that window lists show."""
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(translate(texts.WINDOW_TITLE, name=name))
        self.model = model
        self._clock = clock
        self._translate = translate
        self._video: TileVideoWindow | None = None
        self.canvas = WallCanvas(
            model, feed, clock=clock, translate=translate, priority=priority, painted=painted, parent=self
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        # Below the canvas, which is painted straight into the window's memory only while it begins at its corner.
        self._banner = QLabel()
        self._banner.setTextFormat(Qt.TextFormat.PlainText)
        self._banner.setFont(theme.font(strong=True))
        self._banner.setContentsMargins(3 * theme.SPACE, theme.SPACE, 3 * theme.SPACE, theme.SPACE)
        self._banner.setFixedHeight(8 * theme.SPACE)
        self._banner.hide()
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self._banner)
        self.setFocusProxy(self.canvas)
        self.canvas.place_requested.connect(self.place_requested)
        self.canvas.swap_requested.connect(self.swap_requested)
        self.canvas.clear_requested.connect(self.clear_requested)
        self.canvas.selection_changed.connect(self.selection_changed)
        self.canvas.judged.connect(self.judged)
        self.canvas.telling_changed.connect(self._show_video)
        self.canvas.selection_changed.connect(self._refresh_video)

    def show_on(self, screen: QScreen) -> None:
        """Fill that monitor, whichever the window was on before."""
        self.setScreen(screen)
        self.setGeometry(screen.geometry())
        self.showFullScreen()
        handle = self.windowHandle()
        if handle.screen() is not screen:
            handle.setScreen(screen)
        self.setGeometry(screen.geometry())

    def show_at(self, geometry: QRect) -> None:
        """A window of that size, borderless, not full screen."""
        self.setGeometry(geometry)
        self.show()

    def use_own_keys(self) -> None:
        """Have the keys of a wall work without a program that installs its actions here and acts on them."""
        actions = Actions(self._translate, parent=self)
        actions.install(self, Scope.WALL)
        actions.triggered.connect(self.canvas.act)

    @property
    def banner(self) -> str:
        """What the line below the tiles says; empty while there is none."""
        return self._banner.text()

    def show_banner(self, text: str) -> None:
        self._banner.setText(text)
        self._banner.setVisible(bool(text))

    @property
    def selected_camera(self) -> str | None:
        """The camera of the selected tile."""
        camera = self.model.cells.get(self.canvas.selected)
        return camera.id if camera is not None else None

    @property
    def video(self) -> TileVideoWindow | None:
        """The window about the selected tile's video, once it was asked for."""
        return self._video

    @Slot(bool)
    def _show_video(self, telling: bool) -> None:  # noqa: FBT001 - a signal's argument
        tile = self.canvas.selected_tile
        if not telling or tile is None:
            if self._video is not None:
                self._video.hide()
            return
        if self._video is None:
            self._video = TileVideoWindow(
                lambda: self.canvas.selected_tile, clock=self._clock, translate=self._translate, parent=self
            )  # fmt: skip
            self._video.closed.connect(self._video_closed)
        here = self.canvas.logical(tile.rect).translated(self.canvas.mapToGlobal(QPoint(0, 0)))
        self._video.open_beside(here, self.geometry())

    @Slot()
    def _refresh_video(self) -> None:
        if self._video is not None and self._video.isVisible():
            self._video.refresh()

    @Slot()
    def _video_closed(self) -> None:
        """Closed by its own button: the tile stops telling, too."""
        tile = self.canvas.selected_tile
        if tile is not None and tile.telling:
            self.canvas.toggle_about()

    def hideEvent(self, event: QHideEvent) -> None:
        if self._video is not None:
            self._video.hide()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.canvas.close_feeds()
        self.closed.emit()
        super().closeEvent(event)
