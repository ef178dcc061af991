"""Paints the pictures of several cameras of one moment, each with its exact time and the error of its clock.

A picture that is not of the moment never looks as if it were: it is dimmed under words, and a gap has words only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tmcwall.domain.footage_timeline import clock_at
from tmcwall.domain.health import TileState
from tmcwall.domain.in_step import Sight
from tmcwall.services.footage_tracks import CameraTrack
from tmcwall.texts import Language, Translator
from tmcwall.texts import in_step as texts
from tmcwall.texts import review as review_texts
from tmcwall.texts.faults import fault_text
from tmcwall.ui import theme
from tmcwall.ui.masking import MasksOf, no_masks, paint_masks
from tmcwall.ui.review.camera_cell import CameraCell
from tmcwall.ui.review.gaps import cause_text, piece_text

_DIM: Final = 0.25


class StepGrid(QWidget):
    """`across` cells in a row, as many rows. The cells are the player's."""

    def __init__(self, *, translate: Translator, masks_of: MasksOf = no_masks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._masks_of = masks_of
        self._cells: Sequence[CameraCell] = ()
        self._across = 2
        self._moment: datetime | None = None
        self._tracks: Mapping[str, CameraTrack] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setAccessibleName(translate(texts.GRID_NAME))

    @property
    def moment(self) -> datetime | None:
        """What is shown is judged by."""
        return self._moment

    def show_cells(self, cells: Sequence[CameraCell], *, across: int) -> None:
        self._cells, self._across, self._moment = tuple(cells), across, None
        self.update()

    def show_moment(self, moment: datetime | None) -> None:
        self._moment = moment
        self.update()

    def show_tracks(self, tracks: Sequence[CameraTrack]) -> None:
        """What is known of the cameras around the moment: clocks, and why there is no clip."""
        self._tracks = {one.track.camera_id: one for one in tracks}
        self.update()

    def picture_size(self) -> QSize:
        """How large the picture of a cell is, in pixels."""
        return _picture_in(self._place(0), self._caption_height()).size()

    def words_of(self, cell: CameraCell) -> str:
        """What stands in place of the picture, or over one that is of another moment; empty over one that is right."""
        say, moment = self._translate, self._moment
        if moment is None:
            return ""
        sight = cell.sight(moment)
        if sight is Sight.PICTURE:
            return ""
        if sight is Sight.GAP and cell.clip is not None:
            cause = cell.clip.gap_at(moment)
            return say(review_texts.FOOTAGE_LACKS, cause=cause_text(cause, say)) if cause is not None else ""
        if sight is Sight.NO_CLIP:
            row = self._tracks.get(cell.camera.camera_id)
            piece = row.track.piece_at(moment) if row is not None else None
            return say(texts.NO_CLIP, words=piece_text(piece, say) if piece is not None else "").strip()
        if cell.fault is not None:
            return say(review_texts.PLAYER_FAULT, reason=say(fault_text(cell.fault)))
        return say(texts.WAITING, time=exact_time(moment, say))

    def caption_of(self, cell: CameraCell) -> tuple[str, str]:
        """The exact time of the picture that is shown, and how far the camera's clock was off."""
        say, moment = self._translate, self._moment
        shown = cell.shown_at if moment is not None and cell.sight(moment) is Sight.PICTURE else None
        time = exact_time(shown, say) if shown is not None else say(texts.NO_TIME)
        row = self._tracks.get(cell.camera.camera_id)
        reading = clock_at(row.history, moment) if row is not None and moment is not None else None
        if reading is None or reading.offset_ms is None or moment is None:
            return time, say(texts.CLOCK_UNKNOWN)
        seconds = _comma(f"{reading.offset_ms / 1000:+z.1f}", say)
        return time, say(texts.CLOCK_ERROR, seconds=seconds, age=_age_text(moment - reading.at, say))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.WALL))
        painter.setFont(theme.font(theme.SMALL))
        for number, cell in enumerate(self._cells):
            self._paint_cell(painter, cell, self._place(number))
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: CameraCell, place: QRect) -> None:
        caption = self._caption_height()
        box = _picture_in(place, caption)
        words = self.words_of(cell)
        if not cell.image.isNull() and (not words or (self._moment and cell.sight(self._moment) is Sight.WAITING)):
            painter.setOpacity(_DIM if words else 1.0)
            painter.drawImage(box, cell.image)
            paint_masks(painter, box, self._masks_of(cell.camera.camera_id))
            painter.setOpacity(1.0)
        painter.setPen(QColor(theme.BORDER))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        inside = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        if words:
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(box.adjusted(2 * theme.SPACE, 0, -2 * theme.SPACE, 0), inside, words)
        elif cell.building:
            painter.setPen(QColor(theme.STATES[TileState.BUILDING].colour))
            painter.drawText(box, Qt.AlignmentFlag.AlignTop, self._translate(review_texts.PLAYER_BUILDING))
        self._paint_caption(painter, cell, place.adjusted(0, place.height() - caption, 0, 0))

    def _paint_caption(self, painter: QPainter, cell: CameraCell, strip: QRect) -> None:
        painter.fillRect(strip.adjusted(1, 0, -1, -1), QColor(theme.RAISED))
        line = strip.adjusted(2 * theme.SPACE, 0, -2 * theme.SPACE, -strip.height() // 2)
        time, clock = self.caption_of(cell)
        metrics = painter.fontMetrics()
        painter.setPen(QColor(theme.TEXT))
        room = line.width() - metrics.horizontalAdvance(time) - 2 * theme.SPACE
        name = metrics.elidedText(cell.camera.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, time)
        below = line.translated(0, strip.height() // 2)
        painter.setPen(QColor(theme.TEXT_SOFT))
        shown = metrics.elidedText(clock, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _caption_height(self) -> int:
        return 10 * theme.SPACE

    def _place(self, number: int) -> QRect:
        across = self._across
        width, height = self.width() // across, self.height() // across
        return QRect(number % across * width, number // across * height, width, height)


def exact_time(moment: datetime, say: Translator) -> str:
    """`14.30.05,120 WIB`."""
    mark = "," if say.language is Language.ID else "."
    return f"{say.zone.time_of_day(moment)}{mark}{moment.microsecond // 1000:03} {say.zone}"


def _picture_in(place: QRect, caption: int) -> QRect:
    """16:9 as large as it fits over the caption."""
    room = place.adjusted(1, 1, -1, -caption)
    size = QSize(16, 9).scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (room.width() - size.width()) // 2, (room.height() - size.height()) // 2
    return QRect(room.left() + left, room.top() + top, size.width(), size.height())


def _comma(number: str, say: Translator) -> str:
    return number.replace(".", ",") if say.language is Language.ID else number


def _age_text(age: timedelta, say: Translator) -> str:
    seconds = max(0, int(age.total_seconds()))
    for unit, length in ((texts.AGE_DAYS, 86_400), (texts.AGE_HOURS, 3_600), (texts.AGE_MINUTES, 60)):
        if seconds >= 2 * length:
            return say(unit, count=seconds // length)
    return say(texts.AGE_SECONDS, count=seconds)
