"""The canvas of a wall window: all its tiles, painted in one pass a clock over those that have a new picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHideEvent,
    QImage,
    QMouseEvent,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.health import TileStatus
from tmcwall.domain.oversight import Place, View
from tmcwall.texts import Text, Translator
from tmcwall.ui.actions import ActionId
from tmcwall.ui.wall import labels
from tmcwall.ui.wall.arrangement import Arrangement, neighbour
from tmcwall.ui.wall.labels import Scale
from tmcwall.ui.wall.model import WallModel
from tmcwall.ui.wall.painting import RasterPainter, TilesPainter
from tmcwall.ui.wall.replays import Replays
from tmcwall.ui.wall.tile import WallTile
from tmcwall.ui.wall.tile_feeds import TileFeeds
from tmcwall.ui.wall.wall_input import WallInput
from tmcwall.video.feed.video_feed import VideoFeed
from tmcwall.video.ipc.messages import StreamReport

_CLOCK_MS: Final = 20
"""Half the distance between two pictures of most cameras: fewer rounds, with more pictures in each."""
_ROUNDS_A_SECOND: Final = 4
"""How often every tile's words are looked at."""
_TURNS: Final = 10
"""Parts of a round."""
_TOLD_MS: Final = 4000
_SETTLE_MS: Final = 120
"""From the last change of size to asking for pictures of the new size."""

Painted = Callable[[WallTile, int], None]
"""Called at a picture's first paint, with its schedule in nanoseconds of the monotonic clock."""


