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
        widget = pg.PlotWidget(background=theme.SURFACE, enableMenu=False)
        plot = widget.getPlotItem()
        # WORKAROUND: pyqtgraph makes the menu also where it is disabled, and leaves it behind as a window of its own:
        # https://github.com/pyqtgraph/pyqtgraph/blob/pyqtgraph-0.14.0/pyqtgraph/graphicsItems/PlotItem/PlotItem.py
        plot.ctrlMenu.setParent(widget)
        plot.ctrlMenu.hide()  # a child that was never hidden is shown with its parent
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.showGrid(y=True, alpha=0.25)
        plot.setYRange(0, _TOP, padding=0)
        plot.setTitle(translate(texts.CHART), color=theme.TEXT, size=f"{theme.SMALL}px", justify="left")
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setTextPen(theme.TEXT_SOFT)
            axis.setPen(theme.BORDER)
            axis.setTickFont(theme.font(theme.SMALL))
        plot.getAxis("left").setTicks([[(percent, f"{percent}") for percent in range(0, 101, 20)], []])
        plot.addLegend(offset=(1, 1), colCount=len(_FILLS), labelTextColor=theme.TEXT)
        self._plot = plot
        self._bars: list[pg.BarGraphItem] = []
        widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
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
