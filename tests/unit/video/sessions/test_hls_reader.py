"""Playlists and segments out of a script of answers, without a network."""

import asyncio
import gzip
from collections import Counter
from typing import Any

import pytest

from tests.clocks import FakeClock
from tmcwall.domain.fault import Fault, FaultCode
from tmcwall.domain.oddity import Oddity
from tmcwall.rtsp.messages import Headers
from tmcwall.video.sessions.hls_reader import HlsReader
from tmcwall.video.sessions.http_client import Answer, AnswerRefused, ShortBody
from tmcwall.video.sessions.reconnect import ResumePoint, Timing

ROOT = "http://h/live/"
MEDIA = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n"


class Pieces:
    """A connection that gives a body in pieces; a fault among them is raised."""

    def __init__(self, *pieces):
        self._pieces = list(pieces)

    async def read(self):
        piece = self._pieces.pop(0) if self._pieces else None
        if isinstance(piece, Fault):
            raise piece
        return piece


class Web:
    """What a camera's server answers, by the end of the address."""

    def __init__(self, **answers):
        self.oddities = Counter()
        self.asked = []
        self._answers = answers

    async def get(self, resource):
        name = resource.url.removeprefix(ROOT).partition(".")[0]
        self.asked.append(name)
        found = self._answers[name]
        if isinstance(found, Fault):
            raise found
        return self._answer(resource.url, *(found if isinstance(found, tuple) else (found,)))

    async def first(self):
        return self._answer(f"{ROOT}first.m3u8", self._answers["first"])

    def _answer(self, url, *pieces):
        connection: Any = Pieces(*pieces)  # of which an answer only reads
        return Answer(url, Headers(), connection, part=None, oddities=self.oddities)


def reader_of(web, resume_point=None):
    return HlsReader(web, clock=FakeClock(), timing=Timing(), small=False, resume_point=resume_point or ResumePoint())


def refused(status):
    return AnswerRefused(FaultCode.STREAM_NOT_FOUND, f"status {status}", status=status, retryable=True)


def variants(*names):
    lines = [f"#EXT-X-STREAM-INF:BANDWIDTH={9 - index}\n{name}.m3u8\n" for index, name in enumerate(names)]
    return ("#EXTM3U\n" + "".join(lines)).encode()


def film(*names, before=""):
    lines = "".join(f"#EXTINF:2,\n{name}.ts\n" for name in names)
    return MEDIA + f"{before}{lines}#EXT-X-ENDLIST\n".encode()


async def bodies(reader, count):
    """Of so many segments, joined each."""
    found = []
    for _ in range(count):
        loading = await reader.next()
        body = b""
        while (chunk := await loading.read()) is not None:
            body += chunk
        found.append(body)
    return found


async def played(web, count, resume_point=None):
    reader = reader_of(web, resume_point)
    await reader.open(await web.first())
    return reader, await bodies(reader, count)


def test_segments_come_in_order_and_whole():
    web = Web(first=film("a", "b"), a=(b"1", b"2"), b=b"3")
    assert asyncio.run(played(web, 2))[1] == [b"12", b"3"]


def test_a_playlist_that_is_gzip_is_read_and_named():
    web = Web(first=gzip.compress(film("a")), a=b"1")
    assert asyncio.run(played(web, 1))[1] == [b"1"]
    assert web.oddities == {Oddity.COMPRESSED_UNSAID: 1}


def test_the_first_variant_that_can_be_had_is_read_and_remembered():
    web = Web(first=variants("x", "y", "z"), x=refused(404), y=b"<html>", z=film("a"), a=b"1")
    resume_point = ResumePoint()
    assert asyncio.run(played(web, 1, resume_point))[1] == [b"1"]
    assert web.asked == ["x", "y", "z", "a"]
    assert web.oddities[Oddity.VARIANT] == 2
    again = Web(first=variants("x", "y", "z"), z=film("a", "b"), b=b"2")
    assert asyncio.run(played(again, 1, resume_point))[1] == [b"2"]
    assert again.asked == ["z", "b"]


@pytest.mark.parametrize(
    ("answers", "detail"),
    [
        ({"x": refused(404), "y": refused(500)}, "status 404"),
        ({"x": b"<html>", "y": refused(500)}, "no playlist"),
        ({"x": variants("x"), "y": b""}, "a playlist of playlists of playlists"),
        ({"x": refused(401)}, "status 401"),
    ],
)
def test_where_no_variant_can_be_had_the_cause_of_the_first_is_raised(answers, detail):
    with pytest.raises(Fault) as raised:
        asyncio.run(played(Web(first=variants("x", "y"), **answers), 1))
    assert raised.value.detail == detail


def test_the_next_variant_begins_where_the_one_that_gave_nothing_began():
    web = Web(first=variants("x", "y"), x=film("a"), a=b"?", y=film("b"), b=b"1")

    async def scenario():
        reader, _ = await played(web, 1)
        await reader.open_next(Fault(FaultCode.CODEC_UNSUPPORTED, "MPEG-2"))
        assert await bodies(reader, 1) == [b"1"]
        with pytest.raises(Fault) as raised:
            await reader.open_next(Fault(FaultCode.NO_VIDEO))
        assert raised.value.detail == "MPEG-2"

    asyncio.run(scenario())


def test_a_head_comes_before_its_segments_once_and_again_when_it_is_forgotten():
    web = Web(first=film("a", "b", "c", before='#EXT-X-MAP:URI="i.mp4"\n'), i=b"HEAD", a=b"1", b=b"2", c=b"3")

    async def scenario():
        reader, found = await played(web, 2)
        reader.forget_head()
        return found + await bodies(reader, 1)

    assert asyncio.run(scenario()) == [b"HEAD1", b"2", b"HEAD3"]


def test_a_segment_that_is_left_out_is_not_asked_for_and_missing():
    web = Web(first=film("a", "b").replace(b"#EXTINF", b"#EXT-X-GAP\n#EXTINF", 1), b=b"2")
    reader, found = asyncio.run(played(web, 2))
    assert (found, reader.take_missing(), web.asked) == ([b"", b"2"], 1, ["b"])


def test_what_came_of_a_segment_that_is_cut_short_is_kept_and_named():
    web = Web(first=film("a", "b", "c", "d"), **dict.fromkeys("abcd", (b"1", ShortBody())))
    reader, found = asyncio.run(played(web, 4))
    assert found == [b"1"] * 4
    assert web.oddities == {Oddity.SHORT_BODY: 4}
    assert reader.last_miss is None


def test_three_segments_in_a_row_that_do_not_come_are_a_fault():
    web = Web(first=film("a", "b", "c"), a=refused(404), b=ShortBody(), c=(ShortBody(),))
    with pytest.raises(Fault) as raised:
        asyncio.run(played(web, 3))
    assert raised.value.detail == "segments are missing: closed by the camera"


def test_of_a_playlist_that_is_cut_short_the_lines_that_are_whole_are_read():
    web = Web(first=variants("x"), x=(film("a").replace(b"#EXT-X-ENDLIST\n", b"#EXTINF:2,\nb.t"), ShortBody()), a=b"1")
    assert asyncio.run(played(web, 1))[1] == [b"1"]
    assert web.oddities == {Oddity.SHORT_BODY: 1}


def test_a_film_that_was_seen_to_its_end_has_ended():
    with pytest.raises(Fault) as raised:
        asyncio.run(played(Web(first=film("a")), 0, ResumePoint(sequence=0)))
    assert raised.value.code is FaultCode.STREAM_ENDED
