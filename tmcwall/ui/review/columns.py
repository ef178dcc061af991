"""A column of a window that may be higher than the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget


def scrolled(column: QVBoxLayout) -> QScrollArea:
    """Its whole width is in sight; its height is scrolled."""
    page = QWidget()
    page.setLayout(column)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setMinimumWidth(page.minimumSizeHint().width())
    scroll.setWidget(page)
    return scroll
