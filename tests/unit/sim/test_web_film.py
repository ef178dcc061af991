"""What the city's cameras on the web send is the same footage in every form, and goes on over the loop."""

import io
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tmcwall.sim.footage import read_footage
from tmcwall.sim.web_film import WebFilm

pytest_plugins = ["tests.cameras"]

TICKS = 3600


@pytest.fixture(scope="module", params=["tiny_clip", "h265_clip"])
def film(request: pytest.FixtureRequest) -> WebFilm:
    """Two seconds, a key picture each second."""
    clip: Path = request.getfixturevalue(request.param)
    return WebFilm(read_footage(clip))


def packets(data: bytes) -> list[tuple[int, bool]]:
    """Presentation times in 1/90000 s, and whether it is a key picture."""
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        in_ticks = stream.time_base * 90_000
        read = [packet for packet in container.demux(stream) if packet.pts is not None]
    return [(round((packet.pts or 0) * in_ticks), packet.is_keyframe) for packet in read]


def test_segments_are_complete_when_their_last_picture_is(film: WebFilm):
    assert [film.segments_at(seconds) for seconds in (0, 0.99, 1, 3.5, 600)] == [0, 0, 1, 3, 600]
    assert film.duration_s(7) == 1.0


@pytest.mark.parametrize("form", ["ts", "mp4"])
def test_times_go_on_over_the_loop(film: WebFilm, form: str):
    numbers = (1, 2, 3)
    data = (
        b"".join(film.mpeg_ts(number) for number in numbers)
        if form == "ts"
        else film.head() + b"".join(film.fragment(number) for number in numbers)
    )
    times = [time for time, _ in packets(data)]
    assert [later - earlier for earlier, later in pairwise(times)] == [TICKS] * 74
    assert [number for number, (_, key) in enumerate(packets(data)) if key] == [0, 25, 50]


def test_a_segment_may_run_too_fast(film: WebFilm):
    times = [time for time, _ in packets(film.mpeg_ts(3, pace=2))]
    assert times[1] - times[0] == 2 * TICKS


def test_flv_begins_with_its_head_and_brings_each_picture_at_once(film: WebFilm):
    client = film.flv()
    parts = [client.bytes_of(number) for number in range(25, 75)]
    client.close()
    assert parts[0].startswith(b"FLV")
    assert all(parts)
    with av.open(io.BytesIO(b"".join(parts))) as container:
        assert len(list(container.decode(video=0))) == 50


def test_every_fifth_picture_is_a_jpeg(film: WebFilm):
    pictures = film.jpegs()
    assert len(pictures) == 10
    assert all(picture.startswith(b"\xff\xd8") for picture in pictures)
