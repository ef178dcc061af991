"""A picture of a window, encoded."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtWidgets import QWidget


def screenshot(window: QWidget, picture_format: str) -> bytes:
    """The window as it stands, as `png`, `jpg`, `jpeg` or `bmp`."""
    picture = QBuffer()
    picture.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(picture, picture_format)
    return bytes(picture.data().data())
