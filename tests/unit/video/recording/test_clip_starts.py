"""Where clips begin of streams whose pictures are built up bit by bit: whole in stock players from the start on."""

import av
import pytest

from tests.coded_pictures import coded, decoded
from tests.unit.video.recording.test_recorder import HEADER, START_NS, Bench, S, utc_ns
from tmcwall.rtsp.codecs import H264, assembler_of
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.recording.clip import cut

CYCLE = 8
"""Pictures; the count of frame numbers is 16, so that every second cycle begins with the frame number 0."""
UNSOUND = range(0, 64, 2 * CYCLE)


@pytest.fixture(scope="module")
def pictures():
    return coded(H264, f"intra-refresh=1:keyint={CYCLE}", count=64)


def recorded(folder, pictures, *, first=0, silent_before=None):
    assembler = assembler_of(H264)
    bench = Bench(folder)
    units = []
    for number, nals in enumerate(pictures):
        made = assembler.assemble(nals, number * 3600)
        late_ns = 60 * S if silent_before is not None and number >= silent_before else 0
        units.append(
            TimedUnit(
                made.payload, made.prefixed, made.key, damaged=False, lost=0, run=1, rtp=made.timestamp, schedule_ns=0,
                arrival_ns=5000 * S + number * S // 25 + late_ns, until_whole=made.until_whole, number=number + 1,
            )
        )  # fmt: skip
    bench.record(units[first:], HEADER)
    bench.work()
    return bench.segments()


def shown(path):
    """What a stock player makes of the file, by the number of the picture counted from its end."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]
    return frames[::-1]


@pytest.mark.parametrize("start", range(CYCLE, 60, 3))
def test_a_stock_player_shows_all_that_was_asked_for_to_the_bit_as_it_was_coded(tmp_path, pictures, start):
    found = cut(
        recorded(tmp_path / "recordings", pictures), start_utc_ns=utc_ns(start), end_utc_ns=utc_ns(63),
        path=tmp_path / "clip.mp4",
    )  # fmt: skip
    asked = len(pictures) - start
    assert shown(tmp_path / "clip.mp4")[:asked] == decoded(H264, pictures)[::-1][:asked]
    assert not found.players_start_late
    assert found.packets - asked <= 3 * CYCLE


def test_where_nothing_earlier_was_recorded_its_record_says_that_stock_players_start_late(tmp_path, pictures):
    segments = recorded(tmp_path / "recordings", pictures, first=UNSOUND[1])
    found = cut(segments, start_utc_ns=utc_ns(25), end_utc_ns=utc_ns(63), path=tmp_path / "clip.mp4")
    assert found.packets == len(pictures) - UNSOUND[1]
    assert found.players_start_late
    asked = len(pictures) - 25
    assert shown(tmp_path / "clip.mp4")[:asked] != decoded(H264, pictures)[::-1][:asked]


def test_what_came_before_an_interruption_is_not_taken_for_the_sake_of_players(tmp_path, pictures):
    segments = recorded(tmp_path / "recordings", pictures, silent_before=UNSOUND[1])
    start_ns = START_NS + 60 * S + 25 * S // 25
    found = cut(segments, start_utc_ns=start_ns, end_utc_ns=start_ns + 10 * S, path=tmp_path / "clip.mp4")
    assert found.packets == len(pictures) - UNSOUND[1]
    assert found.players_start_late


def test_a_clip_that_begins_with_a_key_picture_is_whole_at_once(tmp_path):
    pictures = coded(H264, "keyint=25", count=40)
    segments = recorded(tmp_path / "recordings", pictures)
    found = cut(segments, start_utc_ns=utc_ns(30), end_utc_ns=utc_ns(39), path=tmp_path / "clip.mp4")
    assert (found.packets, found.players_start_late) == (15, False)
