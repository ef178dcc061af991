"""Whether the FFmpeg that is linked in knows the options that a container is opened with.

PyAV passes them on and does not report those that FFmpeg did not know.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Final

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.video.ipc.swscale import path_of

_FAKE_OBJECT: Final = 2  # AV_OPT_SEARCH_FAKE_OBJ of libavutil/opt.h


class _InputFormat(ctypes.Structure):
    """The public beginning of AVInputFormat (libavformat/avformat.h)."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("long_name", ctypes.c_char_p),
        ("flags", ctypes.c_int),
        ("extensions", ctypes.c_char_p),
        ("codec_tag", ctypes.c_void_p),
        ("private_class", ctypes.c_void_p),
    )


def check_format_options(demuxer: str, options: Iterable[str]) -> None:
    """Look for each name among the options of a demultiplexer and those that all have.

    Raises Fault(COMPONENT_MISSING) with the names that are not there, or where there is no such demultiplexer.
    """
    try:
        known = _Options(demuxer)
    except (OSError, AttributeError) as error:
        raise Fault(FaultCode.COMPONENT_MISSING, f"libavformat: {error}", retryable=False) from error
    unknown = sorted(name for name in options if not known.has(name))
    if unknown:
        raise Fault(FaultCode.COMPONENT_MISSING, f"FFmpeg does not know {', '.join(unknown)}", retryable=False)


class _Options:
    def __init__(self, demuxer: str) -> None:
        formats = ctypes.CDLL(path_of("avformat"))
        formats.av_find_input_format.restype = ctypes.POINTER(_InputFormat)
        formats.av_find_input_format.argtypes = [ctypes.c_char_p]
        formats.avformat_get_class.restype = ctypes.c_void_p
        self._find = ctypes.CDLL(path_of("avutil")).av_opt_find
        self._find.restype = ctypes.c_void_p
        self._find.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
        found = formats.av_find_input_format(demuxer.encode())
        if not found:
            raise OSError(f"no demultiplexer {demuxer}")
        classes = [found.contents.private_class, formats.avformat_get_class()]
        self._classes = [ctypes.c_void_p(known) for known in classes if known]

    def has(self, name: str) -> bool:
        """FFmpeg looks into an object whose first field is its class: a pointer to the class alone will do."""
        return any(self._find(ctypes.byref(known), name.encode(), None, 0, _FAKE_OBJECT) for known in self._classes)
