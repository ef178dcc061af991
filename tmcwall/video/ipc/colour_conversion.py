"""From the 4:2:0 picture in a slot to BGRA, written where it is to be seen: the desktop program's half of the scaling.

What lies in a slot comes from a decoder that a camera may have taken over: only its samples are used, never a size
or an offset, and of its colours no more than is known here.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tmcwall.video.ipc.shared_frames import Planes
from tmcwall.video.ipc.swscale import Swscale, pointers, strides

FULL_RANGE: Final = 1 << 8
"""Colours: the AVColorSpace of libavutil/pixfmt.h, with this bit where black is 0 and not 16."""
BT709: Final = 1  # AVCOL_SPC_BT709
BT601: Final = 5  # AVCOL_SPC_BT470BG
_MATRICES: Final = (BT709, 4, BT601, 6, 7, 9)
"""Those of cameras: BT.709, FCC, BT.601 under two names, SMPTE 240M, BT.2020."""
_KNOWN: Final = frozenset(_MATRICES) | frozenset(matrix | FULL_RANGE for matrix in _MATRICES)
_MOST_PREPARED: Final = 64
LARGEST_BLOCK: Final = 64
"""Pixels. No processor is known that writes more at once."""


class _Prepared:
    """A context with what does not change from picture to picture."""

    def __init__(self, library: Swscale, size: tuple[int, int], colours: int) -> None:
        self.context = library.context((*size, "yuv420p"), (*size, "bgra"))
        library.set_colours(self.context, matrix=colours & ~FULL_RANGE, full_range=bool(colours & FULL_RANGE))
        planes = Planes.of(*size)
        self.u_offset, self.v_offset = planes.u_offset, planes.v_offset
        self.source = pointers()
        self.source_strides = strides(planes.luma_stride, planes.chroma_stride, planes.chroma_stride)
        self.target = pointers()
        self.target_strides = strides()


class ColourConverter:
    """Paints pictures of 4:2:0; tiles of the same size share what is prepared for it. For one thread."""

    def __init__(self) -> None:
        """Raises Fault(COMPONENT_MISSING)."""
        self._library = Swscale.load()
        self._prepared: dict[tuple[tuple[int, int], int], _Prepared] = {}
        self.block = self._measure_block()
        """Pixels that this machine writes at once."""

    def paint(self, source: int, size: tuple[int, int], colours: int, *, target: int, stride: int) -> None:
        """Write the picture of width and height that lies at an address as BGRA rows, `stride` bytes apart.

        Rows are written in whole blocks: where the width is not a multiple of `block`, what lies behind a row is
        overwritten up to the end of its last block.
        """
        prepared = self._prepared.get((size, colours)) or self._prepare(size, colours)
        planes, targets = prepared.source, prepared.target
        planes[0] = source
        planes[1] = source + prepared.u_offset
        planes[2] = source + prepared.v_offset
        targets[0] = target
        prepared.target_strides[0] = stride
        self._library.scale(
            prepared.context, planes, prepared.source_strides, 0, size[1], targets, prepared.target_strides
        )  # fmt: skip

    def _prepare(self, size: tuple[int, int], colours: int) -> _Prepared:
        key = (size, colours if colours in _KNOWN else BT601)
        prepared = self._prepared.get(key)
        if prepared is None:
            if len(self._prepared) >= _MOST_PREPARED:
                oldest = next(iter(self._prepared))
                self._library.free(self._prepared.pop(oldest).context)
            prepared = self._prepared[key] = _Prepared(self._library, size, key[1])
        return prepared

    def _measure_block(self) -> int:
        row = LARGEST_BLOCK * 2
        picture = np.full(Planes.of(row, 2).size, 128, np.uint8)
        target = np.zeros((2, row, 4), np.uint8)
        self.paint(picture.ctypes.data, (2, 2), BT601, target=target.ctypes.data, stride=target.strides[0])
        return int(target.any(axis=(0, 2)).sum())
