"""The picture of a clip: kept in its proportions, and with the camera's privacy masks over it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tmcwall.domain.derived_copy import Box
from tmcwall.domain.health import TileState
from tmcwall.ui import theme
from tmcwall.ui.masking import paint_masks


class Screen(QWidget):
    """The picture, kept in its proportions, on black; a sentence where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._words = ""
        self._remark = ""
        self._masks: Sequence[Box] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)

    @property
    def has_picture(self) -> bool:
        return not self._image.isNull()

    @property
    def remark(self) -> str:
        """What stands over the picture."""
        return self._remark

    @property
    def words(self) -> str:
        """What stands in place of the picture."""
        return self._words

    @property
    def masks(self) -> Sequence[Box]:
        """What is covered of it."""
        return self._masks

    def show_image(self, image: QImage, *, remark: str) -> None:
        """`remark` stands over the picture."""
        self._image = image
        self._remark = remark
        self._words = ""
        self.update()

    def cover(self, masks: Sequence[Box]) -> None:
        """These places are covered in every picture."""
        self._masks = masks
        self.update()

    def show_words(self, text: str) -> None:
        """Instead of a picture: nothing old may look as if it were the answer."""
        self._image = QImage()
        self._words = text
        self.update()

    def box(self) -> QRect:
        """16:9 as large as it fits."""
        size = QSize(16, 9).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2, (self.height() - size.height()) // 2, size.width(), size.height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.WALL))
        if not self._image.isNull():
            painter.drawImage(self.box(), self._image)
            paint_masks(painter, self.box(), self._masks)
            if self._remark:
                self._paint_remark(painter)
        else:
            painter.setFont(theme.font())
            painter.setPen(QColor(theme.TEXT_SOFT))
            room = self.rect().adjusted(4 * theme.SPACE, 0, -4 * theme.SPACE, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
        painter.end()

    def _paint_remark(self, painter: QPainter) -> None:
        """A strip along the upper edge of the picture."""
        painter.setFont(theme.font(strong=True))
        strip = self.box()
        strip.setHeight(painter.fontMetrics().height() + 2 * theme.SPACE)
        painter.fillRect(strip, QColor(theme.RAISED))
        painter.setPen(QColor(theme.STATES[TileState.BUILDING].colour))
        inside = strip.adjusted(2 * theme.SPACE, 0, -2 * theme.SPACE, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._remark)
