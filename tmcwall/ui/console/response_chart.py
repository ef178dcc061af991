"""The chart of the shares within target. Needs pyqtgraph: imported when a chart is first wanted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tmcwall.domain.response_times import Share
from tmcwall.texts import Translator
from tmcwall.texts import incident_log as texts
from tmcwall.texts import incidents as incident_texts
from tmcwall.ui import theme
from tmcwall.ui.plots import still_plot

_FILLS: Final = (
    (theme.SKY, Qt.BrushStyle.SolidPattern),
    (theme.ORANGE, Qt.BrushStyle.BDiagPattern),
    (theme.GREEN, Qt.BrushStyle.DiagCrossPattern),
    (theme.YELLOW, Qt.BrushStyle.HorPattern),
    (theme.PURPLE, Qt.BrushStyle.VerPattern),
    (theme.GREY, Qt.BrushStyle.CrossPattern),
)
"""Colour and pattern, so that sources are told apart without colours."""
_TOP: Final = 130


class ResponseChart(QWidget):
    """A bar for each source of each day; none where nothing can be said."""

    def __init__(self, translate: Translator, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._translate = translate
        widget = still_plot()
        plot = widget.getPlotItem()
        plot.setYRange(0, _TOP, padding=0)
        plot.setTitle(translate(texts.CHART), color=theme.TEXT, size=f"{theme.SMALL}px", justify="left")
        plot.getAxis("left").setTicks([[(percent, f"{percent}") for percent in range(0, 101, 20)], []])
        plot.addLegend(offset=(1, 1), colCount=len(_FILLS), labelTextColor=theme.TEXT)
        self._plot = plot
        self._bars: list[pg.BarGraphItem] = []
        self.setAccessibleName(translate(texts.CHART))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)

    def show_shares(self, shares: Sequence[Share]) -> None:
        """Those of one step."""
        for bars in self._bars:
            self._plot.removeItem(bars)
        self._bars = []
        days = sorted({one.day for one in shares})
        sources = list(dict.fromkeys(one.source for one in shares))
        width = 0.8 / max(1, len(sources))
        for number, source in enumerate(sources):
            known = [(one, one.share) for one in shares if one.source is source and one.share is not None]
            colour, pattern = _FILLS[number % len(_FILLS)]
            bars = pg.BarGraphItem(
                x=[days.index(one.day) - 0.4 + (number + 0.5) * width for one, _ in known],
                height=[100 * share for _, share in known],
                width=width,
                brush=QBrush(QColor(colour), pattern),
                pen=QColor(colour),
                name=self._translate(incident_texts.SOURCES[source]),
            )
            self._plot.addItem(bars)
            self._bars.append(bars)
        self._plot.getAxis("bottom").setTicks([[(place, f"{day:%d.%m}") for place, day in enumerate(days)], []])
        self._plot.setXRange(-0.5, max(1, len(days)) - 0.5, padding=0.02)
        said = self._translate(texts.CHART_SAID, days=len(days), sources=len(sources))
        self.setAccessibleDescription(said)
