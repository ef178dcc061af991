"""The timelines of a few cameras under each other: footage, gaps, states, events. The wheel zooms, dragging scrubs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tmcwall.domain.footage_timeline import (
    ZOOM_LEVELS,
    EventKind,
    FootageSource,
    Piece,
    Span,
    clock_at,
    moved,
    next_event,
    previous_event,
    ticks,
    zoomed,
)
from tmcwall.domain.history import CameraState
from tmcwall.services.footage_tracks import CameraTrack
from tmcwall.texts import Language, Translator
from tmcwall.texts import health as health_texts
from tmcwall.texts import review as texts
from tmcwall.texts.health import clock_text
from tmcwall.ui import theme
from tmcwall.ui.review.gaps import piece_text

MOST_CAMERAS: Final = 9
NAMES: Final = 56 * theme.SPACE
"""Pixels on the left for the name of each camera and the error of its clock."""
_ROW: Final = 7 * theme.SPACE
_SCALE: Final = 6 * theme.SPACE
_STATE: Final = 2 * theme.SPACE
_STATES: Final = {
    CameraState.MOVED: theme.YELLOW, CameraState.LOST: theme.VERMILLION, CameraState.FROZEN: theme.PURPLE,
    CameraState.BLACK: theme.PURPLE, CameraState.REFUSED: theme.YELLOW, CameraState.UNSUPPORTED: theme.YELLOW,
    CameraState.OUTAGE: theme.GREY, CameraState.UNSTABLE: theme.ORANGE,
}  # fmt: skip
"""What works, and what nobody looked at, has no bar."""
_EVENTS: Final = {EventKind.TAG: theme.TEXT, EventKind.INCIDENT: theme.VERMILLION}
_WHEEL_STEP: Final = 120


class TimelineView(QWidget):
    """Shows `view`, which zooming and dragging change; what it is to show there is asked for by `view_changed`."""

    view_changed = Signal(object)
    """Span."""
    moment_requested = Signal(str, object)
    """Camera id, and the moment that was clicked or dragged to."""

    def __init__(self, *, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._tracks: Sequence[CameraTrack] = ()
        self._view: Span | None = None
        self._moment: datetime | None = None
        self._dragged: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(translate(texts.TIMELINE))

    @property
    def view(self) -> Span | None:
        return self._view

    @property
    def tracks(self) -> Sequence[CameraTrack]:
        return self._tracks

    def show_around(self, moment: datetime, *, length: timedelta = ZOOM_LEVELS[3]) -> None:
        """Another view, with that moment in its middle."""
        self._view = Span(moment - length / 2, moment + length / 2)
        self._moment = moment
        self.view_changed.emit(self._view)
        self.update()

    def show_tracks(self, tracks: Sequence[CameraTrack]) -> None:
        """At most `MOST_CAMERAS`."""
        self._tracks = tuple(tracks)[:MOST_CAMERAS]
        self.updateGeometry()
        self.update()

    def show_moment(self, moment: datetime | None) -> None:
        """Where the picture is; the view follows it."""
        if moment == self._moment:
            return
        self._moment = moment
        view = self._view
        if moment is not None and view is not None and not view.starts_at <= moment < view.ends_at:
            self._change_view(Span(moment, moment + (view.ends_at - view.starts_at)))
        self.update()

    def go_to_event(self, *, forth: bool) -> None:
        """`moment_requested` follows where there is one, for the camera on whose track it stands."""
        moment = self._moment
        if moment is None:
            return
        tracks = [one.track for one in self._tracks]
        event = next_event(tracks, moment) if forth else previous_event(tracks, moment)
        if event is not None:
            camera = next(track.camera_id for track in tracks if event in track.events)
            self.moment_requested.emit(camera, event.at)

    def sizeHint(self) -> QSize:
        return QSize(120 * theme.SPACE, _SCALE + max(1, len(self._tracks)) * _ROW)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _change_view(self, view: Span) -> None:
        if view != self._view:
            self._view = view
            self.view_changed.emit(view)
            self.update()

    def _x(self, moment: datetime) -> float:
        assert self._view is not None
        share = (moment - self._view.starts_at).total_seconds() / (self._view.seconds or 1.0)
        return NAMES + share * max(1, self.width() - NAMES)

    def _moment_at(self, x: float) -> datetime:
        assert self._view is not None
        share = (x - NAMES) / max(1, self.width() - NAMES)
        return self._view.starts_at + min(max(share, 0.0), 1.0) * (self._view.ends_at - self._view.starts_at)

    def _row_at(self, y: float) -> CameraTrack | None:
        place = int((y - _SCALE) // _ROW)
        return self._tracks[place] if 0 <= place < len(self._tracks) else None

    def words_at(self, row: CameraTrack, moment: datetime) -> str:
        """What there is at that moment, in words."""
        say = self._translate
        piece = row.track.piece_at(moment)
        spell = next((one for one in row.track.spells if one.span.starts_at <= moment < one.span.ends_at), None)
        lines = [f"{row.name}, {say.zone.local(moment):%H.%M.%S} {say.zone}"]
        if piece is not None:
            lines.append(piece_text(piece, say))
        if spell is not None:
            lines.append(say(health_texts.STATES[spell.state]))
        clock = clock_at(row.history, moment)
        lines.append(clock_text(clock.offset_ms, say) if clock is not None else say(texts.CLOCK_NOT_MEASURED))
        return "\n".join(lines)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.SURFACE))
        painter.setFont(theme.font(theme.SMALL))
        if self._view is not None:
            painter.setClipRect(self.rect())
            self._paint_scale(painter, self._view)
            for place, row in enumerate(self._tracks):
                self._paint_row(painter, row, _SCALE + place * _ROW)
            if self._moment is not None:
                painter.setPen(QPen(QColor(theme.ACCENT), 2))
                x = self._x(self._moment)
                painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.end()

    def _paint_scale(self, painter: QPainter, view: Span) -> None:
        most = max(2, (self.width() - NAMES) // (24 * theme.SPACE))
        zone = self._translate.zone
        form = "%d/%m %H.%M" if view.seconds > 86_400 else "%H.%M.%S"
        for mark in ticks(view, most=most):
            x = self._x(mark)
            painter.setPen(QColor(theme.BORDER))
            painter.drawLine(QPointF(x, _SCALE - theme.SPACE), QPointF(x, self.height()))
            painter.setPen(QColor(theme.TEXT_SOFT))
            painter.drawText(QPointF(x + theme.SPACE, _SCALE - 2 * theme.SPACE), f"{zone.local(mark):{form}}")

    def _paint_row(self, painter: QPainter, row: CameraTrack, top: int) -> None:
        name = QRectF(2 * theme.SPACE, top, NAMES - 4 * theme.SPACE, _ROW)
        metrics = painter.fontMetrics()
        if self._moment is not None:
            clock = _clock_words(row, self._moment, self._translate)
            painter.setPen(QColor(theme.TEXT_SOFT))
            painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, clock)
            name.setWidth(name.width() - metrics.horizontalAdvance(clock) - 2 * theme.SPACE)
        painter.setPen(QColor(theme.TEXT))
        shown = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, int(name.width()))
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.save()
        painter.setClipRect(QRectF(NAMES, top, self.width() - NAMES, _ROW))
        height = _ROW - _STATE - 2 * theme.SPACE
        for piece in row.track.pieces:
            self._paint_piece(painter, piece, self._bar(piece.span, top + theme.SPACE, height))
        for spell in row.track.spells:
            colour = _STATES.get(spell.state)
            if colour is not None:
                painter.fillRect(self._bar(spell.span, top + theme.SPACE + height, _STATE), QColor(colour))
        for event in row.track.events:
            marked = _EVENTS.get(event.kind)
            if marked is not None:
                x = self._x(event.at)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(marked))
                size = float(theme.SPACE)
                painter.drawPolygon(
                    QPolygonF([QPointF(x - size, top), QPointF(x + size, top), QPointF(x, top + 2 * size)])
                )
        painter.restore()

    def _paint_piece(self, painter: QPainter, piece: Piece, bar: QRectF) -> None:
        """Footage is filled, a gap with a cause is hatched, and where nobody recorded there is nothing."""
        if piece.source is FootageSource.CLIP:
            painter.fillRect(bar, QColor(theme.GREEN))
        elif piece.source is FootageSource.RECORDING:
            painter.fillRect(bar, QColor(theme.BLUE))
        elif piece.cause is not None:
            painter.fillRect(bar, QColor(theme.RAISED))
            painter.setPen(QColor(theme.ORANGE))
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            painter.drawRect(bar)

    def _bar(self, span: Span, top: float, height: float) -> QRectF:
        """At least a pixel, so that what is short is seen."""
        left = max(self._x(span.starts_at), NAMES - 1.0)
        right = min(self._x(span.ends_at), self.width() + 1.0)
        return QRectF(left, top, max(1.0, right - left), height)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._view is not None:
            steps = round(event.angleDelta().y() / _WHEEL_STEP)
            sideways = round(event.angleDelta().x() / _WHEEL_STEP)
            if steps:
                self._change_view(zoomed(self._view, steps, around=self._moment_at(event.position().x())))
            elif sideways:
                self._change_view(moved(self._view, -sideways * (self._view.ends_at - self._view.starts_at) / 10))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().y())
        if self._view is not None and row is not None and event.button() is Qt.MouseButton.LeftButton:
            self._dragged = row.track.camera_id
            self.moment_requested.emit(self._dragged, self._moment_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._view is not None and self._dragged is not None:
            self.moment_requested.emit(self._dragged, self._moment_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002 - Qt's signature
        self._dragged = None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._view is not None:
            row = self._row_at(event.y())
            if row is not None and event.x() >= NAMES:
                QToolTip.showText(event.globalPos(), self.words_at(row, self._moment_at(event.x())), self)
            return True
        return super().event(event)


def _clock_words(row: CameraTrack, moment: datetime, say: Translator) -> str:
    """How far the camera's clock was off, for a narrow place."""
    reading = clock_at(row.history, moment)
    if reading is None or reading.offset_ms is None:
        return say(texts.CLOCK_SHORT_UNKNOWN)
    seconds = f"{reading.offset_ms / 1000:+z.1f}"
    return say(texts.CLOCK_SHORT, seconds=seconds.replace(".", ",") if say.language is Language.ID else seconds)
