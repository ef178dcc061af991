"""Plots as all windows show them: without a menu, without a mouse, in the colours of the theme."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt

from tmcwall.ui import theme


def still_plot() -> pg.PlotWidget:
    """A plot to look at; it takes neither mouse nor keyboard."""
    widget = pg.PlotWidget(background=theme.SURFACE, enableMenu=False)
    plot = widget.getPlotItem()
    # WORKAROUND: pyqtgraph makes the menu also where it is disabled, and leaves it behind as a window of its own:
    # https://github.com/pyqtgraph/pyqtgraph/blob/pyqtgraph-0.14.0/pyqtgraph/graphicsItems/PlotItem/PlotItem.py
    plot.ctrlMenu.setParent(widget)
    plot.ctrlMenu.hide()  # a child that was never hidden is shown with its parent
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.showGrid(y=True, alpha=0.25)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setTextPen(theme.TEXT_SOFT)
        axis.setPen(theme.BORDER)
        axis.setTickFont(theme.font(theme.SMALL))
    widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return widget
