"""The picture that a test of a camera leaves: a new file for its owner only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from tmcwall.domain.fault import DomainCode, DomainError, FaultCode
from tmcwall.durable import disk_fault, new_file
from tmcwall.video.engine.probe_decoder import ProbePicture

_FORMATS: Final = {".png": b"png", ".jpg": b"jpg", ".jpeg": b"jpg"}
_JPEG_QUALITY: Final = 90


def check_picture_file(path: Path) -> None:
    """That a picture can be saved there, before a camera is asked.

    Raises DomainError(PICTURE_FORMAT, OUTPUT_REFUSED, OUTPUT_EXISTS).
    """
    if path.suffix.lower() not in _FORMATS:
        raise DomainError(DomainCode.PICTURE_FORMAT, str(path))
    if not path.absolute().parent.is_dir():
        raise DomainError(DomainCode.OUTPUT_REFUSED, str(path))
    if path.exists():
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(path))


def save_picture(path: Path, picture: ProbePicture) -> None:
    """As PNG or JPEG, by its suffix.

    Raises DomainError(PICTURE_FORMAT, OUTPUT_EXISTS) and Fault(FILE_UNWRITABLE, DISK_*).
    """
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise DomainError(DomainCode.PICTURE_FORMAT, str(path))
    image = QImage(picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32)
    encoded = QBuffer()
    encoded.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(encoded, QByteArray(kind))
    if kind == b"jpg":
        writer.setQuality(_JPEG_QUALITY)
    writer.write(image)
    try:
        with new_file(path) as file:
            file.write(encoded.data().data())
    except FileExistsError as error:
        raise DomainError(DomainCode.OUTPUT_EXISTS, str(path)) from error
    except OSError as error:
        raise disk_fault(error, otherwise=FaultCode.FILE_UNWRITABLE) from error
