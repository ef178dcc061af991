from hypothesis import given
from hypothesis import strategies as st

from tmcwall.video.feed.tile_allocator import Extent, TileAllocator, slots_size
from tmcwall.video.ipc.shared_frames import MAX_TILES


def test_slots_of_a_tile_fill_whole_pages():
    assert slots_size(640, 384) == 4 * (640 + 320) * 384
    assert slots_size(8, 1) == 4096


def test_a_stretch_that_was_given_back_is_given_out_again():
    space = TileAllocator(begin=0, end=3 * 4096)
    first, second, third = [extent for _ in range(3) if (extent := space.take(4096))]
    assert space.take(4096) is None
    space.give_back(second)
    assert space.take(4096) == second
    for extent in (third, first, second):
        space.give_back(extent)
    assert space.take(3 * 4096) == Extent(0, 3 * 4096)


def test_tile_indices_are_lowest_first_and_end_with_the_headers():
    space = TileAllocator()
    taken = [space.take_tile() for _ in range(MAX_TILES)]
    assert taken == list(range(MAX_TILES))
    assert space.take_tile() is None
    space.give_back_tile(7)
    space.give_back_tile(3)
    assert space.take_tile() == 3


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 5)), max_size=60))
def test_no_two_tiles_ever_share_a_byte(steps):
    space = TileAllocator(begin=0, end=32 * 4096)
    held: list[Extent] = []
    for give_back, pages in steps:
        if give_back and held:
            space.give_back(held.pop(pages % len(held)))
        elif (extent := space.take(pages * 4096)) is not None:
            assert all(
                extent.offset + extent.size <= other.offset or other.offset + other.size <= extent.offset
                for other in held
            )
            held.append(extent)
    for extent in held:
        space.give_back(extent)
    assert space.take(32 * 4096) == Extent(0, 32 * 4096)
