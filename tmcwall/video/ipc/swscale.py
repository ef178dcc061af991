"""FFmpeg's picture scaler, called directly: PyAV's reformatter always makes a new picture, which then has to be copied.

300 µs for 640x360 against 75 µs when the scaler writes where the pixels are wanted. PyAV itself is not needed
for it, only the libraries that came with it.
"""

from __future__ import annotations

import ctypes
from ctypes.util import find_library
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode

_FAST_BILINEAR: Final = 1  # SWS_FAST_BILINEAR of libswscale/swscale.h
_UNITY: Final = 1 << 16  # contrast and saturation in 16.16

Pointers = ctypes.Array[ctypes.c_void_p]
Strides = ctypes.Array[ctypes.c_int]


def pointers(*addresses: int) -> Pointers:
    """The planes of a picture as the scaler takes them."""
    return (ctypes.c_void_p * 4)(*addresses)


def strides(*row_bytes: int) -> Strides:
    """Bytes from row to row of each plane."""
    return (ctypes.c_int * 4)(*row_bytes)


class Swscale:
    """The few functions of libswscale and libavutil that are needed."""

    _loaded: Swscale | None = None

    def __init__(self, swscale: str, avutil: str) -> None:
        scale = ctypes.CDLL(swscale)
        util = ctypes.CDLL(avutil)
        c_int, c_pointer = ctypes.c_int, ctypes.c_void_p
        self._new_context = scale.sws_getContext
        self._new_context.restype = c_pointer
        self._new_context.argtypes = [c_int] * 7 + [c_pointer] * 3
        self.free = scale.sws_freeContext
        """Give a context back."""
        self.free.restype = None
        self.free.argtypes = [c_pointer]
        self._coefficients = scale.sws_getCoefficients
        self._coefficients.restype = c_pointer
        self._coefficients.argtypes = [c_int]
        self._set_colours = scale.sws_setColorspaceDetails
        self._set_colours.argtypes = [c_pointer, c_pointer, c_int, c_pointer, c_int, c_int, c_int, c_int]
        self.scale = scale.sws_scale
        """(context, planes, strides, first row, rows, target planes, target strides): convert one picture."""
        self.scale.argtypes = [c_pointer, c_pointer, c_pointer, c_int, c_int, c_pointer, c_pointer]
        self._pixel_format = util.av_get_pix_fmt
        self._pixel_format.argtypes = [ctypes.c_char_p]
        self.copy_plane = util.av_image_copy_plane
        """(target, target stride, source, source stride, bytes of a row, rows)"""
        self.copy_plane.restype = None
        self.copy_plane.argtypes = [c_pointer, c_int, c_pointer, c_int, c_int, c_int]

    @classmethod
    def load(cls) -> Swscale:
        """The libraries, loaded once: those of PyAV's wheel, else the system's. Raises Fault(COMPONENT_MISSING)."""
        if cls._loaded is None:
            try:
                cls._loaded = cls(path_of("swscale"), path_of("avutil"))
            except (OSError, AttributeError) as error:
                raise Fault(FaultCode.COMPONENT_MISSING, f"libswscale: {error}", retryable=False) from error
        return cls._loaded

    def context(self, source: tuple[int, int, str], target: tuple[int, int, str]) -> int:
        """A converter between two (width, height, pixel format). Raises Fault(STREAM_BROKEN) where there is none."""
        formats = [self._pixel_format(name.encode()) for _, _, name in (source, target)]
        context: int | None = self._new_context(
            *source[:2], formats[0], *target[:2], formats[1], _FAST_BILINEAR, None, None, None
        )  # fmt: skip
        if not context:
            raise Fault(FaultCode.STREAM_BROKEN, f"no conversion from {source} to {target}")
        return context

    def set_colours(self, context: int, *, matrix: int, full_range: bool) -> None:
        """How a YUV source is to be read when it becomes RGB. `matrix` is an AVColorSpace."""
        table = self._coefficients(matrix)
        self._set_colours(context, table, int(full_range), table, 1, 0, _UNITY, _UNITY)


def path_of(library: str) -> str:
    """Of a library of FFmpeg, `avutil` for example: that of PyAV's wheel, else the system's."""
    spec = find_spec("av")
    package = Path(spec.origin).parent if spec is not None and spec.origin else Path()
    folders = [package.parent / "av.libs", package / ".dylibs"]
    found = [str(path) for folder in folders for path in folder.glob(f"*{library}*")]
    return found[0] if len(found) == 1 else find_library(library) or library
