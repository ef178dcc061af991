"""The chart of a traffic counter. Needs pyqtgraph: imported when a chart is first wanted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tmcwall.domain.traffic_count import HOUR, hour_of
from tmcwall.texts import Translator
from tmcwall.texts import city as texts
from tmcwall.ui import theme
from tmcwall.ui.plots import still_plot

HOURS: Final = 48
_LEAST_TOP: Final = 100.0


class CountChart(QWidget):
    """A bar for each hour that was counted whole; a gap where none was. Lines for the thresholds."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        widget = still_plot()
        plot = widget.getPlotItem()
        plot.setXRange(-HOURS, 0, padding=0.02)
        plot.getAxis("bottom").setTicks([[(-hour, f"{hour}") for hour in range(0, HOURS + 1, 6)], []])
        self._plot = plot
        self._bars = pg.BarGraphItem(x=[], height=[], width=0.8, brush=QColor(theme.SKY), pen=QColor(theme.BORDER))
        plot.addItem(self._bars)
        self._lines: list[pg.InfiniteLine] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)

    def show_hours(
        self, place: str, hours: Mapping[datetime, int], *, now: datetime, thresholds: tuple[int, ...] = ()
    ) -> None:
        """Draw the last two days, and say them to those who cannot see them."""
        this_hour = hour_of(now)
        known = {-back: hours[hour] for back in range(1, HOURS + 1) if (hour := this_hour - HOUR * back) in hours}
        self._bars.setOpts(x=[place_x + 0.5 for place_x in known], height=list(known.values()))
        for line in self._lines:
            self._plot.removeItem(line)
        pen = QPen(QColor(theme.ORANGE), 2, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self._lines = [pg.InfiniteLine(pos=threshold, angle=0, pen=pen) for threshold in thresholds]
        for line in self._lines:
            self._plot.addItem(line)
        self._plot.setYRange(0, max(_LEAST_TOP, *known.values(), *thresholds, 0) * 1.1, padding=0)
        title = self._translate(texts.CHART, place=place)
        self._plot.setTitle(title, color=theme.TEXT, size=f"{theme.SMALL}px", justify="left")
        self.setAccessibleName(title)
        self.setAccessibleDescription(
            self._translate(texts.CHART_SAID, known=len(known), most=max(known.values(), default=0))
        )
