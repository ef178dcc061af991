"""From a decoder's picture to the pixels of a tile, written straight into shared memory.

PyAV's reformatter always makes a new picture, which then has to be copied: 300 µs for 640x360 against 75 µs when
FFmpeg's own scaler writes where the pixels are wanted. So the scaler that PyAV has loaded is
called directly; where its library is not found, the reformatter and the copy remain.
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Final, Protocol, cast

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.plane import VideoPlane
from av.video.reformatter import Interpolation, VideoReformatter

from tmcwall.domain.fault import Fault, FaultCode

_FAST_BILINEAR: Final = 1  # SWS_FAST_BILINEAR of libswscale/swscale.h
_FULL_RANGE: Final = 2  # AVCOL_RANGE_JPEG of libavutil/pixfmt.h
_BT709: Final = 1  # AVCOL_SPC_BT709
_BT601: Final = 5  # AVCOL_SPC_BT470BG
_UNSPECIFIED: Final = (0, 2)  # AVCOL_SPC_RGB, which YUV never is, and AVCOL_SPC_UNSPECIFIED
_UNITY: Final = 1 << 16  # contrast and saturation in 16.16
_WHOLE_BLOCKS: Final = 8
"""Pixels that the unscaled conversion writes at once; it leaves the rest of a row of another width unwritten."""


class Scaler(Protocol):
    """Converts pictures to BGRA of one size. For one thread; keeps its tables from picture to picture."""

    def convert(self, frame: VideoFrame, address: int) -> None:
        """Write `width * height * 4` bytes at an address. Raises Fault(STREAM_BROKEN) if FFmpeg cannot convert it."""
        ...

    def close(self) -> None: ...


def scaler(width: int, height: int) -> Scaler:
    """The fastest scaler of this machine for tiles of that size in pixels."""
    library = _Library.found()
    if library is None or width % _WHOLE_BLOCKS:
        return CopyingScaler(width, height)
    return DirectScaler(library, width, height)


class _Library:
    """The functions of libswscale and libavutil that are needed, from the libraries PyAV has loaded."""

    _found: _Library | None = None

    def __init__(self, swscale: Path, avutil: Path) -> None:
        scale = ctypes.CDLL(str(swscale))
        util = ctypes.CDLL(str(avutil))
        c_int, c_pointer = ctypes.c_int, ctypes.c_void_p
        self.new_context = scale.sws_getContext
        self.new_context.restype = c_pointer
        self.new_context.argtypes = [c_int] * 7 + [c_pointer] * 3
        self.free_context = scale.sws_freeContext
        self.free_context.restype = None
        self.free_context.argtypes = [c_pointer]
        self.coefficients = scale.sws_getCoefficients
        self.coefficients.restype = c_pointer
        self.coefficients.argtypes = [c_int]
        self.set_colours = scale.sws_setColorspaceDetails
        self.set_colours.argtypes = [c_pointer, c_pointer, c_int, c_pointer, c_int, c_int, c_int, c_int]
        self.scale = scale.sws_scale
        self.scale.argtypes = [c_pointer, c_pointer, c_pointer, c_int, c_int, c_pointer, c_pointer]
        self.pixel_format = util.av_get_pix_fmt
        self.pixel_format.argtypes = [ctypes.c_char_p]
        self.bgra = self.pixel_format(b"bgra")

    @classmethod
    def found(cls) -> _Library | None:
        """The libraries beside the `av` package (Linux, Windows and macOS wheels), loaded once; None without them."""
        if cls._found is None:
            package = Path(av.__file__).parent
            folders = [package.parent / "av.libs", package / ".dylibs"]
            swscale = [path for folder in folders for path in folder.glob("*swscale*")]
            avutil = [path for folder in folders for path in folder.glob("*avutil*")]
            if len(swscale) == 1 and len(avutil) == 1:
                cls._found = cls(swscale[0], avutil[0])
        return cls._found


def plane_rows(plane: VideoPlane, height: int) -> npt.NDArray[np.uint8]:
    """The rows of a plane with their padding, not copied: shape (height, line size)."""
    data = np.frombuffer(plane, np.uint8)  # type: ignore[call-overload]  # PyAV does not declare its buffers as such
    return cast("npt.NDArray[np.uint8]", data[: plane.line_size * height].reshape(height, plane.line_size))


class DirectScaler:
    """FFmpeg's scaler, writing into the given memory."""

    def __init__(self, library: _Library, width: int, height: int) -> None:
        self._library = library
        self._width = width
        self._height = height
        self._context: int | None = None
        self._made_for: tuple[int, int, str, int, int] | None = None
        self._source = (ctypes.c_void_p * 4)()
        self._source_strides = (ctypes.c_int * 4)()
        self._target = (ctypes.c_void_p * 4)()
        self._target_strides = (ctypes.c_int * 4)(4 * width)

    def convert(self, frame: VideoFrame, address: int) -> None:
        made_for = (frame.width, frame.height, frame.format.name, int(frame.colorspace), int(frame.color_range))
        if made_for != self._made_for:
            self._prepare(made_for)
        source, strides = self._source, self._source_strides
        for index, plane in enumerate(frame.planes):
            source[index] = plane.buffer_ptr
            strides[index] = plane.line_size
        self._target[0] = address
        self._library.scale(
            self._context, source, strides, 0, frame.height, self._target, self._target_strides
        )  # fmt: skip

    def close(self) -> None:
        if self._context is not None:
            self._library.free_context(self._context)
            self._context = None
            self._made_for = None

    def _prepare(self, made_for: tuple[int, int, str, int, int]) -> None:
        self.close()
        width, height, pixel_format, colour_space, colour_range = made_for
        library = self._library
        source_format = library.pixel_format(pixel_format.encode())
        context = library.new_context(
            width, height, source_format, self._width, self._height, library.bgra, _FAST_BILINEAR, None, None, None
        )  # fmt: skip
        if not context:
            raise Fault(FaultCode.STREAM_BROKEN, f"no conversion from {pixel_format}")
        if colour_space in _UNSPECIFIED:
            colour_space = _BT709 if height >= 720 else _BT601
        full = int(colour_range == _FULL_RANGE or pixel_format.startswith("yuvj"))
        table = library.coefficients(colour_space)
        library.set_colours(context, table, full, table, 1, 0, _UNITY, _UNITY)
        self._context = context
        self._made_for = made_for


class CopyingScaler:
    """PyAV's reformatter and a copy."""

    def __init__(self, width: int, height: int) -> None:
        self._width = width
        self._height = height
        self._reformatter = VideoReformatter()

    def convert(self, frame: VideoFrame, address: int) -> None:
        try:
            picture = self._reformatter.reformat(
                frame, self._width, self._height, "bgra", interpolation=Interpolation.FAST_BILINEAR, threads=1
            )
        except (av.error.FFmpegError, ValueError) as error:
            raise Fault(FaultCode.STREAM_BROKEN, "no conversion") from error
        plane = picture.planes[0]
        row = 4 * self._width
        source = plane_rows(plane, self._height)[:, :row]
        target = (ctypes.c_uint8 * (row * self._height)).from_address(address)
        np.frombuffer(memoryview(target), np.uint8).reshape(self._height, row)[:] = source

    def close(self) -> None:
        """Nothing to give back."""
