"""Pictures of one colour in a tile's slots, without a decoder."""

import ctypes

from tmcwall.domain.clock import Clock, SystemClock
from tmcwall.video.ipc.colour_conversion import BT601
from tmcwall.video.ipc.shared_frames import Planes, TileWriter

_MACHINE = SystemClock()


def show_picture(tile_feed, colour, *, clock: Clock = _MACHINE) -> None:
    """Write a picture of one colour as a decoder would."""
    now_ns = clock.monotonic_ns()
    writer = TileWriter(
        tile_feed.board.memory,
        tile=tile_feed.tile,
        generation=tile_feed.generation,
        offset=tile_feed.extent.offset,
        width=tile_feed.width,
        height=tile_feed.height,
    )
    planes = Planes.of(tile_feed.width, tile_feed.height)
    red, green, blue = colour.redF(), colour.greenF(), colour.blueF()
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    address = writer.begin()
    ctypes.memset(address, round(16 + 219 * luma), planes.u_offset)
    ctypes.memset(
        address + planes.u_offset, round(128 + 224 * (blue - luma) / 1.772), planes.v_offset - planes.u_offset
    )
    ctypes.memset(address + planes.v_offset, round(128 + 224 * (red - luma) / 1.402), planes.size - planes.v_offset)
    writer.observe(last_change_ns=now_ns, black_since_ns=0, moved_since_ns=0)
    writer.publish(schedule_ns=now_ns, now_ns=now_ns, colours=BT601)


def near(colour, wanted):
    """Equal but for the rounding of a conversion in eight bits."""
    return max(abs(one - other) for one, other in zip(colour.getRgb(), wanted.getRgb(), strict=True)) <= 3
