"""What is shown of a file whose first picture says nothing of where decoding can start."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import pytest

from tests.clocks import FakeClock
from tests.coded_pictures import coded
from tmcwall.containers.mp4 import Mp4Writer, VideoFormat
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.rtsp.assembler import START_CODE
from tmcwall.rtsp.codecs import H264, HEVC, is_parameter_set
from tmcwall.video.decode.file_player import PlayedFile
from tmcwall.video.decode.stream_decoder import TilePainter
from tmcwall.video.ipc.messages import Output, SetPlayback
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, Memory

SIZE = (320, 192)
OUTPUT = Output(tile=0, generation=1, offset=HEADER_BYTES, width=160, height=96)
TICKS = 3600
OPEN_GOP = "bframes=2:open-gop=1:keyint=8:ref=3"
CRA = 21
SEI = {H264: 6, HEVC: 39}

Pictures = Sequence[Sequence[bytes]]


class QuickClock(FakeClock):
    """Every picture is due as soon as somebody looks at the clock."""

    def monotonic_ns(self) -> int:
        self.advance(0.05)
        return super().monotonic_ns()


class Painter(TilePainter):
    """Remembers of each picture whether it was shown as whole."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory, FakeClock())
        self.shown: list[bool] = []
        self.painted: list[bytes] = []
        self._is_building = False

    def mark_building(self, since_ns: int) -> None:
        super().mark_building(since_ns)
        self._is_building = since_ns != 0

    def paint(self, frame, **times) -> None:
        super().paint(frame, **times)
        self.shown.append(not self._is_building)
        self.painted.append(frame.to_ndarray().tobytes())


@pytest.fixture
def memory() -> Iterator[Memory]:
    memory = Memory.create()
    yield memory
    memory.close()


def kind(codec: str, nal: bytes) -> int:
    return nal[0] >> 1 & 63 if codec == HEVC else nal[0] & 31


def unannounced(codec: str, pictures: Pictures) -> list[list[bytes]]:
    """The same without the SEI that says where decoding can start."""
    return [[nal for nal in picture if kind(codec, nal) != SEI[codec]] for picture in pictures]


def parameter_sets(codec: str, pictures: Pictures) -> list[bytes]:
    return [nal for nal in pictures[0] if is_parameter_set(codec, nal)]


def shown(memory: Memory, codec: str, pictures: Pictures, sets: Sequence[bytes]) -> list[bool]:
    """Of each picture that is shown of a file of these, whether it is shown as whole."""
    return played(memory, codec, pictures, sets).shown


def played(memory: Memory, codec: str, pictures: Pictures, sets: Sequence[bytes]) -> Painter:
    file = io.BytesIO()
    writer = Mp4Writer(file, VideoFormat(codec, *SIZE, 90_000, tuple(sets)))
    for number, picture in enumerate(pictures):
        writer.write(b"".join(START_CODE + nal for nal in picture), pts=number * TICKS, key=number == 0)
    writer.finish()
    file.seek(0)
    painter, clock, faults = Painter(memory), QuickClock(), list[Fault]()
    painter.set_outputs([OUTPUT])

    def ended(fault: Fault) -> None:
        faults.append(fault)
        player.close()

    player = PlayedFile(file=file, painter=painter, clock=clock, failed=ended)
    player.run()
    assert [fault.code for fault in faults] == [FaultCode.STREAM_ENDED]
    return painter


def test_a_picture_that_is_refreshed_bit_by_bit_is_shown_from_the_beginning_and_whole_when_it_says_so(memory: Memory):
    pictures = coded(H264, "intra-refresh=1:keyint=16", count=64)
    assert shown(memory, H264, pictures[16:], parameter_sets(H264, pictures)) == [False] * 15 + [True] * 33


@pytest.mark.parametrize("first", [8, 16], ids="frame number {}".format)
def test_what_a_file_shows_as_whole_is_to_the_bit_what_was_coded(memory: Memory, first: int):
    """Frame numbers begin anew at picture 16, where a decoder makes up no reference picture by itself."""
    pictures = coded(H264, "intra-refresh=1:keyint=8", count=32)
    sets = parameter_sets(H264, pictures)
    of_all = played(memory, H264, pictures, sets)
    of_rest = played(memory, H264, pictures[first:], sets)
    assert of_rest.shown == [False] * 7 + [True] * (len(pictures) - first - 7)
    assert of_rest.painted[7:] == of_all.painted[first + 7 :]


def test_one_that_does_not_say_when_it_is_whole_is_shown_and_never_called_whole(memory: Memory):
    pictures = coded(H264, "intra-refresh=1:keyint=16", count=64)
    late = unannounced(H264, pictures[16:])
    assert shown(memory, H264, late, parameter_sets(H264, pictures)) == [False] * 48


