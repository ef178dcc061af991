"""Where the console's window and docks stood when the program ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow

from tmcwall.private_files import make_private_file

_GEOMETRY: Final = "window"
_DOCKS: Final = "docks"
_SIZES: Final = "sizes"


@dataclass(frozen=True, slots=True)
class DockSizes:
    """Width of the cameras and of the incidents, height of the bookmarks, in pixels."""

    left: int
    right: int
    below: int


class Remembered:
    """A small file in the folder of the program's state. One that is broken or out of reach is as good as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def restore(self, window: QMainWindow) -> DockSizes | None:
        """Put the window and its docks where they were; the docks' sizes, None at the first start."""
        file = QSettings(str(self._path), QSettings.Format.IniFormat)
        for name, restore in ((_GEOMETRY, window.restoreGeometry), (_DOCKS, window.restoreState)):
            kept = file.value(name)
            if isinstance(kept, QByteArray):
                restore(kept)
        words = str(file.value(_SIZES)).split("x")
        if len(words) == 3 and all(word.isdecimal() and len(word) < 6 for word in words):
            return DockSizes(*map(int, words))
        return None

    def words(self, name: str) -> list[str]:
        """What was kept under a name; empty where nothing was."""
        kept = QSettings(str(self._path), QSettings.Format.IniFormat).value(name)
        return [word for word in str(kept or "").split("\n") if word]

    def keep_words(self, name: str, words: Sequence[str]) -> None:
        with suppress(OSError):
            make_private_file(self._path)
        file = QSettings(str(self._path), QSettings.Format.IniFormat)
        file.setValue(name, "\n".join(words))
        file.sync()

    def save(self, window: QMainWindow, sizes: DockSizes) -> None:
        with suppress(OSError):
            make_private_file(self._path)  # Qt keeps the rights of the file that it replaces
        file = QSettings(str(self._path), QSettings.Format.IniFormat)
        file.setValue(_GEOMETRY, window.saveGeometry())
        file.setValue(_DOCKS, window.saveState())
        file.setValue(_SIZES, "x".join(map(str, astuple(sizes))))
        file.sync()
