from collections.abc import Iterator

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import Limits
from tmcwall.video.frames import HEADER_BYTES, MAX_TILES, TileWriter
from tmcwall.video.memories import Memories
from tmcwall.video.tilefeed import TileFeed

IMPOSSIBLE = 1_000_000


@pytest.fixture
def memories() -> Iterator[Memories]:
    memories = Memories(2)
    yield memories
    for decoder in range(2):
        memories.board(decoder).memory.close()


def a_tile(memories: Memories, decoder: int = 0) -> TileFeed:
    return TileFeed(
        None,
        memories.board(decoder),
        camera_id="c1",
        decoder=decoder,
        tile=memories.take_tile(decoder),
        profile="auto",
        priority=False,
        limits=Limits(),
    )


def writer_of(memories: Memories, tile: TileFeed) -> TileWriter:
    return TileWriter(
        memories.board(tile.decoder).memory,
        tile=tile.tile,
        generation=tile.generation,
        offset=tile.stretch.offset,
        width=tile.width,
        height=tile.height,
    )


def tick(memories: Memories, times: int = 5) -> None:
    for _ in range(times):
        memories.reclaim()


def test_the_decoder_with_the_fewest_pixels_gets_the_next_tile(memories):
    assert memories.least_used() == 0
    memories.furnish(a_tile(memories, 0), 640, 360)
    assert memories.least_used() == 1
    large = a_tile(memories, 1)
    memories.furnish(large, 1920, 1080)
    assert memories.least_used() == 0
    memories.clear(large)
    assert memories.least_used() == 1


def test_rows_are_padded_and_each_size_has_a_generation_of_its_own(memories):
    tile = a_tile(memories)
    memories.furnish(tile, 301, 0)
    first = tile.generation
    assert (tile.width, tile.height) == (304, 1)
    memories.furnish(tile, 640, 360)
    assert tile.generation > first
    assert (tile.width, tile.height) == (640, 360)


def test_what_a_decoder_still_writes_to_belongs_to_nobody_else(memories):
    closed = a_tile(memories)
    memories.furnish(closed, 640, 360)
    writer = writer_of(memories, closed)
    memories.clear(closed)
    tick(memories)
    other = a_tile(memories)
    memories.furnish(other, 640, 360)
    assert other.tile != closed.tile
    assert other.stretch.offset != closed.stretch.offset
    writer.close()
    tick(memories)
    third = a_tile(memories)
    memories.furnish(third, 640, 360)
    assert (third.tile, third.stretch) == (closed.tile, closed.stretch)


def test_a_decoder_that_has_ended_writes_no_more(memories):
    closed = a_tile(memories)
    memories.furnish(closed, 640, 360)
    writer_of(memories, closed)
    memories.clear(closed)
    memories.writers_gone(1)
    assert memories.take_tile(0) != closed.tile
    memories.writers_gone(0)
    assert memories.take_tile(0) == closed.tile


def test_a_tile_whose_new_size_has_no_room_keeps_its_old_one(memories):
    tile = a_tile(memories)
    memories.furnish(tile, 640, 360)
    before = (tile.generation, tile.width, tile.height, tile.stretch)
    with pytest.raises(Fault) as caught:
        memories.furnish(tile, IMPOSSIBLE, IMPOSSIBLE)
    assert caught.value.code is FaultCode.COMPONENT_MISSING
    assert (tile.generation, tile.width, tile.height, tile.stretch) == before
    memories.clear(tile)
    tick(memories)
    whole = a_tile(memories)
    memories.furnish(whole, 8, 1)
    assert whole.stretch.offset == HEADER_BYTES


def test_a_memory_file_has_a_limited_number_of_tiles(memories):
    for _ in range(MAX_TILES):
        memories.take_tile(0)
    with pytest.raises(Fault) as caught:
        memories.take_tile(0)
    assert caught.value.code is FaultCode.COMPONENT_MISSING
    memories.give_back_tile(0, 7)
    assert memories.take_tile(0) == 7
