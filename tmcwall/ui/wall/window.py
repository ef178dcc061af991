"""One borderless window a monitor, with one canvas and nothing else."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QScreen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.ui.texts import Translator
from tmcwall.ui.texts import wall as texts
from tmcwall.ui.wall.canvas import Painted, WallCanvas
from tmcwall.ui.wall.model import WallModel
from tmcwall.video.feed import VideoFeed


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
        self.canvas = WallCanvas(
            model, feed, clock=clock, translate=translate, priority=priority, painted=painted, parent=self
        )  # fmt: skip
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.setFocusProxy(self.canvas)
        self.canvas.place_requested.connect(self.place_requested)
        self.canvas.swap_requested.connect(self.swap_requested)
        self.canvas.clear_requested.connect(self.clear_requested)
        self.canvas.selection_changed.connect(self.selection_changed)
        self.canvas.judged.connect(self.judged)

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

    @property
    def selected_camera(self) -> str | None:
        """The camera of the selected tile."""
        camera = self.model.cells.get(self.canvas.selected)
        return camera.id if camera is not None else None

    def closeEvent(self, event: QCloseEvent) -> None:
        self.canvas.close_feeds()
        self.closed.emit()
        super().closeEvent(event)
