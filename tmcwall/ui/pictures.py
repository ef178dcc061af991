"""Pictures of a feed as Qt's images."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtGui import QImage

from tmcwall.video.feed.tile_feed import Picture
from tmcwall.video.ipc.colour_conversion import LARGEST_BLOCK

_PIXEL: Final = 4


def address_of(image: QImage) -> int:
    """Where the pixels of an image begin; valid while the image is neither changed in size nor shared."""
    return int(np.frombuffer(image.bits(), np.uint8).ctypes.data)


class Sheet:
    """Memory for pictures of one size, one after another; its rows have room for whole blocks of pixels."""

    def __init__(self, width: int, height: int) -> None:
        self._stride = -(-width // LARGEST_BLOCK) * LARGEST_BLOCK * _PIXEL
        self._memory = np.empty(self._stride * height, np.uint8)
        self._image = QImage(
            self._memory.data, width, height, self._stride, QImage.Format.Format_RGB32
        )  # fmt: skip

    def paint(self, picture: Picture) -> QImage:
        """The picture, valid until the next one; it must not outlive the sheet."""
        picture.paint(self._memory.ctypes.data, self._stride)
        return self._image


def image_of(picture: Picture) -> QImage:
    """A copy that stays. Ask `TileFeed.whole` afterwards: the decoder may have written on while it was made."""
    return Sheet(picture.width, picture.height).paint(picture).copy()