class WallCanvas(QWidget):
    """Paints a `WallModel` with pictures from a `VideoFeed`. Shows and asks; decides nothing but selection and zoom.

    What mouse, keys and drags ask of it comes through `WallInput`.
    """

    place_requested = Signal(int, str)
    """A camera id was dropped on a cell."""
    swap_requested = Signal(int, int)
    clear_requested = Signal(int)
    selection_changed = Signal(int)
    """The cell, or -1."""
    telling_changed = Signal(bool)
    """Whether the selected tile says how its video does."""
    judged = Signal(object)
    """Mapping[str, Verdict] of the cameras shown, once a second."""

    def __init__(
        self,
        model: WallModel,
        feed: VideoFeed,
        *,
        clock: Clock,
        translate: Translator,
        priority: frozenset[str] = frozenset(),
        painted: Painted | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`priority` are cameras whose tiles keep their rate under overload."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self._model = model
        self._clock = clock
        self._translate = translate
        self._tile_feeds = TileFeeds(feed, priority=priority)
        self._painted = painted
        self._arrangement = Arrangement()
        self._new: dict[WallTile, int] = {}
        self._asked = QRegion()
        self._in_sight = False
        self._painter: TilesPainter = RasterPainter(self)
        self._input = WallInput(self)
        self._banner: QImage | None = None
        self._turn = 0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer, interval=_CLOCK_MS)
        self._timer.timeout.connect(self._tick)
        self._words = QTimer(self, interval=1000 // (_ROUNDS_A_SECOND * _TURNS))
        self._words.timeout.connect(self._refresh_some_words)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._open_feeds)
        self._replays = Replays(feed, clock=clock, tell=self._tell, changed=self._other_feeds)
        self._untell = QTimer(self, singleShot=True, interval=_TOLD_MS)
        self._untell.timeout.connect(self._say_nothing)
        model.changed.connect(self._rebuild)
        model.markers_changed.connect(self._take_markers)
        feed.stream_reported.connect(self._take_report)
        feed.tile_memory_freed.connect(self._open_refused_feeds)
        self._rebuild()

    # For the window.

    @property
    def tiles(self) -> Sequence[WallTile]:
        """One for each cell, in their order."""
        return self._arrangement.tiles

    @property
    def selected(self) -> int:
        """The selected cell, or -1."""
        return self._arrangement.selected

    @property
    def selected_tile(self) -> WallTile | None:
        """The selected tile, if a camera is in it."""
        return self._arrangement.selected_camera_tile

    @property
    def full_screen_cell(self) -> int:
        """The cell that fills the canvas, or -1."""
        return self._arrangement.full

    def select(self, cell: int) -> None:
        if cell != self.selected and -1 <= cell < len(self.tiles):
            self._arrangement.selected = cell
            self._update(self._arrangement.mark_selected())
            self.selection_changed.emit(cell)

    def move_selection(self, columns: int, rows: int) -> None:
        """To the nearest cell in that direction; full screen goes along."""
        if self.selected < 0:
            self.select(0)
            return
        cell = neighbour(self._model.grid, self.selected, columns=columns, rows=rows)
        if cell >= 0:
            was_full = self.leave_full_screen()
            self.select(cell)
            if was_full:
                self.enter_full_screen()

    def enter_full_screen(self) -> None:
        """The selected tile over the whole canvas, with the camera's main stream as soon as its picture is there."""
        if self.selected_tile is not None:
            self._arrangement.full = self.selected
            self._lay_out()

    def leave_full_screen(self) -> bool:
        """Back to the grid; False if no tile fills the canvas."""
        if self.full_screen_cell < 0:
            return False
        tile = self.tiles[self.full_screen_cell]
        self._arrangement.full = -1
        if self._tile_feeds.close_main(tile):
            self._tile_feeds.follow(self.tiles)
        self._lay_out()
        return True

    def toggle_pause(self) -> bool:
        """Hold the selected tile's picture, or let it go on; whether it is held now."""
        tile = self.selected_tile
        if tile is None:
            return False
        if tile.replay is not None:
            held = tile.replay.toggle_pause(self._clock.monotonic_ns())
        else:
            held = not tile.paused
            tile.pause(paused=held)
        self._refresh_words()
        return held

    def go_back(self) -> bool:
        """The selected tile live again, else out of full screen, else every tile live again; False if nothing was."""
        selected = self._arrangement.selected_tile
        replaying = [] if selected is None else [selected]
        return self._replays.end(replaying) or self.leave_full_screen() or self._replays.end(self.tiles)

    # Replay.

    def replay_back(self) -> None:
        """The selected tile's recording from ten seconds ago, or ten seconds further back."""
        self._replays.back(self._arrangement.selected_tile)
        self._refresh_words()

    def replay_from(self, cell: int, camera_id: str, from_s: float) -> bool:
        """That tile's recording from a moment on; False while the tile does not show the camera live."""
        tile = self.tiles[cell] if cell < len(self.tiles) else None
        return (
            tile is not None
            and tile.camera is not None
            and tile.camera.id == camera_id
            and self._replays.open(tile, from_s)
        )

    def replay_forward(self) -> None:
        """Ten seconds nearer to now, up to live."""
        self._replays.forward(self._arrangement.selected_tile)
        self._refresh_words()

    def replayed_at(self, camera_id: str) -> datetime | None:
        """When what the selected tile shows of that camera was recorded; None while it is live."""
        return self._replays.shown_at(self._arrangement.selected_tile, camera_id)

    def _tell(self, text: Text) -> None:
        """A sentence that goes away by itself."""
        self.show_message(self._translate(text))
        self._untell.start()

    @Slot()
    def _say_nothing(self) -> None:
        self.show_message("")

    def _other_feeds(self) -> None:
        self._tile_feeds.follow(self.tiles)
        self._refresh_words()
        self.update()

    def toggle_about(self) -> bool:
        """Say on the selected tile how its video does, or say it no more; whether it is said now."""
        tile = self.selected_tile
        if tile is None:
            return False
        tile.telling = not tile.telling
        self._refresh_words()
        self.telling_changed.emit(tile.telling)
        return tile.telling

    def show_message(self, text: str) -> None:
        """A large notice in the middle of the lower edge, such as the digits being dialled; empty takes it away."""
        ratio = self.devicePixelRatio()
        width = round(self.width() * ratio)
        scale = Scale.of(round(max(300, self.height() // 3) * ratio), density=ratio)
        self._banner = labels.notice(text, width=width, scale=scale, strong=True) if text else None
        self.update()

    def verdicts(self) -> dict[str, TileStatus]:
        """The state of each camera that can be seen."""
        seen = [tile for tile in self.tiles if self._in_sight and not tile.rect.isEmpty()]
        return {tile.camera.id: tile.verdict for tile in seen if tile.camera is not None}

    def views(self) -> frozenset[View]:
        """What can be seen, and how; not the tiles of cameras that are withheld."""
        seen = [(cell, tile) for cell, tile in enumerate(self.tiles) if self._in_sight and not tile.rect.isEmpty()]
        return frozenset(
            View(tile.camera.id, self._place(cell, tile))
            for cell, tile in seen
            if tile.camera is not None and tile.camera.may_be_shown
        )

    def _place(self, cell: int, tile: WallTile) -> Place:
        if tile.replay is not None:
            return Place.REPLAY
        return Place.FULL_SCREEN if cell == self.full_screen_cell else Place.TILE

    def close_feeds(self) -> None:
        """Give all tiles back to the feed; the canvas stays without pictures."""
        self._timer.stop()
        self._words.stop()
        self._settle.stop()
        for tile in self.tiles:
            self._tile_feeds.close(tile)
        self._tile_feeds.follow(())

    # Tiles.

    @Slot()
    def _rebuild(self) -> None:
        """Take over grid and cameras; a camera that was shown before keeps its feed, wherever it moved.

        One that is not to be shown any more is gone from the screen with the next paint.
        """
        was_full = self._arrangement.full >= 0
        gone = self._arrangement.take(self._model)
        forbidden = [tile for tile in self.tiles if tile.camera is not None and not tile.camera.may_be_shown]
        for tile in (*gone, *forbidden):
            self._tile_feeds.close(tile)
        if was_full and self._arrangement.full < 0:
            for tile in self.tiles:
                self._tile_feeds.close_main(tile)
        self._tile_feeds.follow(self.tiles)
        self._lay_out()

    def _lay_out(self) -> None:
        """Give each tile its place."""
        ratio = self.devicePixelRatio()
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        self._arrangement.lay_out(self._model.grid, size, density=ratio)
        self._update(self._arrangement.mark_selected())
        if self.isVisible():
            self._settle.start()
        self._see()
        now_s, now_ns = self._clock.utc().timestamp(), self._clock.monotonic_ns()
        for tile in self.tiles:
            tile.judge(now_ns, self._translate, now_s=now_s)
        self.update()

    def _update(self, tiles: Iterable[WallTile]) -> None:
        """Paint these anew."""
        for tile in tiles:
            self.update(self.logical(tile.rect))

    @Slot()
    def _open_feeds(self) -> None:
        self._tile_feeds.open(self.tiles, full_screen=self.full_screen_cell)

    @Slot()
    def _open_refused_feeds(self) -> None:
        if self._timer.isActive():
            self._open_feeds()

    def _see(self) -> None:
        self._in_sight = self.isVisible() and self.window().windowHandle().isExposed()
        self._tile_feeds.set_visible(self.tiles, in_sight=self._in_sight, selected=self.selected)

    @Slot()
    def _take_markers(self) -> None:
        for tile in self.tiles:
            tile.markers = self._model.markers(tile.camera.id) if tile.camera is not None else ()
        self._refresh_words()

    @Slot(object)
    def _take_report(self, report: StreamReport) -> None:
        now_ns = self._clock.monotonic_ns()
        for tile in self.tiles:
            if tile.camera is not None and tile.camera.id == report.camera:
                tile.on_report(report, now_ns)

    # The clock.

    @Slot()
    def _tick(self) -> None:
        """Ask for one paint pass over all tiles that have a picture due."""
        due = self._tile_feeds.due(self._clock.monotonic_ns())
        if not due:
            return
        asked = self._asked
        for tile, feed, picture in due:
            if not tile.rect.isEmpty() and tile.take(feed, picture):
                self._new[tile] = picture.schedule_ns
                asked += self.logical(tile.rect)
        self._asked = asked
        self.update(asked)

    @Slot()
    def _refresh_some_words(self) -> None:
        """A part of the tiles at a time: the words of a whole wall of slow cameras take longer than a picture may."""
        self._turn = (self._turn + 1) % (_TURNS * _ROUNDS_A_SECOND)
        if self._turn % _TURNS == 0:
            self._replays.end_finished(self.tiles)
            self._see()
        self._judge(self.tiles[self._turn % _TURNS :: _TURNS])
        if self._turn == 0:
            now_ns = self._clock.monotonic_ns()
            for tile in self.tiles:
                tile.remember(now_ns)
            self.judged.emit(self.verdicts())

    def _refresh_words(self) -> None:
        self._replays.end_finished(self.tiles)
        self._see()
        self._judge(self.tiles)

    def _judge(self, tiles: Iterable[WallTile]) -> None:
        now_s, now_ns = self._clock.utc().timestamp(), self._clock.monotonic_ns()
        resize = False
        for tile in tiles:
            feed = tile.main if tile.showing_main else tile.feed
            if feed is not None and tile.learn_aspect(feed):
                resize = True
                self.update(self.logical(tile.rect))
            if tile.judge(now_ns, self._translate, now_s=now_s):
                self.update(self.logical(tile.rect))
        if resize:
            self._settle.start()

    # Painting.

    def logical(self, rect: QRect) -> QRect:
        """Device pixels in the widget's own units, rounded outwards."""
        ratio = self.devicePixelRatio()
        if ratio == 1:
            return rect
        return QRectF(rect.x() / ratio, rect.y() / ratio, rect.width() / ratio, rect.height() / ratio).toAlignedRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        region = event.region()
        new, self._new = self._new, {}
        asked, self._asked = self._asked, QRegion()
        if new and region == asked and self._banner is None:
            self._painter.paint_new(new.keys())
        else:
            seen = [t for t in self.tiles if not t.rect.isEmpty() and region.intersects(self.logical(t.rect))]
            for tile in seen:
                self._renew(tile)
            self._painter.paint_all(seen, self._banner)
        if self._painted is not None:
            for tile, schedule_ns in new.items():
                self._painted(tile, schedule_ns)
        now_ns = self._clock.monotonic_ns()
        for tile, schedule_ns in new.items():
            tile.count_painted(now_ns - schedule_ns)
            if not tile.picture_was_whole():
                self.update(self.logical(tile.rect))

    def _renew(self, tile: WallTile) -> None:
        """Before an old picture is painted again: it may have been overwritten since."""
        if not tile.picture_was_whole():
            feed = tile.shown_feed
            newest = feed.newest_whole() if feed is not None else None
            if feed is not None and newest is not None:
                tile.take(feed, newest)

    # Mouse, keys, drag and drop: see `WallInput`.

    @Slot(object)
    def act(self, action: ActionId) -> None:
        """Do what the key of a wall asks."""
        self._input.act(action)

    def cell_at(self, at: QPoint) -> int:
        """The cell at a point in the widget's own units, or -1."""
        ratio = self.devicePixelRatio()
        return self._arrangement.cell_at(QPoint(round(at.x() * ratio), round(at.y() * ratio)))

    def mark_drop(self, cell: int) -> None:
        """The cell that something is held over, or -1."""
        self._update(self._arrangement.mark_drop(cell))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._input.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._input.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._input.release()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._input.double_click(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._input.drag_enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._input.drag_move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.mark_drop(-1)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._input.drop(event)

    # Size and sight.

    def sizeHint(self) -> QSize:
        return QSize(1280, 720)

    def event(self, event: QEvent) -> bool:
        """A monitor of another density, even where the size in the widget's own units stays."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._lay_out()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lay_out()
        self._open_feeds()
        self._timer.start()
        self._words.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self._words.stop()
        self._see()
        super().hideEvent(event)
