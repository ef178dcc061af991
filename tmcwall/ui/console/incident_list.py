"""The incident queue as a list: model, the words of a place, and how a row is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tmcwall.domain.clock import Clock
from tmcwall.domain.geo import Coverage
from tmcwall.domain.incident import Drill, Incident, Place, Status
from tmcwall.texts import Translator
from tmcwall.texts import incidents as texts
from tmcwall.texts import places as place_texts
from tmcwall.ui import theme
from tmcwall.ui.console.camera_tree import RegionName
from tmcwall.ui.console.incident_clocks import IncidentClocks, clock_text, clocks_of
from tmcwall.ui.console.incident_icons import paint_incident
from tmcwall.ui.marks import paint_shape

Index = QModelIndex | QPersistentModelIndex

INCIDENT_ROLE: Final = Qt.ItemDataRole.UserRole + 1
"""Incident."""

_PADDING: Final = 2 * theme.SPACE
_ICON: Final = 9 * theme.SPACE
_BAR: Final = theme.SPACE
_CLOCKS: Final = 34 * theme.SPACE
ROW_HEIGHT: Final = 24 * theme.SPACE


def place_text(place: Place, *, region_name: RegionName, translate: Translator) -> str:
    """The place in words: what was said, RT and RW, kelurahan and kecamatan; or that nothing is known."""
    parts = [place.text] if place.text else []
    if place.rt and place.rw:
        parts.append(translate(texts.PLACE_RT, rt=place.rt, rw=place.rw))
    elif place.rw:
        parts.append(translate(texts.PLACE_RW, rw=place.rw))
    if place.adm4:
        parts.extend(region_name(code) or code for code in (place.adm4, place.adm4.rpartition(".")[0]))
    if not parts and place.position is not None:
        parts.append(f"{place.position.lat:.5f}, {place.position.lon:.5f}")
    return ", ".join(parts) or translate(texts.NO_PLACE)


def queue_place_text(place: Place, *, region_name: RegionName, translate: Translator) -> str:
    """As `place_text`, and first that nobody knows yet where that is."""
    words = place_text(place, region_name=region_name, translate=translate)
    return words if place.position is not None else f"{translate(place_texts.UNSETTLED)} · {words}"


def no_coverage_text(coverage: Coverage, place: Place, *, translate: Translator) -> str:
    """Why no camera comes up for an incident."""
    if place.position is None:
        return translate(texts.COVERAGE_NO_PLACE)
    if coverage.not_working:
        return translate(texts.COVERAGE_DARK, count=len(coverage.not_working))
    return translate(texts.COVERAGE_NONE)


class IncidentListModel(QAbstractListModel):
    """Open incidents in the order of the desk."""

    def __init__(self, *, region_name: RegionName, translate: Translator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._region_name = region_name
        self._translate = translate
        self._incidents: list[Incident] = []

    def show(self, incidents: Sequence[Incident]) -> None:
        """Show these; rows that stay keep their place in the view, selection included."""
        if [incident.id for incident in incidents] == [incident.id for incident in self._incidents]:
            self._incidents = list(incidents)
            if incidents:
                self.dataChanged.emit(self.index(0), self.index(len(incidents) - 1))
            return
        self.beginResetModel()
        self._incidents = list(incidents)
        self.endResetModel()

    def row_of(self, incident_id: str | None) -> QModelIndex:
        rows = (row for row, incident in enumerate(self._incidents) if incident.id == incident_id)
        row = next(rows, None)
        return QModelIndex() if row is None else self.index(row)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._incidents)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._incidents):
            return None
        incident = self._incidents[index.row()]
        if role == INCIDENT_ROLE:
            return incident
        if role == Qt.ItemDataRole.DisplayRole:
            return self._spoken(incident)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            unsettled = "" if incident.place.position is not None else f", {self._translate(place_texts.UNSETTLED)}"
            return self._spoken(incident) + unsettled
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self._spoken(incident)}\n{self._translate(texts.TARGET_HELP)}"
        return None

    def _spoken(self, incident: Incident) -> str:
        say = self._translate
        place = place_text(incident.place, region_name=self._region_name, translate=say)
        words = [say(texts.TYPES[incident.type]), say(texts.SEVERITIES[incident.severity]), place]
        if incident.drill is not Drill.ACTUAL:
            words.insert(0, say(texts.DRILLS[incident.drill]))
        return ", ".join((*words, say(texts.STATUSES[incident.status])))


class IncidentDelegate(QStyledItemDelegate):
    """A row: severity bar, icon of the type, three lines of words, and the clocks at the right."""

    def __init__(
        self, *, clock: Clock, region_name: RegionName, translate: Translator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._region_name = region_name
        self._translate = translate

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 - Qt's signature
        return QSize(0, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        incident = index.data(INCIDENT_ROLE)
        if not isinstance(incident, Incident):
            return
        box: QRect = option.rect
        state = option.state
        painter.save()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillRect(box, QColor(theme.ACCENT_DARK if selected else theme.SURFACE))
        severity = theme.SEVERITIES[incident.severity]
        painter.fillRect(QRect(box.left(), box.top(), _BAR, box.height() - 1), QColor(severity.colour))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), QColor(theme.BACKGROUND))
        inner = box.adjusted(_BAR + _PADDING, _PADDING, -_PADDING, -_PADDING - 1)
        icon = QRectF(inner.left(), inner.top(), _ICON, _ICON)
        paint_incident(painter, incident.type, icon)
        line = inner.height() // 4
        words = inner.adjusted(_ICON + _PADDING, 0, -_CLOCKS - _PADDING, -line)
        self._paint_words(painter, words, incident, severity)
        place = queue_place_text(incident.place, region_name=self._region_name, translate=self._translate)
        last = QRect(words.left(), inner.top() + 3 * line, inner.right() - words.left() + 1, line)
        _paint_line(painter, last, place, size=theme.SMALL)
        clocks = QRect(inner.right() - _CLOCKS + 1, inner.top(), _CLOCKS, 3 * line)
        self._paint_clocks(painter, clocks, clocks_of(incident, self._clock.utc()))
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRect, incident: Incident, severity: theme.Style) -> None:
        say = self._translate
        new = incident.status is Status.NEW
        line = box.height() // 3
        title = QRect(box.left(), box.top(), box.width(), line)
        _paint_line(painter, title, say(texts.TYPES[incident.type]), strong=True)
        row = QRect(box.left(), box.top() + line, box.width(), line)
        if incident.drill is not Drill.ACTUAL:
            row.setLeft(row.left() + _paint_badge(painter, row, say(texts.DRILLS[incident.drill])))
        paint_shape(painter, severity, QRectF(row.left(), row.center().y() - 5, 12, 12))
        words = f"{say(texts.SEVERITIES[incident.severity])} · {say(texts.SOURCES[incident.source])}"
        _paint_line(painter, row.adjusted(12 + theme.SPACE + 2, 0, 0, 0), words, size=theme.SMALL)
        status = f"{say(texts.STATUSES[incident.status])} · {say(texts.CERTAINTIES[incident.certainty])}"
        last = QRect(box.left(), box.top() + 2 * line, box.width(), line)
        _paint_line(painter, last, status, size=theme.SMALL, soft=not new, strong=new)

    def _paint_clocks(self, painter: QPainter, box: QRect, clocks: IncidentClocks) -> None:
        say = self._translate
        line = box.height() // 3
        rows = [(say(texts.SINCE_CALL), clock_text(clocks.since_call), theme.TEXT)]
        label = texts.WAITING if clocks.waiting else texts.TO_ACKNOWLEDGE
        rows.append((say(label), clock_text(clocks.acknowledgement), theme.ORANGE if clocks.waiting else theme.TEXT))
        rows.append((say(texts.TARGET), *_target(clocks, say)))
        for number, (name, value, colour) in enumerate(rows):
            row = QRect(box.left(), box.top() + number * line, box.width(), line)
            painter.setFont(theme.font(theme.BODY, strong=True))
            painter.setPen(QColor(colour))
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
            taken = QFontMetrics(painter.font()).horizontalAdvance(value) + theme.SPACE
            _paint_line(painter, row.adjusted(0, 0, -taken, 0), name, size=theme.SMALL, soft=True)


def _target(clocks: IncidentClocks, say: Translator) -> tuple[str, str]:
    """Words and colour of the target's clock."""
    if clocks.arrival is not None:
        return say(texts.MET, time=clock_text(clocks.arrival)), theme.ORANGE if clocks.late else theme.TEXT
    if clocks.late:
        return say(texts.LATE, time=clock_text(clocks.left)), theme.ORANGE
    return say(texts.LEFT, time=clock_text(clocks.left)), theme.TEXT


def _paint_line(
    painter: QPainter, box: QRect, text: str, *, size: int = theme.BODY, strong: bool = False, soft: bool = False
) -> None:
    painter.setFont(theme.font(size, strong=strong))
    painter.setPen(QColor(theme.TEXT_SOFT if soft else theme.TEXT))
    shown = QFontMetrics(painter.font()).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _paint_badge(painter: QPainter, box: QRect, text: str) -> int:
    """A word in a frame that says it is not real; the width it took with the gap after it."""
    painter.setFont(theme.font(theme.SMALL, strong=True))
    width = QFontMetrics(painter.font()).horizontalAdvance(text) + 2 * theme.SPACE
    frame = QRectF(box.left() + 0.5, box.top() + 0.5, width, box.height() - 2)
    painter.setPen(QPen(QColor(theme.YELLOW), 1))
    painter.drawRect(frame)
    painter.setPen(QColor(theme.YELLOW))
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, text)
    return width + 2 * theme.SPACE
