from collections.abc import Iterator

import pytest

from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.health import Limits
from tmcwall.video.feed.tile_feed import TileFeed
from tmcwall.video.feed.tile_memory import TileMemoryPool
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, MAX_TILES, TileWriter

IMPOSSIBLE = 1_000_000


@pytest.fixture
def tile_memory() -> Iterator[TileMemoryPool]:
    tile_memory = TileMemoryPool(2)
    yield tile_memory
    for decoder in range(2):
        tile_memory.board(decoder).memory.close()


def a_tile(tile_memory: TileMemoryPool, decoder: int = 0) -> TileFeed:
    return TileFeed(
        None,  # type: ignore[arg-type]  # nothing is asked of the feed here
        tile_memory.board(decoder),
        camera_id="c1",
        decoder=decoder,
        tile=tile_memory.take_tile(decoder),
        profile=None,
        priority=False,
        limits=Limits(),
    )


def writer_of(tile_memory: TileMemoryPool, tile: TileFeed) -> TileWriter:
    return TileWriter(
        tile_memory.board(tile.decoder).memory,
        tile=tile.tile,
        generation=tile.generation,
        offset=tile.extent.offset,
        width=tile.width,
        height=tile.height,
    )


def tick(tile_memory: TileMemoryPool, times: int = 5) -> None:
    for _ in range(times):
        tile_memory.reclaim()


def test_the_decoder_with_the_fewest_pixels_gets_the_next_tile(tile_memory):
    assert tile_memory.least_used() == 0
    tile_memory.allocate(a_tile(tile_memory, 0), 640, 360)
    assert tile_memory.least_used() == 1
    large = a_tile(tile_memory, 1)
    tile_memory.allocate(large, 1920, 1080)
    assert tile_memory.least_used() == 0
    tile_memory.release(large)
    assert tile_memory.least_used() == 1


def test_rows_are_padded_and_each_size_has_a_generation_of_its_own(tile_memory):
    tile = a_tile(tile_memory)
    tile_memory.allocate(tile, 301, 0)
    first = tile.generation
    assert (tile.width, tile.height) == (304, 1)
    tile_memory.allocate(tile, 640, 360)
    assert tile.generation > first
    assert (tile.width, tile.height) == (640, 360)


def test_what_a_decoder_still_writes_to_belongs_to_nobody_else(tile_memory):
    closed = a_tile(tile_memory)
    tile_memory.allocate(closed, 640, 360)
    writer = writer_of(tile_memory, closed)
    tile_memory.release(closed)
    tick(tile_memory)
    other = a_tile(tile_memory)
    tile_memory.allocate(other, 640, 360)
    assert other.tile != closed.tile
    assert other.extent.offset != closed.extent.offset
    writer.close()
    tick(tile_memory)
    third = a_tile(tile_memory)
    tile_memory.allocate(third, 640, 360)
    assert (third.tile, third.extent) == (closed.tile, closed.extent)


def test_a_decoder_that_has_ended_writes_no_more(tile_memory):
    closed = a_tile(tile_memory)
    tile_memory.allocate(closed, 640, 360)
    writer_of(tile_memory, closed)
    tile_memory.release(closed)
    tile_memory.writers_gone(1)
    assert tile_memory.take_tile(0) != closed.tile
    tile_memory.writers_gone(0)
    assert tile_memory.take_tile(0) == closed.tile


def test_a_tile_whose_new_size_has_no_room_keeps_its_old_one(tile_memory):
    tile = a_tile(tile_memory)
    tile_memory.allocate(tile, 640, 360)
    before = (tile.generation, tile.width, tile.height, tile.extent)
    with pytest.raises(Fault) as caught:
        tile_memory.allocate(tile, IMPOSSIBLE, IMPOSSIBLE)
    assert caught.value.code is FaultCode.PICTURE_MEMORY_FULL
    assert (tile.generation, tile.width, tile.height, tile.extent) == before
    tile_memory.release(tile)
    tick(tile_memory)
    whole = a_tile(tile_memory)
    tile_memory.allocate(whole, 8, 1)
    assert whole.extent.offset == HEADER_BYTES


def test_a_memory_file_has_a_limited_number_of_tiles(tile_memory):
    for _ in range(MAX_TILES):
        tile_memory.take_tile(0)
    with pytest.raises(Fault) as caught:
        tile_memory.take_tile(0)
    assert caught.value.code is FaultCode.PICTURE_MEMORY_FULL
    tile_memory.give_back_tile(0, 7)
    assert tile_memory.take_tile(0) == 7


def test_whoever_went_without_is_to_try_again_once_something_is_free(tile_memory):
    tile = a_tile(tile_memory)
    tile_memory.allocate(tile, 640, 360)
    with pytest.raises(Fault):
        tile_memory.allocate(tile, IMPOSSIBLE, IMPOSSIBLE)
    assert not tile_memory.reclaim()
    tile_memory.release(tile)
    assert [tile_memory.reclaim() for _ in range(5)] == [False, False, True, False, False]


def test_what_becomes_free_while_nobody_went_without_is_no_news(tile_memory):
    tile = a_tile(tile_memory)
    tile_memory.allocate(tile, 640, 360)
    tile_memory.release(tile)
    assert not any(tile_memory.reclaim() for _ in range(5))
