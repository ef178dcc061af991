"""Charts of how a tile's video did. The only module that needs pyqtgraph: imported when charts are first wanted."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tmcwall.texts import Text, Translator
from tmcwall.texts import wall as texts
from tmcwall.ui import theme
from tmcwall.ui.plots import still_plot
from tmcwall.ui.wall.history import SPAN_S, Line, Lines

_LEAST_TOP: Final = 1.0
_LEGEND: Final = 1.8
"""Of the highest value: the names of the lines stand above them."""
_AXIS_WIDTH: Final = 12 * theme.SPACE
_TICKS: Final = [[(-minute * 60.0, f"{minute}") for minute in range(0, 11, 2)], []]


class Chart:
    """One plot of the last ten minutes with a line or several; the names of the lines stand beside it in words."""

    def __init__(
        self, title: Text, lines: dict[str, tuple[Text, QPen]], *, translate: Translator, timed: bool = False
    ) -> None:
        """`lines`: by the name of the line in `Lines`. `timed`: with words for the axis of time."""
        self._title = translate(title)
        self._translate = translate
        self._names = {key: translate(name) for key, (name, _) in lines.items()}
        widget = still_plot()
        self.widget: QWidget = widget
        plot = widget.getPlotItem()
        plot.setTitle(self._title, color=theme.TEXT, size=f"{theme.SMALL}px", justify="left")
        plot.setXRange(-SPAN_S, 0, padding=0.02)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        plot.getAxis("bottom").setTicks(_TICKS)
        if timed:
            plot.setLabel("bottom", translate(texts.CHART_TIME), color=theme.TEXT_SOFT)
        if len(lines) > 1:
            plot.addLegend(offset=(1, 1), colCount=len(lines), labelTextColor=theme.TEXT)
        self._plot = plot
        self._headroom = _LEGEND if len(lines) > 1 else 1.0
        self._curves = {
            key: plot.plot(pen=pen, name=self._names[key], connect="finite") for key, (_, pen) in lines.items()
        }
        self.widget.setAccessibleName(self._title)

    def show(self, lines: Lines) -> None:
        """Draw these values, and say them to those who cannot see them."""
        said = []
        top = _LEAST_TOP
        for key, curve in self._curves.items():
            values: Line = getattr(lines, key)
            curve.setData(lines.age_s, values)
            known = values[~np.isnan(values)]
            top = max(top, float(known.max(initial=0)))
            said.append(self._say(self._names[key], known))
        self._plot.setYRange(0, top * self._headroom, padding=0.08)
        self.widget.setAccessibleDescription(". ".join(said))

    def _say(self, name: str, known: Line) -> str:
        if not known.size:
            return self._translate(texts.CHART_UNKNOWN, name=name)
        least, mean, most = (f"{float(value):.1f}" for value in (known.min(), known.mean(), known.max()))
        return self._translate(texts.CHART_SUMMARY, name=name, least=least, mean=mean, most=most)


class Charts(QWidget):
    """Rates, delay and losses, one below the other."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate(texts.CHARTS_NAME))
        rates = {
            "received_fps": (texts.LINE_RECEIVED, _pen(theme.SKY, Qt.PenStyle.DotLine)),
            "decoded_fps": (texts.LINE_DECODED, _pen(theme.YELLOW, Qt.PenStyle.DashLine)),
            "displayed_fps": (texts.LINE_DISPLAYED, _pen(theme.GREEN, Qt.PenStyle.SolidLine)),
        }
        delay = {"delay_ms": (texts.CHART_DELAY, _pen(theme.ORANGE, Qt.PenStyle.SolidLine))}
        lost = {"packets_lost": (texts.CHART_LOST, _pen(theme.VERMILLION, Qt.PenStyle.SolidLine))}
        self.charts = (
            Chart(texts.CHART_RATES, rates, translate=translate),
            Chart(texts.CHART_DELAY, delay, translate=translate),
            Chart(texts.CHART_LOST, lost, translate=translate, timed=True),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACE)
        for chart in self.charts:
            layout.addWidget(chart.widget, 1)

    def show_lines(self, lines: Lines) -> None:
        for chart in self.charts:
            chart.show(lines)


def _pen(colour: str, style: Qt.PenStyle) -> QPen:
    pen = QPen(QColor(colour), 2, style)
    pen.setCosmetic(True)
    return pen
