import ctypes
from collections.abc import Iterator
from itertools import pairwise

import pytest

from tmcwall.domain.fault import Fault
from tmcwall.video.feed.pacing import Board, indices
from tmcwall.video.ipc.colour_conversion import BT601
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, Memory, TileWriter

MS = 1_000_000
TILE = indices([0])


@pytest.fixture
def memory() -> Iterator[Memory]:
    memory = Memory.create()
    yield memory
    memory.close()


@pytest.fixture
def writer(memory: Memory) -> TileWriter:
    return TileWriter(memory, tile=0, generation=5, offset=HEADER_BYTES, width=8, height=2)


@pytest.fixture
def board(memory: Memory) -> Board:
    board = Board(memory)
    board.expect(0, 5)
    return board


def write(writer: TileWriter, *, schedule_ms: int, decoded_ms: int, grey: int = 0) -> None:
    ctypes.memset(writer.begin(), grey, 8 * 2 * 4)
    writer.publish(schedule_ns=schedule_ms * MS, now_ns=decoded_ms * MS, colours=BT601)


def test_a_picture_is_shown_once_when_its_schedule_is_due(writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    assert board.due(TILE, 999 * MS) == []
    (picture,) = board.due(TILE, 1000 * MS)
    assert picture.schedule_ns == 1000 * MS
    assert board.due(TILE, 1001 * MS) == []


def test_the_delay_follows_how_late_pictures_are_decoded_but_adds_at_most_80_ms(writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1005)
    write(writer, schedule_ms=1040, decoded_ms=1065)
    assert board.due(TILE, 1022 * MS) == []
    assert len(board.due(TILE, 1030 * MS)) == 1
    write(writer, schedule_ms=1080, decoded_ms=1330)
    assert board.due(TILE, 1330 * MS)


def test_every_picture_is_shown_when_the_clock_ticks_late(writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    write(writer, schedule_ms=1020, decoded_ms=1020)
    first = board.due(TILE, 1022 * MS)
    second = board.due(TILE, 1023 * MS)
    assert [picture.sequence for picture in first + second] == [1, 2]


def test_the_newest_due_picture_wins_when_the_screen_was_held_up(writer, board):
    for number in range(4):
        write(writer, schedule_ms=1000 + 40 * number, decoded_ms=1000 + 40 * number)
    assert [picture.sequence for picture in board.due(TILE, 1400 * MS)] == [4]


def test_a_picture_that_is_being_written_is_not_shown(writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    writer.begin()
    assert [picture.sequence for picture in board.due(TILE, 1100 * MS)] == [1]
    assert board.newest_whole(0).sequence == 1


def test_a_picture_is_torn_once_its_slot_is_written_again(writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    (picture,) = board.due(TILE, 1000 * MS)
    assert board.whole(0, picture.slot, picture.sequence)
    for number in range(1, 4):
        write(writer, schedule_ms=1000 + number, decoded_ms=1000)
    assert board.whole(0, picture.slot, picture.sequence)
    writer.begin()
    assert not board.whole(0, picture.slot, picture.sequence)


def test_pictures_of_another_generation_are_not_shown(memory, writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    board.expect(0, 6)
    assert board.due(TILE, 2000 * MS) == []
    assert board.newest_whole(0) is None
    newer = TileWriter(memory, tile=0, generation=6, offset=HEADER_BYTES + 4096, width=8, height=2)
    write(newer, schedule_ms=1040, decoded_ms=1040)
    assert len(board.due(TILE, 2000 * MS)) == 1


def test_a_new_decoder_continues_the_tile_of_the_one_before(memory, writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    assert len(board.due(TILE, 1000 * MS)) == 1
    writer.begin()  # the decoder died inside a picture
    heir = TileWriter(memory, tile=0, generation=5, offset=HEADER_BYTES, width=8, height=2)
    assert int(memory.tiles[0]["last_frame_ns"]) == 1000 * MS
    write(heir, schedule_ms=3000, decoded_ms=3000)
    assert [picture.sequence for picture in board.due(TILE, 3000 * MS)] == [2]


def test_a_schedule_far_in_the_future_does_not_stop_the_tile(writer, board):
    write(writer, schedule_ms=60_000, decoded_ms=1000)
    assert len(board.due(TILE, 1200 * MS)) == 1


def test_only_tiles_with_something_due_are_named(memory, board):
    writers = [
        TileWriter(memory, tile=tile, generation=5, offset=HEADER_BYTES + 4096 * tile, width=8, height=2)
        for tile in range(4)
    ]
    for tile in range(4):
        board.expect(tile, 5)
    write(writers[1], schedule_ms=1000, decoded_ms=1000)
    write(writers[3], schedule_ms=1500, decoded_ms=1000)
    assert [picture.tile for picture in board.due(indices(range(4)), 1001 * MS)] == [1]


def test_a_closed_tile_says_that_it_is_no_longer_written(writer, board):
    assert board.has_generation(0, 5)
    writer.close()
    assert not board.has_generation(0, 5)


@pytest.mark.parametrize(
    ("tile", "offset", "width", "height"),
    [(512, HEADER_BYTES, 8, 8), (-1, HEADER_BYTES, 8, 8), (0, 0, 8, 8), (0, 1 << 30, 8, 8), (0, HEADER_BYTES, 8200, 8)],
)
def test_a_tile_outside_the_memory_is_refused(memory, tile, offset, width, height):
    with pytest.raises(Fault, match="protocol_broken"):
        TileWriter(memory, tile=tile, generation=1, offset=offset, width=width, height=height)


def test_a_tile_taken_over_by_another_stream_is_neither_written_nor_closed_by_the_first(memory, writer, board):
    write(writer, schedule_ms=1000, decoded_ms=1000)
    heir = TileWriter(memory, tile=0, generation=5, offset=HEADER_BYTES, width=8, height=2)
    assert heir.writes
    assert not writer.writes
    writer.close()
    assert board.has_generation(0, 5)
    heir.close()
    assert not board.has_generation(0, 5)


def test_the_screen_moves_while_a_decoder_catches_up(writer, board):
    shown_ms = []
    for now_ms in range(15_000, 16_600, 2):
        if now_ms % 10 == 0:  # five seconds late at first, then four pictures in the time of one
            write(writer, schedule_ms=10_000 + 4 * (now_ms - 15_000), decoded_ms=now_ms)
        if now_ms % 16 == 0 and board.due(TILE, now_ms * MS):
            shown_ms.append(now_ms)
    gaps = [after - before for before, after in pairwise([*shown_ms, 16_600])]
    assert max(gaps) <= 100


def test_of_a_file_the_picture_nearest_to_a_place_is_given_whether_it_is_due_or_not(writer, board):
    for place_ms in (40, 80, 120):
        writer.begin()
        writer.publish(schedule_ns=0, now_ns=0, colours=BT601, place_ns=place_ms * MS)
    writer.begin()
    assert [board.nearest(0, place * MS).place_ns // MS for place in (0, 59, 61, 999)] == [40, 40, 80, 120]


def test_a_file_without_a_picture_has_none_near_any_place(writer, board):
    assert board.nearest(0, 0) is None
    board.expect(0, 6)
    assert board.nearest(0, 0) is None
