"""Which container a body is, and what takes segments of any container apart."""

import pytest

from tests.web_footage import film
from tmcwall.containers.flv import FlvDemuxer
from tmcwall.containers.fragments import FragmentDemuxer
from tmcwall.containers.mpegts import TsDemuxer
from tmcwall.containers.recognition import LONGEST_JUNK, SegmentDemuxer, demuxer_of, recognised
from tmcwall.domain.fault import Fault, FaultCode

TS = film("mpegts", pictures=30)
ID3 = b"ID3\x04\x00\x00\x00\x00\x00\x3f" + b"PRIV" + bytes(59)


def pictures(demuxer, segment, *, step):
    found = []
    for start in range(0, len(segment), step):
        found += demuxer.feed(segment[start : start + step])
    return found + demuxer.end_segment()


@pytest.mark.parametrize(("container", "kind"), [("mpegts", TsDemuxer), ("mp4", FragmentDemuxer), ("flv", FlvDemuxer)])
@pytest.mark.parametrize("content_type", ["", "text/html", "application/octet-stream", "text/plain; charset=utf-8"])
def test_a_container_is_known_by_its_bytes_whatever_the_server_calls_it(container, kind, content_type):
    assert isinstance(demuxer_of(film(container, pictures=10), content_type), kind)


@pytest.mark.parametrize("before", [ID3, b"\x00", b"\r\n", b"x" * 50, bytes(3000)], ids=len)
@pytest.mark.parametrize("step", [1, 100, 10_000])
def test_a_transport_stream_is_found_behind_other_bytes_without_a_loss(before, step):
    demuxer = SegmentDemuxer()
    found = [unit for _ in range(30) for unit in pictures(demuxer, before + TS, step=step)] if step > 1 else []
    found += pictures(demuxer, before + TS, step=step)
    assert len(found) == (31 if step > 1 else 1) * 30
    assert not any(unit.damaged or unit.lost for unit in found)
    assert demuxer.had_bytes_before


def test_a_segment_without_other_bytes_has_none():
    demuxer = SegmentDemuxer()
    assert len(pictures(demuxer, TS, step=500)) == 30
    assert not demuxer.had_bytes_before


def test_sound_behind_an_id3_tag_is_no_video():
    with pytest.raises(Fault) as raised:
        recognised(ID3 + b"\xff\xf1" + bytes(300), "", is_all=True)
    assert raised.value.code is FaultCode.NO_VIDEO


@pytest.mark.parametrize("size", [0, 1, 188, 189, LONGEST_JUNK - 1])
def test_more_bytes_may_tell_what_few_do_not(size):
    assert recognised(bytes(size), "", is_all=False) is None


@pytest.mark.parametrize(("size", "is_all"), [(0, True), (300, True), (LONGEST_JUNK, False)])
def test_what_no_more_bytes_can_tell_is_no_video(size, is_all):
    with pytest.raises(Fault) as raised:
        recognised(bytes(size), "", is_all=is_all)
    assert raised.value.code is FaultCode.NOT_A_CAMERA


def test_what_is_broken_off_costs_that_segment_and_the_next_begins_anew():
    demuxer = SegmentDemuxer()
    assert demuxer.break_off() == []
    demuxer.feed(TS[:10_000])
    demuxer.break_off()
    after = pictures(demuxer, TS, step=10_000)
    assert len(after) == 30


@pytest.mark.parametrize("opening", [b"<html>", b"\xff\xd8\xff", b"ID3\x04", b"keterangan"])
def test_a_segment_that_is_none_is_refused_at_its_end(opening):
    demuxer = SegmentDemuxer()
    assert demuxer.feed(opening) == []
    with pytest.raises(Fault):
        demuxer.end_segment()
