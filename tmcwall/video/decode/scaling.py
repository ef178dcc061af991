"""From a decoder's picture to the 4:2:0 picture of a tile's size, written straight into shared memory."""

from __future__ import annotations

from typing import Final, cast

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane

from tmcwall.video.ipc.colour_conversion import BT601, BT709, FULL_RANGE
from tmcwall.video.ipc.shared_frames import Planes
from tmcwall.video.ipc.swscale import Swscale, pointers, strides

_UNSPECIFIED: Final = (0, 2)  # AVCOL_SPC_RGB, which YUV never is, and AVCOL_SPC_UNSPECIFIED
_JPEG_RANGE: Final = 2  # AVCOL_RANGE_JPEG of libavutil/pixfmt.h
_PLAIN: Final = "yuv420p"


def plane_rows(plane: VideoPlane, height: int) -> npt.NDArray[np.uint8]:
    """The rows of a plane with their padding, not copied: shape (height, line size)."""
    data = np.frombuffer(plane, np.uint8)  # type: ignore[call-overload]  # PyAV does not declare its buffers as such
    return cast("npt.NDArray[np.uint8]", data[: plane.line_size * height].reshape(height, plane.line_size))


class Scaler:
    """Makes 4:2:0 pictures of one size. For one thread; keeps its tables from picture to picture."""

    def __init__(self, width: int, height: int) -> None:
        """Raises Fault(COMPONENT_MISSING)."""
        self._library = Swscale.load()
        self._size = (width, height)
        self._planes = planes = Planes.of(width, height)
        chroma = ((width + 1) // 2, (height + 1) // 2)
        self._copies = (
            (0, planes.luma_stride, width, height),
            (planes.u_offset, planes.chroma_stride, *chroma),
            (planes.v_offset, planes.chroma_stride, *chroma),
        )
        self._context: int | None = None
        self._made_for: tuple[int, int, str, int, int] | None = None
        self._colours = 0
        self._source = pointers()
        self._source_strides = strides()
        self._target = pointers()
        self._target_strides = strides(planes.luma_stride, planes.chroma_stride, planes.chroma_stride)

    def convert(self, frame: VideoFrame, address: int) -> int:
        """Write `Planes` at an address; returns their colours. Raises Fault(STREAM_BROKEN) if FFmpeg cannot.

        A picture that has the size and the layout already is only copied.
        """
        made_for = (frame.width, frame.height, frame.format.name, int(frame.colorspace), int(frame.color_range))
        if made_for != self._made_for:
            self._prepare(made_for)
        if self._context is None:
            copy = self._library.copy_plane
            for plane, (offset, stride, width, height) in zip(frame.planes, self._copies, strict=True):
                copy(address + offset, stride, plane.buffer_ptr, plane.line_size, width, height)
            return self._colours
        source, source_strides, target = self._source, self._source_strides, self._target
        for index, plane in enumerate(frame.planes):
            source[index] = plane.buffer_ptr
            source_strides[index] = plane.line_size
        target[0] = address
        target[1] = address + self._planes.u_offset
        target[2] = address + self._planes.v_offset
        self._library.scale(
            self._context, source, source_strides, 0, frame.height, target, self._target_strides
        )  # fmt: skip
        return self._colours

    def close(self) -> None:
        if self._context is not None:
            self._library.free(self._context)
            self._context = None
        self._made_for = None

    def _prepare(self, made_for: tuple[int, int, str, int, int]) -> None:
        self.close()
        width, height, given, matrix, colour_range = made_for
        pixel_format = _without_range(given)
        if (width, height) != self._size or pixel_format != _PLAIN:
            self._context = self._library.context((width, height, pixel_format), (*self._size, _PLAIN))
        self._colours = _colours(height, given, matrix, colour_range)
        self._made_for = made_for


def _without_range(pixel_format: str) -> str:
    """FFmpeg's old names for full range say nothing about how the samples lie."""
    return pixel_format.replace("yuvj", "yuv", 1)


def _colours(height: int, pixel_format: str, matrix: int, colour_range: int) -> int:
    if matrix in _UNSPECIFIED:
        matrix = BT709 if height >= 720 else BT601
    full = colour_range == _JPEG_RANGE or pixel_format.startswith("yuvj")
    return matrix | FULL_RANGE * full