def test_intra_pictures_that_say_nothing_make_it_whole_by_the_rule_of_live_pictures(memory: Memory):
    """The second one does, as many pictures later as there are references."""
    pictures = coded(H264, OPEN_GOP, count=40)
    late = unannounced(H264, pictures[15:])
    seen = shown(memory, H264, late, parameter_sets(H264, pictures))
    assert (len(seen), any(seen[:8]), all(seen[14:])) == (25, False, True)


def test_h265_that_begins_with_a_clean_random_access_picture_is_whole(memory: Memory):
    pictures = coded(HEVC, "keyint=8:min-keyint=8:open-gop=1:bframes=2", count=24)
    first = next(number for number, picture in enumerate(pictures) if any(kind(HEVC, nal) == CRA for nal in picture))
    assert all(shown(memory, HEVC, pictures[first:], parameter_sets(HEVC, pictures)))


def test_of_h265_that_begins_with_no_picture_of_random_access_all_is_shown_and_called_unfinished(memory: Memory):
    pictures = coded(HEVC, "keyint=8:min-keyint=8", count=24)
    assert shown(memory, HEVC, pictures[1:8], parameter_sets(HEVC, pictures)) == [False] * 7


def test_h265_is_whole_from_its_next_picture_of_random_access(memory: Memory):
    pictures = coded(HEVC, "keyint=8:min-keyint=8:open-gop=1", count=24)
    assert shown(memory, HEVC, pictures[5:20], parameter_sets(HEVC, pictures)) == [False] * 3 + [True] * 12


def test_a_file_that_begins_with_a_key_picture_is_whole(memory: Memory):
    pictures = coded(H264, "keyint=8", count=24)
    assert shown(memory, H264, pictures, parameter_sets(H264, pictures)) == [True] * 24


class Told(Painter):
    """Notes where each picture lies and when it is due, and asks for something new at some of them."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(memory)
        self.due: list[tuple[int, int]] = []
        """Milliseconds in the file, and of the monotonic clock."""
        self.asks: dict[int, SetPlayback | None] = {}
        self.player: PlayedFile | None = None

    def paint(self, frame, **times) -> None:
        super().paint(frame, **times)
        place_ms = times["place_ns"] // 1_000_000
        self.due.append((place_ms, times["schedule_ns"] // 1_000_000))
        if place_ms in self.asks and self.player is not None:
            asked = self.asks.pop(place_ms)
            if asked is None:
                self.player.close()
            else:
                self.player.set_playback(asked)


def stepped(
    memory: Memory, first: SetPlayback, asks: dict[int, SetPlayback | None], *, count: int = 48
) -> list[tuple[int, int]]:
    pictures = coded(H264, "keyint=24", count=count)
    file = io.BytesIO()
    writer = Mp4Writer(file, VideoFormat(H264, *SIZE, 90_000, tuple(parameter_sets(H264, pictures))))
    for number, picture in enumerate(pictures):
        writer.write(b"".join(START_CODE + nal for nal in picture), pts=number * TICKS, key=number % 24 == 0)
    writer.finish()
    file.seek(0)
    told = Told(memory)
    told.set_outputs([OUTPUT])
    told.asks = asks
    told.player = PlayedFile(file=file, painter=told, clock=QuickClock(), failed=lambda _: told.player.close())
    told.player.set_playback(first)
    told.player.run()
    return told.due


def test_pictures_of_a_file_in_step_are_due_by_the_common_clock_and_not_by_the_one_before(memory: Memory):
    begin = SetPlayback(stream=1, speed=2.0, seek_s=0.4, from_s=0.4, at_ns=10_000_000_000)
    due = stepped(memory, begin, {800: None})
    assert [place for place, _ in due] == list(range(400, 801, 40))
    assert [when for _, when in due[1:]] == pytest.approx(list(range(10_020, 10_201, 20)), abs=1)


def test_a_clip_that_begins_later_than_the_common_clock_waits_for_it(memory: Memory):
    begin = SetPlayback(stream=1, speed=1.0, seek_s=0.0, from_s=-3.0, at_ns=10_000_000_000)
    assert stepped(memory, begin, {80: None})[1:] == [(40, 13_040), (80, 13_080)]


def test_a_place_a_little_further_on_is_reached_without_showing_what_lies_between(memory: Memory):
    begin = SetPlayback(stream=1, speed=0.0, seek_s=0.2)
    asks = {200: SetPlayback(stream=1, speed=0.0, seek_s=0.6), 600: SetPlayback(stream=1, speed=0.0, seek_s=0.1)}
    assert [place for place, _ in stepped(memory, begin, {**asks, 120: None})] == [200, 600, 120]
