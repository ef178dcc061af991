"""What is drawn into pictures of a copy: covered places, annotations, and the strip above with words and time."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Final, cast

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from tmcwall.domain.derived_copy import Box, Cover, Drawing, DrawnShape, Stamp

Bytes = npt.NDArray[np.uint8]

_BLACK, _WHITE, _NO_COLOUR = 16, 235, 128
_SMALLEST_CELL: Final = 16
_MOST_CELLS: Final = 8
_ROW_PART: Final = 0.045
_SMALLEST_ROW: Final = 20
_LINE_PART: Final = 0.003
_LETTER_PART: Final = 0.04
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


class Canvas:
    """The planes of one 4:2:0 picture with even sides, made by copying, below a strip that is still empty."""

    def __init__(self, frame: VideoFrame, *, width: int, height: int, rows: int = 0) -> None:
        """`rows` of the strip: an even number."""
        plain = frame.reformat(width=width, height=height, format="yuv420p")
        self.width, self.height, self._rows = width, height, rows
        self._data: Bytes = np.empty((rows + height) * width * 3 // 2, np.uint8)
        luma, half = (rows + height) * width, (rows + height) * width // 4
        self._strip = self._data[: rows * width].reshape(rows, width)
        self.luma = self._data[rows * width : luma].reshape(height, width)
        self.luma[:] = _rows_of(plain, 0)
        self._chroma: list[Bytes] = []
        for number in range(2):
            plane = self._data[luma + number * half : luma + (number + 1) * half].reshape(-1, width // 2)
            plane[: rows // 2] = _NO_COLOUR
            plane[rows // 2 :] = _rows_of(plain, number + 1)
            self._chroma.append(plane[rows // 2 :])

    def cover(self, box: Box, cover: Cover) -> None:
        """At least the whole box: its sides go outwards to even pixels."""
        left, top = int(box.x * self.width) & ~1, int(box.y * self.height) & ~1
        right = min(self.width, -(-int(np.ceil((box.x + box.width) * self.width)) // 2) * 2)
        bottom = min(self.height, -(-int(np.ceil((box.y + box.height) * self.height)) // 2) * 2)
        place = slice(top, bottom), slice(left, right)
        half = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
        if cover is Cover.SOLID:
            self.luma[place] = _BLACK
            for plane in self._chroma:
                plane[half] = _NO_COLOUR
            return
        longer = max(bottom - top, right - left)
        cell = max(_SMALLEST_CELL, -(-longer // _MOST_CELLS))
        cell += cell & 1
        _coarsen(self.luma[place], cell)
        for plane in self._chroma:
            _coarsen(plane[half], cell // 2)

    def draw(self, drawing: Drawing) -> None:
        """White with a black edge: it can be seen on any picture."""
        one = round(drawing.x * (self.width - 1)), round(drawing.y * (self.height - 1))
        other = round(drawing.to_x * (self.width - 1)), round(drawing.to_y * (self.height - 1))
        line = max(1, round(self.height * _LINE_PART))
        for colour, thickness in ((_BLACK, 3 * line), (_WHITE, line)):
            match drawing.shape:
                case DrawnShape.BOX:
                    cv2.rectangle(self.luma, one, other, colour, thickness)
                case DrawnShape.ARROW:
                    length = max(1.0, float(np.hypot(other[0] - one[0], other[1] - one[1])))
                    head = min(0.5, 10 * line / length)
                    cv2.arrowedLine(self.luma, one, other, colour, thickness, cv2.LINE_AA, tipLength=head)
                case DrawnShape.TEXT:
                    pass
        if drawing.text:
            self._letter(plain_letters(drawing.text), one, line)

    def _letter(self, text: str, at: tuple[int, int], line: int) -> None:
        """Above the point where there is room, and not beyond the edges."""
        scale = max(0.4, self.height * _LETTER_PART / 22)
        (wide, tall), below = cv2.getTextSize(text, _FONT, scale, line)
        scale = min(scale, scale * (self.width - 8) / max(wide, 1))
        (wide, tall), below = cv2.getTextSize(text, _FONT, scale, line)
        left = max(4, min(at[0], self.width - wide - 4))
        base = min(max(at[1] - below - 2 * line, tall + 4), self.height - below - 1)
        for colour, thickness in ((_BLACK, 3 * line), (_WHITE, line)):
            cv2.putText(self.luma, text, (left, base), _FONT, scale, colour, thickness, cv2.LINE_AA)

    def under(self, strip: Bytes) -> VideoFrame:
        """The picture with that strip of luma above it, of the rows that were left for it. Not copied: nothing can be
        covered any more.
        """
        self._strip[:] = strip
        data = self._data.reshape((self._rows + self.height) * 3 // 2, self.width)
        return VideoFrame.from_numpy_buffer(data, format="yuv420p")


def _rows_of(frame: VideoFrame, number: int) -> Bytes:
    plane = frame.planes[number]
    data = np.frombuffer(plane, np.uint8)  # type: ignore[call-overload]  # PyAV does not declare its buffers as such
    return cast("Bytes", data.reshape(-1, plane.line_size)[: plane.height, : plane.width])


class StampStrip:
    """Two rows: the words, and the time by the station's clock."""

    def __init__(self, stamp: Stamp | None, *, width: int, height: int) -> None:
        row = max(_SMALLEST_ROW, int(height * _ROW_PART)) & ~1
        self._stamp = stamp
        self._row = row
        self._plain = np.full((2 * row if stamp is not None else 0, width), _BLACK, np.uint8)
        if stamp is not None:
            _write(self._plain[:row], plain_letters(stamp.words))

    @property
    def rows(self) -> int:
        return int(self._plain.shape[0])

    def at(self, at_s: float) -> Bytes:
        if self._stamp is None:
            return self._plain
        strip = self._plain.copy()
        _write(strip[self._row :], time_text(self._stamp, at_s))
        return strip


def time_text(stamp: Stamp, at_s: float) -> str:
    """`30-11-2026 08:00:05.24 WIB`."""
    moment = stamp.zone.local(datetime.fromtimestamp(stamp.begins_at + at_s, UTC))
    return f"{moment:%d-%m-%Y %H:%M:%S}.{moment.microsecond // 10_000:02d} {stamp.zone}"


def plain_letters(text: str) -> str:
    """Letters that the drawn font has: marks on letters are left out, others are question marks."""
    split = unicodedata.normalize("NFKD", text)
    kept = "".join(letter for letter in split if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= "~" else "?" for letter in kept)


def _write(row: Bytes, text: str) -> None:
    """As large as the row allows, and smaller where the text is long."""
    height, width = row.shape
    (wide, tall), below = cv2.getTextSize(text, _FONT, 1.0, 1)
    if not wide:
        return
    scale = min(height * 0.8 / (tall + below), (width - 8) / wide)
    thickness = 2 if height >= 2 * _SMALLEST_ROW else 1
    base = int((height + (tall - below) * scale) / 2)
    cv2.putText(row, text, (4, base), _FONT, scale, _WHITE, thickness, cv2.LINE_AA)


def _coarsen(place: Bytes, cell: int) -> None:
    height, width = place.shape
    for top in range(0, height, cell):
        for left in range(0, width, cell):
            one = place[top : top + cell, left : left + cell]
            one[:] = int(one.mean())
