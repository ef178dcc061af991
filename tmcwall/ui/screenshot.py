"""A picture of a window as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QWidget

_DEFAULT_FORMAT: Final = "png"


def save_screenshot(window: QWidget, path: Path) -> None:
    """As PNG, or in the format that the path's suffix names. Raises OSError, which Qt's own saving keeps to itself."""
    suffix = path.suffix.removeprefix(".").lower()
    known = suffix.encode() in {bytes(name.data()) for name in QImageWriter.supportedImageFormats()}
    picture = QBuffer()
    picture.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(picture, suffix if known else _DEFAULT_FORMAT)
    path.write_bytes(picture.data().data())
