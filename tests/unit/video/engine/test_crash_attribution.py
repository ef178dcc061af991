import pytest

from tests.clocks import FakeClock
from tmcwall.domain.camera import Profile
from tmcwall.video.engine.crash_attribution import MARK_OFFSET, TILE_BYTES, CodecMarks, CrashAttribution, suspects
from tmcwall.video.ipc.shared_frames import HEADER_BYTES, TILE, Memory, TileWriter
from tmcwall.video.ipc.timeline import NS
from tmcwall.video.sessions.access_unit_source import StreamKey

A, B = StreamKey("a", Profile.MAIN), StreamKey("b", Profile.MAIN)


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def attribution(clock):
    return CrashAttribution(clock, most=3, within_s=600)


def test_the_engine_reads_marks_where_decoders_write_them():
    assert TILE.itemsize == TILE_BYTES
    assert TILE.fields is not None
    assert TILE.fields["codec_ns"][1] == MARK_OFFSET
    memory = Memory.create()
    writer = TileWriter(memory, tile=7, generation=1, offset=HEADER_BYTES, width=16, height=16)
    marks = CodecMarks(memory.fd)
    writer.mark_codec(123_456_789_012)
    assert (marks.since_ns(7), marks.since_ns(8)) == (123_456_789_012, 0)
    marks.clear(7)
    assert marks.since_ns(7) == 0
    memory.close()


def test_a_stream_is_held_after_the_third_loss(attribution):
    assert list(attribution.note_loss([A])) == []
    assert list(attribution.note_loss([A, B])) == []
    assert list(attribution.note_loss([A])) == [A]
    assert (attribution.holds(A), attribution.holds(B)) == (True, False)


def test_a_bystander_of_three_losses_is_not_held_for_another(attribution, clock):
    for _ in range(3):
        clock.advance(1)
        assert list(attribution.note_loss([B, A])) == []
    clock.advance(1)
    assert list(attribution.note_loss([A])) == [A]
    assert not attribution.holds(B)


def test_what_a_held_stream_explains_is_no_bystanders_loss(attribution, clock):
    for _ in range(3):
        clock.advance(1)
        attribution.note_loss([A, B])
    clock.advance(1)
    attribution.note_loss([A])
    for _ in range(2):
        clock.advance(1)
        assert list(attribution.note_loss([B])) == []
    clock.advance(1)
    assert list(attribution.note_loss([B])) == [B]


def test_streams_that_cannot_be_told_apart_are_held_together_in_the_end(attribution, clock):
    held = []
    for _ in range(6):
        clock.advance(1)
        held.append(list(attribution.note_loss([A, B])))
    assert held == [[]] * 5 + [[A, B]]


def test_losses_long_ago_do_not_count(attribution, clock):
    attribution.note_loss([A])
    attribution.note_loss([A])
    clock.advance(601)
    assert list(attribution.note_loss([A])) == []


def test_a_held_stream_is_released_when_its_time_is_over_and_starts_anew(attribution, clock):
    for _ in range(3):
        attribution.note_loss([A])
    clock.advance(599)
    assert list(attribution.release_due()) == []
    clock.advance(1)
    assert list(attribution.release_due()) == [A]
    assert not attribution.holds(A)
    assert list(attribution.note_loss([A])) == []


def test_a_crash_may_have_been_of_any_stream_inside_a_codec():
    assert list(suspects({A: 10 * NS, B: 10 * NS - 40_000_000}, now_ns=11 * NS, hung_s=2)) == [A, B]
    assert list(suspects({}, now_ns=10 * NS, hung_s=2)) == []


def test_a_decoder_hung_of_the_stream_that_is_inside_the_longest():
    assert list(suspects({A: 10 * NS, B: 9 * NS}, now_ns=13 * NS, hung_s=2)) == [B]
