"""The map itself: one widget that paints all of it, and is drawn, zoomed and asked with the mouse or the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from tmcwall.domain.camera import Position
from tmcwall.domain.incident import Drill
from tmcwall.domain.mercator import WorldPoint
from tmcwall.texts import Translator
from tmcwall.texts import map as texts
from tmcwall.ui import theme
from tmcwall.ui.actions import ActionId, is_key_of
from tmcwall.ui.map import painting
from tmcwall.ui.map.atlas import Atlas
from tmcwall.ui.map.model import MapModel
from tmcwall.ui.map.pictures import Background, MapPictures
from tmcwall.ui.map.spots import Spot, SpotKey, SpotKind, find_spot, spot_at, spots_in_view
from tmcwall.ui.map.viewport import Viewport, WorldBox

_KEY_STEP: Final = 96
"""Pixels that an arrow moves the map by."""
_ZOOM_STEP: Final = 0.5
_CLUSTER_STEP: Final = 2.0
_NOTCH: Final = 120.0
"""Of a wheel, in eighths of a degree."""
_MARGIN: Final = 192
"""Pixels of background around what is seen, so that it can be moved before it is made anew."""
_RESTING_MS: Final = 160
"""After the last movement pictures that are stretched are smoothed."""
_NEAR: Final = 17.0
"""The zoom at which a place is shown that was searched."""
_FIRST: Final = Viewport(WorldPoint(0.8078, 0.521), 11.0, 640, 480)
"""Central Java, before anything is known."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """A place on the map that something was asked about, and what is there."""

    position: Position
    key: SpotKey | None
    at: QPoint
    """On the screen, for a menu."""


class MapCanvas(QWidget):
    """Shows a `MapModel`. It decides nothing but which part is seen and what is selected."""

    camera_activated = Signal(str)
    incident_activated = Signal(str)
    mark_activated = Signal(str)
    selected = Signal(object)
    """SpotKey or None."""
    menu_requested = Signal(object)
    """Pointed."""
    band_drawn = Signal(object, QPoint)
    """The ids of all cameras in it, and where its menu belongs."""

    def __init__(
        self, model: MapModel, pictures: MapPictures, *, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(translate(texts.CANVAS_NAME))
        self.setMinimumSize(40 * theme.SPACE, 40 * theme.SPACE)
        self._model = model
        self._pictures = pictures
        self._translate = translate
        self._number = pictures.number()
        self._viewport = _FIRST
        self._moved = False
        self._background: Background | None = None
        self._atlas: Atlas | None = None
        self._atlas_ratio = 0.0
        self._selected: SpotKey | None = None
        self._pointed: Spot | None = None
        self._pressed: QPointF | None = None
        self._dragged_from: QPointF | None = None
        self._band: tuple[QPointF, QPointF] | None = None
        self._resting = True
        self._rest = QTimer(self, singleShot=True, interval=_RESTING_MS)
        self._rest.timeout.connect(self._take_rest)
        model.changed.connect(self.update)
        model.cameras_changed.connect(self._fit_once)
        pictures.opened.connect(self.update)
        pictures.tile_came.connect(self.update)
        pictures.background_came.connect(self._take_background)
        self._fit_once()

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    @property
    def selection(self) -> SpotKey | None:
        return self._selected

    def attribution(self) -> Sequence[str]:
        """Whose data is shown, and that the boundaries are guessed."""
        layers = [placed.layer.attribution for placed in self._model.shown(self._viewport.zoom)]
        opened = self._pictures.map
        guessed = self._translate(texts.APPROXIMATE) if opened.guessed else ""
        said = (guessed, *opened.attribution, *layers)
        return list(dict.fromkeys(words for words in said if words))

    def fit(self) -> None:
        """Show all cameras and incidents."""
        box = self._model.box()
        if box is not None:
            self.look_at(box)

    def look_at(self, box: WorldBox) -> None:
        self.look(self._viewport.fitting(box))

    def fly_to(self, position: Position, key: SpotKey | None = None) -> None:
        """Bring a place into the middle, near enough to tell what is there, and select it."""
        self.look(self._viewport.at(position, zoom=_NEAR))
        self.select(key)

    def select(self, key: SpotKey | None) -> None:
        if key != self._selected:
            self._selected = key
            self.selected.emit(key)
        self.update()

    def zoom(self, steps: float) -> None:
        """Around the selection if it is in sight, else around the middle."""
        spot = self._spot()
        middle = QPointF(self.width() / 2, self.height() / 2)
        fixed = spot.middle if spot is not None and self.rect().contains(spot.middle.toPoint()) else middle
        self.look(self._viewport.zoomed(steps, x=fixed.x(), y=fixed.y()))

    def paint_on(self, painter: QPainter, viewport: Viewport, *, smooth: bool, for_screen: bool = True) -> None:
        """All of the map. For the screen it asks for what is not here yet, and says at its foot whose data it is."""
        ratio = painter.device().devicePixelRatioF()
        painting.paint_ground(painter, viewport)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        missing = painting.paint_tiles(painter, viewport, self._pictures, ratio=ratio)
        if self._background is not None:
            painting.paint_background(painter, viewport, self._background)
        if for_screen:
            self._pictures.ask(self._number, missing, self._lacking(viewport, ratio))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        layers = self._model.shown(viewport.zoom)
        painting.paint_areas(painter, viewport, layers, self._translate)
        if self._model.sectors_shown:
            painting.paint_camera_sectors(painter, viewport, self._model.field, smooth=smooth)
        atlas = self._atlas_for(ratio) if for_screen else Atlas(ratio)
        painting.paint_cameras(painter, viewport, self._model.field, atlas)
        painting.paint_marks(painter, viewport, layers, self._translate)
        painting.paint_incidents(painter, viewport, self._model, self._translate)
        if for_screen:
            painting.paint_frame(painter, viewport, self.attribution(), self._translate)

    def has_drills(self) -> bool:
        """Whether anything of an exercise is among what is shown."""
        return any(placed.incident.drill is not Drill.ACTUAL for placed in self._model.incidents)

    def _lacking(self, viewport: Viewport, ratio: float) -> tuple[Viewport, float] | None:
        """The background that has to be made, if what is here does not do."""
        made = self._background
        fits = (
            made is not None
            and made.viewport.zoom == viewport.zoom
            and made.ratio == ratio
            and made.viewport.box.contains(viewport.box)
        )
        return None if fits else (viewport.grown(_MARGIN), ratio)

    def _atlas_for(self, ratio: float) -> Atlas:
        if self._atlas is None or self._atlas_ratio != ratio:
            self._atlas, self._atlas_ratio = Atlas(ratio), ratio
        return self._atlas

    def look(self, viewport: Viewport) -> None:
        """Show another part. Pictures that are stretched are smoothed when it rests."""
        self._moved = True
        if viewport != self._viewport:
            self._viewport = viewport
            self._resting = False
            self._rest.start()
            self.update()

    def _spot(self) -> Spot | None:
        if self._selected is None:
            return None
        return find_spot(self._model, self._viewport, self._selected, self._translate)

    def _spot_at(self, place: QPointF) -> Spot | None:
        return spot_at(self._model, self._viewport, place.x(), place.y(), self._translate)

    def _activate(self, key: SpotKey | None) -> None:
        """What Enter and a double click do."""
        if key is None:
            return
        if key.kind is SpotKind.CAMERA:
            self.camera_activated.emit(key.id)
        elif key.kind is SpotKind.INCIDENT:
            self.incident_activated.emit(key.id)
        elif key.kind is SpotKind.MARK:
            self.mark_activated.emit(key.id)
        else:
            spot = find_spot(self._model, self._viewport, key, self._translate)
            if spot is not None:
                self.look(self._viewport.zoomed(_CLUSTER_STEP, x=spot.middle.x(), y=spot.middle.y()))
            self.select(None)

    def _go_along(self, *, backwards: bool) -> bool:
        """Select the next of what is in sight; False at the end, where Tab leaves the map."""
        spots = spots_in_view(self._model, self._viewport, self._translate)
        keys = [spot.key for spot in spots]
        if backwards:
            keys.reverse()
        place = keys.index(self._selected) + 1 if self._selected in keys else 0
        if place >= len(keys):
            self.select(None)
            return False
        self.select(keys[place])
        return True

    @Slot()
    def _fit_once(self) -> None:
        """Until the officer has moved it, it shows all there is."""
        if not self._moved:
            box = self._model.box()
            if box is not None:
                self._viewport = self._viewport.fitting(box)
                self.update()

    @Slot()
    def _take_rest(self) -> None:
        self._resting = True
        self.update()

    @Slot(int, object)
    def _take_background(self, number: int, background: Background) -> None:
        if number == self._number:
            self._background = background
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(180 * theme.SPACE, 120 * theme.SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        self.paint_on(painter, self._viewport, smooth=self._resting)
        self._paint_selection(painter)
        painter.end()

    def _paint_selection(self, painter: QPainter) -> None:
        spot = self._spot()
        for one, strong in ((self._pointed, False), (spot, True)):
            if one is None or (not strong and spot is not None and one.key == spot.key):
                continue
            if strong:
                for colour, width in ((theme.BACKGROUND, 5), (theme.ACCENT, 3)):
                    painter.setPen(QPen(QColor(colour), width))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawEllipse(one.middle, one.radius + 5, one.radius + 5)
            above = QPointF(one.middle.x(), one.middle.y() - one.radius - 22)
            painting.paint_label(painter, above, one.words, self._viewport, strong=strong)
        if self._band is not None:
            painter.setPen(QPen(QColor(theme.ACCENT), 2, Qt.PenStyle.DashLine))
            veil = QColor(theme.ACCENT)
            veil.setAlpha(40)
            painter.setBrush(veil)
            painter.drawRect(QRectF(*self._band).normalized())
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.ACCENT), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._viewport = self._viewport.sized(self.width(), self.height())
        self._fit_once()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pictures.forget(self._number)
        super().hideEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        self._pressed = place
        if event.button() is Qt.MouseButton.LeftButton:
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._band = (place, place)
            else:
                self._dragged_from = place
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._band is not None:
            self._band = (self._band[0], place)
        elif self._dragged_from is not None:
            gone = place - self._dragged_from
            if self._pressed is None or (place - self._pressed).manhattanLength() > theme.SPACE:
                self._pressed = None
                self._dragged_from = place
                self.look(self._viewport.panned(gone.x(), gone.y()))
        else:
            self._pointed = self._spot_at(place)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._band is not None:
            box, self._band = QRectF(*self._band).normalized(), None
            self.update()
            if max(box.width(), box.height()) > theme.SPACE:
                self._tell_band(box)
        elif event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            spot = self._spot_at(place)
            self.select(spot.key if spot is not None else None)
        self._pressed = self._dragged_from = None

    def _tell_band(self, box: QRectF) -> None:
        found = self._model.field.within(
            self._viewport, left=box.left(), top=box.top(), right=box.right(), bottom=box.bottom()
        )
        self.band_drawn.emit([camera.id for camera in found], self.mapToGlobal(box.bottomRight().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        spot = self._spot_at(event.position())
        if spot is None:
            self.look(self._viewport.zoomed(1.0, x=event.position().x(), y=event.position().y()))
        else:
            self._activate(spot.key)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / _NOTCH * _ZOOM_STEP
        place = event.position()
        if steps:
            self._pointed = None
            self.look(self._viewport.zoomed(steps, x=place.x(), y=place.y()))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the mouse: of what is there. By the Menu key: of what is selected, else of the middle."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            place = QPointF(event.pos())
            spot = self._spot_at(place)
        else:
            spot = self._spot()
            place = QPointF(self.width() / 2, self.height() / 2)
        self.select(spot.key if spot is not None else None)
        if spot is not None:
            place = spot.middle
        position = self._viewport.position_at(place.x(), place.y())
        self.menu_requested.emit(Pointed(position, spot.key if spot else None, self.mapToGlobal(place.toPoint())))

    def leaveEvent(self, event: QEvent) -> None:
        self._pointed = None
        self.update()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        far = 3 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1
        step = _KEY_STEP * far
        moves = {
            Qt.Key.Key_Left: (step, 0), Qt.Key.Key_Right: (-step, 0), Qt.Key.Key_Up: (0, step),
            Qt.Key.Key_Down: (0, -step),
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in moves:
            self.look(self._viewport.panned(*moves[key]))
        elif key is Qt.Key.Key_Plus or is_key_of(event, ActionId.MAP_IN):  # the numpad's, and with Shift
            self.zoom(_ZOOM_STEP)
        elif key is Qt.Key.Key_Minus or is_key_of(event, ActionId.MAP_OUT):
            self.zoom(-_ZOOM_STEP)
        elif is_key_of(event, ActionId.MAP_FIT):
            self.fit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._activate(self._selected)
        elif key is Qt.Key.Key_Escape and self._selected is not None:
            self.select(None)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 - Qt's signature
        """Tab goes through what is in sight before it leaves."""
        return self._go_along(backwards=not forward) or super().focusNextPrevChild(forward)
