import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QLabel

from tmcwall.ui.screenshot import screenshot


@pytest.mark.parametrize(("picture_format", "written"), [("png", b"png"), ("jpg", b"jpeg"), ("bmp", b"bmp")])
def test_a_picture_of_a_window_is_in_the_format_that_was_asked_for(qtbot, picture_format: str, written: bytes):
    label = QLabel("Gambar")
    qtbot.addWidget(label)
    picture = QBuffer()
    picture.setData(QByteArray(screenshot(label, picture_format)))
    picture.open(QIODevice.OpenModeFlag.ReadOnly)
    assert bytes(QImageReader.imageFormat(picture).data()) == written
