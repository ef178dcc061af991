"""Small widgets that several panels of the console share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tmcwall.domain.health import TileState
from tmcwall.texts import Translator
from tmcwall.texts import console as texts
from tmcwall.ui import theme
from tmcwall.ui.marks import paint_shape

_SHAPE: Final = 3 * theme.SPACE


def plain_label(text: str, *, soft: bool = False, title: bool = False) -> QLabel:
    """A label that shows its text as it is: what comes from outside is never taken for markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if soft:
        label.setObjectName("soft")
    if title:
        label.setObjectName("title")
    return label


def quiet_button(text: str, pressed: Callable[..., object], *, parent: QWidget) -> QPushButton:
    """A button that Enter in a field beside it does not press."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    button.clicked.connect(pressed)
    return button


def text_line(name: str, *, longest: int, parent: QWidget) -> QLineEdit:
    """A line for at most so many characters. `name` is for screen readers."""
    line = QLineEdit(parent)
    line.setMaxLength(longest)
    line.setAccessibleName(name)
    return line


def rows_to_read(columns: Sequence[str], *, name: str, parent: QWidget) -> QTableWidget:
    """A table without rows whose cells nobody edits, one row selected at a time. `name` is for screen readers."""
    table = QTableWidget(0, len(columns), parent)
    table.setHorizontalHeaderLabels(columns)
    table.setAccessibleName(name)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    return table


def column_of(*widgets: QWidget) -> QWidget:
    """One below the other, without a border; what is hidden takes no room."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2 * theme.SPACE)
    for widget in widgets:
        layout.addWidget(widget)
    return column


def lay_out_form(form: QWidget, title: str, fields: Sequence[tuple[str, QWidget]], submit: QPushButton) -> None:
    """The title, every field under its label, and the button that submits them; fields get their label as a name."""
    submit.setAutoDefault(False)  # Enter in a field submits; it presses no button beside
    rows = QFormLayout()
    rows.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
    rows.setVerticalSpacing(theme.SPACE)
    for label, field in fields:
        field.setAccessibleName(label)
        rows.addRow(plain_label(label, soft=True), field)
    layout = QVBoxLayout(form)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2 * theme.SPACE)
    heading = plain_label(title)
    heading.setFont(theme.font(strong=True))
    layout.addWidget(heading)
    layout.addLayout(rows)
    layout.addWidget(submit)
    layout.addStretch(1)


class Badge(QWidget):
    """A shape and a word, one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = theme.STATES[TileState.OFF]
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_state(self, style: theme.Style, text: str) -> None:
        self._style = style
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        return self._text

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font(theme.SMALL))
        return QSize(_SHAPE + 2 * theme.SPACE + metrics.horizontalAdvance(self._text), 6 * theme.SPACE)

    def minimumSizeHint(self) -> QSize:
        """The shape and a few letters: in a narrow window the word is cut with an ellipsis, its tool tip has it all."""
        return QSize(min(self.sizeHint().width(), _SHAPE + 12 * theme.SPACE), 6 * theme.SPACE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        top = (self.height() - _SHAPE) / 2
        paint_shape(painter, self._style, QRectF(0, top, _SHAPE, _SHAPE))
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(QColor(theme.TEXT))
        room = self.rect().adjusted(_SHAPE + theme.SPACE + 2, 0, 0, 0)
        shown = QFontMetrics(painter.font()).elidedText(self._text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class ElidedLabel(QLabel):
    """One line of plain text that gives way in a narrow window: cut with an ellipsis, whole in the tool tip."""

    def __init__(self, text: str = "", *, soft: bool = False, strong: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._soft = soft
        self.setFont(theme.font(theme.SMALL if soft else theme.BODY, strong=strong))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 8 * theme.SPACE), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        painter = QPainter(self)
        shown = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip("" if shown == self.text() else self.text())
        painter.setFont(self.font())
        painter.setPen(QColor(theme.TEXT_SOFT if self._soft else theme.TEXT))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


class StateCounts(QWidget):
    """How many cameras are live, in trouble, and not shown."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        self._live, self._trouble, self._idle = Badge(), Badge(), Badge()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.SPACE, 0, theme.SPACE, 0)
        layout.setSpacing(3 * theme.SPACE)
        for badge in (self._live, self._trouble, self._idle):
            layout.addWidget(badge)
        layout.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The least needed count goes first; the tool tip has them all."""
        super().resizeEvent(event)
        wanted = sum(badge.sizeHint().width() + 4 * theme.SPACE for badge in (self._live, self._trouble, self._idle))
        self._idle.setVisible(wanted <= self.width())

    def show_counts(self, live: int, trouble: int, idle: int) -> None:
        say = self._translate
        self.setToolTip(
            "\n".join(
                say(text, count=count)
                for text, count in (
                    (texts.COUNT_LIVE, live),
                    (texts.COUNT_TROUBLE, trouble),
                    (texts.COUNT_IDLE, idle),
                )
            )
        )
        self._live.show_state(theme.STATES[TileState.LIVE], say(texts.COUNT_LIVE, count=live))
        self._trouble.show_state(theme.STATES[TileState.LOST], say(texts.COUNT_TROUBLE, count=trouble))
        self._idle.show_state(theme.STATES[TileState.OFF], say(texts.COUNT_IDLE, count=idle))


class Notice(QFrame):
    """A strip that says what happened: never over video, closed by Esc or its button, replaced by the next one.

    It can offer one thing to do, such as undoing what it tells of. A lasting one stays until what it says is over:
    nobody can close it.
    """

    offer_taken = Signal()

    def __init__(self, translate: Translator, *, lasting: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        name = "lasting-notice" if lasting else "notice"
        self.setObjectName(name)
        self.setStyleSheet(
            f"#{name} {{ background: {theme.RAISED}; border: 1px solid {theme.BORDER};"
            f" border-radius: {theme.SPACE}px; }}"
        )
        self._shape = Badge()
        self._label = plain_label("")
        self._label.setWordWrap(True)
        self._offer = QToolButton()
        self._offer.setText(translate(texts.UNDO))
        self._offer.clicked.connect(self.offer_taken)
        self._offer.clicked.connect(self.hide)
        close = QToolButton()
        close.setText("×")
        close.setAccessibleName(translate(texts.NOTICE_CLOSE))
        close.setToolTip(translate(texts.NOTICE_CLOSE))
        close.setAutoRaise(True)
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * theme.SPACE, theme.SPACE, 2 * theme.SPACE, theme.SPACE)
        layout.setSpacing(2 * theme.SPACE)
        layout.addWidget(self._shape)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._offer)
        layout.addWidget(close)
        close.setVisible(not lasting)
        self.hide()

    @property
    def text(self) -> str:
        return self._label.text()

    def tell(self, text: str, *, trouble: bool = False, offer: str = "") -> None:
        """Show a sentence; `trouble` for what was refused or failed; `offer` names the button."""
        style = theme.STATES[TileState.STALE if trouble else TileState.LIVE]
        self._shape.show_state(style, "")
        self._label.setText(text)
        self.setAccessibleName(text)
        self._offer.setText(offer)
        self._offer.setVisible(bool(offer))
        self.show()
