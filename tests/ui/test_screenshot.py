from pathlib import Path

import pytest
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QLabel

from tmcwall.ui.screenshot import save_screenshot


@pytest.mark.parametrize(
    ("name", "written"), [("a.png", b"png"), ("a.JPG", b"jpeg"), ("a", b"png"), ("a.foto", b"png")]
)
def test_a_picture_has_the_format_of_its_name_or_is_png(qtbot, tmp_path: Path, name: str, written: bytes):
    label = QLabel("Gambar")
    qtbot.addWidget(label)
    save_screenshot(label, tmp_path / name)
    assert bytes(QImageReader.imageFormat(str(tmp_path / name)).data()) == written


def test_a_picture_that_cannot_be_written_is_an_error(qtbot, tmp_path: Path):
    label = QLabel("Gambar")
    qtbot.addWidget(label)
    with pytest.raises(FileNotFoundError):
        save_screenshot(label, tmp_path / "none" / "a.png")
