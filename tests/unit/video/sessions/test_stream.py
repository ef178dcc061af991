"""What is kept of a stream for those who join late."""

from tmcwall.domain.camera import Profile
from tmcwall.video.ipc.timeline import TimedUnit
from tmcwall.video.sessions.access_unit_source import AccessUnitSource, StreamKey


class Source(AccessUnitSource):
    """Takes what a test gives it."""

    def take(self, *units):
        for one in units:
            self._take(one)


def unit(payload, *, key=False, lost=0, continues=False):
    return TimedUnit(
        payload, 0, key, damaged=False, lost=lost, run=1, rtp=0, schedule_ns=0, arrival_ns=0, continues=continues
    )  # fmt: skip


def test_the_rest_of_a_picture_is_joined_to_its_beginning_and_counted_once():
    source = Source(StreamKey("a", Profile.MAIN))
    heard = []
    source.add_sink(heard.append)
    source.take(unit(b"one ", key=True), unit(b"two", lost=1, continues=True), unit(b"three"))
    assert [one.payload for one in source.gop] == [b"one two", b"three"]
    assert source.gop[0].key
    assert [one.payload for one in heard] == [b"one ", b"two", b"three"]
    assert (source.state.frames_received, source.state.packets_lost) == (2, 1)


def built_up(number, *, key=False):
    """Of a stream whose pictures are whole three pictures after a recovery point."""
    return TimedUnit(
        b"%d" % number, 0, key, damaged=False, lost=0, run=1, rtp=0, schedule_ns=0, arrival_ns=0,
        until_whole=3 if key else 0,
    )  # fmt: skip


def test_pictures_that_are_built_up_are_kept_from_where_one_is_whole_by_now():
    source = Source(StreamKey("a", Profile.MAIN))
    kept = []
    for number in range(16):
        source.take(built_up(number, key=number % 5 == 0))
        kept.append(int(source.gop[0].payload))
    assert kept == [0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]
    assert [int(one.payload) for one in source.gop] == list(range(10, 16))
