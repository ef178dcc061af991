"""Pictures in shared memory: a header and four slots a tile, one memory file a decoder.

The desktop program makes a memory file for each decoder (sparse, `MEMORY_BYTES`). The engine inherits it and hands it
to whichever process is that decoder now: a decoder can die without the tiles losing their memory. It has no name
in any file system where the system allows that (memfd on Linux), so nothing can be left behind.

Layout: MAX_TILES headers of dtype TILE, then the tiles' slots at the offsets that the desktop program gives out.
Writer (decoder): slot = (sequence + 1) % SLOTS; begin = sequence + 1; pixels; the slot's fields; end = sequence + 1;
sequence += 1. Reader (desktop program): a slot whose begin and end differ, before or after its pixels were used, is
torn and never painted. All times are nanoseconds of the monotonic clock, 0 = never.
"""

from __future__ import annotations

from typing import Final

import numpy as np

SLOTS: Final = 4
MAX_TILES: Final = 512
MEMORY_BYTES: Final = 1 << 30

SLOT: Final = np.dtype(
    [
        ("begin", np.uint64),
        ("end", np.uint64),
        ("schedule_ns", np.int64),
        ("decoded_ns", np.int64),
    ]
)
TILE: Final = np.dtype(
    [
        ("generation", np.uint64),
        ("sequence", np.uint64),
        ("last_packet_ns", np.int64),
        ("last_frame_ns", np.int64),
        ("last_change_ns", np.int64),
        ("black_since_ns", np.int64),
        ("decoded", np.uint64),
        ("damaged", np.uint64),
        ("slots", SLOT, (SLOTS,)),
    ]
)
